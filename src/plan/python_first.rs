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

#[cfg(test)]
mod tests {
    use crate::observation::{Observation, Role, Subject, Type, Value, Variable};
    use crate::plan::programs::{JOB, plan_of, plan_with};
    use crate::profile::Line;

    /// Checks `verdict code …` of a function, with what its variable `seen` was seen to be.
    #[track_caller]
    fn check(stacks: &str, seen: Option<&(Type, u64)>, expected: &str) {
        let observed = |file: &str| {
            let mut observation = Observation::default();
            let subject = Subject {
                file: file.to_owned(),
                first_line: Line::new(41).expect("a line"),
                name: "distinct".to_owned(),
            };
            let variable = Variable {
                role: Role::Local,
                name: "seen".to_owned(),
            };
            if let Some((of_type, size)) = seen.cloned() {
                let size = Some(size);
                observation.see(&subject, variable, Value { of_type, size });
            }
            observation
        };
        let rows = plan_with(JOB, stacks, observed, None).functions;
        let row = rows
            .iter()
            .find(|row| row.origin == crate::source::Origin::FirstParty);
        let row = row.expect("it is hot");
        let codes = row.reasons.iter().map(|reason| reason.code.text());
        let said: Vec<&str> = std::iter::once(row.verdict.word()).chain(codes).collect();
        assert_eq!(said.join(" "), expected, "{stacks}");
    }

    #[test]
    fn what_a_change_in_python_takes_away_is_to_be_changed_first() {
        let list = (Type::List(vec![Type::Int]), 4000);
        let half = "distinct@44 60\ndistinct@45 40";
        check(half, Some(&list), "fix_python_first RB030");
        check(half, None, "migrate RB013 RB030");
        check(
            "distinct@44 80\ndistinct@45 20",
            None,
            "fix_python_first RB030",
        );
    }

    #[test]
    fn what_grows_faster_than_the_input_is_to_be_changed_sooner() {
        let list = (Type::List(vec![Type::Int]), 4000);
        let hottest = "distinct@44 40\ndistinct@45 30\ndistinct@43 30";
        check(hottest, Some(&list), "fix_python_first RB030");
        let not_hottest = "distinct@44 30\ndistinct@45 70";
        check(not_hottest, Some(&list), "migrate RB013 RB030");
    }

    #[test]
    fn values_speak_against_a_fix() {
        let stacks = "distinct@44 90\ndistinct@45 10";
        let short = (Type::List(vec![Type::Int]), 5);
        check(stacks, Some(&short), "migrate RB013");
        let set = (Type::Set(vec![Type::Int]), 4000);
        check(stacks, Some(&set), "migrate RB013");
    }

    #[test]
    fn a_fix_that_gains_little_is_not_told() {
        check("distinct@44 5\ndistinct@45 95", None, "migrate RB013");
        let rare = "distinct@44 1\n/usr/lib/python3/dist-packages/x.py!leaf@1 99";
        check(rare, None, "too_small RB007");
    }

    #[test]
    fn waiting_is_no_time_of_a_fix() {
        check("distinct@44 =30\ndistinct@45 70", None, "migrate RB013");
        check("distinct@44 s30\ndistinct@45 70", None, "migrate RB013");
    }

    #[test]
    fn the_time_of_a_library_is_the_fixs_whose_line_calls_it() {
        let pandas = "/usr/lib/python3/dist-packages/pandas/core/frame.py!DataFrame.iterrows@9";
        let stacks = format!("add_up@50;{pandas} 90\nadd_up@51 10");
        check(&stacks, None, "fix_python_first RB042");
    }

    #[test]
    fn a_reason_says_where_what_and_what_to_write() {
        let rows = plan_of(JOB, "distinct@44 100").functions;
        let message = &rows[0].reasons[0].message;
        assert!(
            message.starts_with("100.0 % of its time is in `key not in seen` at line 44: "),
            "{message}"
        );
        assert!(message.contains("`seen_set = set(seen)`"), "{message}");
    }
}
