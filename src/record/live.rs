//! A program that runs: found, opened, looked at, and opened again when it changes.

use super::embedded::Embedded;
use super::family::{Family, Likeness};
use super::finder::Finder;
use super::process;
use super::sampler::Sampler;
use super::session::{Session, Standing};
use super::{Event, Note, Options, Progress, script};
use crate::profile::{CpuSeconds, Nanoseconds, Profile, Run};
use std::ffi::OsString;
use std::time::{Duration, Instant};

/// How often to look around for other processes.
const SURVEY: Duration = Duration::from_millis(100);
/// After this, someone who watches wonders where Python is.
const WONDER: Duration = Duration::from_secs(1);
/// With fewer looks than these nothing can be ranked.
const FEW_TICKS: u64 = 20;
/// A larger share of lost looks is worth a word.
const MANY_LOST: f64 = 0.05;

/// A running program and what is recorded of it.
pub(super) struct Live<'a> {
    root: u32,
    clock: Instant,
    options: &'a Options,
    progress: &'a mut dyn Progress,
    session: Session,
    finder: Finder,
    family: Family,
    state: State,
    next_survey: Duration,
    likeness: Option<Likeness>,
    wonders: bool,
    replaced: bool,
    became: Option<String>,
    known: Known,
}

enum State {
    /// Looking for Python, again at this time.
    Searching(Duration),
    /// Sampling this one, since then.
    Sampling(Box<Embedded>, Duration),
    /// The time is up.
    Finished,
}

/// What is known of what was sampled.
#[derive(Default)]
struct Known {
    python: Option<String>,
    command_line: Vec<OsString>,
    wall: Duration,
    cpu: Option<CpuSeconds>,
}

impl<'a> Live<'a> {
    /// The program whose first process is `root`, from now on.
    pub(super) fn new(root: u32, options: &'a Options, progress: &'a mut dyn Progress) -> Self {
        Self {
            root,
            clock: Instant::now(),
            options,
            progress,
            session: Session::new(options.rate),
            finder: Finder::new(root, Duration::ZERO),
            family: Family::new(root),
            state: State::Searching(Duration::ZERO),
            next_survey: Duration::ZERO,
            likeness: None,
            wonders: false,
            replaced: false,
            became: None,
            known: Known::default(),
        }
    }

    /// When there is something to do; never again once the time is up.
    pub(super) fn due(&self) -> Option<Instant> {
        let due = match &self.state {
            State::Searching(next) => *next,
            State::Sampling(..) => self.session.due(),
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
            return self.progress.tell(&Event::TimeUp);
        }
        match &self.state {
            State::Searching(_) => self.search(now),
            State::Sampling(..) => self.look(now),
            State::Finished => {}
        }
        self.look_around(now);
    }

    /// Tells whoever listens.
    pub(super) fn tell(&mut self, event: &Event) {
        self.progress.tell(event);
    }

    fn search(&mut self, now: Duration) {
        if let Some(found) = self.finder.find() {
            return self.open(found);
        }
        if self.replaced {
            self.became = process::name(self.root).or(self.became.take());
        }
        if self.finder.waited(now) >= WONDER && !self.wonders {
            self.wonders = true;
            self.progress.tell(&Event::WaitingForPython);
        }
        self.state = State::Searching(self.finder.next(now));
    }

    /// Begins to sample.
    pub(super) fn open(&mut self, sampler: Embedded) {
        let now = self.clock.elapsed();
        let (pid, python) = (sampler.pid(), sampler.python());
        self.known.command_line = process::command_line(pid);
        self.progress.tell(&Event::Sampling {
            pid,
            python: python.clone(),
        });
        self.known.python.get_or_insert(python);
        self.replaced = false;
        self.family.follow(pid);
        self.session.resume(now);
        self.state = State::Sampling(Box::new(sampler), now);
    }

    fn look(&mut self, now: Duration) {
        let State::Sampling(sampler, _) = &mut self.state else {
            return;
        };
        let standing = self.session.look(sampler.as_mut(), now);
        if standing == Standing::Open {
            return;
        }
        if standing == Standing::Replaced {
            let pid = sampler.pid();
            self.progress.tell(&Event::Replaced { pid });
            self.replaced = true;
        }
        self.close(now);
    }

