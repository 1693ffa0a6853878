//! The program that was started: begun once, signalled, and its status taken at the end.

use super::target::{Command, Stdout};
use super::{End, Error};
use rustix::process::{Pid, Signal, kill_process};
use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{self, ExitStatus, Stdio};

/// A program that we started.
pub(super) struct Child(process::Child);

impl Child {
    /// Starts it, directly: it inherits everything but what `command` says otherwise, and another `PYTHONPATH` if there
    /// is one.
    pub(super) fn start(command: &Command, pythonpath: Option<&OsStr>) -> Result<Self, Error> {
        let stdout = match command.stdout {
            Stdout::Inherit => Stdio::inherit(),
            Stdout::ToStderr => Stdio::from(io::stderr().as_fd().try_clone_to_owned()?),
        };
        process::Command::new(&command.program)
            .args(&command.args)
            .envs(pythonpath.map(|path| ("PYTHONPATH", path)))
            .stdout(stdout)
            .spawn()
            .map(Self)
            .map_err(|error| spawn_error(command, error))
    }

    /// Its process.
    pub(super) fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Passes a signal on to it. It is not reaped yet, so its number is still its own.
    pub(super) fn signal(&self, signal: i32) -> bool {
        let pid = i32::try_from(self.pid()).ok().and_then(Pid::from_raw);
        pid.zip(Signal::from_named_raw(signal))
            .is_some_and(|(pid, signal)| kill_process(pid, signal).is_ok())
    }

    /// Waits for it to end, if it has not, and takes its status.
    pub(super) fn reap(mut self) -> Result<End, Error> {
        Ok(end_of(self.0.wait()?))
    }
}

fn end_of(status: ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Exited(code),
        (None, Some(signal)) => End::Killed(signal),
        (None, None) => unreachable!("a process that was waited for exited or was killed"),
    }
}

fn spawn_error(command: &Command, source: io::Error) -> Error {
    let program = command.program.to_string_lossy().into_owned();
    match source.kind() {
        // The system says the same of a script whose interpreter is missing.
        ErrorKind::NotFound if !Path::new(&command.program).exists() => {
            Error::ProgramNotFound { program }
        }
        ErrorKind::OutOfMemory | ErrorKind::WouldBlock => Error::Spawn { program, source },
        _ => Error::ProgramNotRunnable { program, source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(program: &str, args: &[&str]) -> Result<Child, Error> {
        Child::start(&Command::new(program, args.iter().map(Into::into)), None)
    }

    fn end(script: &str) -> End {
        let child = start("sh", &["-c", script]).expect("sh is there");
        child.reap().expect("it ends")
    }

    #[test]
    fn a_status_is_passed_on_exactly() {
        assert_eq!(end("exit 0"), End::Exited(0));
        assert_eq!(end("exit 3"), End::Exited(3));
        assert_eq!(end("exit 255"), End::Exited(255));
        assert_eq!(end("kill -TERM $$"), End::Killed(15));
        assert_eq!(end("kill -KILL $$"), End::Killed(9));
        assert_eq!(end("kill -SEGV $$"), End::Killed(11));
    }

    #[test]
    fn a_shell_would_say_the_same() {
        assert_eq!(end("exit 7").exit_status(), Some(7));
        assert_eq!(end("kill -TERM $$").exit_status(), Some(143));
    }

    #[test]
    fn a_signal_reaches_the_program() {
        let child = start("sleep", &["100"]).expect("sleep is there");
        assert!(child.signal(15));
        assert_eq!(child.reap().expect("it ends"), End::Killed(15));
    }

    #[test]
    fn a_missing_program_is_not_found() {
        for program in ["no-such-program-anywhere", "/nowhere/x"] {
            let error = start(program, &[]).err();
            assert!(
                matches!(error, Some(Error::ProgramNotFound { .. })),
                "{error:?}"
            );
        }
    }

    #[test]
    fn a_folder_and_a_plain_file_are_not_runnable() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        for program in ["/", &*file.path().to_string_lossy()] {
            let error = start(program, &[]).err();
            assert!(
                matches!(error, Some(Error::ProgramNotRunnable { .. })),
                "{error:?}"
            );
        }
    }

    #[test]
    fn a_script_without_its_interpreter_is_not_runnable() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let script = folder.path().join("x");
        std::fs::write(&script, "#!/nowhere/python3\n").expect("a file");
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&script, mode).expect("our file");
        let error = start(&script.to_string_lossy(), &[]).err();
        assert!(
            matches!(error, Some(Error::ProgramNotRunnable { .. })),
            "{error:?}"
        );
    }
}
