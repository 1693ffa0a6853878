//! Memory that a test stages.

use super::memory::{Address, Memory, Unreadable};
use std::collections::BTreeMap;

/// Bytes at addresses; nothing can be read elsewhere.
#[derive(Clone, Debug, Default)]
pub(super) struct Staged(BTreeMap<u64, u8>);

impl Staged {
    /// Puts these bytes there.
    pub(super) fn put(&mut self, at: u64, bytes: &[u8]) {
        self.0.extend((at..).zip(bytes.iter().copied()));
    }

    /// Puts a number of eight bytes there.
    pub(super) fn put_word(&mut self, at: u64, word: u64) {
        self.put(at, &word.to_le_bytes());
    }
}

impl Memory for Staged {
    fn read(&self, from: Address, into: &mut [u8]) -> Result<(), Unreadable> {
        for (at, byte) in (from.0..).zip(into) {
            *byte = *self.0.get(&at).ok_or(Unreadable(from))?;
        }
        Ok(())
    }
}
