//! What was seen of functions: a list of them, each with its variables and returned values, their types, and its calls.
//!
//! Names are texts here and not ids: functions are few, and people read it.

use super::lengths;
use super::tables::together;
use super::types::{Told, Written};
use crate::formats::ReadError;
use crate::observation::{self, CallSource, Observation, Seen, Size, Subject};
use crate::profile::Line;
use serde::{Deserialize, Serialize};

const NEVER: &str = "a type that was seen was seen at least once";
const SIZES: &str = "`smallest` and `largest` are known together or not at all";
const CALLS: &str = "`low`, `expected` and `high` are not in this order";
const LINES: &str = "lines count from 1";
const REVERSED: &str = "`smallest` is above `largest`";
const NO_SIZE: &str = "`lengths` are told of what has no `smallest` and `largest`";

/// `Type` is how a type is told or written.
#[derive(Serialize, Deserialize)]
pub(super) struct Function<Type> {
    file: String,
    first_line: u32,
    name: String,
    variables: Vec<Variable<Type>>,
    /// The values that it returned; left out where none was seen.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    returns: Vec<TypeSeen<Type>>,
    /// Left out where nobody counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    calls: Option<Calls>,
    /// How often a generator gave a value; left out where nobody counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    yields: Option<Calls>,
    /// Left out where nobody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    conduct: Option<Conduct>,
}

/// What calls were seen to do.
#[derive(Serialize, Deserialize)]
struct Conduct {
    calls: u64,
    raised: u64,
    changed: Vec<Changed>,
    callers: Vec<Caller>,
}

#[derive(Serialize, Deserialize)]
struct Changed {
    name: String,
    looked: u64,
    #[serde(rename = "changed")]
    differed: u64,
}

#[derive(Serialize, Deserialize)]
struct Caller {
    file: String,
    first_line: u32,
    name: String,
    count: u64,
}

#[derive(Serialize, Deserialize)]
struct Calls {
    low: u64,
    expected: u64,
    high: u64,
    source: String,
}

#[derive(Serialize, Deserialize)]
struct Variable<Type> {
    name: String,
    role: Role,
    seen: Vec<TypeSeen<Type>>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Role {
    Argument,
    Local,
}

#[derive(Serialize, Deserialize)]
struct TypeSeen<Type> {
    #[serde(rename = "type")]
    of_type: Type,
    count: u64,
    smallest: Option<u64>,
    largest: Option<u64>,
    /// Left out where nobody noted them: in files of earlier versions, and of what has no size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lengths: Option<lengths::Told>,
}

/// All that was seen, in order.
pub(super) fn of(observation: &Observation) -> Vec<Function<Written<'_>>> {
    let functions = observation.subjects();
    functions
        .map(|subject| Function {
            file: subject.file.clone(),
            first_line: subject.first_line.number(),
            name: subject.name.clone(),
            variables: (observation.variables_of(subject))
                .map(|(variable, seen)| Variable::of(variable, seen))
                .collect(),
            returns: (observation.returns_of(subject)).map_or_else(Vec::new, types),
            calls: observation.calls_of(subject).map(Calls::of),
            yields: observation.yields_of(subject).map(Calls::of),
            conduct: observation.conduct_of(subject).map(Conduct::of),
        })
        .collect()
}

impl<'o> Variable<Written<'o>> {
    fn of(variable: &observation::Variable, seen: &'o Seen) -> Self {
        Self {
            name: variable.name.clone(),
            role: match variable.role {
                observation::Role::Argument => Role::Argument,
                observation::Role::Local => Role::Local,
            },
            seen: types(seen),
        }
    }
}

fn types(seen: &Seen) -> Vec<TypeSeen<Written<'_>>> {
    let types = seen.types().map(|(of_type, count, size)| TypeSeen {
        of_type: Written(of_type),
        count,
        smallest: size.map(|size| size.smallest),
        largest: size.map(|size| size.largest),
        lengths: size.and_then(lengths::Told::of),
    });
    types.collect()
}

impl Calls {
    fn of(calls: observation::Calls) -> Self {
        Self {
            low: calls.low,
            expected: calls.expected,
            high: calls.high,
            source: calls.source.word().to_owned(),
        }
    }

    /// A later version may know other sources: what it says is not known to be counted.
    fn read(&self) -> Result<observation::Calls, &'static str> {
        if self.low > self.expected || self.expected > self.high {
            return Err(CALLS);
        }
        Ok(observation::Calls {
            low: self.low,
            expected: self.expected,
            high: self.high,
            source: CallSource::of_word(&self.source).unwrap_or(CallSource::Windows),
        })
    }
}

