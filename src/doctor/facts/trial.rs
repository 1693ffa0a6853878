//! A Python that does nothing is started, and read: what `run` needs, tried.

use super::ask::NoAnswer;
use crate::record::{self, Error};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A shim that becomes Python has become it by then.
const LONGEST: Duration = Duration::from_secs(10);

/// A Python that can't be read by then is not just starting.
const STARTING: Duration = Duration::from_secs(3);

/// Waits until we let go of its input, also if we are killed.
const WAITING: &str = "import sys; sys.stdin.read()";

/// Whether a Python that we started can be read.
#[derive(Debug)]
pub enum Trial {
    /// It could.
    Read {
        /// Its version: `3.11.7`.
        python: String,
    },
    /// It could not.
    Failed(Error),
    /// It did not start, or ended at once.
    NotStarted(String),
}

impl Trial {
    pub(super) fn make(python: &Path) -> Self {
        match Running::start(python) {
            Ok(running) => running.try_to_read(),
            Err(NoAnswer::NotStarted(error)) => Self::NotStarted(error.to_string()),
            Err(NoAnswer::Failed(reason)) => Self::NotStarted(reason),
        }
    }
}

/// A Python that waits, and is ended when it is dropped.
struct Running(Child);

impl Running {
    fn start(python: &Path) -> Result<Self, NoAnswer> {
        let mut command = Command::new(python);
        // Nothing of the user's is imported.
        command.args(["-I", "-S", "-c", WAITING]);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.spawn().map(Self).map_err(NoAnswer::NotStarted)
    }

    fn try_to_read(mut self) -> Trial {
        let begun = Instant::now();
        loop {
            match record::probe(self.0.id()).and_then(|probe| probe.python) {
                Ok(python) => return Trial::Read { python },
                Err(error @ (Error::Denied { .. } | Error::FreeThreaded { .. })) => {
                    return Trial::Failed(error);
                }
                Err(_) if self.has_ended() => {
                    return Trial::NotStarted("it ended at once".into());
                }
                Err(error) if begun.elapsed() >= patience(&error) => return Trial::Failed(error),
                Err(_) => thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    fn has_ended(&mut self) -> bool {
        !matches!(self.0.try_wait(), Ok(None))
    }
}

/// How long an error may pass by itself.
fn patience(error: &Error) -> Duration {
    match error {
        Error::Unreadable { .. } => STARTING,
        _ => LONGEST,
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_and_what_ends_at_once_are_not_started() {
        for program in ["/nowhere/python3", "false"] {
            let trial = Trial::make(Path::new(program));
            assert!(matches!(trial, Trial::NotStarted(_)), "{trial:?}");
        }
    }
}
