//! The processes of a program that were to be sampled and were not.

use super::Note;
use super::finder::Failure;
use super::sightings::Identity;
use std::collections::{BTreeMap, BTreeSet};

/// The processes that were seen and not sampled.
#[derive(Clone, Debug, Default)]
pub(super) struct Missed {
    /// Not Python.
    pub(super) foreign: BTreeSet<Identity>,
    /// Beyond the number that is followed at once.
    pub(super) crowded: BTreeSet<Identity>,
    /// Not opened before they ended.
    pub(super) ended: BTreeSet<Identity>,
    /// Not to be read.
    pub(super) unreadable: BTreeMap<Identity, Failure>,
}

impl Missed {
    /// This one is sampled after all.
    pub(super) fn forget(&mut self, identity: Identity) {
        self.foreign.remove(&identity);
        self.crowded.remove(&identity);
        self.unreadable.remove(&identity);
    }

    /// A Python process ended; it is told why it was not sampled if that is not known yet.
    pub(super) fn end(&mut self, identity: Identity) {
        self.foreign.remove(&identity);
        if !self.crowded.contains(&identity) && !self.unreadable.contains_key(&identity) {
            self.ended.insert(identity);
        }
    }

    /// What a reader should know of them.
    pub(super) fn notes(&self) -> Vec<Note> {
        let some = |processes: usize| (processes > 0).then_some(processes);
        let last = self.unreadable.values().last();
        let notes = [
            last.map(|failure| Note::NotReadable {
                processes: self.unreadable.len(),
                reason: failure.reason.clone(),
            }),
            some(self.crowded.len()).map(|processes| Note::Crowded { processes }),
            some(self.ended.len()).map(|processes| Note::Missed { processes }),
            some(self.foreign.len()).map(|processes| Note::NotPython { processes }),
        ];
        notes.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(missed: &Missed, expected: &[&str]) {
        let notes: Vec<_> = missed.notes().iter().map(Note::to_string).collect();
        assert_eq!(notes, expected, "{missed:?}");
    }

    fn failure() -> Failure {
        Failure {
            pid: 7,
            denied: true,
            image: None,
            reason: "no".into(),
        }
    }

    #[test]
    fn nothing_missed_is_nothing_to_tell() {
        check(&Missed::default(), &[]);
    }

    #[test]
    fn each_way_of_missing_has_its_sentence() {
        let missed = Missed {
            foreign: BTreeSet::from([(1, 1)]),
            crowded: BTreeSet::from([(2, 1), (3, 1)]),
            ended: BTreeSet::from([(4, 1), (4, 2)]),
            unreadable: BTreeMap::from([((7, 1), failure())]),
        };
        let expected = [
            "1 other Python process could not be read, the last because no",
            "2 other Python processes got no turn: too many ran at once",
            "2 other Python processes ended before samples could be taken",
            "1 other process ran no Python and left no samples",
        ];
        check(&missed, &expected);
    }

    #[test]
    fn a_process_is_told_once() {
        let mut missed = Missed {
            crowded: BTreeSet::from([(2, 1)]),
            unreadable: BTreeMap::from([((7, 1), failure())]),
            ..Missed::default()
        };
        missed.end((2, 1));
        missed.end((7, 1));
        assert!(missed.ended.is_empty(), "{missed:?}");
    }

    #[test]
    fn what_is_sampled_after_all_is_not_told() {
        let mut missed = Missed {
            foreign: BTreeSet::from([(1, 1)]),
            crowded: BTreeSet::from([(1, 1)]),
            ..Missed::default()
        };
        missed.forget((1, 1));
        check(&missed, &[]);
    }
}
