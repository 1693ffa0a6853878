//! The threads of a process: those of all its interpreters, one after the other.

use super::layout::Layout;
use super::memory::{Address, Memory, int_in, word_in};
use super::snapshot::Snapshot;
use super::torn::Torn;

/// More than this a process does not have.
pub(super) const MOST_INTERPRETERS: usize = 1 << 10;
const MOST_THREADS: usize = 1 << 14;

/// A way through the threads.
#[derive(Debug)]
pub(super) struct Threads {
    /// Where the pointer to the next interpreter stands; the list may have ended.
    next_interpreter: Address,
    runtime: Address,
    interpreter: Address,
    lock: Lock,
    next_thread: Address,
    /// How many of both were met.
    interpreters: usize,
    states: usize,
}

/// An interpreter lock, `struct _gil_runtime_state`, and whether its interpreter collects garbage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lock {
    /// Where it stands.
    pub(super) at: Address,
    /// The thread that has it, or that had it last.
    pub(super) last_holder: Address,
    is_held: bool,
    /// How often it came to another thread than the one that had it last.
    pub(super) switches: u64,
    is_collecting: bool,
}

impl Lock {
    const LENGTH: usize = 32;

    fn of(at: Address, bytes: &[u8]) -> Self {
        Self {
            at,
            last_holder: Address(word_in(bytes, 8)),
            is_held: int_in(bytes, 16).cast_signed() > 0,
            switches: word_in(bytes, 24),
            is_collecting: false,
        }
    }

    /// The same lock as it is now; whether garbage is collected is not asked.
    pub(super) fn again(self, memory: &dyn Memory) -> Option<Self> {
        let mut bytes = [0; Self::LENGTH];
        memory.read(self.at, &mut bytes).ok()?;
        Some(Self::of(self.at, &bytes))
    }

    /// Whether this thread has it.
    pub(super) fn is_with(&self, thread: Address) -> bool {
        self.is_held && self.last_holder == thread
    }

    /// Whether this thread has it while garbage is collected. Another thread than the one that collects has it only if a
    /// finalizer lets go of it: which of them that is, no version before 3.15 says.
    pub(super) fn collects(&self, thread: Address) -> bool {
        self.is_collecting && self.is_with(thread)
    }
}

/// A thread state to be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct ThreadState {
    pub(super) at: Address,
    pub(super) interpreter: Address,
    pub(super) holds_lock: bool,
    pub(super) collects_garbage: bool,
}

impl ThreadState {
    /// The one at this place, whose interpreter's lock was found so.
    pub(super) fn new(at: Address, interpreter: Address, lock: Lock) -> Self {
        Self {
            at,
            interpreter,
            holds_lock: lock.is_with(at),
            collects_garbage: lock.collects(at),
        }
    }
}

/// What a thread state says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Links {
    pub(super) next: Address,
    /// Its innermost frame; null if it has none.
    pub(super) frame: Address,
    /// Where its frames stand, if that says more about which is the innermost.
    pub(super) data_stack: Option<DataStack>,
    pub(super) ident: u64,
    pub(super) native_id: Option<u64>,
}

impl Threads {
    /// Of the process whose `_PyRuntime` is at `runtime`.
    pub(super) fn new(runtime: Address) -> Self {
        Self {
            next_interpreter: Address::default(),
            runtime,
            interpreter: Address::default(),
            lock: Lock::default(),
            next_thread: Address::default(),
            interpreters: 0,
            states: 0,
        }
    }

    /// The next thread to read; none at the end. Asked again without [`Self::advance`], it answers the same.
    pub(super) fn next(
        &mut self,
        layout: &Layout,
        snapshot: &mut Snapshot,
        memory: &dyn Memory,
    ) -> Result<Option<ThreadState>, Torn> {
        while self.next_thread.is_null() {
            let link = match self.interpreters {
                0 => self.runtime.plus(layout.runtime.interpreters),
                _ => self.next_interpreter,
            };
            let interpreter = Address(snapshot.word(link, memory)?);
            if interpreter.is_null() {
                return Ok(None);
            }
            self.enter(interpreter, layout, snapshot, memory)?;
        }
        if self.states >= MOST_THREADS {
            return Err(Torn::Endless);
        }
        Ok(Some(ThreadState::new(
            self.next_thread,
            self.interpreter,
            self.lock,
        )))
    }

