//! What the agent says, read as if somebody else had written it.

use super::Trouble;
use super::looks::{self, Looks};
use super::order::Kind;
use crate::profile::Nanoseconds;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// A counted call takes no longer than this: whoever says so makes up something.
const LONGEST_EVENT: u64 = 100_000;
/// So many processors a process uses at once at most.
const MOST_PROCESSORS: u64 = 8192;
/// Two clocks may be this far apart.
const CLOCK_STEP: u64 = 10_000_000;
/// In halves, what a counted call costs of what was measured: it was measured on an empty function, and the program's
/// own code runs slower until its instructions are fast again.
const UNSEEN: u64 = 3;
/// Longer than this no name is shown.
const LONGEST_NAME: usize = 100;

/// A line of the agent's.
#[derive(Debug, PartialEq)]
pub(super) enum Report {
    /// It waits for orders, in this process.
    Ready { process: u32 },
    /// It ends.
    Trouble(Trouble),
    /// A window is over.
    Shut(Shut),
}

/// A window that is over. Times are those of the agent's clock, in nanoseconds.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Shut {
    pub(super) number: u32,
    times: Times,
    /// CPU time that the agent's own thread took.
    computed: u64,
    /// CPU time of the process while it was open.
    used: u64,
    /// What counting one call takes.
    pub(super) event: u64,
    /// The functions that it found.
    pub(super) found: Vec<usize>,
    /// The calls of each function, if they were counted.
    pub(super) calls: Option<Vec<u64>>,
    /// The values that each generator gave, if they were counted.
    pub(super) yields: Option<Vec<u64>>,
    /// What functions did, if that was looked at.
    pub(super) looks: Option<BTreeMap<usize, Looks>>,
}

/// When what happened, by the agent's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Times {
    begun: i64,
    open: i64,
    shut: i64,
    done: i64,
}

/// When a window was open, in the time of the recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// The agent began to work.
    pub(super) begun: Nanoseconds,
    pub(super) open: Nanoseconds,
    pub(super) shut: Nanoseconds,
    /// The program was as before.
    pub(super) done: Nanoseconds,
    /// CPU time of the process from `open` to `shut`, in nanoseconds.
    pub(super) used: u64,
    /// What counting one call took, in nanoseconds.
    pub(super) event: u64,
    /// All calls and yields that were counted in it.
    pub(super) events: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Told {
    process: Option<u32>,
    trouble: Option<String>,
    name: Option<String>,
    window: Option<u32>,
    begun: i64,
    open: i64,
    shut: i64,
    done: i64,
    computed: u64,
    used: u64,
    event: u64,
    found: Vec<usize>,
    calls: Option<Vec<u64>>,
    yields: Option<Vec<u64>>,
    #[serde(flatten)]
    looks: Option<looks::Told>,
}

impl Report {
    /// What a line says.
    pub(super) fn read(line: &[u8]) -> Result<Self, Trouble> {
        let told: Told = serde_json::from_slice(line).map_err(|_| Trouble::Garbled)?;
        if let Some(process) = told.process {
            return Ok(Self::Ready { process });
        }
        if let Some(trouble) = &told.trouble {
            let name = told.name.as_deref().unwrap_or_default();
            return trouble_of(trouble, name).map(Self::Trouble);
        }
        let number = told.window.ok_or(Trouble::Garbled)?;
        let looks = told.looks.map(Looks::read).transpose()?;
        Ok(Self::Shut(Shut {
            number,
            times: Times {
                begun: told.begun,
                open: told.open,
                shut: told.shut,
                done: told.done,
            },
            computed: told.computed,
            used: told.used,
            event: told.event,
            found: told.found,
            calls: told.calls,
            yields: told.yields,
            looks,
        }))
    }
}

fn trouble_of(kind: &str, name: &str) -> Result<Trouble, Trouble> {
    let name: String = name.chars().take(LONGEST_NAME).collect();
    match kind {
        "watched" => Ok(Trouble::Watched { by: name }),
        "error" => Ok(Trouble::Failed { with: name }),
        "forks" => Ok(Trouble::Forks),
        "replaced" => Ok(Trouble::Replaced),
        _ => Err(Trouble::Garbled),
    }
}

impl Shut {
    /// When it was open, if that was after it was ordered and before now. `zero` is what the agent's clock said when
    /// the recording's was 0.
    pub(super) fn window(
        &self,
        zero: i128,
        ordered: Nanoseconds,
        now: Nanoseconds,
    ) -> Option<Window> {
        let time = |told: i64| u64::try_from(i128::from(told) - zero).ok().map(Nanoseconds);
        let window = Window {
            begun: time(self.times.begun)?,
            open: time(self.times.open)?,
            shut: time(self.times.shut)?,
            done: time(self.times.done)?,
            used: self.used,
            event: self.event,
            events: self.events(),
        };
        let times = [
            ordered,
            window.begun,
            window.open,
            window.shut,
            window.done,
            now,
        ];
        let most_used = (window.shut.0.checked_sub(window.open.0)?).saturating_mul(MOST_PROCESSORS);
        let is_possible = self.event <= LONGEST_EVENT && self.used <= most_used + CLOCK_STEP;
        (times.is_sorted() && is_possible).then_some(window)
    }

    /// Whether it speaks of what was ordered.
    pub(super) fn fits(&self, functions: usize, kind: Kind) -> bool {
        let is_known = |place: &usize| *place < functions;
        let counted = match (kind, &self.calls, &self.looks) {
            (Kind::Calls, Some(calls), None) => {
                let yields = self.yields.as_ref();
                calls.len() <= functions && yields.is_none_or(|it| it.len() <= functions)
            }
            (Kind::Values, None, Some(looks)) => looks.keys().all(is_known),
            _ => false,
        };
        counted && self.found.iter().all(is_known)
    }

    fn events(&self) -> u64 {
        let counts = self.calls.iter().chain(&self.yields).flatten();
        counts.fold(0, |sum, &calls| sum.saturating_add(calls))
    }

    /// What it cost the program: what the agent's thread computed, and what the calls took longer. Never more than the
    /// time from its beginning to its end, in which the program could have done nothing at worst.
    pub(super) fn cost(&self, window: &Window) -> Duration {
        let events = window
            .events
            .saturating_mul(window.event)
            .saturating_mul(UNSEEN)
            / 2;
        let cost = Duration::from_nanos(self.computed.saturating_add(events));
        let whole = window.done.0 - window.begun.0;
        cost.min(Duration::from_nanos(whole))
    }
}
