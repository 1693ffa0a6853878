//! Whether a command is a Python that takes the agent in: asked before anything is put in its environment.

use super::Trouble;
use crate::record::Command;
use crate::record::subject;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The kernel reads so much of a script's first line.
const FIRST_LINE: u64 = 256;

/// Whether this command is Python itself, and heeds its environment. What is no Python would see what is not meant for
/// it, and so would all that it starts.
pub(in crate::record) fn check(command: &Command) -> Result<(), Trouble> {
    let words: Vec<&OsStr> = command.words().collect();
    let words: Vec<OsString> = match command.interpreter {
        Some(_) => owned(&words),
        None if is_python(words[0]) => owned(&words),
        None => python_script(&words).ok_or(Trouble::NotPython)?,
    };
    if subject::is_sealed(&words) {
        return Err(Trouble::Sealed);
    }
    Ok(())
}

fn owned(words: &[&OsStr]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

/// By its name: `python3`, `/usr/bin/python3.11`.
fn is_python(program: &OsStr) -> bool {
    let name = Path::new(program).file_name();
    name.is_some_and(|name| name.as_bytes().starts_with(b"python"))
}

/// The words of the Python that runs a script, by the script's first line: `#!/srv/venv/bin/python -E`.
fn python_script(words: &[&OsStr]) -> Option<Vec<OsString>> {
    let mut head = Vec::new();
    let file = File::open(find(words[0])?).ok()?;
    file.take(FIRST_LINE).read_to_end(&mut head).ok()?;
    let line = head
        .strip_prefix(b"#!")?
        .split(|&byte| byte == b'\n')
        .next()?;
    let line = line.trim_ascii();
    let end = line
        .iter()
        .position(u8::is_ascii_whitespace)
        .unwrap_or(line.len());
    let (interpreter, option) = line.split_at(end);
    let interpreter = OsStr::from_bytes(interpreter);
    let option = Some(option.trim_ascii()).filter(|option| !option.is_empty());
    let option = option.map(|option| OsStr::from_bytes(option).to_owned());
    is_python(interpreter).then(|| {
        let first = [interpreter.to_owned()].into_iter().chain(option);
        first.chain(owned(words)).collect()
    })
}

/// The file that a command's first word names.
fn find(program: &OsStr) -> Option<PathBuf> {
    if program.as_bytes().contains(&b'/') {
        return Some(program.into());
    }
    let path = std::env::var_os("PATH")?;
    let mut files = std::env::split_paths(&path).map(|folder| folder.join(program));
    files.find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Interpreter;

    fn check_words(words: &[&str], expected: &Result<(), Trouble>) {
        let (program, args) = words.split_first().expect("there is a program");
        let command = Command::new(program, args.iter().map(Into::into));
        assert_eq!(&check(&command), expected, "{words:?}");
    }

    #[test]
    fn python_by_its_name_takes_the_agent_in() {
        check_words(&["python3", "x.py"], &Ok(()));
        check_words(&["/usr/bin/python3.11", "-u", "-m", "x", "-I"], &Ok(()));
        check_words(&["bash", "x.sh"], &Err(Trouble::NotPython));
        check_words(&["/nowhere/x"], &Err(Trouble::NotPython));
    }

    #[test]
    fn a_python_that_leaves_its_environment_alone_does_not() {
        for option in ["-S", "-I", "-E", "-Es", "-uI"] {
            check_words(&["python3", option, "x.py"], &Err(Trouble::Sealed));
        }
        check_words(&["python3", "-W", "-I", "x.py", "-S"], &Ok(()));
        check_words(&["python3", "-c", "pass", "-S"], &Ok(()));
    }

    #[test]
    fn a_script_is_what_its_first_line_says() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let script = folder.path().join("tool");
        let check = |text: &str, expected| {
            std::fs::write(&script, text).expect("a file is written");
            check_words(&[&script.to_string_lossy(), "-I"], &expected);
        };
        check("#!/srv/venv/bin/python\nimport x\n", Ok(()));
        check("#! /srv/venv/bin/python3 -u", Ok(()));
        check("#!/usr/bin/python3 -Es\n", Err(Trouble::Sealed));
        check("#!/bin/sh\n", Err(Trouble::NotPython));
        check("", Err(Trouble::NotPython));
    }

    #[test]
    fn an_interpreter_that_was_named_is_one_whatever_its_name() {
        let named = std::env::current_exe().expect("this is a file");
        let surroundings = crate::record::Surroundings {
            virtual_env: None,
            working_directory: Path::new("/"),
            script: None,
        };
        let interpreter = Interpreter::choose(Some(&named), surroundings);
        let interpreter = interpreter.expect("it is there");
        let command = Command::module(&interpreter, "x".as_ref(), []);
        assert_eq!(check(&command), Ok(()));
    }
}
