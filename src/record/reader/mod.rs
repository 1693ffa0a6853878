//! A reader of Python's frames: stacks of a running interpreter, from its memory alone, in microseconds.
//!
//! It knows where `CPython` 3.9 to 3.15 keep what (`layout`), reads what it read last time ahead in one piece
//! (`snapshot`), keeps what does not change (`code`), and checks everything: what it reads changes while it is
//! read. It touches no process by itself: whoever gives it a [`Memory`] decides what it reads.

mod ahead;
mod code;
mod debug_offsets;
mod dict;
mod frames;
mod generators;
mod layout;
mod locals;
mod memory;
mod names;
mod observe;
mod pages;
mod positions;
mod process_memory;
mod script_slot;
mod seen;
mod snapshot;
#[cfg(any(test, fuzzing))]
mod staged;
mod text;
mod threads;
mod torn;
mod turn;
mod types;
mod values;

pub use memory::{Address, Memory, Unreadable};
pub use observe::Glimpse;
pub(super) use process_memory::ProcessMemory;
pub(super) use script_slot::{NoSlot, ScriptSlot};
pub use seen::SeenThread;
#[cfg(any(test, fuzzing))]
pub use staged::read_spoiled;
pub use torn::Torn;

use crate::profile::{Nanoseconds, RawFrame};
use code::CodeTable;
use frames::{SeenFrame, Walk};
use generators::Resumers;
use layout::Layout;
use seen::Seen;
use snapshot::Snapshot;
use threads::{Links, Lock, ThreadState, Threads};
use turn::Turn;
use types::Types;

/// The parts of a look in which the first interpreter and the end of the list are read. No thread state stands there.
const FIRST: Address = Address(0);
const END: Address = Address(1);

/// A thread that is torn is read again so often.
const ATTEMPTS: u32 = 8;
/// A look does not read more frames than this, of all threads together.
const MOST_FRAMES: usize = 1 << 20;

