//! What a move gains and takes.

use super::order::STOP;
use super::{FunctionName, Gain, Interval, PerCall};

/// What a candidate gains beside those before it, and what that takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Prospect {
    /// What it gains.
    pub gain: Gain,
    /// How many times as fast the program gets when it and those before it have moved.
    pub so_far: Interval,
    /// Days of a developer.
    pub effort: Interval,
    /// What a call of it takes today, and how often it is called.
    pub per_call: PerCall,
    /// What crossing the boundary costs each of its calls, in nanoseconds.
    pub crossing: Interval,
    /// What it takes today to give a value, if it is a generator, and how many it gives.
    pub per_value: Option<PerCall>,
    /// What crossing the boundary costs each of those, in nanoseconds.
    pub value_crossing: Interval,
    /// The functions that it calls and that stay Python.
    pub callbacks: Vec<FunctionName>,
    /// What was weighed against it, and lost.
    pub alternatives: Vec<Alternative>,
}

/// What was weighed against a unit, and lost.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// The function through which it would be entered.
    pub function: FunctionName,
    /// How many times as fast the program would get.
    pub speedup: Interval,
    /// Why it lost.
    pub why: String,
}

impl Prospect {
    /// Whether it saves enough of the time; those that do come first.
    pub fn is_worthwhile(&self) -> bool {
        self.gain.saved.expected >= STOP
    }
}

#[cfg(test)]
impl Prospect {
    /// A move that halves the time of the program.
    pub(crate) fn example() -> Self {
        let figures = |low, expected, high| Interval {
            low,
            expected,
            high,
        };
        Self {
            gain: Gain {
                migratable: figures(0.55, 0.6, 0.65),
                function: figures(3.0, 6.0, 9.0),
                program: figures(1.7, 2.0, 2.4),
                saved: figures(0.42, 0.5, 0.58),
                boundary: figures(0.001, 0.01, 0.05),
            },
            so_far: figures(1.7, 2.0, 2.4),
            effort: figures(0.6, 1.2, 2.4),
            per_call: PerCall {
                nanoseconds: figures(1_000.0, 3_000.0, 90_000.0),
                count: Some(figures(1e4, 3e5, 9e5)),
                source: super::CallSource::Estimated,
            },
            crossing: figures(20.0, 31.0, 90.0),
            per_value: None,
            value_crossing: figures(15.0, 40.0, 300.0),
            callbacks: Vec::new(),
            alternatives: Vec::new(),
        }
    }
}
