//! The folder that the crate is written to, built and measured in, and that is gone afterwards.

use super::Error;
use super::process::{Ended, cannot_write, run};
use crate::generate::{self, Edited, PYO3, RenderedFile};
use crate::record::Signals;
use minijinja::{Environment, context};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

/// The files of the crate that are the same for every version of `PyO3`.
const FILES: [(&str, &str); 3] = [
    ("src/lib.rs", include_str!("crate/src/lib.rs")),
    ("src/guard.rs", generate::GUARD),
    ("bench.py", include_str!("crate/bench.py")),
];

/// So many folders of one name may have been left behind.
const MOST_ATTEMPTS: u32 = 100;

/// How often the folder is tried to be removed, and how long it takes what was ended to be gone: a second in all.
const MOST_REMOVALS: u32 = 20;
const BETWEEN_REMOVALS: Duration = Duration::from_millis(50);

/// A folder, removed with this.
pub(super) struct Workshop {
    folder: PathBuf,
    signals: Signals,
}

impl Workshop {
    /// Makes the folder inside of another one that is there, and writes the crate. Two that calibrate at a time have a
    /// folder each.
    pub(super) fn open(folder: &Path, signals: Signals) -> Result<Self, Error> {
        let folder = make_folder(folder)?;
        let workshop = Self { folder, signals };
        let mut files = vec![file("Cargo.toml", manifest()?)];
        files.extend(FILES.map(|(path, text)| file(path, text.to_owned())));
        generate::write(&files, &workshop.folder, Edited::Overwrite)?;
        Ok(workshop)
    }

    /// Where the crate is.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs a command in the folder to its end.
    pub(super) fn run(&mut self, command: &mut Command) -> Result<Ended, Error> {
        command.current_dir(&self.folder);
        run(command, &self.folder, &mut self.signals)
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // A compiler that was just ended may write a last file meanwhile. That the folder can't be removed in the end is
        // not worth another error on top of the one that may have led here.
        for _ in 0..MOST_REMOVALS {
            if fs::remove_dir_all(&self.folder).is_ok() || !self.folder.exists() {
                return;
            }
            thread::sleep(BETWEEN_REMOVALS);
        }
    }
}

/// A new folder. One that was left by a process that was killed may have the first name: numbers of processes come
/// again, in a container soon.
fn make_folder(inside: &Path) -> Result<PathBuf, Error> {
    let mut attempt = 1;
    loop {
        let name = format!(".calibrate-{}-{attempt}", std::process::id());
        let folder = inside.join(name);
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == ErrorKind::AlreadyExists && attempt < MOST_ATTEMPTS => {
                attempt += 1;
            }
            Err(error) => return Err(cannot_write(&folder)(error)),
        }
    }
}

fn file(path: &str, text: String) -> RenderedFile {
    RenderedFile {
        path: path.to_owned(),
        text,
    }
}

fn manifest() -> Result<String, Error> {
    let template = include_str!("crate/Cargo.toml.j2");
    let text = Environment::new().render_str(template, context! { pyo3 => PYO3 });
    Ok(text.map_err(generate::Error::from)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_was_left_behind_is_not_in_the_way() {
        let around = tempfile::tempdir().expect("a temporary folder can be made");
        let first = make_folder(around.path()).expect("it is made");
        let second = make_folder(around.path()).expect("it is made");
        assert_ne!(first, second);
        let nowhere = make_folder(&around.path().join("nowhere"));
        assert!(matches!(nowhere, Err(Error::Write { .. })));
    }

    #[test]
    fn the_crate_asks_for_the_pyo3_of_all_crates() {
        let manifest = manifest().expect("the template fits");
        let line = format!("pyo3 = \"={PYO3}\"\n");
        assert!(manifest.contains(&line), "{manifest}");
    }
}
