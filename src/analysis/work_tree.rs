//! The call tree of the functions that were at work: code that works for its caller is part of it.

use super::{CallTree, Credits, Tally};
use crate::profile::{FunctionId, StackId, Weight};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// The functions that samples were credited to, each below the one that it worked for. **A parent stands before its
/// children.** A function that calls itself, directly or through code that works for it, is one node.
#[derive(Clone, Debug, Default)]
pub struct WorkTree {
    nodes: Vec<Node>,
    /// The functions that call themselves, directly or through code that works for them.
    recursive: BTreeSet<FunctionId>,
}

/// A function that works for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Call {
    /// Who called.
    pub caller: FunctionId,
    /// Who was called.
    pub callee: FunctionId,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    function: FunctionId,
    parent: Option<usize>,
    own: Tally,
    /// Working weight of the node and of those below it.
    total: Weight,
}

/// Some of the nodes of a [`WorkTree`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Region(Vec<bool>);

/// What a region takes of the time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Covered {
    /// The time of its nodes.
    pub time: Tally,
    /// The functions that it calls and that lie outside, each with the working weight of the samples in the call.
    pub exits: BTreeMap<FunctionId, Weight>,
}

impl WorkTree {
    /// Takes one pass over the stacks, and one over the nodes backward.
    pub fn new(tree: &CallTree<'_>, credits: &Credits) -> Self {
        let mut nodes: Vec<Node> = Vec::new();
        let mut recursive = BTreeSet::new();
        let mut known: FxHashMap<(Option<usize>, FunctionId), usize> = FxHashMap::default();
        let mut node_of: Vec<Option<usize>> = Vec::with_capacity(credits.payees.len());
        for (index, (stack, payee)) in
            (tree.profile().stacks().iter().zip(&credits.payees)).enumerate()
        {
            let parent = stack.parent.and_then(|parent| node_of[parent.index()]);
            let Some(function) = *payee else {
                node_of.push(parent);
                continue;
            };
            let same = parent.filter(|&parent| nodes[parent].function == function);
            if same.is_some() && tree.profile().frame(stack.frame).function == function {
                recursive.insert(function);
            }
            let node = same.unwrap_or_else(|| {
                *known.entry((parent, function)).or_insert_with(|| {
                    nodes.push(Node::new(function, parent));
                    nodes.len() - 1
                })
            });
            nodes[node].own += tree.own(StackId::from_index(index));
            node_of.push(Some(node));
        }
        let mut work_tree = Self { nodes, recursive };
        work_tree.add_up();
        work_tree
    }

    fn add_up(&mut self) {
        for place in (0..self.nodes.len()).rev() {
            let Node { own, parent, .. } = self.nodes[place];
            self.nodes[place].total += own.working;
            let total = self.nodes[place].total;
            if let Some(parent) = parent {
                self.nodes[parent].total += total;
            }
        }
    }

