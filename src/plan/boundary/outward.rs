//! What results cost on their way from Rust to Python.

use super::arithmetic::{NOTHING, product, sum, times};
use super::inward::{container, int_of_bits};
use super::{ATTRIBUTES, Costs, INNER, mixed};
use crate::observation::Type;
use crate::plan::Interval;

/// So many times what it takes to make one container take those that a result is full of: their memory is new, and the
/// collector follows each. As little as one alone, at best; 300 ns instead of 50 for 59,000 pairs with a pair in each
/// (`pairs` of `cargo bench --bench speedup`).
const IN_MASS: Interval = Interval {
    low: 1.0,
    expected: 2.5,
    high: 8.0,
};

/// Python keeps the ints from -5 to 256 ready: those of so many bits.
const SMALL_BITS: f64 = 8.0;

impl Costs {
    /// Making a Python value of this type from a Rust value that has what the value has. An object of a class in Python
    /// is made by calling the class, or is one that came in.
    ///
    /// `length` is what [`crate::observation::Value::size`] counts.
    pub fn result(&self, of_type: &Type, length: Interval) -> Interval {
        let (outward, borrowed) = (&self.parts.outward, &self.parts.borrowed);
        match of_type {
            Type::Float => outward.single_float,
            Type::Int => self.int_result(length),
            Type::Str => outward.text.at(length),
            Type::Bytes => outward.bytes.at(length),
            Type::List(of) | Type::LongTuple(of) => {
                container(outward.list, self.any_made(of), length)
            }
            Type::Set(of) | Type::FrozenSet(of) => {
                container(outward.dict, self.any_made(of), length)
            }
            Type::Dict(keys, values) => {
                let entry = sum([self.any_made(keys), self.any_made(values)]);
                container(outward.dict, entry, length)
            }
            Type::Array { .. } => borrowed.array.at(length),
            Type::None | Type::Bool | Type::Tuple(_) | Type::Other(_) => self.made(of_type),
        }
    }

    /// A value made for a container: its own size is not known.
    fn made(&self, of_type: &Type) -> Interval {
        let outward = &self.parts.outward;
        match of_type {
            Type::None | Type::Bool => NOTHING,
            Type::Int => Interval {
                low: outward.small_int.low,
                ..outward.int
            }
            .in_order(),
            Type::Float => outward.float,
            Type::Str | Type::Bytes => outward.short_text,
            Type::Tuple(places) => {
                let places = places.iter().map(|place| self.made(place));
                sum([outward.tuple, sum(places)])
            }
            Type::Other(_) => self.new_instance(),
            inner => self.result(inner, INNER),
        }
    }

    fn any_made(&self, types: &[Type]) -> Interval {
        mixed(types, self.new_instance(), |of_type| match of_type {
            Type::Tuple(_)
            | Type::LongTuple(_)
            | Type::List(_)
            | Type::Set(_)
            | Type::FrozenSet(_)
            | Type::Dict(..) => product(self.made(of_type), IN_MASS),
            _ => self.made(of_type),
        })
    }

    /// The ints that Python keeps ready cost next to nothing.
    fn int_result(&self, bits: Interval) -> Interval {
        let (small, large) = (self.parts.outward.small_int, self.parts.outward.int);
        let of = |small: f64, large: f64, bits: f64| if bits <= SMALL_BITS { small } else { large };
        let int = Interval {
            low: of(small.low, large.low, bits.low),
            expected: of(small.expected, large.expected, bits.expected),
            high: of(small.high, large.high, bits.high),
        };
        int_of_bits(int.in_order(), bits)
    }

    /// An object with as many attributes as objects may have; at least nothing, where it came in. The measured one has
    /// three.
    fn new_instance(&self) -> Interval {
        let instance = self.parts.outward.instance;
        Interval {
            low: self.parts.untouched.low,
            expected: instance.expected,
            high: times(instance, ATTRIBUTES.high / ATTRIBUTES.expected).high,
        }
        .in_order()
    }
}
