//! What rustbound's exit status says.

use std::process::ExitCode;

/// The exit statuses, apart from a profiled program's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    /// Done, nothing wrong found.
    Done,
    /// The answer is bad: `doctor` found that a command would not work.
    Bad,
    /// It could not be done: usage, a missing file, an unreadable profile, no permission.
    CouldNot,
    /// `run`: rustbound itself failed.
    RunFailed,
    /// `run`: the program was found but can't be run.
    NotExecutable,
    /// `run`: the program was not found.
    NotFound,
    /// `run`: the program's own: N, or 128 + signal.
    Program(i32),
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(match status {
            ExitStatus::Done => 0,
            ExitStatus::Bad => 1,
            ExitStatus::CouldNot => 2,
            ExitStatus::RunFailed => 125,
            ExitStatus::NotExecutable => 126,
            ExitStatus::NotFound => 127,
            ExitStatus::Program(status) => u8::try_from(status).unwrap_or(u8::MAX),
        })
    }
}
