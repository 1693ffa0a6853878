//! What the agent saw of the calls of one function: what it was given, what it returned, what it did.

use super::Trouble;
use crate::formats::ToldType;
use crate::observation::{Conduct, Lengths, Observation, Role, Seen, Size, Subject, Variable};
use crate::profile::Line;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What was seen of the calls of one function.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Looks {
    returns: Seen,
    /// By name.
    arguments: BTreeMap<String, Seen>,
    conduct: Conduct,
}

type Return = (usize, ToldType, u64, Sizes);
type Argument = (usize, Name, ToldType, u64, Sizes);
/// The smallest and the largest of a type, the least length of each bucket and how often it was seen; none of a type that
/// has no size.
type Sizes = Option<(u64, u64, Vec<(u64, u64)>)>;
/// Of a function: how many calls ended, how many by an exception, parameters with how often each was looked at and had
/// changed, callers with how often they called.
type Done = (usize, u64, u64, Vec<(Name, u64, u64)>, Vec<Caller>);
type Caller = (u32, Name, Name, u64);

/// A name in hexadecimal.
#[derive(Deserialize)]
#[serde(transparent)]
struct Name(String);

/// The part of a report that tells them.
#[derive(Deserialize)]
pub(super) struct Told {
    returns: Vec<Return>,
    arguments: Vec<Argument>,
    conduct: Vec<Done>,
}

impl Looks {
    /// What a report tells, by number of function.
    pub(super) fn read(told: Told) -> Result<BTreeMap<usize, Self>, Trouble> {
        let mut looks: BTreeMap<usize, Self> = BTreeMap::new();
        for (place, of_type, times, sizes) in told.returns {
            let returns = &mut looks.entry(place).or_default().returns;
            returns.merge(&seen(of_type, times, sizes)?);
        }
        for (place, name, of_type, times, sizes) in told.arguments {
            let arguments = &mut looks.entry(place).or_default().arguments;
            let argument = arguments.entry(name.read()?).or_default();
            argument.merge(&seen(of_type, times, sizes)?);
        }
        for (place, calls, raised, changed, callers) in told.conduct {
            let conduct = &mut looks.entry(place).or_default().conduct;
            conduct.merge(&self::conduct(calls, raised, changed, callers)?);
        }
        Ok(looks)
    }

    /// Adds those of another window.
    pub(super) fn merge(&mut self, other: &Self) {
        self.returns.merge(&other.returns);
        self.conduct.merge(&other.conduct);
        for (name, seen) in &other.arguments {
            self.arguments.entry(name.clone()).or_default().merge(seen);
        }
    }

    /// Tells them of a function.
    pub(super) fn tell(&self, subject: &Subject, observation: &mut Observation) {
        for (name, seen) in &self.arguments {
            let variable = Variable {
                role: Role::Argument,
                name: name.clone(),
            };
            observation.insert(subject, variable, seen.clone());
        }
        if self.returns.times() > 0 {
            observation.insert_returns(subject, &self.returns);
        }
        if !self.conduct.is_empty() {
            observation.insert_conduct(subject, &self.conduct);
        }
    }
}

impl Name {
    fn read(&self) -> Result<String, Trouble> {
        let digits = self.0.as_bytes();
        let byte = |pair: &[u8]| {
            let pair = str::from_utf8(pair).ok()?;
            u8::from_str_radix(pair, 16).ok()
        };
        let bytes: Option<Vec<u8>> = digits.chunks(2).map(byte).collect();
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        text.ok_or(Trouble::Garbled)
    }
}

fn seen(of_type: ToldType, times: u64, sizes: Sizes) -> Result<Seen, Trouble> {
    if times == 0 {
        return Err(Trouble::Garbled);
    }
    let size = sizes.map(|sizes| size(times, sizes)).transpose()?;
    let mut seen = Seen::default();
    seen.insert(of_type.0, times, size);
    Ok(seen)
}

/// Each of so many values has a length, and all of them are within what is said of the smallest and largest.
fn size(
    times: u64,
    (smallest, largest, buckets): (u64, u64, Vec<(u64, u64)>),
) -> Result<Size, Trouble> {
    let size = Size {
        calls: Lengths::of(buckets).ok_or(Trouble::Garbled)?,
        ..Size::range(smallest, largest)
    };
    let is_whole = size.calls.times() == times && size.is_possible(times);
    is_whole.then_some(size).ok_or(Trouble::Garbled)
}