impl Conduct {
    fn of(conduct: &observation::Conduct) -> Self {
        let changed = conduct.changed.iter().map(|(name, counts)| Changed {
            name: name.clone(),
            looked: counts.0,
            differed: counts.1,
        });
        let callers = conduct.callers().map(|(caller, count)| Caller {
            file: caller.file.clone(),
            first_line: caller.first_line.number(),
            name: caller.name.clone(),
            count,
        });
        Self {
            calls: conduct.calls,
            raised: conduct.raised,
            changed: changed.collect(),
            callers: callers.collect(),
        }
    }

    fn read(self) -> Result<observation::Conduct, &'static str> {
        let mut conduct = observation::Conduct::of(self.calls, self.raised);
        for one in self.changed {
            conduct.changed.insert(one.name, (one.looked, one.differed));
        }
        for caller in self.callers {
            let subject = Subject {
                file: caller.file,
                first_line: Line::new(caller.first_line).ok_or(LINES)?,
                name: caller.name,
            };
            conduct.call(subject, caller.count);
        }
        Ok(conduct)
    }
}

/// What a file tells. A variable told twice was seen as often as both say.
pub(super) fn read(functions: Vec<Function<Told>>) -> Result<Observation, ReadError> {
    let mut observation = Observation::default();
    for (row, function) in functions.into_iter().enumerate() {
        let place = format!("observation[{row}]");
        let first_line = Line::new(function.first_line)
            .ok_or_else(|| ReadError::damaged(format!("{place}.first_line"), LINES))?;
        let subject = Subject {
            file: function.file,
            first_line,
            name: function.name,
        };
        for (index, variable) in function.variables.into_iter().enumerate() {
            let place = format!("{place}.variables[{index}]");
            let (variable, seen) = variable.read(&place)?;
            observation.insert(&subject, variable, seen);
        }
        if !function.returns.is_empty() {
            let returns = read_types(function.returns, &format!("{place}.returns"))?;
            observation.insert_returns(&subject, &returns);
        }
        let counted = |count: Calls, field: &str| {
            let count = count.read();
            count.map_err(|problem| ReadError::damaged(format!("{place}.{field}"), problem))
        };
        if let Some(calls) = function.calls {
            observation.insert_calls(&subject, counted(calls, "calls")?);
        }
        if let Some(yields) = function.yields {
            observation.insert_yields(&subject, counted(yields, "yields")?);
        }
        if let Some(conduct) = function.conduct {
            let conduct = conduct.read();
            let conduct = conduct
                .map_err(|problem| ReadError::damaged(format!("{place}.conduct"), problem))?;
            observation.insert_conduct(&subject, &conduct);
        }
    }
    Ok(observation)
}

fn read_types(types: Vec<TypeSeen<Told>>, place: &str) -> Result<Seen, ReadError> {
    let mut seen = Seen::default();
    for (index, one) in types.into_iter().enumerate() {
        let size = (one.size())
            .map_err(|problem| ReadError::damaged(format!("{place}[{index}]"), problem))?;
        seen.insert(one.of_type.0, one.count, size);
    }
    Ok(seen)
}

impl Variable<Told> {
    fn read(self, place: &str) -> Result<(observation::Variable, Seen), ReadError> {
        let seen = read_types(self.seen, &format!("{place}.seen"))?;
        let role = match self.role {
            Role::Argument => observation::Role::Argument,
            Role::Local => observation::Role::Local,
        };
        let name = self.name;
        Ok((observation::Variable { role, name }, seen))
    }
}

