//! Where a Python of 3.14 or later takes the path of a script that its main thread is to run; see PEP 768.
//!
//! The thread looks there whenever its "eval breaker" stops it between two instructions.

use super::debug_offsets::{self, DebugOffsets};
use super::memory::{Address, Memory, Unreadable};
use super::process_memory::ProcessMemory;
use super::threads::MOST_INTERPRETERS;

/// What the "eval breaker" says of `_PY_EVAL_PLEASE_STOP_BIT`, which asks the thread to stop for a moment, and of
/// `_PY_SIGNALS_PENDING_BIT`, `_PY_CALLS_TO_DO_BIT` and `_PY_ASYNC_EXCEPTION_BIT`. All of them may be set in vain, and
/// none of them be lost that was set while we wrote.
const SET: u8 = 0b10_1110;
/// `_PY_GC_SCHEDULED_BIT` and those above: they stay as they are, and nothing is lost with one that does not.
const KEPT: u8 = 0b1101_0000;
// `_PY_GIL_DROP_REQUEST_BIT`, the lowest, is not set by us: a thread that drops the lock in vain waits for another one to
// take it. Who wants the lock asks again after a few milliseconds.

/// Where the main thread of a Python is asked to run a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::record) struct ScriptSlot {
    is_asked: Address,
    path: Address,
    path_length: u64,
    breaker: Address,
}

/// Why a Python can't be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::record) enum NoSlot {
    /// It was started so that nobody can.
    #[error("remote debugging is disabled")]
    Closed,
    /// We don't know where, or the path is longer than Python takes.
    #[error("it takes no such script")]
    Unknown,
    /// It is not there any more.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

impl ScriptSlot {
    /// Of the main interpreter of the process whose `_PyRuntime` is at `runtime`.
    pub(in crate::record) fn find(runtime: Address, memory: &dyn Memory) -> Result<Self, NoSlot> {
        let told = debug_offsets::read(runtime, memory)?.ok_or(NoSlot::Unknown)?;
        let (Some(offsets), false) = (told.slot, told.is_free_threaded) else {
            return Err(NoSlot::Unknown);
        };
        let interpreter = main_interpreter(runtime, &told, memory)?;
        if interpreter.plus(offsets.is_enabled).int(memory)? != 1 {
            return Err(NoSlot::Closed);
        }
        let thread = interpreter.plus(offsets.main_thread).pointer(memory)?;
        let layout = told.layout.ok_or(NoSlot::Unknown)?;
        let its_interpreter = thread.plus(layout.thread.interpreter).pointer(memory)?;
        if thread.is_null() || its_interpreter != interpreter {
            return Err(NoSlot::Unknown);
        }
        Ok(Self {
            is_asked: thread.plus(offsets.is_asked),
            path: thread.plus(offsets.path),
            path_length: offsets.path_length,
            breaker: thread.plus(offsets.breaker),
        })
    }

    /// Whether the thread has been asked, and has not begun.
    pub(in crate::record) fn is_asked(&self, memory: ProcessMemory) -> Result<bool, Unreadable> {
        Ok(self.is_asked.int(&memory)? != 0)
    }

    /// Asks the thread to run the script of this path.
    pub(in crate::record) fn ask(
        &self,
        script: &[u8],
        memory: ProcessMemory,
    ) -> Result<(), NoSlot> {
        let mut path = script.to_vec();
        path.push(0);
        if path.len() as u64 > self.path_length || script.contains(&0) {
            return Err(NoSlot::Unknown);
        }
        memory.write(self.path, &path)?;
        memory.write(self.is_asked, &1_u32.to_le_bytes())?;
        // The bits stand in the lowest byte, and above them what is not ours.
        let [bits] = self.breaker.bytes(&memory)?;
        memory.write(self.breaker, &[bits & KEPT | SET])?;
        Ok(())
    }

    /// Asks it no longer. A path of no length is none, if it has begun just now.
    pub(in crate::record) fn withdraw(&self, memory: ProcessMemory) -> Result<(), Unreadable> {
        memory.write(self.path, &[0])?;
        memory.write(self.is_asked, &0_u32.to_le_bytes())
    }
}

/// The first that was made; a new one comes before all others.
fn main_interpreter(
    runtime: Address,
    told: &DebugOffsets,
    memory: &dyn Memory,
) -> Result<Address, NoSlot> {
    let layout = told.layout.ok_or(NoSlot::Unknown)?;
    let mut interpreter = (runtime.plus(layout.runtime.interpreters)).pointer(memory)?;
    for _ in 0..MOST_INTERPRETERS {
        let next = interpreter.plus(layout.interpreter.next).pointer(memory)?;
        if next.is_null() {
            return Ok(interpreter);
        }
        interpreter = next;
    }
    Err(NoSlot::Unknown)
}

