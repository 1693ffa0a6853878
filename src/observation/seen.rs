//! The values that one variable was seen to have.

use super::{Size, Type, Value};
use std::collections::BTreeMap;

/// The types that a variable was seen to have, how often, and how large the values were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    types: BTreeMap<Type, (u64, Option<Size>)>,
}

/// A variable that has so many different types is not worth telling more of.
const MOST_TYPES: usize = 32;

impl Seen {
    /// Adds a value that was there when a sample was taken.
    pub fn add(&mut self, value: Value) {
        self.insert(value.of_type, 1, value.size.map(Size::sampled));
    }

    /// Adds a type that was seen so many times. Beyond 32 types, new ones are no longer told.
    pub fn insert(&mut self, of_type: Type, times: u64, size: Option<Size>) {
        if self.types.len() >= MOST_TYPES && !self.types.contains_key(&of_type) {
            return;
        }
        let known = self.types.entry(of_type).or_default();
        known.0 = known.0.saturating_add(times);
        match (&mut known.1, size) {
            (Some(known), Some(size)) => known.merge(&size),
            (known @ None, size) => *known = size,
            (Some(_), None) => {}
        }
    }

    /// Adds what was seen elsewhere.
    pub fn merge(&mut self, other: &Self) {
        for (of_type, times, size) in other.types() {
            self.insert(of_type.clone(), times, size.cloned());
        }
    }

    /// How many values were seen.
    pub fn times(&self) -> u64 {
        self.types
            .values()
            .fold(0, |sum, (times, _)| sum.saturating_add(*times))
    }

    /// Each type, how often it was seen, and in which sizes; in order of type.
    pub fn types(&self) -> impl Iterator<Item = (&Type, u64, Option<&Size>)> {
        self.types
            .iter()
            .map(|(of_type, (times, size))| (of_type, *times, size.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(of_type: Type, size: u64) -> Value {
        Value {
            of_type,
            size: Some(size),
        }
    }

    #[test]
    fn a_type_is_counted_with_its_smallest_and_largest_size() {
        let mut seen = Seen::default();
        for size in [5, 2, 9] {
            seen.add(value(Type::Str, size));
        }
        let mut types = seen.types();
        let (of_type, times, size) = types.next().expect("one");
        let size = size.expect("a text has a length");
        assert_eq!((of_type, times), (&Type::Str, 3));
        assert_eq!((size.smallest, size.largest), (2, 9));
        assert_eq!((size.samples.times(), size.calls.times()), (3, 0));
        assert!(types.next().is_none());
    }

    #[test]
    fn a_variable_of_many_types_stays_small() {
        let mut seen = Seen::default();
        for number in 0..1000 {
            seen.add(value(Type::Other(format!("T{number}")), 1));
        }
        assert_eq!(seen.types().count(), MOST_TYPES);
    }
}
