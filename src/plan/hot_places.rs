//! At which places of the code the time of each function was that a rewrite can have.

use super::states::States;
use crate::analysis::{Credits, State};
use crate::profile::{FunctionId, InstructionId, Line, Profile};
use rustc_hash::FxHashMap;

/// A place in the code, as exactly as the samples tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct HotPlace {
    /// Whose code it is: the function itself, or what worked for it.
    pub(super) function: FunctionId,
    pub(super) instruction: Option<InstructionId>,
    pub(super) line: Option<Line>,
}

/// For each function that gets time the places where it was, and the weight of the samples there.
#[derive(Debug, Default)]
pub(super) struct HotPlaces(FxHashMap<FunctionId, Vec<(HotPlace, f64)>>);

impl HotPlaces {
    /// One pass over the samples. Native work is not moved; of what may be native, half counts, as in
    /// [`crate::analysis::Tally::movable`].
    pub(super) fn new(profile: &Profile, states: &States, credits: &Credits) -> Self {
        let mut weights: FxHashMap<(FunctionId, HotPlace), f64> = FxHashMap::default();
        for (sample, state) in profile.samples.iter().zip(&states.of_samples) {
            let part = match state {
                State::Interpreter => 1.0,
                State::Uncertain => 0.5,
                State::Native
                | State::Regex
                | State::System
                | State::Gc
                | State::Idle
                | State::WantsGil => continue,
            };
            let Some(stack) = sample.stack else { continue };
            let Some(payee) = credits.payees[stack.index()] else {
                continue;
            };
            let frame = profile.frame(profile.stack(stack).frame);
            let place = HotPlace {
                function: frame.function,
                instruction: sample.instruction,
                line: frame.line,
            };
            *weights.entry((payee, place)).or_default() += part * sample.weight.0 as f64;
        }
        let mut sorted: Vec<((FunctionId, HotPlace), f64)> = weights.into_iter().collect();
        sorted.sort_unstable_by_key(|(key, _)| *key);
        let mut places = Self::default();
        for ((payee, place), weight) in sorted {
            places.0.entry(payee).or_default().push((place, weight));
        }
        places
    }

    /// The places of a function, in order.
    pub(super) fn of(&self, function: FunctionId) -> &[(HotPlace, f64)] {
        self.0.get(&function).map_or(&[], Vec::as_slice)
    }
}
