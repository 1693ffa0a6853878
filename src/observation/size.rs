//! How large the values of one type were.

use super::lengths::{Bucket, Lengths};

/// From the smallest to the largest that was seen, in the unit of [`super::Value::size`], and how often which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// The smallest.
    pub smallest: u64,
    /// The largest.
    pub largest: u64,
    /// Those of calls that were looked at, each call as likely as any other. Empty where nobody looked from inside.
    pub calls: Lengths,
    /// Those that were there when samples were taken: a call that takes longer is as many times likelier to be seen.
    /// Empty in profiles of earlier versions.
    pub samples: Lengths,
}

impl Size {
    /// From the smallest to the largest, of which nothing more is known.
    pub fn range(smallest: u64, largest: u64) -> Self {
        Self {
            smallest,
            largest,
            calls: Lengths::default(),
            samples: Lengths::default(),
        }
    }

    /// What was there once when a sample was taken.
    pub fn sampled(size: u64) -> Self {
        Self {
            samples: Lengths::one(size),
            ..Self::range(size, size)
        }
    }

    /// Adds what was seen elsewhere.
    pub fn merge(&mut self, other: &Self) {
        self.smallest = self.smallest.min(other.smallest);
        self.largest = self.largest.max(other.largest);
        self.calls.merge(&other.calls);
        self.samples.merge(&other.samples);
    }

    /// Whether so many values can have been of this size: none of them is counted twice, and each is within the range.
    pub fn is_possible(&self, times: u64) -> bool {
        let counted = (self.calls.times()).saturating_add(self.samples.times());
        let mut buckets = self.calls.buckets().chain(self.samples.buckets());
        self.smallest <= self.largest
            && counted <= times
            && buckets.all(|it| it.from <= self.largest && self.smallest <= it.to)
    }

    /// A bucket as far as it is within the range.
    pub fn clip(&self, bucket: Bucket) -> Bucket {
        Bucket {
            from: bucket.from.max(self.smallest),
            to: bucket.to.min(self.largest),
            ..bucket
        }
    }

    /// What so many of a hundred calls don't exceed, to a factor of two; none where calls were not looked at.
    pub fn quantile(&self, percent: u8) -> Option<u64> {
        let bucket = self.calls.quantile(percent)?;
        Some(self.clip(bucket).to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(smallest: u64, largest: u64, buckets: &[(u64, u64)]) -> Size {
        Size {
            calls: Lengths::of(buckets.iter().copied()).expect("they are buckets"),
            ..Size::range(smallest, largest)
        }
    }

    #[test]
    fn a_quantile_is_no_longer_than_what_was_seen() {
        let size = calls(10, 10_000, &[(8, 9), (8_192, 1)]);
        assert_eq!(
            [50, 90, 99].map(|it| size.quantile(it)),
            [Some(15), Some(15), Some(10_000)]
        );
        assert_eq!(calls(10, 10, &[(8, 3)]).quantile(50), Some(10));
        assert_eq!(Size::sampled(10).quantile(50), None);
    }

    #[test]
    fn those_of_calls_and_of_samples_stay_apart_when_they_are_added() {
        let mut size = calls(10, 12, &[(8, 2)]);
        size.merge(&Size::sampled(100));
        size.merge(&Size::sampled(9));
        assert_eq!((size.smallest, size.largest), (9, 100));
        assert_eq!((size.calls.times(), size.samples.times()), (2, 2));
        assert!(size.is_possible(4) && !size.is_possible(3));
    }

    #[test]
    fn what_is_beyond_the_range_is_not_possible() {
        assert!(calls(10, 12, &[(8, 2)]).is_possible(2));
        assert!(!calls(10, 12, &[(16, 2)]).is_possible(2));
        assert!(!calls(10, 12, &[(4, 2)]).is_possible(2));
        assert!(!Size::range(3, 2).is_possible(2));
    }
}
