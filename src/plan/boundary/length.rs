//! How long what crosses is: the mean of what was seen, since conversions take as much longer as there is more of it.

use crate::observation::{Bucket, Lengths, Size, Type};
use crate::plan::Interval;

/// From so many calls on, their lengths tell the mean better than those of samples: one call in ten is among them in all
/// but one of twenty cases.
const ENOUGH: u64 = 28;
/// Standard errors on either side of a mean that hold it in 95 %.
const Z: f64 = 1.96;
/// What is not among so many calls is no more than this many of them, in all but one of twenty cases: the rule of three.
const NONE_SEEN: f64 = 3.0;

impl Interval {
    /// The mean size of one call's value.
    ///
    /// Of calls that were looked at it is their mean, to a factor of two in each bucket and with the error of so many
    /// calls. Samples are as many times likelier to fall on a call as it takes longer: the mean is theirs if the time
    /// does not depend on the length, and their harmonic mean if it grows with it. Where neither is known it lies between
    /// the smallest and the largest.
    pub fn mean_size(size: &Size) -> Self {
        let (smallest, largest) = (size.smallest as f64, size.largest as f64);
        let mean = if size.calls.times() >= ENOUGH || size.samples.is_empty() {
            of_calls(size)
        } else {
            of_samples(size)
        };
        mean.unwrap_or_else(|| by_factor(smallest, largest))
            .map(|it| it.clamp(smallest, largest))
            .in_order()
    }
}

/// The sizes that values of a type have, each with its share of them. All but an int cost as much more as they are longer,
/// on average what the average size costs; an int is cheap up to some bits and dear beyond.
pub(in crate::plan) fn sizes(of_type: &Type, size: Option<&Size>) -> Vec<(f64, Interval)> {
    let Some(size) = size else {
        return vec![(1.0, Interval::exactly(1.0))];
    };
    let lengths = if size.calls.is_empty() {
        &size.samples
    } else {
        &size.calls
    };
    if *of_type != Type::Int || lengths.is_empty() {
        return vec![(1.0, Interval::mean_size(size))];
    }
    let all: f64 = lengths.buckets().map(|bucket| bucket.times as f64).sum();
    let shares = lengths.buckets().map(|bucket| {
        let bucket = size.clip(bucket);
        let sizes = Interval {
            low: bucket.from as f64,
            expected: middle(&bucket),
            high: bucket.to as f64,
        };
        (bucket.times as f64 / all, sizes)
    });
    shares.collect()
}

/// None for no calls.
fn of_calls(size: &Size) -> Option<Interval> {
    let calls = size.calls.times() as f64;
    let average = |of: &dyn Fn(&Bucket) -> f64| average(size, &size.calls, |bucket| of(bucket));
    let mean = average(&middle)?;
    let spread = average(&|bucket| (middle(bucket) - mean).powi(2))?;
    // Of one call nothing is known of how much they differ, but by the range.
    let error = (spread / (calls - 1.0).max(1.0)).sqrt();
    let factor = if mean > 0.0 {
        (Z * error / mean).exp()
    } else {
        1.0
    };
    let longest = size.calls.buckets().next_back()?.to;
    let unseen = if size.largest > longest {
        NONE_SEEN / calls * size.largest as f64
    } else {
        0.0
    };
    Some(Interval {
        low: average(&|bucket| bucket.from as f64)? / factor,
        expected: mean,
        high: average(&|bucket| bucket.to as f64)? * factor + unseen,
    })
}

/// None for no samples. Lengths are counted from one, so that an empty one among many long ones does not make all empty.
fn of_samples(size: &Size) -> Option<Interval> {
    let average = |of: &dyn Fn(&Bucket) -> f64| average(size, &size.samples, |bucket| of(bucket));
    let harmonic = |of: fn(&Bucket) -> f64| Some(1.0 / average(&|it| 1.0 / (of(it) + 1.0))? - 1.0);
    let between = by_factor(harmonic(middle)?, average(&middle)?);
    Some(Interval {
        low: harmonic(|bucket| bucket.from as f64)?,
        expected: between.expected,
        high: average(&|bucket| bucket.to as f64)?,
    })
}

fn average(size: &Size, lengths: &Lengths, of: impl Fn(&Bucket) -> f64) -> Option<f64> {
    let (mut all, mut sum) = (0.0, 0.0);
    for bucket in lengths.buckets() {
        all += bucket.times as f64;
        sum += bucket.times as f64 * of(&size.clip(bucket));
    }
    (all > 0.0).then(|| sum / all)
}

fn middle(bucket: &Bucket) -> f64 {
    f64::midpoint(bucket.from as f64, bucket.to as f64)
}

