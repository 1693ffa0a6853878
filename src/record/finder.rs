//! Looks for the Python of a program: the program itself, or what it became or started.

use super::embedded::{Embedded, OpenError};
use super::options::Manner;
use super::process;
use super::stat::Stat;
use std::time::Duration;

/// Looks for Python in a program again and again.
#[derive(Debug)]
pub(super) struct Finder {
    root: u32,
    manner: Manner,
    begun: Duration,
    /// The last Python that could not be opened, and why.
    failure: Option<Failure>,
}

/// A Python process that could not be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// Which.
    pub(super) pid: u32,
    /// Whether the system forbids it, or its Python is one that can't be sampled: waiting won't help.
    pub(super) denied: bool,
    /// Which program it ran then; none if it ended meanwhile.
    pub(super) image: Option<(u64, u64)>,
    /// Why.
    pub(super) reason: String,
}

impl Finder {
    /// Begins at `now` with the program whose first process is `root`: it may be a shell, a pyenv shim,
    /// `env`, `nice` or `uv run`, which become Python or start it. It is looked at in this manner.
    pub(super) fn new(root: u32, now: Duration, manner: Manner) -> Self {
        Self {
            root,
            manner,
            begun: now,
            failure: None,
        }
    }

    /// Looks once: at the program first, then at what it started, the oldest first.
    pub(super) fn find(&mut self) -> Option<Embedded> {
        self.find_beside(|_| false)
    }

    /// The same, without the processes that are sampled already.
    pub(super) fn find_beside(&mut self, is_sampled: impl Fn(u32) -> bool) -> Option<Embedded> {
        let processes = [self.root]
            .into_iter()
            .chain(process::descendants(self.root));
        let others = processes.filter(|&pid| !is_sampled(pid));
        let python = others.filter(|&pid| process::may_be_python(pid) && !self.is_hopeless(pid));
        let python: Vec<u32> = python.collect();
        python
            .into_iter()
            .find_map(|pid| match Embedded::open(pid, self.manner) {
                Ok(opened) => Some(opened),
                Err(error) => {
                    self.fail(Failure::new(pid, &error));
                    None
                }
            })
    }

    /// A reason that stays is not forgotten for one that passes.
    fn fail(&mut self, failure: Failure) {
        let stays = self.failure.as_ref().is_some_and(|before| before.denied);
        if !stays || failure.denied {
            self.failure = Some(failure);
        }
    }

    /// Whether it could not be opened and still runs the same program.
    fn is_hopeless(&self, pid: u32) -> bool {
        let failure = self.failure.as_ref();
        failure.is_some_and(|it| it.denied && it.pid == pid && it.image == image(pid))
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
    /// Of a process that did not open.
    pub(super) fn new(pid: u32, error: &OpenError) -> Self {
        Self {
            pid,
            denied: matches!(error, OpenError::Denied(_) | OpenError::FreeThreaded { .. }),
            image: image(pid),
            reason: error.to_string(),
        }
    }
}

fn image(pid: u32) -> Option<(u64, u64)> {
    Stat::read(pid).map(|stat| stat.image)
}

#[cfg(test)]
mod tests {
    use super::super::Options;
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn the_longer_it_looks_the_less_often() {
        let finder = Finder::new(1, 1000 * MS, Options::default().manner());
        let wait = |after: u32| {
            let now = (1000 + after) * MS;
            finder.next(now).saturating_sub(now)
        };
        assert_eq!(
            (wait(0), wait(200), wait(60_000)),
            (2 * MS, 10 * MS, 100 * MS)
        );
    }

    #[test]
    fn a_reason_that_stays_is_kept() {
        let mut finder = Finder::new(1, Duration::ZERO, Options::default().manner());
        let failure = |error| Failure::new(std::process::id(), &error);
        let version = "3.14.0".to_owned();
        finder.fail(failure(OpenError::FreeThreaded { version }));
        finder.fail(failure(OpenError::NoInterpreter("it ended".into())));
        let kept = finder.failure().expect("there is one");
        assert!(kept.reason.contains("free-threaded"), "{}", kept.reason);
        assert!(finder.is_hopeless(std::process::id()));
        assert!(!finder.is_hopeless(u32::MAX));
    }
}
