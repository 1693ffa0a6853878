//! A failure as the user sees it: one sentence, its causes, a hint, a status.

use crate::exit_status::ExitStatus;
use crate::terminal::Terminal;
use std::error::Error;

/// Why a command failed, and what to do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    error: Box<dyn Error>,
    hint: Option<String>,
    status: ExitStatus,
}

impl Failure {
    /// A failure with a hint that names what to do next.
    pub(crate) fn new(error: impl Into<Box<dyn Error>>, hint: impl Into<String>) -> Self {
        let hint = Some(hint.into()).filter(|hint| !hint.is_empty());
        Self {
            error: error.into(),
            hint,
            status: ExitStatus::CouldNot,
        }
    }

    /// The same failure with another status.
    pub(crate) fn with_status(self, status: ExitStatus) -> Self {
        Self { status, ..self }
    }

    /// What rustbound exits with.
    pub(crate) fn status(&self) -> ExitStatus {
        self.status
    }

    /// Writes `error:`, each `caused by:` and the `hint:` to the terminal's error stream.
    pub(crate) fn show(&self, terminal: Terminal) {
        terminal.error(&self.error.to_string());
        let mut cause = self.error.source();
        while let Some(error) = cause {
            terminal.cause(&error.to_string());
            cause = error.source();
        }
        if let Some(hint) = &self.hint {
            terminal.hint(hint);
        }
    }
}
