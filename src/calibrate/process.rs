//! A program that is run to its end, unless somebody asks to end before.

use super::Error;
use crate::record::Signals;
use rustix::process::{Pid, Signal, kill_process_group};
use std::fs::{self, File};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

/// How often it is looked whether the program has ended: much less than it takes.
const PATIENCE: Duration = Duration::from_millis(20);

/// How a program ended, and what it said.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) succeeded: bool,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// A program and all that it started, ended with this. It has a process group of its own, so that Ctrl-C comes to us
/// alone.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        let leader = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw);
        if let Some(leader) = leader
            && !matches!(self.0.try_wait(), Ok(Some(_)))
        {
            // It may have ended meanwhile.
            let _ = kill_process_group(leader, Signal::KILL);
            let _ = self.0.wait();
        }
    }
}

/// Runs a command. What it says goes to files in `folder`, which no program can fill up as it could a pipe.
pub(super) fn run(
    command: &mut Command,
    folder: &Path,
    signals: &mut Signals,
) -> Result<Ended, Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    let files = ["stdout", "stderr"].map(|name| folder.join(name));
    let create = |path: &Path| File::create(path).map_err(cannot_write(path));
    command
        .stdin(Stdio::null())
        .stdout(create(&files[0])?)
        .stderr(create(&files[1])?)
        .process_group(0);
    let child = command.spawn().map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => Error::NotFound {
            program: program.clone(),
        },
        _ => Error::NotStarted {
            program: program.clone(),
            source,
        },
    })?;
    let status = wait(Group(child), &program, signals)?;
    let [stdout, stderr] = files.map(|path| {
        let bytes = fs::read(path).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    });
    Ok(Ended {
        succeeded: status.success(),
        stdout,
        stderr,
    })
}

fn wait(mut group: Group, program: &str, signals: &mut Signals) -> Result<ExitStatus, Error> {
    loop {
        let ended = group.0.try_wait().map_err(|source| Error::NotStarted {
            program: program.to_owned(),
            source,
        })?;
        if let Some(status) = ended {
            return Ok(status);
        }
        if signals.came() {
            return Err(Error::Interrupted);
        }
        thread::sleep(PATIENCE);
    }
}

pub(super) fn cannot_write(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    |source| Error::Write { path, source }
}
