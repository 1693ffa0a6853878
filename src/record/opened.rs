//! A Python process that is being sampled, from its opening to its end.

use super::embedded::Embedded;
use super::processor;
use super::sampler::Sampler;
use super::session::{Session, Standing};
use super::subject::Subject;
use crate::profile::CpuSeconds;
use std::ops::Range;
use std::time::{Duration, Instant};

/// A process that is sampled.
pub(super) struct Opened {
    sampler: Embedded,
    subject: Subject,
    since: Duration,
}

/// A process that was sampled.
#[derive(Clone, Debug, Default)]
pub(super) struct Stay {
    /// What it was.
    pub(super) subject: Subject,
    /// When it was sampled, since the start of the recording.
    pub(super) span: Range<Duration>,
    /// CPU time that it used meanwhile.
    pub(super) cpu: Option<CpuSeconds>,
}

impl Opened {
    /// Begins to sample at `since`.
    pub(super) fn new(sampler: Embedded, since: Duration) -> Self {
        let subject = Subject::read(sampler.pid(), sampler.python());
        Self {
            sampler,
            subject,
            since,
        }
    }

    /// The process.
    pub(super) fn pid(&self) -> u32 {
        self.sampler.pid()
    }

    /// Since when it is sampled.
    pub(super) fn since(&self) -> Duration {
        self.since
    }

    /// Its Python version: `3.11.7`.
    pub(super) fn python(&self) -> String {
        self.subject.python.clone()
    }

    /// Who profiles or traces it, where that can be told from outside.
    pub(super) fn watcher(&self) -> Option<&'static str> {
        self.sampler.watcher()
    }

    /// Looks, and lets the program alone for as long as that took of its time. The time counts from `clock`.
    pub(super) fn look(&mut self, session: &mut Session, clock: Instant) -> Standing {
        let (now, before) = (clock.elapsed(), processor::computed());
        let standing = session.look(&mut self.sampler, now);
        let computed = processor::computed().saturating_sub(before);
        session.cost(computed);
        let rest = self.sampler.rest(computed);
        session.rest(now, clock.elapsed(), rest);
        standing
    }

    /// Ends at `now`.
    pub(super) fn close(mut self, now: Duration) -> Stay {
        Stay {
            cpu: self.sampler.cpu(),
            subject: self.subject,
            span: self.since..now.max(self.since),
        }
    }
}
