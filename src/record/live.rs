//! A program that runs: found, opened, looked at, and opened again when it changes.

use super::agent::Agent;
use super::embedded::Embedded;
use super::family::{Family, Likeness};
use super::finder::Finder;
use super::followers::Followers;
use super::opened::Opened;
use super::outcome::{Outcome, Sampled};
use super::process;
use super::processor::computed;
use super::session::{Session, Standing};
use super::tracer::TracerWatch;
use super::{Event, Options, Progress};
use std::time::{Duration, Instant};

/// How often to look around for other processes.
const SURVEY: Duration = Duration::from_millis(100);
/// The same when they are to be sampled: what starts is not seen before.
const SURVEY_TO_FOLLOW: Duration = Duration::from_millis(50);
/// Where there are many threads it takes long: then it rests so many times as long as it took, within limits.
const SURVEY_RESTS: u32 = 500;
const LONGEST_REST: u32 = 5;
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
    /// None if other processes are only counted.
    followers: Option<Followers>,
    tracers: TracerWatch,
    /// None if no calls are to be counted.
    agent: Option<Agent>,
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

/// A process that has another program image than the one which was sampled, or is about to end.
struct Replaced {
    pid: u32,
    /// What it runs now, once that can be seen: then it did not end.
    by: Option<String>,
}

impl<'a> Live<'a> {
    /// The program whose first process is `root`, from now on.
    pub(super) fn new(root: u32, options: &'a Options, progress: &'a mut dyn Progress) -> Self {
        let (clock, manner) = (Instant::now(), options.manner());
        Self {
            clock,
            options,
            progress,
            state: State::Searching(Duration::ZERO),
            session: Session::new(options.rate, options.scratch.as_deref()),
            sampled: Sampled::default(),
            finder: Finder::new(root, Duration::ZERO, manner),
            family: Family::new(root),
            followers: (options.subprocesses).then(|| Followers::new(manner, clock)),
            tracers: TracerWatch::default(),
            agent: None,
            next_survey: Duration::ZERO,
            told_waiting: false,
            replaced: None,
        }
    }

    /// The same with an agent in its first process.
    pub(super) fn with(mut self, agent: Option<Agent>) -> Self {
        self.agent = agent.map(|mut agent| {
            agent.set_clock(self.clock);
            agent
        });
        self
    }

    /// When there is something to do; never again once the time is up.
    pub(super) fn due(&self) -> Option<Instant> {
        let due = match &self.state {
            State::Searching(next) => *next,
            State::Sampling(_) => self.session.due(),
            State::Finished => return None,
        };
        let due = due.min(self.next_survey);
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
            self.followers.iter_mut().for_each(Followers::stop);
            return self.tell(&Event::TimeUp);
        }
        match &self.state {
            State::Searching(next) if now >= *next => self.search(now),
            State::Sampling(_) if now >= self.session.due() => self.look(now),
            State::Searching(_) | State::Sampling(_) | State::Finished => {}
        }
        self.turn_agent();
        if now >= self.next_survey {
            let begun = computed();
            self.survey();
            self.next_survey = now + self.survey_rest(computed().saturating_sub(begun));
        }
    }

    fn turn_agent(&mut self) {
        if let (Some(agent), State::Sampling(opened)) = (&mut self.agent, &self.state) {
            let now = self.clock.elapsed();
            let sampled = now.saturating_sub(opened.since());
            let session = &self.session;
            let watcher = || opened.watcher();
            agent.turn(opened.pid(), sampled, now, watcher, || session.hottest());
        }
    }

    fn survey_rest(&self, computed: Duration) -> Duration {
        let least = if self.followers.is_some() {
            SURVEY_TO_FOLLOW
        } else {
            SURVEY
        };
        (computed * SURVEY_RESTS).clamp(least, least * LONGEST_REST)
    }

    fn survey(&mut self) {
        let sampled = match &self.state {
            State::Sampling(opened) => Some(opened.pid()),
            State::Searching(_) | State::Finished => None,
        };
        if let Some(pid) = sampled {
            self.tracers.survey(pid);
        }
        let Some(followers) = &mut self.followers else {
            return self.family.survey();
        };
        self.family.see_root();
        // The first Python of a program is the finder's.
        if let Some(sampled) = sampled {
            let new = followers.survey(&self.family.beside(sampled), &self.session);
            for pid in new {
                self.tell(&Event::Following { pid });
            }
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
        let followers = self.followers.as_ref();
        let is_followed = |pid| followers.is_some_and(|followers| followers.have(pid));
        if let Some(found) = self.finder.find_beside(is_followed) {
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
        let opened = Opened::new(sampler, since);
        let (pid, python) = (opened.pid(), opened.python());
        self.tell(&Event::Sampling { pid, python });
        self.replaced = None;
        self.family.follow(pid);
        self.session.resume(since);
        self.state = State::Sampling(Box::new(opened));
    }

    fn look(&mut self, now: Duration) {
        let State::Sampling(opened) = &mut self.state else {
            return;
        };
        let pid = opened.pid();
        match opened.look(&mut self.session, self.clock) {
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
            let pid = opened.pid();
            let stay = opened.close(now);
            if let Some(agent) = &mut self.agent {
                agent.add_cpu(pid, stay.cpu);
            }
            self.sampled.add(stay);
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
        let counted = self.agent.take().map(|agent| agent.finish(ran));
        let missed = self.followers.map(|mut followers| {
            followers.stop();
            let (stays, missed) = followers.into_parts();
            for stay in stays {
                self.sampled.add(stay);
            }
            missed
        });
        Outcome {
            session: self.session,
            rate: self.options.rate,
            ran: watched_to_the_end.then_some(ran),
            sampled: self.sampled,
            failure: self.finder.failure().cloned(),
            became: self.replaced.and_then(|replaced| replaced.by),
            unfollowed: self.family.unfollowed(),
            missed: missed.unwrap_or_default(),
            traced: self.tracers.found().cloned(),
            counted,
        }
    }
}