impl TypeSeen<Told> {
    /// The sizes, or what is wrong with the numbers.
    fn size(&self) -> Result<Option<Size>, &'static str> {
        if self.count == 0 {
            return Err(NEVER);
        }
        let range = together(self.smallest, self.largest, SIZES)?;
        match (range, &self.lengths) {
            (Some((smallest, largest)), _) if smallest > largest => Err(REVERSED),
            (Some((smallest, largest)), Some(lengths)) => {
                lengths.read(smallest, largest, self.count).map(Some)
            }
            (Some((smallest, largest)), None) => Ok(Some(Size::range(smallest, largest))),
            (None, Some(_)) => Err(NO_SIZE),
            (None, None) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::native::tests::{WITH_VALUES, check_values as check};
    use crate::formats::{ReadError, native};
    use crate::observation::Type;

    /// The types that the fixture with this in the place of the type `"float"` tells of its variable.
    fn told(of_type: &str) -> Vec<Type> {
        let text = WITH_VALUES.replace("\"float\"", of_type);
        let observation = native::read(text.as_bytes()).expect("valid").observation;
        let subject = observation.subjects().next().expect("is there");
        let (_, seen) = observation.variables_of(subject).last().expect("is there");
        seen.types().map(|(of_type, ..)| of_type.clone()).collect()
    }

    #[test]
    fn what_nobody_can_have_seen_is_refused() {
        check(
            "\"first_line\":5,",
            "\"first_line\":0,",
            "`observation[0].first_line`: lines count from 1",
        );
        check(
            "\"count\":3,",
            "\"count\":0,",
            "`observation[0].variables[0].seen[1]`: a type that was seen was seen at least once",
        );
        check(
            "\"smallest\":1,\"largest\":7",
            "\"smallest\":null,\"largest\":7",
            "`observation[0].variables[0].seen[1]`: `smallest` and `largest` are known together \
             or not at all",
        );
        check(
            "\"smallest\":1,\"largest\":7",
            "\"smallest\":8,\"largest\":7",
            "`observation[0].variables[0].seen[1]`: `smallest` is above `largest`",
        );
    }

    #[test]
    fn types_in_a_container_are_told_once_and_in_order() {
        assert_eq!(
            told(r#"{"list":["int","None","int"]}"#),
            [Type::List(vec![Type::None, Type::Int])]
        );
        assert_eq!(
            told(r#"{"dict":[["str","None"],["int","int"]]}"#),
            [Type::Dict(vec![Type::None, Type::Str], vec![Type::Int])]
        );
        assert_eq!(
            told(r#"{"tuple":["str","None","str"]}"#),
            [Type::Tuple(vec![Type::Str, Type::None, Type::Str])]
        );
    }

    #[test]
    fn a_tuple_of_too_many_types_is_a_long_one() {
        let tuple = format!("{{\"tuple\":[{}\"None\"]}}", "\"int\",".repeat(8));
        assert_eq!(told(&tuple), [Type::LongTuple(vec![Type::None, Type::Int])]);
    }

    #[test]
    fn a_type_of_a_later_version_is_told_by_its_name() {
        let other = |name: &str| [Type::Other(name.to_owned())];
        assert_eq!(told("\"complex\""), other("complex"));
        assert_eq!(told(r#"{"deque":["int",{"a":1}]}"#), other("deque"));
        assert_eq!(told(r#"{"other":"int","more":[]}"#), other("int"));
    }

    #[test]
    fn calls_that_no_interval_has_are_refused() {
        for (field, low, high) in [("calls", 3, 4), ("calls", 1, 1), ("yields", 3, 4)] {
            let counted = format!(
                "\"name\":\"main\",\"{field}\":{{\"low\":{low},\"expected\":2,\"high\":{high},\
                 \"source\":\"windows\"}}"
            );
            let expected = format!(
                "`observation[1].{field}`: `low`, `expected` and `high` are not in this order"
            );
            check("\"name\":\"main\"", &counted, &expected);
        }
    }

    #[test]
    fn a_function_told_twice_is_one_function() {
        let text = WITH_VALUES
            .replace("19,\"name\":\"main\"", "5,\"name\":\"parse\"")
            .replace("\"argv\"", "\"row\"");
        let observation = native::read(text.as_bytes()).expect("valid").observation;
        assert_eq!(observation.subjects().count(), 1);
        let subject = observation.subjects().next().expect("is there");
        let (row, seen) = observation.variables_of(subject).next().expect("is there");
        assert_eq!((&*row.name, seen.times()), ("row", 7));
    }

    #[test]
    fn no_type_is_followed_deeper_than_the_stack_bears() {
        for (open, close) in [("{\"list\":[", "]}"), ("{\"dict\":[[", "],[]]}")] {
            let nested = |deep| format!("{}\"int\"{}", open.repeat(deep), close.repeat(deep));
            assert_eq!(told(&nested(30)).len(), 1);
            for deep in [100, 1_000_000] {
                let text = WITH_VALUES.replace("\"float\"", &nested(deep));
                let error = native::read(text.as_bytes()).expect_err("too deep");
                assert!(matches!(error, ReadError::Json { .. }), "{error}");
            }
        }
    }

    #[test]
    fn what_is_no_type_is_refused() {
        for no_type in [
            "3",
            "null",
            "{}",
            "[\"int\"]",
            "{\"list\":\"int\"}",
            "{\"dict\":[[]]}",
        ] {
            let text = WITH_VALUES.replace("\"float\"", no_type);
            let error = native::read(text.as_bytes()).expect_err("no type");
            assert!(matches!(error, ReadError::Json { .. }), "{error}");
        }
    }
}
