//! The tool as its users call it, in a folder of its own.

use crate::environment;
use rustix::process::{Pid, Signal, kill_process};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A folder in which programs are written and rustbound is called; gone with its end.
pub(crate) struct Workplace(TempDir);

impl Workplace {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder can be made"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// The folder for what can be made again: nothing of a developer's own decides what plans say.
    pub(crate) fn cache(&self) -> PathBuf {
        self.path().join("cache")
    }

    /// Writes a file and gives its path.
    pub(crate) fn file(&self, name: impl AsRef<OsStr>, text: &str) -> PathBuf {
        let path = self.path().join(name.as_ref());
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder is made");
        fs::write(&path, text).expect("a file is written");
        path
    }

    /// `rustbound ARGUMENTS…` in this folder, with the test environment's Python first on the path.
    pub(crate) fn rustbound(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rustbound"));
        command
            .current_dir(self.path())
            .env("NO_COLOR", "1")
            .env("XDG_CACHE_HOME", self.cache())
            .env_remove("VIRTUAL_ENV");
        command.env("PATH", path_with_python()).stdin(Stdio::null());
        command
    }

    /// Runs `rustbound` with these arguments to its end.
    pub(crate) fn run<T: AsRef<OsStr>>(&self, arguments: &[T]) -> Run {
        Run::of(self.rustbound().args(arguments))
    }
}

fn path_with_python() -> std::ffi::OsString {
    let python = environment::python();
    let first = python
        .parent()
        .expect("an interpreter lies in a folder")
        .to_owned();
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(first).chain(std::env::split_paths(&rest));
    std::env::join_paths(folders).expect("no folder of PATH has a colon")
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Run {
    /// N, or 128 + signal, as a shell says it.
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn of(command: &mut Command) -> Self {
        Self::from(command.output().expect("the command starts"))
    }

    /// Fails the test with everything that was said unless the status is this one.
    #[track_caller]
    pub(crate) fn expect(self, status: i32) -> Self {
        assert_eq!(
            self.status, status,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        self
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        use std::os::unix::process::ExitStatusExt;
        let signalled = || 128 + output.status.signal().expect("no code means a signal");
        Self {
            status: output.status.code().unwrap_or_else(signalled),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// The plan of a report folder.
pub(crate) fn plan(report: &Path) -> serde_json::Value {
    let text = fs::read_to_string(report.join("plan.json")).expect("the report has a plan.json");
    serde_json::from_str(&text).expect("plan.json is JSON")
}

/// The functions of a plan's candidates, in order.
pub(crate) fn candidates(plan: &serde_json::Value) -> Vec<String> {
    let rows = plan["candidates"].as_array().expect("candidates is a list");
    rows.iter()
        .map(|row| row["function"].as_str().expect("a name").to_owned())
        .collect()
}

/// Says which part of a test this machine can't run.
#[expect(
    clippy::print_stderr,
    reason = "a test that passes must say what it left out"
)]
pub(crate) fn skipped(reason: &str) {
    eprintln!("skipped: {reason}");
}

/// Sends a signal to a process that is there.
pub(crate) fn signal(process: u32, signal: Signal) {
    let process = i32::try_from(process).ok().and_then(Pid::from_raw);
    kill_process(process.expect("a process has a number"), signal).expect("it is there");
}
