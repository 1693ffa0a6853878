//! The words and figures that all reports share: the verdict in a sentence, what is said of a function.

use super::figures::{days, range_of};
use super::split::Place;
use crate::plan::{
    Code, FunctionRow, Interval, Library, Plan, RunSummary, STOP, StateShares, TimeSummary, Verdict,
};
use crate::profile::Share;
use crate::source::Origin;

/// Above this, a ceiling says only that it is no obstacle.
const HIGHEST_CEILING: f64 = 100.0;

/// What to do, in a sentence. `name` writes a function's name.
pub(super) fn verdict(plan: &Plan, name: impl Fn(&str) -> String) -> String {
    let Some(first) = plan.candidates.first() else {
        return match told_shortage(plan) {
            Some(shortage) => format!("{}.", capital(shortage)),
            None => format!(
                "Nothing here is worth moving to Rust: {}.",
                why_nothing(plan, name)
            ),
        };
    };
    let first_name = name(&first.name.to_string());
    if !first.prospect.is_worthwhile() {
        let saved = percent(first.prospect.gain.saved.expected.max(0.0));
        return format!(
            "Hardly anything here is worth moving to Rust: the best, {first_name}, would save {saved} of the time."
        );
    }
    let worthwhile = plan
        .candidates
        .iter()
        .filter(|it| it.prospect.is_worthwhile())
        .count();
    let what = match worthwhile {
        1 => format!("Move {first_name} to Rust"),
        count => format!("Move {count} functions to Rust, {first_name} first"),
    };
    let gain = range_of(plan.gain, "as fast", times);
    let effort = range_of(plan.effort, "days of work", days);
    format!("{what}: the program gets about {gain}, for about {effort}.")
}

