//! The one type that stands for all the types that a variable was seen to have.

use crate::observation::Type;
use crate::source::{Annotation, PythonType};

/// So many members of a union are named.
const MOST_MEMBERS: usize = 6;

/// What the types have in common, as an annotation writes it; nothing for no types.
///
/// A type and `None` are an optional type. Containers of one kind have their elements taken together, and tuples of
/// one length each of their places; an empty container adds nothing. All else is a union, which has no Rust type:
/// `int | float` is neither an `i64` nor an `f64`.
pub(super) fn common_type<'t>(types: impl IntoIterator<Item = &'t Type>) -> Option<Annotation> {
    let mut kinds: Vec<Vec<&Type>> = Vec::new();
    let mut is_optional = false;
    for of_type in types {
        match kinds.iter_mut().find(|kind| is_alike(kind[0], of_type)) {
            _ if *of_type == Type::None => is_optional = true,
            Some(kind) => kind.push(of_type),
            None => kinds.push(vec![of_type]),
        }
    }
    kinds.sort();
    union(
        kinds.iter().map(|kind| of_kind(kind)).collect(),
        is_optional,
    )
}

fn union(members: Vec<Annotation>, is_optional: bool) -> Option<Annotation> {
    let more = (members.len() > MOST_MEMBERS).then_some("...");
    let nothing = is_optional.then_some("None");
    let texts = members
        .iter()
        .take(MOST_MEMBERS)
        .map(|member| &*member.text);
    let texts = texts.chain(more).chain(nothing);
    let text = texts.collect::<Vec<_>>().join(" | ");
    let python_type = match <[Annotation; 1]>::try_from(members) {
        Ok([one]) if is_optional => PythonType::Optional(Box::new(one.python_type)),
        Ok([one]) => one.python_type,
        Err(members) if members.is_empty() && is_optional => PythonType::None,
        Err(members) if members.is_empty() => return None,
        Err(_) if is_optional => PythonType::Optional(Box::new(PythonType::Other)),
        Err(_) => PythonType::Other,
    };
    Some(Annotation { text, python_type })
}

/// Whether two types differ in what is inside alone.
fn is_alike(one: &Type, other: &Type) -> bool {
    match (one, other) {
        (Type::List(_), Type::List(_))
        | (Type::LongTuple(_), Type::LongTuple(_))
        | (Type::Set(_), Type::Set(_))
        | (Type::FrozenSet(_), Type::FrozenSet(_))
        | (Type::Dict(..), Type::Dict(..)) => true,
        (Type::Tuple(one), Type::Tuple(other)) => one.len() == other.len(),
        _ => one == other,
    }
}

/// Types that are alike, taken together.
fn of_kind(kind: &[&Type]) -> Annotation {
    let inside: Vec<Option<Annotation>> = (0..places(kind[0]).len())
        .map(|place| common_type(kind.iter().flat_map(|of_type| places(of_type)[place])))
        .collect();
    Annotation {
        text: text(kind[0], &inside),
        python_type: python_type(kind[0], inside),
    }
}

/// What is inside of a type: the elements of a list, the keys and the values of a dict, each place of a tuple.
fn places(of_type: &Type) -> Vec<&[Type]> {
    match of_type {
        Type::List(of) | Type::LongTuple(of) | Type::Set(of) | Type::FrozenSet(of) => vec![of],
        Type::Dict(keys, values) => vec![keys, values],
        Type::Tuple(of) => of.iter().map(std::slice::from_ref).collect(),
        _ => Vec::new(),
    }
}

/// The bare name of a container where nothing is known of what is inside.
fn text(of_type: &Type, inside: &[Option<Annotation>]) -> String {
    let name = match of_type {
        Type::List(_) => "list",
        Type::Tuple(of) if !of.is_empty() => "tuple",
        Type::LongTuple(_) => "tuple",
        Type::Set(_) => "set",
        Type::FrozenSet(_) => "frozenset",
        Type::Dict(..) => "dict",
        plain => return plain.to_string(),
    };
    let texts = inside.iter().map(|one| Some(&*one.as_ref()?.text));
    let Some(mut texts) = texts.collect::<Option<Vec<&str>>>() else {
        return name.to_owned();
    };
    if matches!(of_type, Type::LongTuple(_)) {
        texts.push("...");
    }
    format!("{name}[{}]", texts.join(", "))
}

