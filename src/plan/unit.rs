//! Which functions move together: a callee with the caller whose loop makes its calls.
//!
//! A leaf that moves alone is called across the boundary each time round its caller's loop; with the
//! loop it is not (measured: 104 ns an iteration in Python, 34 ns with the leaf moved, 2.1 ns with both).
//! So far a unit is one caller and its direct callees, and only where nothing else would be dragged along.

use super::catalog::Kind;
use super::study::Study;
use super::{Code, FunctionRow, Reason, Verdict};
use crate::analysis::Tally;
use crate::profile::FunctionId;
use crate::source::{CallTarget, Origin, Sources};

/// A callee belongs to a caller that makes this part of its calls, by time. Stacks that were read while
/// they changed show some of them under a wrong caller.
const MOST_CALLS: f64 = 0.8;

/// A caller moves with its callees when this part of its total time moves then.
const MOST_TIME: f64 = 0.9;

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

/// Functions that move together, as places in the list of hot functions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    /// Where the unit is entered.
    pub(super) root: usize,
    /// Those that move with it, hottest first.
    pub(super) callees: Vec<usize>,
}

impl Study<'_> {
    /// The units of the functions that are worth moving, hottest first. The verdict of a callee that
    /// moves with its caller becomes [`Verdict::MigrateCaller`]. `rows[i]` is the row of `hot[i]`.
    pub(super) fn units(
        &self,
        hot: &[FunctionId],
        rows: &mut [FunctionRow],
        sources: &mut Sources,
    ) -> Vec<Unit> {
        let movable: Vec<usize> = (0..rows.len())
            .filter(|&place| rows[place].verdict == Verdict::Migrate)
            .collect();
        let mut units: Vec<Unit> = (movable.iter())
            .map(|&root| Unit {
                root,
                callees: self.callees(root, &movable, hot, sources),
            })
            .collect();
        let taken: Vec<usize> = units.iter().flat_map(|unit| unit.callees.clone()).collect();
        for unit in &units {
            for &callee in &unit.callees {
                let message = format!(
                    "called in a loop of {}: it moves with it",
                    rows[unit.root].name
                );
                rows[callee].verdict = Verdict::MigrateCaller;
                rows[callee].reasons = vec![Reason {
                    code: Code::MovesWithCaller,
                    message,
                }];
            }
        }
        units.retain(|unit| !taken.contains(&unit.root));
        units.sort_by_key(|unit| std::cmp::Reverse(self.unit_time(unit, hot).movable()));
        units
    }

    /// The time of a unit's functions.
    pub(super) fn unit_time(&self, unit: &Unit, hot: &[FunctionId]) -> Tally {
        let places = std::iter::once(&unit.root).chain(&unit.callees);
        let time = |place: &usize| self.credits.functions[hot[*place].index()].time;
        places.map(time).sum()
    }

    fn callees(
        &self,
        root: usize,
        movable: &[usize],
        hot: &[FunctionId],
        sources: &mut Sources,
    ) -> Vec<usize> {
        let caller = hot[root];
        let callees: Vec<usize> = (movable.iter().copied())
            .filter(|&place| place != root && self.belongs_to(hot[place], caller, sources))
            .collect();
        let own = |id: FunctionId| self.credits.functions[id.index()].time.working.0 as f64;
        let together = own(caller) + callees.iter().map(|&place| own(hot[place])).sum::<f64>();
        let total = self.functions[caller.index()].total.working.0 as f64;
        let moves =
            together >= MOST_TIME * total && self.entered(caller, sources) == Entered::Repeatedly;
        if moves { callees } else { Vec::new() }
    }

    fn belongs_to(&self, callee: FunctionId, caller: FunctionId, sources: &mut Sources) -> bool {
        let most = MOST_CALLS * self.functions[callee.index()].total.working.0 as f64;
        let called_by = self.credits.functions[callee.index()].caller;
        let is_caller =
            called_by.is_some_and(|it| it.function == caller && it.weight.0 as f64 >= most);
        is_caller && self.calls(caller, callee, sources).contains(&true)
    }

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
