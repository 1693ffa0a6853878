//! A program that runs: found, opened, looked at, and opened again when it changes.

use super::embedded::Embedded;
use super::family::{Family, Likeness};
use super::finder::Finder;
use super::outcome::{Outcome, Sampled};
use super::process;
use super::processor;
use super::sampler::Sampler;
use super::session::{Session, Standing};
use super::subject::Subject;
use super::tracer::TracerWatch;
use super::{Event, Options, Progress};
use std::time::{Duration, Instant};

/// How often to look around for other processes.
const SURVEY: Duration = Duration::from_millis(100);
/// After this, someone who watches wonders where Python is.
const WONDER: Duration = Duration::from_secs(1);

/// A running program and what is recorded of it.
pub(super) struct Live<'a> {
    clock: Instant,
    options: &'a Options,
    progress: &'a mut dyn Progress,
    state: State,
    session: Session,
    sampled: Sampled,
    finder: Finder,
    family: Family,
    tracers: TracerWatch,
    next_survey: Duration,
    told_waiting: bool,
    replaced: Option<Replaced>,
}

enum State {
    /// Looking for Python, again at this time.
    Searching(Duration),
    /// Sampling.
    Sampling(Box<Opened>),
    /// The time is up.
    Finished,
}

struct Opened {
    sampler: Embedded,
    subject: Subject,
    since: Duration,
}

/// A process that has another program image than the one which was sampled, or is about to end.
struct Replaced {
    pid: u32,
    /// What it runs now, once that can be seen: then it did not end.
    by: Option<String>,
}

impl<'a> Live<'a> {
    /// The program whose first process is `root`, from now on.
    pub(super) fn new(root: u32, options: &'a Options, progress: &'a mut dyn Progress) -> Self {
        Self {
            clock: Instant::now(),
            options,
            progress,
            state: State::Searching(Duration::ZERO),
            session: Session::new(options.rate, options.scratch.as_deref()),
            sampled: Sampled::default(),
            finder: Finder::new(root, Duration::ZERO, options.manner()),
            family: Family::new(root),
            tracers: TracerWatch::default(),
            next_survey: Duration::ZERO,
            told_waiting: false,
            replaced: None,
        }
    }

    /// When there is something to do; never again once the time is up.
    pub(super) fn due(&self) -> Option<Instant> {
        let due = match &self.state {
            State::Searching(next) => *next,
            State::Sampling(_) => self.session.due(),
            State::Finished => return None,
        };
        let due = self.options.duration.map_or(due, |end| due.min(end));
        Some(self.clock + due)
    }

    /// Whether the time for samples is up.
    pub(super) fn is_finished(&self) -> bool {
        matches!(self.state, State::Finished)
    }

    /// Does what is due.
    pub(super) fn turn(&mut self) {
        let now = self.clock.elapsed();
        if self.options.duration.is_some_and(|end| now >= end) {
            self.close(now);
            self.state = State::Finished;
            return self.tell(&Event::TimeUp);
        }
        match &self.state {
            State::Searching(_) => self.search(now),
            State::Sampling(_) => self.look(now),
            State::Finished => {}
        }
        if now >= self.next_survey {
            self.next_survey = now + SURVEY;
            self.survey();
        }
    }

    fn survey(&mut self) {
        self.family.survey();
        if let State::Sampling(opened) = &self.state {
            self.tracers.survey(opened.sampler.pid());
        }
    }

    /// Tells whoever listens.
    pub(super) fn tell(&mut self, event: &Event) {
        self.progress.tell(event);
    }

    fn search(&mut self, now: Duration) {
        // A shim has become Python, or a program that is over soon would not be known by the next survey.
        self.family.see_root();
        self.ask_what_replaced_it();
        if let Some(found) = self.finder.find() {
            return self.open(found);
        }
        if self.finder.waited(now) >= WONDER && !self.told_waiting {
            self.told_waiting = true;
            self.tell(&Event::WaitingForPython);
        }
        self.state = State::Searching(self.finder.next(now));
    }

    fn ask_what_replaced_it(&mut self) {
        let Some(Replaced { pid, by }) = &mut self.replaced else {
            return;
        };
        let Some(program) = process::name(*pid) else {
            return;
        };
        let (pid, first_sight) = (*pid, by.is_none());
        *by = Some(program.clone());
        if first_sight {
            self.tell(&Event::Replaced { pid, program });
        }
    }

    /// Begins to sample.
    pub(super) fn open(&mut self, sampler: Embedded) {
        let since = self.clock.elapsed();
        let pid = sampler.pid();
        let subject = Subject::read(pid, sampler.python());
        self.tell(&Event::Sampling {
            pid,
            python: subject.python.clone(),
        });
        self.replaced = None;
        self.family.follow(pid);
        self.session.resume(since);
        self.state = State::Sampling(Box::new(Opened {
            sampler,
            subject,
            since,
        }));
    }

    fn look(&mut self, now: Duration) {
        let State::Sampling(opened) = &mut self.state else {
            return;
        };
        let pid = opened.sampler.pid();
        let before = processor::computed();
        let standing = self.session.look(&mut opened.sampler, now);
        let computed = processor::computed().saturating_sub(before);
        self.session.cost(computed);
        let rest = opened.sampler.rest(computed);
        self.session.rest(now, self.clock.elapsed(), rest);
        match standing {
            Standing::Open => return,
            Standing::Replaced => self.replaced = Some(Replaced { pid, by: None }),
            Standing::Stale | Standing::Gone => {}
        }
        self.close(now);
    }

    /// Ends sampling a process, if one is sampled, and looks for the next.
    fn close(&mut self, now: Duration) {
        let searching = State::Searching(now);
        if let State::Sampling(opened) = std::mem::replace(&mut self.state, searching) {
            let mut opened = *opened;
            let wall = now.saturating_sub(opened.since);
            let cpu = opened.sampler.cpu();
            self.sampled.add(opened.subject, wall, cpu);
        }
        self.finder.restart(now);
    }

    /// What the program's first process ran: to be compared with what it may have left behind.
    pub(super) fn likeness(&self) -> Option<Likeness> {
        self.family.likeness().cloned()
    }

    /// Ends the recording, while the last of an ended process is still to be read in `/proc`.
    pub(super) fn finish(mut self, program_ended: bool) -> Outcome {
        let ran = self.clock.elapsed();
        let watched_to_the_end = program_ended && !self.is_finished();
        self.close(ran);
        Outcome {
            session: self.session,
            rate: self.options.rate,
            ran: watched_to_the_end.then_some(ran),
            sampled: self.sampled,
            failure: self.finder.failure().cloned(),
            became: self.replaced.and_then(|replaced| replaced.by),
            unfollowed: self.family.unfollowed(),
            traced: self.tracers.found().cloned(),
        }
    }
}
