//! A reader of Python's frames: stacks of a running interpreter, from its memory alone, in microseconds.
//!
//! It knows where `CPython` 3.9 to 3.15 keep what ([`layout`]), reads what it read last time ahead in one piece
//! ([`snapshot`]), keeps what does not change ([`code`]), and checks everything: what it reads changes while it is
//! read. It touches no process by itself: whoever gives it a [`Memory`] decides what it reads.

mod code;
mod debug_offsets;
mod dict;
mod frames;
mod layout;
mod locals;
mod memory;
mod names;
mod observe;
mod opcodes;
mod positions;
mod process_memory;
mod snapshot;
#[cfg(test)]
mod staged;
mod text;
mod threads;
mod torn;
mod types;
mod values;

pub use memory::{Address, Memory, Unreadable};
pub use observe::Glimpse;
pub(super) use process_memory::ProcessMemory;
pub use torn::Torn;

use crate::profile::{Nanoseconds, RawFrame, RawInstruction};
use code::CodeTable;
use frames::{SeenFrame, Walk};
use layout::Layout;
use snapshot::Snapshot;
use threads::{ThreadState, Threads};
use types::Types;

/// A thread that is torn is read again so often.
const ATTEMPTS: u32 = 8;

/// A reader of one interpreter's frames.
#[derive(Debug)]
pub struct Reader {
    runtime: Address,
    layout: Layout,
    snapshot: Snapshot,
    codes: CodeTable,
    types: Types,
    /// `threading._active`, once it was found.
    active: Option<Address>,
    threads: Vec<SeenThread>,
    frames: Vec<SeenFrame>,
}

/// Why an interpreter can't be read by us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Its memory can't be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// It is built without the interpreter lock.
    #[error("it is a free-threaded Python 3.{minor}")]
    FreeThreaded {
        /// Python 3.`minor`.
        minor: u32,
    },
    /// A version or a build whose layout we don't know.
    #[error("its layout is not known")]
    Unknown,
}

/// One thread at one look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenThread {
    /// What Python calls it: `threading.get_ident()`.
    pub ident: u64,
    /// The kernel's number, as the process counts it; Python stores it from 3.11 on.
    pub native_id: Option<u64>,
    /// Whether it has the interpreter lock.
    pub holds_lock: bool,
    /// The instruction that its innermost frame is at.
    pub instruction: Option<RawInstruction<'static>>,
    /// Its first frame in the look, and how many it has.
    frames: (usize, usize),
}

impl Reader {
    /// A reader for the interpreter whose `_PyRuntime` is at `runtime`, of Python 3.`minor`.
    ///
    /// From 3.13 on the interpreter itself says its version and where it keeps what.
    pub fn open(runtime: Address, minor: u32, memory: &dyn Memory) -> Result<Self, Unfit> {
        let layout = match debug_offsets::read(runtime, memory)? {
            Some(told) if told.is_free_threaded => {
                return Err(Unfit::FreeThreaded { minor: told.minor });
            }
            Some(told) => told.layout,
            None if minor >= 13 => None,
            None => Layout::of(minor),
        };
        let layout = layout.ok_or(Unfit::Unknown)?;
        Ok(Self {
            runtime,
            layout,
            snapshot: Snapshot::default(),
            codes: CodeTable::new(layout),
            types: Types::default(),
            active: None,
            threads: Vec::new(),
            frames: Vec::new(),
        })
    }

    /// Looks once: the threads of all interpreters of the process, in Python's order.
    ///
    /// `now` grows from look to look. Work is bounded: at most 100,000 frames a stack, 64 MiB a look.
    pub fn look(&mut self, now: Nanoseconds, memory: &dyn Memory) -> Result<&[SeenThread], Torn> {
        self.threads.clear();
        self.frames.clear();
        self.codes.begin();
        self.snapshot.begin(memory);
        let mut threads = Threads::new(self.runtime);
        while let Some(at) =
            self.again(|reader| threads.next(&reader.layout, &mut reader.snapshot, memory))?
        {
            let (links, thread) = self.again(|reader| reader.thread(at, now, memory))?;
            threads.advance(&links);
            self.threads.push(thread);
        }
        self.locate();
        Ok(&self.threads)
    }

    /// The frames of a thread of the last look, outermost first, without those that Python puts in for itself.
    pub fn frames(&self, thread: &SeenThread) -> Vec<RawFrame<'_>> {
        let frames = self
            .seen(thread)
            .iter()
            .rev()
            .map(|frame| (frame, self.codes.code(frame.code)));
        (frames.filter(|(_, code)| !code.is_internal()))
            .map(|(frame, code)| RawFrame {
                name: &code.name,
                file: Some(&code.file),
                first_line: code.first_line,
                line: frame.line,
            })
            .collect()
    }

    fn seen(&self, thread: &SeenThread) -> &[SeenFrame] {
        let (first, count) = thread.frames;
        &self.frames[first..first + count]
    }

    /// Finds out where in the source the frames are. Nothing is read for it.
    fn locate(&mut self) {
        for frame in &mut self.frames {
            frame.line = self.codes.line(frame.code, frame.offset);
        }
        for thread in &mut self.threads {
            let (first, count) = thread.frames;
            let innermost = self.frames[first..first + count].first();
            thread.instruction = innermost
                .filter(|frame| !self.codes.code(frame.code).is_internal())
                .and_then(|frame| Some((frame.code, frame.offset?)))
                .map(|(code, offset)| self.codes.instruction(code, offset));
        }
    }

    fn thread(
        &mut self,
        at: ThreadState,
        now: Nanoseconds,
        memory: &dyn Memory,
    ) -> Result<(threads::Links, SeenThread), Torn> {
        let first = self.frames.len();
        let links = threads::read(at, &self.layout, &mut self.snapshot, memory)?;
        let mut walk = Walk {
            layout: &self.layout,
            snapshot: &mut self.snapshot,
            codes: &mut self.codes,
            memory,
            now,
        };
        let walked = walk.frames(links.frame, &mut self.frames);
        if let Err(torn) = walked {
            self.frames.truncate(first);
            return Err(torn);
        }
        let thread = SeenThread {
            ident: links.ident,
            native_id: links.native_id,
            holds_lock: at.holds_lock,
            instruction: None,
            frames: (first, self.frames.len() - first),
        };
        Ok((links, thread))
    }

    /// What is torn is read again, from memory as it is then.
    fn again<T>(&mut self, mut read: impl FnMut(&mut Self) -> Result<T, Torn>) -> Result<T, Torn> {
        self.snapshot.begin_part();
        for _ in 1..ATTEMPTS {
            match read(self) {
                Err(_) => self.snapshot.forget_part(),
                good => return good,
            }
        }
        read(self)
    }
}
