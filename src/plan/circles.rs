//! Functions that call each other, directly or through others: one circle, and what is in none is a circle of its own.

use crate::analysis::WorkTree;
use crate::profile::{FunctionId, Weight};
use std::collections::{BTreeMap, BTreeSet};

/// Calls that take less than this part of the callee's time are taken for stacks that were read while they changed.
const TORN: f64 = 0.02;

/// Functions that can reach each other, as places in the list of hot functions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Circle {
    /// The one that is called most from outside.
    pub(super) root: usize,
    /// All of them, in order.
    pub(super) places: Vec<usize>,
}

/// The circles of `places`, callees before their callers.
pub(super) fn circles(work: &WorkTree, hot: &[FunctionId], places: Vec<usize>) -> Vec<Circle> {
    let calls = Calls::new(work);
    let reached: Vec<BTreeSet<FunctionId>> = hot.iter().map(|&id| calls.reached(id)).collect();
    let mut rest = places;
    let mut circles = Vec::new();
    // A caller reaches all that its callee reaches, and more.
    rest.sort_by_key(|&place| (reached[place].len(), place));
    while let Some(&first) = rest.first() {
        let is_mutual = |&place: &usize| {
            place == first
                || (reached[first].contains(&hot[place]) && reached[place].contains(&hot[first]))
        };
        let (mut circle, others): (Vec<usize>, Vec<usize>) =
            rest.iter().partition(|place| is_mutual(place));
        circle.sort_unstable();
        circles.push(Circle {
            root: entered(work, hot, &circle),
            places: circle,
        });
        rest = others;
    }
    circles
}

/// The function of a circle that is called most from outside of it; the hotter one, if several are.
fn entered(work: &WorkTree, hot: &[FunctionId], circle: &[usize]) -> usize {
    let inside: BTreeSet<FunctionId> = circle.iter().map(|&place| hot[place]).collect();
    let entries = work.entries(&inside);
    let weight = |place: &usize| entries.get(&hot[*place]).copied().unwrap_or(Weight(0));
    let root = circle
        .iter()
        .copied()
        .max_by_key(|place| (weight(place), std::cmp::Reverse(*place)));
    root.expect("a circle has a function")
}

struct Calls(BTreeMap<FunctionId, Vec<FunctionId>>);

impl Calls {
    fn new(work: &WorkTree) -> Self {
        let calls = work.calls();
        let mut totals: BTreeMap<FunctionId, f64> = BTreeMap::new();
        for (&(_, callee), weight) in &calls {
            *totals.entry(callee).or_default() += weight.0 as f64;
        }
        let mut callees: BTreeMap<FunctionId, Vec<FunctionId>> = BTreeMap::new();
        for ((caller, callee), weight) in calls {
            if weight.0 as f64 >= TORN * totals[&callee] {
                callees.entry(caller).or_default().push(callee);
            }
        }
        Self(callees)
    }

    fn reached(&self, from: FunctionId) -> BTreeSet<FunctionId> {
        let mut reached = BTreeSet::new();
        let mut next = vec![from];
        while let Some(function) = next.pop() {
            for &callee in self.0.get(&function).into_iter().flatten() {
                if reached.insert(callee) {
                    next.push(callee);
                }
            }
        }
        reached
    }
}
