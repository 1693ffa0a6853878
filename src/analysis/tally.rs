//! Samples added up.

use super::State;
use crate::profile::{Activity, Sample, Weight, WeightUnit};

/// A sum of samples, kept apart by where the threads were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Weight of the samples that worked: all but the idle ones.
    pub working: Weight,
    /// Weight of those among them that held the interpreter lock, or may have: where the profile
    /// does not tell, all count.
    pub holding: Weight,
    /// Of the working weight, that of each state but idle; together they are all of it.
    pub interpreter: Weight,
    /// See [`State::Uncertain`].
    pub uncertain: Weight,
    /// See [`State::Native`].
    pub native: Weight,
    /// See [`State::Regex`].
    pub regex: Weight,
    /// See [`State::System`].
    pub system: Weight,
    /// See [`State::Gc`].
    pub gc: Weight,
    /// Weight of the samples that waited.
    pub idle: Weight,
    /// How many samples worked.
    pub samples: u64,
}

impl Tally {
    /// One sample.
    pub fn of(sample: &Sample, unit: WeightUnit, state: State) -> Self {
        let mut tally = Self::default();
        *tally.part(state) = sample.weight;
        if state == State::Idle {
            return tally;
        }
        tally.working = sample.weight;
        if matches!(sample.activity, Activity::HoldingGil | Activity::Unknown) {
            tally.holding = sample.weight;
        }
        tally.samples = match unit {
            WeightUnit::Samples => sample.weight.0,
            WeightUnit::Nanoseconds => 1,
        };
        tally
    }

    fn part(&mut self, state: State) -> &mut Weight {
        match state {
            State::Interpreter => &mut self.interpreter,
            State::Uncertain => &mut self.uncertain,
            State::Native => &mut self.native,
            State::Regex => &mut self.regex,
            State::System => &mut self.system,
            State::Gc => &mut self.gc,
            State::Idle => &mut self.idle,
        }
    }

    /// What a rewrite can have, as far as is known: the interpreter's time, and half of what may be.
    pub fn movable(&self) -> Weight {
        Weight(self.interpreter.0.saturating_add(self.uncertain.0 / 2))
    }

    /// The most that a rewrite can have.
    pub fn movable_at_most(&self) -> Weight {
        Weight(self.interpreter.0.saturating_add(self.uncertain.0))
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.working += other.working;
        self.holding += other.holding;
        self.interpreter += other.interpreter;
        self.uncertain += other.uncertain;
        self.native += other.native;
        self.regex += other.regex;
        self.system += other.system;
        self.gc += other.gc;
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
