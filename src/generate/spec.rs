//! What a crate is made of: everything that its templates print, decided.

use serde::Serialize;

use super::boundary::Boundary;
use super::names::{bare, crate_names};
use super::package::{Package, needs_wrapper};
use super::typing::{SeenType, declared, result, seen_types, typed};
use super::{examples, harmless, signature};
use crate::plan::{Candidate, Plan, UnitRisk};
use crate::source::{Form, mangled};

/// A crate to write for a candidate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CrateSpec {
    /// The name of its folder, of the Cargo package, of the library and of the Python package.
    pub name: String,
    /// The Python function that it stands for: `module.qualname`.
    pub function: String,
    pub(super) original: Original,
    pub(super) rust: Boundary,
    pub(super) package: Package,
    /// Calls to compare the two with; empty where there is an objection.
    pub(super) examples: Vec<String>,
    /// Why the original can't be called with made-up arguments.
    pub(super) objection: Option<String>,
    /// The types that were seen, and are not annotated.
    pub(super) seen: Vec<SeenType>,
    /// What may go wrong when it moves, a sentence each.
    pub(super) risks: Vec<String>,
}

/// The function in the program.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Original {
    /// The name to import it by.
    pub(super) module: String,
    /// For people: relative to the source root.
    pub(super) file: String,
    pub(super) line: u32,
    pub(super) name: String,
    pub(super) qualname: String,
    /// The attributes from the module to it.
    pub(super) way: Vec<String>,
    /// The attribute of a property that holds it.
    pub(super) accessor: &'static str,
    pub(super) runs_on_import: bool,
    /// The file below its source root, where the module can't simply be imported.
    pub(super) loaded_from: Option<String>,
    /// `def name(…) -> …`.
    pub(super) declaration: String,
    pub(super) source: String,
}

/// A crate for each candidate, in their order.
pub fn specs(plan: &Plan) -> Vec<CrateSpec> {
    specs_of(&plan.candidates)
}

/// A crate for each of the candidates, which know no others.
pub(super) fn specs_of(candidates: &[Candidate]) -> Vec<CrateSpec> {
    let functions: Vec<_> = candidates.iter().map(|candidate| &candidate.name).collect();
    crate_names(&functions)
        .into_iter()
        .zip(candidates)
        .map(|(name, candidate)| spec(name, candidate))
        .collect()
}

fn spec(name: String, candidate: &Candidate) -> CrateSpec {
    let definition = &candidate.definition;
    let (parameters, typed) = (declared(definition), typed(candidate));
    let wrapped = needs_wrapper(definition, &parameters);
    let objection = harmless::objection(candidate);
    CrateSpec {
        name,
        function: candidate.name.to_string(),
        original: original(candidate),
        seen: seen_types(candidate),
        rust: Boundary::new(definition, &typed, &result(candidate), wrapped),
        package: Package::new(definition, &parameters, wrapped),
        examples: match objection {
            None => examples::calls(&parameters, &typed),
            Some(_) => Vec::new(),
        },
        objection,
        risks: (candidate.risks.iter())
            .map(|it| risk(it, candidate))
            .collect(),
    }
}

/// Whose it is is said of those that move with the candidate.
fn risk(it: &UnitRisk, candidate: &Candidate) -> String {
    let function = (it.function != candidate.name).then(|| it.function.to_string());
    let file = (it.file != candidate.file).then(|| it.file.clone());
    let line = it.risk.line.map(|line| format!("line {line}"));
    let place = [Some(it.risk.code.to_string()), function, file, line];
    let place: Vec<String> = place.into_iter().flatten().collect();
    format!("{}: {}", place.join(", "), it.risk.message)
}

fn original(candidate: &Candidate) -> Original {
    let definition = &candidate.definition;
    let module = &candidate.module;
    let written = signature::as_written(&definition.parameters, definition.returns.as_ref());
    Original {
        module: module_name(candidate),
        file: candidate.file.clone(),
        line: definition.def_line.number(),
        name: definition.name.clone(),
        qualname: definition.qualname.clone(),
        way: way(&definition.qualname),
        accessor: accessor(&definition.decorators),
        runs_on_import: module.runs_on_import,
        loaded_from: loaded_from(candidate),
        declaration: format!("{} {}{written}", keyword(definition.form), definition.name),
        source: candidate.source_text.clone(),
    }
}

