//! The functions in Rust, built for one Python.

use crate::package_path;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The extension module, in a folder of its own.
pub(crate) struct Native {
    /// The Python that it was built for.
    pub(crate) interpreter: PathBuf,
    folder: TempDir,
}

impl Native {
    /// Builds it with optimisation, in the target folder that the crates of the tests share.
    pub(crate) fn build(interpreter: &Path) -> Result<Self, Box<dyn Error>> {
        let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let source = scratch.join("speedup");
        // A copy, so that its lock file stays out of the package.
        copy(&package_path("tests/bench/speedup/native"), &source)?;
        let target = scratch.join("crates");
        let status = Command::new(env!("CARGO"))
            .args(["build", "--release", "--quiet"])
            .current_dir(&source)
            .env("CARGO_TARGET_DIR", &target)
            .env("PYO3_PYTHON", interpreter)
            .status()?;
        if !status.success() {
            return Err(format!("cargo build: {status}").into());
        }
        let folder = tempfile::tempdir()?;
        let library = target.join("release/libspeedup_native.so");
        fs::copy(library, folder.path().join("speedup_native.so"))?;
        Ok(Self {
            interpreter: interpreter.to_owned(),
            folder,
        })
    }

    /// The folder to import it from.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &place)?;
        } else {
            fs::copy(entry.path(), place)?;
        }
    }
    Ok(())
}
