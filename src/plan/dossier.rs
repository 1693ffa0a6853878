//! What the source says of a function that may move.

use super::seen_conduct::seen_conduct;
use super::seen_parameter::seen_parameters;
use super::seen_returns::seen_returns;
use super::study::Study;
use super::{ModuleImport, SeenConduct, SeenParameter, SeenReturns};
use crate::profile::FunctionId;
use crate::source::{CallTarget, Definition, Module, Sources};

/// What the source says of a function, and what was seen of its parameters.
pub(super) struct Dossier {
    pub(super) definition: Definition,
    /// The functions of its file that it calls, and those that they call, in order of place.
    pub(super) callees: Vec<Definition>,
    pub(super) source_text: String,
    pub(super) module: ModuleImport,
    pub(super) seen: Vec<SeenParameter>,
    pub(super) seen_returns: Option<SeenReturns>,
    pub(super) seen_conduct: Option<SeenConduct>,
}

impl Study<'_> {
    /// None for a function whose source can't be read.
    pub(super) fn dossier(&self, id: FunctionId, sources: &mut Sources) -> Option<Dossier> {
        let file = self.profile.strings.get(self.profile.function(id).file?);
        let import = self.import(id, sources)?;
        let roots = sources.roots().clone();
        let (definition, module) = self.definition(id, sources).ok()?;
        Some(Dossier {
            source_text: module.text_of(definition),
            callees: callees(module, definition),
            definition: definition.clone(),
            module: import,
            seen: seen_parameters(self.observation, file, definition),
            seen_returns: seen_returns(self.observation, file, definition),
            seen_conduct: seen_conduct(self.observation, file, definition, &roots),
        })
    }

    /// How a function's module is imported. None where its source can't be read.
    pub(super) fn import(&self, id: FunctionId, sources: &mut Sources) -> Option<ModuleImport> {
        let file_id = self.profile.function(id).file?;
        let file = self.profile.strings.get(file_id);
        let name = sources.roots().module_name(file);
        let path = sources.roots().located(file).display().to_string();
        let is_main = self.is_main(file_id, sources);
        let (_, module) = self.definition(id, sources).ok()?;
        let root = name.root.map(|root| root.display().to_string());
        Some(ModuleImport {
            name: name.name,
            path,
            root: root.unwrap_or_default(),
            runs_on_import: is_main && module.runs_on_import,
        })
    }
}

/// The functions of a module that one of them calls, directly or through another.
fn callees(module: &Module, caller: &Definition) -> Vec<Definition> {
    let mut called: Vec<&Definition> = vec![caller];
    let mut next = 0;
    while let Some(definition) = called.get(next) {
        let targets = definition
            .calls
            .iter()
            .filter_map(|call| match &call.target {
                CallTarget::SameFile(qualname) => module.definition(qualname, None),
                CallTarget::Builtin | CallTarget::Imported { .. } | CallTarget::Unknown => None,
            });
        for callee in targets.collect::<Vec<_>>() {
            if !called.contains(&callee) {
                called.push(callee);
            }
        }
        next += 1;
    }
    let mut callees: Vec<Definition> = called[1..].iter().copied().cloned().collect();
    callees.sort_by_key(|callee| (callee.first_line, callee.def_line));
    callees
}