    /// The nodes of `members` that are reached through nothing but members from a node of `roots`, that one included.
    pub fn region(&self, roots: &BTreeSet<FunctionId>, members: &BTreeSet<FunctionId>) -> Region {
        let mut inside = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let below = node.parent.is_some_and(|parent| inside[parent]);
            inside.push(
                roots.contains(&node.function) || (below && members.contains(&node.function)),
            );
        }
        Region(inside)
    }

    /// What a region takes of the time, without what `taken` has already. Calls from the region are not told apart by
    /// what is taken.
    pub fn covered(&self, region: &Region, taken: &Region) -> Covered {
        let mut covered = Covered::default();
        for (place, node) in self.nodes.iter().enumerate() {
            if region.has(place) {
                if !taken.has(place) {
                    covered.time += node.own;
                }
            } else if node.parent.is_some_and(|parent| region.has(parent)) {
                *covered.exits.entry(node.function).or_default() += node.total;
            }
        }
        covered
    }

    /// Through which of some functions the calls from others come, and the working weight of the samples in those calls.
    pub fn entries(&self, functions: &BTreeSet<FunctionId>) -> BTreeMap<FunctionId, Weight> {
        let mut entries = BTreeMap::new();
        let mut below = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let is_below = node.parent.is_some_and(|parent| below[parent]);
            let is_one = functions.contains(&node.function);
            if is_one && !is_below {
                *entries.entry(node.function).or_default() += node.total;
            }
            below.push(is_below || is_one);
        }
        entries
    }

    /// Whether a function was called by one of `callers`, which may be itself.
    pub fn is_called_by(&self, function: FunctionId, callers: &BTreeSet<FunctionId>) -> bool {
        let calls_itself = self.recursive.contains(&function) && callers.contains(&function);
        calls_itself
            || self.nodes.iter().any(|node| {
                let caller = node.parent.map(|parent| self.nodes[parent].function);
                node.function == function && caller.is_some_and(|it| callers.contains(&it))
            })
    }

    /// Who called whom, in order, and the working weight of the samples in those calls. A recursive call counts again.
    pub fn calls(&self) -> Vec<(Call, Weight)> {
        let mut calls: FxHashMap<Call, Weight> = FxHashMap::default();
        for node in &self.nodes {
            if let Some(parent) = node.parent {
                let call = Call {
                    caller: self.nodes[parent].function,
                    callee: node.function,
                };
                *calls.entry(call).or_default() += node.total;
            }
        }
        let mut calls: Vec<_> = calls.into_iter().collect();
        calls.sort_unstable();
        calls
    }

    /// The functions that are somewhere below one of `roots`, those included.
    pub fn below(&self, roots: &BTreeSet<FunctionId>) -> BTreeSet<FunctionId> {
        let mut below = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let is_below = node.parent.is_some_and(|parent| below[parent]);
            below.push(is_below || roots.contains(&node.function));
        }
        let nodes = self.nodes.iter().zip(below);
        nodes
            .filter(|(_, below)| *below)
            .map(|(node, _)| node.function)
            .collect()
    }
}

impl Node {
    fn new(function: FunctionId, parent: Option<usize>) -> Self {
        Self {
            function,
            parent,
            own: Tally::default(),
            total: Weight(0),
        }
    }
}

impl Region {
    fn has(&self, place: usize) -> bool {
        self.0.get(place).is_some_and(|&inside| inside)
    }

