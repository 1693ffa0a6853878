//! The sampler inside rustbound: a process opened, and looked at by our own reader, or by py-spy where its Python is
//! one that our reader does not know.

use super::agent::Host;
use super::cpu_meter::CpuMeter;
use super::frame_sampler::FrameSampler;
use super::hold::{self, Held};
use super::options::Manner;
use super::process;
use super::py_spy::{self, PySpy};
use super::reader::{Glimpse, Unfit};
use super::sampler::{LookError, Moment, Sampler, Tick};
use super::stat::Stat;
use super::thread_files::ThreadFiles;
use super::thread_states::ThreadStates;
use crate::profile::CpuSeconds;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

/// A look that was torn is tried again at once, up to this time after its beginning: soon enough to be the
/// same look.
const RETRYING: Duration = Duration::from_millis(1);

/// So long another rustbound may hold the process for its own look.
const OTHERS_LOOK: Duration = Duration::from_millis(2);

/// Our reader has so many looks to show that it knows an interpreter.
const FIRST_LOOKS: u32 = 50;

/// So long a process may take to start Python.
const STARTING: Duration = Duration::from_secs(2);

/// Why a process can't be looked into, now.
#[derive(Debug, thiserror::Error)]
pub(super) enum OpenError {
    /// The system does not let us.
    #[error("the system does not let it be read: {0}")]
    Denied(#[source] io::Error),
    /// Its Python has no interpreter lock.
    #[error("it is a free-threaded Python {version}, which can't be sampled yet")]
    FreeThreaded {
        /// `3.14.0`.
        version: String,
    },
    /// It isn't Python, or Python isn't ready yet, or a Python unlike all that are known.
    #[error("{0}")]
    NoInterpreter(String),
}

impl OpenError {
    fn of(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::PermissionDenied => Self::Denied(error),
            _ => Self::NoInterpreter(error.to_string()),
        }
    }
}

/// A Python process, opened.
pub(super) struct Embedded {
    pid: u32,
    interpreter: py_spy::Interpreter,
    image: (u64, u64),
    cpu: CpuMeter,
    /// Of its first thread: its times are its own, and so it is cheaper to ask for than the whole process.
    files: ThreadFiles,
    eyes: Eyes,
    manner: Manner,
    /// How long it stood still for the last one.
    stood: Duration,
}

enum Eyes {
    Reader(Box<FrameSampler>),
    PySpy(Box<PySpy>),
}

impl Embedded {
    /// Opens a process. Costs 15 to 35 ms of our time and nothing of its.
    pub(super) fn open(pid: u32, manner: Manner) -> Result<Self, OpenError> {
        process::check_readable(pid).map_err(OpenError::of)?;
        let before =
            Stat::read(pid).ok_or_else(|| OpenError::NoInterpreter("the process ended".into()))?;
        let interpreter = py_spy::find(pid).map_err(OpenError::NoInterpreter)?;
        Ok(Self {
            pid,
            eyes: Eyes::open(pid, &interpreter, &before, manner)?,
            interpreter,
            image: before.image,
            cpu: CpuMeter::new(pid, before),
            files: ThreadFiles::of(pid, pid),
            manner,
            stood: Duration::ZERO,
        })
    }

    /// The process.
    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    /// Its Python version: `3.11.7`.
    pub(super) fn python(&self) -> String {
        self.interpreter.version.clone()
    }

    /// The process as one that may be asked to run a script.
    pub(super) fn host(&self) -> Host {
        Host {
            pid: self.pid,
            runtime: self.interpreter.runtime,
            minor: self.interpreter.minor,
            python: self.python(),
        }
    }

    /// Who profiles or traces the program, where that can be told from outside.
    pub(super) fn watcher(&self) -> Option<&'static str> {
        match &self.eyes {
            Eyes::Reader(reader) => reader.watcher(),
            Eyes::PySpy(_) => None,
        }
    }

    /// What `/proc` says, if it is still the process and the program that was opened. On its way to another
    /// program or to its end, a process has no image for a moment: that is another one too.
    fn check(&mut self) -> Result<Stat, LookError> {
        let stat = self.files.stat().ok_or(LookError::Gone)?;
        self.cpu.follow();
        if stat.has_ended() {
            self.cpu.see();
            Err(LookError::Gone)
        } else if stat.image == self.image {
            Ok(stat)
        } else {
            Err(LookError::Replaced)
        }
    }

    /// The same, when no other rustbound holds the process for a look of its own, in which nothing seems to run. What
    /// a debugger holds is held for longer, and nothing runs.
    fn check_free(&mut self) -> Result<Stat, LookError> {
        let begun = Instant::now();
        loop {
            let stat = self.check()?;
            if stat.state != b't' || begun.elapsed() >= OTHERS_LOOK {
                return Ok(stat);
            }
            thread::sleep(OTHERS_LOOK / 20);
        }
    }

    /// Looks once, while it goes on or stands still. What was read torn from one that stands still stays so, until
    /// it has gone on a little.
    fn try_look(&mut self, now: Moment, stat: &Stat) -> Result<(), String> {
        if !self.manner.blocking {
            return self.eyes.look(now, stat);
        }
        let (eyes, stood) = (&mut self.eyes, &mut self.stood);
        let look = |held: Held| {
            eyes.thread_states().hold(held.running);
            let seen = eyes.look(now, stat);
            *stood += held.since.elapsed();
            seen
        };
        hold::while_held(self.pid, look).map_err(|error| error.to_string())?
    }
}

