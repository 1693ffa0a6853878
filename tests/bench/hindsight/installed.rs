//! A release in a virtual environment, and the job that uses it.

use crate::case::Release;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A release, installed; gone with this.
pub(crate) struct Installed {
    folder: TempDir,
    release: &'static Release,
    job: PathBuf,
}

/// What a job says at its end: its result, which both releases must have, and its CPU time in seconds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Done {
    pub(crate) result: String,
    pub(crate) seconds: f64,
}

impl Installed {
    pub(crate) fn install(
        release: &'static Release,
        job: PathBuf,
        python: &Path,
    ) -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let made = Command::new(python)
            .args(["-m", "venv"])
            .arg(folder.path())
            .output()?;
        let installed = Self {
            folder,
            release,
            job,
        };
        let pip = Command::new(installed.python())
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .args(release.requirements)
            .output()?;
        if made.status.success() && pip.status.success() {
            return Ok(installed);
        }
        let said = String::from_utf8_lossy(&pip.stderr);
        Err(format!("pip can't install {:?}: {said}", release.requirements).into())
    }

    /// Where the packages are.
    pub(crate) fn packages(&self) -> Result<PathBuf, Box<dyn Error>> {
        let ask = "import sysconfig; print(sysconfig.get_path('purelib'))";
        let told = Command::new(self.python()).args(["-c", ask]).output()?;
        Ok(String::from_utf8(told.stdout)?.trim().into())
    }

    /// The job as the arguments of a command that starts it, which needs the environment too.
    pub(crate) fn start<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.envs(self.release.environment);
        command.arg(self.python()).arg(&self.job)
    }

    /// Runs the job.
    pub(crate) fn run(&self) -> Result<Done, Box<dyn Error>> {
        let mut command = Command::new(self.python());
        let command = command.arg(&self.job).envs(self.release.environment);
        let output = command.output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        let said = String::from_utf8(output.stdout)?;
        let mut lines = said.lines();
        let (result, seconds) = (lines.next(), lines.next());
        let (result, seconds) = result.zip(seconds).ok_or("the job says too little")?;
        Ok(Done {
            result: result.to_owned(),
            seconds: seconds.parse()?,
        })
    }

    fn python(&self) -> PathBuf {
        self.folder.path().join("bin/python")
    }
}
