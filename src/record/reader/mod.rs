//! A reader of Python's frames: stacks of a running interpreter, from its memory alone, in microseconds.
//!
//! It knows where `CPython` 3.9 to 3.15 keep what (`layout`), reads what it read last time ahead in one piece
//! (`snapshot`), keeps what does not change (`code`), and checks everything: what it reads changes while it is
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
mod pages;
mod positions;
mod process_memory;
mod snapshot;
#[cfg(any(test, fuzzing))]
mod staged;
mod text;
mod threads;
mod torn;
mod types;
mod values;

pub use memory::{Address, Memory, Unreadable};
pub use observe::Glimpse;
pub(super) use process_memory::ProcessMemory;
#[cfg(any(test, fuzzing))]
pub use staged::read_spoiled;
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

impl SeenThread {
    /// Python makes the state of a thread before the thread.
    fn has_begun(&self) -> bool {
        self.ident != 0 && self.native_id != Some(0)
    }
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
            codes: CodeTable::new(&layout),
            types: Types::default(),
            active: None,
            threads: Vec::new(),
            frames: Vec::new(),
        })
    }

    /// Looks once: the threads of all interpreters of the process, in Python's order.
    ///
    /// `now` grows from look to look. Work is bounded: at most 100,000 frames a stack, a million of all threads, 64 MiB.
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
            if thread.has_begun() {
                self.threads.push(thread);
            }
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

#[cfg(test)]
mod tests {
    use super::staged::Stage;
    use super::*;
    use crate::observation::Type;
    use crate::profile::Line;
    use proptest::prelude::*;

    const VERSIONS: std::ops::RangeInclusive<u32> = 9..=15;

    fn opened(minor: u32) -> (Stage, Reader) {
        let stage = Stage::new(minor);
        let reader = Reader::open(stage.runtime, minor, &stage.memory).expect("it is known");
        (stage, reader)
    }

    fn look(stage: &Stage, reader: &mut Reader, now: u64) -> SeenThread {
        let threads = reader
            .look(Nanoseconds(now), &stage.memory)
            .expect("it is whole");
        assert_eq!(threads.len(), 1);
        threads[0]
    }

    #[test]
    fn a_staged_stack_is_read_on_every_version() {
        for minor in VERSIONS {
            let (stage, mut reader) = opened(minor);
            let thread = look(&stage, &mut reader, 0);
            assert!(thread.holds_lock, "3.{minor}");
            assert_eq!(thread.ident, 7);
            let frames: Vec<_> = (reader.frames(&thread).iter())
                .map(|frame| (frame.name.to_owned(), frame.first_line, frame.line))
                .collect();
            let line = Line::new;
            let expected = [
                ("main".to_owned(), line(10), line(11)),
                ("work".to_owned(), line(3), line(4)),
            ];
            assert_eq!(frames, expected, "3.{minor}");
            let position = thread
                .instruction
                .and_then(|it| it.position)
                .expect("it has one");
            assert_eq!(position.columns.is_some(), minor >= 11);
        }
    }

    #[test]
    fn a_second_look_reads_once() {
        for minor in VERSIONS {
            let (stage, mut reader) = opened(minor);
            look(&stage, &mut reader, 0);
            let after_first = stage.memory.reads();
            look(&stage, &mut reader, 0);
            // The staged memory reads each stretch by itself.
            assert!(stage.memory.reads() - after_first <= 6, "3.{minor}");
        }
    }

    #[test]
    fn values_of_staged_variables_are_seen() {
        for minor in VERSIONS {
            let (stage, mut reader) = opened(minor);
            let thread = look(&stage, &mut reader, 0);
            let glimpses = reader.observe(&thread, &stage.memory);
            assert_eq!(glimpses.len(), 1, "3.{minor}");
            let (variable, value) = &glimpses[0].values[0];
            assert_eq!(
                (&*glimpses[0].subject.name, &*variable.name),
                ("work", "xs")
            );
            let empty = Type::Dict(vec![], vec![]);
            assert_eq!(value.of_type, Type::List(vec![Type::None, empty]));
            assert_eq!(value.size, Some(2));
        }
    }

    #[test]
    fn other_code_in_the_same_place_is_noticed() {
        for minor in VERSIONS {
            let (mut stage, mut reader) = opened(minor);
            look(&stage, &mut reader, 0);
            stage.rename_work();
            let thread = look(&stage, &mut reader, 1);
            let frames = reader.frames(&thread);
            assert_eq!(frames[1].name, "play", "3.{minor}");
        }
    }

    #[test]
    fn lists_without_an_end_are_left() {
        for minor in VERSIONS {
            let (mut stage, mut reader) = opened(minor);
            stage.make_threads_endless();
            let seen = reader.look(Nanoseconds(0), &stage.memory);
            assert_eq!(
                seen.map(<[SeenThread]>::len),
                Err(Torn::Endless),
                "3.{minor}"
            );
            let (mut stage, mut reader) = opened(minor);
            stage.make_stack_endless();
            let seen = reader.look(Nanoseconds(0), &stage.memory);
            assert_eq!(
                seen.map(<[SeenThread]>::len),
                Err(Torn::Endless),
                "3.{minor}"
            );
        }
    }

    #[test]
    fn free_threading_and_unknown_versions_are_refused() {
        let stage = Stage::new(12);
        let open = |minor| Reader::open(stage.runtime, minor, &stage.memory).map(drop);
        assert_eq!(open(8), Err(Unfit::Unknown));
        assert_eq!(open(13), Err(Unfit::Unknown));
        let mut stage = Stage::new(14);
        stage.memory.word(stage.runtime.0 + 16, 1);
        let opened = Reader::open(stage.runtime, 14, &stage.memory).map(drop);
        assert_eq!(opened, Err(Unfit::FreeThreaded { minor: 14 }));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn no_memory_makes_it_panic_or_work_without_end(
            version in 0_u8..7,
            before in 0_u8..40,
            changes in proptest::collection::vec((0_u16..0xc000, any::<u8>()), 0..60),
        ) {
            let mut input = vec![version, before, 0];
            for (at, byte) in changes {
                input.extend(at.to_le_bytes());
                input.push(byte);
            }
            read_spoiled(&input);
        }
    }
}