fn python_type(of_type: &Type, inside: Vec<Option<Annotation>>) -> PythonType {
    let known = |one: Option<Annotation>| one.map_or(PythonType::Other, |one| one.python_type);
    let mut inside = inside.into_iter().map(known);
    let mut next = || Box::new(inside.next().unwrap_or(PythonType::Other));
    match of_type {
        Type::None => PythonType::None,
        Type::Bool => PythonType::Bool,
        Type::Int => PythonType::Int,
        Type::Float => PythonType::Float,
        Type::Str => PythonType::Str,
        Type::Bytes => PythonType::Bytes,
        Type::List(_) => PythonType::List(next()),
        Type::Set(_) => PythonType::Set(next()),
        Type::Dict(..) => PythonType::Dict(next(), next()),
        Type::Tuple(_) => PythonType::Tuple(inside.collect()),
        Type::LongTuple(_) | Type::FrozenSet(_) | Type::Array { .. } | Type::Other(_) => {
            PythonType::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample_types::types;
    use super::*;

    /// Checks the text, and the type as it is debugged.
    #[track_caller]
    fn check(seen: &str, text: &str, python_type: &str) {
        let common = common_type(&types(seen)).expect("something was seen");
        let found = (common.text.as_str(), format!("{:?}", common.python_type));
        assert_eq!(found, (text, python_type.to_owned()), "{seen}");
    }

    #[test]
    fn one_type_is_itself() {
        check("int", "int", "Int");
        check("None", "None", "None");
        check(
            "dict[str, list[bool]]",
            "dict[str, list[bool]]",
            "Dict(Str, List(Bool))",
        );
        check("tuple[int, str]", "tuple[int, str]", "Tuple([Int, Str])");
        check("tuple[()]", "tuple[()]", "Tuple([])");
        check("decimal.Decimal", "decimal.Decimal", "Other");
        check("float64[:, :]", "float64[:, :]", "Other");
        check("frozenset[int]", "frozenset[int]", "Other");
        check("tuple[int, ...]", "tuple[int, ...]", "Other");
    }

    #[test]
    fn a_type_and_none_are_optional_in_every_order() {
        check("None | int", "int | None", "Optional(Int)");
        check("set[str] | None", "set[str] | None", "Optional(Set(Str))");
        check(
            "list[None | int]",
            "list[int | None]",
            "List(Optional(Int))",
        );
        check("None | int | str", "int | str | None", "Optional(Other)");
    }

    #[test]
    fn elements_of_containers_are_taken_together() {
        check("list[int] | list", "list[int]", "List(Int)");
        check("list", "list", "List(Other)");
        check(
            "list[int] | list[None]",
            "list[int | None]",
            "List(Optional(Int))",
        );
        check("list[int] | list[str]", "list[int | str]", "List(Other)");
        check(
            "list[list] | list[list[int]]",
            "list[list[int]]",
            "List(List(Int))",
        );
        check("dict[str, int] | dict", "dict[str, int]", "Dict(Str, Int)");
        check(
            "dict[str, list] | dict[str, int]",
            "dict[str, int | list]",
            "Dict(Str, Other)",
        );
        check("set[int] | list[int]", "list[int] | set[int]", "Other");
    }

    #[test]
    fn tuples_of_one_length_are_taken_together_by_place() {
        check(
            "tuple[int, str] | tuple[None, str]",
            "tuple[int | None, str]",
            "Tuple([Optional(Int), Str])",
        );
        check(
            "tuple[int] | tuple[int, int]",
            "tuple[int] | tuple[int, int]",
            "Other",
        );
        check(
            "tuple[int, ...] | tuple[int]",
            "tuple[int] | tuple[int, ...]",
            "Other",
        );
    }

    #[test]
    fn numbers_of_different_types_have_no_rust_type() {
        check("int | float", "int | float", "Other");
        check("int | bool", "bool | int", "Other");
        check(
            "list[int] | list[float]",
            "list[int | float]",
            "List(Other)",
        );
    }

    #[test]
    fn a_long_union_names_the_first_members() {
        check(
            "H | G | F | E | D | C | B",
            "B | C | D | E | F | G | ...",
            "Other",
        );
    }

    #[test]
    fn nothing_is_said_of_nothing() {
        assert_eq!(common_type(&[]), None);
    }
}
