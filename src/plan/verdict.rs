//! What is said of a hot function.

use super::Code;

/// What is said of a hot function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Worth moving: it is a candidate.
    Migrate,
    /// Move the caller that is named in the reason instead.
    MigrateCaller,
    /// A change in Python comes first.
    FixPythonFirst,
    /// Its time is in native code already.
    AlreadyNative,
    /// It waits.
    IoBound,
    /// It is import time.
    ImportTime,
    /// Too little time to pay, or none of its own.
    TooSmall,
    /// Rust can't have it as it is written.
    TooDynamic,
    /// Library code.
    NotFirstParty,
}

impl Verdict {
    /// The word in `plan.json`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Migrate => "migrate",
            Self::MigrateCaller => "migrate_caller",
            Self::FixPythonFirst => "fix_python_first",
            Self::AlreadyNative => "already_native",
            Self::IoBound => "io_bound",
            Self::ImportTime => "import_time",
            Self::TooSmall => "too_small",
            Self::TooDynamic => "too_dynamic",
            Self::NotFirstParty => "not_first_party",
        }
    }
}

/// Why a verdict was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Its code.
    pub code: Code,
    /// The reason, in a sentence about this function.
    pub message: String,
}
