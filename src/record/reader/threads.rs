//! The threads of a process: those of all its interpreters, one after the other.

use super::layout::Layout;
use super::memory::{Address, Memory, int_in, word_in};
use super::snapshot::Snapshot;
use super::torn::Torn;

/// More than this a process does not have.
const MOST_INTERPRETERS: usize = 1 << 10;
const MOST_THREADS: usize = 1 << 14;

/// A way through the threads.
#[derive(Debug)]
pub(super) struct Threads {
    /// Where the pointer to the next interpreter stands; the list may have ended.
    next_interpreter: Address,
    runtime: Address,
    interpreter: Address,
    holder: Address,
    next_thread: Address,
    /// How many of both were met.
    interpreters: usize,
    states: usize,
}

/// A thread state to be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct ThreadState {
    at: Address,
    interpreter: Address,
    pub(super) holds_lock: bool,
}

/// What a thread state says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Links {
    next: Address,
    /// Its innermost frame; null if it has none.
    pub(super) frame: Address,
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
            holder: Address::default(),
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
        Ok(Some(ThreadState {
            at: self.next_thread,
            interpreter: self.interpreter,
            holds_lock: self.holder == self.next_thread,
        }))
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
        let holder = self.lock_holder(interpreter, layout, snapshot, memory)?;
        let first = Address(snapshot.word(interpreter.plus(layout.interpreter.threads), memory)?);
        self.interpreters += 1;
        self.interpreter = interpreter;
        self.holder = holder;
        self.next_thread = first;
        self.next_interpreter = interpreter.plus(layout.interpreter.next);
        Ok(())
    }

    /// The thread that has the interpreter lock: up to 3.11 the process has one lock, later each interpreter may have
    /// its own (`struct _gil_runtime_state`).
    fn lock_holder(
        &self,
        interpreter: Address,
        layout: &Layout,
        snapshot: &mut Snapshot,
        memory: &dyn Memory,
    ) -> Result<Address, Torn> {
        const LAST_HOLDER: u64 = 8;
        const IS_LOCKED: u64 = 16;
        if let Some(place) = layout.runtime.lock_holder {
            return Ok(Address(snapshot.word(self.runtime.plus(place), memory)?));
        }
        let Some(place) = layout.interpreter.lock else {
            return Ok(Address::default());
        };
        let lock = Address(snapshot.word(interpreter.plus(place), memory)?);
        if lock.is_null() {
            return Ok(lock);
        }
        let lock = snapshot.bytes(lock, 24, memory)?;
        let is_locked = int_in(lock, IS_LOCKED).cast_signed() > 0;
        Ok(if is_locked {
            Address(word_in(lock, LAST_HOLDER))
        } else {
            Address::default()
        })
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
