//! Which functions are watched: those that are hottest by now. A program has phases, so that others are later than at
//! first.

use crate::observation::Subject;

/// So many functions are watched at a time: some more than a plan has candidates.
const MOST_WATCHED: usize = 24;

/// So many are watched in a run. What is hot changes ever more slowly.
pub(super) const MOST_KNOWN: usize = 128;

/// The functions that are watched, and those that were.
#[derive(Clone, Debug, Default)]
pub(super) struct Roster {
    /// All of them, by number.
    known: Vec<Subject>,
    /// The numbers of those that are watched, as the agent was told them.
    watched: Vec<usize>,
}

impl Roster {
    /// Watches the hottest of these, which come first, and those of before as long as there is room. Says whether that
    /// changes anything.
    pub(super) fn learn(&mut self, hot: Vec<Subject>) -> bool {
        let hottest: Vec<usize> = hot
            .into_iter()
            .take(MOST_WATCHED)
            .filter_map(|subject| self.number_of(subject))
            .collect();
        let others = self.watched.iter().filter(|it| !hottest.contains(it));
        let mut watched: Vec<usize> = hottest.iter().chain(others).copied().collect();
        watched.truncate(MOST_WATCHED);
        watched.sort_unstable();
        let is_new = watched != self.watched;
        self.watched = watched;
        is_new
    }

    /// A function keeps its number.
    fn number_of(&mut self, subject: Subject) -> Option<usize> {
        let known = self.known.iter().position(|it| *it == subject);
        known.or_else(|| {
            let number = self.known.len();
            (number < MOST_KNOWN).then(|| {
                self.known.push(subject);
                number
            })
        })
    }

    /// The functions that are watched, as the agent is told them.
    pub(super) fn watched(&self) -> Vec<&Subject> {
        let watched = self.watched.iter();
        watched.map(|&number| &self.known[number]).collect()
    }

    /// The numbers of those, in the same order.
    pub(super) fn numbers(&self) -> &[usize] {
        &self.watched
    }

    /// All that were ever watched, by number.
    pub(super) fn into_known(self) -> Vec<Subject> {
        self.known
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Line;

    fn hot(names: impl IntoIterator<Item = u32>) -> Vec<Subject> {
        let subject = |line| Subject {
            file: "job.py".to_owned(),
            first_line: Line::new(line).expect("not 0"),
            name: format!("f{line}"),
        };
        names.into_iter().map(subject).collect()
    }

    fn watched(roster: &Roster) -> Vec<u32> {
        let lines = roster.watched().into_iter();
        lines.map(|it| it.first_line.number()).collect()
    }

    fn lines(lines: impl IntoIterator<Item = u32>) -> Vec<u32> {
        lines.into_iter().collect()
    }

    #[test]
    fn what_becomes_hot_later_is_watched_then() {
        let mut roster = Roster::default();
        assert!(roster.learn(hot(1..=30)));
        assert_eq!(watched(&roster), lines(1..=24));
        assert!(roster.learn(hot([99].into_iter().chain(1..=23))));
        assert_eq!(
            watched(&roster),
            lines((1..=23).chain([99])),
            "the one that is no longer among the hottest makes room"
        );
        assert_eq!(roster.numbers().last(), Some(&24));
    }

    #[test]
    fn another_order_of_the_same_functions_is_nothing_new() {
        let mut roster = Roster::default();
        assert!(roster.learn(hot([1, 2, 3])));
        assert!(!roster.learn(hot([3, 1, 2])));
        assert!(!roster.learn(hot([2])), "there is room for the others");
        assert!(!roster.learn(Vec::new()));
        assert_eq!(watched(&roster), [1, 2, 3]);
    }

    #[test]
    fn a_function_that_comes_back_has_its_number() {
        let mut roster = Roster::default();
        roster.learn(hot(1..=24));
        roster.learn(hot(25..=48));
        assert!(roster.learn(hot(1..=24)));
        assert!(roster.numbers().iter().copied().eq(0..24));
    }

    #[test]
    fn there_is_an_end_to_new_functions() {
        let mut roster = Roster::default();
        for first in (1..1000).step_by(24) {
            roster.learn(hot(first..first + 24));
        }
        assert_eq!(roster.numbers().len(), 24);
        assert_eq!(roster.into_known().len(), MOST_KNOWN);
    }
}
