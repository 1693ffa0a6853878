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

/// The processor that this thread is bound to, and those that it may use otherwise.
pub(super) struct Processor {
    /// None where the system does not say: then we stay where we are put.
    allowed: Option<CpuSet>,
    /// Ours. In the place of a thread that is more important than we are, we might not get to run.
    priority: i64,
    bound: Option<usize>,
}

impl Processor {
    /// Not bound to any yet.
    pub(super) fn new() -> Self {
        Self {
            allowed: sched_getaffinity(None).ok(),
            priority: Stat::read(std::process::id()).map_or(0, |stat| stat.priority),
            bound: None,
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
            Some(processor) if self.bound == Some(processor) => {}
            Some(processor) if running.priority >= self.priority => self.bind(processor),
            _ => self.unbind(),
        }
    }

    /// Goes wherever the system likes.
    pub(super) fn leave(&mut self) {
        self.unbind();
    }

    fn bind(&mut self, processor: usize) {
        let is_allowed = (self.allowed.as_ref()).is_some_and(|allowed| allowed.is_set(processor));
        let mut one = CpuSet::new();
        one.set(processor);
        if is_allowed && sched_setaffinity(None, &one).is_ok() {
            self.bound = Some(processor);
        } else {
            self.unbind();
        }
    }

    fn unbind(&mut self) {
        if let (Some(allowed), Some(_)) = (&self.allowed, self.bound.take()) {
            // It can fail only if the processors were taken away from us, and then there is nothing to do.
            let _ = sched_setaffinity(None, allowed);
        }
    }
}

/// How long this thread has computed.
pub(super) fn computed() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("a clock that counts from the thread's start is not below zero")
}

impl Drop for Processor {
    fn drop(&mut self) {
        self.unbind();
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
        assert_eq!(processor.bound, None);
    }

    #[test]
    fn who_waits_is_not_followed() {
        let mut processor = Processor::new();
        processor.join(std::iter::empty());
        assert_eq!(processor.bound, None);
    }
}
