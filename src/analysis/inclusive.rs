//! Time anywhere on the stack, once per stack: recursion doesn't count twice.

use super::call_tree::Step;
use super::{CallTree, Total};
use crate::profile::Weight;

/// The samples of a group of functions (one function, or those of a module).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inclusive {
    /// The working weight of those with one of the functions as the innermost.
    pub own: Weight,
    /// Those with one of the functions anywhere on the stack.
    pub total: Total,
    /// Of the total, the working weight of those with the group on the stack at least twice.
    pub nested: Weight,
}

/// Adds up the samples for each group; `groups[function.index()]` is the function's group, below `count`.
pub fn once_per_stack(tree: &CallTree<'_>, groups: &[usize], count: usize) -> Vec<Inclusive> {
    let mut sums = vec![Inclusive::default(); count];
    let mut depth = vec![0_u32; count];
    tree.walk(|step| match step {
        Step::Enter(stack) => {
            let group = groups[tree.function(stack).index()];
            let sum = &mut sums[group];
            sum.own += tree.own(stack).working;
            match depth[group] {
                0 => sum.total += tree.total(stack),
                1 => sum.nested += tree.total(stack).working,
                _ => {}
            }
            depth[group] += 1;
        }
        Step::Leave(stack) => depth[groups[tree.function(stack).index()]] -= 1,
    });
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Profile, folded};

    /// `name own total nested` for each function, in order of name.
    fn check(stacks: &str, expected: &[(&str, u64, u64, u64)]) {
        let profile = folded(stacks);
        let tree = CallTree::new(&profile);
        let groups: Vec<usize> = (0..profile.functions().len()).collect();
        let sums = once_per_stack(&tree, &groups, groups.len());
        let mut rows: Vec<_> = (profile.functions().iter().zip(sums))
            .map(|(function, sum)| {
                let name = profile.strings.get(function.name);
                (name, sum.own.0, sum.total.working.0, sum.nested.0)
            })
            .collect();
        rows.sort_unstable();
        assert_eq!(rows, expected);
    }

    #[test]
    fn recursion_counts_once_per_stack() {
        check(
            "main;fib;fib;fib 3\nmain;fib 2",
            &[("fib", 5, 5, 3), ("main", 0, 5, 0)],
        );
    }

    #[test]
    fn mutual_recursion_counts_once_per_stack_for_both() {
        check(
            "main;even;odd;even 4",
            &[("even", 4, 4, 4), ("main", 0, 4, 0), ("odd", 0, 4, 0)],
        );
    }

    #[test]
    fn a_function_called_from_two_places_is_one() {
        check(
            "a;f 1\nb;f 2",
            &[("a", 0, 1, 0), ("b", 0, 2, 0), ("f", 3, 3, 0)],
        );
    }

    #[test]
    fn a_stack_of_a_hundred_thousand_frames_is_walked() {
        let stack = vec!["f"; 100_000].join(";");
        check(&format!("{stack} 1"), &[("f", 1, 1, 1)]);
    }

    proptest::proptest! {
        #[test]
        fn own_sums_to_all_and_own_is_at_most_total_at_most_all(profile in crate::profile::any_folded()) {
            let profile: Profile = profile;
            let tree = CallTree::new(&profile);
            let groups: Vec<usize> = (0..profile.functions().len()).collect();
            let sums = once_per_stack(&tree, &groups, groups.len());
            let own: Weight = sums.iter().map(|sum| sum.own).sum();
            proptest::prop_assert_eq!(own, tree.all().working);
            for sum in sums {
                proptest::prop_assert!(sum.own <= sum.total.working);
                proptest::prop_assert!(sum.nested <= sum.total.working);
                proptest::prop_assert!(sum.total.working <= tree.all().working);
            }
        }
    }
}
