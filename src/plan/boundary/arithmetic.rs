//! Sums and products of estimates whose errors go together: a machine that is slow is slow in everything.

use crate::plan::Interval;

/// Nothing, known exactly.
pub(super) const NOTHING: Interval = Interval {
    low: 0.0,
    expected: 0.0,
    high: 0.0,
};

/// Both together.
pub(super) fn sum(parts: impl IntoIterator<Item = Interval>) -> Interval {
    parts.into_iter().fold(NOTHING, |sum, part| Interval {
        low: sum.low + part.low,
        expected: sum.expected + part.expected,
        high: sum.high + part.high,
    })
}

/// What is left of the whole without the parts: never less than nothing, as noise might have it.
pub(super) fn without(whole: Interval, parts: impl IntoIterator<Item = Interval>) -> Interval {
    let parts = sum(parts);
    ordered([
        (whole.low - parts.low).max(0.0),
        (whole.expected - parts.expected).max(0.0),
        (whole.high - parts.high).max(0.0),
    ])
}

/// So many times the estimate.
pub(super) fn times(estimate: Interval, factor: f64) -> Interval {
    product(estimate, Interval::exactly(factor))
}

/// So many times the estimate, where the number is an estimate too. Neither is less than nothing.
pub(super) fn product(one: Interval, other: Interval) -> Interval {
    Interval {
        low: one.low * other.low,
        expected: one.expected * other.expected,
        high: one.high * other.high,
    }
}

/// From the cheapest to the dearest of these, each as likely; nothing for none.
pub(super) fn either(choices: &[Interval]) -> Option<Interval> {
    let first = *choices.first()?;
    let count = choices.len() as f64;
    Some(Interval {
        low: choices.iter().fold(first.low, |low, it| low.min(it.low)),
        expected: choices.iter().map(|it| it.expected).sum::<f64>() / count,
        high: choices
            .iter()
            .fold(first.high, |high, it| high.max(it.high)),
    })
}

/// The least, the middle and the greatest of three.
pub(super) fn ordered(mut three: [f64; 3]) -> Interval {
    three.sort_by(f64::total_cmp);
    let [low, expected, high] = three;
    Interval {
        low,
        expected,
        high,
    }
}
