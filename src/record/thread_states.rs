//! What the threads of a process do that don't have the interpreter lock, as the kernel says. See proc(5).

use super::process;
use super::reader::Address;
use super::sleepers::Sleepers;
use super::stat::Stat;
use super::thread_files::ThreadFiles;
use crate::profile::Activity;
use rustc_hash::FxHashMap;
use std::time::{Duration, Instant};

/// What was found so long ago may be otherwise. The kernel counts a running thread's time at its ticks, a hundred times a
/// second at least: what a thread ran in less than that, it does not tell.
const A_WHILE: Duration = Duration::from_millis(10);

/// Where many threads wait, they are asked in turn, each so long after the one before: their number does not raise what
/// the questions cost. Whatever a thread waits for is asked as often, so that none of it gains by that.
const TURN: Duration = Duration::from_millis(1);

/// So many threads are remembered beyond twice those of a look, before those that have ended are forgotten.
const FEW: usize = 64;

/// The threads of a process.
#[derive(Debug)]
pub(super) struct ThreadStates {
    pid: u32,
    sleepers: Sleepers,
    known: FxHashMap<u32, Known>,
    /// What was found of a thread that waits is believed for so long.
    patience: Duration,
    /// The kernel's numbers of threads by those that the process's own container gives them.
    inner: Option<FxHashMap<u64, u32>>,
    /// Those that ran when the process was stopped for this look, if it was.
    running: Option<Vec<u32>>,
}

#[derive(Debug)]
struct Known {
    files: ThreadFiles,
    /// How long it had run when it was asked last, in nanoseconds, and when that was.
    ran: Option<(u64, Instant)>,
    /// When it was found to wait, and for what, if it was at the last question.
    waited: Option<(Instant, Activity)>,
}

/// How long a thread ran between two questions, in nanoseconds, and how far apart they were.
#[derive(Clone, Copy, Debug)]
struct Ran(u64, Duration);

impl Ran {
    fn is_nothing(self) -> bool {
        self.0 == 0
    }

    /// A hundredth of the time is what waiting takes.
    fn is_next_to_nothing(self) -> bool {
        u128::from(self.0) * 100 < self.1.as_nanos()
    }
}

impl ThreadStates {
    /// Of a process.
    pub(super) fn new(pid: u32) -> Self {
        Self {
            pid,
            sleepers: Sleepers::of(pid),
            known: FxHashMap::default(),
            patience: A_WHILE,
            inner: (!process::shares_our_numbers(pid)).then(FxHashMap::default),
            running: None,
        }
    }

    /// The process stands still: these ran before.
    pub(super) fn hold(&mut self, running: Vec<u32>) {
        self.running = Some(running);
    }

    /// The interpreter locks stand here.
    pub(super) fn know_locks(&mut self, locks: &[Address]) {
        self.sleepers.know_locks(locks);
    }

    /// A look at so many threads begins.
    pub(super) fn begin(&mut self, threads: usize) {
        let turns = u32::try_from(threads).unwrap_or(u32::MAX);
        self.patience = A_WHILE.max(TURN.saturating_mul(turns));
        if self.known.len() > 2 * threads + FEW {
            self.known.clear();
        }
    }

