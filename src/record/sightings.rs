//! What was seen of processes at one look around, held against the look before.

use std::collections::BTreeMap;

/// A process: numbers are used again, but not together with the time of the start.
pub(super) type Identity = (u32, u64);

/// The processes that were there when somebody looked last, and whether they were Python.
///
/// One that is there for the first time may be about to become another program, or over before it could be
/// opened: only what is seen again is worth the opening.
#[derive(Debug, Default)]
pub(super) struct Sightings(BTreeMap<Identity, bool>);

/// What a look around brought.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// What was there before and is now, and whether it is Python now.
    pub(super) stayed: Vec<(Identity, bool)>,
    /// The Python processes that are gone.
    pub(super) ended: Vec<Identity>,
}

impl Sightings {
    /// These are there now.
    pub(super) fn see(&mut self, now: BTreeMap<Identity, bool>) -> Change {
        let before = std::mem::replace(&mut self.0, now);
        let stayed = self.0.iter().filter(|(it, _)| before.contains_key(it));
        let stayed = stayed.map(|(&it, &is_python)| (it, is_python)).collect();
        let gone = before.iter().filter(|(it, _)| !self.0.contains_key(it));
        let ended = gone.filter(|&(_, &is_python)| is_python);
        Change {
            stayed,
            ended: ended.map(|(&it, _)| it).collect(),
        }
    }

    /// This one is somebody else's care.
    pub(super) fn forget(&mut self, identity: Identity) {
        self.0.remove(&identity);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks around twice, and tells what the second look brought.
    fn change(before: &[(Identity, bool)], now: &[(Identity, bool)]) -> Change {
        let mut sightings = Sightings::default();
        sightings.see(before.iter().copied().collect());
        sightings.see(now.iter().copied().collect())
    }

    #[test]
    fn what_is_new_has_not_stayed() {
        assert_eq!(change(&[], &[((5, 1), true)]), Change::default());
    }

    #[test]
    fn what_stays_is_what_it_is_now() {
        let stayed = change(&[((5, 1), true)], &[((5, 1), false)]).stayed;
        assert_eq!(stayed, [((5, 1), false)]);
    }

    #[test]
    fn only_a_python_that_is_gone_has_ended() {
        let before = [((5, 1), true), ((6, 1), false)];
        assert_eq!(change(&before, &[]).ended, [(5, 1)]);
    }

    #[test]
    fn a_number_used_again_is_another_process() {
        let change = change(&[((5, 1), true)], &[((5, 2), true)]);
        assert_eq!((change.stayed, change.ended), (vec![], vec![(5, 1)]));
    }

    #[test]
    fn what_is_forgotten_does_not_end() {
        let mut sightings = Sightings::default();
        sightings.see(BTreeMap::from([((5, 1), true)]));
        sightings.forget((5, 1));
        assert_eq!(sightings.see(BTreeMap::new()), Change::default());
    }
}
