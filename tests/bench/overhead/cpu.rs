//! What `/proc` says of a process's CPU time.

use std::time::Duration;

/// The line of `/proc/PID/stat`, as far as it is needed; see proc(5).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stat {
    state: u8,
    /// User and system time of all threads. Linux says hundredths of a second here, whatever its own tick is.
    pub(crate) cpu: Duration,
}

impl Stat {
    pub(crate) fn read(pid: u32) -> Option<Self> {
        let line = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (_, rest) = line.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
        // The first of these fields is number 3 of proc(5).
        let ticks = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
        Some(Self {
            state: *fields.first()?.as_bytes().first()?,
            cpu: Duration::from_millis((ticks(14)? + ticks(15)?) * 10),
        })
    }

    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.state, b'Z' | b'X' | b'x')
    }
}
