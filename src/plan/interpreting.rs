//! Whether a function's own time is the interpreter's, or else whose.

use super::judge::{Evidence, Judgement, WORTH_MOVING, because, percent};
use super::{Code, Verdict};

/// A function is native code's, or works without the interpreter lock, when the rest is less than this part.
pub(super) const MINOR_PART: f64 = 0.2;

/// A function that is not worth moving has native time for its reason, when that is the larger part.
const EVEN_PART: f64 = 0.5;

/// A function whose time is native code's has nothing to gain; one that makes many short native calls has.
pub(super) fn does_it_interpret(evidence: &Evidence<'_>) -> Judgement {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{FunctionCredit, Inclusive, Role, Tally, Total};
    use crate::plan::catalog::{Entry, Kind};
    use crate::plan::entered::Entered;
    use crate::plan::heavy_call::HeavyCall;
    use crate::plan::judge::judge;
    use crate::plan::{FunctionName, Interval};
    use crate::profile::{Line, Weight};
    use crate::source::Origin;

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
                own: time.working,
                total: Total {
                    working: time.working,
                    idle: time.idle,
                },
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
            asked_by: None,
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
