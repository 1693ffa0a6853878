//! Looks for the Python of a program: the program itself, or what it became or started.

use super::embedded::{Embedded, OpenError};
use super::process;
use std::time::Duration;

/// Looks for Python in a program again and again.
#[derive(Debug)]
pub(super) struct Finder {
    root: u32,
    blocking: bool,
    begun: Duration,
    /// The last Python that could not be opened, and why.
    failure: Option<Failure>,
}

/// A Python process that could not be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// Which.
    pub(super) pid: u32,
    /// Whether the system forbids it, so that waiting won't help.
    pub(super) denied: bool,
    /// Why.
    pub(super) reason: String,
}

impl Finder {
    /// Begins at `now` with the program whose first process is `root`: it may be a shell, a pyenv shim,
    /// `env`, `nice` or `uv run`, which become Python or start it. Each look at it is `blocking` or not.
    pub(super) fn new(root: u32, now: Duration, blocking: bool) -> Self {
        Self {
            root,
            blocking,
            begun: now,
            failure: None,
        }
    }

    /// Looks once: at the program first, then at what it started, the oldest first.
    pub(super) fn find(&mut self) -> Option<Embedded> {
        let processes = [self.root]
            .into_iter()
            .chain(process::descendants(self.root));
        let mut python = processes.filter(|&pid| process::may_be_python(pid));
        python.find_map(|pid| match Embedded::open(pid, self.blocking) {
            Ok(opened) => Some(opened),
            Err(error) => {
                self.failure = Some(Failure::new(pid, &error));
                None
            }
        })
    }

    /// Begins again at `now`.
    pub(super) fn restart(&mut self, now: Duration) {
        self.begun = now;
    }

    /// When to look again: the longer it takes, the less a moment matters.
    pub(super) fn next(&self, now: Duration) -> Duration {
        const SOONEST: Duration = Duration::from_millis(2);
        const LATEST: Duration = Duration::from_millis(100);
        now + (self.waited(now) / 20).clamp(SOONEST, LATEST)
    }

    /// How long it has been looking.
    pub(super) fn waited(&self, now: Duration) -> Duration {
        now.saturating_sub(self.begun)
    }

    /// The last Python that was there and could not be opened.
    pub(super) fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }
}

impl Failure {
    fn new(pid: u32, error: &OpenError) -> Self {
        Self {
            pid,
            denied: matches!(error, OpenError::Denied(_) | OpenError::FreeThreaded { .. }),
            reason: error.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn the_longer_it_looks_the_less_often() {
        let finder = Finder::new(1, 1000 * MS, false);
        let wait = |after: u32| {
            let now = (1000 + after) * MS;
            finder.next(now).saturating_sub(now)
        };
        assert_eq!(
            (wait(0), wait(200), wait(60_000)),
            (2 * MS, 10 * MS, 100 * MS)
        );
    }
}
