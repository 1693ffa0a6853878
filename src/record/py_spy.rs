//! py-spy as a library: it finds the interpreter in a process, and reads the stacks of those that our own reader
//! does not know.
//!
//! This file and `find` are all that knows py-spy. It never stops the process: py-spy's way of stopping it waits for it too, which
//! in the parent of the process can swallow its exit status.

mod find;

pub(super) use find::{Interpreter, find};

use super::guard::guarded;
use super::kernel_thread::KernelThreads;
use super::processor::Processor;
use super::sampler::Observed;
use super::stat::Stat;
use super::thread_states::ThreadStates;
use crate::profile::{Activity, Line, RawFrame};
use ::py_spy::config::LockingStrategy;
use ::py_spy::{Config, Frame, PythonSpy, StackTrace};
use rustc_hash::FxHashMap;

/// What is found out of a thread beside its stack.
struct ThreadState {
    number: u64,
    activity: Activity,
    /// Whether the name that py-spy gives it is its own.
    is_named: bool,
}

/// A Python process, read by py-spy.
pub(super) struct PySpy {
    pid: u32,
    spy: PythonSpy,
    traces: Vec<StackTrace>,
    states: Vec<ThreadState>,
    /// The number that a thread of Python's had at the last look.
    numbers: FxHashMap<u64, u64>,
    kernel_threads: KernelThreads,
    pub(super) thread_states: ThreadStates,
    processor: Processor,
    /// The threads that may run, by the kernel's numbers: first the one that had the lock at the last look.
    threads: Vec<u32>,
}

impl PySpy {
    /// Opens a process.
    pub(super) fn open(pid: u32) -> Result<Self, String> {
        let number = ::py_spy::Pid::try_from(pid).map_err(in_full)?;
        let spy = guarded(|| PythonSpy::new(number, &config()).map_err(in_full))?;
        if is_half_started(&spy) {
            return Err("Python is starting".into());
        }
        Ok(Self {
            pid,
            spy,
            traces: Vec::new(),
            states: Vec::new(),
            numbers: FxHashMap::default(),
            kernel_threads: KernelThreads::new(pid),
            thread_states: ThreadStates::new(pid),
            processor: Processor::new(),
            threads: vec![pid],
        })
    }

    /// Goes where the program runs: py-spy takes so long that a program which goes on would look like another.
    /// The state of its first thread is the process's, and known already.
    pub(super) fn join(&mut self, process: &Stat) {
        let pid = self.pid;
        let stat = |&thread: &u32| {
            if thread == pid {
                Some(*process)
            } else {
                Stat::read(thread)
            }
        };
        self.processor.join(self.threads.iter().filter_map(stat));
    }

    /// Looks once.
    pub(super) fn look(&mut self, process: &Stat) -> Result<(), String> {
        let traces = guarded(|| self.spy.get_stack_traces().map_err(in_full))?;
        self.thread_states.begin(traces.len());
        self.states = traces
            .iter()
            .map(|trace| self.state(trace, process))
            .collect();
        self.threads = runners(&self.states);
        if self.threads.is_empty() {
            self.threads.push(self.pid);
        }
        self.traces = traces;
        Ok(())
    }

    /// The threads of the last look.
    pub(super) fn threads(&self) -> Vec<Observed<'_>> {
        let threads = self.traces.iter().zip(&self.states);
        threads
            .map(|(trace, state)| observed(self.pid, trace, state))
            .collect()
    }

    fn state(&mut self, trace: &StackTrace, process: &Stat) -> ThreadState {
        let known = match trace.os_thread_id {
            Some(number) => self.thread_states.number(number),
            None => self.kernel_threads.number(trace.thread_id),
        };
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

    fn activity(&mut self, trace: &StackTrace, number: Option<u32>, process: &Stat) -> Activity {
        if process.is_stopped() {
            // The lock keeps its holder while the whole process stands still.
            return Activity::Idle;
        }
        if trace.owns_gil {
            return Activity::HoldingGil;
        }
        match self.without_lock(number) {
            Activity::Running if !trace.active => Activity::Idle,
            activity => activity,
        }
    }

    /// What a thread without the lock does. Without a number, all that is known is that most threads without the
    /// lock wait for it or for the outside; unless nobody's lock can be seen.
    fn without_lock(&mut self, number: Option<u32>) -> Activity {
        match number {
            Some(number) => self.thread_states.activity(number, true),
            None if can_see_gil(&self.spy) => Activity::Idle,
            None => Activity::Running,
        }
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
fn is_internal(frame: &Frame) -> bool {
    frame.name == "__init__" && frame.filename == "__init__"
}

fn raw_frame(frame: &Frame) -> RawFrame<'_> {
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
            let frame = Frame {
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
        assert!(find(std::process::id()).is_err());
        assert!(PySpy::open(std::process::id()).is_err());
    }
}
