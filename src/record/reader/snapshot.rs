//! What one look reads, as near to one moment as can be.
//!
//! A look mostly reads what the look before has read: the lock, the thread states, the frames. So what it will need is
//! read ahead with one call of the kernel, and only what is missing is read page by page.

use super::ahead::{Part, Span};
use super::memory::{Address, Memory, Unreadable};
use rustc_hash::{FxHashMap, FxHashSet};

const PAGE: u64 = 4096;
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
    last: usize,
    parts: FxHashMap<Address, Part>,
    /// The part that is read now, and its key.
    part: Part,
    key: Option<Address>,
}

#[derive(Clone, Copy, Debug)]
struct Stretch {
    start: u64,
    end: u64,
    /// Where its bytes begin in the snapshot's.
    place: usize,
}

impl Snapshot {
    /// Begins a look: nothing is known any more.
    pub(super) fn begin(&mut self) {
        self.stretches.clear();
        self.bytes.clear();
        self.last = 0;
    }

    /// Reads what these parts asked for when they were read last, in one piece.
    ///
    /// What is asked for last is read first. So a frame's contents are older than its place, by half a microsecond: each
    /// call is taken for the one before it in its place for that long, and as often takes its turn from the one behind it,
    /// so that no function loses by it. Read behind its place, a frame would show the next call for the end of this one,
    /// and one that is followed at once would lose to one that is not. A deep stack changes too much while it is read:
    /// there what is near its top counts, and that is read right behind its place.
    pub(super) fn read_ahead(&mut self, parts: &[Address], memory: &dyn Memory) {
        self.put_part();
        let parts = parts.iter().filter_map(|key| self.parts.get(key));
        let (deep, others): (Vec<&Part>, Vec<&Part>) = parts.partition(|part| part.is_deep());
        let others = others.into_iter().flat_map(Part::spans);
        let mut spans: Vec<Span> = others.take(MOST_STRETCHES).collect();
        spans.reverse();
        spans.extend(deep.into_iter().flat_map(Part::spans).take(MOST_STRETCHES));
        self.read_spans(&spans, memory);
    }

    /// Begins a part of the look, which [`Self::forget_part`] takes back.
    pub(super) fn begin_part(&mut self, key: Address) {
        self.put_part();
        self.key = Some(key);
        self.part = self.parts.remove(&key).unwrap_or_default();
        self.part.begin();
    }

    fn put_part(&mut self) {
        if let Some(key) = self.key.take() {
            self.parts.insert(key, std::mem::take(&mut self.part));
        }
    }

    /// Forgets what was asked for by all parts but these.
    pub(super) fn keep_parts(&mut self, keys: &[Address]) {
        self.put_part();
        let keys: FxHashSet<Address> = keys.iter().copied().collect();
        self.parts.retain(|key, _| keys.contains(key));
    }

    /// Forgets what was read for this part, and reads it anew: of a deep one only the pages that were asked for this time,
    /// about which it must be now.
    pub(super) fn forget_part(&mut self, memory: &dyn Memory) {
        let asked = self.part.forget();
        let spans: Vec<Span> = if self.part.is_deep() {
            asked.into_iter().map(pages_of).collect()
        } else {
            let mut spans: Vec<Span> = self.part.spans().collect();
            spans.reverse();
            spans
        };
        self.forget(&spans);
        self.read_spans(&spans, memory);
    }

    fn forget(&mut self, spans: &[Span]) {
        let is_forgotten = |stretch: &Stretch| {
            (spans.iter()).any(|&(start, end)| start < stretch.end && stretch.start < end)
        };
        self.stretches.retain(|stretch| !is_forgotten(stretch));
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
        let known = self.find(at.0, end);
        if known.is_none() {
            self.part.miss((at.0, end));
        }
        let place = known.map_or_else(|| self.read(at.0, end, memory), Ok)?;
        self.part.ask((at.0, end));
        Ok(&self.bytes[place..place + length])
    }

    /// A whole number of eight bytes here.
    pub(super) fn word(&mut self, at: Address, memory: &dyn Memory) -> Result<u64, Unreadable> {
        let bytes = self.bytes(at, 8, memory)?;
        Ok(super::memory::word_in(bytes, 0))
    }

    fn read_spans(&mut self, spans: &[Span], memory: &dyn Memory) {
        let first = self.bytes.len();
        let mut ahead = Vec::with_capacity(spans.len());
        for &(start, end) in spans {
            let place = self.bytes.len();
            let stretch = Stretch { start, end, place };
            if place + stretch.length() > MOST_BYTES {
                break;
            }
            self.bytes.resize(place + stretch.length(), 0);
            ahead.push(stretch);
        }
        let are_read = read_all(&ahead, &mut self.bytes[first..], memory);
        for (stretch, is_read) in ahead.into_iter().zip(are_read) {
            if is_read {
                self.stretches.push(stretch);
            } else {
                self.forget_missed((stretch.start, stretch.end));
            }
        }
        self.stretches.sort_unstable_by_key(|stretch| stretch.start);
        self.last = 0;
    }

    /// What is gone is not missed.
    fn forget_missed(&mut self, span: Span) {
        let others = self.parts.values_mut();
        for part in others.chain([&mut self.part]) {
            part.forget_missed(span);
        }
    }

