//! Where we look from: the processor that the program runs on, so that it holds still while we read.
//!
//! Read from another processor, a stack changes under our eyes, and what comes out is not only torn now
//! and then but wrong as a whole: short functions are missed in favour of those that call them (measured:
//! a caller with 16 % of the time came out with 45 to 60 %). On the program's own processor we run in its
//! place, for the time of one look; nothing is stopped, and no more than that time is taken.

use super::stat::Stat;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// Where this thread may run, and where it may run otherwise.
pub(super) struct Processor {
    /// None where the system does not say: then we stay where we are put.
    allowed: Option<CpuSet>,
    /// Ours. In the place of a thread that is more important than we are, we might not get to run.
    priority: i64,
    place: Place,
}

/// Where this thread was put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Wherever the system likes.
    Anywhere,
    /// On this processor.
    On(usize),
    /// On any but this one.
    Off(usize),
}

impl Processor {
    /// Not bound to any yet.
    pub(super) fn new() -> Self {
        Self {
            allowed: sched_getaffinity(None).ok(),
            priority: Stat::read(std::process::id()).map_or(0, |stat| stat.priority),
            place: Place::Anywhere,
        }
    }

    /// Goes to where the first of these threads that runs does, and stays there until another call finds
    /// one elsewhere. A processor that we may not use is left to the program alone, and so is that of a
    /// thread that is more important than we are.
    pub(super) fn join(&mut self, mut threads: impl Iterator<Item = Stat>) {
        let Some(running) = threads.find(|thread| thread.state == b'R') else {
            return;
        };
        match running.processor {
            Some(processor) if running.priority >= self.priority => self.go(Place::On(processor)),
            _ => self.go(Place::Anywhere),
        }
    }

    /// Leaves the processor on which a thread runs to it, if there is another for us. A busy system would let us wake
    /// where we slept, in the program's place. Where the thread waits, every processor is as good.
    pub(super) fn keep_off(&mut self, thread: &Stat) {
        let busy = thread.processor.filter(|_| thread.state == b'R');
        self.go(busy.map_or(Place::Anywhere, Place::Off));
    }

    /// Runs wherever the system likes.
    pub(super) fn leave(&mut self) {
        self.go(Place::Anywhere);
    }

    fn go(&mut self, place: Place) {
        if place == self.place {
            return;
        }
        let Some(allowed) = &self.allowed else {
            return;
        };
        let is_there = |set: &CpuSet| set.count() > 0 && sched_setaffinity(None, set).is_ok();
        self.place = match place.within(allowed) {
            Some(set) if is_there(&set) => place,
            // It can fail only if the processors were taken away from us, and then there is nothing to do.
            _ => {
                let _ = sched_setaffinity(None, allowed);
                Place::Anywhere
            }
        };
    }
}

impl Place {
    /// The processors of it that we may use; none for one that we may not.
    fn within(self, allowed: &CpuSet) -> Option<CpuSet> {
        let mut set = *allowed;
        match self {
            Self::Anywhere => {}
            Self::Off(processor) => set.unset(processor),
            Self::On(processor) => {
                set = CpuSet::new();
                set.set(processor);
                return allowed.is_set(processor).then_some(set);
            }
        }
        Some(set)
    }
}

/// How long this thread has computed.
pub(super) fn computed() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("a clock that counts from the thread's start is not below zero")
}

impl Drop for Processor {
    fn drop(&mut self) {
        self.leave();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processors_are_given_back() {
        std::thread::spawn(|| {
            let count = || sched_getaffinity(None).expect("Linux says it").count();
            let before = count();
            let mut processor = Processor::new();
            let number = rustix::thread::gettid().as_raw_nonzero().get();
            processor.join(Stat::read(number.unsigned_abs()).into_iter());
            assert_eq!(count(), 1);
            let stat = Stat::read(number.unsigned_abs()).expect("it is here");
            processor.keep_off(&stat);
            assert_eq!(count(), (before - 1).max(1));
            drop(processor);
            assert_eq!(count(), before);
        })
        .join()
        .expect("the thread ends");
    }

    #[test]
    fn who_is_more_important_is_not_followed() {
        let mut processor = Processor::new();
        let mut other = Stat::read(std::process::id()).expect("Linux says it");
        other.state = b'R';
        other.priority -= 1;
        processor.join(std::iter::once(other));
        assert_eq!(processor.place, Place::Anywhere);
    }

    #[test]
    fn who_waits_is_not_followed() {
        let mut processor = Processor::new();
        processor.join(std::iter::empty());
        assert_eq!(processor.place, Place::Anywhere);
    }
}
