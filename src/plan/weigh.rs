//! A group of functions weighed: what it gains when they move together, and what that takes.

use super::crossing::{crossing, of_value};
use super::effort::{self, Moved};
use super::gain::{Crossings, Gain, Move, Savings};
use super::judge::is_forbidding;
use super::per_call::{CallSource, PerCall};
use super::random::Random;
use super::result::drops_what_it_makes;
use super::study::Study;
use super::{Interval, catalog::Kind};
use crate::analysis::{Covered, Region, Tally};
use crate::profile::{FunctionId, Weight};
use crate::source::{Definition, Origin, Sources};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Functions that move together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// The one that is called most, which names them.
    pub(super) root: FunctionId,
    /// Those through which they are called from Python, the root too.
    pub(super) entries: BTreeSet<FunctionId>,
    /// All of them, the entries too.
    pub(super) members: BTreeSet<FunctionId>,
}

/// What was found of a group.
#[derive(Clone, Debug)]
pub(super) struct Weighed {
    pub(super) gain: Gain,
    pub(super) savings: Savings,
    /// Days.
    pub(super) effort: Interval,
    /// What a call of the root takes today.
    pub(super) per_call: PerCall,
    /// What crossing costs each call of the root, in nanoseconds.
    pub(super) cost: Interval,
    /// What it takes the root today to give a value, if it is a generator; each crosses.
    pub(super) per_value: Option<PerCall>,
    /// The functions that stay Python and that it calls.
    pub(super) callbacks: Vec<FunctionId>,
    /// Time of its functions.
    pub(super) time: Tally,
}

impl Weighed {
    /// Whether it was counted what crosses.
    pub(super) fn is_counted(&self) -> bool {
        let mut each = std::iter::once(&self.per_call).chain(&self.per_value);
        each.all(|it| it.source != CallSource::Estimated)
    }
}

/// Weighs groups; what the source says of each function is asked once.
pub(super) struct Scales<'s, 'p> {
    pub(super) study: &'s Study<'p>,
    pub(super) sources: &'s mut Sources,
    definitions: FxHashMap<FunctionId, Option<Definition>>,
}

impl<'s, 'p> Scales<'s, 'p> {
    pub(super) fn new(study: &'s Study<'p>, sources: &'s mut Sources) -> Self {
        Self {
            study,
            sources,
            definitions: FxHashMap::default(),
        }
    }

    /// The definition of a function that Rust could have: the program's, named, readable, without what rules a move out,
    /// and no riskier than asked for.
    pub(super) fn movable(&mut self, id: FunctionId) -> Option<&Definition> {
        let (study, sources) = (self.study, &mut *self.sources);
        let known = self.definitions.entry(id).or_insert_with(|| {
            let entry = study.catalog.entry(id);
            let is_named = entry.origin == Origin::FirstParty && entry.kind == Kind::Named;
            if !is_named || study.barred.contains(&id) {
                return None;
            }
            let (definition, _) = study.definition(id, sources).ok()?;
            let forbids = definition
                .dynamic
                .iter()
                .any(|it| is_forbidding(it.feature));
            (!forbids).then(|| definition.clone())
        });
        known.as_ref()
    }

    /// The functions below a root that are not ranked themselves and that move with it: `stay` says who does not.
    pub(super) fn helpers(
        &mut self,
        root: FunctionId,
        stay: &BTreeSet<FunctionId>,
    ) -> BTreeSet<FunctionId> {
        let below = self.study.work.below(&BTreeSet::from([root]));
        let helpers = below.into_iter().filter(|id| !stay.contains(id));
        helpers.filter(|&id| self.movable(id).is_some()).collect()
    }

    /// The part of the time that a group covers.
    pub(super) fn region(&self, group: &Group) -> Region {
        self.study.work.region(&group.entries, &group.members)
    }

    /// What a group gains beside what `taken` has already.
    pub(super) fn weigh(&mut self, group: &Group, taken: &Region) -> Weighed {
        let region = self.region(group);
        let covered = self.study.work.covered(&region, taken);
        let study = self.study;
        let (gain, savings) = self.gain(group, &covered);
        Weighed {
            gain,
            savings,
            effort: self.effort(group),
            per_call: self.calls_from_outside(group.root, group),
            cost: crossing(study, group.root, self.movable(group.root)),
            per_value: self.values_to_outside(group.root, group),
            callbacks: covered.exits.keys().copied().collect(),
            time: covered.time,
        }
    }

