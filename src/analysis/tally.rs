//! Samples added up.

use crate::profile::{Activity, Sample, Weight, WeightUnit};

/// A sum of samples, kept apart by what the threads were doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Weight of the samples that worked: all but the idle ones.
    pub working: Weight,
    /// Weight of those among them that held the interpreter lock, or may have: where the profile
    /// does not tell, all count.
    pub holding: Weight,
    /// Weight of the samples that waited.
    pub idle: Weight,
    /// How many samples worked.
    pub samples: u64,
}

impl Tally {
    /// One sample.
    pub fn of(sample: &Sample, unit: WeightUnit) -> Self {
        if sample.activity == Activity::Idle {
            return Self {
                idle: sample.weight,
                ..Self::default()
            };
        }
        let holds = matches!(sample.activity, Activity::HoldingGil | Activity::Unknown);
        Self {
            working: sample.weight,
            holding: if holds { sample.weight } else { Weight(0) },
            idle: Weight(0),
            samples: match unit {
                WeightUnit::Samples => sample.weight.0,
                WeightUnit::Nanoseconds => 1,
            },
        }
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.working += other.working;
        self.holding += other.holding;
        self.idle += other.idle;
        self.samples = self.samples.saturating_add(other.samples);
    }
}

impl std::iter::Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |mut sum, tally| {
            sum += tally;
            sum
        })
    }
}
