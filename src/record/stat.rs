//! The line of `/proc/PID/stat`: what a process does, its parent, its CPU time.

use crate::profile::CpuSeconds;
use rustix::time::{ClockId, clock_gettime};
use std::fs::File;
use std::io::Read;
use std::time::Duration;

/// `/proc/PID/stat` counts CPU time in hundredths of a second on every architecture that Python and
/// Rust share (`USER_HZ`), whatever the kernel's own tick is.
const TICKS_PER_SECOND: f64 = 100.0;

/// The line has 52 numbers of at most 20 digits, and a name of at most 64 bytes.
pub(super) const LONGEST: usize = 1200;

/// The line of `/proc/PID/stat`, as far as it is needed; see proc(5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stat {
    /// What it does: `R` runs, `S` and `D` wait, `T` and `t` are stopped, `Z` and `X` have ended.
    pub(super) state: u8,
    /// The parent's process.
    pub(super) parent: u32,
    /// The process group.
    pub(super) group: u32,
    /// User and system time of all threads, also those that ended.
    cpu_ticks: u64,
    /// When it started, in ticks since the machine did.
    pub(super) start: u64,
    /// Where its code and its first stack begin: another program, another image.
    pub(super) image: (u64, u64),
    /// The smaller, the more important: 20 for most, below 0 for real-time threads.
    pub(super) priority: i64,
    /// The processor that it runs on, or ran on last.
    pub(super) processor: Option<usize>,
}

impl Stat {
    /// Of a process, or of a thread by its own number; none if there is no such.
    pub(super) fn read(pid: u32) -> Option<Self> {
        Self::read_file(&format!("/proc/{pid}/stat"))
    }

    /// Of one thread of a process: its times are its own, and so it is cheaper to ask for.
    pub(super) fn of_thread(pid: u32, thread: u32) -> Option<Self> {
        Self::read_file(&format!("/proc/{pid}/task/{thread}/stat"))
    }

    fn read_file(path: &str) -> Option<Self> {
        // In one piece: this is read at every look, in the program's place.
        let mut line = [0; LONGEST];
        let mut file = File::open(path).ok()?;
        let length = file.read(&mut line).ok()?;
        Self::parse(&line[..length])
    }

    /// The name in parentheses may hold anything, parentheses and newlines too: numbers begin behind
    /// the last one.
    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        let name_end = line.iter().rposition(|&byte| byte == b')')?;
        let fields = str::from_utf8(&line[name_end + 1..]).ok()?;
        let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
        // The first of these fields is number 3 of proc(5).
        let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
        Some(Self {
            state: *fields.first()?.as_bytes().first()?,
            parent: u32::try_from(number(4)?).ok()?,
            group: u32::try_from(number(5)?).ok()?,
            cpu_ticks: number(14)? + number(15)?,
            start: number(22)?,
            image: (number(26)?, number(28)?),
            priority: fields.get(18 - 3)?.parse().ok()?,
            processor: number(39).and_then(|number| usize::try_from(number).ok()),
        })
    }

    /// How long ago it started.
    pub(super) fn age(&self) -> Duration {
        let now = clock_gettime(ClockId::Boottime);
        let now = Duration::try_from(now).unwrap_or_default();
        now.saturating_sub(Duration::from_secs_f64(
            self.start as f64 / TICKS_PER_SECOND,
        ))
    }

    /// Whether it ended, and only its parent keeps it in the list.
    pub(super) fn has_ended(&self) -> bool {
        matches!(self.state, b'Z' | b'X' | b'x')
    }

    /// Whether it was stopped, by Ctrl-Z for one.
    pub(super) fn is_stopped(&self) -> bool {
        matches!(self.state, b'T' | b't')
    }

    /// CPU time of all threads, to 20 ms: two numbers that are each rounded down to 10 ms.
    pub(super) fn cpu(&self) -> CpuSeconds {
        CpuSeconds(self.cpu_ticks as f64 / TICKS_PER_SECOND)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str) -> Vec<u8> {
        let numbers = "S 1233 1230 1229 34816 1300 4194304 100 0 1 0 250 31 0 0 20 0 3 0 178909 \
            12345 678 18446744073709551615 94000 95000 140000 0 0 0 0 16781312 0 1 0 0 17 1 0 0 0 0 0\n";
        format!("1234 ({name}) {numbers}").into_bytes()
    }

    fn check(name: &str) {
        let stat = Stat::parse(&line(name)).expect("a whole line");
        let expected = Stat {
            state: b'S',
            parent: 1233,
            group: 1230,
            cpu_ticks: 281,
            start: 178_909,
            image: (94000, 140_000),
            priority: 20,
            processor: Some(1),
        };
        assert_eq!(stat, expected, "{name:?}");
    }

    #[test]
    fn a_name_may_hold_anything() {
        for name in ["python3", "a b", ") (", ") R 1 2 3", "x\ny", "((", "))", ""] {
            check(name);
        }
    }

    #[test]
    fn a_name_need_not_be_utf8() {
        let mut bytes = line("xx");
        bytes[6..8].copy_from_slice(b"\xc3\x28");
        assert!(Stat::parse(&bytes).is_some());
    }

    #[test]
    fn a_line_cut_anywhere_is_no_process_and_no_panic() {
        let whole = line("python3");
        // Everything up to field 28 is needed.
        let needed = whole
            .windows(6)
            .position(|part| part == b"140000")
            .expect("is there");
        for end in 0..needed {
            assert_eq!(Stat::parse(&whole[..end]), None, "cut at {end}");
        }
    }

    #[test]
    fn cpu_time_is_user_and_system_time() {
        let stat = Stat::parse(&line("python3")).expect("a whole line");
        assert_eq!(stat.cpu(), CpuSeconds(2.81));
    }

    #[test]
    fn this_very_process_runs() {
        let stat = Stat::read(std::process::id()).expect("we are here");
        assert!(!stat.has_ended() && !stat.is_stopped());
        assert!(stat.age() < Duration::from_hours(1));
    }
}
