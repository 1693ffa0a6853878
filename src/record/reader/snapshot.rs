//! What one look reads, as near to one moment as can be.
//!
//! A look mostly reads what the look before has read: the lock, the thread states, the frames. So all of that
//! is read ahead with one call of the kernel, and only what is missing is read page by page.

use super::memory::{Address, Memory, Unreadable};
use std::iter;

const PAGE: u64 = 4096;
/// Two places nearer than this are read as one stretch: a stretch costs as much as some thousand bytes.
const NEAR: u64 = 2048;
/// A stack that grew a little is still read ahead.
const AHEAD: u64 = 512;
/// No look reads more than this.
const MOST_BYTES: usize = 64 << 20;
/// Nor reads more stretches ahead: a program of thousands of threads is read as it goes.
const MOST_STRETCHES: usize = 1000;

/// Memory as it was read in this look.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    /// Sorted by start. Some may overlap.
    stretches: Vec<Stretch>,
    bytes: Vec<u8>,
    /// What was asked for, in the order in which it was asked for: the next look reads it ahead in that order.
    asked: Vec<(u64, u64)>,
    /// Where in it the part begins that is read now.
    part: usize,
    last: usize,
}

#[derive(Clone, Copy, Debug)]
struct Stretch {
    start: u64,
    end: u64,
    /// Where its bytes begin in the snapshot's.
    place: usize,
}

impl Snapshot {
    /// Begins a look: reads ahead what the last one asked for.
    pub(super) fn begin(&mut self, memory: &dyn Memory) {
        let asked = std::mem::take(&mut self.asked);
        self.stretches.clear();
        self.bytes.clear();
        self.part = 0;
        self.last = 0;
        let ahead: Vec<Stretch> = self.laid_out(&asked);
        let mut rest = &mut self.bytes[..];
        let mut parts = Vec::with_capacity(ahead.len());
        for stretch in &ahead {
            let (part, others) = rest.split_at_mut(stretch.length());
            parts.push((Address(stretch.start), part));
            rest = others;
        }
        let read = memory.read_stretches(&mut parts);
        self.stretches.extend(&ahead[..read]);
        self.stretches.sort_unstable_by_key(|stretch| stretch.start);
    }

    /// Begins a part of the look, which [`Self::forget_part`] takes back.
    pub(super) fn begin_part(&mut self) {
        self.part = self.asked.len();
    }

    /// Forgets what was read for this part: from here on it is read anew.
    pub(super) fn forget_part(&mut self) {
        let part = self.asked.split_off(self.part);
        let is_of_part = |stretch: &Stretch| {
            part.iter()
                .any(|&(start, end)| start < stretch.end && stretch.start < end)
        };
        self.stretches.retain(|stretch| !is_of_part(stretch));
        self.last = 0;
    }

    /// So many bytes from here on.
    pub(super) fn bytes(
        &mut self,
        at: Address,
        length: usize,
        memory: &dyn Memory,
    ) -> Result<&[u8], Unreadable> {
        let end = at.0.checked_add(length as u64).ok_or(Unreadable(at))?;
        let stretch = match self.find(at.0, end) {
            Some(stretch) => stretch,
            None => self.read(at.0, end, memory)?,
        };
        self.ask(at.0, end);
        let offset = usize::try_from(at.0 - stretch.start).map_err(|_| Unreadable(at))?;
        let place = stretch.place + offset;
        Ok(&self.bytes[place..place + length])
    }

    /// A whole number of eight bytes here.
    pub(super) fn word(&mut self, at: Address, memory: &dyn Memory) -> Result<u64, Unreadable> {
        let bytes = self.bytes(at, 8, memory)?;
        Ok(super::memory::word_in(bytes, 0))
    }

    fn laid_out(&mut self, asked: &[(u64, u64)]) -> Vec<Stretch> {
        let mut ahead = Vec::with_capacity(asked.len().min(MOST_STRETCHES));
        for (start, end) in asked.iter().flat_map(|&(start, end)| in_order(start, end)) {
            let stretch = Stretch {
                start,
                end,
                place: self.bytes.len(),
            };
            let is_too_much = self.bytes.len() + stretch.length() > MOST_BYTES;
            if is_too_much || ahead.len() >= MOST_STRETCHES {
                break;
            }
            self.bytes.resize(self.bytes.len() + stretch.length(), 0);
            ahead.push(stretch);
        }
        ahead
    }

    /// Remembers what was asked for. A stack is walked from place to place near by; parts are told apart.
    fn ask(&mut self, start: u64, end: u64) {
        match self.asked[self.part..].last_mut() {
            Some(last)
                if start < last.1.saturating_add(NEAR) && last.0 < end.saturating_add(NEAR) =>
            {
                *last = (last.0.min(start), last.1.max(end));
            }
            _ => self.asked.push((start, end)),
        }
    }

    fn find(&mut self, start: u64, end: u64) -> Option<Stretch> {
        /// Overlapping ones may hide each other.
        const NEIGHBOURS: usize = 4;
        let holds = |stretch: &Stretch| stretch.start <= start && end <= stretch.end;
        if let Some(last) = self.stretches.get(self.last).filter(|last| holds(last)) {
            return Some(*last);
        }
        let behind = self
            .stretches
            .partition_point(|stretch| stretch.start <= start);
        let first = behind.saturating_sub(NEIGHBOURS);
        let found = self.stretches[first..behind].iter().rposition(holds)?;
        self.last = first + found;
        Some(self.stretches[self.last])
    }

