//! What is said of a hot function, and why.

use super::catalog::{Entry, Kind};
use super::entered::Entered;
use super::fixes::Fix;
use super::heavy_call::HeavyCall;
use super::interpreting::{MINOR_PART, does_it_interpret};
use super::python_first::is_python_to_be_fixed;
use super::waiting::does_it_wait;
use super::whose_code::{whose_code, whose_time};
use super::{Code, Interval, Reason, Verdict};
use crate::analysis::{FunctionCredit, Inclusive};
use crate::profile::Share;
use crate::source::{Definition, DynamicFeature, Unreadable};

/// Below this share of the program's time a move isn't proposed: with all of it gone the program
/// would be 2 % faster.
pub(super) const WORTH_MOVING: f64 = 0.02;

/// A function only orchestrates when less than this part of its total time is its own.
pub(super) const OWN_PART: f64 = 0.1;

/// The same for a function that runs once: what drives a program also prepares and prints, and what is
/// worth moving are the functions that it calls.
const OWN_PART_ONCE: f64 = 0.5;

/// It does the work itself all the same when it stands on the stack twice for this part of its
/// total time: a recursive function's total says nothing of what it hands on.
const RECURSIVE_PART: f64 = 0.5;

/// What a judgement rests on.
pub(super) struct Evidence<'a> {
    pub(super) entry: &'a Entry,
    pub(super) inclusive: &'a Inclusive,
    pub(super) credit: &'a FunctionCredit,
    /// Its share of the program's working time after passing up, in the interpreter.
    pub(super) share: Interval,
    /// What the source says of it, asked for first-party functions only.
    pub(super) definition: Option<Result<&'a Definition, &'a Unreadable>>,
    /// The code that served it most.
    pub(super) served_by: Option<&'a Entry>,
    /// The call that takes most of its time outside of the interpreter.
    pub(super) heaviest_call: Option<&'a HeavyCall>,
    /// How many threads compete for the interpreter lock.
    pub(super) competitors: f64,
    /// How often it is entered.
    pub(super) entered: Entered,
    /// What a change in Python would make faster, most of its time first.
    pub(super) fixes: &'a [Fix],
    /// The name of the function that most of its time was passed to.
    pub(super) passed_to: Option<String>,
    /// The place of the program that asks for it most, of installed code.
    pub(super) asked_by: Option<String>,
}

/// The verdict on a function and the reason for it.
pub(super) fn judge(evidence: &Evidence<'_>) -> (Verdict, Reason) {
    let checks = [
        whose_code,
        what_kind,
        does_it_wait,
        is_python_to_be_fixed,
        whose_work,
        does_it_interpret,
        whose_time,
        how_much,
        is_readable,
        is_static,
    ];
    (checks.iter().find_map(|check| check(evidence))).unwrap_or_else(|| hot(evidence))
}

/// A verdict with its reason, where a check has one.
pub(super) type Judgement = Option<(Verdict, Reason)>;

#[expect(
    clippy::unnecessary_wraps,
    reason = "each check ends with it, and a check may have nothing to say"
)]
pub(super) fn because(verdict: Verdict, code: Code, message: impl Into<String>) -> Judgement {
    Some((
        verdict,
        Reason {
            code,
            message: message.into(),
        },
    ))
}

fn what_kind(evidence: &Evidence<'_>) -> Judgement {
    match (evidence.entry.kind, &evidence.passed_to) {
        (Kind::Anonymous, Some(caller)) => because(
            Verdict::MigrateCaller,
            Code::Anonymous,
            format!("part of what {caller} does: its time counts there"),
        ),
        (Kind::Anonymous, None) => because(
            Verdict::TooSmall,
            Code::Anonymous,
            "no caller of the program was on the stack",
        ),
        (Kind::Nested, Some(outer)) => because(
            Verdict::MigrateCaller,
            Code::Nested,
            format!("defined inside {outer}: it moves with it, and its time counts there"),
        ),
        (Kind::Nested, None) => because(
            Verdict::TooDynamic,
            Code::Nested,
            "a nested function that outlives the function around it: no import can name it",
        ),
        _ => None,
    }
}

fn whose_work(evidence: &Evidence<'_>) -> Judgement {
    let total = evidence.inclusive.total.working.0 as f64;
    let own = evidence.credit.time.working.0 as f64;
    let recursive = evidence.inclusive.nested.0 as f64 > RECURSIVE_PART * total;
    let least = match evidence.entered {
        Entered::Once => OWN_PART_ONCE,
        Entered::Repeatedly | Entered::Unknown => OWN_PART,
    };
    if own < least * total && !recursive {
        let message = format!(
            "it orchestrates: {} of its time is in functions that it calls",
            percent(1.0 - own / total)
        );
        return because(Verdict::TooSmall, Code::Orchestrates, message);
    }
    None
}

fn how_much(evidence: &Evidence<'_>) -> Judgement {
    if evidence.entry.kind == Kind::ModuleBody && evidence.share.expected >= WORTH_MOVING {
        return because(
            Verdict::FixPythonFirst,
            Code::ModuleLevel,
            "code at module level: put it into a function first, which is faster already and can be moved",
        );
    }
    if evidence.share.expected < WORTH_MOVING {
        let message = format!(
            "{} of the program's time: the program would be {:.2} times as fast at the very most",
            percent(evidence.share.expected),
            1.0 / (1.0 - evidence.share.expected)
        );
        return because(Verdict::TooSmall, Code::TooSmall, message);
    }
    None
}

fn is_readable(evidence: &Evidence<'_>) -> Judgement {
    match evidence.definition {
        Some(Ok(_)) => None,
        Some(Err(unreadable)) => {
            because(Verdict::TooDynamic, Code::NoSource, unreadable.to_string())
        }
        None => because(
            Verdict::TooDynamic,
            Code::NoSource,
            "its source was not found",
        ),
    }
}

fn is_static(evidence: &Evidence<'_>) -> Judgement {
    let definition = evidence.definition?.ok()?;
    let dynamic = definition
        .dynamic
        .iter()
        .find(|dynamic| is_forbidding(dynamic.feature))?;
    let message = format!(
        "{} at line {} has no counterpart in Rust",
        dynamic.text, dynamic.line
    );
    because(Verdict::TooDynamic, Code::Dynamic, message)
}

/// Whether a feature rules a move out; the others are risks.
pub(super) fn is_forbidding(feature: DynamicFeature) -> bool {
    matches!(
        feature,
        DynamicFeature::Eval | DynamicFeature::Namespaces | DynamicFeature::Frames
    )
}

fn hot(evidence: &Evidence<'_>) -> (Verdict, Reason) {
    let time = evidence.credit.time.working.0 as f64;
    let importing = evidence.credit.during_import.0 as f64 / time;
    let when = if importing >= MINOR_PART {
        format!(", {} of it while modules were imported", percent(importing))
    } else {
        String::new()
    };
    let message = format!(
        "{} of the program's time is its own, in the interpreter{when}",
        percent(evidence.share.expected)
    );
    (
        Verdict::Migrate,
        Reason {
            code: Code::Hot,
            message,
        },
    )
}

pub(super) fn percent(fraction: f64) -> String {
    Share::new(fraction).to_string()
}
