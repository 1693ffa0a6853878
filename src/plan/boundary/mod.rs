//! What it costs to cross between Python and Rust: calls, and the conversion of what is passed and given back.
//!
//! Everything is worked out from one [`Table`] of figures: the shipped one, or one that was measured on the reader's
//! machine. Costs are nanoseconds and have three figures, since the machine, its load, the values and the way a person
//! writes the Rust all change them.

mod arithmetic;
mod figure;
mod in_place;
mod inward;
mod length;
mod line;
mod outward;
mod parts;
mod table;

pub use figure::{Call, Conversion, LENGTHS};
pub(super) use length::sizes;
pub use table::{CostsError, Measurement, Table};

use super::Interval;
use crate::observation::{Seen, Type};
use arithmetic::{product, sum, times};
use parts::Parts;

/// The shipped table: measured once, with what is said in it.
const SHIPPED: &str = include_str!("shipped.json");

/// What crossings and conversions cost, in nanoseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Costs {
    source: CostsSource,
    table: Table,
    parts: Parts,
}

/// Where the figures are from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CostsSource {
    /// The table inside of rustbound, measured on another machine.
    Shipped(Measurement),
    /// A table that `rustbound calibrate` measured.
    Measured(Measurement),
}

impl CostsSource {
    /// Where, when and with what the figures were measured.
    pub fn measurement(&self) -> &Measurement {
        match self {
            Self::Shipped(measurement) | Self::Measured(measurement) => measurement,
        }
    }
}

impl Default for Costs {
    /// The shipped ones.
    fn default() -> Self {
        Self::shipped()
    }
}

impl Costs {
    /// The costs of the shipped table.
    pub fn shipped() -> Self {
        let table = Table::read(SHIPPED).expect("the shipped table can be read");
        Self::new(CostsSource::Shipped(table.measured.clone()), table)
    }

    /// The costs of a table that was measured, from its file.
    pub fn read(text: &str) -> Result<Self, CostsError> {
        Table::read(text).map(Self::measured)
    }

    /// The costs of a table that was measured.
    pub fn measured(table: Table) -> Self {
        Self::new(CostsSource::Measured(table.measured.clone()), table)
    }

    fn new(source: CostsSource, table: Table) -> Self {
        Self {
            parts: Parts::of(&table),
            source,
            table,
        }
    }

    /// Where the figures are from.
    pub fn source(&self) -> &CostsSource {
        &self.source
    }

    /// The figures.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// One call from Python to Rust with so many arguments, which are not converted, and no result.
    pub fn call(&self, arguments: usize) -> Interval {
        let passing = times(self.parts.untouched, arguments as f64);
        sum([self.table.call(Call::Empty), passing])
    }

    /// One call from Python to a method of a class in Rust, without arguments: a frozen class is cheaper, since nobody
    /// has to count who borrows it.
    pub fn method_call(&self) -> Interval {
        Interval {
            low: self.table.call(Call::FrozenMethod).low,
            expected: self.table.call(Call::Method).expected,
            high: self.table.call(Call::Method).high,
        }
        .in_order()
    }

    /// One call from Rust to a Python function: without arguments at least, with one as expected.
    pub fn callback(&self) -> Interval {
        Interval {
            low: self.table.call(Call::Callback).low,
            expected: self.table.call(Call::CallbackFloat).expected,
            high: self.table.call(Call::CallbackFloat).high,
        }
        .in_order()
    }

    /// What converting the values costs that a parameter was seen to have, one call's: each type as often as it was
    /// seen, in the sizes that were seen. For no values, what an unknown object costs.
    pub fn seen(&self, values: &Seen) -> Interval {
        let all = values.times() as f64;
        if all == 0.0 {
            return self.unknown();
        }
        sum(values.types().flat_map(|(of_type, seen, size)| {
            let sizes = sizes(of_type, size).into_iter();
            sizes.map(move |(share, size)| {
                times(self.argument(of_type, size), share * seen as f64 / all)
            })
        }))
    }

