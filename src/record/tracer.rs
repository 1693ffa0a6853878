//! Who traces a process: a debugger mostly, which may have stopped it.

use super::process;
use std::fmt;
use std::fs;

/// A process that traces another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracer {
    /// The process.
    pub pid: u32,
    /// What it runs: `gdb`.
    pub program: String,
    /// The one of its threads that does it.
    thread: u32,
}

impl Tracer {
    /// Of a process or thread, if somebody traces it who can be seen from here.
    pub(super) fn of(pid: u32) -> Option<Self> {
        let thread = field(pid, "TracerPid:").filter(|&thread| thread != 0)?;
        Some(Self {
            pid: field(thread, "Tgid:").unwrap_or(thread),
            program: process::name(thread).unwrap_or_else(|| "another program".into()),
            thread,
        })
    }
}

impl fmt::Display for Tracer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (process {})", self.program, self.pid)
    }
}

/// A number of `/proc/PID/status`; see proc(5).
fn field(pid: u32, name: &str) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let mut lines = status.lines();
    let number = lines.find_map(|line| line.strip_prefix(name))?;
    number.trim().parse().ok()
}

/// Watches for who traces a program and stays. Another rustbound that stops it for its looks is not the same thread
/// at the next.
#[derive(Debug, Default)]
pub(super) struct TracerWatch {
    last: Option<Tracer>,
    found: Option<(u32, Tracer)>,
}

impl TracerWatch {
    /// Looks once at a process.
    pub(super) fn survey(&mut self, pid: u32) {
        self.see(pid, Tracer::of(pid));
    }

    fn see(&mut self, pid: u32, tracer: Option<Tracer>) {
        if let Some(tracer) = tracer.clone().filter(|_| tracer == self.last) {
            self.found = Some((pid, tracer));
        }
        self.last = tracer;
    }

    /// Which process was traced, and by whom.
    pub(super) fn found(&self) -> Option<&(u32, Tracer)> {
        self.found.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tracer(thread: u32) -> Tracer {
        Tracer {
            pid: 12,
            program: "gdb".into(),
            thread,
        }
    }

    #[test]
    fn a_tracer_is_its_program_and_process() {
        assert_eq!(tracer(13).to_string(), "gdb (process 12)");
    }

    #[test]
    fn nobody_traces_us_and_nobody_traces_nobody() {
        assert_eq!(Tracer::of(u32::MAX), None);
        assert_eq!(field(std::process::id(), "Tgid:"), Some(std::process::id()));
    }

    #[test]
    fn who_stays_is_found_and_who_passes_is_not() {
        let check = |seen: &[Option<u32>], expected| {
            let mut watch = TracerWatch::default();
            for thread in seen {
                watch.see(7, thread.map(tracer));
            }
            assert_eq!(watch.found().is_some(), expected, "{seen:?}");
        };
        check(&[Some(1), Some(1)], true);
        check(&[Some(1), Some(1), None], true);
        check(&[Some(1), Some(2), Some(3)], false);
        check(&[Some(1), None, Some(1)], false);
    }
}
