//! A Python process looked at by our own reader: its frames from its memory, its threads' states from the kernel.

use super::glance::Glance;
use super::kernel_thread::KernelThreads;
use super::processor::{Processor, computed};
use super::reader::{Address, Glimpse, ProcessMemory, Reader, SeenThread, Torn, Unfit};
use super::sampler::{Moment, Observed};
use super::stat::Stat;
use super::thread_names::ThreadNames;
use super::thread_states::ThreadStates;
use crate::profile::{Activity, Nanoseconds};

/// A Python process.
pub(super) struct FrameSampler {
    pid: u32,
    memory: ProcessMemory,
    reader: Reader,
    kernel_threads: KernelThreads,
    pub(super) thread_states: ThreadStates,
    thread_names: ThreadNames,
    threads: Vec<Thread>,
    /// None if nobody wants to know of values.
    glance: Option<Glance>,
    values: Vec<Glimpse>,
    processor: Processor,
}

/// A thread at the last look.
struct Thread {
    seen: SeenThread,
    /// The kernel's number where known, otherwise the interpreter's.
    number: u64,
    activity: Activity,
}

impl FrameSampler {
    /// Opens the interpreter whose `_PyRuntime` is at `runtime`, of Python 3.`minor`.
    pub(super) fn open(
        pid: u32,
        runtime: Address,
        minor: u32,
        observe: bool,
    ) -> Result<Self, Unfit> {
        let memory = ProcessMemory::of(pid);
        Ok(Self {
            pid,
            memory,
            reader: Reader::open(runtime, minor, &memory)?,
            kernel_threads: KernelThreads::new(pid),
            thread_states: ThreadStates::new(pid),
            thread_names: ThreadNames::default(),
            threads: Vec::new(),
            glance: observe.then(Glance::default),
            values: Vec::new(),
            processor: Processor::new(),
        })
    }

    /// Looks once.
    pub(super) fn look(&mut self, now: Moment, process: &Stat) -> Result<(), Torn> {
        let glances = self.joins(now.time);
        if !glances {
            self.make_way(process);
        }
        let seen = self.reader.look(now.time, &self.memory);
        let seen = seen.map(<[SeenThread]>::to_vec);
        if let (Ok(seen), true) = (&seen, glances) {
            self.observe(seen, now.time);
        }
        if glances {
            self.make_way(process);
        }
        self.thread_states.know_locks(self.reader.locks());
        let seen = seen?;
        self.thread_states.begin(seen.len());
        let threads = seen.into_iter();
        self.threads = threads.map(|seen| self.thread(seen, process)).collect();
        self.tell_interpreters_apart();
        self.name_threads(now.time);
        if self.threads.len() > 1 {
            // Until the next look they take turns: where none of them runs then, the system knows better.
            self.processor.leave();
        }
        Ok(())
    }

    /// What the last looks saw of values.
    pub(super) fn take_values(&mut self) -> Vec<Glimpse> {
        std::mem::take(&mut self.values)
    }

    /// Whether it is time to look at values, and we are where the program runs.
    fn joins(&mut self, now: Nanoseconds) -> bool {
        let holder = self.holder();
        let is_due = self
            .glance
            .as_ref()
            .is_some_and(|glance| glance.is_due(now));
        is_due && Glance::join(holder, &mut self.processor)
    }

    /// The kernel's number of the thread that had the lock at the last look.
    fn holder(&self) -> Option<u32> {
        let holder = self.threads.iter().find(|thread| thread.seen.holds_lock)?;
        u32::try_from(holder.number).ok()
    }

    /// Leaves the processor on which the program runs. Where several threads share the lock, that is where the one runs
    /// that has it now: since the last look they may have taken turns.
    fn make_way(&mut self, process: &Stat) {
        if self.threads.len() < 2 {
            return self.processor.keep_off(process);
        }
        let holder = self.reader.holder(&self.memory);
        let holder =
            holder.and_then(|holder| self.threads.iter().find(|it| it.seen.ident == holder));
        let number = holder.and_then(|holder| u32::try_from(holder.number).ok());
        if let Some(stat) = number.and_then(|number| self.thread_states.stat(number)) {
            self.processor.keep_off(&stat);
        }
    }

    /// A thread that is in another interpreter has a state in each: it runs where it has the lock.
    fn tell_interpreters_apart(&mut self) {
        let holders = self.threads.iter().filter(|thread| thread.seen.holds_lock);
        let holders: Vec<u64> = holders.map(|thread| thread.number).collect();
        for thread in &mut self.threads {
            if !thread.seen.holds_lock && holders.contains(&thread.number) {
                thread.activity = Activity::Idle;
            }
        }
    }

    fn name_threads(&mut self, now: Nanoseconds) {
        let numbers = self
            .threads
            .iter()
            .map(|thread| (thread.seen.ident, thread.number));
        let numbers: Vec<_> = numbers.collect();
        self.thread_names
            .learn(&numbers, now, &mut self.reader, &self.memory);
    }

    fn observe(&mut self, seen: &[SeenThread], now: Nanoseconds) {
        let begun = computed();
        if let Some(holder) = seen.iter().find(|thread| thread.holds_lock) {
            self.values
                .extend(self.reader.observe(holder, &self.memory));
        }
        if let Some(glance) = &mut self.glance {
            glance.rest(now, computed().saturating_sub(begun));
        }
    }

    /// Who profiles or traces the program, where that can be told from outside.
    pub(super) fn watcher(&self) -> Option<&'static str> {
        self.reader.watcher(&self.memory)
    }

    /// Whether the last look found any: none are there while Python starts.
    pub(super) fn has_threads(&self) -> bool {
        !self.threads.is_empty()
    }

    /// The threads of the last look.
    pub(super) fn threads(&self) -> Vec<Observed<'_>> {
        let threads = self.threads.iter().map(|thread| Observed {
            process: self.pid,
            thread: thread.number,
            name: self.thread_names.get(thread.seen.ident, thread.number),
            activity: thread.activity,
            frames: self.reader.frames(&thread.seen),
            instruction: thread.seen.instruction,
        });
        threads.collect()
    }

    fn thread(&mut self, seen: SeenThread, process: &Stat) -> Thread {
        let number = match seen.native_id {
            Some(native_id) => self.thread_states.number(native_id),
            None => self.kernel_threads.number(seen.ident),
        };
        Thread {
            seen,
            number: number.map_or(seen.ident, u64::from),
            activity: self.activity(seen, number, process),
        }
    }

    /// The lock keeps its holder while the whole process stands still. A thread whose number is not known and that
    /// does not have the lock mostly waits for it, or for the outside.
    fn activity(&mut self, seen: SeenThread, number: Option<u32>, process: &Stat) -> Activity {
        if process.is_stopped() {
            return Activity::Idle;
        }
        match number {
            _ if seen.collects_garbage => Activity::Collecting,
            _ if seen.holds_lock => Activity::HoldingGil,
            Some(number) => self.thread_states.activity(number, seen.has_moved),
            None => Activity::Idle,
        }
    }
}