    fn gain(&mut self, group: &Group, covered: &Covered) -> (Gain, Savings) {
        let study = self.study;
        let mut crossings = self.calls_into(group);
        crossings.extend(self.calls_out_of(covered));
        let members: Vec<FunctionId> = group.members.iter().copied().collect();
        let class = self.class_of(group);
        let classes: Vec<&str> = class.as_deref().into_iter().collect();
        let mix = study.mix(&members, &classes, self.sources);
        // Where nothing that is made is kept, Rust makes nothing that a collector follows.
        let Tally {
            interpreter,
            uncertain,
            gc,
            ..
        } = covered.time;
        let (surely, may_be) = if self.drops_what_it_makes(group) {
            (interpreter.0 + gc.0, uncertain.0)
        } else {
            (interpreter.0, uncertain.0 + gc.0)
        };
        Move {
            interpreter: study.interval(Weight(surely)),
            uncertain: study.interval(Weight(may_be)),
            all: study.interval(covered.time.working),
            crossings,
            speedup: &|random: &mut Random| mix.draw(&mut || random.normal()),
        }
        .gain()
    }

    fn drops_what_it_makes(&mut self, group: &Group) -> bool {
        let study = self.study;
        group.entries.iter().all(|&entry| {
            let file = study.file(entry);
            let definition = self.movable(entry);
            definition.is_some_and(|it| drops_what_it_makes(study.observation, file, it))
        })
    }

    /// The bare name of the class that moves as a whole: that of several methods which share its fields.
    fn class_of(&mut self, group: &Group) -> Option<String> {
        let root = self.movable(group.root)?;
        let class = root.class.as_ref().filter(|_| group.entries.len() > 1)?;
        class.rsplit('.').next().map(str::to_owned)
    }

    /// The calls from Python. Those from what has moved before are among them: it may be another crate.
    fn calls_into(&mut self, group: &Group) -> Vec<Crossings> {
        let study = self.study;
        let entries = study.work.entries(&group.entries);
        let mut crossings = Vec::new();
        for (entry, weight) in entries {
            let share = study.share(weight).fraction();
            crossings.push(Crossings {
                share,
                each: self.calls_from_outside(entry, group).nanoseconds,
                cost: crossing(study, entry, self.movable(entry)),
            });
            let values = self.values_to_outside(entry, group);
            crossings.extend(values.map(|value| Crossings {
                share,
                each: value.nanoseconds,
                cost: of_value(study.costs),
            }));
        }
        crossings
    }

    /// The calls back into Python.
    fn calls_out_of(&mut self, covered: &Covered) -> Vec<Crossings> {
        let study = self.study;
        let crossings = covered.exits.iter().flat_map(|(&callee, &weight)| {
            let each = [Some(self.per_call(callee)), self.per_value(callee)];
            each.into_iter().flatten().map(move |each| Crossings {
                share: study.share(weight).fraction(),
                each: each.nanoseconds,
                cost: study.costs.callback(),
            })
        });
        crossings.collect()
    }

    /// What one call of an entry takes that is made from outside of its group: where calls were counted, those within
    /// are among them.
    fn calls_from_outside(&mut self, entry: FunctionId, group: &Group) -> PerCall {
        let per_call = self.per_call(entry);
        self.part_from_outside(entry, group, per_call)
    }

    /// The same of the values that an entry gives as a generator.
    fn values_to_outside(&mut self, entry: FunctionId, group: &Group) -> Option<PerCall> {
        let per_value = self.per_value(entry)?;
        Some(self.part_from_outside(entry, group, per_value))
    }

    fn part_from_outside(&self, entry: FunctionId, group: &Group, all: PerCall) -> PerCall {
        let CallSource::Counted(_) = all.source else {
            return all;
        };
        let part = self.study.part_from_outside(entry, &group.members);
        part.map_or(all, |part| all.of_part(part))
    }

    /// What one call of a function takes.
    fn per_call(&mut self, id: FunctionId) -> PerCall {
        let entered = self.study.entered(id, self.sources);
        let study = self.study;
        study.per_call(id, self.movable(id), entered)
    }

    /// What it takes a generator to give a value.
    fn per_value(&mut self, id: FunctionId) -> Option<PerCall> {
        let study = self.study;
        let (definition, _) = study.definition(id, self.sources).ok()?;
        study.per_value(id, definition)
    }

    /// Days for a group.
    fn effort(&mut self, group: &Group) -> Interval {
        effort::days(&self.definitions_of(&group.members))
    }

    /// Days that a group adds to functions that move anyway.
    pub(super) fn added(&mut self, group: &Group, known: &BTreeSet<FunctionId>) -> f64 {
        let all: BTreeSet<FunctionId> = group.members.union(known).copied().collect();
        let (all, known) = (self.definitions_of(&all), self.definitions_of(known));
        effort::days(&all).expected - effort::days(&known).expected
    }

    fn definitions_of(&mut self, members: &BTreeSet<FunctionId>) -> Vec<Moved> {
        let mut moved = Vec::new();
        for &id in members {
            let Some(definition) = self.movable(id).cloned() else {
                continue;
            };
            let module = &self.study.catalog.entry(id).name.module;
            let owner = definition.class.as_ref().unwrap_or(module);
            let owner = owner.rsplit('.').next().unwrap_or(owner);
            let is_tested = self.sources.tests_name(&definition.name, owner);
            moved.push((definition, is_tested));
        }
        moved
    }
}