    /// Ends sampling a process, if one is sampled, and looks for the next.
    fn close(&mut self, now: Duration) {
        let searching = State::Searching(now);
        if let State::Sampling(mut sampler, since) = std::mem::replace(&mut self.state, searching) {
            self.known.wall += now.saturating_sub(since);
            let cpu = sampler.cpu();
            let sum = |before: Option<CpuSeconds>, now: CpuSeconds| {
                CpuSeconds(before.map_or(0.0, |before| before.0) + now.0)
            };
            self.known.cpu = cpu.map(|cpu| sum(self.known.cpu, cpu)).or(self.known.cpu);
        }
        self.finder.restart(now);
    }

    fn look_around(&mut self, now: Duration) {
        if now < self.next_survey {
            return;
        }
        self.next_survey = now + SURVEY;
        self.family.survey();
        self.likeness = Likeness::of(self.root).or(self.likeness.take());
    }

    /// Ends the recording, while the process's last words in `/proc` are still there.
    pub(super) fn finish(mut self, program_ended: bool) -> (Profile, Vec<Note>) {
        let ran = self.clock.elapsed();
        let time_was_up = self.is_finished();
        self.close(ran);
        let mut notes = Vec::new();
        notes.extend(self.note_on_search(ran));
        notes.extend(
            self.note_on_length(ran)
                .filter(|_| program_ended && !time_was_up),
        );
        notes.extend(self.note_on_losses());
        if self.replaced {
            let program = self.became.take();
            notes.push(Note::Replaced { program });
        }
        notes.extend(self.note_on_names());
        if self.session.recorder().lacks_gil() {
            notes.push(Note::NoGil);
        }
        notes.extend(self.note_on_family());
        (self.profile(), notes)
    }

    /// Whether Python was sampled at all.
    fn never_opened(&self) -> bool {
        self.known.python.is_none()
    }

    fn note_on_search(&self, ran: Duration) -> Option<Note> {
        match self.finder.failure() {
            _ if !self.never_opened() => None,
            None => Some(Note::NeverPython),
            Some(failure) if failure.denied || ran >= WONDER => Some(Note::Unreadable {
                pid: failure.pid,
                reason: failure.reason.clone(),
            }),
            Some(_) => None,
        }
    }

    fn note_on_length(&self, ran: Duration) -> Option<Note> {
        let seen = !self.never_opened() || self.finder.failure().is_some();
        let ticks = self.session.recorder().run().ticks;
        (seen && ticks < FEW_TICKS && ran < WONDER).then(|| Note::Short {
            ran: ran.into(),
            ticks,
        })
    }

    fn note_on_losses(&self) -> Option<Note> {
        let (share, reason) = self.session.losses()?;
        (share.fraction() > MANY_LOST).then(|| Note::Lost {
            share,
            reason: reason.to_string(),
        })
    }

    /// py-spy leaves out the frames of files whose names it can't decode.
    fn note_on_names(&self) -> Option<Note> {
        let script = script::script_of(&self.known.command_line);
        script
            .filter(|script| script.to_str().is_none())
            .map(|_| Note::NameNotUtf8)
    }

    fn note_on_family(&self) -> Option<Note> {
        let processes = self.family.unfollowed();
        (processes > 0).then_some(Note::NotFollowed { processes })
    }

    /// What the program left behind when it ended.
    pub(super) fn likeness(&self) -> Option<&Likeness> {
        self.likeness.as_ref()
    }

    fn profile(self) -> Profile {
        let mut profile = self.session.finish();
        let script = script::script_of(&self.known.command_line);
        let script = script.map(|script| script.to_string_lossy().into_owned());
        let counted = profile.run.clone();
        profile.run = Run {
            script: script.or_else(|| script::module_file(&profile)),
            python: self.known.python,
            wall: Nanoseconds::from(self.known.wall),
            cpu: self.known.cpu,
            rate: Some(self.options.rate),
            ..counted
        };
        profile
    }
}