impl Eyes {
    fn open(
        pid: u32,
        interpreter: &py_spy::Interpreter,
        before: &Stat,
        manner: Manner,
    ) -> Result<Self, OpenError> {
        let reader = Self::reader(pid, interpreter, before, manner)?;
        let py_spy = || PySpy::open(pid).map(|spy| Self::PySpy(Box::new(spy)));
        reader.map_or_else(|| py_spy().map_err(OpenError::NoInterpreter), Ok)
    }

    /// Our reader, if it knows this interpreter.
    fn reader(
        pid: u32,
        interpreter: &py_spy::Interpreter,
        before: &Stat,
        manner: Manner,
    ) -> Result<Option<Self>, OpenError> {
        let Some(runtime) = interpreter.runtime else {
            return Ok(None);
        };
        match FrameSampler::open(pid, runtime, interpreter.minor, manner.observe) {
            Ok(reader) => Self::checked(reader, before),
            Err(Unfit::Unknown) => Ok(None),
            Err(Unfit::Unreadable(error)) => Err(OpenError::NoInterpreter(error.to_string())),
            Err(Unfit::FreeThreaded { .. }) => Err(OpenError::FreeThreaded {
                version: interpreter.version.clone(),
            }),
        }
    }

    /// A build that keeps things elsewhere than its version says gives no good look at all. Nor does a Python that
    /// starts: only one that had its time is left to py-spy.
    fn checked(mut reader: FrameSampler, before: &Stat) -> Result<Option<Self>, OpenError> {
        let starting = || OpenError::NoInterpreter("Python is starting".into());
        for _ in 0..FIRST_LOOKS {
            if reader.look(Moment::default(), before).is_ok() {
                let is_there = reader.has_threads();
                return is_there
                    .then(|| Some(Self::Reader(Box::new(reader))))
                    .ok_or_else(starting);
            }
        }
        if before.age() < STARTING {
            return Err(starting());
        }
        Ok(None)
    }

    fn thread_states(&mut self) -> &mut ThreadStates {
        match self {
            Self::Reader(reader) => &mut reader.thread_states,
            Self::PySpy(spy) => &mut spy.thread_states,
        }
    }

    fn look(&mut self, now: Moment, stat: &Stat) -> Result<(), String> {
        match self {
            Self::Reader(reader) => reader.look(now, stat).map_err(|torn| torn.to_string()),
            Self::PySpy(spy) => spy.look(stat),
        }
    }

    fn take_values(&mut self) -> Vec<Glimpse> {
        match self {
            Self::Reader(reader) => reader.take_values(),
            Self::PySpy(_) => Vec::new(),
        }
    }
}

impl Sampler for Embedded {
    fn look(&mut self, now: Moment) -> Result<Tick<'_>, LookError> {
        let stat = self.check_free()?;
        if let Eyes::PySpy(spy) = &mut self.eyes {
            spy.join(&stat);
        }
        self.stood = Duration::ZERO;
        let begun = Instant::now();
        while let Err(reason) = self.try_look(now, &stat) {
            self.check()?;
            if begun.elapsed() >= RETRYING {
                return Err(LookError::Torn(reason));
            }
            // On the program's own processor it stands still, amid a change, until we make way.
            thread::yield_now();
        }
        let values = self.eyes.take_values();
        Ok(Tick {
            moment: now,
            threads: match &self.eyes {
                Eyes::Reader(reader) => reader.threads(),
                Eyes::PySpy(spy) => spy.threads(),
            },
            values,
        })
    }

    /// py-spy runs in the program's place while it looks: the program keeps nine tenths of its time, as it does if it
    /// is stopped. Our reader takes nothing of it, and two fifths of a processor at most.
    fn rest(&self, computed: Duration) -> Duration {
        match &self.eyes {
            _ if self.manner.blocking => self.stood * 9,
            Eyes::Reader(_) => computed * 3 / 2,
            Eyes::PySpy(_) => computed * 9,
        }
    }

    fn cpu(&mut self) -> Option<CpuSeconds> {
        Some(self.cpu.read())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Options;
    use super::*;

    #[test]
    fn a_process_without_python_has_no_interpreter() {
        let manner = Options::default().manner();
        let error = Embedded::open(std::process::id(), manner).err();
        assert!(
            matches!(error, Some(OpenError::NoInterpreter(_))),
            "{error:?}"
        );
    }
}