/// The sentence with a capital at its beginning.
fn capital(sentence: &str) -> String {
    let mut chars = sentence.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

/// The shortage of samples, where the verdict is about it: a program that waits gains little whatever is moved.
fn told_shortage(plan: &Plan) -> Option<&str> {
    let shortage = plan.shortage.as_deref();
    shortage.filter(|_| waited(&plan.run).is_none())
}

/// What the reader must know beside the verdict, one sentence each.
pub(super) fn notes(plan: &Plan) -> impl Iterator<Item = &str> {
    let untold = plan
        .shortage
        .as_deref()
        .filter(|_| told_shortage(plan).is_none());
    untold
        .into_iter()
        .chain(plan.notes.iter().map(String::as_str))
}

/// Why no function is proposed, as the end of a sentence.
fn why_nothing(plan: &Plan, name: impl Fn(&str) -> String) -> String {
    let run = &plan.run;
    let idle = plan.time.idle.fraction();
    if run.samples == 0 && idle == 0.0 {
        return "no thread was seen working".to_owned();
    }
    if run.samples == 0 && run.cpu.is_none() {
        return "all threads waited".to_owned();
    }
    // On a busy machine a program takes long without waiting: then another reason is the better one.
    let reason = not_the_interpreter(&plan.time).filter(|_| idle < 0.5);
    if let Some(reason) = reason {
        return reason;
    }
    if let Some(waited) = waited(run) {
        return waited;
    }
    let Some((row, sum)) = largest_obstacle(&plan.functions) else {
        return "no function stands out".to_owned();
    };
    let share = percent(sum);
    match row.verdict {
        _ if has_no_source(row) => {
            format!("{share} of the time is in code whose source can't be read")
        }
        Verdict::NotFirstParty => {
            format!(
                "{share} of the time is in library code{}",
                most_of(sum, &plan.libraries, name)
            )
        }
        Verdict::AlreadyNative => format!("{share} of the time is in native code already"),
        Verdict::IoBound => format!("{share} of the time is in functions that wait"),
        Verdict::ImportTime => format!("{share} of the time is in importing modules"),
        Verdict::TooDynamic => {
            format!("{share} of the time is in code that Rust can't have as it is")
        }
        Verdict::FixPythonFirst => {
            format!("{share} of the time calls for a change in Python first")
        }
        Verdict::TooSmall | Verdict::Migrate | Verdict::MigrateCaller => {
            "no function has enough time of its own".to_owned()
        }
    }
}

/// The library that has most of the library code's share, where one has half of it, and what is faster.
fn most_of(sum: f64, libraries: &[Library], name: impl Fn(&str) -> String) -> String {
    let first = libraries.first();
    let Some(library) = first.filter(|it| it.share.fraction() >= sum / 2.0) else {
        return String::new();
    };
    let faster = library.replacements.first();
    let faster = faster.map_or_else(String::new, |it| {
        format!(", and faster is {}: {}", it.kind.phrase(), name(it.name))
    });
    format!(", most of it in {}{faster}", name(&library.name))
}

/// That the program waited for most of the time, if it did. One that works gets little of a busy processor, and is then
/// seen working all the same.
fn waited(run: &RunSummary) -> Option<String> {
    let half = run.wall_seconds / 2.0;
    let cpu = run.cpu.filter(|cpu| cpu.0 < half)?;
    let looks = run.rate_achieved.map(|rate| rate.0 * half);
    if looks.is_some_and(|looks| run.samples as f64 >= looks) {
        return None;
    }
    let (cpu, wall) = (cpu.0, run.wall_seconds);
    Some(format!(
        "the program waited, {cpu:.1} s of CPU time in {wall:.1} s: let it wait for less, or for several things at once"
    ))
}

/// What takes most of the time, if it is not the interpreter.
fn not_the_interpreter(time: &TimeSummary) -> Option<String> {
    let (native, regex) = (time.native.fraction(), time.regex.fraction());
    let parts = [
        (native + regex, "is in native code already"),
        (
            time.system.fraction(),
            "is the system's, for files and sockets",
        ),
        (
            time.import.fraction(),
            "is in importing modules: import fewer, or only when they are needed",
        ),
    ];
    let (share, what) = parts.into_iter().find(|(share, _)| *share > 0.5)?;
    let another = if what == parts[0].1 && regex > native {
        ", most of it in regular expressions, for which another engine may be faster"
    } else {
        ""
    };
    Some(format!("{} of the time {what}{another}", percent(share)))
}

/// The states that are more than nothing, in a fixed order.
pub(super) fn where_the_time_was(time: &TimeSummary) -> String {
    let parts = [
        (Place::Interpreter, time.interpreter),
        (Place::Uncertain, time.uncertain),
        (Place::Native, time.native),
        (Place::Regex, time.regex),
        (Place::System, time.system),
        (Place::Gc, time.gc),
    ];
    let parts = parts
        .into_iter()
        .filter(|(_, share)| share.fraction() > 0.0);
    let phrases: Vec<String> = parts
        .map(|(place, share)| format!("{} {share}", place.words()))
        .collect();
    match &phrases[..] {
        [] => "not seen".to_owned(),
        phrases => phrases.join(", "),
    }
}

/// How much of a row's time was in the interpreter, in native code and in the system, in whole percent: `96/4/0`.
/// Half of what may be either counts for each, as it does for the order. Nothing where there was no time.
pub(super) fn split(states: &StateShares) -> String {
    let uncertain = states.uncertain.fraction() / 2.0;
    let interpreter = states.interpreter.fraction() + uncertain;
    let native = states.native.fraction() + states.regex.fraction() + uncertain;
    let system = states.system.fraction();
    let all = interpreter + native + system;
    // What is shown as 0.0 % is not shown apart.
    if all < 0.0005 {
        return String::new();
    }
    let [native, system] = [native, system].map(|share| (share * 100.0 / all).round());
    format!("{:.0}/{native:.0}/{system:.0}", 100.0 - native - system)
}

/// Whether these splits say more than that everything was the interpreter's.
pub(super) fn tell_apart(splits: &[String]) -> bool {
    (splits.iter()).any(|split| !split.is_empty() && split != "100/0/0")
}

/// The verdict with the largest sum of own time, by a function that has it, and the sum. A missing
/// source is told apart: the code may well be worth moving.
fn largest_obstacle(functions: &[FunctionRow]) -> Option<(&FunctionRow, f64)> {
    let kind = |row: &FunctionRow| (row.verdict, has_no_source(row));
    let mut sums: Vec<(&FunctionRow, f64)> = Vec::new();
    for row in functions {
        let share = row.self_share.fraction();
        match sums.iter_mut().find(|(first, _)| kind(first) == kind(row)) {
            Some((_, sum)) => *sum += share,
            None => sums.push((row, share)),
        }
    }
    sums.into_iter().max_by(|one, two| one.1.total_cmp(&two.1))
}

fn has_no_source(row: &FunctionRow) -> bool {
    let first = row.reasons.first();
    first.is_some_and(|reason| reason.code == Code::NoSource)
}

/// What is said of a function, in a word or two: the first reason where it says more than the verdict.
pub(super) fn label(row: &FunctionRow) -> &'static str {
    let reason = row.reasons.first().map(|reason| reason.code);
    match (row.verdict, reason) {
        (Verdict::Migrate, _) => "move",
        (Verdict::MigrateCaller, _) => "move its caller",
        (Verdict::FixPythonFirst, _) => "fix Python first",
        (_, Some(Code::Stdlib)) => "standard library",
        (_, Some(Code::ThirdParty)) => "installed code",
        (_, Some(Code::Orchestrates)) => "orchestrates",
        (_, Some(Code::ModuleLevel)) => "module level",
        (_, Some(Code::Nested)) => "nested function",
        (_, Some(Code::Anonymous)) => "part of a caller",
        (_, Some(Code::NoSource)) => "no source",
        (_, Some(Code::TooFewSamples)) => "too few samples",
        (Verdict::AlreadyNative, _) => "already native",
        (Verdict::IoBound, _) => "waits",
        (Verdict::ImportTime, _) => "import",
        (Verdict::TooSmall, _) => "too small",
        (Verdict::TooDynamic, _) => "too dynamic",
        (Verdict::NotFirstParty, _) => "library code",
    }
}