/// As expected what lies between by factor, since lengths spread that way; counted from one.
fn by_factor(low: f64, high: f64) -> Interval {
    Interval {
        low,
        expected: ((low + 1.0) * (high + 1.0)).sqrt() - 1.0,
        high,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lengths(buckets: &[(u64, u64)]) -> Lengths {
        Lengths::of(buckets.iter().copied()).expect("they are buckets")
    }

    fn calls(smallest: u64, largest: u64, buckets: &[(u64, u64)]) -> Size {
        Size {
            calls: lengths(buckets),
            ..Size::range(smallest, largest)
        }
    }

    fn samples(smallest: u64, largest: u64, buckets: &[(u64, u64)]) -> Size {
        Size {
            samples: lengths(buckets),
            ..Size::range(smallest, largest)
        }
    }

    #[track_caller]
    fn check(size: &Size, low: f64, expected: f64, high: f64) {
        let mean = Interval::mean_size(size);
        let close = |one: f64, other: f64| (one - other).abs() <= 0.01 * other;
        assert!(
            close(mean.low, low) && close(mean.expected, expected) && close(mean.high, high),
            "{mean:?}"
        );
    }

    #[test]
    fn one_length_is_the_mean_however_often_it_was_seen() {
        check(&calls(10, 10, &[(8, 1)]), 10.0, 10.0, 10.0);
        check(&calls(10, 10, &[(8, 900)]), 10.0, 10.0, 10.0);
        check(&samples(10, 10, &[(8, 1)]), 10.0, 10.0, 10.0);
        check(&Size::range(10, 10), 10.0, 10.0, 10.0);
        check(&calls(0, 0, &[(0, 3)]), 0.0, 0.0, 0.0);
    }

    #[test]
    fn the_mean_of_calls_is_neither_their_middle_nor_their_longest() {
        // 10 nine times in ten, 10000 once: 1009.
        let many = Interval::mean_size(&calls(10, 10_000, &[(8, 9_000), (8_192, 1_000)]));
        assert!((900.0..1_100.0).contains(&many.expected), "{many:?}");
        assert!(many.low < 1_009.0 && 1_009.0 < many.high && many.high < 1_200.0);
        let few = Interval::mean_size(&calls(10, 10_000, &[(8, 36), (8_192, 4)]));
        assert!((few.expected - many.expected).abs() < 1.0);
        assert!(few.low < many.low / 2.0 && many.high * 2.0 < few.high);
    }

    #[test]
    fn what_samples_saw_and_no_call_did_may_be_as_rare_as_it_can() {
        let mut size = calls(10, 10, &[(8, 100)]);
        size.merge(&Size::sampled(10_000));
        let mean = Interval::mean_size(&size);
        assert!(mean.expected < 16.0, "{mean:?}");
        assert!(mean.high > 300.0 && mean.high < 320.0, "{mean:?}");
    }

    #[test]
    fn samples_tell_the_mean_between_the_harmonic_and_their_own() {
        // The long ones take all of the time: a thousand calls of 10 stand behind each that was seen.
        let size = samples(10, 10_000, &[(8, 1), (8_192, 99)]);
        let mean = Interval::mean_size(&size);
        assert!(
            (850.0..1_400.0).contains(&mean.low) && mean.high > 9_000.0,
            "{mean:?}"
        );
        assert!(mean.low < mean.expected && mean.expected < mean.high);
    }

    #[test]
    fn few_calls_give_way_to_samples_and_many_do_not() {
        let with = |times| {
            let mut size = calls(10, 10, &[(8, times)]);
            size.merge(&Size::sampled(10_000));
            Interval::mean_size(&size).expected
        };
        assert!(with(27) > 1_000.0);
        assert!(with(28) < 16.0);
    }

    #[test]
    fn a_range_alone_is_taken_by_factor() {
        check(&Size::range(3, 9_999), 3.0, 199.0, 9_999.0);
        check(&Size::range(0, 9_999), 0.0, 99.0, 9_999.0);
    }

    proptest! {
        #[test]
        fn the_mean_is_in_order_and_within_what_was_seen(seen in proptest::collection::vec((any::<bool>(), any::<u64>()), 1..40)) {
            let of = |&(is_call, length): &(bool, u64)| if is_call {
                Size { calls: Lengths::one(length), ..Size::range(length, length) }
            } else {
                Size::sampled(length)
            };
            let mut size = of(&seen[0]);
            for one in &seen[1..] {
                size.merge(&of(one));
            }
            let mean = Interval::mean_size(&size);
            prop_assert!(size.smallest as f64 <= mean.low && mean.low <= mean.expected, "{mean:?}");
            prop_assert!(mean.expected <= mean.high && mean.high <= size.largest as f64, "{mean:?}");
        }
    }
}
