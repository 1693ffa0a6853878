//! How often a function is entered, as far as the source tells.

use super::catalog::Kind;
use super::study::Study;
use crate::profile::FunctionId;
use crate::source::{CallTarget, Origin, Sources};

/// A chain of callers longer than this is followed no further: it may be a circle.
const MOST_CALLERS: usize = 32;

/// How often a function is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entered {
    Once,
    Repeatedly,
    /// The source does not tell: a framework calls it, or a name that only the run resolves.
    Unknown,
}

impl Study<'_> {
    /// How often a function is entered, as far as the source tells: in a loop, or by a function that is
    /// entered in one, or else once by the code of a module.
    pub(super) fn entered(&self, function: FunctionId, sources: &mut Sources) -> Entered {
        let mut callee = function;
        for _ in 0..MOST_CALLERS {
            let Some(caller) = self.credits.functions[callee.index()].caller else {
                return Entered::Unknown;
            };
            let entry = self.catalog.entry(caller.function);
            match (entry.origin, entry.kind) {
                (Origin::FirstParty, Kind::ModuleBody) => return Entered::Once,
                (Origin::FirstParty, Kind::Named) => {}
                _ => return Entered::Unknown,
            }
            match self.calls(caller.function, callee, sources)[..] {
                [] => return Entered::Unknown,
                ref calls if calls.contains(&true) => return Entered::Repeatedly,
                _ => callee = caller.function,
            }
        }
        Entered::Unknown
    }

    /// For each call of one function in another, as far as they can be told: whether it is in a loop.
    fn calls(&self, caller: FunctionId, callee: FunctionId, sources: &mut Sources) -> Vec<bool> {
        let name = &self.catalog.entry(callee).name;
        let same_file = self.profile.function(caller).file == self.profile.function(callee).file;
        let Ok((definition, _)) = self.definition(caller, sources) else {
            return Vec::new();
        };
        let is_callee = |target: &CallTarget| match target {
            CallTarget::SameFile(qualname) => same_file && *qualname == name.qualname,
            CallTarget::Imported { name: imported, .. } => *imported == name.to_string(),
            CallTarget::Builtin | CallTarget::Unknown => false,
        };
        let calls = definition
            .calls
            .iter()
            .filter(|call| is_callee(&call.target));
        calls.map(|call| call.in_loop).collect()
    }
}
