//! One run of an installed sampler: started, asked to end, and its files read.

use super::super::stat::Stat;
use super::super::{Options, process};
use super::tool::{Samples, Tool};
use rustix::process::{Pid, Signal, kill_process_group};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, io};

/// What it said, in the folder that it runs in.
const SAID: &str = "said.txt";

/// Writing its files may take so long.
const WRITING: Duration = Duration::from_secs(30);

/// A sampler that runs beside its process. It is ended, and its folder removed, when this is dropped.
#[derive(Debug)]
pub(super) struct Companion {
    tool: Tool,
    child: Child,
    folder: PathBuf,
    /// What it looks at.
    pid: u32,
}

impl Companion {
    /// Starts it on a process.
    pub(super) fn start(tool: Tool, pid: u32, options: &Options) -> io::Result<Self> {
        let folder = folder(options.scratch.as_deref())?;
        let said = fs::File::create(folder.join(SAID))?;
        let child = (tool.command(pid, options))
            .current_dir(&folder)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(said)
            .spawn();
        match child {
            Ok(child) => Ok(Self {
                tool,
                child,
                folder,
                pid,
            }),
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

    /// Asks it to end, waits until its files are written, and reads them; or what it says is wrong.
    pub(super) fn read(mut self) -> Result<Samples, String> {
        self.end();
        let read = self.tool.read(&self.folder, self.pid);
        read.unwrap_or_else(|| Err(self.said()))
    }

    fn end(&mut self) {
        if has_ended(self.pid) {
            self.wait(Instant::now() + self.tool.farewell());
        }
        if self.has_ended() {
            return;
        }
        // Further processes may have samplers of their own, which are interrupted with it.
        let others = process::descendants(self.child.id());
        let until = Instant::now() + WRITING;
        self.signal(Signal::INT);
        if !self.wait(until) {
            self.signal(Signal::KILL);
            let _ = self.child.wait();
        }
        while !others.iter().all(|&pid| has_ended(pid)) && Instant::now() < until {
            nap();
        }
    }

    /// Waits for its end, and tells whether that came.
    fn wait(&mut self, until: Instant) -> bool {
        while !self.has_ended() {
            if Instant::now() >= until {
                return false;
            }
            nap();
        }
        true
    }

    /// To its process group, as a terminal would. It is not reaped yet, so its number is still its own.
    fn signal(&self, signal: Signal) {
        let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group {
            // Whether it ended just now is asked next.
            let _ = kill_process_group(group, signal);
        }
    }

    fn said(&self) -> String {
        let said = fs::read(self.folder.join(SAID)).unwrap_or_default();
        let reason = self.tool.reason(&String::from_utf8_lossy(&said));
        reason.unwrap_or_else(|| "it wrote no file and said nothing".to_owned())
    }
}

impl Drop for Companion {
    fn drop(&mut self) {
        self.end();
        // What can't be removed is not worth an error.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn has_ended(pid: u32) -> bool {
    Stat::read(pid).is_none_or(|stat| stat.has_ended())
}

fn nap() {
    std::thread::sleep(Duration::from_millis(5));
}

/// A new folder that only we can enter.
fn folder(scratch: Option<&Path>) -> io::Result<PathBuf> {
    let around = scratch.map_or_else(env::temp_dir, Path::to_owned);
    let own = std::process::id();
    let mut number = 1;
    loop {
        let folder = around.join(format!("sampler-{own}-{number}"));
        match fs::DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            Err(_) => number += 1,
        }
    }
}
