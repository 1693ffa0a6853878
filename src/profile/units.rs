//! Units of what was sampled: a bare number never says what it counts.

use std::fmt;
use std::num::NonZeroU32;

/// A time span in nanoseconds of wall time, or a point in it, counted from the start of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nanoseconds(pub u64);

impl Nanoseconds {
    /// The span in seconds.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

impl From<std::time::Duration> for Nanoseconds {
    /// Saturates at 584 years.
    fn from(duration: std::time::Duration) -> Self {
        Self(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX))
    }
}

/// CPU time (user and system, all threads) in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct CpuSeconds(pub f64);

/// Samples per second.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Hertz(pub f64);

/// A fraction of a whole, 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Share(f64);

impl Share {
    /// All of it.
    pub const ALL: Self = Self(1.0);
    /// None of it.
    pub const NONE: Self = Self(0.0);

    /// A share from a number, held within 0 to 1; not-a-number counts as nothing.
    pub fn new(fraction: f64) -> Self {
        if fraction.is_nan() {
            Self::NONE
        } else {
            Self(fraction.clamp(0.0, 1.0))
        }
    }

    /// `part` of `whole`; nothing of nothing is nothing.
    pub fn of(part: Weight, whole: Weight) -> Self {
        if whole.0 == 0 {
            Self::NONE
        } else {
            Self::new(part.0 as f64 / whole.0 as f64)
        }
    }

    /// The fraction, 0 to 1.
    pub fn fraction(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Share {
    /// In percent with one decimal: `12.5 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} %", self.0 * 100.0)
    }
}

/// How much a sample counts, in the profile's [`WeightUnit`](super::WeightUnit).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Weight(pub u64);

impl std::ops::Add for Weight {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::ops::AddAssign for Weight {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::iter::Sum for Weight {
    fn sum<I: Iterator<Item = Self>>(weights: I) -> Self {
        weights.fold(Self::default(), |sum, weight| sum + weight)
    }
}

/// A line of a source file, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(NonZeroU32);

impl Line {
    /// A line number; 0, which samplers write for "unknown", is none.
    pub fn new(number: u32) -> Option<Self> {
        NonZeroU32::new(number).map(Self)
    }

    /// The number, from 1.
    pub fn number(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn shares_stay_within_nothing_and_all() {
        let check = |fraction: f64, expected: &str| {
            assert_eq!(Share::new(fraction).to_string(), expected);
        };
        check(0.125, "12.5 %");
        check(-1.0, "0.0 %");
        check(7.0, "100.0 %");
        check(f64::NAN, "0.0 %");
        check(f64::INFINITY, "100.0 %");
    }

    #[test]
    fn nothing_of_nothing_is_nothing() {
        assert_eq!(Share::of(Weight(0), Weight(0)), Share::NONE);
        assert_eq!(Share::of(Weight(5), Weight(5)), Share::ALL);
    }

    #[test]
    fn sums_of_weights_stop_at_the_largest() {
        let weights = [Weight(u64::MAX), Weight(1)];
        assert_eq!(weights.into_iter().sum::<Weight>(), Weight(u64::MAX));
    }

    #[test]
    fn spans_too_long_for_nanoseconds_stop_at_the_longest() {
        assert_eq!(Nanoseconds::from(Duration::MAX), Nanoseconds(u64::MAX));
        assert_eq!(
            Nanoseconds::from(Duration::from_millis(5)),
            Nanoseconds(5_000_000)
        );
    }

    #[test]
    fn line_0_is_no_line() {
        assert_eq!(Line::new(0), None);
        assert_eq!(Line::new(3).map(Line::number), Some(3));
    }
}