    /// Where the bytes from here up to there stand, if they were read.
    fn find(&mut self, start: u64, end: u64) -> Option<usize> {
        /// Overlapping ones may hide each other.
        const NEIGHBOURS: usize = 4;
        let holds = |stretch: &Stretch| stretch.start <= start && end <= stretch.end;
        let last = self.stretches.get(self.last).filter(|last| holds(last));
        if last.is_none() {
            let behind = self
                .stretches
                .partition_point(|stretch| stretch.start <= start);
            let first = behind.saturating_sub(NEIGHBOURS);
            let found = self.stretches[first..behind].iter().rposition(holds)?;
            self.last = first + found;
        }
        self.stretches[self.last].place_of(start)
    }

    /// Reads the pages around, and says where the first of these bytes stands.
    fn read(&mut self, start: u64, end: u64, memory: &dyn Memory) -> Result<usize, Unreadable> {
        let unreadable = Unreadable(Address(start));
        let (from, to) = pages_of((start, end));
        let place = self.bytes.len();
        let stretch = Stretch {
            start: from,
            end: to,
            place,
        };
        if place + stretch.length() > MOST_BYTES {
            return Err(unreadable);
        }
        self.bytes.resize(place + stretch.length(), 0);
        memory.read(Address(from), &mut self.bytes[place..])?;
        let before = self.stretches.partition_point(|other| other.start <= from);
        self.stretches.insert(before, stretch);
        stretch.place_of(start).ok_or(unreadable)
    }
}

/// The pages that these bytes stand in.
fn pages_of((start, end): Span) -> Span {
    let last = end.checked_next_multiple_of(PAGE).unwrap_or(u64::MAX);
    (start - start % PAGE, last)
}

/// Which of these could be read.
fn read_all(stretches: &[Stretch], mut into: &mut [u8], memory: &dyn Memory) -> Vec<bool> {
    let mut parts = Vec::with_capacity(stretches.len());
    for stretch in stretches {
        let (part, others) = into.split_at_mut(stretch.length());
        parts.push((Address(stretch.start), part));
        into = others;
    }
    let mut read = vec![true; parts.len()];
    let mut next = 0;
    while next < parts.len() {
        next += memory.read_stretches(&mut parts[next..]);
        if let Some(failed) = read.get_mut(next) {
            *failed = false;
        }
        next += 1;
    }
    read
}

impl Stretch {
    fn place_of(&self, address: u64) -> Option<usize> {
        Some(self.place + usize::try_from(address.checked_sub(self.start)?).ok()?)
    }

    fn length(&self) -> usize {
        usize::try_from(self.end.saturating_sub(self.start)).unwrap_or(usize::MAX / 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    const PART: Address = Address(7);

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

    fn begin(snapshot: &mut Snapshot, memory: &Noting) {
        snapshot.begin();
        snapshot.read_ahead(&[PART], memory);
        snapshot.begin_part(PART);
        memory.0.borrow_mut().clear();
    }

    #[test]
    fn what_was_asked_for_is_read_ahead_next_time() {
        let (mut snapshot, memory) = (Snapshot::default(), Noting::default());
        for _ in 0..2 {
            begin(&mut snapshot, &memory);
            for (at, length) in [(100_000, 16), (20_000, 80), (19_000, 80), (500_000, 8)] {
                check(&mut snapshot, &memory, at, length);
            }
        }
        assert_eq!(*memory.0.borrow(), [], "all was there");
    }

    #[test]
    fn what_is_asked_for_last_is_read_first() {
        let (mut snapshot, memory) = (Snapshot::default(), Noting::default());
        begin(&mut snapshot, &memory);
        for at in [100_000, 20_000, 500_000] {
            check(&mut snapshot, &memory, at, 8);
        }
        snapshot.begin();
        memory.0.borrow_mut().clear();
        snapshot.read_ahead(&[PART], &memory);
        let read = memory.0.borrow();
        let starts: Vec<u64> = read.iter().map(|(from, _)| *from).collect();
        assert_eq!(starts, [500_000, 20_000, 100_000]);
    }

    #[test]
    fn a_part_that_is_torn_is_read_again() {
        let (mut snapshot, memory) = (Snapshot::default(), Noting::default());
        begin(&mut snapshot, &memory);
        check(&mut snapshot, &memory, 20_000, 8);
        memory.0.borrow_mut().clear();
        snapshot.forget_part(&memory);
        assert_eq!(memory.0.borrow().len(), 1);
        check(&mut snapshot, &memory, 20_000, 8);
        assert_eq!(memory.0.borrow().len(), 1);
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
        begin(&mut snapshot, &memory);
        check(&mut snapshot, &memory, 5000, 8);
        for at in [1 << 20, u64::MAX, u64::MAX - 7, 1 << 63] {
            assert!(snapshot.bytes(Address(at), 8, &memory).is_err(), "{at:#x}");
        }
        begin(&mut snapshot, &memory);
        check(&mut snapshot, &memory, 5000, 8);
    }

    #[test]
    fn what_is_gone_does_not_hide_what_is_there() {
        let (mut snapshot, memory) = (Snapshot::default(), Noting::default());
        begin(&mut snapshot, &memory);
        check(&mut snapshot, &memory, 5000, 8);
        snapshot.part.ask((1 << 30, (1 << 30) + 8));
        begin(&mut snapshot, &memory);
        check(&mut snapshot, &memory, 5000, 8);
        assert_eq!(*memory.0.borrow(), [], "it was read ahead");
    }
}
