//! The installed py-spy in the place of our sampler: found, run beside the program, and its file read.
//!
//! The program is started, signalled and waited for as ever; py-spy only looks at it. It runs in a process group of
//! its own, so that Ctrl-C in a terminal ends the program and not the sampling of it, and what it prints goes nowhere.

mod spy;
mod watch;

use super::child::Child;
use super::run::{check_process, forward, lossy, of_command, open_python};
use super::signals::Signals;
use super::stop::{Stop, Wake};
use super::{Command, End, Error, Event, Options, Progress, Recording, Target, process};
use crate::observation::Observation;
use crate::profile::Run;
use std::path::Path;
use watch::{Watch, Watched};

/// Records a program as [`run`](super::run()) does, with the `py-spy` on the path as the sampler.
///
/// It keeps what [`Options`] say of rate, duration and blocking, and sees no values. Where the kernel lets only a
/// parent read a process, py-spy needs to be let (`kernel.yama.ptrace_scope`).
pub fn run_py_spy(
    target: &Target,
    options: &Options,
    progress: &mut dyn Progress,
) -> Result<Recording, Error> {
    options.check()?;
    let binary = spy::find().ok_or(Error::PySpyNotFound)?;
    match target {
        Target::Start(command) => start(&binary, command, options, progress),
        Target::Attach(pid) => attach(&binary, *pid, options, progress),
    }
}

fn start(
    binary: &Path,
    command: &Command,
    options: &Options,
    progress: &mut dyn Progress,
) -> Result<Recording, Error> {
    let signals = Signals::listen()?;
    let child = Child::start(command)?;
    let pid = child.pid();
    progress.tell(&Event::Started { pid });
    let mut watch = Watch::new(binary, pid, options, progress);
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
    binary: &Path,
    pid: u32,
    options: &Options,
    progress: &mut dyn Progress,
) -> Result<Recording, Error> {
    check_process(pid)?;
    let command = process::command_line(pid).iter().map(lossy).collect();
    let working_directory = process::working_directory(pid).ok().map(lossy);
    // Whoever can't be read by us can't be read by py-spy either, and we say why.
    drop(open_python(pid, options.manner())?);
    let mut stop = Stop::new(Signals::listen()?, pid);
    let mut watch = Watch::new(binary, pid, options, progress);
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
        notes,
        failure,
    } = watch.finish();
    if let Some(reason) = failure {
        return Err(Error::PySpyFailed { pid, reason });
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
