//! Which library code took the program's time, and where the program asked for it.

use super::catalog::Catalog;
use super::replacement::{Replacement, replacements_of};
use crate::analysis::{Credits, State, Tally};
use crate::profile::{FrameId, FunctionId, Profile, StackId};
use crate::source::Origin;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// The time of library functions, by the place of the program that asked for it: none where no function of the program
/// was on the stack. What installed code does with the standard library is its own time; of the standard library, only
/// what has a replacement is here.
#[derive(Debug, Default)]
pub(super) struct LibraryCalls {
    times: BTreeMap<(FunctionId, Option<FrameId>), Tally>,
}

impl LibraryCalls {
    pub(super) fn new(
        profile: &Profile,
        states: &[State],
        catalog: &Catalog,
        credits: &Credits,
    ) -> Self {
        let paths = Paths::new(profile, catalog);
        let mut times: BTreeMap<_, Tally> = BTreeMap::new();
        for (sample, state) in profile.samples.iter().zip(states) {
            let Some(stack) = sample.stack else { continue };
            let payee = credits.payees[stack.index()];
            let Some(function) = payee.and_then(|payee| paths.library(stack, payee, catalog))
            else {
                continue;
            };
            let asked = paths.asked[stack.index()];
            *times.entry((function, asked)).or_default() +=
                Tally::of(sample, profile.weight_unit, *state);
        }
        Self { times }
    }

    /// Each library function and place, in order of their ids.
    pub(super) fn iter(&self) -> impl Iterator<Item = (FunctionId, Option<FrameId>, &Tally)> {
        let times = self.times.iter();
        times.map(|(&(function, asked), time)| (function, asked, time))
    }

    /// The place of the program that asked most for a function.
    pub(super) fn asked_most(&self, function: FunctionId) -> Option<FrameId> {
        let first = (function, None);
        let all = self
            .times
            .range(first..)
            .take_while(|it| it.0.0 == function);
        // Of equal ones the first.
        let known = all.filter_map(|(&(_, asked), time)| Some((asked?, time.working)));
        let most = known.reduce(|one, other| if other.1 > one.1 { other } else { one });
        most.map(|(asked, _)| asked)
    }
}

/// What stands on the way from each stack to its outermost frame.
struct Paths {
    /// The innermost frame of the program.
    asked: Vec<Option<FrameId>>,
    /// The outermost function of the standard library without other code between, that has a replacement.
    serving: Vec<Option<FunctionId>>,
}

impl Paths {
    /// One pass: a parent stands before its children.
    fn new(profile: &Profile, catalog: &Catalog) -> Self {
        let mut known = FxHashMap::default();
        let mut paths = Self {
            asked: Vec::with_capacity(profile.stacks().len()),
            serving: Vec::with_capacity(profile.stacks().len()),
        };
        for stack in profile.stacks() {
            let function = profile.frame(stack.frame).function;
            let parent = stack.parent.map(StackId::index);
            let entry = catalog.entry(function);
            let is_ours = entry.origin == Origin::FirstParty;
            let above = parent.and_then(|parent| paths.asked[parent]);
            paths
                .asked
                .push(if is_ours { Some(stack.frame) } else { above });
            let serves = entry.origin == Origin::Stdlib;
            let above = parent.and_then(|parent| paths.serving[parent]);
            paths.serving.push(match above {
                _ if !serves => None,
                Some(serving) => Some(serving),
                None => {
                    let rows: &mut &'static [Replacement] = known
                        .entry(function)
                        .or_insert_with(|| replacements_of(&entry.name, entry.origin));
                    (!rows.is_empty()).then_some(function)
                }
            });
        }
        paths
    }

    /// The library function whose time a stack's is, if it is one's.
    fn library(&self, stack: StackId, payee: FunctionId, catalog: &Catalog) -> Option<FunctionId> {
        match catalog.entry(payee).origin {
            Origin::ThirdParty => Some(payee),
            Origin::FirstParty => self.serving[stack.index()],
            Origin::Stdlib | Origin::Builtin => None,
        }
    }
}
