//! What was seen of functions beside their time: the types and sizes of their values, and how often they were called.
//! Pure data.
//!
//! Arguments and locals are seen from outside, at some samples of hot functions, arguments, returned values and calls from
//! inside, for some moments: what was seen is true, what was not may be true as well. A parameter that the body assigns shows
//! what it was assigned.

mod calls;
mod conduct;
mod lengths;
mod seen;
mod size;
mod value;

pub use calls::{CallSource, Calls};
pub use conduct::Conduct;
pub use lengths::{Bucket, Lengths};
pub use seen::Seen;
pub use size::Size;
pub use value::{MOST_ELEMENTS, Type, Value};

use crate::profile::Line;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// All that was seen of functions in one or more runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observation {
    functions: BTreeMap<Subject, Sight>,
}

/// What was seen of one function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Sight {
    variables: BTreeMap<Variable, Seen>,
    returns: Seen,
    calls: Option<Calls>,
    yields: Option<Calls>,
    conduct: Conduct,
}

/// A function that was looked into. As the interpreter names it: its qualified name from Python 3.11 on, its
/// bare name before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// The file.
    pub file: String,
    /// The code object's first line, which is that of the first decorator.
    pub first_line: Line,
    /// The function.
    pub name: String,
}

/// A variable of a function.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Variable {
    /// Whether it is a parameter.
    pub role: Role,
    /// Its name, mangled where Python mangles it (`_Grid__cells`).
    pub name: String,
}

/// What a variable is to its function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// A parameter.
    Argument,
    /// Any other local variable.
    Local,
}

impl Observation {
    /// Adds one value that a variable had.
    pub fn see(&mut self, subject: &Subject, variable: Variable, value: Value) {
        let variables = &mut self.sight(subject).variables;
        variables.entry(variable).or_default().add(value);
    }

    /// Adds what was seen in another run. A function whose calls only one of them knows keeps those.
    pub fn merge(&mut self, other: &Self) {
        for (subject, seen) in &other.functions {
            let known = self.sight(subject);
            for (variable, seen) in &seen.variables {
                let variable = known.variables.entry(variable.clone());
                variable.or_default().merge(seen);
            }
            known.returns.merge(&seen.returns);
            add(&mut known.calls, seen.calls);
            add(&mut known.yields, seen.yields);
            known.conduct.merge(&seen.conduct);
        }
    }

    /// Adds all that was seen of a variable.
    pub fn insert(&mut self, subject: &Subject, variable: Variable, seen: Seen) {
        match self.sight(subject).variables.entry(variable) {
            Entry::Vacant(place) => drop(place.insert(seen)),
            Entry::Occupied(mut known) => known.get_mut().merge(&seen),
        }
    }

    /// Adds values that a function was seen to return.
    pub fn insert_returns(&mut self, subject: &Subject, seen: &Seen) {
        self.sight(subject).returns.merge(seen);
    }

    /// Adds calls of a function.
    pub fn insert_calls(&mut self, subject: &Subject, calls: Calls) {
        add(&mut self.sight(subject).calls, Some(calls));
    }

    /// Adds how often a generator gave a value.
    pub fn insert_yields(&mut self, subject: &Subject, yields: Calls) {
        add(&mut self.sight(subject).yields, Some(yields));
    }

    /// Adds what calls of a function were seen to do.
    pub fn insert_conduct(&mut self, subject: &Subject, conduct: &Conduct) {
        self.sight(subject).conduct.merge(conduct);
    }

    /// Whether nothing was seen.
    pub fn is_empty(&self) -> bool {
        self.functions.is_empty()
    }

    /// The functions of which anything was seen, in order.
    pub fn subjects(&self) -> impl Iterator<Item = &Subject> {
        self.functions.keys()
    }

    /// What was seen of a function's variables, parameters first; none for a function that was not looked into.
    pub fn variables_of(&self, subject: &Subject) -> impl Iterator<Item = (&Variable, &Seen)> {
        let sight = self.functions.get(subject);
        sight.into_iter().flat_map(|sight| &sight.variables)
    }

