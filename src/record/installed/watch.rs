//! The program beside which py-spy runs: found, handed to it, and told about.

use super::super::family::Family;
use super::super::finder::Finder;
use super::super::run::lossy;
use super::super::subject::{self, Subject};
use super::super::{Event, Note, Options, Progress};
use super::spy::Spy;
use crate::profile::{Nanoseconds, Profile, Run};
use std::path::Path;
use std::time::{Duration, Instant};

/// How often to look after py-spy and at other processes.
const ROUND: Duration = Duration::from_millis(50);

/// A Python that is starting can't be read yet, and py-spy gives up at once.
const TRIES: u32 = 5;

/// A program that ran for so long had its chance.
const LONG: Duration = Duration::from_secs(1);

/// A program, and the py-spy that looks at it.
pub(super) struct Watch<'a> {
    clock: Instant,
    binary: &'a Path,
    options: &'a Options,
    progress: &'a mut dyn Progress,
    state: State,
    finder: Finder,
    family: Family,
    tries: u32,
    profile: Option<Profile>,
    failure: Option<String>,
}

enum State {
    /// Looking for Python, again at this time.
    Searching(Duration),
    /// py-spy runs.
    Sampling(Box<Sampling>),
    /// There is nothing more to sample.
    Finished,
}

struct Sampling {
    spy: Spy,
    subject: Subject,
    since: Duration,
    next: Duration,
}

/// What came of it.
pub(super) struct Watched {
    pub(super) profile: Profile,
    pub(super) notes: Vec<Note>,
    /// Why py-spy gave nothing.
    pub(super) failure: Option<String>,
}

impl<'a> Watch<'a> {
    /// The program whose first process is `root`, from now on.
    pub(super) fn new(
        binary: &'a Path,
        root: u32,
        options: &'a Options,
        progress: &'a mut dyn Progress,
    ) -> Self {
        Self {
            clock: Instant::now(),
            binary,
            options,
            progress,
            state: State::Searching(Duration::ZERO),
            finder: Finder::new(root, Duration::ZERO, options.manner()),
            family: Family::new(root),
            tries: 0,
            profile: None,
            failure: None,
        }
    }

    /// When there is something to do; never again once sampling is over.
    pub(super) fn due(&self) -> Option<Instant> {
        let due = match &self.state {
            State::Searching(next) => *next,
            State::Sampling(sampling) => sampling.next,
            State::Finished => return None,
        };
        let due = self.options.duration.map_or(due, |end| due.min(end));
        Some(self.clock + due)
    }

    /// Whether sampling is over.
    pub(super) fn is_finished(&self) -> bool {
        matches!(self.state, State::Finished)
    }

    /// Tells whoever listens.
    pub(super) fn tell(&mut self, event: &Event) {
        self.progress.tell(event);
    }

    /// Does what is due.
    pub(super) fn turn(&mut self) {
        let now = self.clock.elapsed();
        if self.options.duration.is_some_and(|end| now >= end) {
            self.close(now);
            self.state = State::Finished;
            return self.tell(&Event::TimeUp);
        }
        match &mut self.state {
            State::Searching(_) => self.search(now),
            State::Sampling(sampling) => {
                sampling.next = now + ROUND;
                if sampling.spy.has_ended() {
                    self.ended(now);
                }
            }
            State::Finished => {}
        }
        self.family.survey();
    }

    fn search(&mut self, now: Duration) {
        let Some(found) = self.finder.find() else {
            self.state = State::Searching(self.finder.next(now));
            return;
        };
        let (pid, python) = (found.pid(), found.python());
        drop(found);
        self.tries += 1;
        match Spy::start(self.binary, pid, self.options) {
            Ok(spy) => {
                let subject = Subject::read(pid, python.clone());
                self.family.follow(pid);
                self.tell(&Event::Sampling { pid, python });
                self.state = State::Sampling(Box::new(Sampling {
                    spy,
                    subject,
                    since: now,
                    next: now + ROUND,
                }));
            }
            Err(error) => {
                self.failure = Some(error.to_string());
                self.state = State::Finished;
            }
        }
    }

    /// py-spy ended before the program did: that may have been starting.
    fn ended(&mut self, now: Duration) {
        self.close(now);
        let again = self.profile.is_none() && self.tries < TRIES;
        self.state = if again {
            State::Searching(now + ROUND)
        } else {
            State::Finished
        };
    }

    /// Takes what py-spy has, if it runs.
    fn close(&mut self, now: Duration) {
        let State::Sampling(sampling) = std::mem::replace(&mut self.state, State::Finished) else {
            return;
        };
        let Sampling {
            spy,
            subject,
            since,
            ..
        } = *sampling;
        match spy.read() {
            Ok(mut profile) => {
                let script = subject.script().map(lossy);
                profile.run = Run {
                    script: script.or_else(|| subject::module_file(&profile)),
                    root: subject.root,
                    python: Some(subject.python),
                    wall: Nanoseconds::from(now.saturating_sub(since)),
                    rate: Some(self.options.rate),
                    ..Run::default()
                };
                self.failure = None;
                self.profile = Some(profile);
            }
            Err(reason) => self.failure = Some(reason),
        }
    }

    /// Ends the sampling.
    pub(super) fn finish(mut self) -> Watched {
        self.close(self.clock.elapsed());
        let mut notes: Vec<Note> = self.note_on_nothing().into_iter().collect();
        // py-spy follows what it is asked to, and does not tell what it left out.
        let processes = if self.options.subprocesses {
            0
        } else {
            self.family.unfollowed()
        };
        notes.extend((processes > 0).then_some(Note::NotFollowed { processes }));
        Watched {
            profile: self.profile.unwrap_or_default(),
            notes,
            failure: self.failure,
        }
    }

    /// Why there is no profile, if there is none.
    fn note_on_nothing(&self) -> Option<Note> {
        if self.profile.is_some() {
            return None;
        }
        let ran = self.clock.elapsed();
        let unreadable = self.finder.failure();
        if self.failure.is_none() && unreadable.is_none() {
            return Some(Note::NeverPython);
        }
        // In the first moments of a Python nothing can be read yet.
        if ran < LONG && unreadable.is_none_or(|failure| !failure.denied) {
            let ran = Nanoseconds::from(ran);
            return Some(Note::Short { ran, ticks: 0 });
        }
        let said = self.failure.clone().map(|reason| Note::PySpy { reason });
        said.or_else(|| {
            unreadable.map(|failure| Note::Unreadable {
                pid: failure.pid,
                reason: failure.reason.clone(),
            })
        })
    }
}
