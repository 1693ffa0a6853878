//! The interpreters: the one that `run` starts, and the others that are here.

use super::ask::{NoAnswer, ask};
use super::search_path;
use crate::record::{Interpreter, Surroundings};
use serde::Deserialize;
use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What an interpreter is asked.
const QUESTION: &str = include_str!("interpreter.py");

/// So many other interpreters are asked at most.
const MOST: usize = 32;

/// The interpreters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pythons {
    /// The one that `run` starts here.
    pub chosen: Python,
    /// Those on `PATH`, of pyenv and of `.venv`, each once; without those that don't answer.
    pub others: Vec<Python>,
}

/// An interpreter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Python {
    /// As it is started: `python3`, or a path.
    pub path: PathBuf,
    /// What it says.
    pub answer: Result<Answer, Silence>,
}

/// What an interpreter says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Answer {
    /// Its version: 3, 11, 7.
    pub version: (u32, u32, u32),
    /// `cpython`, `pypy`.
    pub implementation: String,
    /// Whether it has no interpreter lock.
    pub free_threaded: bool,
    /// Its own path.
    pub executable: PathBuf,
    /// What it can import.
    pub packages: Packages,
}

/// What an interpreter can import, as far as crates need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Packages {
    /// Whether it has a `pip` that may install something.
    pub pip: bool,
    /// Whether it can make a virtual environment with `pip` in it.
    pub venv: bool,
    /// Whether it has `pytest`.
    pub pytest: bool,
}

/// Why an interpreter says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Silence {
    /// It isn't there.
    NotFound,
    /// It doesn't work.
    Broken(String),
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor, micro) = self.version;
        let threads = if self.free_threaded {
            "free-threaded "
        } else {
            ""
        };
        let name = match &*self.implementation {
            "cpython" => "Python",
            "pypy" => "PyPy",
            other => other,
        };
        write!(f, "{threads}{name} {major}.{minor}.{micro}")
    }
}

impl Pythons {
    pub(super) fn gather(folder: &Path) -> Self {
        let virtual_env = env::var_os("VIRTUAL_ENV");
        let surroundings = Surroundings {
            virtual_env: virtual_env.as_deref(),
            working_directory: folder,
            script: None,
        };
        let interpreter = Interpreter::choose(None, surroundings);
        let interpreter = interpreter.unwrap_or_else(|_| Interpreter::on_path());
        let chosen = Python::asked(interpreter.path().to_owned());
        let mut known: Vec<PathBuf> = chosen.executable().map(identity).into_iter().collect();
        let mut others = Vec::new();
        for path in candidates(folder).into_iter().take(MOST) {
            if known.contains(&identity(&path)) {
                continue;
            }
            known.push(identity(&path));
            others.push(Python::asked(path));
        }
        others.retain(|other| other.answer.is_ok());
        Self { chosen, others }
    }
}

impl Python {
    /// Asks the interpreter at this path, or of this name on `PATH`.
    pub(crate) fn asked(path: PathBuf) -> Self {
        let answer = match ask(&path, &["-I", "-S", "-c", QUESTION]) {
            Ok(said) => serde_json::from_str(&said)
                .map_err(|_| Silence::Broken("it does not answer as Python does".into())),
            Err(NoAnswer::NotStarted(error)) if error.kind() == io::ErrorKind::NotFound => {
                Err(Silence::NotFound)
            }
            Err(NoAnswer::NotStarted(error)) => Err(Silence::Broken(error.to_string())),
            Err(NoAnswer::Failed(reason)) => Err(Silence::Broken(reason)),
        };
        Self { path, answer }
    }

    fn executable(&self) -> Option<&Path> {
        let answer = self.answer.as_ref().ok()?;
        Some(&answer.executable)
            .filter(|path| path.is_absolute())
            .map(PathBuf::as_path)
    }

    /// The folder that it lies in.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.executable()?.parent()
    }
}

/// Two names of one interpreter are one; a virtual environment's is another than the one it was made of.
fn identity(path: &Path) -> PathBuf {
    let environment = path.parent().and_then(Path::parent);
    let in_environment = environment.is_some_and(|it| it.join("pyvenv.cfg").is_file());
    let canonical = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    match environment {
        Some(environment) if in_environment => canonical(environment),
        _ => canonical(path),
    }
}

/// Where interpreters may be. Scripts, as pyenv's shims are, only lead to others.
fn candidates(folder: &Path) -> Vec<PathBuf> {
    let environments = [folder.join(".venv"), folder.join("venv")];
    let environments = environments.map(|it| it.join("bin/python"));
    let folders = search_path().into_iter().chain(pyenv_folders());
    let found = (environments.into_iter()).chain(folders.flat_map(|folder| pythons_in(&folder)));
    found
        .filter(|path| path.is_file() && !is_script(path))
        .collect()
}

fn pyenv_folders() -> Vec<PathBuf> {
    let home = || Some(PathBuf::from(env::var_os("HOME")?).join(".pyenv"));
    let root = env::var_os("PYENV_ROOT").map(PathBuf::from).or_else(home);
    let versions = root.map(|root| sorted(&root.join("versions")));
    let folders = versions.unwrap_or_default().into_iter();
    folders.map(|version| version.join("bin")).collect()
}

fn pythons_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = sorted(folder);
    found.retain(|path| path.file_name().is_some_and(is_python_name));
    found
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort_unstable();
    paths
}

/// `python`, `python3`, `python3.11`, `python3.14t`.
fn is_python_name(name: &OsStr) -> bool {
    let Some(version) = name.to_str().and_then(|name| name.strip_prefix("python")) else {
        return false;
    };
    let minor = version
        .strip_prefix("3.")
        .map(|it| it.strip_suffix('t').unwrap_or(it));
    let is_number = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
    matches!(version, "" | "3") || minor.is_some_and(is_number)
}

fn is_script(path: &Path) -> bool {
    use std::io::Read;
    let mut start = [0; 2];
    let read = fs::File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == *b"#!"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpreters_are_known_by_their_names() {
        for name in ["python", "python3", "python3.9", "python3.14t"] {
            assert!(is_python_name(OsStr::new(name)), "{name}");
        }
        for name in [
            "python3-config",
            "python3.",
            "python3.9m",
            "pythonw",
            "python2.7",
            "ipython",
        ] {
            assert!(!is_python_name(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn an_interpreter_tells_its_version_without_its_site() {
        let python = Python::asked("python3".into());
        let answer = python.answer.expect("the tests need python3");
        assert_eq!(answer.version.0, 3);
        assert!(answer.executable.is_absolute(), "{answer:?}");
    }

    #[test]
    fn who_is_not_there_and_who_is_not_python_say_nothing() {
        let silence = |path: &str| Python::asked(path.into()).answer.err();
        assert_eq!(silence("/nowhere/python3"), Some(Silence::NotFound));
        assert!(matches!(silence("true"), Some(Silence::Broken(_))));
        assert!(matches!(silence("false"), Some(Silence::Broken(_))));
    }

    #[test]
    fn an_interpreter_is_called_by_what_it_is() {
        let answer = |implementation: &str, free_threaded| Answer {
            version: (3, 14, 2),
            implementation: implementation.into(),
            free_threaded,
            executable: "/x".into(),
            packages: Packages {
                pip: false,
                venv: false,
                pytest: false,
            },
        };
        assert_eq!(
            answer("cpython", true).to_string(),
            "free-threaded Python 3.14.2"
        );
        assert_eq!(answer("pypy", false).to_string(), "PyPy 3.14.2");
    }
}
