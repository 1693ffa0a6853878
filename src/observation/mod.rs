//! What was seen of values: the types and sizes that arguments and locals of functions had. Pure data.
//!
//! Seen from outside, at some samples of hot functions: what was seen is true, what was not may be
//! true as well. A parameter that the body assigns shows what it was assigned.

mod seen;
mod value;

pub use seen::{Seen, Size};
pub use value::{MOST_ELEMENTS, Type, Value};

use crate::profile::Line;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// All that was seen of values in one or more runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observation {
    functions: BTreeMap<Subject, BTreeMap<Variable, Seen>>,
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
        self.variables(subject)
            .entry(variable)
            .or_default()
            .add(value);
    }

    /// Adds what was seen in another run.
    pub fn merge(&mut self, other: &Self) {
        for (subject, variables) in &other.functions {
            let known = self.variables(subject);
            for (variable, seen) in variables {
                known.entry(variable.clone()).or_default().merge(seen);
            }
        }
    }

    /// Adds all that was seen of a variable.
    pub fn insert(&mut self, subject: &Subject, variable: Variable, seen: Seen) {
        match self.variables(subject).entry(variable) {
            Entry::Vacant(place) => drop(place.insert(seen)),
            Entry::Occupied(mut known) => known.get_mut().merge(&seen),
        }
    }

    /// Whether nothing was seen.
    pub fn is_empty(&self) -> bool {
        self.functions.is_empty()
    }

    /// The functions that were looked into, in order.
    pub fn subjects(&self) -> impl Iterator<Item = &Subject> {
        self.functions.keys()
    }

    /// What was seen of a function's variables, parameters first; none for a function that was not looked into.
    pub fn variables_of(&self, subject: &Subject) -> impl Iterator<Item = (&Variable, &Seen)> {
        self.functions.get(subject).into_iter().flatten()
    }

    fn variables(&mut self, subject: &Subject) -> &mut BTreeMap<Variable, Seen> {
        if !self.functions.contains_key(subject) {
            self.functions.insert(subject.clone(), BTreeMap::new());
        }
        self.functions.get_mut(subject).expect("it was put in")
    }
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
