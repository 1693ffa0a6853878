//! The output folder: opened before the work, whole or not there at all after it.

use crate::failure::Failure;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A folder that will hold a report. The report is put together beside it and moved there in one
/// step, so that no half-written report can be taken for a whole one.
#[derive(Debug)]
pub(crate) struct ReportFolder {
    folder: PathBuf,
    staging: PathBuf,
    /// The folder around it, where that was made for it.
    made: Option<PathBuf>,
    replace: bool,
}

impl ReportFolder {
    /// Makes sure that a report can be written to `folder`. An earlier report there stays until the
    /// new one is whole; a folder that holds anything else is refused.
    pub(crate) fn open(folder: &Path, replace: bool) -> Result<Self, Failure> {
        let folder = std::path::absolute(folder).map_err(|error| cannot_write(folder, error))?;
        check_taken(&folder)?;
        let staging = beside(&folder, &format!("partial-{}", std::process::id()));
        let around = folder
            .parent()
            .filter(|around| !around.exists())
            .map(Path::to_owned);
        fs::create_dir_all(&staging).map_err(|error| cannot_write(&folder, error))?;
        Ok(Self {
            folder,
            staging,
            made: around,
            replace,
        })
    }

    /// Where the report will be, absolute.
    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }

    /// Where it is put together.
    pub(crate) fn staging(&self) -> &Path {
        &self.staging
    }

    /// Puts the report in its place. An earlier one is kept under the first free of `NAME-2`,
    /// `NAME-3`, …, which is returned, or replaced where that was asked for.
    pub(crate) fn publish(self) -> Result<Option<PathBuf>, Failure> {
        let fail = |error| cannot_write(&self.folder, error);
        check_taken(&self.folder)?;
        let kept = if !self.folder.exists() {
            None
        } else if is_empty(&self.folder).map_err(fail)? {
            fs::remove_dir(&self.folder).map_err(fail)?;
            None
        } else if self.replace {
            let old = beside(&self.folder, &format!("replaced-{}", std::process::id()));
            fs::rename(&self.folder, &old).map_err(fail)?;
            fs::rename(&self.staging, &self.folder).map_err(fail)?;
            fs::remove_dir_all(&old).map_err(fail)?;
            return Ok(None);
        } else {
            let name = first_free(&self.folder);
            fs::rename(&self.folder, &name).map_err(fail)?;
            Some(name)
        };
        fs::rename(&self.staging, &self.folder).map_err(fail)?;
        Ok(kept)
    }
}

impl Drop for ReportFolder {
    fn drop(&mut self) {
        // After publishing it is gone; after a failure nothing half-done is left. That it can't be
        // removed is not worth another error on top of the one that led here.
        let _ = fs::remove_dir_all(&self.staging);
        if let Some(around) = &self.made {
            // Only an empty folder can be removed so: with a report in it, it stays.
            let _ = fs::remove_dir(around);
        }
    }
}

fn check_taken(folder: &Path) -> Result<(), Failure> {
    let found = match fs::metadata(folder) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(cannot_write(folder, error)),
    };
    let shown = folder.display();
    if !found.is_dir() {
        let error = format!("{shown} is not a folder");
        return Err(Failure::new(
            error,
            "name a folder for the report with --output DIR",
        ));
    }
    let is_empty = is_empty(folder).map_err(|error| cannot_write(folder, error))?;
    if is_empty || folder.join("profile.json").is_file() {
        return Ok(());
    }
    let error = format!("{shown} holds something that is not a rustbound report");
    Err(Failure::new(
        error,
        "name an empty or a new folder with --output DIR",
    ))
}

fn is_empty(folder: &Path) -> io::Result<bool> {
    Ok(fs::read_dir(folder)?.next().is_none())
}

/// A hidden name in the same folder, so that a rename moves no data.
fn beside(folder: &Path, what: &str) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(folder.file_name().unwrap_or_default());
    name.push(".");
    name.push(what);
    folder.with_file_name(name)
}

fn first_free(folder: &Path) -> PathBuf {
    let numbered = |number: u32| {
        let mut name = folder.file_name().unwrap_or_default().to_owned();
        name.push(format!("-{number}"));
        folder.with_file_name(name)
    };
    let mut number = 2;
    while numbered(number).exists() {
        number += 1;
    }
    numbered(number)
}

fn cannot_write(folder: &Path, error: io::Error) -> Failure {
    Failure::new(
        CannotWrite {
            folder: folder.to_owned(),
            error,
        },
        "name a folder that can be written with --output DIR",
    )
}

#[derive(Debug, thiserror::Error)]
#[error("the report can't be written to {}", folder.display())]
struct CannotWrite {
    folder: PathBuf,
    #[source]
    error: io::Error,
}
