//! Functions that call each other, directly or through others: one circle, and what is in none is a circle of its own.

use crate::analysis::{Call, WorkTree};
use crate::profile::{FunctionId, Weight};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

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
    let mut place_of: FxHashMap<FunctionId, usize> = FxHashMap::default();
    place_of.extend(places.into_iter().map(|place| (hot[place], place)));
    let circles = kosaraju_scc(&graph(&work.calls(), hot));
    let places = circles.into_iter().map(|circle| {
        let ids = circle
            .into_iter()
            .map(|node| FunctionId::from_index(node.index()));
        let mut places: Vec<usize> = ids.filter_map(|id| place_of.get(&id).copied()).collect();
        places.sort_unstable();
        places
    });
    places
        .filter(|places| !places.is_empty())
        .map(|places| Circle {
            root: entered(work, hot, &places),
            places,
        })
        .collect()
}

/// Who calls whom; the index of a node is that of its function.
fn graph(calls: &[(Call, Weight)], hot: &[FunctionId]) -> DiGraph<(), ()> {
    let mut totals: FxHashMap<FunctionId, f64> = FxHashMap::default();
    for (call, weight) in calls {
        *totals.entry(call.callee).or_default() += weight.0 as f64;
    }
    let is_whole =
        |(call, weight): &&(Call, Weight)| weight.0 as f64 >= TORN * totals[&call.callee];
    let edges = calls.iter().filter(is_whole);
    let mut graph =
        DiGraph::from_edges(edges.map(|(call, _)| (node(call.caller), node(call.callee))));
    let last = hot.iter().map(|id| id.index()).max();
    while last.is_some_and(|last| graph.node_count() <= last) {
        graph.add_node(());
    }
    graph
}

fn node(id: FunctionId) -> NodeIndex {
    NodeIndex::new(id.index())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{CallTree, Role, credit};
    use crate::profile::{Function, folded};

    /// The circles of some functions, each as `root: members`.
    fn check(stacks: &str, hot: &[&str], expected: &[&str]) {
        let profile = folded(stacks);
        let name = |id: FunctionId| profile.strings.get(profile.function(id).name);
        let find = |wanted: &&str| {
            let is = |function: &Function| profile.strings.get(function.name) == *wanted;
            FunctionId::from_index(profile.functions().iter().position(is).expect("is there"))
        };
        let hot: Vec<FunctionId> = hot.iter().map(find).collect();
        let tree = CallTree::new(&profile);
        let credits = credit(&tree, &vec![Role::Program; profile.functions().len()]);
        let work = WorkTree::new(&tree, &credits);
        let places = (0..hot.len()).collect();
        let found: Vec<String> = circles(&work, &hot, places)
            .iter()
            .map(|circle| {
                let names = circle.places.iter().map(|&place| name(hot[place]));
                let names: Vec<&str> = names.collect();
                format!("{}: {}", name(hot[circle.root]), names.join(" "))
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn callees_come_before_their_callers() {
        check(
            "main;middle;leaf 5\nmain;leaf 1",
            &["main", "leaf", "middle"],
            &["leaf: leaf", "middle: middle", "main: main"],
        );
    }

    #[test]
    fn functions_that_call_each_other_are_one_also_through_one_that_is_not_hot() {
        check(
            "main;even;between;odd;even;between;odd 5",
            &["odd", "even", "main"],
            &["even: odd even", "main: main"],
        );
    }

    #[test]
    fn a_few_calls_of_torn_stacks_make_no_circle() {
        check(
            "main;outer;inner 99\nmain;outer;inner;outer 1",
            &["outer", "inner"],
            &["inner: inner", "outer: outer"],
        );
    }

    #[test]
    fn a_function_without_any_call_is_a_circle_of_its_own() {
        check(
            "side 1\nmain;leaf 5\nalone 4",
            &["alone"],
            &["alone: alone"],
        );
    }
}
