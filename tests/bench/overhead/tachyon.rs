//! The sampling profiler of Python 3.15, which samples that version only.

use crate::attachment::Span;
use crate::pythons::{Origin, Python};
use crate::sampler::{Outcome, Tool};
use std::path::Path;
use std::process::Command;

/// The first version that has it.
const FIRST: u32 = 15;

/// Python's `profiling.sampling`, run by the Python that it samples.
pub(crate) struct Tachyon(Python);

impl Tachyon {
    pub(crate) fn of(python: &Python) -> Option<Self> {
        (python.minor >= FIRST).then(|| Self(python.clone()))
    }

    /// The interpreter with this machine's `/proc` before it, which a folder as root doesn't have: there its
    /// own loader starts it instead.
    fn interpreter(&self) -> Command {
        let root = match &self.0.origin {
            Origin::Host(interpreter) => return Command::new(interpreter),
            Origin::Root(root) => root,
        };
        let mut command = Command::new(root.join("lib64/ld-linux-x86-64.so.2"));
        command
            .arg("--library-path")
            .arg(root.join("usr/lib/x86_64-linux-gnu"));
        command.arg(root.join(format!("usr/bin/python3.{}", self.0.minor)));
        command.env("PYTHONHOME", root.join("usr"));
        command
    }
}

impl Tool for Tachyon {
    fn command(&self, pid: u32, rate: u32, folder: &Path) -> Command {
        let mut command = self.interpreter();
        command.args([
            "-c",
            include_str!("tachyon.py"),
            "attach",
            "--all-threads",
            "--collapsed",
        ]);
        command.args(["--sampling-rate", &rate.to_string(), "--output"]);
        command.arg(folder.join("stacks.txt")).arg(pid.to_string());
        command
    }

    fn announcement(&self) -> &'static str {
        "it begins"
    }

    /// `Captured 1902 samples in 1.90 seconds`, failed ones too, and `Error rate: 22.61`, in percent.
    fn outcome(&self, span: &Span<'_>) -> Option<Outcome> {
        let number = |before: &str, after: &str| {
            let (_, rest) = span.said.split_once(before)?;
            rest.split_once(after)?.0.trim().parse::<f64>().ok()
        };
        let looks = number("Captured ", " sample")?;
        let seconds = number(" in ", " seconds")?;
        let failed = looks * number("Error rate: ", "\n")? / 100.0;
        Outcome::new(looks, failed, seconds * f64::from(span.rate))
    }
}