fn keyword(form: Form) -> &'static str {
    match form {
        Form::Coroutine | Form::AsyncGenerator => "async def",
        Form::Plain | Form::Generator => "def",
    }
}

/// `Grid.__step` is reached by `Grid`, then `_Grid__step`.
fn way(qualname: &str) -> Vec<String> {
    let names: Vec<&str> = qualname.split('.').collect();
    let classes = std::iter::once(None).chain(names.iter().copied().map(Some));
    names
        .iter()
        .zip(classes)
        .map(|(name, class)| mangled(name, class))
        .collect()
}

fn accessor(decorators: &[String]) -> &'static str {
    let is = |name: &str| decorators.iter().any(|decorator| bare(decorator) == name);
    if is("setter") {
        "fset"
    } else if is("deleter") {
        "fdel"
    } else {
        "fget"
    }
}

/// The file below the source root.
fn below_root(candidate: &Candidate) -> String {
    let module = &candidate.module;
    let below = module.path.strip_prefix(&module.root);
    below
        .map_or(candidate.file.as_str(), |path| {
            path.trim_start_matches(['/', '\\'])
        })
        .replace('\\', "/")
}

/// Whether an import finds the file by the module's name; it does not for `nightly.v2.py`.
fn is_importable(candidate: &Candidate) -> bool {
    let (below_root, by_name) = (
        below_root(candidate),
        candidate.module.name.replace('.', "/"),
    );
    [".py", "/__init__.py"]
        .iter()
        .any(|end| below_root.strip_suffix(end) == Some(&by_name))
}

/// The name to import it by; a dot in it would be taken for a package.
fn module_name(candidate: &Candidate) -> String {
    let name = &candidate.module.name;
    if is_importable(candidate) {
        name.clone()
    } else {
        name.replace('.', "_")
    }
}

/// The file of a module that an import would run, or would not find.
fn loaded_from(candidate: &Candidate) -> Option<String> {
    let is_loaded = candidate.module.runs_on_import || !is_importable(candidate);
    is_loaded.then(|| below_root(candidate))
}

#[cfg(test)]
mod tests {
    use super::super::samples::{candidate, function, method, plain};
    use super::*;
    use crate::source::Definition;

    fn original_of(module: &str, definition: Definition) -> Original {
        original(&candidate(module, definition))
    }

    #[test]
    fn a_private_method_is_found_by_its_mangled_name() {
        let definition = method("game.Grid", function("__step", vec![plain("self")]));
        assert_eq!(
            original_of("m", definition).way,
            ["game", "Grid", "_Grid__step"]
        );
    }

    #[test]
    fn a_setter_is_told_from_its_getter() {
        let mut definition = method("Grid", function("size", vec![plain("self")]));
        definition.decorators = vec!["property".to_owned()];
        assert_eq!(original_of("m", definition.clone()).accessor, "fget");
        definition.decorators = vec!["size.setter".to_owned()];
        assert_eq!(original_of("m", definition).accessor, "fset");
    }

    #[test]
    fn a_module_that_can_be_imported_is_not_loaded_from_its_file() {
        let mut imported = candidate("pkg.etl", function("f", vec![]));
        assert_eq!(loaded_from(&imported), None);
        imported.module.path = "/program/pkg/etl/__init__.py".to_owned();
        assert_eq!(loaded_from(&imported), None);
        imported.module.runs_on_import = true;
        assert_eq!(
            loaded_from(&imported).as_deref(),
            Some("pkg/etl/__init__.py")
        );
    }

    #[test]
    fn a_file_that_no_import_names_is_loaded_from_its_place() {
        let mut script = candidate("nightly.v2", function("f", vec![]));
        script.module.path = "/program/nightly.v2.py".to_owned();
        assert_eq!(loaded_from(&script).as_deref(), Some("nightly.v2.py"));
        assert_eq!(module_name(&script), "nightly_v2");
    }
}
