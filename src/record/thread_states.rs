//! Which threads of a process run, as the kernel says. See proc(5).

use super::process;
use super::stat::Stat;
use rustc_hash::FxHashMap;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};

/// So many threads have their file kept open. The others' are opened at each look.
const MOST_OPEN: usize = 128;

/// What was found so long ago may be otherwise. The kernel counts a running thread's time at its ticks, a hundred times a
/// second at least: what a thread ran in less than that, it does not tell.
const A_WHILE: Duration = Duration::from_millis(10);

/// The threads of a process.
#[derive(Debug)]
pub(super) struct ThreadStates {
    pid: u32,
    known: FxHashMap<u32, Known>,
    /// The kernel's numbers of threads by those that the process's own container gives them.
    inner: Option<FxHashMap<u64, u32>>,
    /// Those that ran when the process was stopped for this look, if it was.
    running: Option<Vec<u32>>,
}

#[derive(Debug, Default)]
struct Known {
    schedule: Option<File>,
    /// How long it had run when it was asked last, in nanoseconds, and when that was.
    ran: Option<(u64, Instant)>,
    /// When it was found to wait, if it was at the last question.
    waited: Option<Instant>,
}

impl ThreadStates {
    /// Of a process.
    pub(super) fn new(pid: u32) -> Self {
        Self {
            pid,
            known: FxHashMap::default(),
            inner: (!process::shares_our_numbers(pid)).then(FxHashMap::default),
            running: None,
        }
    }

    /// The process stands still: these ran before.
    pub(super) fn hold(&mut self, running: Vec<u32>) {
        self.running = Some(running);
    }

    /// Whether a thread runs now. One that waited and that `has_moved` no further in its Python is not asked again for a
    /// while: it can't have run but in C. Nor has one run that has used next to no time for a while: it waits, and wakes
    /// for a moment now and then to ask for the interpreter lock. That costs a fraction of asking for its state.
    pub(super) fn is_running(&mut self, thread: u32, has_moved: bool) -> bool {
        if let Some(running) = &self.running {
            return running.contains(&thread);
        }
        let now = Instant::now();
        let waited = self.known.get(&thread).and_then(|known| known.waited);
        if !has_moved && waited.is_some_and(|waited| now - waited < A_WHILE) {
            return false;
        }
        let hardly_ran = self.hardly_ran(thread, now).unwrap_or(false);
        let runs = !hardly_ran && Stat::read(thread).is_some_and(|stat| stat.state == b'R');
        if let Some(known) = self.known.get_mut(&thread) {
            known.waited = (!runs).then_some(now);
        }
        runs
    }

    /// None if it was asked only just now, or never.
    fn hardly_ran(&mut self, thread: u32, now: Instant) -> Option<bool> {
        let before = self.known.get(&thread).and_then(|known| known.ran);
        if before.is_some_and(|(_, asked)| now - asked < A_WHILE) {
            return None;
        }
        let ran = self.ran(thread)?;
        self.known.get_mut(&thread)?.ran = Some((ran, now));
        let (before, asked) = before?;
        Some(hardly_ran(ran - before.min(ran), now - asked))
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
            .filter_map(|thread| Some((inner_number(self.pid, thread)?, thread)))
            .collect();
        known.get(&inner).copied()
    }

    /// Nanoseconds on a processor, the first number of `schedstat`.
    fn ran(&mut self, thread: u32) -> Option<u64> {
        let open = self.known.len() < MOST_OPEN;
        let path = format!("/proc/{}/task/{thread}/schedstat", self.pid);
        let known = self.known.entry(thread).or_insert_with(|| Known {
            schedule: open.then(|| File::open(&path).ok()).flatten(),
            ..Known::default()
        });
        let mut line = [0; 64];
        let length = match &known.schedule {
            Some(file) => file.read_at(&mut line, 0).ok()?,
            None => return scheduled(&fs::read(&path).ok()?),
        };
        scheduled(&line[..length])
    }
}

/// A hundredth of the time is what waiting takes.
fn hardly_ran(nanoseconds: u64, of: Duration) -> bool {
    u128::from(nanoseconds) * 100 < of.as_nanos()
}

fn scheduled(line: &[u8]) -> Option<u64> {
    let number = line.split(u8::is_ascii_whitespace).next()?;
    str::from_utf8(number).ok()?.parse().ok()
}

/// The last number behind `NSpid:` is the one in the innermost container.
fn inner_number(pid: u32, thread: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/task/{thread}/status")).ok()?;
    let numbers = status
        .lines()
        .find_map(|line| line.strip_prefix("NSpid:"))?;
    numbers.split_ascii_whitespace().last()?.parse().ok()
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
        assert!(states.is_running(this_thread(), true));
        assert!(states.is_running(this_thread(), true));
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
        while states.is_running(thread, true) {
            std::thread::yield_now();
        }
        assert!(!states.is_running(thread, true));
        drop(end);
        waiting.join().expect("it ends");
    }

    #[test]
    fn a_process_among_us_has_our_numbers() {
        let mut states = ThreadStates::new(std::process::id());
        assert_eq!(states.number(77), Some(77));
        let inner = inner_number(std::process::id(), this_thread());
        assert_eq!(inner, Some(this_thread().into()));
    }

    #[test]
    fn threads_that_are_gone_do_not_run() {
        assert!(!ThreadStates::new(u32::MAX).is_running(1, true));
    }
}