    /// How many interpreters were entered.
    pub(super) fn interpreters(&self) -> usize {
        self.interpreters
    }

    /// The lock of the interpreter that was entered last.
    pub(super) fn lock(&self) -> Lock {
        self.lock
    }

    /// A thread was read.
    pub(super) fn advance(&mut self, links: &Links) {
        self.states += 1;
        self.next_thread = links.next;
    }

    fn enter(
        &mut self,
        interpreter: Address,
        layout: &Layout,
        snapshot: &mut Snapshot,
        memory: &dyn Memory,
    ) -> Result<(), Torn> {
        if self.interpreters >= MOST_INTERPRETERS {
            return Err(Torn::Endless);
        }
        let mut lock = self.lock_of(interpreter, layout, snapshot, memory)?;
        let first = Address(snapshot.word(interpreter.plus(layout.interpreter.threads), memory)?);
        let collecting = layout.interpreter.garbage + layout.interpreter.collecting;
        let collecting = snapshot.bytes(interpreter.plus(collecting), 4, memory)?;
        lock.is_collecting = int_in(collecting, 0) != 0;
        self.interpreters += 1;
        self.interpreter = interpreter;
        self.lock = lock;
        self.next_thread = first;
        self.next_interpreter = interpreter.plus(layout.interpreter.next);
        Ok(())
    }

    /// Up to 3.11 the process has one lock, later each interpreter may have its own.
    fn lock_of(
        &self,
        interpreter: Address,
        layout: &Layout,
        snapshot: &mut Snapshot,
        memory: &dyn Memory,
    ) -> Result<Lock, Torn> {
        let lock = match (layout.runtime.lock, layout.interpreter.lock) {
            (Some(place), _) => self.runtime.plus(place),
            (None, Some(place)) => Address(snapshot.word(interpreter.plus(place), memory)?),
            (None, None) => Address::default(),
        };
        if lock.is_null() {
            return Ok(Lock::default());
        }
        Ok(Lock::of(lock, snapshot.bytes(lock, Lock::LENGTH, memory)?))
    }
}

/// The part of memory in which a thread's newest frames stand, one behind the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct DataStack {
    chunk: u64,
    /// The end of the newest frame.
    pub(super) top: u64,
    limit: u64,
}

impl DataStack {
    fn of(head: &[u8], place: u64) -> Self {
        let [chunk, top, limit] = [0, 8, 16].map(|offset| word_in(head, place + offset));
        Self { chunk, top, limit }
    }

    /// Whether a frame stands in it, or stood there.
    pub(super) fn holds(&self, frame: Address) -> bool {
        (self.chunk..self.limit).contains(&frame.0)
    }
}

/// Reads a thread state. What is none of its interpreter's is none at all.
pub(super) fn read(
    state: ThreadState,
    layout: &Layout,
    snapshot: &mut Snapshot,
    memory: &dyn Memory,
) -> Result<Links, Torn> {
    let thread = layout.thread;
    let head = snapshot.bytes(state.at, thread.head(), memory)?;
    if word_in(head, thread.interpreter) != state.interpreter.0 {
        return Err(Torn::Thread(state.at));
    }
    let links = Links {
        next: Address(word_in(head, thread.next)),
        frame: Address(word_in(head, thread.frame)),
        data_stack: thread.data_stack.map(|place| DataStack::of(head, place)),
        ident: word_in(head, thread.ident),
        native_id: thread.native_id.map(|place| word_in(head, place)),
    };
    let frame = match thread.c_frame {
        Some(place) if !links.frame.is_null() => {
            Address(snapshot.word(links.frame.plus(place), memory)?)
        }
        _ => links.frame,
    };
    Ok(Links { frame, ..links })
}
