//! What is recorded: a command to start, or a process that runs.

use super::Error;
use super::interpreter::Interpreter;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A command, started once, directly as a child.
    Start(Command),
    /// A process that runs already.
    Attach(u32),
}

/// A command to start. It inherits everything from us: working directory, environment, terminal,
/// process group, signals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The program: a path, or a name to look up on `PATH`.
    pub program: OsString,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Where its output goes. Default: where ours goes.
    pub stdout: Stdout,
    /// The interpreter, if it was chosen by name, by the environment or by a `.venv`.
    pub interpreter: Option<PathBuf>,
}

/// Where the output of a command goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stdout {
    /// To our standard output.
    #[default]
    Inherit,
    /// To our standard error, so that our standard output holds nothing but our own.
    ToStderr,
}

impl Command {
    /// Any command.
    pub fn new(program: impl Into<OsString>, args: impl IntoIterator<Item = OsString>) -> Self {
        Self {
            program: program.into(),
            args: args.into_iter().collect(),
            stdout: Stdout::default(),
            interpreter: None,
        }
    }

    /// A script, once it is sure that Python can open it.
    pub fn script(
        interpreter: &Interpreter,
        script: &Path,
        args: impl IntoIterator<Item = OsString>,
    ) -> Result<Self, Error> {
        check_script(script)?;
        let script = past_options(script).into_os_string();
        Ok(Self::python(
            interpreter,
            [script].into_iter().chain(args).collect(),
        ))
    }

    /// A module, as `python -m` finds it.
    pub fn module(
        interpreter: &Interpreter,
        module: &OsStr,
        args: impl IntoIterator<Item = OsString>,
    ) -> Self {
        let module = ["-m".into(), module.to_owned()];
        Self::python(interpreter, module.into_iter().chain(args).collect())
    }

    fn python(interpreter: &Interpreter, args: Vec<OsString>) -> Self {
        Self {
            interpreter: interpreter.chosen().map(Path::to_path_buf),
            ..Self::new(interpreter.path(), args)
        }
    }

    /// The program and its arguments.
    pub fn words(&self) -> impl Iterator<Item = &OsStr> {
        [&self.program]
            .into_iter()
            .chain(&self.args)
            .map(OsString::as_os_str)
    }
}

/// Python would take a script whose name begins with a dash for an option.
fn past_options(script: &Path) -> PathBuf {
    if script.as_os_str().as_encoded_bytes().starts_with(b"-") {
        Path::new(".").join(script)
    } else {
        script.to_path_buf()
    }
}

fn check_script(script: &Path) -> Result<(), Error> {
    let opened = fs::File::open(script).and_then(|file| file.metadata());
    match opened {
        Ok(metadata) if !metadata.is_dir() => Ok(()),
        Ok(_) if script.join("__main__.py").exists() => Ok(()),
        Ok(_) => Err(Error::ScriptIsFolder {
            script: script.to_path_buf(),
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::ScriptNotFound {
            script: script.to_path_buf(),
        }),
        Err(source) => Err(Error::ScriptUnreadable {
            script: script.to_path_buf(),
            source,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStringExt;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a temporary folder")
    }

    fn script(path: &Path) -> Result<Command, Error> {
        Command::script(&Interpreter::on_path(), path, ["-x".into()])
    }

    #[test]
    fn a_script_stands_between_interpreter_and_arguments() {
        let folder = folder();
        let path = folder.path().join("a b;c\n.py");
        fs::write(&path, "").expect("a file");
        let command = script(&path).expect("the script is there");
        let words: Vec<_> = command.words().collect();
        assert_eq!(
            words,
            [OsStr::new("python3"), path.as_os_str(), OsStr::new("-x")]
        );
    }

    #[test]
    fn a_name_that_is_not_utf8_is_kept_byte_by_byte() {
        let folder = folder();
        let path = folder
            .path()
            .join(OsString::from_vec(b"\xff\xfe.py".to_vec()));
        fs::write(&path, "").expect("a file");
        assert_eq!(script(&path).expect("the script is there").args[0], path);
    }

    #[test]
    fn a_missing_script_is_found_missing_before_anything_runs() {
        let error = script(Path::new("/nowhere/x.py"));
        assert!(matches!(error, Err(Error::ScriptNotFound { .. })));
    }

    #[test]
    fn a_folder_needs_a_main() {
        let folder = folder();
        let before = script(folder.path());
        fs::write(folder.path().join("__main__.py"), "").expect("a file");
        assert!(matches!(before, Err(Error::ScriptIsFolder { .. })));
        assert!(script(folder.path()).is_ok());
    }

    #[test]
    fn a_name_that_looks_like_an_option_is_still_a_script() {
        assert_eq!(past_options(Path::new("-c.py")), Path::new("./-c.py"));
        assert_eq!(past_options(Path::new("/-c.py")), Path::new("/-c.py"));
    }
}
