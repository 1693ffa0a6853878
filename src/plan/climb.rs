//! From each hot function up to the caller whose loop makes its calls, as long as what that saves is worth the code that
//! it adds.
//!
//! A leaf that moves alone is called across the boundary each time round its caller's loop; with the loop it is not
//! (measured: 104 ns an iteration in Python, 34 ns with the leaf moved, 2.1 ns with both).

use super::circles::Circle;
use super::duration::duration;
use super::unit::{Hot, MARGIN, Unit, WORTH_A_MOVE};
use super::weigh::{Group, Scales, Weighed};
use super::{Alternative, Interval};
use crate::analysis::Region;
use crate::profile::{FunctionId, Share};
use std::collections::BTreeSet;

/// A callee belongs to a caller below which so much of its time is. Stacks that were read while they changed show some
/// of it under a wrong caller.
const MOST_TIME: f64 = 0.8;

/// A caller joins where it saves at least this part of what its callees save for the same effort. Less would make the
/// whole a worse buy; and two functions that are one crate are easier to keep than two.
const AS_GOOD: f64 = 0.5;

/// Days that a caller adds at least, also where fewer calls lead out of the unit with it.
const LEAST_EFFORT: f64 = 0.1;

/// A function that hardly works itself joins its callees only where crossing would take this part of their time for certain:
/// what drives a program also reads, prepares and prints, and who finds converting dear leaves the values to Python.
const CROSSING_HURTS: f64 = 1.0 / MARGIN;

/// The units of circles that are given callees first, in no order.
pub(super) fn climb(scales: &mut Scales<'_, '_>, circles: &[Circle], hot: &Hot<'_>) -> Vec<Unit> {
    let mut climb = Climb {
        scales,
        units: Vec::new(),
    };
    for circle in circles {
        climb.step(circle, hot);
    }
    climb.units
}

struct Climb<'c, 's, 'p> {
    scales: &'c mut Scales<'s, 'p>,
    /// The units so far, of callees first.
    units: Vec<Unit>,
}

