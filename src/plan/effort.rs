//! How many days a move may take: a heuristic, and said to be one.

use super::Interval;
use crate::source::{CallTarget, Definition};
use std::collections::BTreeSet;

/// Days for every move: to set it up, to review it, to release it.
const ANY: f64 = 0.5;

/// Days for each line of code, each branch, each function that is called and stays in Python, each dynamic feature.
/// None of these is measured: they are a developer's guess that is easy to check, 50 lines or 20 branches a day.
const LINE: f64 = 0.02;
const BRANCH: f64 = 0.05;
const CALLEE: f64 = 0.1;
const DYNAMIC: f64 = 0.3;

/// Days to pin down what a function does that no test names.
const UNTESTED: f64 = 0.2;

/// A team that knows the code and Rust takes half of that, one that knows neither twice as long.
const EITHER_WAY: f64 = 2.0;

/// A function that is to be moved, and whether a test of the program names it.
pub(super) type Moved = (Definition, bool);

/// Days of a developer for functions that move together.
pub(super) fn days(unit: &[Moved]) -> Interval {
    let untested = unit.iter().filter(|(_, tested)| !tested).count();
    let definitions: Vec<&Definition> = unit.iter().map(|(it, _)| it).collect();
    Extent::of(&definitions, untested).days()
}

/// What the effort depends on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extent {
    /// Lines of code.
    pub(super) lines: u32,
    /// Cyclomatic complexity, of all functions together.
    pub(super) complexity: u32,
    /// Functions that they call and that stay in Python, builtins not counted.
    pub(super) callees: usize,
    /// Dynamic features.
    pub(super) dynamic: usize,
    /// Functions that no test names.
    pub(super) untested: usize,
}

impl Extent {
    /// The extent of functions that move together, so many of which no test names.
    pub(super) fn of(unit: &[&Definition], untested: usize) -> Self {
        let moves = |qualname: &str| unit.iter().any(|it| it.qualname == qualname);
        let stays = |target: &CallTarget| match target {
            CallTarget::Builtin => false,
            CallTarget::SameFile(qualname) => !moves(qualname),
            CallTarget::Imported { .. } | CallTarget::Unknown => true,
        };
        let calls = unit.iter().flat_map(|it| &it.calls);
        let callees: BTreeSet<&str> = calls
            .filter(|call| stays(&call.target))
            .map(|call| &*call.name)
            .collect();
        Self {
            lines: unit.iter().map(|it| it.lines).sum(),
            complexity: unit.iter().map(|it| it.complexity).sum(),
            callees: callees.len(),
            dynamic: unit.iter().map(|it| it.dynamic.len()).sum(),
            untested,
        }
    }

    /// The days.
    pub(super) fn days(self) -> Interval {
        let days = ANY
            + LINE * f64::from(self.lines)
            + BRANCH * f64::from(self.complexity)
            + CALLEE * self.callees as f64
            + DYNAMIC * self.dynamic as f64
            + UNTESTED * self.untested as f64;
        Interval {
            low: days / EITHER_WAY,
            expected: days,
            high: days * EITHER_WAY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Roots, Sources};

    /// The extent of the functions of a module.
    fn extent(source: &str, untested: usize) -> Extent {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let file = folder.path().join("mod.py");
        std::fs::write(&file, source).expect("a file is written");
        let mut sources = Sources::new(Roots::default());
        let module = sources.module(file.to_str().expect("a path"));
        let definitions = &module.expect("it is read").definitions;
        Extent::of(&definitions.iter().collect::<Vec<_>>(), untested)
    }

    const UNIT: &str = "\
import json

def outer(xs):
    for x in xs:
        inner(x)
    return len(xs)

def inner(x):
    if x:
        json.dumps(x)
        json.dumps(x)
        other(x)
    return getattr(x, str(x))
";

    #[test]
    fn what_moves_too_and_builtins_are_no_callees() {
        let expected = Extent {
            lines: 10,
            complexity: 4,
            callees: 2,
            dynamic: 1,
            untested: 1,
        };
        assert_eq!(extent(UNIT, 1), expected);
    }

    #[test]
    fn days_grow_with_all_that_they_depend_on() {
        let none = Extent::default().days();
        assert_eq!((none.low, none.expected, none.high), (0.25, 0.5, 1.0));
        let all = extent(UNIT, 1).days();
        let sum = 0.5 + 0.2 + 0.2 + 0.2 + 0.3 + 0.2;
        assert!((all.expected - sum).abs() < 1e-9, "{all:?}");
        assert!((all.high - 2.0 * sum).abs() < 1e-9, "{all:?}");
    }
}
