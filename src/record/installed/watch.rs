//! The program beside which an installed sampler runs: found, handed to it, and told about.

use super::super::cpu_meter::CpuMeter;
use super::super::family::Family;
use super::super::finder::Finder;
use super::super::run::lossy;
use super::super::stat::Stat;
use super::super::subject::{self, Subject};
use super::super::{Event, Note, Options, Progress};
use super::Installed;
use super::companion::Companion;
use super::tool::{Samples, Tool};
use crate::profile::{Nanoseconds, Profile, Run};
use std::time::{Duration, Instant};

/// How often to look after the sampler and at other processes.
const ROUND: Duration = Duration::from_millis(50);

/// A Python that is starting can't be read yet, and a sampler gives up at once.
const TRIES: u32 = 5;

/// A program that ran for so long had its chance.
const LONG: Duration = Duration::from_secs(1);

/// A program, and the sampler that looks at it.
pub(super) struct Watch<'a> {
    clock: Instant,
    sampler: Installed,
    options: &'a Options,
    progress: &'a mut dyn Progress,
    state: State,
    finder: Finder,
    family: Family,
    tries: u32,
    samples: Option<Samples>,
    failure: Option<String>,
}

enum State {
    /// Looking for Python, again at this time.
    Searching(Duration),
    /// The sampler runs.
    Sampling(Box<Sampling>),
    /// There is nothing more to sample.
    Finished,
}

struct Sampling {
    companion: Companion,
    subject: Subject,
    /// None if the process ended at once.
    cpu: Option<CpuMeter>,
    since: Duration,
    next: Duration,
}

/// What came of it.
pub(super) struct Watched {
    pub(super) profile: Profile,
    pub(super) notes: Vec<Note>,
    /// Why the sampler gave nothing.
    pub(super) failure: Option<String>,
}

impl<'a> Watch<'a> {
    /// The program whose first process is `root`, from now on.
    pub(super) fn new(
        sampler: Installed,
        root: u32,
        options: &'a Options,
        progress: &'a mut dyn Progress,
    ) -> Self {
        Self {
            clock: Instant::now(),
            sampler,
            options,
            progress,
            state: State::Searching(Duration::ZERO),
            finder: Finder::new(root, Duration::ZERO, options.manner()),
            family: Family::new(root),
            tries: 0,
            samples: None,
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
                if sampling.companion.has_ended() {
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
        match self.companion(pid, &python) {
            Ok(companion) => {
                let subject = Subject::read(pid, python.clone());
                self.family.follow(pid);
                self.tell(&Event::Sampling { pid, python });
                self.state = State::Sampling(Box::new(Sampling {
                    companion,
                    subject,
                    cpu: Stat::read(pid).map(|stat| CpuMeter::new(pid, stat)),
                    since: now,
                    next: now + ROUND,
                }));
            }
            Err(reason) => {
                self.failure = Some(reason);
                self.state = State::Finished;
            }
        }
    }

    fn companion(&self, pid: u32, python: &str) -> Result<Companion, String> {
        let tool = Tool::find(self.sampler, pid, python).map_err(|error| error.to_string())?;
        Companion::start(tool, pid, self.options).map_err(|error| error.to_string())
    }

    /// The sampler ended before the program did: that may have been starting.
    fn ended(&mut self, now: Duration) {
        self.close(now);
        let again = self.samples.is_none() && self.tries < TRIES;
        self.state = if again {
            State::Searching(now + ROUND)
        } else {
            State::Finished
        };
    }

    /// Takes what the sampler has, if it runs.
    fn close(&mut self, now: Duration) {
        let State::Sampling(sampling) = std::mem::replace(&mut self.state, State::Finished) else {
            return;
        };
        let Sampling {
            companion,
            subject,
            mut cpu,
            since,
            ..
        } = *sampling;
        // That of further processes is not known.
        let cpu = cpu.as_mut().filter(|_| !self.options.subprocesses);
        let cpu = cpu.map(CpuMeter::read);
        match companion.read() {
            Ok(mut samples) => {
                let profile = &mut samples.profile;
                let script = subject.script().map(lossy);
                profile.run = Run {
                    script: script.or_else(|| subject::module_file(profile)),
                    root: subject.root,
                    python: Some(subject.python),
                    wall: Nanoseconds::from(now.saturating_sub(since)),
                    cpu,
                    rate: Some(self.options.rate),
                    ..std::mem::take(&mut profile.run)
                };
                self.failure = None;
                self.samples = Some(samples);
            }
            Err(reason) => self.failure = Some(reason),
        }
    }

    /// Ends the sampling.
    pub(super) fn finish(mut self) -> Watched {
        self.close(self.clock.elapsed());
        let mut notes: Vec<Note> = self.note_on_nothing().into_iter().collect();
        notes.extend(self.note_on_others());
        let sees_waiting = self.sampler != Installed::Tachyon || self.samples.is_none();
        notes.extend((!sees_waiting).then_some(Note::WaitingUnseen));
        let samples = self.samples.unwrap_or_default();
        Watched {
            profile: samples.profile,
            notes,
            failure: self.failure,
        }
    }

    /// What is known of other processes. A sampler follows those that it is asked to, and does not tell which it left
    /// out.
    fn note_on_others(&self) -> Option<Note> {
        let unread = self.samples.as_ref().map_or(&[][..], |it| &it.unread);
        if let Some(reason) = unread.last() {
            return Some(Note::NotReadable {
                processes: unread.len(),
                reason: reason.clone(),
            });
        }
        let processes = self.family.unfollowed();
        (processes > 0 && !self.options.subprocesses).then_some(Note::NotFollowed { processes })
    }

    /// Why there is no profile, if there is none.
    fn note_on_nothing(&self) -> Option<Note> {
        if self.samples.is_some() {
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
        let sampler = self.sampler;
        let said = (self.failure.clone()).map(|reason| Note::Sampler { sampler, reason });
        said.or_else(|| {
            unreadable.map(|failure| Note::Unreadable {
                pid: failure.pid,
                reason: failure.reason.clone(),
            })
        })
    }
}
