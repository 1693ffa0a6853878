//! The time of a frame, kept apart by where it was.

use crate::analysis::State;
use crate::profile::Weight;

/// Where time was, as a flame graph tells it: what can move to Rust first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Interpreter,
    Uncertain,
    Native,
    Regex,
    System,
    Gc,
    Import,
}

impl Place {
    pub(super) const ALL: [Self; 7] = [
        Self::Interpreter,
        Self::Uncertain,
        Self::Native,
        Self::Regex,
        Self::System,
        Self::Gc,
        Self::Import,
    ];

    /// The place of a sample; none for one that waited. Importing is import time whatever it does.
    pub(super) fn of(state: State, is_import: bool) -> Option<Self> {
        Some(match state {
            State::Idle | State::WantsGil => return None,
            _ if is_import => Self::Import,
            State::Interpreter => Self::Interpreter,
            State::Uncertain => Self::Uncertain,
            State::Native => Self::Native,
            State::Regex => Self::Regex,
            State::System => Self::System,
            State::Gc => Self::Gc,
        })
    }

    /// In words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Interpreter => "interpreter",
            Self::Uncertain => "interpreter or native",
            Self::Native => "native code",
            Self::Regex => "regular expressions",
            Self::System => "system",
            Self::Gc => "collecting garbage",
            Self::Import => "importing modules",
        }
    }
}

/// Time by place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Split([Weight; Place::ALL.len()]);

impl Split {
    /// Adds time in a place.
    pub(super) fn add(&mut self, place: Place, weight: Weight) {
        self.0[place as usize] += weight;
    }

    /// The places where there was time, and how much.
    pub(super) fn weights(&self) -> impl Iterator<Item = (Place, Weight)> {
        let weights = Place::ALL.into_iter().zip(self.0);
        weights.filter(|(_, weight)| weight.0 > 0)
    }

    /// The same, each as a fraction of all of it.
    pub(super) fn fractions(&self) -> impl Iterator<Item = (Place, f64)> {
        let all = self.all() as f64;
        self.weights()
            .map(move |(place, weight)| (place, weight.0 as f64 / all))
    }

    /// All of it.
    pub(super) fn all(&self) -> u128 {
        self.0.iter().map(|weight| u128::from(weight.0)).sum()
    }
}

impl std::ops::AddAssign for Split {
    fn add_assign(&mut self, other: Self) {
        for (weight, more) in self.0.iter_mut().zip(other.0) {
            *weight += more;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn importing_is_import_time_whatever_it_does_and_waiting_has_no_place() {
        assert_eq!(Place::of(State::Native, true), Some(Place::Import));
        assert_eq!(Place::of(State::Native, false), Some(Place::Native));
        assert_eq!(Place::of(State::Idle, true), None);
    }

    #[test]
    fn fractions_are_of_all_places_together() {
        let mut split = Split::default();
        split.add(Place::System, Weight(1));
        split.add(Place::Interpreter, Weight(3));
        let fractions: Vec<_> = split.fractions().collect();
        assert_eq!(
            fractions,
            [(Place::Interpreter, 0.75), (Place::System, 0.25)]
        );
        assert_eq!(Split::default().fractions().count(), 0);
    }
}