    /// What an object of unknown type costs: from nothing, where it stays Python's, to reading it attribute by
    /// attribute. As expected what lies between by factor.
    fn unknown(&self) -> Interval {
        let (cheapest, dearest) = (self.parts.untouched, self.instance());
        Interval {
            low: cheapest.low,
            expected: (cheapest.expected * dearest.expected).sqrt(),
            high: dearest.high,
        }
        .in_order()
    }

    /// What reading an object costs, attribute by attribute; at least nothing, where it stays Python's.
    fn instance(&self) -> Interval {
        Interval {
            low: self.parts.untouched.low,
            ..product(self.parts.attribute, ATTRIBUTES)
        }
        .in_order()
    }
}

/// So many attributes of an object are read: three in the measured table, one to ten where nothing is known.
const ATTRIBUTES: Interval = Interval {
    low: 1.0,
    expected: 3.0,
    high: 10.0,
};

/// So many elements has a container inside of another, whose size was not seen. Ten were measured; a factor of ten
/// either way is as far as one can be off with most data.
const INNER: Interval = Interval {
    low: 1.0,
    expected: 10.0,
    high: 100.0,
};

impl Interval {
    /// The same where noise may have brought the figures out of order.
    fn in_order(self) -> Self {
        arithmetic::ordered([self.low, self.expected, self.high])
    }
}

