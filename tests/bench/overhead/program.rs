//! The programs that are sampled, and one of them as it runs.

use crate::process::{self, Process};
use crate::progress::Progress;
use crate::pythons::{Python, Script};
use std::fmt;
use std::fs;
use std::io;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a program may take to start.
const STARTING: Duration = Duration::from_secs(20);
/// After its first step Python still specialises its code.
const WARMING_UP: Duration = Duration::from_secs(1);

/// What is sampled: each is a file of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(crate) enum Program {
    Loop,
    Stack,
    Recursion,
    Threads,
}

impl Program {
    fn text(self) -> &'static str {
        match self {
            Self::Loop => include_str!("loop.py"),
            Self::Stack => include_str!("stack.py"),
            Self::Recursion => include_str!("recursion.py"),
            Self::Threads => include_str!("threads.py"),
        }
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Loop => "a plain loop",
            Self::Stack => "a stack 500 deep",
            Self::Recursion => "a recursion 15,000 deep",
            Self::Threads => "50 threads",
        })
    }
}

/// Why there are no figures of a program.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProgramError {
    #[error("it can't be started: {0}")]
    NotStarted(#[from] io::Error),
    #[error("it did nothing for {STARTING:?}: {0}")]
    Silent(String),
    #[error("it ended: {0}")]
    Ended(String),
}

/// A program that runs until it is dropped.
pub(crate) struct Running {
    process: Process,
    folder: TempDir,
    _script: Script,
}

impl Running {
    /// Starts it and waits until it is warm.
    pub(crate) fn start(program: Program, python: &Python) -> Result<Self, ProgramError> {
        let script = python.script(&[
            ("program.py", program.text()),
            ("progress.py", include_str!("progress.py")),
            ("work.py", include_str!("work.py")),
        ]);
        let words = script.words();
        let folder = tempfile::tempdir()?;
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]);
        let running = Self {
            process: Process::start(&mut command, folder.path())?,
            folder,
            _script: script,
        };
        running.warm_up()?;
        Ok(running)
    }

    fn warm_up(&self) -> Result<(), ProgramError> {
        let begun = Instant::now();
        while self.progress()?.is_empty() {
            self.check()?;
            if begun.elapsed() > STARTING {
                return Err(ProgramError::Silent(self.process.said()));
            }
            thread::sleep(Duration::from_millis(20));
        }
        thread::sleep(WARMING_UP);
        Ok(())
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Whether it still runs.
    pub(crate) fn check(&self) -> Result<(), ProgramError> {
        if process::has_ended(self.pid()) {
            return Err(ProgramError::Ended(self.process.said()));
        }
        Ok(())
    }

    /// How far it got until now.
    pub(crate) fn progress(&self) -> io::Result<Progress> {
        let text = fs::read_to_string(self.folder.path().join(process::OUTPUT))?;
        Ok(Progress::parse(&text))
    }
}
