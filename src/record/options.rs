//! How to record.

use super::Error;
use crate::profile::Hertz;
use std::path::PathBuf;
use std::time::Duration;

/// How to record.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// How often to look, in looks per second. Default 200: a few hundred samples of a program of
    /// seconds, at a cost that can't be measured.
    pub rate: Hertz,
    /// How long to take samples, from the program's start or from the moment of attaching. Default:
    /// until the program ends. A started program is waited for in any case.
    pub duration: Option<Duration>,
    /// Whether to stop the program for each look. Default false: it goes on while its memory is read, and a stack
    /// that changes meanwhile is read again. Stopped, every stack is exact to the instruction; a look then costs the
    /// program 0.1 ms and more for each of many threads, and breaks off its system calls, which begin again.
    pub blocking: bool,
    /// Whether to sample the Python processes too that the program starts, and those that they start. Default false.
    pub subprocesses: bool,
    /// Whether to look at the values of variables, a few times a second. Default true.
    pub observe: bool,
    /// A folder, to be made and removed, for an agent that counts the calls of hot functions inside the program, at a
    /// fiftieth of its time at most. A program that runs already takes it in from Python 3.14 on. Default none: no calls
    /// are counted.
    pub agent: Option<PathBuf>,
    /// A folder for the samples of a long recording, in a file that has no name there. Default none: they are kept in
    /// memory.
    pub scratch: Option<PathBuf>,
}

/// How to look at a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Manner {
    /// See [`Options::blocking`].
    pub(super) blocking: bool,
    /// See [`Options::observe`].
    pub(super) observe: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rate: Hertz(200.0),
            duration: None,
            blocking: false,
            subprocesses: false,
            observe: true,
            agent: None,
            scratch: None,
        }
    }
}

impl Options {
    /// Beyond this a look takes longer than its interval.
    pub const HIGHEST_RATE: Hertz = Hertz(10_000.0);
    /// Below this a program would have to run for hours.
    pub const LOWEST_RATE: Hertz = Hertz(0.1);

    pub(super) fn manner(&self) -> Manner {
        Manner {
            blocking: self.blocking,
            observe: self.observe,
        }
    }

    /// Whether these can be recorded with; to be asked before any work.
    pub fn check(&self) -> Result<(), Error> {
        let Hertz(rate) = self.rate;
        if (Self::LOWEST_RATE.0..=Self::HIGHEST_RATE.0).contains(&rate) {
            Ok(())
        } else {
            Err(Error::Rate { rate: self.rate })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(rate: f64) -> bool {
        let options = Options {
            rate: Hertz(rate),
            ..Options::default()
        };
        options.check().is_ok()
    }

    #[test]
    fn rates_that_cannot_be_kept_are_refused() {
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY, 10_001.0] {
            assert!(!accepted(rate), "{rate}");
        }
    }

    #[test]
    fn usual_rates_are_accepted() {
        for rate in [0.1, 1.0, 200.0, 10_000.0] {
            assert!(accepted(rate), "{rate}");
        }
    }
}
