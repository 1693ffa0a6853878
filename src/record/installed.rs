//! A sampler that is installed, in the place of ours: found, run beside the program, and its files read.
//!
//! The program is started, signalled and waited for as ever; the sampler only looks at it. It runs in a process group
//! of its own, so that Ctrl-C in a terminal ends the program and not the sampling of it, and what it prints goes
//! nowhere.

mod companion;
mod py_spy;
mod tachyon;
mod tool;
mod watch;

use super::child::Child;
use super::run::{check_process, forward, lossy, of_command, open_python, uncounted};
use super::signals::Signals;
use super::stop::{Stop, Wake};
use super::{Command, End, Error, Event, Options, Progress, Recording, Target, Trouble, process};
use crate::observation::Observation;
use crate::profile::Run;
use std::fmt;
use tool::Tool;
use watch::{Watch, Watched};

/// A sampler that may be installed beside rustbound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Installed {
    /// The `py-spy` on the path.
    PySpy,
    /// The sampling profiler that Python itself has from 3.15 on, `profiling.sampling`: that of the Python which runs
    /// the program. It is asked for the threads that run, as who waits can't be told from who runs native code
    /// otherwise.
    Tachyon,
}

impl fmt::Display for Installed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PySpy => "py-spy",
            Self::Tachyon => "Python's own profiler",
        })
    }
}

/// Records a program as [`run`](super::run()) does, with an installed sampler.
///
/// It keeps what [`Options`] say of rate, duration, blocking and further processes, and sees no values. Where the
/// kernel lets only a parent read a process, it needs to be let (`kernel.yama.ptrace_scope`).
pub fn run_installed(
    sampler: Installed,
    target: &Target,
    options: &Options,
    progress: &mut dyn Progress,
) -> Result<Recording, Error> {
    options.check()?;
    match target {
        Target::Start(command) => start(sampler, command, options, progress),
        Target::Attach(pid) => attach(sampler, *pid, options, progress),
    }
}

fn start(
    sampler: Installed,
    command: &Command,
    options: &Options,
    progress: &mut dyn Progress,
) -> Result<Recording, Error> {
    tool::check(sampler, command)?;
    let signals = Signals::listen()?;
    let child = Child::start(command, None)?;
    let pid = child.pid();
    progress.tell(&Event::Started { pid });
    let mut watch = Watch::new(sampler, pid, options, progress);
    let mut stop = Stop::new(signals, pid);
    loop {
        match stop.wait(watch.due()) {
            Wake::Due => watch.turn(),
            Wake::Signals(signals) => forward(&signals, &child, &mut |event| watch.tell(event)),
            Wake::Ended => break,
        }
    }
    let Watched {
        mut profile, notes, ..
    } = watch.finish();
    let end = child.reap()?;
    profile.run = of_command(command, end, profile.run);
    Ok(Recording {
        profile,
        observation: Observation::default(),
        end,
        notes,
    })
}

fn attach(
    sampler: Installed,
    pid: u32,
    options: &Options,
    progress: &mut dyn Progress,
) -> Result<Recording, Error> {
    check_process(pid)?;
    let command = process::command_line(pid).iter().map(lossy).collect();
    let working_directory = process::working_directory(pid).ok().map(lossy);
    // Whoever can't be read by us can't be read by the sampler either, and we say why.
    let python = open_python(pid, options.manner())?.python();
    Tool::find(sampler, pid, &python)?;
    let mut stop = Stop::new(Signals::listen()?, pid);
    let mut watch = Watch::new(sampler, pid, options, progress);
    let end = loop {
        match stop.wait(watch.due()) {
            Wake::Due => watch.turn(),
            Wake::Signals(_) => break End::Interrupted,
            Wake::Ended => break End::Ended,
        }
        if watch.is_finished() {
            break End::TimeUp;
        }
    };
    let Watched {
        mut profile,
        mut notes,
        failure,
    } = watch.finish();
    // With `attach`, counting is asked for.
    notes.extend(options.agent.as_ref().map(|_| uncounted(Trouble::Sampler)));
    if let Some(reason) = failure {
        return Err(Error::SamplerFailed {
            sampler,
            pid,
            reason,
        });
    }
    profile.run = Run {
        command,
        working_directory,
        ..profile.run
    };
    Ok(Recording {
        profile,
        observation: Observation::default(),
        end,
        notes,
    })
}
