//! The files in which the kernel says of one thread what it does. See proc(5).

use super::stat::{self, Stat};
use super::system_call::Told;
use rustix::process::{Resource, getrlimit};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The longest of them but `stat`: nine numbers of at most 20 characters.
const LONGEST: usize = 200;

/// How many files may be kept open, of all processes together: a quarter of what we may have.
static MOST_KEPT: LazyLock<u64> = LazyLock::new(|| {
    let most = getrlimit(Resource::Nofile).current;
    most.map_or(MANY, |most| most / 4).min(MANY)
});
const MANY: u64 = 512;
static KEPT: AtomicU64 = AtomicU64::new(0);

/// Those of one thread: kept open, which takes half the time where they are read again.
#[derive(Debug)]
pub(super) struct ThreadFiles {
    schedule: ProcFile,
    call: ProcFile,
    stat: ProcFile,
}

impl ThreadFiles {
    /// Those of a thread.
    pub(super) fn of(pid: u32, thread: u32) -> Self {
        let file = |name| ProcFile::of(format!("/proc/{pid}/task/{thread}/{name}"));
        Self {
            schedule: file("schedstat"),
            call: file("syscall"),
            stat: file("stat"),
        }
    }

    /// How long it ran on a processor, in nanoseconds.
    pub(super) fn ran(&mut self) -> Option<u64> {
        self.schedule.read::<LONGEST, _>(first_number)
    }

    /// The system call that it is in.
    pub(super) fn call(&mut self) -> Option<Told> {
        self.call.read::<LONGEST, _>(Told::of)
    }

    /// Its state and where it runs.
    pub(super) fn stat(&mut self) -> Option<Stat> {
        self.stat.read::<{ stat::LONGEST }, _>(Stat::parse)
    }
}

fn first_number(line: &[u8]) -> Option<u64> {
    let number = line.split(u8::is_ascii_whitespace).next()?;
    str::from_utf8(number).ok()?.parse().ok()
}

#[derive(Debug)]
struct ProcFile {
    path: String,
    kept: Option<Kept>,
}

impl ProcFile {
    fn of(path: String) -> Self {
        Self { path, kept: None }
    }

    /// What it says, in one piece. What was kept of a thread that has ended says no more, and is not kept any longer.
    fn read<const LENGTH: usize, R>(&mut self, told: impl FnOnce(&[u8]) -> Option<R>) -> Option<R> {
        let mut line = [0; LENGTH];
        if let Some(kept) = self.kept.take() {
            let length = kept.0.read_at(&mut line, 0).ok()?;
            self.kept = Some(kept);
            return told(&line[..length]);
        }
        let file = File::open(&self.path).ok()?;
        let length = file.read_at(&mut line, 0).ok()?;
        self.kept = Kept::keep(file);
        told(&line[..length])
    }
}

#[derive(Debug)]
struct Kept(File);

impl Kept {
    fn keep(file: File) -> Option<Self> {
        let one_more = |kept| (kept < *MOST_KEPT).then_some(kept + 1);
        let may = KEPT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more);
        may.is_ok().then(|| Self(file))
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        KEPT.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_kept_and_read_again() {
        let mut files = ThreadFiles::of(std::process::id(), std::process::id());
        for _ in 0..2 {
            assert!(files.ran().is_some());
            assert!(files.call().is_some());
            assert!(files.stat().is_some_and(|stat| !stat.has_ended()));
            assert!(files.call.kept.is_some());
        }
    }

    #[test]
    fn the_first_number_of_a_schedule_is_the_time_that_it_ran() {
        assert_eq!(first_number(b"201765129 10683701 126\n"), Some(201_765_129));
        assert_eq!(first_number(b""), None);
    }

    #[test]
    fn a_thread_that_is_gone_says_nothing() {
        let (numbers, number) = std::sync::mpsc::channel();
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            let number = rustix::thread::gettid().as_raw_nonzero().get();
            numbers
                .send(number.unsigned_abs())
                .expect("somebody listens");
            ended.recv().expect_err("nobody sends");
        });
        let mut files = ThreadFiles::of(std::process::id(), number.recv().expect("its number"));
        assert!(files.stat().is_some());
        drop(end);
        thread.join().expect("it ends");
        while files.stat().is_some() {
            std::thread::yield_now();
        }
        assert!(files.stat.kept.is_none());
    }
}
