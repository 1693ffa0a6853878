//! How often which lengths were seen, on a scale of powers of two.

use std::collections::BTreeMap;

/// Lengths by their number of binary digits, and how often each was seen: 0, 1, 2 to 3, 4 to 7 and so on.
///
/// Lengths of what programs pass spread over orders of magnitude: few numbers tell them, and what they tell is right to
/// a factor of two.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lengths(BTreeMap<u32, u64>);

/// Lengths that are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// The least of them.
    pub from: u64,
    /// The greatest.
    pub to: u64,
    /// How often one of them was seen; never 0.
    pub times: u64,
}

impl Lengths {
    /// A length that was seen once.
    pub fn one(length: u64) -> Self {
        Self(BTreeMap::from([(digits(length), 1)]))
    }

    /// From the least length of each bucket and how often it was seen. None where no bucket begins there, one is told
    /// twice or out of order, or was never seen.
    pub fn of(buckets: impl IntoIterator<Item = (u64, u64)>) -> Option<Self> {
        let mut lengths = BTreeMap::new();
        for (from, times) in buckets {
            let digits = digits(from);
            let is_next = lengths.last_key_value().is_none_or(|(&it, _)| it < digits);
            if bounds(digits).0 != from || !is_next || times == 0 {
                return None;
            }
            lengths.insert(digits, times);
        }
        Some(Self(lengths))
    }

    /// Adds what was seen elsewhere.
    pub fn merge(&mut self, other: &Self) {
        for (&digits, &more) in &other.0 {
            let times = self.0.entry(digits).or_default();
            *times = times.saturating_add(more);
        }
    }

    /// How many were seen.
    pub fn times(&self) -> u64 {
        let times = self.0.values();
        times.fold(0, |sum, &times| sum.saturating_add(times))
    }

    /// Whether none was seen.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// From the shortest to the longest.
    pub fn buckets(&self) -> impl DoubleEndedIterator<Item = Bucket> {
        self.0.iter().map(|(&digits, &times)| {
            let (from, to) = bounds(digits);
            Bucket { from, to, times }
        })
    }

    /// The bucket of the length that so many of a hundred don't exceed; none where nothing was seen.
    pub fn quantile(&self, percent: u8) -> Option<Bucket> {
        let all: u128 = self.0.values().map(|&times| u128::from(times)).sum();
        let mut below = 0;
        let mut buckets = self.buckets();
        buckets.find(|bucket| {
            below += u128::from(bucket.times);
            below * 100 >= all * u128::from(percent)
        })
    }
}

fn digits(length: u64) -> u32 {
    u64::BITS - length.leading_zeros()
}

/// The least and the greatest number of so many digits.
fn bounds(digits: u32) -> (u64, u64) {
    match digits.checked_sub(1) {
        None => (0, 0),
        Some(below) => (1 << below, u64::MAX >> (u64::BITS - digits)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(lengths: &[u64]) -> Lengths {
        let mut all = Lengths::default();
        for &length in lengths {
            all.merge(&Lengths::one(length));
        }
        all
    }

    fn told(lengths: &Lengths) -> Vec<(u64, u64, u64)> {
        let buckets = lengths.buckets();
        buckets.map(|it| (it.from, it.to, it.times)).collect()
    }

    #[test]
    fn lengths_of_as_many_digits_are_counted_together() {
        let lengths = of(&[0, 1, 2, 3, 4, 7, 8, 10_000, u64::MAX]);
        assert_eq!(
            told(&lengths),
            [
                (0, 0, 1),
                (1, 1, 1),
                (2, 3, 2),
                (4, 7, 2),
                (8, 15, 1),
                (8_192, 16_383, 1),
                (1 << 63, u64::MAX, 1),
            ]
        );
        assert_eq!(lengths.times(), 9);
    }

    #[test]
    fn a_quantile_is_the_bucket_that_holds_it() {
        let mut lengths = of(&[10; 9]);
        lengths.merge(&of(&[10_000]));
        let from = |percent| lengths.quantile(percent).map(|it| it.from);
        assert_eq!(
            [0, 50, 90, 91, 100].map(from),
            [8, 8, 8, 8_192, 8_192].map(Some)
        );
        assert_eq!(Lengths::default().quantile(50), None);
    }

    #[test]
    fn what_no_bucket_is_makes_no_lengths() {
        let check = |buckets: &[(u64, u64)]| {
            let lengths = Lengths::of(buckets.iter().copied());
            assert_eq!(lengths, None, "{buckets:?}");
        };
        check(&[(3, 1)]);
        check(&[(4, 0)]);
        check(&[(4, 1), (4, 1)]);
        check(&[(8, 1), (4, 1)]);
    }

    #[test]
    fn more_than_can_be_counted_is_the_most_that_can() {
        let mut lengths = Lengths::of([(0, u64::MAX), (1, 1)]).expect("they are buckets");
        lengths.merge(&lengths.clone());
        assert_eq!(lengths.times(), u64::MAX);
        assert_eq!(lengths.quantile(100).map(|it| it.from), Some(1));
    }

    proptest! {
        #[test]
        fn each_length_is_within_its_bucket_and_told_buckets_are_the_same(all in proptest::collection::vec(any::<u64>(), 0..20)) {
            let lengths = of(&all);
            for length in &all {
                prop_assert!(lengths.buckets().any(|it| it.from <= *length && *length <= it.to));
            }
            prop_assert_eq!(lengths.times(), all.len() as u64);
            let again = Lengths::of(lengths.buckets().map(|it| (it.from, it.times)));
            prop_assert_eq!(again, Some(lengths));
        }
    }
}
