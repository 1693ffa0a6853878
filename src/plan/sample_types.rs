//! Seen types for tests, read from the annotations that they are shown as.

use crate::observation::{Observation, Role, Seen, Subject, Type, Variable};
use crate::source::{Definition, Module, Roots, Sources};

/// What this source says as the module `job`.
pub(super) fn module(source: &str) -> Module {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("job.py");
    std::fs::write(&file, source).expect("a file is written");
    let mut sources = Sources::new(Roots::new(&[folder.path().to_owned()], None, None));
    let module = sources.module(&file.display().to_string());
    module.expect("the source is read").clone()
}

/// The definition of `f` in it.
pub(super) fn definition(source: &str) -> Definition {
    let module = module(source);
    let found = module.definition("f", None);
    found.expect("the source has an f").clone()
}

/// What was seen of a function's arguments, each as `NAME: TYPES`, each type 12 times.
pub(super) fn observation(file: &str, definition: &Definition, arguments: &[&str]) -> Observation {
    let subject = Subject {
        file: file.to_owned(),
        first_line: definition.first_line,
        name: definition.name.clone(),
    };
    let mut observation = Observation::default();
    for argument in arguments {
        let (name, seen) = argument.split_once(": ").expect("a name and types");
        let mut values = Seen::default();
        for of_type in types(seen) {
            values.insert(of_type, 12, None);
        }
        let variable = Variable {
            role: Role::Argument,
            name: name.to_owned(),
        };
        observation.insert(&subject, variable, values);
    }
    observation
}

/// The types between bars: `int | list[str]`.
pub(super) fn types(text: &str) -> Vec<Type> {
    split(text, '|').into_iter().map(of_type).collect()
}

fn of_type(text: &str) -> Type {
    let (name, inside) = match text.split_once('[') {
        Some((name, inside)) => (name, inside.strip_suffix(']').expect("a bracket closes")),
        None => (text, ""),
    };
    let parts = split(inside, ',');
    let part = |place: usize| parts.get(place).map_or_else(Vec::new, |part| types(part));
    match name {
        "None" => Type::None,
        "bool" => Type::Bool,
        "int" => Type::Int,
        "float" => Type::Float,
        "str" => Type::Str,
        "bytes" => Type::Bytes,
        "list" => Type::List(part(0)),
        "set" => Type::Set(part(0)),
        "frozenset" => Type::FrozenSet(part(0)),
        "dict" => Type::Dict(part(0), part(1)),
        "tuple" if inside == "()" => Type::Tuple(Vec::new()),
        "tuple" if parts.last() == Some(&"...") => Type::LongTuple(part(0)),
        "tuple" => Type::Tuple(parts.into_iter().map(of_type).collect()),
        dtype if inside.starts_with(':') => Type::Array {
            dtype: dtype.to_owned(),
            dimensions: parts.len() as u64,
        },
        other => Type::Other(other.to_owned()),
    }
}

/// The parts between separators that stand in no bracket.
fn split(text: &str, separator: char) -> Vec<&str> {
    let mut depth = 0;
    let parts = text.split(|char| {
        depth += i32::from(char == '[') - i32::from(char == ']');
        depth == 0 && char == separator
    });
    parts
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect()
}
