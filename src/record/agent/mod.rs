//! An agent inside the program, which counts the calls of hot functions for moments.
//!
//! It is put in by the environment when the program starts ([`folder`]), or by Python itself while it runs ([`request`]),
//! sleeps until it is told which functions are hot ([`order`]), and then watches them for windows that we open at a pace
//! which keeps its cost below a fiftieth of the run ([`pace`]). What it says is trusted as little as any file
//! ([`report`]); what it counted is extrapolated to the run by the samples ([`extrapolate`]).

mod counts;
mod entry;
mod extrapolate;
mod folder;
mod host;
mod looks;
mod order;
mod pace;
mod report;
mod request;
mod roster;
mod trouble;

pub use trouble::Trouble;

use super::stat::Stat;
use crate::observation::Subject;
use crate::profile::{CpuSeconds, Nanoseconds};
use counts::Counts;
use folder::Folder;
use looks::Looks;
use order::{Kind, Order};
use pace::Pace;
use report::{Report, Shut};
use request::Request;
use roster::Roster;
use rustix::time::{ClockId, clock_gettime};
use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant};

pub(super) use counts::Counted;
pub(super) use entry::check;
pub(super) use host::Host;

/// The file that the agent's code is of: no file has this name.
pub(super) const FILE: &str = "<rustbound>";

/// A process that was sampled for so long without a word of the agent has none.
const SILENCE: Duration = Duration::from_secs(1);

/// The agent of a program.
#[derive(Debug)]
pub(super) struct Agent {
    /// None if it comes in when the program starts. It ends before the folder.
    request: Option<Request>,
    folder: Folder,
    pace: Pace,
    /// `CLOCK_MONOTONIC` when the recording's clock was 0.
    zero: i128,
    process: Option<u32>,
    roster: Roster,
    counts: Counts,
    asked: Option<Asked>,
    /// Whether it was told to look at values: before Python 3.12 it may be itself who profiles from then on.
    has_looked: bool,
    trouble: Option<Trouble>,
    /// CPU time of the process while it was sampled.
    cpu: f64,
    /// CPU time that it had before.
    cpu_before: Duration,
}

/// A window that was ordered and not reported yet.
#[derive(Clone, Copy, Debug)]
struct Asked {
    number: u32,
    kind: Kind,
    at: Nanoseconds,
}

impl Agent {
    /// Puts the agent in a new folder, `pythonpath` being that of the program.
    pub(super) fn new(folder: &Path, pythonpath: Option<OsString>) -> Result<Self, Trouble> {
        Folder::make(folder, pythonpath).map(|folder| Self::of(folder, None))
    }

    /// The same for a process that runs.
    pub(super) fn join(folder: &Path, host: &Host) -> Result<Self, Trouble> {
        let made = Folder::make(folder, None)?;
        let request = Request::prepare(host, folder)?;
        Ok(Self {
            cpu_before: cpu_of(host.pid),
            ..Self::of(made, Some(request))
        })
    }

    fn of(folder: Folder, request: Option<Request>) -> Self {
        Self {
            request,
            folder,
            pace: Pace::default(),
            zero: 0,
            process: None,
            roster: Roster::default(),
            counts: Counts::default(),
            asked: None,
            has_looked: false,
            trouble: None,
            cpu: 0.0,
            cpu_before: Duration::ZERO,
        }
    }

    /// What the program has to have as `PYTHONPATH` for its Python to take the agent in.
    pub(super) fn pythonpath(&self) -> OsString {
        self.folder.pythonpath()
    }

    /// Time counts from `clock`.
    pub(super) fn set_clock(&mut self, clock: Instant) {
        let passed = Duration::as_nanos(&clock.elapsed());
        self.zero = monotonic() - i128::try_from(passed).unwrap_or(0);
    }

    /// Hears what it has to say, and orders what is due. The process with this number has been sampled for so long.
    /// `hot` are the functions that are hot by now, the hottest first, and `watcher` is who profiles or traces the
    /// program.
    pub(super) fn turn(
        &mut self,
        pid: u32,
        sampled: Duration,
        now: Duration,
        watcher: impl FnOnce() -> Option<&'static str>,
        hot: impl FnOnce() -> Vec<Subject>,
    ) {
        if self.trouble.is_some() || !self.pace.is_due(now) {
            return;
        }
        self.hear(now);
        match self.process {
            None => self.wait(pid, sampled, now),
            Some(process) if process == pid => self.order(pid, now, watcher, hot),
            _ => {}
        }
    }

    /// It has not come in yet. Python is asked only when it can afford that and a first window.
    fn wait(&mut self, pid: u32, sampled: Duration, now: Duration) {
        let (pace, before) = (&self.pace, self.cpu_before);
        let may_begin = || pace.may_open(now, || cpu_of(pid).saturating_sub(before));
        let waits = match &mut self.request {
            Some(request) if request.pid() == pid => request.turn(now, may_begin),
            None if sampled >= SILENCE => Err(Trouble::Silent),
            _ => Ok(()),
        };
        if let Err(trouble) = waits {
            self.trouble.get_or_insert(trouble);
        }
    }

