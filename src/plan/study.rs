//! A profile with everything that was worked out of it, by id, and what was seen of values.

use super::Interval;
use super::boundary::Costs;
use super::catalog::Catalog;
use super::heavy_call::{HeavyCall, heaviest_calls};
use super::hot_places::HotPlaces;
use super::library_calls::LibraryCalls;
use super::spots::{Spots, spots};
use super::states::states;
use super::wilson::wilson;
use crate::analysis::{
    CallTree, Credits, Inclusive, State, Tally, WorkTree, credit, lock_competitors, once_per_stack,
};
use crate::observation::{Calls, Observation, Subject};
use crate::profile::{FunctionId, Profile, Share, Weight};
use crate::source::{Definition, Module, Sources, Unreadable};
use std::collections::BTreeSet;

/// A profile, who its functions are, and whose time it was.
pub(super) struct Study<'p> {
    pub(super) profile: &'p Profile,
    pub(super) observation: &'p Observation,
    pub(super) catalog: Catalog,
    /// For each sample.
    pub(super) states: Vec<State>,
    pub(super) credits: Credits,
    /// For each function.
    pub(super) functions: Vec<Inclusive>,
    /// For each module of the catalog.
    pub(super) modules: Vec<Inclusive>,
    /// All samples.
    pub(super) all: Tally,
    /// For each function the call that takes most of its time outside of the interpreter.
    pub(super) heaviest_calls: Vec<Option<HeavyCall>>,
    /// For each function the places where its time was.
    pub(super) hot_places: HotPlaces,
    /// For each function of the program the places where its time was.
    pub(super) spots: Spots<'p>,
    /// How many threads compete for the interpreter lock.
    pub(super) competitors: f64,
    /// The time of library code, by the place of the program that asked for it.
    pub(super) library_calls: LibraryCalls,
    /// Who works below whom.
    pub(super) work: WorkTree,
    /// What crossing the boundary costs.
    pub(super) costs: &'p Costs,
    /// The functions that stay Python because they are riskier than asked for.
    pub(super) barred: BTreeSet<FunctionId>,
}

impl<'p> Study<'p> {
    pub(super) fn new(
        profile: &'p Profile,
        observation: &'p Observation,
        sources: &mut Sources,
        costs: &'p Costs,
    ) -> Self {
        let catalog = Catalog::new(profile, sources);
        let states = states(profile, observation, sources);
        let tree = CallTree::with_states(profile, &states.of_samples);
        let each: Vec<usize> = (0..profile.functions().len()).collect();
        let credits = credit(&tree, &catalog.roles());
        Self {
            profile,
            observation,
            hot_places: HotPlaces::new(profile, &states, &credits),
            heaviest_calls: heaviest_calls(profile, &states, &catalog, &credits),
            spots: spots(profile, &states, &catalog, &credits),
            library_calls: LibraryCalls::new(profile, &states.of_samples, &catalog, &credits),
            functions: once_per_stack(&tree, &each, each.len()),
            modules: once_per_stack(&tree, &catalog.module_of(), catalog.modules.len()),
            all: tree.all(),
            competitors: lock_competitors(profile),
            work: WorkTree::new(&tree, &credits),
            costs,
            barred: BTreeSet::new(),
            credits,
            states: states.of_samples,
            catalog,
        }
    }

    /// The share of the time in which the program worked.
    pub(super) fn share(&self, weight: Weight) -> Share {
        Share::of(weight, self.all.working)
    }

    /// The time that orders the ranking: own and passed up, in the interpreter.
    pub(super) fn ranked(&self, id: FunctionId) -> Weight {
        self.credits.functions[id.index()].time.movable()
    }

    /// The share of the time of these that a rewrite can have: from what is known to be the interpreter's to what
    /// may be, each end with its 95 % interval.
    pub(super) fn movable(&self, time: &Tally) -> Interval {
        let end = |weight| wilson(self.share(weight).fraction(), self.all.samples);
        Interval {
            low: end(time.interpreter).low,
            expected: self.share(time.movable()).fraction(),
            high: end(time.movable_at_most()).high,
        }
    }

    /// A share with its 95 % interval.
    pub(super) fn interval(&self, weight: Weight) -> Interval {
        wilson(self.share(weight).fraction(), self.all.samples)
    }

    /// The ranked share with its interval.
    pub(super) fn share_interval(&self, id: FunctionId) -> Interval {
        self.movable(&self.credits.functions[id.index()].time)
    }

    /// How often a function was called, where that was counted. Before Python 3.11 the counted one has its bare name.
    pub(super) fn call_count(&self, id: FunctionId) -> Option<Calls> {
        self.counted(id, |subject| self.observation.calls_of(subject))
    }

    /// The same of the values that a generator gave.
    pub(super) fn yield_count(&self, id: FunctionId) -> Option<Calls> {
        self.counted(id, |subject| self.observation.yields_of(subject))
    }

    fn counted(&self, id: FunctionId, of: impl Fn(&Subject) -> Option<Calls>) -> Option<Calls> {
        let function = self.profile.function(id);
        let file = self.profile.strings.get(function.file?);
        let name = self.profile.strings.get(function.name);
        let bare = |name: &str| name.rsplit('.').next().map(str::to_owned);
        let subjects = self.observation.subjects().filter(|subject| {
            Some(subject.first_line) == function.first_line
                && subject.file == file
                && bare(&subject.name) == bare(name)
        });
        subjects.filter_map(of).reduce(Calls::and)
    }

    /// The file that a function is in, as the profile has it; empty for one in none.
    pub(super) fn file(&self, id: FunctionId) -> &'p str {
        let file = self.profile.function(id).file;
        file.map_or("", |file| self.profile.strings.get(file))
    }

    /// What the source says of a function, and of its module.
    pub(super) fn definition<'s>(
        &self,
        id: FunctionId,
        sources: &'s mut Sources,
    ) -> Result<(&'s Definition, &'s Module), Unreadable> {
        let function = self.profile.function(id);
        let module = sources.module(self.file(id)).map_err(Clone::clone)?;
        let name = self.profile.strings.get(function.name);
        let definition = module.definition(name, function.first_line);
        definition
            .map(|it| (it, module))
            .ok_or_else(|| module.why_missing())
    }
}
