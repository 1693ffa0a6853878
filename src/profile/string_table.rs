//! Each text once.

use super::StringId;
use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use std::hash::BuildHasher;

/// Texts, each stored once, in the order in which they first came.
#[derive(Clone, Default)]
pub struct StringTable {
    texts: Vec<Box<str>>,
    places: HashTable<StringId>,
}

impl StringTable {
    /// The id of `text`, new or known.
    pub fn intern(&mut self, text: &str) -> StringId {
        let Self { texts, places } = self;
        let hash = |text: &str| FxBuildHasher.hash_one(text);
        *places
            .entry(
                hash(text),
                |id| *texts[id.index()] == *text,
                |id| hash(&texts[id.index()]),
            )
            .or_insert_with(|| {
                let id = StringId::from_index(texts.len());
                texts.push(text.into());
                id
            })
            .get()
    }

    /// The text of an id of this table.
    pub fn get(&self, id: StringId) -> &str {
        &self.texts[id.index()]
    }

    /// All texts, in order of id.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.texts.iter().map(|text| &**text)
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

impl PartialEq for StringTable {
    fn eq(&self, other: &Self) -> bool {
        self.texts == other.texts
    }
}

impl std::fmt::Debug for StringTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.texts).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_empty_text_is_a_text() {
        let mut table = StringTable::default();
        assert!(table.is_empty());
        let id = table.intern("");
        assert_eq!((table.get(id), table.len()), ("", 1));
    }

    proptest! {
        #[test]
        fn each_text_is_stored_once_in_the_order_of_coming(
            texts in proptest::collection::vec(any::<String>(), 0..40),
        ) {
            let mut table = StringTable::default();
            let ids: Vec<_> = texts.iter().chain(&texts).map(|text| table.intern(text)).collect();
            for (text, &id) in texts.iter().chain(&texts).zip(&ids) {
                prop_assert_eq!(table.get(id), text);
            }
            let mut unique: Vec<&str> = Vec::new();
            for text in &texts {
                if !unique.contains(&&**text) {
                    unique.push(text);
                }
            }
            prop_assert_eq!(table.iter().collect::<Vec<_>>(), unique);
        }
    }
}