/// The word of `plan.json`.
pub(super) fn origin_word(origin: Origin) -> &'static str {
    match origin {
        Origin::FirstParty => "first_party",
        Origin::ThirdParty => "third_party",
        Origin::Stdlib => "stdlib",
        Origin::Builtin => "builtin",
    }
}

/// The word for people.
pub(super) fn origin_label(origin: Origin) -> &'static str {
    match origin {
        Origin::FirstParty => "your code",
        Origin::ThirdParty => "installed",
        Origin::Stdlib => "stdlib",
        Origin::Builtin => "no file",
    }
}

/// What is behind the line at which to stop.
pub(super) fn what_follows() -> String {
    format!(
        "what follows saves less than {} of the time each",
        percent(STOP)
    )
}

/// `41.3 %`.
pub(super) fn percent(fraction: f64) -> String {
    Share::new(fraction).to_string()
}

/// `38.0–44.7 %`.
pub(super) fn percent_range(share: Interval) -> String {
    let low = Share::new(share.low).fraction() * 100.0;
    format!("{low:.1}–{}", percent(share.high))
}

/// `1.69×`.
pub(super) fn times(speedup: f64) -> String {
    if speedup > HIGHEST_CEILING {
        format!(">{HIGHEST_CEILING:.0}×")
    } else {
        format!("{speedup:.*}×", decimals(speedup))
    }
}

/// `1.49–1.81×`.
pub(super) fn times_range(speedup: Interval) -> String {
    let low = times(speedup.low);
    format!("{}–{}", low.trim_end_matches('×'), times(speedup.high))
}

