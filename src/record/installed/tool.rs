//! An installed sampler that was found: how it is called, and what it leaves.

use super::super::{Command, Error, Options};
use super::{Installed, py_spy, tachyon};
use crate::profile::Profile;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs, process};

/// An installed sampler that was found.
#[derive(Debug)]
pub(super) enum Tool {
    /// Its binary.
    PySpy(PathBuf),
    /// The Python that has it.
    Tachyon(PathBuf),
}

/// What a sampler has left.
#[derive(Debug, Default)]
pub(super) struct Samples {
    pub(super) profile: Profile,
    /// Why there is nothing of a further process, for each such process.
    pub(super) unread: Vec<String>,
}

/// Whether the sampler can be there for a command, as far as that can be told before it is started.
pub(super) fn check(sampler: Installed, command: &Command) -> Result<(), Error> {
    match sampler {
        Installed::PySpy => py_spy::find().map(drop),
        Installed::Tachyon => tachyon::check(command),
    }
}

/// The options that both samplers have by the same names. Each gets some seconds more than were asked for: we end it
/// when the time is over, so that it writes what it has.
pub(super) fn common_options(options: &Options) -> Vec<String> {
    const MORE_SECONDS: u64 = 2;
    let subprocesses = options.subprocesses.then(|| "--subprocesses".to_owned());
    let seconds = |duration: Duration| duration.as_secs().saturating_add(MORE_SECONDS);
    let duration = options
        .duration
        .map(|it| format!("--duration={}", seconds(it)));
    subprocesses.into_iter().chain(duration).collect()
}

impl Tool {
    /// The sampler for a process that runs this Python, `3.15.2`.
    pub(super) fn find(sampler: Installed, pid: u32, python: &str) -> Result<Self, Error> {
        match sampler {
            Installed::PySpy => py_spy::find().map(Self::PySpy),
            Installed::Tachyon => tachyon::find(pid, python).map(Self::Tachyon),
        }
    }

    /// The command that samples a process and leaves files in the folder in which it is started.
    pub(super) fn command(&self, pid: u32, options: &Options) -> process::Command {
        let (program, words) = match self {
            Self::PySpy(binary) => (binary, py_spy::arguments(pid, options)),
            Self::Tachyon(python) => (python, tachyon::arguments(pid, options)),
        };
        let mut command = process::Command::new(program);
        command.args(words);
        command
    }

    /// How long it may take to notice that its process has ended, before it is asked to end.
    pub(super) fn farewell(&self) -> Duration {
        match self {
            Self::PySpy(_) => Duration::ZERO,
            // It notices at its next look; asked to end while it is writing, it breaks off.
            Self::Tachyon(_) => Duration::from_secs(2),
        }
    }

    /// What it left in its folder of this process and of those that it followed; why that is nothing, if it knows.
    pub(super) fn read(&self, folder: &Path, pid: u32) -> Option<Result<Samples, String>> {
        match self {
            Self::PySpy(_) => py_spy::read(folder),
            Self::Tachyon(_) => tachyon::read(folder, pid),
        }
    }

    /// What of its errors is the reason.
    pub(super) fn reason(&self, said: &str) -> Option<String> {
        match self {
            Self::PySpy(_) => py_spy::reason(said),
            Self::Tachyon(_) => tachyon::reason(said),
        }
    }
}

/// A program of this name, as the path finds it. It will run in another folder, and the path may name some relative to
/// this one.
pub(super) fn on_path(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    let mut programs = env::split_paths(&folders).map(|folder| folder.join(name));
    let program = programs.find(|program| is_executable(program))?;
    std::path::absolute(program).ok()
}

fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}
