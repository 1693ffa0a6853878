//! How long was waited, and for what.

use crate::profile::{Wait, Weight};

/// The weight of samples that waited, by what they waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waits([Weight; Wait::ALL.len()]);

impl Waits {
    /// Those of one sample.
    pub fn of(wait: Wait, weight: Weight) -> Self {
        let mut waits = Self::default();
        waits.0[wait.index()] = weight;
        waits
    }

    /// How long was waited for this.
    pub fn get(&self, wait: Wait) -> Weight {
        self.0[wait.index()]
    }

    /// How long was waited for anything that is known.
    pub fn all(&self) -> Weight {
        self.0.into_iter().sum()
    }

    /// What was waited for longest, and how long; none where nothing is known. Of equal ones the first.
    pub fn longest(&self) -> Option<(Wait, Weight)> {
        let all = Wait::ALL.into_iter().map(|wait| (wait, self.get(wait)));
        let longest = all.rev().max_by_key(|(_, weight)| *weight);
        longest.filter(|(_, weight)| weight.0 > 0)
    }
}

impl std::ops::AddAssign for Waits {
    fn add_assign(&mut self, other: Self) {
        for (sum, more) in self.0.iter_mut().zip(other.0) {
            *sum += more;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_waited_for_longest_is_known_once_something_is() {
        let mut waits = Waits::default();
        assert_eq!(waits.longest(), None);
        for (wait, weight) in [(Wait::Socket, 3), (Wait::Lock, 2), (Wait::Lock, 2)] {
            waits += Waits::of(wait, Weight(weight));
        }
        assert_eq!(waits.longest(), Some((Wait::Lock, Weight(4))));
        assert_eq!(waits.all(), Weight(7));
    }
}
