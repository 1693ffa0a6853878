//! The Pythons that programs of tests run on: the machine's own, and those of a folder that is a root of its own.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The versions that rustbound samples: 3.9 to 3.15.
pub(crate) const MINORS: RangeInclusive<u32> = 9..=15;

/// Where a Python lies.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// On this machine: the interpreter.
    Host(PathBuf),
    /// In a folder that has everything it needs, and that becomes its root: the folder.
    Root(PathBuf),
}

/// A Python that is there and starts.
#[derive(Clone, Debug)]
pub(crate) struct Python {
    /// Its version is 3 and this.
    pub(crate) minor: u32,
    pub(crate) origin: Origin,
}

impl Python {
    /// Puts files, by name and text, where this Python sees them. The first is the script to start.
    pub(crate) fn script(&self, files: &[(&str, &str)]) -> Script {
        let root = match &self.origin {
            Origin::Host(_) => Path::new("/"),
            Origin::Root(root) => root,
        };
        let folder = match &self.origin {
            Origin::Host(_) => tempfile::tempdir(),
            Origin::Root(root) => tempfile::tempdir_in(root.join("tmp")),
        };
        let folder = folder.expect("a temporary folder can be made");
        for (name, text) in files {
            fs::write(folder.path().join(name), text).expect("a file is written");
        }
        let inside = (folder.path().strip_prefix(root)).expect("the folder is below the root");
        let script = Path::new("/").join(inside).join(files[0].0);
        let mut words = self.interpreter();
        words.push(script.into());
        Script {
            words,
            _folder: folder,
        }
    }

    /// The words before a script's path.
    fn interpreter(&self) -> Vec<OsString> {
        match &self.origin {
            Origin::Host(interpreter) => vec![interpreter.into()],
            Origin::Root(root) => {
                let interpreter = format!("/usr/bin/python3.{}", self.minor);
                vec!["chroot".into(), root.into(), interpreter.into()]
            }
        }
    }
}

impl std::fmt::Display for Python {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.origin {
            Origin::Host(_) => write!(f, "Python 3.{}", self.minor),
            Origin::Root(root) => write!(f, "Python 3.{} in {}", self.minor, root.display()),
        }
    }
}

/// A script where its Python sees it; gone with its end.
#[derive(Debug)]
pub(crate) struct Script {
    words: Vec<OsString>,
    _folder: TempDir,
}

impl Script {
    /// The command that starts it: arguments follow.
    pub(crate) fn words(&self) -> &[OsString] {
        &self.words
    }
}

/// Every Python from 3.9 to 3.15 that is here, by version and the machine's own first, and a word for each
/// version that is missing.
pub(crate) fn all(missing: impl Fn(&str)) -> Vec<Python> {
    let root = root().inspect_err(|reason| missing(reason)).ok();
    let mut found = Vec::new();
    for minor in MINORS {
        let before = found.len();
        found.extend(on_host(minor));
        found.extend(root.as_deref().and_then(|root| in_root(minor, root)));
        if found.len() == before {
            missing(&format!("there is no Python 3.{minor} on this machine"));
        }
    }
    found
}

/// `python3.N` from the path or from pyenv.
fn on_host(minor: u32) -> Option<Python> {
    let on_path = OsString::from(format!("python3.{minor}"));
    let interpreter = executable(&on_path).or_else(|| executable(in_pyenv(minor)?.as_ref()))?;
    Some(Python {
        minor,
        origin: Origin::Host(interpreter),
    })
}

fn in_pyenv(minor: u32) -> Option<PathBuf> {
    let versions = Path::new(&std::env::var_os("PYENV_ROOT")?).join("versions");
    let prefix = format!("3.{minor}.");
    let entries = fs::read_dir(versions).ok()?.filter_map(Result::ok);
    let mut found = entries.filter(|it| it.file_name().to_string_lossy().starts_with(&prefix));
    Some(found.next()?.path().join("bin/python"))
}

/// The interpreter itself, which a command may only stand for, if it starts.
fn executable(command: &OsStr) -> Option<PathBuf> {
    let ask = ["-c", "import sys; print(sys.executable)"];
    let answer = Command::new(command).args(ask).output().ok()?;
    let path = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    answer.status.success().then(|| path.into())
}

/// The folder that `tests/pythons/debian.sh` makes, or that `DEBIAN_PYTHONS` names; or why it is of no use.
fn root() -> Result<PathBuf, String> {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let made = || scratch.with_file_name("debian-sid");
    let root = std::env::var_os("DEBIAN_PYTHONS").map_or_else(made, PathBuf::from);
    if !root.join("usr/bin").is_dir() {
        let root = root.display();
        Err(format!(
            "there is no {root}: tests/pythons/debian.sh makes it"
        ))
    } else if !rustix::process::geteuid().is_root() {
        Err("only root can start the Pythons of a folder".to_owned())
    } else {
        Ok(root)
    }
}

/// Debian's `python3.N`, if it starts there.
fn in_root(minor: u32, root: &Path) -> Option<Python> {
    let python = Python {
        minor,
        origin: Origin::Root(root.to_owned()),
    };
    let words = python.interpreter();
    let mut command = Command::new(&words[0]);
    let answer = command.args(&words[1..]).arg("-V").output().ok()?;
    answer.status.success().then_some(python)
}

#[test]
fn a_script_runs_on_the_python_that_it_was_given_to() {
    for python in all(crate::tool::skipped) {
        let text = "import other, sys; print(other.NAME, *sys.version_info[:2])";
        let script = python.script(&[("script.py", text), ("other.py", "NAME = 'Python'")]);
        let words = script.words();
        let output = Command::new(&words[0]).args(&words[1..]).output();
        let said = output.expect("it starts").stdout;
        let expected = format!("Python 3 {}\n", python.minor);
        assert_eq!(String::from_utf8_lossy(&said), expected, "{python}");
    }
}
