//! Who the functions are: names, origins and roles for the ids of a profile.

use super::FunctionName;
use crate::analysis::Role;
use crate::profile::{Function, FunctionId, Profile, StringId};
use crate::source::{Origin, ScopeKind, Sources};
use rustc_hash::FxHashMap;

/// What is known of a function before its time is looked at.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) name: FunctionName,
    /// The file for people: relative to its source root.
    pub(super) file: String,
    pub(super) origin: Origin,
    pub(super) kind: Kind,
    pub(super) role: Role,
    /// The place of its module in [`Catalog::modules`].
    pub(super) module: usize,
}

/// What kind of code a function's code object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Something that a name reaches: a function of a module, a method.
    Named,
    /// A function defined in a function.
    Nested,
    /// The body of a module.
    ModuleBody,
    /// A comprehension, a lambda, a class body.
    Anonymous,
    /// The machinery of `import`.
    Import,
}

/// All functions of a profile, by id.
pub(super) struct Catalog {
    pub(super) entries: Vec<Entry>,
    /// A module's name, file for people and origin.
    pub(super) modules: Vec<(String, String, Origin)>,
}

impl Catalog {
    pub(super) fn new(profile: &Profile, sources: &mut Sources) -> Self {
        let mut modules = Modules::default();
        let outer = OuterFunctions::new(profile);
        let entries = (profile.functions().iter())
            .map(|function| {
                let module = modules.place(profile, sources, function);
                let (module_name, file, origin) = modules.rows[module].clone();
                let qualname = profile.strings.get(function.name).to_owned();
                let kind = kind(profile, sources, *function, origin);
                Entry {
                    role: role(kind, origin, || outer.of(profile, *function)),
                    name: FunctionName {
                        module: module_name,
                        qualname,
                    },
                    file,
                    origin,
                    kind,
                    module,
                }
            })
            .collect();
        Self {
            entries,
            modules: modules.rows,
        }
    }

    pub(super) fn entry(&self, id: FunctionId) -> &Entry {
        &self.entries[id.index()]
    }

    pub(super) fn roles(&self) -> Vec<Role> {
        self.entries.iter().map(|entry| entry.role).collect()
    }

    /// For each function the place of its module.
    pub(super) fn module_of(&self) -> Vec<usize> {
        self.entries.iter().map(|entry| entry.module).collect()
    }
}

/// Modules are files; where a format has no files, functions share the module of no name.
#[derive(Default)]
struct Modules {
    rows: Vec<(String, String, Origin)>,
    places: FxHashMap<Option<StringId>, usize>,
}

impl Modules {
    fn place(&mut self, profile: &Profile, sources: &Sources, function: &Function) -> usize {
        let rows = &mut self.rows;
        *self.places.entry(function.file).or_insert_with(|| {
            let roots = sources.roots();
            let file = function.file.map(|file| profile.strings.get(file));
            let origin = roots.origin(file, profile.strings.get(function.name));
            let row = match file {
                Some(file) => (roots.module_name(file).name, roots.shown(file), origin),
                None => (String::from("?"), String::new(), origin),
            };
            rows.push(row);
            rows.len() - 1
        })
    }
}

/// The functions of each file by name, to find the one around a nested function.
struct OuterFunctions {
    by_name: FxHashMap<(Option<StringId>, StringId), FunctionId>,
    names: FxHashMap<Box<str>, StringId>,
}

impl OuterFunctions {
    fn new(profile: &Profile) -> Self {
        let by_name = (profile.functions().iter().enumerate())
            .map(|(index, function)| {
                (
                    (function.file, function.name),
                    FunctionId::from_index(index),
                )
            })
            .collect();
        let names = (profile.functions().iter())
            .map(|function| (profile.strings.get(function.name).into(), function.name))
            .collect();
        Self { by_name, names }
    }

    fn of(&self, profile: &Profile, function: Function) -> Option<FunctionId> {
        let (outer, _) = profile
            .strings
            .get(function.name)
            .rsplit_once(".<locals>.")?;
        let outer = self.names.get(outer)?;
        self.by_name.get(&(function.file, *outer)).copied()
    }
}

fn kind(profile: &Profile, sources: &mut Sources, function: Function, origin: Origin) -> Kind {
    let name = profile.strings.get(function.name);
    let file = function.file.map_or("", |file| profile.strings.get(file));
    let last = name.rsplit('.').next().unwrap_or(name);
    if is_import_machinery(file) {
        return Kind::Import;
    }
    match last {
        "<module>" => Kind::ModuleBody,
        last if last.starts_with('<') && last.ends_with('>') => Kind::Anonymous,
        _ if origin == Origin::FirstParty && is_class_body(sources, file, name, function) => {
            Kind::Anonymous
        }
        _ if name.contains(".<locals>.") => Kind::Nested,
        _ => Kind::Named,
    }
}

/// The files of `importlib._bootstrap` and `_bootstrap_external`, frozen or not. The rest of
/// `importlib` is called by programs for other things too.
fn is_import_machinery(file: &str) -> bool {
    matches!(
        file,
        "<frozen importlib._bootstrap>" | "<frozen importlib._bootstrap_external>"
    ) || file.ends_with("/importlib/_bootstrap.py")
        || file.ends_with("/importlib/_bootstrap_external.py")
}

fn is_class_body(sources: &mut Sources, file: &str, name: &str, function: Function) -> bool {
    let Ok(module) = sources.module(file) else {
        return false;
    };
    module.scope_kind(name, function.first_line) == Some(ScopeKind::Class)
}

fn role(kind: Kind, origin: Origin, outer: impl Fn() -> Option<FunctionId>) -> Role {
    match (kind, origin) {
        (Kind::Import, _) => Role::Import,
        (_, Origin::Stdlib | Origin::Builtin) => Role::Service,
        (Kind::Anonymous, _) => Role::Part,
        (_, Origin::ThirdParty) => Role::Library,
        (Kind::ModuleBody, Origin::FirstParty) => Role::ModuleBody,
        (Kind::Nested, Origin::FirstParty) => match outer() {
            Some(within) => Role::Nested { within },
            None => Role::Program,
        },
        (Kind::Named, Origin::FirstParty) => Role::Program,
    }
}
