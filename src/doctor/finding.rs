//! One thing that was looked at, how it is, and what to do about it.

/// A thing that is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Whether a Python started here could be read.
    Sampling,
    /// What Yama lets processes do with each other.
    PtraceScope,
    /// Whether we may read what is not ours.
    Capability,
    /// Whether system calls are filtered.
    Seccomp,
    /// Whether this is a container.
    Container,
    /// Whose the process is.
    Owner,
    /// Whether the process can be read.
    Process,
    /// The interpreter that `run` starts.
    Python,
    /// Another interpreter.
    OtherPython,
    /// What the crates are tested with.
    Pytest,
    /// What builds the crates.
    Cargo,
    /// What compiles them.
    Rustc,
    /// What links them.
    Linker,
    /// What makes wheels of them.
    Maturin,
    /// Another sampler.
    PySpy,
    /// Where reports are written.
    ReportFolder,
    /// Where crates are built.
    BuildFolder,
}

impl Check {
    /// Its name, for people and programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sampling => "sampling",
            Self::PtraceScope => "ptrace_scope",
            Self::Capability => "capability",
            Self::Seccomp => "seccomp",
            Self::Container => "container",
            Self::Owner => "owner",
            Self::Process => "process",
            Self::Python => "python",
            Self::OtherPython => "other_python",
            Self::Pytest => "pytest",
            Self::Cargo => "cargo",
            Self::Rustc => "rustc",
            Self::Linker => "linker",
            Self::Maturin => "maturin",
            Self::PySpy => "py_spy",
            Self::ReportFolder => "report_folder",
            Self::BuildFolder => "build_folder",
        }
    }
}

/// How a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// As it should be.
    Ok,
    /// Something works less well, or not at all, that no command has to have.
    Warning,
    /// Something is missing without which a command doesn't work.
    Missing,
}

/// What the machine may be able to do: a command each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ability {
    /// `rustbound run`.
    Run,
    /// `rustbound attach`: to the process that was asked about, else to any of the same user.
    Attach,
    /// `rustbound verify`.
    Verify,
}

impl Ability {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Run, Self::Attach, Self::Verify];

    /// The command.
    pub fn command(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Attach => "attach",
            Self::Verify => "verify",
        }
    }
}

/// One thing that was looked at. Its texts may hold names of processes and files as they are: they are escaped
/// where they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub check: Check,
    /// How it is.
    pub status: Status,
    /// What was found: a sentence without capital and full stop.
    pub found: String,
    /// What to do about it, unless it is as it should be.
    pub remedy: Option<String>,
    /// The commands that don't work as it is; none unless it is missing.
    pub blocks: Vec<Ability>,
}

impl Finding {
    /// As it should be.
    pub(super) fn ok(check: Check, found: impl Into<String>) -> Self {
        Self {
            check,
            status: Status::Ok,
            found: found.into(),
            remedy: None,
            blocks: Vec::new(),
        }
    }

    /// Not as it should be, but no command's end.
    pub(super) fn warning(
        check: Check,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            status: Status::Warning,
            remedy: Some(remedy.into()),
            ..Self::ok(check, found)
        }
    }

    /// Missing, so that these commands don't work; a warning where there are none.
    pub(super) fn missing(
        check: Check,
        blocks: &[Ability],
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        let warning = Self::warning(check, found, remedy);
        match blocks {
            [] => warning,
            _ => Self {
                status: Status::Missing,
                blocks: blocks.to_vec(),
                ..warning
            },
        }
    }
}
