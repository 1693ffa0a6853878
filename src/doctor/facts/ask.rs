//! A program is asked something, and answers within seconds.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A tool that needs longer to say its version hangs.
const LONGEST: Duration = Duration::from_secs(20);

/// An answer that is longer than this is none.
const MOST: u64 = 64 * 1024;

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// It can't be started.
    NotStarted(io::Error),
    /// It failed, or did not end: in its own words where it said any.
    Failed(String),
}

/// What the program writes to its output.
pub(super) fn ask<T: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    arguments: &[T],
) -> Result<String, NoAnswer> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        // A question installs nothing.
        .env("RUSTUP_AUTO_INSTALL", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(NoAnswer::NotStarted)?;
    let ended = wait(&mut child).map_err(NoAnswer::NotStarted)?;
    let said = child.stdout.take().map(text).unwrap_or_default();
    let complained = child.stderr.take().map(text).unwrap_or_default();
    match ended {
        Some(true) => Ok(said),
        Some(false) => Err(NoAnswer::Failed(last_line(&complained, "it failed"))),
        None => Err(NoAnswer::Failed("it did not answer".into())),
    }
}

/// Whether it succeeded; none if it had to be ended.
fn wait(child: &mut Child) -> io::Result<Option<bool>> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status.success()));
        }
        if begun.elapsed() >= LONGEST {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// What is in the pipe of a program that ended. What it left running may hold the pipe open, so that it has no end:
/// one piece is read, and answers are short.
fn text(mut pipe: impl Read + std::os::fd::AsFd) -> String {
    let flags = rustix::fs::fcntl_getfl(&pipe).unwrap_or(rustix::fs::OFlags::empty());
    if rustix::fs::fcntl_setfl(&pipe, flags | rustix::fs::OFlags::NONBLOCK).is_err() {
        return String::new();
    }
    let mut bytes = Vec::new();
    // That there is nothing more, for now, is the end.
    let _ = pipe.by_ref().take(MOST).read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The last line that says something: of a traceback that is the error.
fn last_line(text: &str, otherwise: &str) -> String {
    let mut lines = text.lines().map(str::trim);
    let line = lines.rfind(|line| !line.is_empty());
    line.unwrap_or(otherwise).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(script: &str, expected: &Result<&str, &str>) {
        let answer = ask("sh", &["-c", script]);
        let answer = match &answer {
            Ok(said) => Ok(said.as_str()),
            Err(NoAnswer::Failed(reason)) => Err(reason.as_str()),
            Err(NoAnswer::NotStarted(error)) => panic!("{error}"),
        };
        assert_eq!(&answer, expected);
    }

    #[test]
    fn an_answer_is_what_was_written() {
        check("echo 1.2; echo no >&2", &Ok("1.2\n"));
    }

    #[test]
    fn a_failure_is_told_by_its_last_line() {
        check("echo first >&2; echo; echo why >&2; exit 3", &Err("why"));
        check("exit 3", &Err("it failed"));
    }

    #[test]
    fn who_leaves_something_running_has_answered() {
        check("echo 1.2; sleep 3 &", &Ok("1.2\n"));
    }

    #[test]
    fn what_is_not_there_does_not_start() {
        let answer = ask("/nowhere/python3", &["-V"]);
        assert!(matches!(answer, Err(NoAnswer::NotStarted(_))), "{answer:?}");
    }
}
