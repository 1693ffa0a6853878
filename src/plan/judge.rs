//! What is said of a hot function, and why.

use super::catalog::{Entry, Kind};
use super::entered::Entered;
use super::fixes::Fix;
use super::heavy_call::HeavyCall;
use super::python_first::is_python_to_be_fixed;
use super::{Code, Interval, Reason, Verdict};
use crate::analysis::{FunctionCredit, Inclusive, Tally};
use crate::profile::{Share, Wait, Weight};
use crate::source::{Definition, DynamicFeature, Origin, Unreadable};

/// Below this share of the program's time a move isn't proposed: with all of it gone the program
/// would be 2 % faster.
pub(super) const WORTH_MOVING: f64 = 0.02;

/// A function only orchestrates when less than this part of its total time is its own.
const OWN_PART: f64 = 0.1;

/// The same for a function that runs once: what drives a program also prepares and prints, and what is
/// worth moving are the functions that it calls.
const OWN_PART_ONCE: f64 = 0.5;

/// It does the work itself all the same when it stands on the stack twice for this part of its
/// total time: a recursive function's total says nothing of what it hands on.
const RECURSIVE_PART: f64 = 0.5;

/// A function's time is the standard library's when less than this part of it is its own code's.
const OWN_CODE_PART: f64 = 1.0 / 3.0;

/// A function waits when it is idle for this many times as long as it works.
const IDLE_TO_WORKING: f64 = 4.0;

/// It waits for one thing when that is more than this part of what it waits for, and for nothing else beyond the second.
const MAIN_WAIT: f64 = 0.5;
const ONLY_WAIT: f64 = 0.9;

/// A function is native code's, or works without the interpreter lock, when the rest is less than this part.
const MINOR_PART: f64 = 0.2;

/// A function that is not worth moving has native time for its reason, when that is the larger part.
const EVEN_PART: f64 = 0.5;

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
fn because(verdict: Verdict, code: Code, message: impl Into<String>) -> Judgement {
    Some((
        verdict,
        Reason {
            code,
            message: message.into(),
        },
    ))
}

fn whose_code(evidence: &Evidence<'_>) -> Judgement {
    if evidence.entry.kind == Kind::Import {
        return because(Verdict::ImportTime, Code::Import, "it imports modules");
    }
    match evidence.entry.origin {
        Origin::FirstParty => None,
        Origin::ThirdParty => because(
            Verdict::NotFirstParty,
            Code::ThirdParty,
            "outside the source roots, installed or not: call it less often, or look for a faster library",
        ),
        Origin::Stdlib => because(
            Verdict::NotFirstParty,
            Code::Stdlib,
            counted("Python's own code", evidence),
        ),
        Origin::Builtin => because(
            Verdict::TooDynamic,
            Code::NoSource,
            counted("code that is in no file", evidence),
        ),
    }
}