    /// The values that a function was seen to return; none for one that was not watched.
    pub fn returns_of(&self, subject: &Subject) -> Option<&Seen> {
        let returns = &self.functions.get(subject)?.returns;
        (returns.times() > 0).then_some(returns)
    }

    /// How often a function was called, where that was counted.
    pub fn calls_of(&self, subject: &Subject) -> Option<Calls> {
        self.functions.get(subject)?.calls
    }

    /// How often a generator gave a value, where that was counted.
    pub fn yields_of(&self, subject: &Subject) -> Option<Calls> {
        self.functions.get(subject)?.yields
    }

    /// What calls of a function were seen to do; none for one that was not watched.
    pub fn conduct_of(&self, subject: &Subject) -> Option<&Conduct> {
        let conduct = &self.functions.get(subject)?.conduct;
        (!conduct.is_empty()).then_some(conduct)
    }

    fn sight(&mut self, subject: &Subject) -> &mut Sight {
        if !self.functions.contains_key(subject) {
            self.functions.insert(subject.clone(), Sight::default());
        }
        self.functions.get_mut(subject).expect("it was put in")
    }
}

fn add(sum: &mut Option<Calls>, more: Option<Calls>) {
    *sum = match (*sum, more) {
        (Some(known), Some(more)) => Some(known.and(more)),
        (known, more) => known.or(more),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(name: &str) -> Subject {
        Subject {
            file: "/srv/a.py".into(),
            first_line: Line::new(3).expect("not 0"),
            name: name.into(),
        }
    }

    fn argument(name: &str) -> Variable {
        Variable {
            role: Role::Argument,
            name: name.into(),
        }
    }

    fn int(bits: u64) -> Value {
        Value {
            of_type: Type::Int,
            size: Some(bits),
        }
    }

    #[test]
    fn runs_are_added() {
        let mut one = Observation::default();
        one.see(&subject("f"), argument("x"), int(3));
        let mut other = Observation::default();
        other.see(&subject("f"), argument("x"), int(9));
        other.see(&subject("g"), argument("x"), int(1));
        one.merge(&other);
        let seen: Vec<_> = one.variables_of(&subject("f")).collect();
        assert_eq!(seen[0].1.times(), 2);
        assert_eq!(one.subjects().count(), 2);
    }

    #[test]
    fn calls_of_two_runs_are_added_and_those_of_one_are_kept() {
        let mut one = Observation::default();
        one.insert_calls(&subject("f"), Calls::counted(3));
        let mut other = Observation::default();
        other.insert_calls(&subject("f"), Calls::counted(4));
        other.insert_calls(&subject("g"), Calls::counted(5));
        one.merge(&other);
        assert_eq!(one.calls_of(&subject("f")), Some(Calls::counted(7)));
        assert_eq!(one.calls_of(&subject("g")), Some(Calls::counted(5)));
        assert_eq!(one.calls_of(&subject("h")), None);
    }

    #[test]
    fn returned_values_are_added_and_are_no_variables() {
        let mut seen = Seen::default();
        seen.add(int(3));
        let mut one = Observation::default();
        one.insert_returns(&subject("f"), &seen);
        one.merge(&one.clone());
        let times = |seen: &Seen| seen.times();
        assert_eq!(one.returns_of(&subject("f")).map(times), Some(2));
        assert_eq!(one.variables_of(&subject("f")).count(), 0);
    }

    #[test]
    fn parameters_stand_before_locals() {
        let mut observation = Observation::default();
        let local = Variable {
            role: Role::Local,
            name: "a".into(),
        };
        observation.see(&subject("f"), local, int(1));
        observation.see(&subject("f"), argument("z"), int(1));
        let subject = subject("f");
        let names = observation.variables_of(&subject);
        assert_eq!(
            names.map(|(it, _)| &*it.name).collect::<Vec<_>>(),
            ["z", "a"]
        );
    }
}
