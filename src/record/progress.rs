//! What a recording tells while it goes on. The library never prints.

use std::fmt;

/// Listens to a recording.
pub trait Progress {
    /// Something happened that a watching person would like to know.
    fn tell(&mut self, event: &Event);
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The program was started.
    Started {
        /// Its process.
        pid: u32,
    },
    /// It runs for a second or more, and no Python is in sight.
    WaitingForPython,
    /// Samples are being taken.
    Sampling {
        /// Of which process.
        pid: u32,
        /// Its Python version: `3.11.7`.
        python: String,
    },
    /// Another process of the program is followed.
    Following {
        /// Which.
        pid: u32,
    },
    /// The process replaced itself by another program (`exec`).
    Replaced {
        /// Which process.
        pid: u32,
        /// What it runs now.
        program: String,
    },
    /// The time is up; the program goes on.
    TimeUp,
    /// A signal was passed on to the program.
    Forwarded {
        /// Its number.
        signal: i32,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Started { pid } => write!(f, "started process {pid}"),
            Self::WaitingForPython => write!(f, "waiting for Python to start"),
            Self::Sampling { pid, python } => write!(f, "sampling Python {python}, process {pid}"),
            Self::Following { pid } => write!(f, "following process {pid}"),
            Self::Replaced { pid, program } => {
                write!(f, "process {pid} replaced itself by {program}")
            }
            Self::TimeUp => write!(f, "the time for samples is up; the program goes on"),
            Self::Forwarded { signal } => write!(f, "passed signal {signal} on to the program"),
        }
    }
}
