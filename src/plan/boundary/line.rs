//! What a conversion takes by the number of elements: something for itself, and something for each.

use super::arithmetic::{ordered, product, sum, without};
use super::figure::LENGTHS;
use crate::plan::Interval;

/// A straight line, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    /// For no elements.
    pub(super) base: Interval,
    /// For each element.
    pub(super) each: Interval,
}

impl Line {
    /// The line through what two calls took, with as many elements as [`LENGTHS`] says, without the call itself.
    pub(super) fn through([few, many]: [Interval; 2], call: Interval) -> Self {
        let ends = [without(few, [call]), without(many, [call])];
        let of = |end: fn(&Interval) -> f64| line(end(&ends[0]), end(&ends[1]));
        let (low, expected, high) = (of(|it| it.low), of(|it| it.expected), of(|it| it.high));
        Self {
            base: ordered([low.0, expected.0, high.0]),
            each: ordered([low.1, expected.1, high.1]),
        }
    }

    /// What so many elements take.
    pub(super) fn at(self, length: Interval) -> Interval {
        sum([self.base, product(self.each, length)])
    }
}

/// Base and slope. Where many elements take longer than the few promise, since they leave the processor's cache,
/// there is no base; where they take no longer at all, there is no slope.
fn line(few: f64, many: f64) -> (f64, f64) {
    let [short, long] = LENGTHS.map(|length| length as f64);
    let slope = ((many - few) / (long - short)).max(0.0);
    let base = few - slope * short;
    if base >= 0.0 {
        (base, slope)
    } else {
        (0.0, many / long)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(few: f64, many: f64, base: f64, each: f64) {
        let call = Interval::exactly(10.0);
        let line = Line::through([few, many].map(Interval::exactly), call);
        assert!((line.base.expected - base).abs() < 1e-9, "{line:?}");
        assert!((line.each.expected - each).abs() < 1e-9, "{line:?}");
    }

    #[test]
    fn a_line_goes_through_both_lengths_without_the_call() {
        check(10.0 + 50.0 + 300.0, 10.0 + 50.0 + 30_000.0, 50.0, 3.0);
    }

    #[test]
    fn what_takes_as_long_for_many_has_no_slope() {
        check(40.0, 40.0, 30.0, 0.0);
        check(40.0, 39.0, 30.0, 0.0);
    }

    #[test]
    fn many_that_take_longer_than_the_few_promise_have_no_base() {
        check(110.0, 40_010.0, 0.0, 4.0);
    }
}
