//! A stretch of time that is measured.

use rustix::time::{ClockId, clock_gettime};
use std::thread;
use std::time::Duration;

/// How long windows are, and how many there are for each sampler.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Windows {
    pub(crate) length: Duration,
    pub(crate) rounds: u32,
}

/// From when to when, on the clock that Python calls `time.monotonic`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) begin: Duration,
    pub(crate) end: Duration,
}

impl Window {
    /// The window that begins now, once it is over.
    pub(crate) fn pass(length: Duration) -> Self {
        let begin = now();
        thread::sleep(length);
        Self { begin, end: now() }
    }

    pub(crate) fn length(&self) -> Duration {
        self.end.saturating_sub(self.begin)
    }
}

fn now() -> Duration {
    let time = clock_gettime(ClockId::Monotonic);
    Duration::try_from(time)
        .expect("a clock that counts from the machine's start is not below zero")
}
