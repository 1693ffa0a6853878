//! Memory of which each page is read once: for looks at many small things that lie together.

use super::memory::{Address, Memory, Unreadable};
use rustc_hash::FxHashMap;
use std::cell::RefCell;

const PAGE: u64 = 4096;
/// Beyond so many pages everything is read by itself.
const MOST_PAGES: usize = 4096;

/// Memory as it was when a page of it was first asked for.
pub(super) struct Pages<'m> {
    memory: &'m dyn Memory,
    /// None for a page that can't be read as a whole.
    pages: RefCell<FxHashMap<u64, Option<Box<[u8]>>>>,
}

impl<'m> Pages<'m> {
    /// Of this memory; no page of it is read yet.
    pub(super) fn of(memory: &'m dyn Memory) -> Self {
        Self {
            memory,
            pages: RefCell::default(),
        }
    }

    fn page(&self, start: u64) -> Option<Box<[u8]>> {
        let length = usize::try_from(PAGE).ok()?;
        Address(start)
            .vector(length, self.memory)
            .ok()
            .map(Into::into)
    }
}

impl Memory for Pages<'_> {
    fn read(&self, from: Address, into: &mut [u8]) -> Result<(), Unreadable> {
        let offset = from.0 % PAGE;
        let is_within = offset + into.len() as u64 <= PAGE;
        let mut pages = self.pages.borrow_mut();
        if !is_within || pages.len() >= MOST_PAGES {
            return self.memory.read(from, into);
        }
        let start = from.0 - offset;
        let page = pages.entry(start).or_insert_with(|| self.page(start));
        let Some(page) = page else {
            return self.memory.read(from, into);
        };
        let offset = usize::try_from(offset).map_err(|_| Unreadable(from))?;
        into.copy_from_slice(&page[offset..offset + into.len()]);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::staged::Staged;
    use super::*;

    #[test]
    fn what_lies_together_is_read_once() {
        let mut memory = Staged::default();
        let at = memory.room(64);
        memory.put(at, b"one and two");
        let pages = Pages::of(&memory);
        assert_eq!(Address(at).bytes(&pages), Ok(*b"one"));
        assert_eq!(Address(at + 8).bytes(&pages), Ok(*b"two"));
        assert_eq!(memory.reads(), 1);
    }

    #[test]
    fn what_is_not_there_is_an_error() {
        let memory = Staged::default();
        let pages = Pages::of(&memory);
        for address in [Address(0), Address(u64::MAX), Address(u64::MAX - 100)] {
            assert!(address.word(&pages).is_err());
        }
    }
}
