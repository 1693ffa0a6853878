//! When the next window is opened: so that all of them together cost the program no more than a fiftieth of its CPU time.

use super::order::Kind;
use std::time::Duration;

/// The program keeps so many times what all windows cost it: 2 % at most.
const RESTS: u32 = 50;
/// What the first window costs, in which the agent is loaded: measured as 5 to 10 ms.
const LOADING: Duration = Duration::from_millis(10);
/// Windows more often than this would tell nothing new.
const SHORTEST_REST: Duration = Duration::from_millis(100);
/// Nor would more than some hundred of them in a run: the longer it runs, the more seldom they become.
const RESTS_IN_A_RUN: u32 = 200;
/// How often to ask for a report.
const ASKING: Duration = Duration::from_millis(5);
/// One window in so many is for values.
const VALUES_EACH: u32 = 4;

/// When to open windows.
#[derive(Debug, Default)]
pub(super) struct Pace {
    next: Duration,
    asks: Duration,
    opened: u32,
    /// What all windows cost, and the last one.
    cost: Duration,
    last: Option<Duration>,
    looked_around: Option<Duration>,
}

impl Pace {
    /// Whether there is anything to do.
    pub(super) fn is_due(&mut self, now: Duration) -> bool {
        let is_due = now >= self.asks;
        if is_due {
            self.asks = now + ASKING;
        }
        is_due
    }

    /// Whether a window may be opened: whether it is time, and one that costs as much as the last one can be afforded.
    /// `cpu` is asked for the CPU time that the program had so far.
    pub(super) fn may_open(&self, now: Duration, cpu: impl FnOnce() -> Duration) -> bool {
        let cost = self.cost + self.last.unwrap_or(LOADING);
        now >= self.next && cpu() >= cost * RESTS
    }

    /// Whether to ask anew which functions are hot: what is known so far changes ever more slowly.
    pub(super) fn looks_around(&mut self, now: Duration) -> bool {
        let looks = self.looked_around.is_none_or(|last| now >= last + last / 4);
        if looks {
            self.looked_around = Some(now);
        }
        looks
    }

    /// What the next window is for. Values only after calls have been counted, since a function that is called seldom
    /// shows none.
    pub(super) fn kind(&self) -> Kind {
        match self.opened % VALUES_EACH {
            1 => Kind::Values,
            _ => Kind::Calls,
        }
    }

    /// The number of the window that is opened now.
    pub(super) fn open(&mut self) -> u32 {
        self.opened += 1;
        self.opened
    }

    /// A window is over, and cost the program so much.
    pub(super) fn shut(&mut self, now: Duration, cost: Duration) {
        self.cost += cost;
        // The first one has loaded the agent, which no other does.
        let usual = if self.last.is_none() { cost / 4 } else { cost };
        self.last = Some(usual);
        self.next = now + SHORTEST_REST.max(now / RESTS_IN_A_RUN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn the_program_keeps_fifty_times_what_its_windows_cost_and_the_next_one_may() {
        let mut pace = Pace::default();
        let now = 100_000 * MS;
        assert!(!pace.may_open(now, || 499 * MS));
        assert!(pace.may_open(now, || 500 * MS));
        pace.shut(600 * MS, 8 * MS);
        assert!(!pace.may_open(now, || 499 * MS));
        assert!(pace.may_open(now, || 500 * MS));
        pace.shut(1000 * MS, 2 * MS);
        // 10 ms so far, and 2 ms for the next.
        assert!(!pace.may_open(now, || 599 * MS));
        assert!(pace.may_open(now, || 600 * MS));
    }

    #[test]
    fn cheap_windows_become_rarer_the_longer_the_program_runs() {
        let mut pace = Pace::default();
        let cpu = || Duration::MAX;
        pace.shut(1000 * MS, Duration::ZERO);
        assert!(!pace.may_open(1099 * MS, cpu));
        pace.shut(100_000 * MS, Duration::ZERO);
        assert!(!pace.may_open(100_499 * MS, cpu));
        assert!(pace.may_open(100_500 * MS, cpu));
    }

    #[test]
    fn calls_are_counted_first_and_values_looked_at_now_and_then() {
        use Kind::{Calls, Values};
        let mut pace = Pace::default();
        let kinds: Vec<_> = (0..6)
            .map(|_| {
                let kind = pace.kind();
                pace.open();
                kind
            })
            .collect();
        assert_eq!(kinds, [Calls, Values, Calls, Calls, Calls, Values]);
    }
}
