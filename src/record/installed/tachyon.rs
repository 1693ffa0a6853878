//! Python's own sampling profiler, `profiling.sampling`: the Python that has it, how it is called, and its files.
//!
//! It reads a process of its own version only, so it is run by the very Python that runs the program where that is
//! one of ours, and otherwise by the one of this version on the path.

use super::super::{Command, Error, Options, process};
use super::tool::{Samples, common_options, on_path};
use crate::formats::{self, Format, ReadError};
use crate::profile::Profile;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

/// The first version that has it.
const FIRST: (u32, u32) = (3, 15);

/// Its file of a further process has the process's number behind an underscore.
const STACKS: &str = "stacks.bin";

/// Says the version of a Python that has it, and looks for it without running any of it.
const ASK: &str = "\
import importlib.util, sys
modules = '_remote_debugging', 'profiling.sampling'
if all(map(importlib.util.find_spec, modules)):
    print('%d.%d' % sys.version_info[:2])
";

/// Whether a command can have it. Of a command that only starts Python this is not known before.
pub(super) fn check(command: &Command) -> Result<(), Error> {
    let program = Path::new(&command.program);
    if !is_python(program) || version_of(program) != Answer::HasNone {
        return Ok(());
    }
    let python = format!("`{}`", program.display());
    Err(Error::NoProfiler { python })
}

/// The Python whose profiler can look at a process that runs this version, `3.15.2`.
pub(super) fn find(pid: u32, python: &str) -> Result<PathBuf, Error> {
    let mut numbers = python.split('.').map_while(|number| number.parse().ok());
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0_u32));
    if version < FIRST {
        let python = format!("Python {python}");
        return Err(Error::NoProfiler { python });
    }
    let version = format!("{}.{}", version.0, version.1);
    let name = format!("python{version}");
    let has_it = |python: &PathBuf| version_of(python) == Answer::Has(version.clone());
    let mut pythons = own(pid).into_iter().chain(on_path(&name));
    pythons
        .find(has_it)
        .ok_or(Error::ProfilerNotFound { pid, name })
}

/// The process's own Python, if it is a file of ours too.
fn own(pid: u32) -> Option<PathBuf> {
    let python = process::executable(pid).ok()?;
    let identity = |path: &Path| {
        let file = fs::metadata(path).ok()?;
        Some((file.dev(), file.ino()))
    };
    let its = identity(Path::new(&format!("/proc/{pid}/exe")))?;
    (is_python(&python) && identity(&python) == Some(its)).then_some(python)
}

/// Other programs have Python in them too, and would take our question for something else.
fn is_python(path: &Path) -> bool {
    let name = path.file_name().map(OsStr::as_encoded_bytes);
    name.is_some_and(|name| name.starts_with(b"python"))
}

#[derive(Debug, PartialEq, Eq)]
enum Answer {
    /// It has the profiler; its version is this.
    Has(String),
    HasNone,
    /// It does not start, which whoever starts it for good will tell.
    Nothing,
}

/// Asked in isolation: nothing of the program's folder and environment is imported.
fn version_of(python: &Path) -> Answer {
    let mut command = std::process::Command::new(python);
    command.args(["-I", "-S", "-c", ASK]).stdin(Stdio::null());
    match command.output() {
        Err(_) => Answer::Nothing,
        Ok(output) => match String::from_utf8_lossy(&output.stdout).trim() {
            "" => Answer::HasNone,
            version => Answer::Has(version.to_owned()),
        },
    }
}

/// Instructions tell where the time was. Threads that wait are left out, as its file can't tell them from those that
/// run native code. Its frames `<native>` stand where native code called Python, and would only part callers.
/// Seconds are whole there, so that its own limit is for the case that nobody ends it earlier.
pub(super) fn arguments(pid: u32, options: &Options) -> Vec<String> {
    let mut words: Vec<String> = [
        "-I",
        "-m",
        "profiling.sampling",
        "attach",
        "--binary",
        "--output",
        STACKS,
        "--all-threads",
        "--opcodes",
        "--mode=cpu",
        "--sampling-rate",
    ]
    .map(str::to_owned)
    .to_vec();
    // It takes no fractions of less than one.
    words.push(options.rate.0.max(1.0).to_string());
    if options.blocking {
        words.push("--blocking".to_owned());
    }
    words.extend(common_options(options));
    words.push(pid.to_string());
    words
}

/// Its file of the process, with those of further processes put beside it. It begins later than it was started, so the
/// time that it tells is that for which processes were watched.
pub(super) fn read(folder: &Path, pid: u32) -> Option<Result<Samples, String>> {
    let path = folder.join(STACKS);
    let mut profile = match read_file(&path, pid)? {
        Ok(profile) => profile,
        Err(reason) => return Some(Err(reason)),
    };
    let mut unread = Vec::new();
    for other in others(folder) {
        let file = folder.join(file_of(other));
        match read_file(&file, other) {
            Some(Ok(mut beside)) => {
                beside.delay(begun_after(&path, &file).into());
                (profile.merge(&beside)).expect("all of them weigh nanoseconds");
            }
            Some(Err(reason)) => unread.push(reason),
            None => unread.push("its file is empty".to_owned()),
        }
    }
    profile.samples.sort_by_key(|sample| sample.time);
    Some(Ok(Samples { profile, unread }))
}

