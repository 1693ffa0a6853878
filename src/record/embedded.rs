//! The sampler inside rustbound: py-spy as a library, reading the memory of a process that goes on.
//!
//! The only file that knows py-spy. It never stops the process: that costs 16 % at 1,000 looks a
//! second, and in the parent of the process it can swallow its exit status.

use super::cpu_meter::CpuMeter;
use super::guard::guarded;
use super::kernel_thread::KernelThreads;
use super::process;
use super::processor::Processor;
use super::sampler::{LookError, Moment, Observed, Sampler, Tick};
use super::stat::Stat;
use crate::profile::{Activity, CpuSeconds, Line, RawFrame};
use py_spy::config::LockingStrategy;
use py_spy::{Config, PythonSpy, StackTrace};
use rustc_hash::FxHashMap;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

/// A look that was torn is tried again at once, up to this time after its beginning: soon enough to be the
/// same look.
const RETRYING: Duration = Duration::from_millis(1);

/// Why a process can't be looked into, now.
#[derive(Debug, thiserror::Error)]
pub(super) enum OpenError {
    /// The system does not let us.
    #[error("the system does not let it be read: {0}")]
    Denied(#[source] io::Error),
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

/// What is found out of a thread beside its stack.
struct ThreadState {
    number: u64,
    activity: Activity,
    /// Whether the name that py-spy gives it is its own.
    is_named: bool,
}

/// A Python process, opened.
pub(super) struct Embedded {
    pid: u32,
    spy: PythonSpy,
    traces: Vec<StackTrace>,
    states: Vec<ThreadState>,
    /// The number that a thread of Python's had at the last look.
    numbers: FxHashMap<u64, u64>,
    image: (u64, u64),
    kernel_threads: KernelThreads,
    /// Whether the thread numbers that Python stores are ours: not so across a container's border.
    trusts_numbers: bool,
    processor: Processor,
    /// The threads that may run, by the kernel's numbers: first the one that had the lock at the last look.
    threads: Vec<u32>,
    cpu: CpuMeter,
}

impl Embedded {
    /// Opens a process. Costs 15 to 35 ms of our time and nothing of its.
    pub(super) fn open(pid: u32) -> Result<Self, OpenError> {
        process::check_readable(pid).map_err(OpenError::of)?;
        let no_process = || OpenError::NoInterpreter("the process ended".into());
        let before = Stat::read(pid).ok_or_else(no_process)?;
        let number = py_spy::Pid::try_from(pid).map_err(|_| no_process())?;
        let spy = guarded(|| PythonSpy::new(number, &config()).map_err(in_full));
        let spy = spy.map_err(OpenError::NoInterpreter)?;
        if is_half_started(&spy) {
            return Err(OpenError::NoInterpreter("Python is starting".into()));
        }
        Ok(Self {
            pid,
            spy,
            traces: Vec::new(),
            states: Vec::new(),
            numbers: FxHashMap::default(),
            image: before.image,
            kernel_threads: KernelThreads::new(pid),
            trusts_numbers: process::shares_our_numbers(pid),
            processor: Processor::new(),
            threads: vec![pid],
            cpu: CpuMeter::new(pid, before),
        })
    }

    /// The process.
    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    /// Its Python version: `3.11.7`.
    pub(super) fn python(&self) -> String {
        let version = &self.spy.version;
        let (major, minor, patch) = (version.major, version.minor, version.patch);
        format!("{major}.{minor}.{patch}{}", version.release_flags)
    }

    /// What `/proc` says, if it is still the process and the program that was opened. On its way to another
    /// program or to its end, a process has no image for a moment: that is another one too.
    fn check(&mut self) -> Result<Stat, LookError> {
        let stat = Stat::read(self.pid).ok_or(LookError::Gone)?;
        self.cpu.see(&stat);
        if stat.has_ended() {
            Err(LookError::Gone)
        } else if stat.image == self.image {
            Ok(stat)
        } else {
            Err(LookError::Replaced)
        }
    }

    /// Goes where the program runs. The state of its first thread is the process's, and known already.
    fn join(&mut self, process: Stat) {
        let pid = self.pid;
        let stat = |&thread: &u32| {
            if thread == pid {
                Some(process)
            } else {
                Stat::read(thread)
            }
        };
        self.processor.join(self.threads.iter().filter_map(stat));
    }

    /// The stacks, as soon as they hold still.
    fn read(&mut self) -> Result<Vec<StackTrace>, LookError> {
        let begun = Instant::now();
        loop {
            let reason = match guarded(|| self.spy.get_stack_traces().map_err(in_full)) {
                Ok(traces) => return Ok(traces),
                Err(reason) => reason,
            };
            self.check()?;
            if begun.elapsed() >= RETRYING {
                return Err(LookError::Torn(reason));
            }
            // On the program's own processor it stands still, amid a change, until we make way.
            thread::yield_now();
        }
    }

    /// The kernel's number of a thread.
    fn number(&mut self, trace: &StackTrace) -> Option<u32> {
        match trace.os_thread_id {
            Some(number) if self.trusts_numbers => u32::try_from(number).ok(),
            Some(_) => None,
            None => self.kernel_threads.number(trace.thread_id),
        }
    }

    fn state(&mut self, trace: &StackTrace, process: &Stat) -> ThreadState {
        let known = self.number(trace);
        let number = known.map_or(trace.thread_id, u64::from);
        ThreadState {
            number,
            activity: self.activity(trace, known, process),
            is_named: self.is_same_thread(trace, number),
        }
    }

    /// Python's own number of a thread is an address, used again once the thread has ended; py-spy then still
    /// gives the name of the one before, until it looks again.
    fn is_same_thread(&mut self, trace: &StackTrace, number: u64) -> bool {
        let before = self.numbers.insert(trace.thread_id, number);
        let same = before.is_none_or(|before| before == number);
        if !same {
            self.spy.python_thread_names.clear();
        }
        same
    }

    fn activity(&self, trace: &StackTrace, number: Option<u32>, process: &Stat) -> Activity {
        if process.is_stopped() {
            // The lock keeps its holder while the whole process stands still.
            Activity::Idle
        } else if trace.owns_gil {
            Activity::HoldingGil
        } else if trace.active && self.is_running(number, trace) {
            Activity::Running
        } else {
            Activity::Idle
        }
    }

    /// Whether a thread without the lock runs. From 3.11 on py-spy has looked already, in `active`.
    /// Before, we look by the number that we found. Without a number, all that is known is that most
    /// threads without the lock wait for it or for the outside; unless nobody's lock can be seen.
    fn is_running(&self, number: Option<u32>, trace: &StackTrace) -> bool {
        match number {
            Some(_) if trace.os_thread_id.is_some() => true,
            Some(number) => Stat::read(number).is_some_and(|thread| thread.state == b'R'),
            None => !can_see_gil(&self.spy),
        }
    }
}

impl Sampler for Embedded {
    fn look(&mut self, now: Moment) -> Result<Tick<'_>, LookError> {
        let stat = self.check()?;
        self.join(stat);
        let traces = self.read()?;
        self.states = traces
            .iter()
            .map(|trace| self.state(trace, &stat))
            .collect();
        self.threads = runners(&self.states);
        if self.threads.is_empty() {
            self.threads.push(self.pid);
        }
        self.traces = traces;
        let threads = (self.traces.iter().zip(&self.states))
            .map(|(trace, state)| observed(self.pid, trace, state));
        Ok(Tick {
            moment: now,
            threads: threads.collect(),
        })
    }

    fn cpu(&mut self) -> Option<CpuSeconds> {
        Some(self.cpu.read())
    }
}

fn config() -> Config {
    Config {
        blocking: LockingStrategy::NonBlocking,
        ..Config::default()
    }
}

/// Python 3.12 and later keep the lock in the interpreter, which is there a moment before its lock is: py-spy
/// would never see the lock then.
fn is_half_started(spy: &PythonSpy) -> bool {
    let version = &spy.version;
    (version.major, version.minor) >= (3, 12) && !can_see_gil(spy)
}

fn can_see_gil(spy: &PythonSpy) -> bool {
    spy.addresses.threadstate_address != 0
}

/// Which threads to look for first at the next look, not to look for too many.
fn runners(states: &[ThreadState]) -> Vec<u32> {
    const MOST: usize = 8;
    let mut states: Vec<&ThreadState> = states.iter().collect();
    states.sort_by_key(|state| state.activity);
    let numbers = states
        .iter()
        .filter_map(|state| u32::try_from(state.number).ok());
    numbers.take(MOST).collect()
}

fn observed<'a>(process: u32, trace: &'a StackTrace, state: &ThreadState) -> Observed<'a> {
    Observed {
        process,
        thread: state.number,
        name: trace.thread_name.as_deref().filter(|_| state.is_named),
        activity: state.activity,
        frames: (trace.frames.iter().rev())
            .filter(|frame| !is_internal(frame))
            .map(raw_frame)
            .collect(),
        instruction: None,
    }
}

