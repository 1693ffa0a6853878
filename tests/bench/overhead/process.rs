//! A process that the bench starts: its output goes to files, and it ends with the bench.

use crate::cpu;
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What a process wrote to stdout and stderr, in its folder.
pub(crate) const OUTPUT: &str = "stdout.txt";
const ERRORS: &str = "stderr.txt";

/// Ended when it is dropped.
pub(crate) struct Process {
    child: Child,
    folder: PathBuf,
}

impl Process {
    pub(crate) fn start(command: &mut Command, folder: &Path) -> io::Result<Self> {
        command
            .stdin(Stdio::null())
            .stdout(File::create(folder.join(OUTPUT))?)
            .stderr(File::create(folder.join(ERRORS))?);
        Ok(Self {
            child: command.spawn()?,
            folder: folder.to_owned(),
        })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// All that it said until now.
    pub(crate) fn said(&self) -> String {
        let texts =
            [OUTPUT, ERRORS].map(|name| fs::read(self.folder.join(name)).unwrap_or_default());
        String::from_utf8_lossy(&texts.concat()).into_owned()
    }

    /// Asks it to end as Ctrl-C does, and waits so long for that.
    pub(crate) fn interrupt(&mut self, patience: Duration) -> io::Result<Option<ExitStatus>> {
        let pid = i32::try_from(self.pid()).ok().and_then(Pid::from_raw);
        kill_process(pid.expect("a process has a number"), Signal::INT)?;
        let begun = Instant::now();
        loop {
            let status = self.child.try_wait()?;
            if status.is_some() || begun.elapsed() > patience {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How many threads a process has.
pub(crate) fn threads(pid: u32) -> usize {
    fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count)
}

/// Whether a process that nobody waited for yet has ended.
pub(crate) fn has_ended(pid: u32) -> bool {
    cpu::Stat::read(pid).is_none_or(|stat| stat.has_ended())
}
