//! Whether a change in Python comes before a move.

use super::Verdict;
use super::fixes::Fix;
use super::judge::{Evidence, Judgement, WORTH_MOVING};

/// A change in Python comes before a move when it would take away this part of the function's time: what is left is
/// less than what goes, and a rewrite of it would be one of code that nobody wants.
const FIXED_PART: f64 = 0.5;

/// Half of that will do on the hot line when its time grows with the square of the input: with twice the input it
/// is most of the time.
const GROWING_PART: f64 = 0.25;

/// Where nobody knows the size, it must be this part: looking through ten elements takes as long as the way there and
/// back (measured on 3.11: 8 ns an element, some 60 ns for a call).
const UNSEEN_PART: f64 = 0.7;

/// Better Python makes it faster than the same in Rust would be, for less.
pub(super) fn is_python_to_be_fixed(evidence: &Evidence<'_>) -> Judgement {
    let decisive = || evidence.fixes.iter().filter(|fix| fix.pattern.is_decisive);
    let first = decisive().next()?;
    let part: f64 = decisive().map(|fix| fix.part.fraction()).sum();
    let share: f64 = decisive().map(|fix| fix.share.fraction()).sum();
    let grows = decisive().any(|fix| grows_on_hot_line(fix, evidence));
    let least = if decisive().all(Fix::has_unknown_size) {
        UNSEEN_PART
    } else {
        FIXED_PART
    };
    let is_most = part >= least || grows;
    let is_worth_it = is_most && share >= WORTH_MOVING;
    is_worth_it.then(|| (Verdict::FixPythonFirst, first.reason()))
}

fn grows_on_hot_line(fix: &Fix, evidence: &Evidence<'_>) -> bool {
    let lines = fix.pattern.position.line..=fix.pattern.position.end_line;
    let hot_line = evidence.credit.hot_line;
    fix.pattern.kind.is_quadratic()
        && !fix.has_unknown_size()
        && fix.part.fraction() >= GROWING_PART
        && hot_line.is_some_and(|it| lines.contains(&it))
}
