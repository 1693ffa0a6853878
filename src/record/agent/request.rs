//! The way into a program that runs: its Python is asked to run a script.
//!
//! It does so when its main thread comes by, at once or never. The script is there as long as it may be looked for.

use super::order::hex;
use super::{Host, Trouble};
use crate::record::reader::{Address, NoSlot, ProcessMemory, ScriptSlot};
use crate::record::{process, root};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// The script, but for the number of the process, and two texts in hexadecimal: the folder's name, and what it runs then.
const ASK: &str = include_str!("ask.py");
const JOIN: &str = include_str!("join.py");

/// A thread that has begun to run a script has opened it by then.
const OPENING: Duration = Duration::from_millis(50);
/// One that has begun says so sooner, though it waits for the interpreter lock some forty times until then.
const SILENCE: Duration = Duration::from_secs(5);

/// A script that a process is asked to run. It is asked no longer when this is gone.
#[derive(Debug)]
pub(super) struct Request {
    host: Host,
    runtime: Address,
    script: PathBuf,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    New,
    Asked(ScriptSlot),
    /// The process has begun, at this time.
    Begun(Duration),
    /// The agent is there.
    Settled,
}

impl Request {
    /// Makes sure that it could be asked and would see the folder, where the script is put.
    pub(super) fn prepare(host: &Host, folder: &Path) -> Result<Self, Trouble> {
        let (pid, runtime) = (host.pid, host.check()?);
        ScriptSlot::find(runtime, &ProcessMemory::of(pid)).map_err(trouble)?;
        let inside = root::name_of(pid, folder).ok_or(Trouble::Unseen)?;
        write_script(pid, folder, &inside).map_err(|error| Trouble::Folder {
            reason: error.to_string(),
        })?;
        Ok(Self {
            host: host.clone(),
            runtime,
            script: inside.join(SCRIPT),
            state: State::New,
        })
    }

    /// The process that is asked.
    pub(super) fn pid(&self) -> u32 {
        self.host.pid
    }

    /// Asks, if it has not been asked and `may_begin`; else sees what became of that.
    pub(super) fn turn(
        &mut self,
        now: Duration,
        may_begin: impl FnOnce() -> bool,
    ) -> Result<(), Trouble> {
        match self.state {
            State::New if may_begin() => self.ask(),
            State::Asked(slot) if !self.is_waiting(slot) => {
                self.state = State::Begun(now);
                Ok(())
            }
            State::Begun(since) if now >= since + SILENCE => Err(Trouble::Silent),
            _ => Ok(()),
        }
    }

    /// The agent has said that it is there.
    pub(super) fn settle(&mut self) {
        self.state = State::Settled;
    }

    /// What kept it from coming, if nothing else did.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        match self.state {
            State::New => Some(Trouble::Idle),
            State::Asked(_) => Some(Trouble::Waiting),
            State::Begun(_) => Some(Trouble::Silent),
            State::Settled => None,
        }
    }

    fn memory(&self) -> ProcessMemory {
        ProcessMemory::of(self.host.pid)
    }

    fn ask(&mut self) -> Result<(), Trouble> {
        let memory = self.memory();
        let slot = ScriptSlot::find(self.runtime, &memory).map_err(trouble)?;
        if slot.is_asked(memory).map_err(|_| Trouble::Deaf)? {
            return Err(Trouble::Asked);
        }
        if !self.host.has_room() {
            return Err(Trouble::Full);
        }
        let script = self.script.as_os_str().as_bytes();
        // Also if it fails half-way there may be something to withdraw.
        self.state = State::Asked(slot);
        slot.ask(script, memory).map_err(trouble)
    }

    /// Whether it is still the process that was asked, and has not begun.
    fn is_waiting(&self, slot: ScriptSlot) -> bool {
        let memory = self.memory();
        let is_there = ScriptSlot::find(self.runtime, &memory) == Ok(slot);
        is_there && slot.is_asked(memory) == Ok(true)
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        if let State::Asked(slot) = self.state
            && self.is_waiting(slot)
        {
            // Who can't be written to has ended.
            let _ = slot.withdraw(self.memory());
        }
        if let State::Asked(_) | State::Begun(_) = self.state {
            thread::sleep(OPENING);
        }
    }
}

const SCRIPT: &str = "ask.py";

fn trouble(reason: NoSlot) -> Trouble {
    match reason {
        NoSlot::Closed => Trouble::Closed,
        NoSlot::Unknown => Trouble::Unknown,
        NoSlot::Unreadable(_) => Trouble::Deaf,
    }
}

fn write_script(pid: u32, folder: &Path, inside: &Path) -> io::Result<()> {
    let inside = hex(inside.as_os_str().as_bytes());
    let script = ASK
        .replace("PROCESS", &process::own_number(pid).to_string())
        .replace("FOLDER", &inside)
        .replace("JOIN", &hex(JOIN.as_bytes()));
    fs::write(folder.join(SCRIPT), script)
}