/// What it is, and whom its time counts for.
fn counted(what: &str, evidence: &Evidence<'_>) -> String {
    match &evidence.passed_to {
        Some(caller) => format!("{what}: its time counts for {caller}"),
        None => what.to_owned(),
    }
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

/// A sample or two of a function that hands its time on say nothing of it. Who wants the interpreter lock does not wait
/// for anything that Rust would not end; where the profile does not tell that, who waits while others have the lock may
/// want it.
fn does_it_wait(evidence: &Evidence<'_>) -> Judgement {
    let (own, total) = (evidence.credit.time, evidence.inclusive.total);
    let (working, idle) = (own.working.0 as f64, own.idle.0 as f64);
    let all = (total.working + total.idle).0 as f64;
    let untold = own.untold_idle().0 as f64;
    let surely_idle = idle - untold + untold / evidence.competitors;
    if surely_idle <= IDLE_TO_WORKING * working || working + idle < OWN_PART * all {
        return None;
    }
    let message = format!(
        "it waits: {} of its own time{}",
        percent(idle / (working + idle)),
        waits_for(&own)
    );
    because(Verdict::IoBound, Code::Waits, message)
}

/// What is waited for, as far as it is known and mostly one thing.
fn waits_for(time: &Tally) -> String {
    let longest = time.waits.longest();
    let part = |weight: Weight| weight.0 as f64 / time.idle.0 as f64;
    match longest.map(|(wait, weight)| (phrase(wait), part(weight))) {
        Some((what, part)) if part > ONLY_WAIT => format!(", {what}"),
        Some((what, part)) if part > MAIN_WAIT => format!(", mostly {what}"),
        _ => String::new(),
    }
}

fn phrase(wait: Wait) -> &'static str {
    match wait {
        Wait::Lock => "for a lock",
        Wait::Timer => "for a timer",
        Wait::Socket => "for a socket",
        Wait::Event => "for one of several events",
        Wait::Child => "for a child process",
        Wait::File => "for a pipe or a file",
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

/// A function whose time is native code's has nothing to gain; one that makes many short native calls has.
fn does_it_interpret(evidence: &Evidence<'_>) -> Judgement {
    let time = &evidence.credit.time;
    let working = time.working.0 as f64;
    let movable = time.movable().0 as f64;
    let least = if evidence.share.expected < WORTH_MOVING {
        EVEN_PART
    } else {
        MINOR_PART
    };
    if working == 0.0 || movable >= least * working {
        return None;
    }
    let native = time.native.0 as f64;
    let regex = time.regex.0 as f64;
    let system = time.system.0 as f64;
    if system > native + regex {
        let share = percent(system / working);
        let message = format!(
            "{share} of its own time is the system's{}",
            within(evidence)
        );
        return because(Verdict::IoBound, Code::InSystem, message);
    }
    if regex > native {
        let message = format!(
            "{} of its own time is in regular expressions{}: native code already, though another engine may be faster",
            percent(regex / working),
            within(evidence)
        );
        return because(Verdict::AlreadyNative, Code::OtherEngine, message);
    }
    does_it_let_go(evidence).or_else(|| {
        let share = percent((native + regex) / working);
        let message = format!(
            "{share} of its own time is in native code already{}",
            within(evidence)
        );
        because(Verdict::AlreadyNative, Code::NativeCall, message)
    })
}

fn does_it_let_go(evidence: &Evidence<'_>) -> Judgement {
    let working = evidence.credit.time.working.0 as f64;
    let holding = evidence.credit.time.holding.0 as f64;
    if holding >= MINOR_PART * working {
        return None;
    }
    let message = format!(
        "native code or the system{}: for {} of its own time it did not hold the interpreter lock",
        within(evidence),
        percent(1.0 - holding / working)
    );
    because(Verdict::AlreadyNative, Code::NativeWithoutGil, message)
}

/// The call that takes most of the time that is not the interpreter's, and its line.
fn within(evidence: &Evidence<'_>) -> String {
    let call = evidence.heaviest_call.map(|call| (&*call.text, call.line));
    let server = evidence.served_by.map(|server| &*server.name.qualname);
    let line = evidence.credit.hot_line;
    match call.or(server.zip(line)) {
        Some((text, line)) => format!(", most of it in {text} at line {line}"),
        None => String::new(),
    }
}

/// A rewrite replaces the function's own code; what serves it would have to be replaced by a crate.
fn whose_time(evidence: &Evidence<'_>) -> Judgement {
    let time = evidence.credit.time.working.0 as f64;
    let served = evidence.credit.served.0 as f64;
    let server = evidence
        .served_by
        .filter(|_| time - served < OWN_CODE_PART * time)?;
    let (share, name) = (percent(served / time), &server.name);
    if server.origin == Origin::Builtin {
        let message = format!(
            "{share} of its time is in code that is in no file, most of it in {name}: Rust can't have it"
        );
        return because(Verdict::TooDynamic, Code::NoSource, message);
    }
    let message = format!(
        "{share} of its time is in the standard library, most of it in {name}: a faster library is \
         what would help"
    );
    because(Verdict::NotFirstParty, Code::Stdlib, message)
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

fn percent(fraction: f64) -> String {
    Share::new(fraction).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Role, Tally};
    use crate::plan::FunctionName;
    use crate::profile::{Line, Weight};

    fn entry() -> Entry {
        Entry {
            name: FunctionName {
                module: "job".to_owned(),
                qualname: "load".to_owned(),
            },
            file: "job.py".to_owned(),
            origin: Origin::FirstParty,
            kind: Kind::Named,
            role: Role::Program,
            module: 0,
        }
    }

    /// Weights by state: interpreter, uncertain, native, regex, system; all of them held the lock.
    fn time([interpreter, uncertain, native, regex, system]: [u64; 5]) -> Tally {
        let working = interpreter + uncertain + native + regex + system;
        Tally {
            working: Weight(working),
            holding: Weight(working),
            interpreter: Weight(interpreter),
            uncertain: Weight(uncertain),
            native: Weight(native),
            regex: Weight(regex),
            system: Weight(system),
            samples: working,
            ..Tally::default()
        }
    }

    /// What is said of a function of so much time, which is this share of the program's, and which calls this.
    fn judged_with(time: Tally, share: f64, call: Option<&HeavyCall>) -> (Verdict, Code, String) {
        let (verdict, reason) = judge(&Evidence {
            entry: &entry(),
            inclusive: &Inclusive {
                own: time,
                total: time,
                ..Inclusive::default()
            },
            credit: &FunctionCredit {
                time,
                ..FunctionCredit::default()
            },
            share: Interval::exactly(share),
            definition: None,
            fixes: &[],
            served_by: None,
            heaviest_call: call,
            competitors: 1.0,
            entered: Entered::Repeatedly,
            passed_to: None,
        });
        (verdict, reason.code, reason.message)
    }

    /// The same with a call on line 8.
    fn judged(time: Tally, share: f64) -> (Verdict, Code, String) {
        let call = HeavyCall {
            text: "zlib.compress".to_owned(),
            line: Line::new(8).expect("from 1"),
        };
        judged_with(time, share, Some(&call))
    }

    #[track_caller]
    fn check(states: [u64; 5], verdict: Verdict, code: Code, message: &str) {
        let expected = (verdict, code, message.to_owned());
        assert_eq!(judged(time(states), 0.5), expected);
    }

    #[test]
    fn what_native_code_does_is_native_already() {
        check(
            [15, 0, 60, 15, 10],
            Verdict::AlreadyNative,
            Code::NativeCall,
            "75.0 % of its own time is in native code already, most of it in zlib.compress at line 8",
        );
    }

    #[test]
    fn what_regular_expressions_do_another_engine_may_do_faster() {
        check(
            [10, 0, 40, 50, 0],
            Verdict::AlreadyNative,
            Code::OtherEngine,
            "50.0 % of its own time is in regular expressions, most of it in zlib.compress at line 8: \
             native code already, though another engine may be faster",
        );
    }

    #[test]
    fn what_the_system_does_more_than_native_code_is_the_systems() {
        check(
            [10, 0, 20, 20, 50],
            Verdict::IoBound,
            Code::InSystem,
            "50.0 % of its own time is the system's, most of it in zlib.compress at line 8",
        );
        let (_, code, _) = judged(time([10, 0, 30, 20, 40]), 0.5);
        assert_eq!(code, Code::NativeCall);
    }

    #[test]
    fn native_code_without_the_lock_is_told_as_such() {
        let mut time = time([10, 0, 90, 0, 0]);
        time.holding = Weight(19);
        assert_eq!(judged(time, 0.5).1, Code::NativeWithoutGil);
        time.holding = Weight(20);
        assert_eq!(judged(time, 0.5).1, Code::NativeCall);
    }

    #[test]
    fn who_interprets_for_a_fifth_of_the_time_has_something_to_gain() {
        // Half of what may be the interpreter's counts.
        for states in [[20, 0, 80, 0, 0], [10, 20, 70, 0, 0]] {
            let (_, code, _) = judged(time(states), 0.5);
            assert_eq!(code, Code::NoSource, "{states:?}");
        }
        let (_, code, _) = judged(time([19, 0, 81, 0, 0]), 0.5);
        assert_eq!(code, Code::NativeCall);
    }

    #[test]
    fn a_small_function_is_native_by_its_larger_part() {
        let (_, code, _) = judged(time([49, 0, 51, 0, 0]), 0.01);
        assert_eq!(code, Code::NativeCall);
        let (_, code, _) = judged(time([50, 0, 50, 0, 0]), 0.01);
        assert_eq!(code, Code::TooSmall);
    }

    #[test]
    fn without_a_call_no_place_is_told() {
        let (_, _, message) = judged_with(time([0, 0, 0, 0, 9]), 0.5, None);
        assert_eq!(message, "100.0 % of its own time is the system's");
    }
}
