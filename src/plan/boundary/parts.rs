//! What the figures of a table are made of: the cost of one value, of one step of a loop.
//!
//! A call that was measured has the call itself, the arguments and the result in it, a list its loop and its elements.
//! Each part is what is left of one figure without the others, so that they can be put together in another way.

use super::arithmetic::{times, without};
use super::figure::{Call, Conversion};
use super::line::Line;
use super::table::Table;
use crate::plan::Interval;

/// The parts, in nanoseconds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Parts {
    /// An object that stays Python's.
    pub(super) untouched: Interval,
    /// An attribute of an object, read from Rust.
    pub(super) attribute: Interval,
    pub(super) inward: Inward,
    pub(super) outward: Outward,
    pub(super) borrowed: Borrowed,
}

/// Conversions of values from Python to Rust, each for one value that is at hand.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Inward {
    /// A list for itself, and the step to an element.
    pub(super) list: Line,
    /// A dict for itself, and an entry in a hash map without its key and its value.
    pub(super) dict: Line,
    /// A tuple for itself.
    pub(super) tuple: Interval,
    pub(super) bool: Interval,
    pub(super) float: Interval,
    pub(super) int: Interval,
    /// A `str` or `bytes` in a container: kept by Python, or copied.
    pub(super) text: Interval,
}

/// Conversions of values from Rust to Python.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outward {
    /// A list for itself, and a step with a value that needs no new object.
    pub(super) list: Line,
    /// A dict for itself, and an entry without its key and its value.
    pub(super) dict: Line,
    /// A tuple for itself.
    pub(super) tuple: Interval,
    /// A single float, whose object may be one that has just become free.
    pub(super) single_float: Interval,
    pub(super) float: Interval,
    /// One of those that Python keeps ready.
    pub(super) small_int: Interval,
    pub(super) int: Interval,
    /// A short `str` in a container.
    pub(super) short_text: Interval,
    /// A `str` by its characters.
    pub(super) text: Line,
    /// `bytes` by their number.
    pub(super) bytes: Line,
    /// An object of a class that is Python's.
    pub(super) instance: Interval,
}

/// Looking at values where they are.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Borrowed {
    /// A `str` by its characters, from where Python has it in UTF-8 or ASCII.
    pub(super) text: Line,
    /// The same where Python has to encode it first.
    pub(super) encoded: Line,
    /// `bytes` by their number.
    pub(super) bytes: Line,
    /// A `str` in a container.
    pub(super) element: Interval,
    /// An entry of a dict without its key and its value.
    pub(super) entry: Interval,
    /// An array by its numbers where they are copied; its base where they are not.
    pub(super) array: Line,
    /// An element of a list, replaced.
    pub(super) set: Line,
}

impl Parts {
    pub(super) fn of(table: &Table) -> Self {
        let call = table.call(Call::Empty);
        let line = |figure| Line::through(table.conversion(figure), call);
        let untouched = without(table.call(Call::Object), [call]);
        let inward = Inward::of(table, untouched);
        let fields = without(
            line(Conversion::InstancesIn).each,
            [line(Conversion::ObjectsIn).each],
        );
        Self {
            attribute: times(fields, 1.0 / 3.0),
            outward: Outward::of(table, untouched, &inward),
            borrowed: Borrowed::of(table, &inward),
            inward,
            untouched,
        }
    }
}

impl Inward {
    fn of(table: &Table, untouched: Interval) -> Self {
        let call = table.call(Call::Empty);
        let line = |figure| Line::through(table.conversion(figure), call);
        let floats = line(Conversion::FloatsIn);
        let (one, three) = (table.call(Call::Float), table.call(Call::ThreeFloats));
        let float = without(times(without(three, [one]), 0.5), [untouched]);
        let step = without(floats.each, [float]);
        let int = without(line(Conversion::IntsIn).each, [step]);
        let ints = line(Conversion::IntDictIn);
        let float_out = without(one, [call, untouched, float]);
        let text = without(line(Conversion::StringsIn).each, [step]);
        let copied = without(line(Conversion::StringsCopiedIn).each, [step]);
        Self {
            list: Line {
                base: floats.base,
                each: step,
            },
            dict: Line {
                base: ints.base,
                each: without(ints.each, [int, int]),
            },
            tuple: without(
                table.call(Call::TupleIn),
                [call, untouched, float, float, float, float_out],
            ),
            bool: without(table.call(Call::Bool), [call, untouched]),
            float,
            int,
            text: Interval {
                high: text.high.max(copied.expected),
                ..text
            },
        }
    }
}

impl Outward {
    fn of(table: &Table, untouched: Interval, inward: &Inward) -> Self {
        let call = table.call(Call::Empty);
        let line = |figure| Line::through(table.conversion(figure), call);
        let step = line(Conversion::BoolsOut).each;
        let element = |figure| without(line(figure).each, [step]);
        let (float, int) = (element(Conversion::FloatsOut), element(Conversion::IntsOut));
        let dict = line(Conversion::IntDictOut);
        let single = without(table.call(Call::Float), [call, untouched, inward.float]);
        let instance = [table.call(Call::NewObject), table.call(Call::CallbackFloat)];
        Self {
            list: Line {
                base: line(Conversion::FloatsOut).base,
                each: step,
            },
            dict: Line {
                base: dict.base,
                each: without(dict.each, [int, int]),
            },
            tuple: without(table.call(Call::TupleOut), [call, float, float, float]),
            single_float: Interval {
                high: single.high.max(float.high),
                ..single
            },
            float,
            small_int: element(Conversion::SmallIntsOut),
            int,
            short_text: element(Conversion::StringsOut),
            text: line(Conversion::TextOut),
            bytes: line(Conversion::BytesOut),
            instance: without(super::arithmetic::sum(instance), [call]),
        }
    }
}

impl Borrowed {
    fn of(table: &Table, inward: &Inward) -> Self {
        let call = table.call(Call::Empty);
        let line = |figure| Line::through(table.conversion(figure), call);
        let element = without(line(Conversion::StringsBorrowed).each, [inward.list.each]);
        Self {
            text: line(Conversion::TextBorrowed),
            encoded: line(Conversion::TextEncoded),
            bytes: line(Conversion::BytesBorrowed),
            element,
            entry: without(line(Conversion::DictBorrowed).each, [element, inward.int]),
            array: line(Conversion::BufferIn),
            set: line(Conversion::ItemsSet),
        }
    }
}
