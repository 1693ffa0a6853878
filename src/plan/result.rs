//! What a function gives back, as far as it is known: seen at its return, or in the variables that it returns.

use super::Interval;
use super::boundary::sizes;
use super::seen_parameter::seen_variable;
use super::seen_returns::seen_returns;
use crate::observation::{Observation, Seen, Size, Type};
use crate::source::{Definition, Form};

/// A variable was seen while the function worked on it: what it returns at last is as large as that, and hardly more
/// than twice as large as the largest that was seen.
const GROWS: f64 = 2.0;

/// One of the values that a function returns.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ResultValue {
    pub(super) of_type: Type,
    /// How large it is, in the unit of its type.
    pub(super) size: Interval,
    /// The part of the results that are such.
    pub(super) part: f64,
}

/// The values that a function returns; none where nothing was seen of them.
pub(super) fn results(
    observation: &Observation,
    file: &str,
    definition: &Definition,
) -> Option<Vec<ResultValue>> {
    if let Some(seen) = seen_returns(observation, file, definition) {
        return Some(each(&seen.values));
    }
    if definition.form != Form::Plain {
        return None;
    }
    let variables = definition.returned_variables.iter();
    let seen: Vec<ResultValue> = variables
        .filter_map(|name| seen_variable(observation, file, definition, name))
        .filter_map(|seen| largest(&seen))
        .collect();
    let part = 1.0 / seen.len() as f64;
    let of_part = seen.into_iter().map(|value| ResultValue { part, ..value });
    let of_part: Vec<ResultValue> = of_part.collect();
    (!of_part.is_empty()).then_some(of_part)
}

fn each(seen: &Seen) -> Vec<ResultValue> {
    let all = seen.times() as f64;
    let each = seen.types().flat_map(|(of_type, times, size)| {
        let sizes = sizes(of_type, size).into_iter();
        sizes.map(move |(share, size)| ResultValue {
            of_type: of_type.clone(),
            size,
            part: share * times as f64 / all,
        })
    });
    each.collect()
}

/// What stood in a variable when it was largest.
fn largest(seen: &Seen) -> Option<ResultValue> {
    let size = |it: &(&Type, u64, Option<&Size>)| it.2.map_or(0, |size| size.largest);
    let (of_type, _, size) = seen.types().max_by_key(size)?;
    let size = size.map_or(Interval::exactly(1.0), |size| Interval {
        low: size.largest as f64 / GROWS,
        expected: size.largest as f64,
        high: size.largest as f64 * GROWS,
    });
    Some(ResultValue {
        of_type: of_type.clone(),
        size,
        part: 1.0,
    })
}

/// Whether a function is known to keep nothing that it makes: no object that the garbage collector follows is in what it
/// returns, and it changes nothing that it was given.
pub(super) fn drops_what_it_makes(
    observation: &Observation,
    file: &str,
    definition: &Definition,
) -> bool {
    let changes = !definition.mutated_parameters.is_empty()
        || !definition.rebinds.is_empty()
        || !definition.fields.is_empty();
    let results = results(observation, file, definition);
    !changes && results.is_some_and(|results| !results.iter().any(|it| holds_objects(&it.of_type)))
}

/// Whether a value is made of objects that the collector follows, beside itself.
fn holds_objects(of_type: &Type) -> bool {
    let any = |of: &[Type]| of.iter().any(is_followed);
    match of_type {
        Type::List(of)
        | Type::Tuple(of)
        | Type::LongTuple(of)
        | Type::Set(of)
        | Type::FrozenSet(of) => any(of),
        Type::Dict(keys, values) => any(keys) || any(values),
        other => is_followed(other),
    }
}

fn is_followed(of_type: &Type) -> bool {
    !matches!(
        of_type,
        Type::None | Type::Bool | Type::Int | Type::Float | Type::Str | Type::Bytes
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::{Role, Subject, Value, Variable};
    use crate::source::project::definition;

    const FILE: &str = "/srv/job.py";

    fn subject(definition: &Definition) -> Subject {
        Subject {
            file: FILE.to_owned(),
            first_line: definition.first_line,
            name: definition.name.clone(),
        }
    }

    /// `near` was seen to be a list of so many of these, and to grow.
    fn near(definition: &Definition, of: &Type, sizes: &[u64]) -> Observation {
        let mut observation = Observation::default();
        for &size in sizes {
            let variable = Variable {
                role: Role::Local,
                name: "near".to_owned(),
            };
            let value = Value {
                of_type: Type::List(vec![of.clone()]),
                size: Some(size),
            };
            observation.see(&subject(definition), variable, value);
        }
        observation
    }

    #[test]
    fn a_returned_variable_tells_the_result_where_no_return_was_seen() {
        let function = definition("def f(x):\n  near = []\n  return near\n", "f");
        let mut observation = near(&function, &Type::Int, &[10, 800]);
        let result = results(&observation, FILE, &function).expect("it was seen");
        assert_eq!(result[0].of_type, Type::List(vec![Type::Int]));
        assert_eq!((result[0].size.low, result[0].size.high), (400.0, 1600.0));
        let mut seen = Seen::default();
        seen.insert(Type::None, 3, None);
        observation.insert_returns(&subject(&function), &seen);
        let result = results(&observation, FILE, &function).expect("it was seen");
        assert_eq!(result[0].of_type, Type::None, "a return says more");
    }

    #[test]
    fn what_is_made_is_dropped_where_nothing_that_is_followed_goes_out() {
        let pairs = Type::Tuple(vec![Type::Int, Type::Int]);
        let function = definition("def f(x):\n  near = []\n  return near\n", "f");
        let drops = |of| drops_what_it_makes(&near(&function, of, &[9]), FILE, &function);
        assert!(drops(&Type::Int));
        assert!(!drops(&pairs));
        assert!(!drops_what_it_makes(
            &Observation::default(),
            FILE,
            &function
        ));
        let keeping = definition(
            "def f(x):\n  near = []\n  x.append(near)\n  return near\n",
            "f",
        );
        assert!(!drops_what_it_makes(
            &near(&keeping, &Type::Int, &[9]),
            FILE,
            &keeping
        ));
    }
}
