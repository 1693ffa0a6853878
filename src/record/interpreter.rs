//! Which Python runs a script.

use super::Error;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// A Python interpreter, and how it was come by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interpreter {
    path: PathBuf,
    chosen: bool,
}

/// What decides when no interpreter is named.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The value of `VIRTUAL_ENV`.
    pub virtual_env: Option<&'a OsStr>,
    /// The working directory.
    pub working_directory: &'a Path,
    /// The script, absolute or from the working directory.
    pub script: Option<&'a Path>,
}

/// Files that tell a project's top folder.
const PROJECT_FILES: [&str; 4] = ["pyproject.toml", "setup.py", "setup.cfg", ".git"];

impl Interpreter {
    /// The first of: the one that is named, `$VIRTUAL_ENV`, the `.venv` of the working directory,
    /// the `.venv` of the script's project, `python3` on `PATH`.
    pub fn choose(named: Option<&Path>, surroundings: Surroundings<'_>) -> Result<Self, Error> {
        match named {
            Some(named) => Self::named(named),
            None => Ok(Self::of_surroundings(surroundings).unwrap_or_else(Self::on_path)),
        }
    }

    /// `python3` as `PATH` finds it.
    pub fn on_path() -> Self {
        Self {
            path: "python3".into(),
            chosen: false,
        }
    }

    /// The program to start.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The program, unless it is plain `python3`.
    pub fn chosen(&self) -> Option<&Path> {
        self.chosen.then_some(&*self.path)
    }

    /// A bare name is looked up on `PATH` by whoever starts it; a folder is a virtual environment.
    fn named(named: &Path) -> Result<Self, Error> {
        let bare = named.components().count() == 1 && named.parent() == Some(Path::new(""));
        let path = match python_of(named) {
            Some(python) => python,
            None if bare || named.is_file() => named.to_path_buf(),
            None => {
                return Err(Error::InterpreterNotFound {
                    path: named.to_path_buf(),
                });
            }
        };
        Ok(Self { path, chosen: true })
    }

    fn of_surroundings(surroundings: Surroundings<'_>) -> Option<Self> {
        let script =
            (surroundings.script).map(|script| surroundings.working_directory.join(script));
        let projects = script.iter().flat_map(|script| project_folders(script));
        let virtual_env = surroundings.virtual_env.filter(|folder| !folder.is_empty());
        let path = (virtual_env.map(PathBuf::from).into_iter())
            .chain([surroundings.working_directory.join(".venv")])
            .chain(projects.map(|folder| folder.join(".venv")))
            .find_map(|folder| python_of(&folder))?;
        Some(Self { path, chosen: true })
    }
}

/// The folders of a script up to its project's top; without one, only its own folder.
fn project_folders(script: &Path) -> Vec<PathBuf> {
    let folders: Vec<_> = script.ancestors().skip(1).collect();
    let is_top = |folder: &&Path| PROJECT_FILES.iter().any(|file| folder.join(file).exists());
    let depth = folders.iter().position(is_top).unwrap_or(0);
    folders
        .into_iter()
        .take(depth + 1)
        .map(Path::to_path_buf)
        .collect()
}

fn python_of(virtual_environment: &Path) -> Option<PathBuf> {
    let python = virtual_environment.join("bin").join("python");
    python.exists().then_some(python)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// Makes `files` in a new folder, and says which interpreter a run in `cwd` would take.
    fn check(files: &[&str], named: Option<&str>, virtual_env: Option<&str>, expected: &str) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path();
        for file in files {
            let path = root.join(file);
            fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder");
            fs::write(path, "").expect("a file");
        }
        let virtual_env = virtual_env.map(|folder| root.join(folder));
        let named = named.map(|named| {
            if named.contains('/') {
                root.join(named)
            } else {
                named.into()
            }
        });
        let interpreter = Interpreter::choose(
            named.as_deref(),
            Surroundings {
                virtual_env: virtual_env.as_ref().map(|path| path.as_os_str()),
                working_directory: &root.join("cwd"),
                script: Some(Path::new("../project/src/x.py")),
            },
        );
        let shown = match interpreter {
            Ok(interpreter) => interpreter.path().to_path_buf(),
            Err(error) => error.to_string().into(),
        };
        let shown = shown
            .to_string_lossy()
            .replace(&*root.to_string_lossy(), "");
        assert_eq!(shown.trim_start_matches('/'), expected);
    }

    const CWD: &str = "cwd/.venv/bin/python";
    const PROJECT: &str = "project/.venv/bin/python";

    #[test]
    fn the_named_one_comes_first() {
        let files = [CWD, "venv/bin/python", "opt/python3"];
        check(&files, Some("opt/python3"), Some("venv"), "opt/python3");
        check(&files, Some("python3.12"), Some("venv"), "python3.12");
    }

    #[test]
    fn a_named_folder_is_a_virtual_environment() {
        check(
            &["my/venv/bin/python"],
            Some("my/venv"),
            None,
            "my/venv/bin/python",
        );
    }

    #[test]
    fn a_named_one_that_is_missing_is_an_error() {
        check(
            &[],
            Some("opt/python3"),
            None,
            "the interpreter \"/opt/python3\" was not found",
        );
    }

    #[test]
    fn the_active_environment_comes_before_dot_venv() {
        check(
            &[CWD, "venv/bin/python"],
            None,
            Some("venv"),
            "venv/bin/python",
        );
    }

    #[test]
    fn an_active_environment_that_is_gone_is_passed_over() {
        check(&[CWD], None, Some("venv"), CWD);
    }

    #[test]
    fn the_working_directory_comes_before_the_project() {
        check(&[CWD, PROJECT, "project/pyproject.toml"], None, None, CWD);
    }

    #[test]
    fn a_project_is_searched_up_to_its_top() {
        let written = "cwd/../project/.venv/bin/python";
        check(
            &[
                PROJECT,
                "project/pyproject.toml",
                "cwd/x",
                "project/src/x.py",
            ],
            None,
            None,
            written,
        );
        check(
            &[PROJECT, "cwd/x", "project/src/x.py"],
            None,
            None,
            "python3",
        );
    }

    #[test]
    fn nothing_around_leaves_the_path() {
        check(&[], None, None, "python3");
    }
}
