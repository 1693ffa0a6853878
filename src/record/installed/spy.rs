//! One run of py-spy: started, asked to end, and its file read.

use super::super::Options;
use crate::formats::{self, Format, ReadError};
use crate::profile::Profile;
use rustix::process::{Pid, Signal, kill_process};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, io};

/// Its file, and what it said, in the folder that it runs in.
const STACKS: &str = "stacks.json";
const SAID: &str = "said.txt";

/// Writing its file may take so long.
const WRITING: Duration = Duration::from_secs(30);

/// A py-spy that runs. It is ended, and its folder removed, when this is dropped.
#[derive(Debug)]
pub(super) struct Spy {
    child: Child,
    folder: PathBuf,
}

/// The `py-spy` on the path.
pub(super) fn find() -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    let mut binaries = env::split_paths(&folders).map(|folder| folder.join("py-spy"));
    let binary = binaries.find(|binary| is_executable(binary))?;
    // It will run in another folder, and the path may name some relative to this one.
    std::path::absolute(binary).ok()
}

fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

impl Spy {
    /// Starts `binary` on a process.
    pub(super) fn start(binary: &Path, pid: u32, options: &Options) -> io::Result<Self> {
        let folder = folder(options.scratch.as_deref())?;
        let said = fs::File::create(folder.join(SAID))?;
        let child = Command::new(binary)
            .args(arguments(pid, options))
            .current_dir(&folder)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(said)
            .spawn();
        match child {
            Ok(child) => Ok(Self { child, folder }),
            Err(error) => {
                // The error that led here is the one to tell.
                let _ = fs::remove_dir_all(&folder);
                Err(error)
            }
        }
    }

    /// Whether it ended.
    pub(super) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Asks it to end, waits until its file is written, and reads that; or what it says is wrong.
    pub(super) fn read(mut self) -> Result<Profile, String> {
        self.end();
        let bytes = match fs::read(self.folder.join(STACKS)) {
            Ok(bytes) if !bytes.is_empty() => bytes,
            Ok(_) | Err(_) => return Err(self.said()),
        };
        match formats::read(&bytes, Format::Speedscope) {
            Ok(read) => Ok(read.profile),
            Err(ReadError::NoSamples) => Ok(Profile::default()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn end(&mut self) {
        let begun = Instant::now();
        if !self.has_ended() {
            self.interrupt();
        }
        while !self.has_ended() {
            if begun.elapsed() >= WRITING {
                // Whether it was there to be killed or not, it is gone.
                let _ = self.child.kill();
                let _ = self.child.wait();
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// As Ctrl-C would. It is not reaped yet, so its number is still its own.
    fn interrupt(&self) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid {
            // Whether it ended just now is asked next.
            let _ = kill_process(pid, Signal::INT);
        }
    }

    fn said(&self) -> String {
        let said = fs::read(self.folder.join(SAID)).unwrap_or_default();
        reason(&String::from_utf8_lossy(&said))
    }
}

impl Drop for Spy {
    fn drop(&mut self) {
        self.end();
        // What can't be removed is not worth an error.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The first line of its errors.
fn reason(said: &str) -> String {
    let line = said.lines().map(str::trim).find(|line| !line.is_empty());
    let line = line.map(|line| line.strip_prefix("Error: ").unwrap_or(line));
    line.unwrap_or("it wrote no file and said nothing")
        .to_owned()
}

/// Seconds are whole there, so that its own limit is for the case that nobody ends it earlier.
fn arguments(pid: u32, options: &Options) -> Vec<String> {
    let rate = options.rate.0.round().max(1.0);
    let mut words = vec![
        "record".to_owned(),
        "--format=speedscope".to_owned(),
        format!("--output={STACKS}"),
        "--threads".to_owned(),
        "--full-filenames".to_owned(),
        format!("--rate={rate}"),
        format!("--pid={pid}"),
    ];
    if !options.blocking {
        words.push("--nonblocking".to_owned());
    }
    if options.subprocesses {
        words.push("--subprocesses".to_owned());
    }
    if let Some(duration) = options.duration {
        words.push(format!(
            "--duration={}",
            duration.as_secs().saturating_add(2)
        ));
    }
    words
}

/// A new folder that only we can enter.
fn folder(scratch: Option<&Path>) -> io::Result<PathBuf> {
    let around = scratch.map_or_else(env::temp_dir, Path::to_owned);
    let own = std::process::id();
    let mut number = 1;
    loop {
        let folder = around.join(format!("py-spy-{own}-{number}"));
        match fs::DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            Err(_) => number += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Hertz;

    #[test]
    fn it_is_bounded_where_the_recording_is() {
        let options = |duration| Options {
            rate: Hertz(99.6),
            duration,
            ..Options::default()
        };
        let words = arguments(7, &options(None));
        assert!(words.contains(&"--rate=100".to_owned()) && words.contains(&"--pid=7".to_owned()));
        assert!(words.contains(&"--nonblocking".to_owned()));
        assert!(!words.iter().any(|word| word.starts_with("--duration")));
        let words = arguments(7, &options(Some(Duration::from_millis(1_500))));
        assert!(words.contains(&"--duration=3".to_owned()));
    }

    #[test]
    fn the_first_line_that_says_something_is_the_reason() {
        let check = |text: &str, expected: &str| assert_eq!(reason(text), expected);
        check(
            "\n Error: it is not allowed\nReason: x\n",
            "it is not allowed",
        );
        check("", "it wrote no file and said nothing");
    }
}
