//! What it costs to use values where Python has them, without converting them.

use super::arithmetic::{product, sum};
use super::inward::container;
use super::{ATTRIBUTES, Costs, INNER, mixed};
use crate::observation::Type;
use crate::plan::Interval;

impl Costs {
    /// Looking at all of a value of this type where Python has it, once: `&PyList`, `&PyDict`, a borrowed `str` or
    /// `bytes`, an array's buffer. Elements are taken out one by one; objects are read attribute by attribute.
    ///
    /// `length` is what [`crate::observation::Value::size`] counts. What has no elements is converted.
    pub fn in_place(&self, of_type: &Type, length: Interval) -> Interval {
        let (inward, borrowed) = (&self.parts.inward, &self.parts.borrowed);
        let mut entries = inward.dict;
        entries.each = borrowed.entry;
        match of_type {
            Type::List(of) | Type::LongTuple(of) => {
                container(inward.list, self.any_looked_at(of), length)
            }
            Type::Set(of) | Type::FrozenSet(of) => {
                container(entries, self.any_looked_at(of), length)
            }
            Type::Dict(keys, values) => {
                let entry = sum([self.any_looked_at(keys), self.any_looked_at(values)]);
                container(entries, entry, length)
            }
            Type::Array { .. } => borrowed.array.base,
            Type::Tuple(places) => sum(places.iter().map(|place| {
                let step = inward.list.each;
                sum([step, self.looked_at(place)])
            })),
            other => self.argument(other, length),
        }
    }

    /// Writing so many elements into a list in place of others, for a parameter that the caller sees changed.
    pub fn write_back(&self, length: Interval) -> Interval {
        self.parts.borrowed.set.at(length)
    }

    /// An element where it is: its own size is not known.
    fn looked_at(&self, of_type: &Type) -> Interval {
        match of_type {
            Type::Str | Type::Bytes => self.parts.borrowed.element,
            Type::Other(_) => product(self.parts.attribute, ATTRIBUTES),
            other => self.in_place(other, INNER),
        }
    }

    fn any_looked_at(&self, types: &[Type]) -> Interval {
        mixed(types, self.unknown(), |of_type| self.looked_at(of_type))
    }
}