fn decimals(speedup: f64) -> usize {
    if speedup < 9.995 { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;
    use crate::profile::CpuSeconds;

    fn check(plan: &Plan, expected: &str) {
        assert_eq!(verdict(plan, str::to_owned), expected);
    }

    const WAITED: &str = "Nothing here is worth moving to Rust: the program waited, 0.4 s of CPU time in 21.8 s: \
                          let it wait for less, or for several things at once.";

    #[test]
    fn the_verdict_names_the_first_function_what_it_gains_and_what_it_takes() {
        let mut plan = example::plan();
        check(
            &plan,
            "Move 2 functions to Rust, shop.basket.Basket.total first: the program gets about 1.80× as fast \
             (1.50× to 2.10×), for about 2.4 days of work (1.2 to 4.8).",
        );
        plan.candidates.truncate(1);
        plan.gain = Interval::exactly(200.0);
        check(
            &plan,
            "Move shop.basket.Basket.total to Rust: the program gets about >100× as fast, for about 2.4 days of \
             work (1.2 to 4.8).",
        );
        plan.candidates[0].prospect.gain.saved = Interval::exactly(0.03);
        check(
            &plan,
            "Hardly anything here is worth moving to Rust: the best, shop.basket.Basket.total, would save 3.0 % of \
             the time.",
        );
    }

    #[test]
    fn nothing_to_move_says_why() {
        let mut plan = example::plan();
        plan.candidates.clear();
        plan.functions.retain(|row| row.verdict != Verdict::Migrate);
        check(
            &plan,
            "Nothing here is worth moving to Rust: 15.4 % of the time is in library code.",
        );
        for row in &mut plan.functions {
            row.verdict = Verdict::TooDynamic;
            row.reasons[0].code = Code::NoSource;
        }
        check(
            &plan,
            "Nothing here is worth moving to Rust: 18.4 % of the time is in code whose source can't be read.",
        );
        plan.run.cpu = Some(CpuSeconds(0.4));
        plan.run.samples = 80;
        check(&plan, WAITED);
        check(
            &example::empty(),
            "Nothing here is worth moving to Rust: no thread was seen working.",
        );
    }

    #[test]
    fn the_library_with_most_of_it_is_named_with_what_is_faster() {
        let mut plan = example::plan();
        plan.candidates.clear();
        plan.functions.retain(|row| row.verdict != Verdict::Migrate);
        plan.libraries[0].share = Share::new(0.08);
        check(
            &plan,
            "Nothing here is worth moving to Rust: 15.4 % of the time is in library code, most of it in pandas, and \
             faster is an option of its own: methods of whole columns.",
        );
    }

    #[test]
    fn too_few_samples_are_the_verdict_unless_the_program_waited() {
        let mut plan = example::plan();
        plan.candidates.clear();
        plan.shortage = Some("no sample is enough: wait".to_owned());
        check(&plan, "No sample is enough: wait.");
        assert_eq!(notes(&plan).count(), plan.notes.len());
        plan.run.cpu = Some(CpuSeconds(0.4));
        check(&plan, "No sample is enough: wait.");
        plan.run.samples = 80;
        check(&plan, WAITED);
        assert_eq!(notes(&plan).next(), plan.shortage.as_deref());
    }

    #[test]
    fn the_split_of_a_row_adds_up_to_all_of_it() {
        let check = |[interpreter, uncertain, native, regex, system]: [f64; 5], expected: &str| {
            let states = StateShares {
                interpreter: Share::new(interpreter),
                uncertain: Share::new(uncertain),
                native: Share::new(native),
                regex: Share::new(regex),
                system: Share::new(system),
                ..StateShares::default()
            };
            assert_eq!(split(&states), expected);
        };
        check([0.3, 0.0, 0.0, 0.0, 0.0], "100/0/0");
        check([0.1, 0.2, 0.1, 0.1, 0.1], "33/50/17");
        check([0.0; 5], "");
    }

    #[test]
    fn figures_have_as_many_places_as_they_mean() {
        assert_eq!(
            [1.04, 9.99, 9.999, 12.34, 101.0].map(times),
            ["1.04×", "9.99×", "10.0×", "12.3×", ">100×"]
        );
        let share = Interval {
            low: 0.38,
            expected: 0.413,
            high: 0.4471,
        };
        assert_eq!(percent_range(share), "38.0–44.7 %");
    }
}
