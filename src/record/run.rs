//! From a target to a recording: start or attach, watch to the end, and say how it ended.

use super::agent::{self, Agent};
use super::child::Child;
use super::embedded::{Embedded, OpenError};
use super::hold::{self, HoldError};
use super::live::Live;
use super::options::Manner;
use super::process;
use super::signals::{Received, Signals};
use super::stat::Stat;
use super::stop::{Stop, Wake};
use super::{Command, End, Error, Event, Note, Options, Progress, Recording, Target, Trouble};
use crate::profile::Run;
use std::ffi::OsStr;
use std::path::Path;
use std::time::{Duration, Instant};

/// A Python that is starting can be read this much later at the latest.
const STARTING: Duration = Duration::from_secs(1);

/// Records a program.
///
/// What is started is waited for in any case, also when no sample can be taken, and its end is the
/// recording's end. A signal that asks rustbound to end is passed on to it if it can't have got it
/// itself. What is attached to is left alone: such a signal ends the sampling.
pub fn run(
    target: &Target,
    options: &Options,
    progress: &mut dyn Progress,
) -> Result<Recording, Error> {
    options.check()?;
    match target {
        Target::Start(command) => start(command, options, progress),
        Target::Attach(pid) => attach(*pid, options, progress),
    }
}

fn start(
    command: &Command,
    options: &Options,
    progress: &mut dyn Progress,
) -> Result<Recording, Error> {
    let signals = Signals::listen()?;
    let (agent, trouble) = agent(options, |folder| agent_for(command, folder));
    let pythonpath = agent.as_ref().map(Agent::pythonpath);
    let child = Child::start(command, pythonpath.as_deref())?;
    let pid = child.pid();
    progress.tell(&Event::Started { pid });
    let mut live = Live::new(pid, options, progress).with(agent);
    let mut stop = Stop::new(signals, pid);
    loop {
        match stop.wait(live.due()) {
            Wake::Due => live.turn(),
            Wake::Signals(signals) => forward(&signals, &child, &mut |event| live.tell(event)),
            Wake::Ended => break,
        }
    }
    let likeness = live.likeness();
    let (mut profile, observation, mut notes) = live.finish(true).into_parts();
    let end = child.reap()?;
    // A program without Python has no calls.
    let trouble = trouble.filter(|_| profile.run.python.is_some());
    notes.extend(trouble.map(uncounted));
    // Only now an orphan has been adopted by another parent.
    let left = likeness.and_then(|likeness| likeness.left_behind());
    notes.extend(left.map(|pid| Note::Background { pid }));
    profile.run = of_command(command, end, profile.run);
    Ok(Recording {
        profile,
        observation,
        end,
        notes,
    })
}

/// The agent that was asked for, as `make` makes it in its folder, or why there is none.
fn agent(
    options: &Options,
    make: impl FnOnce(&Path) -> Result<Agent, Trouble>,
) -> (Option<Agent>, Option<Trouble>) {
    match options.agent.as_deref().map(make) {
        None => (None, None),
        Some(Ok(agent)) => (Some(agent), None),
        Some(Err(trouble)) => (None, Some(trouble)),
    }
}

/// The agent of a program that is started with a command.
fn agent_for(command: &Command, folder: &Path) -> Result<Agent, Trouble> {
    agent::check(command)?;
    Agent::new(folder, std::env::var_os("PYTHONPATH"))
}

/// That calls were to be counted, and why none were.
pub(super) fn uncounted(trouble: Trouble) -> Note {
    Note::NotCounted {
        trouble,
        windows: 0,
    }
}

/// What is known of the run of a command, beside what the sampler knows.
pub(super) fn of_command(command: &Command, end: End, run: Run) -> Run {
    Run {
        command: command.words().map(lossy).collect(),
        working_directory: std::env::current_dir().ok().map(lossy),
        interpreter: command.interpreter.as_ref().map(lossy),
        exit_status: end.exit_status(),
        ..run
    }
}

/// Passes signals on to the program that did not get them itself, and tells which.
pub(super) fn forward(signals: &[Received], child: &Child, tell: &mut dyn FnMut(&Event)) {
    for received in signals {
        if received.must_be_forwarded(child.pid()) && child.signal(received.signal) {
            tell(&Event::Forwarded {
                signal: received.signal,
            });
        }
    }
}

