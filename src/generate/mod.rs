//! Crates: for each candidate one that builds and gives the original's results from the first day on.
//!
//! [`specs`] decides everything, [`render`] prints it, [`write()`] brings it to a folder. Text of the profiled program
//! is escaped in `escape`, and nowhere else.

mod boundary;
mod escape;
mod examples;
mod harmless;
mod layout;
mod names;
mod package;
mod passing;
mod render;
#[cfg(test)]
mod samples;
mod signature;
mod spec;
mod types;
mod typing;
mod write;

pub use boundary::RustTypes;
pub use render::render;
pub use spec::{CrateSpec, specs};
pub use write::{Edited, Written, write};

use std::path::PathBuf;

/// The version of `PyO3` that crates ask for.
pub const PYO3: &str = "0.30.1";

/// How crates take values from Python: `guard.rs`.
pub(crate) const GUARD: &str = include_str!("templates/crate/src/guard.rs");

/// The oldest Python, as major and minor version, that a crate can be built for: `PyO3`'s.
pub const OLDEST_PYTHON: (u32, u32) = (3, 9);

/// The newest Python that a crate can be built for: `PyO3`'s.
pub const NEWEST_PYTHON: (u32, u32) = (3, 15);

/// The oldest Python without the interpreter lock that a crate can be built for: `PyO3`'s.
pub const OLDEST_FREE_THREADED: (u32, u32) = (3, 14);

/// The oldest Rust, as major and minor version, that builds the crates: `PyO3`'s.
pub const OLDEST_RUST: (u32, u32) = (1, 85);

/// The oldest maturin that builds the crates.
pub const OLDEST_MATURIN: (u32, u32) = (1, 16);

/// Whether crates can be built for a Python of this version (`3.11.7`). What can't be read as one may be.
pub fn can_build_for(python: &str) -> bool {
    let mut parts = python.split('.').map_while(|part| part.parse::<u32>().ok());
    match (parts.next(), parts.next()) {
        (Some(major), Some(minor)) => (major, minor) >= OLDEST_PYTHON,
        _ => true,
    }
}

/// Where the crates are, seen from the program.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Place {
    /// The folders that must be on `sys.path` for the program's modules, in order, relative to the crates' folder.
    pub source_roots: Vec<String>,
    /// The Python interpreter to build for, where it is not the one that the shell finds.
    pub interpreter: Option<String>,
}

/// A file of a workspace, not yet written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedFile {
    /// Its path in the crates' folder, with `/`.
    pub path: String,
    /// What is in it.
    pub text: String,
}

/// Why crates can't be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A template and its spec don't fit: a fault of this program.
    #[error("a template can't be printed")]
    Template(#[from] minijinja::Error),
    /// A file would lie outside the folder.
    #[error("the path {path:?} leads out of the crates' folder")]
    Outside {
        /// As it was asked for.
        path: String,
    },
    /// There is something else where a folder must be.
    #[error("{} is in the way of a folder", path.display())]
    NoFolder {
        /// A file, or a link, which is not followed.
        path: PathBuf,
    },
    /// The file system refuses.
    #[error("can't write {}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

#[cfg(test)]
mod tests {
    use super::{OLDEST_MATURIN, OLDEST_PYTHON, OLDEST_RUST, can_build_for};

    #[test]
    fn the_templates_ask_for_the_versions_that_are_told() {
        let check = |template: &str, asked: &str, (major, minor): (u32, u32)| {
            let asked = asked.replace('N', &format!("{major}.{minor}"));
            assert!(template.contains(&asked), "{asked}");
        };
        let cargo = include_str!("templates/Cargo.toml.j2");
        let project = include_str!("templates/crate/pyproject.toml.j2");
        check(cargo, "rust-version = \"N\"", OLDEST_RUST);
        check(project, "maturin>=N,", OLDEST_MATURIN);
        check(project, "requires-python = \">=N\"", OLDEST_PYTHON);
    }

    #[test]
    fn crates_need_the_python_that_pyo3_needs() {
        for (python, expected) in [
            ("3.8.18", false),
            ("3.9.0", true),
            ("3.13.0", true),
            ("", true),
        ] {
            assert_eq!(can_build_for(python), expected, "{python}");
        }
    }
}
