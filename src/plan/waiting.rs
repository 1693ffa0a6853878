//! Whether a function waits, and for what.

use super::judge::{Evidence, Judgement, OWN_PART, because, percent};
use super::{Code, Verdict};
use crate::analysis::Tally;
use crate::profile::{Wait, Weight};

/// A function waits when it is idle for this many times as long as it works.
const IDLE_TO_WORKING: f64 = 4.0;

/// It waits for one thing when that is more than this part of what it waits for, and for nothing else beyond the second.
const MAIN_WAIT: f64 = 0.5;
const ONLY_WAIT: f64 = 0.9;

/// A sample or two of a function that hands its time on say nothing of it. Who wants the interpreter lock does not wait
/// for anything that Rust would not end; where the profile does not tell that, who waits while others have the lock may
/// want it.
pub(super) fn does_it_wait(evidence: &Evidence<'_>) -> Judgement {
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
