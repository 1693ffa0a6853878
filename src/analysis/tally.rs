//! Samples added up.

use super::{State, Waits};
use crate::profile::{Activity, Sample, Weight, WeightUnit};

/// A sum of samples, kept apart by where the threads were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Weight of the samples that worked: all but those that waited.
    pub working: Weight,
    /// Weight of those among them that held the interpreter lock, or may have: where the profile
    /// does not tell, all count.
    pub holding: Weight,
    /// Of the working weight, that of each state; together they are all of it.
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
    /// Weight of the samples that waited for the interpreter lock.
    pub gil_wait: Weight,
    /// Weight of the samples that waited for anything else.
    pub idle: Weight,
    /// Of that, what was waited for, as far as the profile tells.
    pub waits: Waits,
    /// How many samples worked.
    pub samples: u64,
}

impl Tally {
    /// One sample.
    pub fn of(sample: &Sample, unit: WeightUnit, state: State) -> Self {
        let mut tally = Self::default();
        *tally.part(state) = sample.weight;
        match (state, sample.activity) {
            (State::Idle, Activity::Waiting(wait)) => {
                tally.waits = Waits::of(wait, sample.weight);
                return tally;
            }
            (State::Idle | State::WantsGil, _) => return tally,
            _ => tally.working = sample.weight,
        }
        if sample.activity.may_hold_gil() {
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
            State::WantsGil => &mut self.gil_wait,
            State::Idle => &mut self.idle,
        }
    }

    /// All samples, those that waited too.
    pub fn everything(&self) -> Weight {
        [self.working, self.gil_wait, self.idle].into_iter().sum()
    }

    /// Weight of the samples that waited for something that the profile does not tell.
    pub fn untold_idle(&self) -> Weight {
        Weight(self.idle.0.saturating_sub(self.waits.all().0))
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
        self.gil_wait += other.gil_wait;
        self.idle += other.idle;
        self.waits += other.waits;
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
