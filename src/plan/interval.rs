//! An estimate and how far it can be trusted.

/// An estimate: `low <= expected <= high`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end of the 95 % interval.
    pub low: f64,
    /// The best single figure.
    pub expected: f64,
    /// The upper end of the 95 % interval.
    pub high: f64,
}

impl Interval {
    /// A figure that is known exactly.
    pub fn exactly(value: f64) -> Self {
        Self {
            low: value,
            expected: value,
            high: value,
        }
    }

    /// Each of the three, by a function that never falls.
    #[must_use]
    pub fn map(self, rising: impl Fn(f64) -> f64) -> Self {
        Self {
            low: rising(self.low),
            expected: rising(self.expected),
            high: rising(self.high),
        }
    }
}