    /// What a thread does now. One that waited and that `has_moved` no further in its Python is not asked again for a
    /// while: it can't have run but in C. Nor is one asked whether it runs that has used next to no time for a while: it
    /// waits, and wakes for a moment now and then to ask for the interpreter lock. That costs a fraction of asking for
    /// its state. One that has used no time at all still waits for what it waited for.
    pub(super) fn activity(&mut self, thread: u32, has_moved: bool) -> Activity {
        let stands_still = match &self.running {
            Some(running) if running.contains(&thread) => return Activity::Running,
            running => running.is_some(),
        };
        let now = Instant::now();
        let waited = self.known.get(&thread).and_then(|known| known.waited);
        let lately = waited.filter(|(since, _)| !has_moved && now - *since < self.patience);
        if let Some((_, activity)) = lately {
            return activity;
        }
        let ran = (!stands_still)
            .then(|| self.ran_since(thread, now))
            .flatten();
        let waits = stands_still || ran.is_some_and(Ran::is_next_to_nothing);
        let before = waited.map_or(Activity::Idle, |(_, activity)| activity);
        let activity = if !waits && self.is_running(thread) {
            Activity::Running
        } else if before != Activity::Idle && ran.is_some_and(Ran::is_nothing) {
            before
        } else {
            let told = self.known(thread).files.call();
            match self.sleepers.activity(told, thread) {
                // It wakes for a moment.
                Activity::Running if waits && !has_moved => before,
                told => told,
            }
        };
        let has_waited = activity != Activity::Running;
        self.known(thread).waited = has_waited.then_some((now, activity));
        activity
    }

    /// None if it was asked only just now, or never.
    fn ran_since(&mut self, thread: u32, now: Instant) -> Option<Ran> {
        let known = self.known(thread);
        let before = known.ran;
        if before.is_some_and(|(_, asked)| now - asked < A_WHILE) {
            return None;
        }
        let ran = known.files.ran()?;
        known.ran = Some((ran, now));
        let (before, asked) = before?;
        Some(Ran(ran - before.min(ran), now - asked))
    }

    /// What the kernel says of a thread.
    pub(super) fn stat(&mut self, thread: u32) -> Option<Stat> {
        self.known(thread).files.stat()
    }

    fn is_running(&mut self, thread: u32) -> bool {
        self.stat(thread).is_some_and(|stat| stat.state == b'R')
    }

    fn known(&mut self, thread: u32) -> &mut Known {
        self.known.entry(thread).or_insert_with(|| Known {
            files: ThreadFiles::of(self.pid, thread),
            ran: None,
            waited: None,
        })
    }

    /// Our number of the thread that the process itself knows by `inner`: another one if it is in a container.
    pub(super) fn number(&mut self, inner: u64) -> Option<u32> {
        let Some(known) = &mut self.inner else {
            return u32::try_from(inner).ok();
        };
        if let Some(&number) = known.get(&inner) {
            return Some(number);
        }
        let threads = process::threads(self.pid).into_iter();
        *known = threads
            .filter_map(|thread| Some((process::inner_number(self.pid, thread)?.into(), thread)))
            .collect();
        known.get(&inner).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn this_thread() -> u32 {
        rustix::thread::gettid()
            .as_raw_nonzero()
            .get()
            .unsigned_abs()
    }

    #[test]
    fn the_thread_that_asks_runs() {
        let mut states = ThreadStates::new(std::process::id());
        for _ in 0..2 {
            assert_eq!(states.activity(this_thread(), true), Activity::Running);
        }
    }

    #[test]
    fn a_thread_that_waits_does_not_run() {
        let (sender, receiver) = std::sync::mpsc::channel();
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let waiting = std::thread::spawn(move || {
            sender.send(this_thread()).expect("somebody listens");
            ended.recv().expect_err("nobody sends");
        });
        let thread = receiver.recv().expect("it says its number");
        let mut states = ThreadStates::new(std::process::id());
        while states.activity(thread, true) == Activity::Running {
            std::thread::yield_now();
        }
        assert!(states.activity(thread, true).is_waiting());
        drop(end);
        waiting.join().expect("it ends");
    }

    #[test]
    fn a_process_among_us_has_our_numbers() {
        let mut states = ThreadStates::new(std::process::id());
        assert_eq!(states.number(77), Some(77));
        let inner = process::inner_number(std::process::id(), this_thread());
        assert_eq!(inner, Some(this_thread()));
    }

    #[test]
    fn threads_that_are_gone_do_not_run() {
        let gone = ThreadStates::new(u32::MAX).activity(1, true);
        assert_eq!(gone, Activity::Idle);
    }
}