/// A reader of one interpreter's frames.
#[derive(Debug)]
pub struct Reader {
    runtime: Address,
    layout: Layout,
    snapshot: Snapshot,
    codes: CodeTable,
    resumers: Resumers,
    types: Types,
    /// `threading._active`, once it was found.
    active: Option<Address>,
    /// Where the interpreter locks stand.
    locks: Vec<Address>,
    /// The last look.
    seen: Seen,
    /// How the last look found the lock; none if the next must look at all threads.
    turn: Option<Turn>,
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
            resumers: Resumers::default(),
            types: Types::default(),
            active: None,
            locks: Vec::new(),
            seen: Seen::default(),
            turn: None,
        })
    }

    /// Who watches the threads of the last look, in words. Up to 3.11; later the program has to be asked from inside.
    pub fn watcher(&self, memory: &dyn Memory) -> Option<&'static str> {
        let hooks = self.layout.thread.hooks?;
        let is_set = |at: Address| at.word(memory).is_ok_and(|hook| hook != 0);
        let words = hooks.into_iter().zip(["a profiler", "a tracer"]);
        let mut watchers = (self.seen.states())
            .flat_map(|state| words.clone().map(move |(hook, by)| (state.plus(hook), by)));
        watchers.find_map(|(at, by)| is_set(at).then_some(by))
    }

    /// Looks once: the threads of all interpreters of the process, in Python's order.
    ///
    /// `now` grows from look to look. Work is bounded: at most 100,000 frames a stack, a million of all threads, 64 MiB.
    pub fn look(&mut self, now: Nanoseconds, memory: &dyn Memory) -> Result<&[SeenThread], Torn> {
        if self.codes.begin() {
            self.turn = None;
        }
        self.snapshot.begin();
        let turn = self.turn.take();
        self.turn = match turn.filter(Turn::is_fresh) {
            Some(turn) => self.look_at_changes(turn, now, memory),
            None => None,
        };
        if self.turn.is_none() {
            self.turn = self.look_at_all(now, memory)?;
        }
        Ok(&self.seen.threads)
    }

    fn look_at_all(&mut self, now: Nanoseconds, memory: &dyn Memory) -> Result<Option<Turn>, Torn> {
        let lock_before = self.lock(memory)?;
        let before = std::mem::take(&mut self.seen);
        let parts: Vec<Address> = [FIRST, END].into_iter().chain(before.states()).collect();
        self.snapshot.keep_parts(&parts);
        self.snapshot.begin();
        self.snapshot.read_ahead(&parts, memory);
        let mut threads = Threads::new(self.runtime);
        let mut first = None;
        self.locks.clear();
        while let Some(state) = self.next(&mut threads, memory)? {
            first.get_or_insert(state);
            self.add_lock(threads.lock().at);
            let links = self.add(state, &before, now, memory)?;
            threads.advance(&links);
        }
        // Several interpreters may have locks of their own.
        let first = first.filter(|_| threads.interpreters() == 1);
        Ok(first.map(|first| Turn::new(first, lock_before, threads.lock())))
    }

    /// The lock of the first interpreter, by itself.
    fn lock(&mut self, memory: &dyn Memory) -> Result<Lock, Torn> {
        self.snapshot.read_ahead(&[FIRST], memory);
        let mut threads = Threads::new(self.runtime);
        self.next(&mut threads, memory)?;
        Ok(threads.lock())
    }

    /// Where the interpreter locks stand that the last look at all threads found.
    pub fn locks(&self) -> &[Address] {
        &self.locks
    }

    fn add_lock(&mut self, lock: Address) {
        if self.locks.last() != Some(&lock) && !lock.is_null() {
            self.locks.push(lock);
        }
    }

    /// Adds a thread to the look, if it has begun.
    fn add(
        &mut self,
        state: ThreadState,
        before: &Seen,
        now: Nanoseconds,
        memory: &dyn Memory,
    ) -> Result<Links, Torn> {
        let old = before.stack(state.at);
        let innermost = old.first().map(|frame| frame.at);
        let (links, mut stack) = self.whole(state, innermost, now, memory)?;
        let mut thread = SeenThread::new(state, &links);
        if thread.has_begun() {
            thread.has_moved = thread.holds_lock || !frames::are_same(old, &stack);
            thread.instruction = self.codes.locate(&mut stack);
            self.seen.add(thread, stack);
        }
        Ok(links)
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
        self.seen.stack(thread.at)
    }

    fn next(
        &mut self,
        threads: &mut Threads,
        memory: &dyn Memory,
    ) -> Result<Option<ThreadState>, Torn> {
        let part = if threads.interpreters() == 0 {
            FIRST
        } else {
            END
        };
        self.again(part, memory, |reader| {
            threads.next(&reader.layout, &mut reader.snapshot, memory)
        })
    }

    /// Reads a thread whose innermost frame was `before`, if it is known, until it is not torn.
    fn whole(
        &mut self,
        state: ThreadState,
        before: Option<Address>,
        now: Nanoseconds,
        memory: &dyn Memory,
    ) -> Result<(Links, Vec<SeenFrame>), Torn> {
        let mut left = Vec::new();
        let read = |reader: &mut Self| reader.thread(state, before, now, memory, Some(&mut left));
        let (links, stack) = match self.again(state.at, memory, read) {
            // It does so each time: C has resumed it below all Python.
            Err(Torn::Left(_)) => return self.thread(state, before, now, memory, None),
            other => other?,
        };
        if left.is_empty() {
            self.resumers.learn(&stack, &self.codes);
            return Ok((links, stack));
        }
        Ok((links, self.resumers.joined(left, stack)))
    }

    /// Reads it once. Frames that end with a generator go to `left`, if there is such a place.
    fn thread(
        &mut self,
        state: ThreadState,
        before: Option<Address>,
        now: Nanoseconds,
        memory: &dyn Memory,
        left: Option<&mut Vec<SeenFrame>>,
    ) -> Result<(Links, Vec<SeenFrame>), Torn> {
        let links = threads::read(state, &self.layout, &mut self.snapshot, memory)?;
        let mut walk = Walk {
            layout: &self.layout,
            snapshot: &mut self.snapshot,
            codes: &mut self.codes,
            memory,
            now,
            most: MOST_FRAMES.saturating_sub(self.seen.frames()),
            left,
        };
        let stack = match links.data_stack {
            Some(data_stack) => walk.settled_frames(links.frame, before, data_stack),
            None => walk.frames(links.frame),
        };
        Ok((links, stack?))
    }

    /// What is torn is read again, from memory as it is then.
    fn again<T>(
        &mut self,
        part: Address,
        memory: &dyn Memory,
        mut read: impl FnMut(&mut Self) -> Result<T, Torn>,
    ) -> Result<T, Torn> {
        self.snapshot.begin_part(part);
        let mut attempts = 1;
        loop {
            let result = read(self);
            if result.is_ok() || attempts == ATTEMPTS {
                return result;
            }
            attempts += 1;
            self.snapshot.forget_part(memory);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::staged::{Stage, VERSIONS};
    use super::*;
    use crate::observation::Type;
    use crate::profile::Line;
    use proptest::prelude::*;

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
            let (stage, mut reader) = Stage::opened(minor);
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
    fn a_frame_that_has_returned_or_was_called_meanwhile_is_told_by_the_end_of_the_newest() {
        for way_to_work in [false, true] {
            for work_runs in [false, true] {
                let (stage, mut reader) = Stage::in_a_call(way_to_work, work_runs);
                let thread = look(&stage, &mut reader, 0);
                let frames = reader.frames(&thread);
                let names: Vec<_> = frames.iter().map(|frame| frame.name).collect();
                let expected: &[&str] = if work_runs {
                    &["main", "work"]
                } else {
                    &["main"]
                };
                assert_eq!(names, expected, "the way led to work: {way_to_work}");
            }
        }
    }

    #[test]
    fn a_second_look_reads_once() {
        for minor in VERSIONS {
            let (stage, mut reader) = Stage::opened(minor);
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
            let (stage, mut reader) = Stage::opened(minor);
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
    fn who_profiles_or_traces_a_thread_is_seen_up_to_3_11() {
        for minor in VERSIONS {
            let (mut stage, mut reader) = Stage::opened(minor);
            let thread = look(&stage, &mut reader, 0).at;
            assert_eq!(reader.watcher(&stage.memory), None, "3.{minor}");
            let Some([profiler, tracer]) = reader.layout.thread.hooks else {
                assert!(minor >= 12, "3.{minor}");
                continue;
            };
            stage.memory.word(thread.0 + tracer, 0x5000);
            assert_eq!(reader.watcher(&stage.memory), Some("a tracer"));
            stage.memory.word(thread.0 + profiler, 0x5000);
            assert_eq!(reader.watcher(&stage.memory), Some("a profiler"));
        }
    }

    #[test]
    fn other_code_in_the_same_place_is_noticed() {
        for minor in VERSIONS {
            let (mut stage, mut reader) = Stage::opened(minor);
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
            let (mut stage, mut reader) = Stage::opened(minor);
            stage.make_threads_endless();
            let seen = reader.look(Nanoseconds(0), &stage.memory);
            assert_eq!(
                seen.map(<[SeenThread]>::len),
                Err(Torn::Endless),
                "3.{minor}"
            );
            let (mut stage, mut reader) = Stage::opened(minor);
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