fn file_of(process: u32) -> String {
    STACKS.replace('.', &format!("_{process}."))
}

/// The further processes of which there is a file, the lowest number first.
fn others(folder: &Path) -> Vec<u32> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut others: Vec<u32> = files
        .filter_map(|file| {
            let name = file.file_name();
            let (_, number) = name.to_str()?.strip_suffix(".bin")?.split_once('_')?;
            number.parse().ok()
        })
        .filter(|process| folder.join(file_of(*process)).exists())
        .collect();
    others.sort_unstable();
    others
}

fn read_file(path: &Path, process: u32) -> Option<Result<Profile, String>> {
    let bytes = fs::read(path).ok().filter(|bytes| !bytes.is_empty())?;
    Some(match formats::read(&bytes, Format::Tachyon) {
        Ok(read) => {
            let mut profile = read.profile.of_process(process);
            profile.run.watched = Some(profile.run.wall);
            Ok(profile)
        }
        Err(ReadError::NoSamples) => Ok(Profile::default()),
        Err(error) => Err(error.to_string()),
    })
}

/// Each file counts from its own beginning, at which it was made.
fn begun_after(first: &Path, later: &Path) -> Duration {
    let made = |path| fs::metadata(path).and_then(|file| file.created()).ok();
    let both = made(first).zip(made(later));
    both.and_then(|(first, later)| later.duration_since(first).ok())
        .unwrap_or_default()
}

/// Its last line, as those of Python's errors: of what it says of missing rights, the first sentence.
pub(super) fn reason(said: &str) -> Option<String> {
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
    let of_rights = lines().find_map(|line| line.strip_prefix("🔒 "));
    let first_sentence = of_rights.and_then(|line| line.split(". ").next());
    match first_sentence.or_else(|| lines().next_back())? {
        "KeyboardInterrupt" => Some("it was ended before it had begun".to_owned()),
        line => Some(line.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Hertz;

    #[test]
    fn all_threads_that_run_are_asked_for_with_their_instructions() {
        let options = Options {
            rate: Hertz(0.5),
            duration: Some(Duration::from_millis(1_500)),
            blocking: true,
            subprocesses: true,
            ..Options::default()
        };
        let words = arguments(7, &options).join(" ");
        assert_eq!(
            words,
            "-I -m profiling.sampling attach --binary --output stacks.bin --all-threads --opcodes --mode=cpu \
             --sampling-rate 1 --blocking --subprocesses --duration=3 7"
        );
    }

    #[test]
    fn earlier_versions_have_none() {
        let error = find(std::process::id(), "3.14.3").expect_err("3.15 is the first");
        assert!(matches!(error, Error::NoProfiler { .. }), "{error:?}");
        assert!(error.to_string().starts_with("Python 3.14.3 "), "{error}");
    }

    #[test]
    fn a_program_that_is_not_python_is_not_asked() {
        let program = |name: &str| Command::new(name, []);
        assert!(check(&program("/bin/false")).is_ok());
        assert!(check(&program("/nowhere/python3")).is_ok());
        assert_eq!(version_of(Path::new("/bin/false")), Answer::HasNone);
    }

    #[test]
    fn the_reason_is_the_last_line_or_the_first_sentence_on_rights() {
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(reason(text).as_deref(), expected);
        check(
            "Started profiler for child process 7\nNo debug offsets\n",
            Some("No debug offsets"),
        );
        let interrupted = "Traceback (most recent call last):\n  File \"x\"\nKeyboardInterrupt\n";
        check(interrupted, Some("it was ended before it had begun"));
        check(
            "\n🔒 Tachyon was unable to read. This could\nbe so.\n\n* If\n",
            Some("Tachyon was unable to read"),
        );
        check("\n", None);
    }

    /// Copies a recording to the place of this process's file.
    fn put(folder: &Path, name: &str) {
        let bytes = include_bytes!("../../../fixtures/profiles/tachyon_cpu.bin");
        fs::write(folder.join(name), bytes).expect("a file is written");
    }

    #[test]
    fn files_of_further_processes_are_put_beside_the_first() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let folder = folder.path();
        assert!(read(folder, 5).is_none());
        put(folder, STACKS);
        let alone = read(folder, 5).expect("a file").expect("it is whole");
        put(folder, "stacks_9.bin");
        fs::write(folder.join("stacks_11.bin"), "TACH").expect("a file is written");
        fs::write(folder.join("stacks_x.bin"), "").expect("a file is written");
        let both = read(folder, 5).expect("files").expect("they are whole");
        let processes = |samples: &Samples| -> Vec<u32> {
            let threads = samples.profile.threads().iter();
            let mut processes: Vec<u32> = threads.map(|thread| thread.process).collect();
            processes.dedup();
            processes
        };
        assert_eq!((processes(&alone), processes(&both)), (vec![5], vec![5, 9]));
        let (one, two) = (&alone.profile, &both.profile);
        assert_eq!(two.samples.len(), 2 * one.samples.len());
        assert!(two.samples.is_sorted_by_key(|sample| sample.time));
        let watched = |profile: &Profile| profile.run.watched.expect("it is told").0;
        assert_eq!(watched(two), 2 * watched(one));
        assert_eq!((alone.unread.len(), both.unread.len()), (0, 1));
    }
}
