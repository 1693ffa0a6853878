//! A look at what can have changed since the last one: a thread runs Python only while it has the interpreter lock, and
//! the lock counts how often it went from one to another.

use super::memory::{Address, Memory};
use super::seen::SeenThread;
use super::threads::{Lock, ThreadState, Threads};
use super::{FIRST, Reader};
use crate::profile::Nanoseconds;

/// So many looks in a row leave alone what can't have changed.
const MOST_PARTIAL: u32 = 32;

/// How a look found the only interpreter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    interpreter: Address,
    first_thread: Address,
    /// The lock before the frames were read, and after: who had it in between may have moved on since it was read.
    before: Lock,
    after: Lock,
    /// How many looks ago all threads were looked at.
    age: u32,
}

impl Turn {
    /// After a look at all threads, the first of which is this.
    pub(super) fn new(first: ThreadState, before: Lock, after: Lock) -> Self {
        Self {
            interpreter: first.interpreter,
            first_thread: first.at,
            before,
            after,
            age: 0,
        }
    }

    /// Whether all threads need not be looked at yet.
    pub(super) fn is_fresh(&self) -> bool {
        self.age < MOST_PARTIAL
    }

    fn is_of(&self, first: ThreadState) -> bool {
        (self.interpreter, self.first_thread) == (first.interpreter, first.at)
    }

    /// After another look, which found the lock so.
    fn next(self, after: Lock) -> Self {
        Self {
            before: self.after,
            after,
            age: self.age + 1,
            ..self
        }
    }
}

impl Reader {
    /// Python's number of the thread of the last look that has the lock now; none where that would take a whole look.
    pub fn holder(&self, memory: &dyn Memory) -> Option<u64> {
        let lock = self.turn?.after.again(memory)?;
        let threads = self.seen.threads.iter();
        let mut holders = threads.filter(|thread| lock.is_with(thread.at));
        holders.next().map(|holder| holder.ident)
    }

    /// Looks at the thread that had the lock before the frames were read last, and at the one that has it now, if it was
    /// nobody else's since: no other thread's frames can have changed. None if more may have.
    pub(super) fn look_at_changes(
        &mut self,
        turn: Turn,
        now: Nanoseconds,
        memory: &dyn Memory,
    ) -> Option<Turn> {
        let (last, newest) = (turn.before.last_holder, turn.after.last_holder);
        let parts = [FIRST, last, newest];
        let parts = if newest == last { &parts[..2] } else { &parts };
        self.snapshot.read_ahead(parts, memory);
        let mut threads = Threads::new(self.runtime);
        let first = self.next(&mut threads, memory).ok()??;
        let lock = threads.lock();
        if !turn.is_of(first) || !(lock.is_with(last) || self.is_linked(last, memory)) {
            return None;
        }
        for thread in &mut self.seen.threads {
            thread.holds_lock = lock.is_with(thread.at);
            thread.collects_garbage = lock.collects(thread.at);
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
        Some(turn.next(lock))
    }

    /// Whether a thread is still in the list, in which the first is known: a thread ends after it had the lock last.
    fn is_linked(&self, thread: Address, memory: &dyn Memory) -> bool {
        let threads = &self.seen.threads;
        let Some(before) = threads.iter().find(|it| it.next == thread) else {
            return threads.first().is_some_and(|first| first.at == thread);
        };
        let link = before.at.plus(self.layout.thread.next);
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
        let place = self.seen.place(at)?;
        let state = ThreadState::new(at, turn.interpreter, lock);
        let innermost = self.seen.stack(at).first().map(|frame| frame.at);
        let (links, mut stack) = self.whole(state, innermost, now, memory).ok()?;
        let mut thread = SeenThread::new(state, &links);
        if !thread.is_still(&self.seen.threads[place]) {
            return None;
        }
        thread.instruction = self.codes.locate(&mut stack);
        self.seen.renew(place, thread, stack);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::staged::{Stage, VERSIONS};
    use super::*;
    use crate::profile::Line;

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
            let (mut stage, mut reader) = Stage::opened(minor);
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
    fn who_has_the_lock_while_garbage_is_collected_collects_it() {
        for minor in VERSIONS {
            let (mut stage, mut reader) = Stage::opened(minor);
            stage.add_thread();
            let mut collects = |stage: &Stage| {
                let threads = reader.look(Nanoseconds(0), &stage.memory);
                let threads = threads.expect("they are whole").iter();
                let collects: Vec<bool> = threads.map(|thread| thread.collects_garbage).collect();
                collects
            };
            assert_eq!(collects(&stage), [false, false], "3.{minor}");
            stage.collect_garbage(true);
            assert_eq!(collects(&stage), [false, true], "3.{minor}");
            stage.collect_garbage(false);
            assert_eq!(collects(&stage), [false, false], "3.{minor}");
        }
    }

    #[test]
    fn all_threads_are_looked_at_if_the_lock_went_on_more_than_once() {
        for minor in VERSIONS {
            let (mut stage, mut reader) = Stage::opened(minor);
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
}
