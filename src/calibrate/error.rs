//! Why boundary costs can't be measured.

use crate::generate::OLDEST_PYTHON;
use crate::plan::boundary::CostsError;
use std::io;
use std::path::PathBuf;

/// Why boundary costs can't be measured.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such Python, or it doesn't work.
    #[error("the Python {} can't be asked: {reason}", path.display())]
    Python {
        /// As it was to be started.
        path: PathBuf,
        /// What it says, or the system.
        reason: String,
    },
    /// Crates aren't built for it, or its programs aren't sampled.
    #[error("{python} is none that rustbound measures crates with")]
    Unfit {
        /// What it calls itself.
        python: String,
    },
    /// The file system refuses.
    #[error("can't write {}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The crate's files can't be written.
    #[error("the crate that measures can't be written")]
    Crate(#[from] crate::generate::Error),
    /// Signals can't be listened to.
    #[error("signals can't be listened to")]
    Signals(#[source] io::Error),
    /// There is no such program.
    #[error("{program} was not found on PATH")]
    NotFound {
        /// `cargo`, `rustc`.
        program: String,
    },
    /// A program can't be started.
    #[error("{program} can't be started")]
    NotStarted {
        /// Its name.
        program: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The compiler doesn't answer or cargo doesn't build.
    #[error("the crate that measures can't be built")]
    Build(#[source] Said),
    /// Python doesn't run it.
    #[error("the crate that measures can't be run")]
    Run(#[source] Said),
    /// What was measured makes no table.
    #[error("what was measured makes no sense")]
    Figures(#[source] CostsError),
    /// Somebody asked to end.
    #[error("it was interrupted, and nothing was written")]
    Interrupted,
}

/// What a program said of why it failed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Said(pub(super) String);

impl Said {
    /// The first line that says `error`, as cargo and the compiler do; otherwise the last one, which is a traceback's.
    pub(super) fn of(text: &str) -> Self {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let last = lines.clone().next_back();
        let line = lines.find(|line| line.starts_with("error")).or(last);
        Self(line.unwrap_or("it said nothing").to_owned())
    }
}

impl Error {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let (major, minor) = OLDEST_PYTHON;
        let hint = match self {
            Self::Python { .. } => "name a Python that works with --python PATH".to_owned(),
            Self::Unfit { .. } => format!(
                "name a CPython of version {major}.{minor} or later that has the interpreter lock, with --python PATH"
            ),
            Self::Write { .. } | Self::Crate(_) => {
                "make room, or name a file that can be written with --output FILE".to_owned()
            }
            Self::NotFound { .. } => {
                "install Rust from https://rustup.rs, and open a new shell".to_owned()
            }
            Self::Build(_) => "`rustbound doctor` says what is missing for building; PyO3 is got from the network the first time".to_owned(),
            Self::NotStarted { .. } | Self::Run(_) => {
                "`rustbound doctor` says what doesn't work here".to_owned()
            }
            Self::Figures(_) => "try again when the machine has less to do".to_owned(),
            Self::Signals(_) | Self::Interrupted => return None,
        };
        Some(hint)
    }
}

#[cfg(test)]
mod tests {
    use super::Said;

    #[test]
    fn a_failure_is_told_by_its_error_or_its_last_line() {
        let check = |text: &str, expected: &str| assert_eq!(Said::of(text).to_string(), expected);
        check(
            "warning: x\nerror: linker `cc` not found\n  |\nerror: aborting\n",
            "error: linker `cc` not found",
        );
        check(
            "Traceback (most recent call last):\n  x\nImportError: no\n\n",
            "ImportError: no",
        );
        check("\n", "it said nothing");
    }
}
