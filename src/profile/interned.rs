//! Each small value once: the table behind functions, frames, stacks and threads.

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use std::hash::{BuildHasher, Hash};

/// Small `Copy` values, each stored once, in the order in which they first came.
#[derive(Clone)]
pub struct Interned<T> {
    values: Vec<T>,
    places: HashTable<u32>,
}

impl<T: Copy + Eq + Hash> Interned<T> {
    /// The index of `value`, new or known.
    pub fn intern(&mut self, value: T) -> usize {
        let Self { values, places } = self;
        let hash = |value: &T| FxBuildHasher.hash_one(value);
        *places
            .entry(
                hash(&value),
                |&place| values[place as usize] == value,
                |&place| hash(&values[place as usize]),
            )
            .or_insert_with(|| {
                let place =
                    u32::try_from(values.len()).expect("a table holds fewer than 2^32 entries");
                values.push(value);
                place
            })
            .get() as usize
    }

    /// All values, in order of index.
    pub fn values(&self) -> &[T] {
        &self.values
    }
}

impl<T> Default for Interned<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            places: HashTable::new(),
        }
    }
}

impl<T: PartialEq> PartialEq for Interned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.values == other.values
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Interned<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.values).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_keeps_its_index_while_the_table_grows() {
        let mut table = Interned::default();
        for value in (0..1_000_u32).rev() {
            assert_eq!(table.intern(value), 999 - value as usize);
        }
        for value in 0..1_000_u32 {
            assert_eq!(table.intern(value), 999 - value as usize);
        }
        assert_eq!(table.values().len(), 1_000);
    }

    #[test]
    fn tables_are_equal_if_their_values_came_in_the_same_order() {
        let table = |values: &[u32]| {
            let mut table = Interned::default();
            for &value in values {
                table.intern(value);
            }
            table
        };
        assert_eq!(table(&[1, 2, 1]), table(&[1, 2]));
        assert_ne!(table(&[1, 2]), table(&[2, 1]));
    }
}
