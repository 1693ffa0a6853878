//! When to look at values, and from where.
//!
//! Values are read one by one, and meanwhile the program goes on: what a short function was given is gone before it is
//! read. So for these few looks we run on the program's own processor, in its place; nothing is stopped.

use super::processor::Processor;
use super::stat::Stat;
use crate::profile::Nanoseconds;
use std::time::Duration;

/// A few times a second.
const INTERVAL: Duration = Duration::from_millis(200);
/// The program keeps so many times as long as a look at values takes: it costs two thousandths at most.
const RESTS: u32 = 500;

/// When the next look at values is due.
#[derive(Debug, Default)]
pub(super) struct Glance {
    due: Nanoseconds,
}

impl Glance {
    /// Whether one is due.
    pub(super) fn is_due(&self, now: Nanoseconds) -> bool {
        now >= self.due
    }

    /// Goes where this thread runs; says whether it does.
    pub(super) fn join(thread: Option<u32>, processor: &mut Processor) -> bool {
        let stat = thread.and_then(Stat::read);
        let running = stat.filter(|stat| stat.state == b'R');
        processor.join(running.into_iter());
        running.is_some()
    }

    /// A look at `now` computed for so long.
    pub(super) fn rest(&mut self, now: Nanoseconds, computed: Duration) {
        let rest = INTERVAL.max(computed * RESTS);
        self.due = Nanoseconds(now.0.saturating_add(Nanoseconds::from(rest).0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_one_takes_the_later_the_next_is() {
        let mut glance = Glance::default();
        assert!(glance.is_due(Nanoseconds(0)));
        glance.rest(Nanoseconds(0), Duration::from_micros(10));
        assert!(!glance.is_due(Nanoseconds(199_000_000)));
        assert!(glance.is_due(Nanoseconds(200_000_000)));
        glance.rest(Nanoseconds(0), Duration::from_millis(1));
        assert!(!glance.is_due(Nanoseconds(499_000_000)));
        assert!(glance.is_due(Nanoseconds(500_000_000)));
    }

    #[test]
    fn nobody_is_joined_where_nobody_runs() {
        let mut processor = Processor::new();
        assert!(!Glance::join(None, &mut processor));
        assert!(!Glance::join(Some(u32::MAX), &mut processor));
    }
}
