//! What arguments cost on their way from Python to Rust.

use super::arithmetic::{product, sum};
use super::line::Line;
use super::{Costs, INNER, mixed};
use crate::observation::Type;
use crate::plan::Interval;

/// More bits than an `i64` has for the amount.
const MOST_BITS: f64 = 63.0;

/// So much dearer is an int beyond 64 bits: a `BigInt` took 43.6 ns of a list where an `i64` took 5.3, measured with the
/// shipped table. (A generated crate leaves such a call to the original.)
const WIDE_INT: f64 = 8.2;

impl Costs {
    /// Converting a value of this type from Python to a Rust value that has what the value has, as generated crates do
    /// it: lists are copied, text is borrowed at the top and kept by Python inside of containers, dicts become hash
    /// maps, other objects are read attribute by attribute or stay Python's, arrays are looked at where they are.
    ///
    /// `length` is what [`crate::observation::Value::size`] counts: elements, characters, bytes; of an `int` bits.
    pub fn argument(&self, of_type: &Type, length: Interval) -> Interval {
        let (inward, borrowed) = (&self.parts.inward, &self.parts.borrowed);
        match of_type {
            Type::Int => int_of_bits(inward.int, length),
            Type::Str => Interval {
                high: borrowed.encoded.at(length).high,
                ..borrowed.text.at(length)
            }
            .in_order(),
            Type::Bytes => borrowed.bytes.at(length),
            Type::List(of) | Type::LongTuple(of) => {
                container(inward.list, self.any_element(of), length)
            }
            Type::Set(of) | Type::FrozenSet(of) => {
                container(inward.dict, self.any_element(of), length)
            }
            Type::Dict(keys, values) => {
                let entry = sum([self.any_element(keys), self.any_element(values)]);
                container(inward.dict, entry, length)
            }
            Type::Array { .. } => Interval {
                high: borrowed.array.at(length).high,
                ..borrowed.array.base
            },
            Type::None | Type::Bool | Type::Float | Type::Tuple(_) | Type::Other(_) => {
                self.element(of_type)
            }
        }
    }

    /// A value inside of a container: its own size is not known.
    fn element(&self, of_type: &Type) -> Interval {
        let inward = &self.parts.inward;
        match of_type {
            Type::None => self.parts.untouched,
            Type::Bool => inward.bool,
            Type::Int => inward.int,
            Type::Float => inward.float,
            Type::Str | Type::Bytes => inward.text,
            Type::Tuple(places) => {
                let places = places.iter().map(|place| self.element(place));
                sum([inward.tuple, sum(places)])
            }
            Type::Other(_) => self.instance(),
            inner => self.argument(inner, INNER),
        }
    }

    fn any_element(&self, types: &[Type]) -> Interval {
        mixed(types, self.unknown(), |of_type| self.element(of_type))
    }
}

/// A container for itself, and for each element the step to it and what the element costs.
pub(super) fn container(line: Line, element: Interval, length: Interval) -> Interval {
    sum([line.at(length), product(element, length)])
}

/// An int by its bits: dearer where it is beyond 64 bits.
pub(super) fn int_of_bits(int: Interval, bits: Interval) -> Interval {
    let of = |cost: f64, bits: f64| {
        if bits > MOST_BITS {
            cost * WIDE_INT
        } else {
            cost
        }
    };
    Interval {
        low: of(int.low, bits.low),
        expected: of(int.expected, bits.expected),
        high: of(int.high, bits.high),
    }
}
