//! Generators that were left while their stack was read.
//!
//! A generator that gives its value lets go of who resumed it, and that happens as often in the time of a look as it runs
//! briefly. To look again, and to take what runs then, would find such generators too seldom. So the frames that were
//! read first stay, and a look a moment later tells what is below them.

use super::code::CodeTable;
use super::frames::SeenFrame;
use rustc_hash::FxHashSet;

/// So many pairs are known at most.
const MOST_PAIRS: usize = 4096;
/// So many frames of a stack are learned from.
const MOST_FRAMES: usize = 64;

/// Who resumes which generator: what whole stacks have shown, by the places of the code.
#[derive(Debug, Default)]
pub(super) struct Resumers(FxHashSet<(usize, usize)>);

impl Resumers {
    /// Learns from a whole stack, innermost frame first.
    pub(super) fn learn(&mut self, stack: &[SeenFrame], codes: &CodeTable) {
        for pair in stack.windows(2).take(MOST_FRAMES) {
            let (generator, resumer) = (pair[0].code, pair[1].code);
            if codes.code(generator).is_resumed && self.0.len() < MOST_PAIRS {
                self.0.insert((generator, resumer));
            }
        }
    }

    /// The frames that end with a generator which was left, and below them what the same thread's stack was a moment
    /// later: from the generator on, which was resumed again, or from the innermost frame that is known to resume it.
    /// Where neither is there, all of it: who runs now has most likely resumed it.
    pub(super) fn joined(&self, mut left: Vec<SeenFrame>, later: Vec<SeenFrame>) -> Vec<SeenFrame> {
        let Some(&generator) = left.last() else {
            return later;
        };
        let is_it = |frame: &SeenFrame| (frame.at, frame.code) == (generator.at, generator.code);
        let resumes = |frame: &SeenFrame| self.0.contains(&(generator.code, frame.code));
        let again = later.iter().position(is_it).map(|place| place + 1);
        let resumer = again.or_else(|| later.iter().position(resumes));
        left.extend_from_slice(&later[resumer.unwrap_or(0)..]);
        left
    }
}

#[cfg(test)]
mod tests {
    use super::super::memory::{Address, Memory, Unreadable};
    use super::super::staged::{Stage, VERSIONS};
    use super::*;
    use crate::profile::Nanoseconds;
    use std::cell::Cell;

    /// Frames by letters, innermost first: their code is the letter's, their place too.
    fn stack(letters: &str) -> Vec<SeenFrame> {
        let frame = |letter: u8| SeenFrame {
            at: Address(u64::from(letter) * 64),
            code: usize::from(letter),
            offset: Some(2),
            line: None,
        };
        letters.bytes().map(frame).collect()
    }

    fn letters(stack: &[SeenFrame]) -> String {
        let letter = |frame: &SeenFrame| u8::try_from(frame.code).map_or('?', char::from);
        stack.iter().map(letter).collect()
    }

    #[test]
    fn what_is_below_a_generator_is_told_by_the_next_look() {
        let mut resumers = Resumers::default();
        let joined =
            |resumers: &Resumers, left, later| letters(&resumers.joined(stack(left), stack(later)));
        assert_eq!(joined(&resumers, "g", "cm"), "gcm", "most likely");
        assert_eq!(joined(&resumers, "g", "fcm"), "gfcm");
        assert_eq!(joined(&resumers, "g", "fgcm"), "gcm", "it runs again");
        resumers.0.insert((usize::from(b'g'), usize::from(b'c')));
        assert_eq!(joined(&resumers, "g", "fcm"), "gcm", "it is known to");
        assert_eq!(joined(&resumers, "eg", "fcm"), "egcm");
        assert_eq!(joined(&resumers, "g", "m"), "gm");
    }

    /// Memory in which a word is 0 the first times.
    struct AtFirst<'m> {
        memory: &'m dyn Memory,
        at: Address,
        times: Cell<u32>,
    }

    impl Memory for AtFirst<'_> {
        fn read(&self, from: Address, into: &mut [u8]) -> Result<(), Unreadable> {
            self.memory.read(from, into)?;
            let place = self
                .at
                .0
                .checked_sub(from.0)
                .and_then(|it| usize::try_from(it).ok());
            let word = place.and_then(|place| into.get_mut(place..place + 8));
            if let (Some(word), Some(rest)) = (word, self.times.get().checked_sub(1)) {
                word.fill(0);
                self.times.set(rest);
            }
            Ok(())
        }
    }

    #[test]
    fn a_generator_that_was_left_meanwhile_is_read_again() {
        for minor in VERSIONS {
            let names = |times| {
                let (mut stage, mut reader) = Stage::opened(minor);
                let memory = AtFirst {
                    at: stage.make_work_a_generator(),
                    memory: &stage.memory,
                    times: Cell::new(times),
                };
                let threads = reader.look(Nanoseconds(0), &memory).expect("it is whole");
                let thread = threads[0];
                let frames = reader.frames(&thread);
                frames
                    .iter()
                    .map(|it| it.name.to_owned())
                    .collect::<Vec<_>>()
            };
            assert_eq!(names(0), ["main", "work"], "3.{minor}");
            assert_eq!(names(1), ["main", "work"], "3.{minor}: it runs again");
            assert_eq!(names(u32::MAX), ["work"], "3.{minor}: nobody is below it");
        }
    }
}
