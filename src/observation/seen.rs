//! The values that one variable was seen to have.

use super::{Type, Value};
use std::collections::BTreeMap;

/// The types that a variable was seen to have, how often, and how large the values were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    types: BTreeMap<Type, (u64, Option<Size>)>,
}

/// From the smallest to the largest that was seen, in the unit of [`Value::size`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// The smallest.
    pub smallest: u64,
    /// The largest.
    pub largest: u64,
}

/// A variable that has so many different types is not worth telling more of.
const MOST_TYPES: usize = 32;

impl Seen {
    /// Adds a value.
    pub fn add(&mut self, value: Value) {
        let size = value.size.map(|size| Size {
            smallest: size,
            largest: size,
        });
        self.insert(value.of_type, 1, size);
    }

    /// Adds a type that was seen so many times. Beyond 32 types, new ones are no longer told.
    pub fn insert(&mut self, of_type: Type, times: u64, size: Option<Size>) {
        if self.types.len() >= MOST_TYPES && !self.types.contains_key(&of_type) {
            return;
        }
        let known = self.types.entry(of_type).or_default();
        known.0 = known.0.saturating_add(times);
        known.1 = match (known.1, size) {
            (Some(one), Some(other)) => Some(one.and(other)),
            (one, other) => one.or(other),
        };
    }

    /// Adds what was seen elsewhere.
    pub fn merge(&mut self, other: &Self) {
        for (of_type, times, size) in other.types() {
            self.insert(of_type.clone(), times, size);
        }
    }

    /// How many values were seen.
    pub fn times(&self) -> u64 {
        self.types
            .values()
            .fold(0, |sum, (times, _)| sum.saturating_add(*times))
    }

    /// Each type, how often it was seen, and in which sizes; in order of type.
    pub fn types(&self) -> impl Iterator<Item = (&Type, u64, Option<Size>)> {
        self.types
            .iter()
            .map(|(of_type, &(times, size))| (of_type, times, size))
    }
}

impl Size {
    fn and(self, other: Self) -> Self {
        Self {
            smallest: self.smallest.min(other.smallest),
            largest: self.largest.max(other.largest),
        }
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
        let size = Size {
            smallest: 2,
            largest: 9,
        };
        let types: Vec<_> = seen.types().collect();
        assert_eq!(types, [(&Type::Str, 3, Some(size))]);
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