#[cfg(test)]
mod tests {
    use super::super::debug_offsets::head_of;
    use super::super::layout::Layout;
    use super::*;
    use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

    const INTERPRETER: usize = 4096;
    const OTHER: usize = 2 * 16384;
    const THREAD: usize = 3 * 16384;
    /// As `head_of` tells them.
    const ENABLED: usize = INTERPRETER + 8076;
    const BREAKER: usize = THREAD + 24;
    const ASKED: usize = THREAD + 304;
    const PATH: usize = THREAD + 308;

    /// A Python 3.14 in our own memory, with a main interpreter and another one.
    struct Staged(Vec<AtomicU8>);

    impl Staged {
        fn new() -> Self {
            let staged = Self((0..4 * 16384).map(|_| AtomicU8::new(0)).collect());
            let layout = Layout::of(14).expect("it is known");
            let at = |base: usize, offset: u64| base + usize::try_from(offset).expect("small");
            staged.put(0, &head_of(14));
            staged.point(at(0, layout.runtime.interpreters), OTHER);
            staged.point(at(OTHER, layout.interpreter.next), INTERPRETER);
            staged.put(ENABLED, &[1]);
            staged.point(INTERPRETER + 7360, THREAD);
            staged.point(at(THREAD, layout.thread.interpreter), INTERPRETER);
            staged
        }

        fn put(&self, place: usize, bytes: &[u8]) {
            for (byte, value) in self.0[place..].iter().zip(bytes) {
                byte.store(*value, Relaxed);
            }
        }

        fn point(&self, place: usize, to: usize) {
            self.put(place, &self.address(to).0.to_le_bytes());
        }

        fn address(&self, place: usize) -> Address {
            Address(self.0[place..].as_ptr().addr() as u64)
        }

        fn at<const N: usize>(&self, place: usize) -> [u8; N] {
            std::array::from_fn(|step| self.0[place + step].load(Relaxed))
        }

        fn find(&self) -> Result<ScriptSlot, NoSlot> {
            ScriptSlot::find(self.address(0), &memory())
        }
    }

    fn memory() -> ProcessMemory {
        ProcessMemory::of(std::process::id())
    }

    #[test]
    fn the_main_thread_of_the_main_interpreter_is_asked_and_no_longer() {
        let staged = Staged::new();
        // It was asked to drop the lock, to see to a signal, and to collect garbage; above stands a version.
        staged.put(BREAKER, &[0b1_0011, 7]);
        let slot = staged.find().expect("it is there");
        assert_eq!(slot.is_asked(memory()), Ok(false));
        assert_eq!(slot.ask(b"/x.py", memory()), Ok(()));
        assert_eq!(slot.is_asked(memory()), Ok(true));
        assert_eq!(staged.at(PATH), *b"/x.py\0");
        assert_eq!(staged.at(ASKED), [1, 0, 0, 0]);
        assert_eq!(staged.at(BREAKER), [0b11_1110, 7]);
        assert_eq!(slot.withdraw(memory()), Ok(()));
        assert_eq!(slot.is_asked(memory()), Ok(false));
        assert_eq!(staged.at(PATH), [0, b'x']);
    }

    #[test]
    fn a_path_that_has_no_room_is_not_written() {
        let staged = Staged::new();
        let slot = staged.find().expect("it is there");
        for path in [&[b'x'; 512][..], b"a\0b"] {
            assert_eq!(slot.ask(path, memory()), Err(NoSlot::Unknown));
        }
        assert_eq!(staged.at(ASKED), [0; 4]);
        assert_eq!(slot.ask(&[b'x'; 511], memory()), Ok(()));
    }

    #[test]
    fn a_python_that_is_closed_or_unlike_what_it_says_is_not_asked() {
        let staged = Staged::new();
        staged.put(ENABLED, &[0]);
        assert_eq!(staged.find(), Err(NoSlot::Closed));
        let staged = Staged::new();
        staged.point(INTERPRETER + 7360, THREAD + 8);
        assert_eq!(staged.find(), Err(NoSlot::Unknown));
        let staged = Staged::new();
        staged.put(INTERPRETER + 7360, &[0; 8]);
        assert!(matches!(staged.find(), Err(NoSlot::Unreadable(_))));
        staged.put(10, &[13]);
        assert_eq!(staged.find(), Err(NoSlot::Unknown));
    }
}