fn conduct(
    calls: u64,
    raised: u64,
    changed: Vec<(Name, u64, u64)>,
    callers: Vec<Caller>,
) -> Result<Conduct, Trouble> {
    let mut conduct = Conduct::of(calls, raised);
    for (name, looked, changed) in changed {
        conduct.changed.insert(name.read()?, (looked, changed));
    }
    for (line, file, name, times) in callers {
        let caller = Subject {
            file: file.read()?,
            first_line: Line::new(line).ok_or(Trouble::Garbled)?,
            name: name.read()?,
        };
        conduct.call(caller, times);
    }
    Ok(conduct)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::Type;

    fn read(text: &str) -> Result<BTreeMap<usize, Looks>, Trouble> {
        Looks::read(serde_json::from_str(text).map_err(|_| Trouble::Garbled)?)
    }

    #[test]
    fn what_a_function_did_is_told_of_it() {
        let text = r#"{"returns":[[1,"int",16,[6,9,[[4,12],[8,4]]]],[1,"None",1,null]],
            "arguments":[[1,"7873",{"list":["int"]},5,[1,2,[[1,3],[2,2]]]]],
            "conduct":[[1,8,6,[["7873",8,3]],[[38,"612e7079","6d61696e",8]]]]}"#;
        let looks = read(text).expect("it makes sense");
        let subject = |line, name: &str| Subject {
            file: "a.py".into(),
            first_line: Line::new(line).expect("not 0"),
            name: name.into(),
        };
        let (function, mut observation) = (subject(3, "f"), Observation::default());
        looks[&1].tell(&function, &mut observation);
        assert_eq!(observation.returns_of(&function).map(Seen::times), Some(17));
        let (variable, seen) = observation.variables_of(&function).next().expect("one");
        let (of_type, times, size) = seen.types().next().expect("one");
        assert_eq!(
            (&*variable.name, of_type, times),
            ("xs", &Type::List(vec![Type::Int]), 5)
        );
        let size = size.expect("a list has a length");
        assert_eq!((size.smallest, size.largest), (1, 2));
        assert_eq!(Lengths::of([(1, 3), (2, 2)]), Some(size.calls.clone()));
        assert!(size.samples.is_empty());
        let conduct = observation.conduct_of(&function).expect("it was told");
        assert_eq!(
            (conduct.calls, conduct.raised, conduct.changed["xs"]),
            (8, 6, (8, 3))
        );
        assert!(conduct.callers().eq([(&subject(38, "main"), 8)]));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let check = |returns: &str, arguments: &str, conduct: &str| {
            let text = format!(
                r#"{{"returns":[{returns}],"arguments":[{arguments}],"conduct":[{conduct}]}}"#
            );
            assert_eq!(read(&text), Err(Trouble::Garbled), "{text}");
        };
        check(r#"[1,"int",0,null]"#, "", "");
        check(r#"[1,"int",2,[8,7,[[4,2]]]]"#, "", "");
        check("", r#"[1,"7g","int",2,[7,7,[[4,2]]]]"#, "");
        check("", r#"[1,"ff","int",2,[7,7,[[4,2]]]]"#, "");
        check("", "", r#"[1,8,6,[],[[0,"61","61",8]]]"#);
        check("", "", r#"[1,8,6,[["é",1,1]],[]]"#);
    }

    #[test]
    fn lengths_that_no_values_can_have_are_refused() {
        let check = |buckets: &str| {
            let text = format!(
                r#"{{"returns":[[1,"int",3,[6,9,{buckets}]]],"arguments":[],"conduct":[]}}"#
            );
            read(&text).map(drop)
        };
        assert_eq!(check("[[4,2],[8,1]]"), Ok(()));
        let refused = [
            "[]",
            "[[4,2]]",
            "[[4,2],[8,2]]",
            "[[4,3],[8,0]]",
            "[[5,2],[8,1]]",
            "[[8,1],[4,2]]",
            "[[4,2],[16,1]]",
            "[[2,1],[4,2]]",
            "[[4,18446744073709551615],[8,4]]",
            "[[4,-2],[8,5]]",
        ];
        for buckets in refused {
            assert_eq!(check(buckets), Err(Trouble::Garbled), "{buckets}");
        }
    }
}