impl Climb<'_, '_, '_> {
    /// Functions that call each other, whose callees are in units: they become a unit, with callees or without.
    fn step(&mut self, circle: &Circle, hot: &Hot<'_>) {
        let proposed = circle.places.iter().any(|&place| hot.is_proposed(place));
        let own = self.own(circle, hot);
        let children = self.children(&own);
        if !children.is_empty() {
            let joined = self.joined(&own, &children);
            let weighed = self.scales.weigh(&joined, &Region::default());
            match self.verdict(circle, hot, &own, &children, &weighed) {
                Ok(()) => return self.join(circle, hot, joined, weighed, &children),
                Err(why) => self.tell_lost(circle, hot, &children, &weighed, &why),
            }
        }
        if proposed {
            let weighed = self.scales.weigh(&own, &Region::default());
            self.push(circle, hot, own, weighed, Vec::new());
        }
    }

    /// Says of the callees that their caller was weighed, and lost.
    fn tell_lost(
        &mut self,
        circle: &Circle,
        hot: &Hot<'_>,
        children: &[usize],
        joined: &Weighed,
        why: &str,
    ) {
        for &child in children {
            self.units[child].alternatives.push(Alternative {
                function: hot.rows[circle.root].name.clone(),
                speedup: joined.gain.program,
                why: why.to_owned(),
            });
        }
    }

    /// The circle with what it calls that is not ranked itself.
    fn own(&mut self, circle: &Circle, hot: &Hot<'_>) -> Group {
        let root = hot.ids[circle.root];
        let ids = circle.places.iter().map(|&place| hot.ids[place]);
        let mut members: BTreeSet<FunctionId> = ids.collect();
        let stay = (0..hot.ids.len()).filter(|&place| hot.is_proposed(place));
        let stay = stay
            .map(|place| hot.ids[place])
            .filter(|id| !members.contains(id))
            .collect();
        members.extend(self.scales.helpers(root, &stay));
        members.insert(root);
        let entries = BTreeSet::from([root]);
        Group {
            root,
            entries,
            members,
        }
    }

    /// The units that are hardly entered but below a group.
    fn children(&self, group: &Group) -> Vec<usize> {
        let work = &self.scales.study.work;
        let everybody = self
            .units
            .iter()
            .flat_map(|unit| &unit.group.members)
            .chain(&group.members);
        let reached = work.region(&group.entries, &everybody.copied().collect());
        let is_child = |unit: &Unit| {
            let region = work.region(&unit.group.entries, &unit.group.members);
            let left = work.covered(&region, &reached).time.working.0 as f64;
            left <= (1.0 - MOST_TIME) * unit.weighed.time.working.0 as f64
        };
        (0..self.units.len())
            .filter(|&place| is_child(&self.units[place]))
            .collect()
    }

    fn joined(&self, own: &Group, children: &[usize]) -> Group {
        let mut joined = own.clone();
        for &child in children {
            joined.members.extend(&self.units[child].group.members);
        }
        joined
    }

    /// Whether a caller should join the units that it calls, or why not.
    fn verdict(
        &mut self,
        circle: &Circle,
        hot: &Hot<'_>,
        own: &Group,
        children: &[usize],
        joined: &Weighed,
    ) -> Result<(), String> {
        let sum = |figure: &dyn Fn(&Weighed) -> f64| -> f64 {
            children
                .iter()
                .map(|&child| figure(&self.units[child].weighed))
                .sum()
        };
        let apart = sum(&|it| it.gain.saved.expected.max(0.0));
        let rate = apart / sum(&|it| it.effort.expected);
        let crossing = sum(&|it| it.gain.boundary.low) / sum(&|it| it.gain.migratable.expected);
        let extra = joined.gain.saved.expected - apart;
        let known: BTreeSet<FunctionId> = children
            .iter()
            .flat_map(|&child| self.units[child].group.members.clone())
            .collect();
        let added = self.scales.added(own, &known).max(LEAST_EFFORT);
        if joined.gain.saved.expected < WORTH_A_MOVE || extra <= 0.0 {
            return Err("it saves nothing more".to_owned());
        }
        if extra / added < AS_GOOD * rate {
            let percent = Share::new(extra.max(0.0));
            return Err(format!(
                "it would save {percent} more of the time, for {added:.1} days more"
            ));
        }
        if !hot.is_proposed(circle.root) && crossing < CROSSING_HURTS {
            return Err("it mostly calls others, and crossing need not cost much".to_owned());
        }
        Ok(())
    }

    fn join(
        &mut self,
        circle: &Circle,
        hot: &Hot<'_>,
        joined: Group,
        weighed: Weighed,
        children: &[usize],
    ) {
        let mut alternatives = Vec::new();
        for &child in children.iter().rev() {
            let unit = self.units.remove(child);
            alternatives.extend(unit.alternatives);
            alternatives.push(Alternative {
                function: hot.rows[unit.root].name.clone(),
                speedup: unit.weighed.gain.program,
                why: alone(&unit.weighed),
            });
        }
        self.push(circle, hot, joined, weighed, alternatives);
    }

    fn push(
        &mut self,
        circle: &Circle,
        hot: &Hot<'_>,
        group: Group,
        weighed: Weighed,
        alternatives: Vec<Alternative>,
    ) {
        let is_callee =
            |&place: &usize| place != circle.root && group.members.contains(&hot.ids[place]);
        let callees = (0..hot.ids.len()).filter(is_callee).collect();
        let root = circle.root;
        self.units.push(Unit {
            root,
            callees,
            group,
            weighed,
            alternatives,
        });
    }
}

/// Why a function does not move alone.
fn alone(weighed: &Weighed) -> String {
    let Interval { expected: each, .. } = weighed.per_call.nanoseconds;
    format!(
        "alone, each of its calls would cross: about {} for a call of about {}",
        duration(weighed.cost.expected),
        duration(each)
    )
}
