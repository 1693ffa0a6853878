//! What a move gains and takes, in the words of `plan.md`.

use crate::observation;
use crate::plan::{Alternative, CallSource, Candidate, PerCall, Price, Prospect, duration};
use crate::report::escape::{code, prose};
use crate::report::figures::{count, days, money, range, range_of};
use crate::report::words;

/// At most so many alternatives are told: the closest ones.
const MOST_ALTERNATIVES: usize = 4;

/// `about 4,900 (1 to 78,000,000), as its code and its time suggest; each takes about 720 µs (…)`
pub(super) fn calls(per_call: &PerCall) -> String {
    let each = range(per_call.nanoseconds, duration);
    let each = format!("each takes about {each}");
    let how = match per_call.source {
        CallSource::Once => return format!("hardly more than one, as the source says; {each}"),
        CallSource::Counted(observation::CallSource::Counted) => "counted",
        CallSource::Counted(observation::CallSource::Windows) => "by those of some moments",
        CallSource::Estimated => "as its code and its time suggest",
    };
    match per_call.count {
        Some(calls) => format!("about {}, {how}; {each}", range(calls, count)),
        None => format!("{each}, {how}"),
    }
}

/// The values that a generator yields: `about 1,400,000 (…), …; each takes about …; crossing costs each of them about …`
pub(super) fn values(prospect: &Prospect) -> Option<String> {
    let values = calls(prospect.per_value.as_ref()?);
    let crossing = range(prospect.value_crossing, duration);
    Some(format!(
        "{values}; crossing costs each of them about {crossing}"
    ))
}

pub(super) fn boundary(prospect: &Prospect) -> String {
    let each = range(prospect.crossing, duration);
    let share = range(prospect.gain.boundary, words::percent);
    let callbacks: Vec<String> = prospect
        .callbacks
        .iter()
        .map(|it| code(&it.to_string()))
        .collect();
    let back = match &callbacks[..] {
        [] => String::new(),
        callbacks => format!("; it would call back into Python: {}", callbacks.join(", ")),
    };
    format!(
        "crossing costs each call about {each}, all of them about {share} of today's time{back}"
    )
}

pub(super) fn gain(prospect: &Prospect) -> String {
    let gain = &prospect.gain;
    format!(
        "what moves gets about {}, the program about {}",
        range_of(gain.function, "as fast", words::times),
        range_of(gain.program, "as fast", words::times)
    )
}

pub(super) fn effort(candidate: &Candidate, size: &str) -> String {
    format!(
        "about {}: {size}",
        range_of(candidate.prospect.effort, "days", days)
    )
}

/// What it is worth in money, if the price is known.
pub(super) fn worth(prospect: &Prospect, price: Option<Price>) -> Option<String> {
    let money_of = price?.of(prospect);
    Some(format!(
        "about {} a year; it pays back within one if a developer's day costs less than {}",
        range(money_of.per_year, money),
        range(money_of.day_rate, money)
    ))
}

pub(super) fn alternatives(prospect: &Prospect) -> Vec<String> {
    let closest = prospect.alternatives.iter().take(MOST_ALTERNATIVES);
    closest.map(alternative).collect()
}

fn alternative(alternative: &Alternative) -> String {
    let Alternative {
        function,
        speedup,
        why,
    } = alternative;
    let speedup = range_of(*speedup, "as fast", words::times);
    format!(
        "{}, with which the program would get {speedup}: {}",
        code(&function.to_string()),
        prose(why)
    )
}
