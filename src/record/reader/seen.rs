//! The threads of a look, each with its stack.

use super::frames::SeenFrame;
use super::memory::Address;
use super::threads::{Links, ThreadState};
use crate::profile::RawInstruction;
use rustc_hash::FxHashMap;

/// One thread at one look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenThread {
    /// What Python calls it: `threading.get_ident()`.
    pub ident: u64,
    /// The kernel's number, as the process counts it; Python stores it from 3.11 on.
    pub native_id: Option<u64>,
    /// Whether it has the interpreter lock.
    pub holds_lock: bool,
    /// Whether it has it while garbage is collected.
    pub collects_garbage: bool,
    /// The instruction that its innermost frame is at.
    pub instruction: Option<RawInstruction<'static>>,
    /// Whether it may have run Python since the look before.
    pub has_moved: bool,
    pub(super) at: Address,
    pub(super) next: Address,
}

impl SeenThread {
    /// As its state says; where it was in its code is not known yet.
    pub(super) fn new(state: ThreadState, links: &Links) -> Self {
        Self {
            ident: links.ident,
            native_id: links.native_id,
            holds_lock: state.holds_lock,
            collects_garbage: state.collects_garbage,
            instruction: None,
            has_moved: true,
            at: state.at,
            next: links.next,
        }
    }

    /// Python makes the state of a thread before the thread.
    pub(super) fn has_begun(&self) -> bool {
        self.ident != 0 && self.native_id != Some(0)
    }

    /// Whether this is the thread that it was, at the same place in the list.
    pub(super) fn is_still(&self, old: &Self) -> bool {
        (self.next, self.ident, self.native_id) == (old.next, old.ident, old.native_id)
    }
}

/// The threads of a look, in Python's order.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) threads: Vec<SeenThread>,
    /// Their frames, innermost first.
    stacks: Vec<Vec<SeenFrame>>,
    places: FxHashMap<Address, usize>,
    frames: usize,
}

impl Seen {
    /// Adds a thread.
    pub(super) fn add(&mut self, thread: SeenThread, stack: Vec<SeenFrame>) {
        self.places.insert(thread.at, self.threads.len());
        self.frames += stack.len();
        self.threads.push(thread);
        self.stacks.push(stack);
    }

    /// Puts what is newer in the place of a thread.
    pub(super) fn renew(&mut self, place: usize, thread: SeenThread, stack: Vec<SeenFrame>) {
        self.frames = self.frames - self.stacks[place].len() + stack.len();
        self.threads[place] = thread;
        self.stacks[place] = stack;
    }

    /// The place of the thread whose state is there.
    pub(super) fn place(&self, at: Address) -> Option<usize> {
        self.places.get(&at).copied()
    }

    /// The frames of the thread whose state is there, innermost first; none of one that is not known.
    pub(super) fn stack(&self, at: Address) -> &[SeenFrame] {
        self.place(at).map_or(&[], |place| &self.stacks[place])
    }

    /// How many frames all stacks have.
    pub(super) fn frames(&self) -> usize {
        self.frames
    }

    /// The states of the threads.
    pub(super) fn states(&self) -> impl Iterator<Item = Address> {
        self.threads.iter().map(|thread| thread.at)
    }
}
