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
use threads::{Links, Lock, ThreadState, Threads};
use types::Types;

/// The parts of a look in which the first interpreter and the end of the list are read. No thread state stands there.
const FIRST: Address = Address(0);
const END: Address = Address(1);

/// A thread that is torn is read again so often.
const ATTEMPTS: u32 = 8;
/// So many looks in a row leave alone what can't have changed.
const MOST_PARTIAL: u32 = 32;
/// A look does not read more frames than this, of all threads together.
const MOST_FRAMES: usize = 1 << 20;

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
    /// Their frames, innermost first.
    stacks: Vec<Vec<SeenFrame>>,
    /// How the last look found the lock; none if the next must look at all threads.
    turn: Option<Turn>,
}

/// How a look found the only interpreter.
#[derive(Clone, Copy, Debug)]
struct Turn {
    interpreter: Address,
    first_thread: Address,
    /// The lock before the frames were read, and after: who had it in between may have moved on since it was read.
    before: Lock,
    behind: Lock,
    /// How many looks ago all threads were looked at.
    age: u32,
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
    /// Whether it may have run Python since the look before.
    pub has_moved: bool,
    at: Address,
    next: Address,
    /// The place of its stack in the look.
    stack: usize,
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
            stacks: Vec::new(),
            turn: None,
        })
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
        self.turn = match turn.filter(|turn| turn.age < MOST_PARTIAL) {
            Some(turn) => self.look_at_changes(turn, now, memory),
            None => None,
        };
        if self.turn.is_none() {
            self.turn = self.look_at_all(now, memory)?;
        }
        Ok(&self.threads)
    }

    fn look_at_all(&mut self, now: Nanoseconds, memory: &dyn Memory) -> Result<Option<Turn>, Torn> {
        self.snapshot.read_ahead(&[FIRST], memory);
        let mut threads = Threads::new(self.runtime);
        self.next(&mut threads, memory)?;
        let lock_before = threads.lock();
        let before = std::mem::take(&mut self.threads);
        let stacks_before = std::mem::take(&mut self.stacks);
        let known = before.iter().map(|thread| thread.at);
        let parts: Vec<Address> = [FIRST, END].into_iter().chain(known).collect();
        self.snapshot.begin();
        self.snapshot.read_ahead(&parts, memory);
        let mut threads = Threads::new(self.runtime);
        let mut first = None;
        while let Some(state) = self.next(&mut threads, memory)? {
            first.get_or_insert(state);
            let innermost = (before.iter().find(|old| old.at == state.at))
                .and_then(|old| innermost(&stacks_before[old.stack]));
            let read = |reader: &mut Self| reader.thread(state, innermost, now, memory);
            let (links, stack) = self.again(state.at, memory, read)?;
            threads.advance(&links);
            let thread = self.seen_thread(state, &links);
            if thread.has_begun() {
                let same = |old: &&SeenThread| {
                    old.at == state.at && frames::are_same(&stacks_before[old.stack], &stack)
                };
                let has_stayed = !thread.holds_lock && before.iter().any(|old| same(&old));
                self.threads.push(SeenThread {
                    has_moved: !has_stayed,
                    ..thread
                });
                self.stacks.push(stack);
                self.locate(self.threads.len() - 1);
            }
        }
        let known = self.threads.iter().map(|thread| thread.at);
        let parts: Vec<Address> = [FIRST, END].into_iter().chain(known).collect();
        self.snapshot.keep_parts(&parts);
        Ok(first
            .filter(|_| threads.interpreters() == 1)
            .map(|first| Turn {
                interpreter: first.interpreter,
                first_thread: first.at,
                before: lock_before,
                behind: threads.lock(),
                age: 0,
            }))
    }

    /// Looks at the thread that had the lock before the frames were read last, and at the one that has it now, if it was
    /// nobody else's since: no other thread's frames can have changed. None if more may have.
    fn look_at_changes(
        &mut self,
        turn: Turn,
        now: Nanoseconds,
        memory: &dyn Memory,
    ) -> Option<Turn> {
        let last = turn.before.last_holder;
        let newest = turn.behind.last_holder;
        let parts = [FIRST, last, newest];
        let parts = if newest == last { &parts[..2] } else { &parts };
        self.snapshot.read_ahead(parts, memory);
        let mut threads = Threads::new(self.runtime);
        let first = self.next(&mut threads, memory).ok()??;
        let lock = threads.lock();
        let is_same = (first.interpreter, first.at) == (turn.interpreter, turn.first_thread);
        if !is_same || !(lock.is_with(last) || self.is_linked(last, memory)) {
            return None;
        }
        for thread in &mut self.threads {
            thread.holds_lock = lock.is_with(thread.at);
            thread.has_moved = false;
        }
        match lock.switches.wrapping_sub(turn.before.switches) {
            0 if lock.last_holder == last => {}
            1 => {
                if lock.last_holder != newest {
                    self.snapshot.read_ahead(&[lock.last_holder], memory);
                }
                self.look_at(lock.last_holder, turn, lock, now, memory)?;
            }
            _ => return None,
        }
        self.look_at(last, turn, lock, now, memory)?;
        Some(Turn {
            before: turn.behind,
            behind: lock,
            age: turn.age + 1,
            ..turn
        })
    }

    /// Whether a thread is still in the list, in which the first is known: a thread ends after it had the lock last.
    fn is_linked(&self, thread: Address, memory: &dyn Memory) -> bool {
        let Some(place) = self.threads.iter().position(|it| it.next == thread) else {
            return self.threads.first().is_some_and(|first| first.at == thread);
        };
        let link = self.threads[place].at.plus(self.layout.thread.next);
        link.word(memory) == Ok(thread.0)
    }

    /// Looks at a thread that is known; none if it may not be the same any more.
    fn look_at(
        &mut self,
        at: Address,
        turn: Turn,
        lock: Lock,
        now: Nanoseconds,
        memory: &dyn Memory,
    ) -> Option<()> {
        let place = self.threads.iter().position(|thread| thread.at == at)?;
        let state = ThreadState {
            at,
            interpreter: turn.interpreter,
            holds_lock: lock.is_with(at),
        };
        let innermost = innermost(&self.stacks[place]);
        let read = |reader: &mut Self| reader.thread(state, innermost, now, memory);
        let (links, stack) = self.again(at, memory, read).ok()?;
        let old = self.threads[place];
        let seen = SeenThread {
            stack: place,
            has_moved: true,
            ..self.seen_thread(state, &links)
        };
        if (seen.next, seen.ident, seen.native_id) != (old.next, old.ident, old.native_id) {
            return None;
        }
        self.threads[place] = seen;
        self.stacks[place] = stack;
        self.locate(place);
        Some(())
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
        &self.stacks[thread.stack]
    }

    /// Finds out where in the source the frames of a stack are. Nothing is read for it.
    fn locate(&mut self, place: usize) {
        let stack = &mut self.stacks[place];
        for frame in stack.iter_mut() {
            frame.line = self.codes.line(frame.code, frame.offset);
        }
        let innermost = stack.first();
        self.threads[place].instruction = innermost
            .filter(|frame| !self.codes.code(frame.code).is_internal())
            .and_then(|frame| Some((frame.code, frame.offset?)))
            .map(|(code, offset)| self.codes.instruction(code, offset));
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

    fn seen_thread(&self, state: ThreadState, links: &Links) -> SeenThread {
        SeenThread {
            ident: links.ident,
            native_id: links.native_id,
            holds_lock: state.holds_lock,
            instruction: None,
            has_moved: true,
            at: state.at,
            next: links.next,
            stack: self.threads.len(),
        }
    }

    fn thread(
        &mut self,
        state: ThreadState,
        before: Option<Address>,
        now: Nanoseconds,
        memory: &dyn Memory,
    ) -> Result<(Links, Vec<SeenFrame>), Torn> {
        let links = threads::read(state, &self.layout, &mut self.snapshot, memory)?;
        let others: usize = self.stacks.iter().map(Vec::len).sum();
        let mut walk = Walk {
            layout: &self.layout,
            snapshot: &mut self.snapshot,
            codes: &mut self.codes,
            memory,
            now,
            most: MOST_FRAMES.saturating_sub(others),
        };
        let stack = match links.data_stack {
            Some(data_stack) => walk.settled_frames([Some(links.frame), before], data_stack),
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
        for _ in 1..ATTEMPTS {
            match read(self) {
                Err(_) => self.snapshot.forget_part(memory),
                good => return good,
            }
        }
        read(self)
    }
}

fn innermost(stack: &[SeenFrame]) -> Option<Address> {
    stack.first().map(|frame| frame.at)
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

    /// The lines of the threads' innermost frames, and whether they may have moved and have the lock.
    fn told(stage: &Stage, reader: &mut Reader) -> Vec<(Option<Line>, bool, bool)> {
        let threads = reader.look(Nanoseconds(0), &stage.memory);
        let threads = threads.expect("they are whole").to_vec();
        let told = threads.iter().map(|thread| {
            let line = reader.frames(thread).last().and_then(|frame| frame.line);
            (line, thread.has_moved, thread.holds_lock)
        });
        told.collect()
    }

    #[test]
    fn only_a_thread_that_had_the_lock_is_looked_at_again() {
        for minor in VERSIONS {
            let (mut stage, mut reader) = opened(minor);
            let (first, second) = (stage.first_thread(), stage.add_thread());
            assert_eq!(
                told(&stage, &mut reader),
                [(Line::new(4), true, false), (Line::new(4), true, true)]
            );
            stage.advance(first);
            stage.advance(second);
            assert_eq!(
                told(&stage, &mut reader),
                [(Line::new(4), false, false), (Line::new(5), true, true)],
                "3.{minor}: the first can't have run"
            );
            stage.give_lock(first, 3);
            assert_eq!(
                told(&stage, &mut reader),
                [(Line::new(5), true, true), (Line::new(5), true, false)],
                "3.{minor}: it has"
            );
        }
    }

    #[test]
    fn all_threads_are_looked_at_if_the_lock_went_on_more_than_once() {
        for minor in VERSIONS {
            let (mut stage, mut reader) = opened(minor);
            let (first, second) = (stage.first_thread(), stage.add_thread());
            told(&stage, &mut reader);
            stage.advance(first);
            stage.give_lock(second, 4);
            assert_eq!(
                told(&stage, &mut reader),
                [(Line::new(5), true, false), (Line::new(4), true, true)]
            );
            stage.make_threads_end_with_the_first();
            stage.give_lock(first, 5);
            assert_eq!(told(&stage, &mut reader).len(), 1, "3.{minor}");
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