    /// Reads the pages around.
    fn read(&mut self, start: u64, end: u64, memory: &dyn Memory) -> Result<Stretch, Unreadable> {
        let from = start - start % PAGE;
        let to = end
            .checked_next_multiple_of(PAGE)
            .ok_or(Unreadable(Address(start)))?;
        let stretch = Stretch {
            start: from,
            end: to,
            place: self.bytes.len(),
        };
        if self.bytes.len() + stretch.length() > MOST_BYTES {
            return Err(Unreadable(Address(start)));
        }
        self.bytes.resize(self.bytes.len() + stretch.length(), 0);
        memory.read(Address(from), &mut self.bytes[stretch.place..])?;
        let place = self.stretches.partition_point(|other| other.start <= from);
        self.stretches.insert(place, stretch);
        Ok(stretch)
    }
}

/// A stretch as it is read: a deep stack's top, which changes fastest, before the rest of it. The two overlap, so that
/// each frame is whole in one of them.
fn in_order(start: u64, end: u64) -> impl Iterator<Item = (u64, u64)> {
    const TOP: u64 = 1024;
    const OVERLAP: u64 = 256;
    // What stands behind a page may not be there at all.
    let ahead = (end + AHEAD).min(end.next_multiple_of(PAGE).max(end));
    let middle = end.saturating_sub(TOP);
    let is_deep = middle > start.saturating_add(TOP);
    let (top, rest) = if is_deep {
        ((middle, ahead), Some((start, middle + OVERLAP)))
    } else {
        ((start, ahead), None)
    };
    iter::once(top).chain(rest)
}

impl Stretch {
    fn length(&self) -> usize {
        usize::try_from(self.end - self.start).unwrap_or(usize::MAX / 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    /// A memory in which each byte tells its address; it notes what was read, and ends at 1 MiB.
    #[derive(Default)]
    struct Noting(RefCell<Vec<(u64, usize)>>);

    impl Memory for Noting {
        fn read(&self, from: Address, into: &mut [u8]) -> Result<(), Unreadable> {
            if from.0 + into.len() as u64 > 1 << 20 {
                return Err(Unreadable(from));
            }
            self.0.borrow_mut().push((from.0, into.len()));
            for (at, byte) in (from.0..).zip(into) {
                *byte = byte_at(at);
            }
            Ok(())
        }
    }

    fn byte_at(address: u64) -> u8 {
        u8::try_from(address % 251).expect("small")
    }

    fn check(snapshot: &mut Snapshot, memory: &Noting, at: u64, length: usize) {
        let bytes = snapshot
            .bytes(Address(at), length, memory)
            .expect("it is there");
        let expected: Vec<u8> = (at..).take(length).map(byte_at).collect();
        assert_eq!(bytes, expected, "{length} bytes at {at}");
    }

    #[test]
    fn what_was_asked_for_is_read_ahead_next_time() {
        let (mut snapshot, memory) = (Snapshot::default(), Noting::default());
        for _ in 0..2 {
            snapshot.begin(&memory);
            memory.0.borrow_mut().clear();
            for (at, length) in [(100_000, 16), (20_000, 80), (19_000, 80), (500_000, 8)] {
                check(&mut snapshot, &memory, at, length);
            }
        }
        assert_eq!(*memory.0.borrow(), [], "all was there");
    }

    #[test]
    fn places_near_each_other_are_one_stretch() {
        let (mut snapshot, memory) = (Snapshot::default(), Noting::default());
        for at in (20_000..60_000).rev().step_by(90) {
            check(&mut snapshot, &memory, at, 80);
        }
        assert_eq!(snapshot.asked.len(), 1);
    }

    #[test]
    fn the_top_of_a_deep_stack_is_read_first() {
        let (mut snapshot, memory) = (Snapshot::default(), Noting::default());
        let walk = |snapshot: &mut Snapshot| {
            for at in (20_000..60_000).rev().step_by(90) {
                check(snapshot, &memory, at, 80);
            }
        };
        walk(&mut snapshot);
        memory.0.borrow_mut().clear();
        snapshot.begin(&memory);
        walk(&mut snapshot);
        let read = memory.0.borrow();
        let first: Vec<u64> = read.iter().map(|(from, _)| *from).collect();
        assert_eq!(first.len(), 2, "{read:?}");
        assert!(first[0] > 58_000 && first[1] < 21_000, "{read:?}");
    }

    #[test]
    fn stretches_over_the_border_of_a_page_are_read() {
        let (mut snapshot, memory) = (Snapshot::default(), Noting::default());
        for at in [4090, 8000, 4095, 8190, 4096] {
            check(&mut snapshot, &memory, at, 80);
        }
    }

    #[test]
    fn what_is_not_there_is_an_error_and_the_rest_goes_on() {
        let (mut snapshot, memory) = (Snapshot::default(), Noting::default());
        check(&mut snapshot, &memory, 5000, 8);
        for at in [1 << 20, u64::MAX, u64::MAX - 7, 1 << 63] {
            assert!(snapshot.bytes(Address(at), 8, &memory).is_err(), "{at:#x}");
        }
        snapshot.begin(&memory);
        check(&mut snapshot, &memory, 5000, 8);
    }
}
