//! The `py-spy` binary: the one on the path, or that of a virtual environment below the target folder.

use crate::attachment::Span;
use crate::sampler::{Outcome, Tool};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the version is written.
const REQUIREMENTS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/bench/overhead/requirements.txt"
);

/// Why there is no py-spy.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PySpyError {
    #[error("`{0}` can't be started: {1}")]
    NotStarted(String, #[source] io::Error),
    #[error("`{0}` failed: {1}")]
    Failed(String, String),
}

/// py-spy's `record` with some options more.
pub(crate) struct PySpy {
    binary: PathBuf,
    options: &'static [&'static str],
}

impl PySpy {
    pub(crate) fn new(binary: &Path, options: &'static [&'static str]) -> Self {
        Self {
            binary: binary.to_owned(),
            options,
        }
    }
}

impl Tool for PySpy {
    fn command(&self, pid: u32, rate: u32, folder: &Path) -> Command {
        let mut command = Command::new(&self.binary);
        command.arg("record").args(self.options);
        command.args(["--idle", "--format", "raw", "--rate", &rate.to_string()]);
        command.args(["--pid", &pid.to_string(), "--output"]);
        command.arg(folder.join("stacks.txt"));
        command
    }

    fn announcement(&self) -> &'static str {
        "Sampling process"
    }

    /// `Samples: 1978 Errors: 8`. Samples are stacks, with `--idle` one of each thread, and errors are looks.
    fn outcome(&self, span: &Span<'_>) -> Option<Outcome> {
        let (_, rest) = span.said.rsplit_once("Samples: ")?;
        let (samples, rest) = rest.split_once(" Errors: ")?;
        let errors: f64 = rest.lines().next()?.trim().parse().ok()?;
        let asked = span.sampling.as_secs_f64() * f64::from(span.rate);
        let looks = samples.parse::<f64>().ok()? / span.threads as f64 + errors;
        Outcome::new(looks, errors, asked)
    }
}

/// py-spy's path; it is installed if it isn't there.
pub(crate) fn find() -> Result<PathBuf, PySpyError> {
    let on_path = PathBuf::from("py-spy");
    if run(&on_path, ["--version".as_ref()]).is_ok() {
        return Ok(on_path);
    }
    let environment = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("py-spy-env");
    let binary = environment.join("bin/py-spy");
    if run(&binary, ["--version".as_ref()]).is_err() {
        install(&environment)?;
    }
    Ok(binary)
}

fn install(environment: &Path) -> Result<(), PySpyError> {
    let venv = ["-I", "-m", "venv", "--clear"].map(OsStr::new);
    run(
        "python3".as_ref(),
        venv.into_iter().chain([environment.as_os_str()]),
    )?;
    let pip = [
        "-I",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-input",
        "-r",
        REQUIREMENTS,
    ];
    run(&environment.join("bin/python"), pip.map(OsStr::new))
}

fn run<'a>(
    program: &Path,
    arguments: impl IntoIterator<Item = &'a OsStr>,
) -> Result<(), PySpyError> {
    let shown = program.display().to_string();
    let output = Command::new(program)
        .args(arguments)
        .output()
        .map_err(|error| PySpyError::NotStarted(shown.clone(), error))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(PySpyError::Failed(shown, said))
}