fn attach(pid: u32, options: &Options, progress: &mut dyn Progress) -> Result<Recording, Error> {
    check_process(pid)?;
    let known = Run {
        command: process::command_line(pid).iter().map(lossy).collect(),
        working_directory: process::working_directory(pid).ok().map(lossy),
        ..Run::default()
    };
    let sampler = open(pid, options.manner())?;
    let mut stop = Stop::new(Signals::listen()?, pid);
    let (agent, trouble) = agent(options, |folder| Agent::join(folder, &sampler.host()));
    let mut live = Live::new(pid, options, progress).with(agent);
    live.open(sampler);
    let end = loop {
        match stop.wait(live.due()) {
            Wake::Due => live.turn(),
            Wake::Signals(_) => break End::Interrupted,
            Wake::Ended => break End::Ended,
        }
        if live.is_finished() {
            break End::TimeUp;
        }
    };
    let (mut profile, observation, mut notes) = live.finish(end == End::Ended).into_parts();
    notes.extend(trouble.map(uncounted));
    profile.run = Run {
        command: known.command,
        working_directory: known.working_directory,
        ..profile.run
    };
    Ok(Recording {
        profile,
        observation,
        end,
        notes,
    })
}

/// Whether a process can be attached to at all.
pub(super) fn check_process(pid: u32) -> Result<(), Error> {
    if pid == std::process::id() {
        return Err(Error::OwnProcess { pid });
    }
    match Stat::read(pid).filter(|_| pid != 0) {
        Some(stat) if stat.has_ended() => Err(Error::Ended { pid }),
        Some(_) => Ok(()),
        None => Err(Error::NoProcess { pid }),
    }
}

/// Of a process that was there a moment ago.
fn check_still_there(pid: u32) -> Result<(), Error> {
    check_process(pid).map_err(|error| match error {
        Error::NoProcess { pid } => Error::Ended { pid },
        other => other,
    })
}

/// Opens a process, and makes sure that it can be stopped if it has to be.
fn open(pid: u32, manner: Manner) -> Result<Embedded, Error> {
    let sampler = open_python(pid, manner)?;
    if manner.blocking {
        hold::check(pid).map_err(|error| hold_error(pid, error))?;
    }
    Ok(sampler)
}

fn hold_error(pid: u32, error: HoldError) -> Error {
    match error {
        HoldError::Traced(tracer) => Error::Debugged { pid, tracer },
        HoldError::Gone => Error::Ended { pid },
        HoldError::Denied(source) | HoldError::NoThread(source) => {
            Error::HoldDenied { pid, source }
        }
    }
}

/// Opens a process that someone says is Python. It may be starting just now.
pub(super) fn open_python(pid: u32, manner: Manner) -> Result<Embedded, Error> {
    let begun = Instant::now();
    loop {
        match Embedded::open(pid, manner) {
            Ok(sampler) => return Ok(sampler),
            Err(OpenError::Denied(source)) => {
                let foreign = process::is_foreign(pid);
                return Err(Error::Denied {
                    pid,
                    foreign,
                    source,
                });
            }
            Err(OpenError::FreeThreaded { version }) => {
                return Err(Error::FreeThreaded { pid, version });
            }
            Err(OpenError::NoInterpreter(reason)) => {
                check_still_there(pid)?;
                if !process::may_be_python(pid) {
                    return Err(not_python(pid));
                }
                if begun.elapsed() >= STARTING {
                    return Err(Error::Unreadable { pid, reason });
                }
            }
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn not_python(pid: u32) -> Error {
    let mut python_descendants = process::descendants(pid);
    python_descendants.retain(|&pid| process::may_be_python(pid));
    Error::NotPython {
        pid,
        program: process::name(pid)
            .or_else(|| process::kernel_name(pid))
            .unwrap_or_default(),
        python_descendants,
    }
}

/// A text for people and for reports: bytes that are not UTF-8 are replaced.
pub(super) fn lossy(text: impl AsRef<OsStr>) -> String {
    text.as_ref().to_string_lossy().into_owned()
}
