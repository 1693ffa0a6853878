//! A sampler at work on a process.

use crate::cpu;
use crate::process::{self, Process};
use crate::sampler::{Outcome, Tool};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a sampler may take to say that it begins.
const BEGINNING: Duration = Duration::from_secs(10);
/// It may have much to write.
const ENDING: Duration = Duration::from_mins(1);

/// Why a sampler gave no figures.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AttachmentError {
    #[error("it can't be started: {0}")]
    NotStarted(#[from] io::Error),
    #[error("it failed: {0}")]
    Failed(String),
    #[error("it does not begin within {BEGINNING:?}")]
    Late,
    #[error("it goes on {ENDING:?} after Ctrl-C")]
    Endless,
    #[error("it does not say how well it did: {0}")]
    Silent(String),
}

/// What a sampler did, for its own reading.
pub(crate) struct Span<'a> {
    /// Where it wrote.
    pub(crate) folder: &'a Path,
    /// What it said.
    pub(crate) said: &'a str,
    pub(crate) rate: u32,
    /// From its announcement until it was interrupted.
    pub(crate) sampling: Duration,
    /// Threads of the process.
    pub(crate) threads: usize,
}

/// A sampler that samples.
pub(crate) struct Attachment<'a> {
    process: Process,
    tool: &'a dyn Tool,
    pid: u32,
    rate: u32,
    folder: TempDir,
    begun: Instant,
}

impl<'a> Attachment<'a> {
    /// Starts the sampler and waits until it samples.
    pub(crate) fn begin(tool: &'a dyn Tool, pid: u32, rate: u32) -> Result<Self, AttachmentError> {
        let folder = tempfile::tempdir()?;
        let mut command = tool.command(pid, rate, folder.path());
        let process = Process::start(command.env("RUST_BACKTRACE", "0"), folder.path())?;
        let mut attachment = Self {
            process,
            tool,
            pid,
            rate,
            folder,
            begun: Instant::now(),
        };
        attachment.wait()?;
        attachment.begun = Instant::now();
        Ok(attachment)
    }

    fn wait(&self) -> Result<(), AttachmentError> {
        while !self.process.said().contains(self.tool.announcement()) {
            self.check()?;
            if self.begun.elapsed() > BEGINNING {
                return Err(AttachmentError::Late);
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Whether it still samples.
    fn check(&self) -> Result<(), AttachmentError> {
        if process::has_ended(self.process.pid()) {
            return Err(AttachmentError::Failed(reason(&self.process.said())));
        }
        Ok(())
    }

    /// The CPU time that it took until now.
    pub(crate) fn cpu(&self) -> Duration {
        cpu::Stat::read(self.process.pid()).map_or(Duration::ZERO, |stat| stat.cpu)
    }

    /// Interrupts it, and asks how well it did.
    pub(crate) fn end(mut self) -> Result<Outcome, AttachmentError> {
        self.check()?;
        let sampling = self.begun.elapsed();
        let status = self.process.interrupt(ENDING)?;
        status.ok_or(AttachmentError::Endless)?;
        let said = self.process.said();
        let span = Span {
            folder: self.folder.path(),
            said: &said,
            rate: self.rate,
            sampling,
            threads: process::threads(self.pid),
        };
        let outcome = self.tool.outcome(&span);
        outcome.ok_or_else(|| AttachmentError::Silent(reason(&said)))
    }
}

/// The line that says what went wrong, or the last one.
fn reason(said: &str) -> String {
    let is_error = |line: &&str| line.to_ascii_lowercase().starts_with("error:");
    let last = || said.lines().rfind(|line| !line.trim().is_empty());
    let line = said.lines().find(is_error).or_else(last);
    line.unwrap_or("without a word").trim().to_owned()
}