/// What several types of elements cost together, by the cost of each: any of them may be there, as often as another.
fn mixed(types: &[Type], unknown: Interval, cost: impl Fn(&Type) -> Interval) -> Interval {
    let costs: Vec<Interval> = types.iter().map(cost).collect();
    arithmetic::either(&costs).unwrap_or(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::{Lengths, Size};
    use crate::plan::sample_types::types;
    use proptest::prelude::*;

    fn one(text: &str) -> Type {
        let mut types = types(text);
        assert_eq!(types.len(), 1, "{text}");
        types.remove(0)
    }

    fn exactly(length: f64) -> Interval {
        Interval::exactly(length)
    }

    /// Checks the expected cost against a figure that was measured, in nanoseconds, to a tenth of it.
    #[track_caller]
    fn check(cost: Interval, measured: f64) {
        let off = (cost.expected - measured).abs() / measured;
        assert!(off < 0.1, "{cost:?}, measured {measured}");
    }

    /// What a type costs for ten thousand elements, for each of them.
    fn each(cost: impl Fn(&Costs, &Type, Interval) -> Interval, of_type: &str) -> Interval {
        let all = cost(&Costs::shipped(), &one(of_type), exactly(10_000.0));
        times(all, 1e-4)
    }

    #[test]
    fn calls_cost_what_was_measured() {
        let costs = Costs::shipped();
        check(costs.call(0), 12.5);
        check(costs.method_call(), 15.4);
        check(costs.callback(), 22.7);
        let floats = (0..3).map(|_| costs.argument(&Type::Float, exactly(1.0)));
        let result = costs.result(&Type::Float, exactly(1.0));
        check(sum([costs.call(3), sum(floats), result]), 19.3);
    }

    #[test]
    fn elements_cost_what_was_measured() {
        check(each(Costs::argument, "list[float]"), 1.14);
        check(each(Costs::argument, "list[int]"), 2.94);
        check(each(Costs::argument, "list[str]"), 11.1);
        check(each(Costs::argument, "dict[int, int]"), 17.2);
        check(each(Costs::result, "list[float]"), 7.6);
        check(each(Costs::result, "list[int]"), 7.4);
        check(each(Costs::result, "list[str]"), 11.2);
        check(each(Costs::in_place, "list[str]"), 2.1);
        check(each(Costs::in_place, "dict[str, int]"), 7.0);
        let costs = Costs::shipped();
        check(times(costs.write_back(exactly(10_000.0)), 1e-4), 5.5);
        check(costs.result(&Type::Str, exactly(10_000.0)), 585.0 - 12.5);
    }

    #[test]
    fn what_was_measured_for_what_is_put_together_lies_within_the_range() {
        let within = |cost: Interval, measured: f64| {
            assert!(
                cost.low <= measured && measured <= cost.high,
                "{cost:?}, measured {measured}"
            );
        };
        within(
            each(Costs::argument, "list[tuple[float, float, float]]"),
            9.2,
        );
        within(each(Costs::argument, "dict[str, int]"), 22.7);
        within(each(Costs::argument, "list[list[float]]"), 116.7);
        within(each(Costs::argument, "list[Point]"), 34.0);
        within(each(Costs::argument, "list[str]"), 33.3);
        let costs = Costs::shipped();
        let dict = costs.result(&one("dict[str, int]"), exactly(100.0));
        within(times(dict, 0.01), 59.0);
        let text = costs.argument(&Type::Str, exactly(10_000.0));
        within(text, 6342.0 - 12.5);
    }

    const TYPES: [&str; 18] = [
        "None",
        "bool",
        "int",
        "float",
        "str",
        "bytes",
        "Point",
        "list",
        "list[float]",
        "list[int | str]",
        "list[list[int]]",
        "tuple[int, str]",
        "tuple[int, ...]",
        "set[str]",
        "frozenset[int]",
        "dict[str, list[int]]",
        "dict[int, tuple[float, float]]",
        "float64[:, :]",
    ];

    #[test]
    fn costs_are_in_order_and_grow_with_the_length() {
        let costs = Costs::shipped();
        for text in TYPES {
            let of_type = one(text);
            for cost in [Costs::argument, Costs::result, Costs::in_place] {
                let mut before = Interval::exactly(0.0);
                for length in [0.0, 1.0, 7.0, 9.0, 63.0, 64.0, 1e3, 1e6] {
                    let it = cost(&costs, &of_type, exactly(length));
                    assert!(
                        it.low <= it.expected && it.expected <= it.high,
                        "{text} {it:?}"
                    );
                    assert!(
                        before.low <= it.low && before.high <= it.high,
                        "{text} {length}"
                    );
                    assert!(before.expected <= it.expected, "{text} {length}");
                    assert!(it.high.is_finite(), "{text} {length}");
                    before = it;
                }
            }
        }
    }

    /// A table of any figures that a busy machine may bring about.
    fn any_table() -> impl Strategy<Value = Table> {
        let count = Call::ALL.len() + LENGTHS.len() * Conversion::ALL.len();
        let figure = prop::array::uniform3(0.1..1e6_f64).prop_map(arithmetic::ordered);
        prop::collection::vec(figure, count).prop_map(|figures| {
            let measured = Costs::shipped().table().measured.clone();
            let (calls, conversions) = figures.split_at(Call::ALL.len());
            let conversion = |figure: Conversion| {
                let place = LENGTHS.len() * figure as usize;
                [conversions[place], conversions[place + 1]]
            };
            let table = Table::new(
                measured,
                |figure| Some(calls[figure as usize]),
                |figure| Some(conversion(figure)),
            );
            table.expect("the figures are possible")
        })
    }

    proptest! {
        #[test]
        fn costs_are_in_order_whatever_was_measured(table in any_table()) {
            let costs = Costs::measured(table);
            let mut all = vec![costs.call(0), costs.call(9), costs.method_call(), costs.callback()];
            for length in [0.0, 10.0, 64.0, 1e6].map(exactly) {
                all.push(costs.write_back(length));
                for of_type in TYPES.map(one) {
                    all.push(costs.argument(&of_type, length));
                    all.push(costs.result(&of_type, length));
                    all.push(costs.in_place(&of_type, length));
                }
            }
            for it in all {
                prop_assert!(0.0 <= it.low && it.low <= it.expected, "{it:?}");
                prop_assert!(it.expected <= it.high && it.high.is_finite(), "{it:?}");
            }
        }
    }

    #[test]
    fn a_container_costs_at_least_what_is_in_it() {
        let costs = Costs::shipped();
        let ten = exactly(10.0);
        for cost in [Costs::argument, Costs::result] {
            let rows = cost(&costs, &one("list[list[int]]"), ten);
            let row = times(cost(&costs, &one("list[int]"), ten), 10.0);
            assert!(rows.expected > row.expected, "{rows:?} {row:?}");
            let named = cost(&costs, &one("dict[str, list[int]]"), ten);
            assert!(named.expected > row.expected, "{named:?} {row:?}");
            let pair = cost(&costs, &one("tuple[Point, Point]"), ten);
            let point = cost(&costs, &one("Point"), ten);
            assert!(pair.expected > 2.0 * point.expected, "{pair:?} {point:?}");
        }
    }

    #[test]
    fn what_is_not_known_is_as_wide_as_what_it_may_be() {
        let costs = Costs::shipped();
        for cost in [Costs::argument, Costs::result, Costs::in_place] {
            let unknown = cost(&costs, &one("list"), exactly(100.0));
            for known in ["list[float]", "list[Point]"] {
                let known = cost(&costs, &one(known), exactly(100.0));
                assert!(unknown.high >= known.high, "{unknown:?} {known:?}");
            }
            let either = cost(&costs, &one("list[float | str]"), exactly(100.0));
            for known in ["list[float]", "list[str]"] {
                let known = cost(&costs, &one(known), exactly(100.0));
                assert!(either.low <= known.low && known.high <= either.high);
            }
        }
    }

    #[test]
    fn unknown_lengths_widen_the_range() {
        let costs = Costs::shipped();
        let length = Interval::mean_size(&Size::range(3, 9_999));
        let of_type = one("list[str]");
        let wide = costs.argument(&of_type, length);
        assert!(wide.low < costs.argument(&of_type, exactly(199.0)).low);
        assert!(wide.high > costs.argument(&of_type, exactly(199.0)).high);
    }

    #[test]
    fn an_int_is_dear_only_beyond_64_bits_and_cheap_where_python_has_it_ready() {
        let costs = Costs::shipped();
        let argument = |bits| costs.argument(&Type::Int, exactly(bits)).expected;
        let result = |bits| costs.result(&Type::Int, exactly(bits)).expected;
        assert!((argument(3.0) - argument(63.0)).abs() < 1e-9);
        assert!(argument(64.0) > 5.0 * argument(63.0));
        assert!(result(3.0) < result(40.0) && result(40.0) < result(100.0));
    }

    #[test]
    fn types_that_were_seen_count_as_often_as_they_were_seen() {
        let costs = Costs::shipped();
        let mut values = Seen::default();
        assert_eq!(costs.seen(&values), costs.unknown());
        let size = Size::range(100, 100);
        values.insert(one("list[float]"), 3, Some(size));
        let list = costs.argument(&one("list[float]"), exactly(100.0));
        assert_eq!(costs.seen(&values), list);
        values.insert(Type::None, 1, None);
        let both = costs.seen(&values).expected;
        assert!(
            both < list.expected && both > list.expected * 0.74,
            "{both}"
        );
    }

    #[test]
    fn values_cost_on_average_what_each_of_them_costs() {
        let costs = Costs::shipped();
        let seen = |of_type: &str, (smallest, largest), buckets: [(u64, u64); 2]| {
            let mut values = Seen::default();
            let size = Size {
                calls: Lengths::of(buckets).expect("they are buckets"),
                ..Size::range(smallest, largest)
            };
            values.insert(one(of_type), size.calls.times(), Some(size));
            values
        };
        let lists = seen("list[int]", (10, 10_000), [(8, 900), (8_192, 100)]);
        let list = |length| costs.argument(&one("list[int]"), exactly(length)).expected;
        let mean = 0.9 * list(10.0) + 0.1 * list(10_000.0);
        let cost = costs.seen(&lists);
        assert!((cost.expected / mean - 1.0).abs() < 0.15, "{cost:?} {mean}");
        assert!(cost.low < mean && mean < cost.high, "{cost:?} {mean}");
        let ints = costs.seen(&seen("int", (1, 200), [(1, 900), (128, 100)]));
        let int = |bits| costs.argument(&Type::Int, exactly(bits)).expected;
        let mean = 0.9 * int(1.0) + 0.1 * int(200.0);
        assert!((ints.expected / mean - 1.0).abs() < 1e-9, "{ints:?} {mean}");
    }

    #[test]
    fn a_measured_table_is_told_from_the_shipped_one() {
        let shipped = Costs::shipped();
        assert!(matches!(shipped.source(), CostsSource::Shipped(_)));
        let measured = Costs::read(&shipped.table().write()).expect("it is a table");
        assert!(matches!(measured.source(), CostsSource::Measured(_)));
        assert_eq!(measured.table(), shipped.table());
        assert_eq!(measured.source().measurement().pyo3, "0.30.1");
    }
}