    /// Adds the nodes of another region of the same tree.
    pub fn add(&mut self, other: &Self) {
        self.0.resize(self.0.len().max(other.0.len()), false);
        for (inside, also) in self.0.iter_mut().zip(&other.0) {
            *inside |= also;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Role, credit};
    use crate::profile::{Profile, folded};

    struct Case {
        profile: Profile,
    }

    impl Case {
        /// Functions that begin with `lib` serve their callers.
        fn work_tree(&self) -> WorkTree {
            let tree = CallTree::new(&self.profile);
            let names =
                (self.profile.functions().iter()).map(|it| self.profile.strings.get(it.name));
            let role = |name: &str| {
                if name.starts_with("lib") {
                    Role::Service
                } else {
                    Role::Program
                }
            };
            let roles: Vec<Role> = names.map(role).collect();
            WorkTree::new(&tree, &credit(&tree, &roles))
        }

        fn id(&self, name: &str) -> FunctionId {
            let mut names = self
                .profile
                .functions()
                .iter()
                .map(|it| self.profile.strings.get(it.name));
            FunctionId::from_index(names.position(|it| it == name).expect("it was sampled"))
        }

        fn name(&self, id: FunctionId) -> &str {
            self.profile.strings.get(self.profile.function(id).name)
        }
    }

    fn case(stacks: &str) -> Case {
        let profile = folded(stacks);
        Case { profile }
    }

    /// The working weight that a group covers, and what it calls outside.
    #[track_caller]
    fn check(stacks: &str, root: &str, members: &[&str], expected: u64, exits: &[(&str, u64)]) {
        let case = case(stacks);
        let tree = case.work_tree();
        let members = members.iter().map(|name| case.id(name)).collect();
        let covered = tree.covered(
            &tree.region(&BTreeSet::from([case.id(root)]), &members),
            &Region::default(),
        );
        assert_eq!(covered.time.working, Weight(expected));
        let found = covered.exits.iter();
        let found: Vec<_> = found
            .map(|(id, weight)| (case.name(*id), weight.0))
            .collect();
        assert_eq!(found, exits);
    }

    #[test]
    fn a_group_covers_its_members_below_its_root_only() {
        let stacks = "main;loop 2\nmain;loop;leaf 5\nother;leaf 7";
        check(stacks, "loop", &["leaf"], 7, &[]);
        check(stacks, "loop", &[], 2, &[("leaf", 5)]);
        check(stacks, "leaf", &[], 12, &[]);
    }

    #[test]
    fn a_member_that_is_called_from_outside_the_group_is_not_covered() {
        check("a;x;b 3\na;b 1", "a", &["b"], 1, &[("x", 3)]);
    }

    #[test]
    fn what_serves_a_function_is_part_of_it() {
        check(
            "main;f;lib_sort;key 4\nmain;f;lib_sort 6",
            "f",
            &["key"],
            10,
            &[],
        );
        check(
            "main;f;lib_sort;key 4\nmain;f;lib_sort 6",
            "f",
            &[],
            6,
            &[("key", 4)],
        );
    }

    #[test]
    fn functions_that_call_each_other_are_entered_once() {
        check(
            "main;even;odd;even;odd 3\nmain;even 1",
            "even",
            &["odd"],
            4,
            &[],
        );
    }

    #[test]
    fn what_is_taken_is_not_covered_again() {
        let case = case("main;loop 2\nmain;loop;leaf 5\nother;leaf 7");
        let tree = case.work_tree();
        let leaf = tree.region(&BTreeSet::from([case.id("leaf")]), &BTreeSet::new());
        let members = BTreeSet::from([case.id("leaf")]);
        let whole = tree.region(&BTreeSet::from([case.id("loop")]), &members);
        assert_eq!(tree.covered(&whole, &leaf).time.working, Weight(2));
        assert_eq!(tree.covered(&leaf, &whole).time.working, Weight(7));
        let mut both = leaf.clone();
        both.add(&whole);
        assert_eq!(
            tree.covered(&both, &Region::default()).time.working,
            Weight(14)
        );
    }

    #[test]
    fn a_function_that_calls_itself_is_one_node_and_known_for_it() {
        let case = case("main;walk;walk;walk 3\nmain;leaf 1");
        let tree = case.work_tree();
        let by =
            |callee, caller| tree.is_called_by(case.id(callee), &BTreeSet::from([case.id(caller)]));
        assert!(by("walk", "walk") && by("walk", "main") && by("leaf", "main"));
        assert!(!by("leaf", "leaf") && !by("leaf", "walk"));
        let mut calls = tree.calls().into_iter();
        assert!(calls.all(|(call, _)| call.caller != call.callee));
    }

    #[test]
    fn functions_that_call_each_other_are_entered_where_others_call_them() {
        let case = case("main;even;odd;even 3\nside;odd 1");
        let tree = case.work_tree();
        let both = BTreeSet::from([case.id("even"), case.id("odd")]);
        let entries = tree.entries(&both);
        let named: Vec<_> = entries
            .iter()
            .map(|(id, weight)| (case.name(*id), weight.0))
            .collect();
        assert_eq!(named, [("even", 3), ("odd", 1)]);
        let back = Call {
            caller: case.id("odd"),
            callee: case.id("even"),
        };
        assert!(tree.calls().contains(&(back, Weight(3))));
        let below = tree.below(&BTreeSet::from([case.id("odd")]));
        assert_eq!(below, BTreeSet::from([case.id("odd"), case.id("even")]));
    }
}
