//! A Python process that was sampled: its version, and what it was started with.

use super::{process, root};
use crate::profile::{Profile, Root};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// A Python process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Subject {
    /// Its version: `3.11.7`.
    pub(super) python: String,
    /// The words with which it was started.
    pub(super) command_line: Vec<OsString>,
    /// The root of its files; none when it is ours.
    pub(super) root: Option<Root>,
    /// The folder that it was in when it was opened, seen from its root.
    pub(super) folder: PathBuf,
}

impl Subject {
    /// What `/proc` says of a process.
    pub(super) fn read(pid: u32, python: String) -> Self {
        let command_line = process::command_line(pid);
        let folder = process::working_directory(pid).unwrap_or_default();
        let folder = root::folder_below(pid, folder);
        let script = folder.join(script_of(&command_line).unwrap_or_default());
        Self {
            python,
            root: root::of(pid, &script),
            command_line,
            folder,
        }
    }

    /// The script, where it was started with one. Where its files are not ours it is absolute: nobody knows
    /// its folders from here.
    pub(super) fn script(&self) -> Option<PathBuf> {
        let script = Path::new(script_of(&self.command_line)?);
        Some(match self.root {
            Some(_) => self.folder.join(script),
            None => script.to_owned(),
        })
    }

    /// Whether its script or its folder has a name that is not UTF-8: the sources of such files are not found.
    pub(super) fn has_odd_names(&self) -> bool {
        let script = script_of(&self.command_line).unwrap_or_default();
        script.to_str().is_none() || self.folder.to_str().is_none()
    }
}

/// The script that a Python command line names: the first word behind the interpreter's options. None for
/// `-c`, `-m`, standard input, and an interactive Python.
fn script_of(command_line: &[OsString]) -> Option<&OsStr> {
    let mut words = command_line.iter().skip(1);
    while let Some(word) = words.next() {
        match Word::of(word.as_encoded_bytes()) {
            Word::Script => return Some(word),
            Word::NoScript => return None,
            Word::Option => {}
            Word::OptionWithValue => {
                words.next();
            }
        }
    }
    None
}

/// Whether Python was told to leave its environment alone, or what the environment may bring in: by `-E`, `-I` or `-S`.
pub(super) fn is_sealed(command_line: &[OsString]) -> bool {
    let mut words = command_line.iter().skip(1);
    while let Some(word) = words.next() {
        let bytes = word.as_encoded_bytes();
        let kind = Word::of(bytes);
        if matches!(kind, Word::Script) || bytes == b"-" {
            return false;
        }
        if let [b'-', letters @ ..] = bytes
            && !letters.starts_with(b"-")
        {
            let own = letters.split(|letter| b"cmWXQ".contains(letter)).next();
            if own.is_some_and(|own| own.iter().any(|letter| b"EIS".contains(letter))) {
                return true;
            }
        }
        match kind {
            Word::NoScript => return false,
            Word::OptionWithValue => drop(words.next()),
            Word::Script | Word::Option => {}
        }
    }
    false
}

enum Word {
    Script,
    NoScript,
    Option,
    OptionWithValue,
}

impl Word {
    /// Options of one letter can stand together (`-Bu`); the first that takes a value takes the rest of the
    /// word, or the next word.
    fn of(word: &[u8]) -> Self {
        match word {
            b"--check-hash-based-pycs" => Self::OptionWithValue,
            b"-" => Self::NoScript,
            [b'-', b'-', ..] => Self::Option,
            [b'-', letters @ ..] => Self::of_letters(letters),
            _ => Self::Script,
        }
    }

    fn of_letters(letters: &[u8]) -> Self {
        match letters.iter().position(|letter| b"cmWXQ".contains(letter)) {
            Some(place) if b"cm".contains(&letters[place]) => Self::NoScript,
            Some(place) if place + 1 == letters.len() => Self::OptionWithValue,
            _ => Self::Option,
        }
    }
}

/// The file of the module that `python -m` ran: what `runpy` ran as `__main__`.
pub(super) fn module_file(profile: &Profile) -> Option<String> {
    let name = |frame: crate::profile::FrameId| {
        profile
            .strings
            .get(profile.function(profile.frame(frame).function).name)
    };
    let file = profile.stacks().iter().find_map(|stack| {
        let caller = profile.stack(stack.parent?);
        let root = profile.stack(caller.parent?);
        let is_main = name(stack.frame) == "<module>"
            && name(caller.frame) == "_run_code"
            && name(root.frame) == "_run_module_as_main";
        is_main.then(|| profile.function(profile.frame(stack.frame).function).file)?
    })?;
    Some(profile.strings.get(file).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::RawFrame;

    fn check(line: &[&str], expected: Option<&str>) {
        let words: Vec<OsString> = line.iter().map(OsString::from).collect();
        assert_eq!(script_of(&words), expected.map(OsStr::new), "{line:?}");
    }

    #[test]
    fn the_first_word_behind_the_options_is_the_script() {
        check(&["python3", "a b.py", "-c"], Some("a b.py"));
        check(
            &["python3", "-Bu", "-X", "dev", "-Wignore", "x.py", "y.py"],
            Some("x.py"),
        );
        check(&["python3", "-OW", "error", "x.py"], Some("x.py"));
        check(
            &["python3", "--check-hash-based-pycs", "never", "x.py"],
            Some("x.py"),
        );
    }

    #[test]
    fn a_name_that_is_not_utf8_is_odd() {
        use std::os::unix::ffi::OsStringExt;
        let odd = OsString::from_vec(b"x\xff.py".to_vec());
        let check = |command_line: Vec<OsString>, folder: PathBuf, expected| {
            let subject = Subject {
                command_line,
                folder,
                ..Subject::default()
            };
            assert_eq!(subject.has_odd_names(), expected, "{subject:?}");
        };
        check(vec!["python3".into(), odd.clone()], "/".into(), true);
        check(
            vec!["python3".into(), "x.py".into()],
            odd.clone().into(),
            true,
        );
        check(
            vec!["python3".into(), "x.py".into(), odd],
            "/".into(),
            false,
        );
    }

    #[test]
    fn code_modules_and_standard_input_are_no_script() {
        check(&["python3", "-c", "pass", "x.py"], None);
        check(&["python3", "-Ic", "pass"], None);
        check(&["python3", "-m", "json.tool", "x.json"], None);
        check(&["python3", "-mjson.tool", "x.json"], None);
        check(&["python3", "-", "x.py"], None);
        check(&["python3"], None);
        check(&[], None);
    }

    fn module_of(stack: &[&str]) -> Option<String> {
        let mut profile = Profile::default();
        let file = |name: &str| format!("/{}.py", name.trim_matches(['<', '>']));
        let files: Vec<String> = stack.iter().map(|name| file(name)).collect();
        profile.intern_raw_stack(stack.iter().zip(&files).map(|(&name, file)| RawFrame {
            name,
            file: Some(file),
            first_line: None,
            line: None,
        }));
        module_file(&profile)
    }

    #[test]
    fn what_runpy_runs_first_is_the_module() {
        let stack = ["_run_module_as_main", "_run_code", "<module>", "main"];
        assert_eq!(module_of(&stack).as_deref(), Some("/module.py"));
    }

    #[test]
    fn a_script_was_run_by_nobody() {
        assert_eq!(module_of(&["<module>", "main"]), None);
    }
}