/// Python 3.12 and later put a frame of their own below each `__init__` that they call in a shorter way.
fn is_internal(frame: &py_spy::Frame) -> bool {
    frame.name == "__init__" && frame.filename == "__init__"
}

fn raw_frame(frame: &py_spy::Frame) -> RawFrame<'_> {
    RawFrame {
        name: &frame.name,
        file: Some(&frame.filename),
        first_line: None,
        line: u32::try_from(frame.line).ok().and_then(Line::new),
    }
}

/// An error of py-spy, whose type can't be named here, with all its causes, each once.
fn in_full(error: impl std::fmt::Display) -> String {
    let text = format!("{error:#}");
    let mut causes: Vec<_> = text.split(": ").collect();
    causes.dedup();
    causes.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_python_itself_are_left_out() {
        let check = |name: &str, filename: &str, expected| {
            let frame = py_spy::Frame {
                name: name.into(),
                filename: filename.into(),
                module: None,
                short_filename: None,
                line: 1,
                locals: None,
                is_entry: false,
                is_shim_entry: false,
            };
            assert_eq!(is_internal(&frame), expected, "{name} in {filename}");
        };
        check("__init__", "__init__", true);
        check("__init__", "/srv/__init__.py", false);
        check("Point.__init__", "__init__", false);
    }

    #[test]
    fn a_process_without_python_has_no_interpreter() {
        let error = Embedded::open(std::process::id()).err();
        assert!(
            matches!(error, Some(OpenError::NoInterpreter(_))),
            "{error:?}"
        );
    }
}
