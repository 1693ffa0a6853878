//! The entries of a `dict`, by their places.

use super::layout::Layout;
use super::memory::{Address, Memory, word_in};
use super::text::NotSo;

/// More entries than this are garbage.
const MOST_ENTRIES: u64 = 1 << 40;

/// A dict, opened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dict {
    /// How many entries are in use.
    pub(super) used: u64,
    /// How many places for entries there are that were ever in use.
    pub(super) places: u64,
    entries: Address,
    has_hashes: bool,
    /// Where the values are, if they are not beside their keys.
    values: Option<Address>,
}

impl Dict {
    /// Opens the `dict` at `at`: `ma_used`, `ma_keys`, `ma_values`.
    pub(super) fn open(at: Address, layout: &Layout, memory: &dyn Memory) -> Result<Self, NotSo> {
        let head: [u8; 48] = at.bytes(memory)?;
        let (used, keys, values) = (word_in(&head, 16), word_in(&head, 32), word_in(&head, 40));
        // From 3.13 on a head of eight bytes stands before the values.
        let values = match layout.minor {
            13.. => Address(values).plus(8),
            _ => Address(values),
        };
        let values = (word_in(&head, 40) != 0).then_some(values);
        Ok(Self {
            used,
            ..Self::of_keys(Address(keys), values, layout, memory)?
        })
    }

    /// The entries of a keys object, whose values are elsewhere.
    pub(super) fn of_keys(
        keys: Address,
        values: Option<Address>,
        layout: &Layout,
        memory: &dyn Memory,
    ) -> Result<Self, NotSo> {
        let head: [u8; 40] = keys.bytes(memory)?;
        let (places, entries, has_hashes) = if layout.minor >= 11 {
            // dk_log2_index_bytes, dk_kind (0 is general), dk_nentries; then the indices.
            let index_bytes = 1_u64.checked_shl(head[9].into()).ok_or(NotSo::Other)?;
            (
                word_in(&head, 24),
                keys.plus(32).plus(index_bytes),
                head[10] == 0,
            )
        } else {
            // dk_size, dk_nentries; then the indices, as wide as the size asks for.
            let size = word_in(&head, 8);
            let width = match size {
                0..=0xff => 1,
                0x100..=0xffff => 2,
                0x1_0000..=0xffff_ffff => 4,
                _ => 8,
            };
            (
                word_in(&head, 32),
                keys.plus(40).plus(size.wrapping_mul(width)),
                true,
            )
        };
        if places > MOST_ENTRIES {
            return Err(NotSo::Other);
        }
        Ok(Self {
            used: places,
            places,
            entries,
            has_hashes,
            values,
        })
    }

    /// Key and value at a place; none where an entry was deleted.
    pub(super) fn entry(
        &self,
        place: u64,
        memory: &dyn Memory,
    ) -> Result<Option<(Address, Address)>, NotSo> {
        let (size, key_at) = if self.has_hashes { (24, 8) } else { (16, 0) };
        let entry: [u8; 16] = self.entries.plus(place * size + key_at).bytes(memory)?;
        let (key, value) = (Address(word_in(&entry, 0)), Address(word_in(&entry, 8)));
        let value = match self.values {
            Some(values) => values.plus(place * 8).pointer(memory)?,
            None => value,
        };
        Ok((!key.is_null() && !value.is_null()).then_some((key, value)))
    }
}
