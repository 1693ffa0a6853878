//! How long a move takes a developer: a heuristic, and its interval says so.

use super::Interval;
use crate::source::{CallTarget, Definition, DynamicFeature};

/// Days for any move: the crate, its build, the switch, the review.
const START: f64 = 0.5;

/// Days for a line of code.
const LINE: f64 = 0.02;

/// Days for a branch.
const BRANCH: f64 = 0.05;

/// Days for a function outside the unit that it calls, whose behaviour has to be met.
const CALLEE: f64 = 0.1;

/// Days for something dynamic, which Rust has to do in another way.
const DYNAMIC: f64 = 0.3;

/// Days for a function that no test of the program mentions: its behaviour has to be written down first.
const UNTESTED: f64 = 0.1;

/// From low to expected and from expected to high. Estimates from size alone are off by about so much (B. W. Boehm,
/// "Software Engineering Economics", 1981: at most within a factor of 2 before the design is done).
const SPREAD: f64 = 2.0;

/// A function that is to be moved, and whether a test of the program mentions it.
pub(super) type Moved = (Definition, bool);

/// Days of one developer who knows the program and some Rust, for functions that move together. The constants are rules
/// of thumb, not measured.
pub(super) fn days(unit: &[Moved]) -> Interval {
    let inside = |qualname: &str| unit.iter().any(|(it, _)| it.qualname == qualname);
    let of_code: f64 = unit.iter().map(|(it, _)| of_function(it, &inside)).sum();
    let untested = unit.iter().filter(|(_, tested)| !tested).count();
    let expected = START + of_code + UNTESTED * untested as f64;
    Interval {
        low: expected / SPREAD,
        expected,
        high: expected * SPREAD,
    }
}

/// Days that a function adds to a unit.
fn of_function(definition: &Definition, inside: &dyn Fn(&str) -> bool) -> f64 {
    let branches = definition.complexity.saturating_sub(1);
    LINE * f64::from(definition.lines)
        + BRANCH * f64::from(branches)
        + CALLEE * outside(definition, inside) as f64
        + DYNAMIC * dynamic(definition) as f64
}

/// The functions that it calls and that do not move with it, each once. Builtins have a counterpart.
fn outside(definition: &Definition, inside: &dyn Fn(&str) -> bool) -> usize {
    let mut names: Vec<&str> = (definition.calls.iter())
        .filter(|call| match &call.target {
            CallTarget::Builtin => false,
            CallTarget::SameFile(qualname) => !inside(qualname),
            CallTarget::Imported { .. } | CallTarget::Unknown => true,
        })
        .map(|call| &*call.name)
        .collect();
    names.sort_unstable();
    names.dedup();
    names.len()
}

/// `yield` is told once: all of them are one rewrite.
fn dynamic(definition: &Definition) -> usize {
    let suspends = |it: &&crate::source::Dynamic| it.feature == DynamicFeature::Suspends;
    let all = definition.dynamic.len();
    let suspending = definition.dynamic.iter().filter(suspends).count();
    all - suspending.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::programs::definitions;

    const PROGRAM: &str = "\
def outer(rows):
    total = 0
    for row in rows:
        if row:
            total += inner(row)
    return total

def inner(row):
    return load(row) + len(row)

def late(rows):
    for row in rows:
        yield row
        yield row
";

    /// The functions of these places, all tested.
    fn unit(places: &[usize]) -> Vec<Moved> {
        let all = definitions(PROGRAM);
        places
            .iter()
            .map(|&place| (all[place].clone(), true))
            .collect()
    }

    fn expected(unit: &[Moved]) -> f64 {
        days(unit).expected
    }

    #[test]
    fn lines_branches_and_callees_outside_take_time() {
        let near = |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-9, "{found}");
        near(expected(&[]), START);
        // Six lines, two branches, one callee outside.
        near(
            expected(&unit(&[0])),
            START + 6.0 * LINE + 2.0 * BRANCH + CALLEE,
        );
        // Together the one is no callee outside any more; the other calls `load`.
        near(
            expected(&unit(&[0, 1])),
            START + 8.0 * LINE + 2.0 * BRANCH + CALLEE,
        );
    }

    #[test]
    fn a_function_without_a_test_takes_longer() {
        let mut unit = unit(&[1]);
        let tested = expected(&unit);
        unit[0].1 = false;
        assert!((expected(&unit) - tested - UNTESTED).abs() < 1e-9);
    }

    #[test]
    fn a_generator_is_one_thing_to_do_in_another_way() {
        let late = unit(&[2]);
        assert_eq!(dynamic(&late[0].0), 1);
    }
}
