//! What calls of a function were seen to do.

use super::Subject;
use std::collections::BTreeMap;

/// So many callers of a function are told apart.
const MOST_CALLERS: usize = 64;

/// What some calls of a function were seen to do, from their beginning to their end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conduct {
    /// How many calls were looked at to their end.
    pub calls: u64,
    /// How many of them an exception left.
    pub raised: u64,
    /// For each parameter that was a list, dict, set or bytearray: how often it was looked at, and how often it was
    /// another in length or in some of its elements at the end. What was not seen to change may have.
    pub changed: BTreeMap<String, (u64, u64)>,
    /// Who called it, and how often, among the calls that were seen to begin.
    callers: BTreeMap<Subject, u64>,
}

impl Conduct {
    /// That of so many calls, of which so many were left by an exception.
    pub fn of(calls: u64, raised: u64) -> Self {
        Self {
            calls,
            raised,
            ..Self::default()
        }
    }

    /// Whether nothing was seen.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds calls by a caller. Beyond 64 callers, new ones are no longer told.
    pub fn call(&mut self, caller: Subject, times: u64) {
        if self.callers.len() < MOST_CALLERS || self.callers.contains_key(&caller) {
            let known = self.callers.entry(caller).or_default();
            *known = known.saturating_add(times);
        }
    }

    /// Who called it, in order.
    pub fn callers(&self) -> impl Iterator<Item = (&Subject, u64)> {
        self.callers.iter().map(|(caller, &times)| (caller, times))
    }

    /// Adds what was seen elsewhere.
    pub fn merge(&mut self, other: &Self) {
        self.calls = self.calls.saturating_add(other.calls);
        self.raised = self.raised.saturating_add(other.raised);
        for (name, &(looked, changed)) in &other.changed {
            let known = self.changed.entry(name.clone()).or_default();
            known.0 = known.0.saturating_add(looked);
            known.1 = known.1.saturating_add(changed);
        }
        for (caller, times) in other.callers() {
            self.call(caller.clone(), times);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Line;

    fn caller(line: u32) -> Subject {
        Subject {
            file: "a.py".into(),
            first_line: Line::new(line).expect("not 0"),
            name: "main".into(),
        }
    }

    #[test]
    fn what_was_seen_in_two_runs_is_added() {
        let mut one = Conduct {
            calls: 8,
            raised: 1,
            changed: [("xs".to_owned(), (8, 3))].into(),
            ..Conduct::default()
        };
        one.call(caller(1), 8);
        one.merge(&one.clone());
        assert_eq!((one.calls, one.raised), (16, 2));
        assert_eq!(one.changed["xs"], (16, 6));
        assert_eq!(one.callers().collect::<Vec<_>>(), [(&caller(1), 16)]);
    }

    #[test]
    fn a_function_of_many_callers_stays_small() {
        let mut conduct = Conduct::default();
        (1..1000).for_each(|line| conduct.call(caller(line), 1));
        assert_eq!(conduct.callers().count(), MOST_CALLERS);
    }
}
