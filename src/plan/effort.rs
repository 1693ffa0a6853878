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

/// From low to expected and from expected to high. Estimates from size alone are off by about so much (B. W. Boehm,
/// "Software Engineering Economics", 1981: at most within a factor of 2 before the design is done).
const SPREAD: f64 = 2.0;

/// Days of one developer who knows the program and some Rust, for functions that move together. The constants are rules
/// of thumb, not measured.
pub(super) fn days(unit: &[Definition]) -> Interval {
    let inside = |qualname: &str| unit.iter().any(|it| it.qualname == qualname);
    let added: f64 = unit.iter().map(|it| of_function(it, &inside)).sum();
    let expected = START + added;
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