    fn order(
        &mut self,
        pid: u32,
        now: Duration,
        watcher: impl FnOnce() -> Option<&'static str>,
        hot: impl FnOnce() -> Vec<Subject>,
    ) {
        let cpu = || cpu_of(pid).saturating_sub(self.cpu_before);
        if self.asked.is_some() || self.trouble.is_some() || !self.pace.may_open(now, cpu) {
            return;
        }
        if let Some(by) = (!self.has_looked).then(watcher).flatten() {
            return self.trouble = Some(Trouble::Watched { by: by.into() });
        }
        let is_new = self.pace.looks_around(now) && self.roster.learn(hot());
        if self.roster.numbers().is_empty() {
            return;
        }
        let kind = self.pace.kind();
        self.has_looked |= kind == Kind::Values;
        let order = Order {
            functions: is_new.then(|| self.roster.watched()),
            kind,
            number: self.pace.open(),
        };
        self.asked = Some(Asked {
            number: order.number,
            kind,
            at: now.into(),
        });
        if let Err(trouble) = self.folder.send(&order.text()) {
            self.trouble = Some(trouble);
        }
    }

    fn hear(&mut self, now: Duration) {
        let lines = self.folder.new_lines();
        let reports = lines.and_then(|lines| lines.iter().map(|line| Report::read(line)).collect());
        let reports: Vec<Report> = match reports {
            Ok(reports) => reports,
            Err(trouble) => return self.trouble = Some(trouble),
        };
        for report in reports {
            match report {
                Report::Ready { process } => self.meet(process),
                Report::Trouble(trouble) => self.trouble = Some(trouble),
                Report::Shut(shut) => self.add(&shut, now),
            }
        }
    }

    fn meet(&mut self, process: u32) {
        // What is asked is one process, whatever its numbers are where it lives.
        let asked = self.request.as_mut().map(|request| {
            request.settle();
            request.pid()
        });
        self.process = Some(asked.unwrap_or(process));
        self.asked = None;
    }

    /// Nothing but what was ordered can have happened, after it was ordered and before now.
    fn add(&mut self, shut: &Shut, now: Duration) {
        let asked = self
            .asked
            .take()
            .filter(|asked| asked.number == shut.number);
        let window = asked.and_then(|asked| {
            let span = shut.window(self.zero, asked.at, now.into())?;
            let is_known = shut.fits(self.roster.numbers().len(), asked.kind);
            is_known.then_some(span)
        });
        let Some(window) = window else {
            return self.trouble = Some(Trouble::Garbled);
        };
        self.pace.shut(now, shut.cost(&window));
        self.counts.add(window, shut, self.roster.numbers());
    }

    /// A process was sampled for so much of its CPU time.
    pub(super) fn add_cpu(&mut self, pid: u32, cpu: Option<CpuSeconds>) {
        if self.process == Some(pid) {
            self.cpu += cpu.map_or(0.0, |cpu| cpu.0);
        }
    }

    /// What was counted, at last, and what kept it from counting more.
    pub(super) fn finish(mut self, now: Duration) -> Counted {
        self.hear(now);
        let functions = std::mem::take(&mut self.roster).into_known();
        let counts = std::mem::take(&mut self.counts);
        let waits = self.request.as_ref().and_then(Request::trouble);
        let trouble = self.trouble.clone().or(waits);
        let process = self.process.map(|number| Process {
            number,
            cpu: CpuSeconds(self.cpu),
        });
        counts.finish(process, functions, trouble)
    }
}

/// CPU time that a process had so far.
fn cpu_of(pid: u32) -> Duration {
    let cpu = Stat::read(pid).map_or(0.0, |stat| stat.cpu().0);
    Duration::try_from_secs_f64(cpu).unwrap_or_default()
}

/// What the agent's clock says.
fn monotonic() -> i128 {
    let time = clock_gettime(ClockId::Monotonic);
    i128::from(time.tv_sec) * 1_000_000_000 + i128::from(time.tv_nsec)
}

/// The process that it is in.
#[derive(Clone, Copy, Debug)]
struct Process {
    number: u32,
    /// CPU time while it was sampled.
    cpu: CpuSeconds,
}

/// What a function was seen to be given, return and do, and its calls in each window in which it was watched.
#[derive(Clone, Debug, Default, PartialEq)]
struct FunctionCounts {
    looks: Looks,
    /// By number of window.
    calls: Vec<(usize, u64)>,
    /// The same of the values that it gave as a generator.
    yields: Vec<(usize, u64)>,
}
