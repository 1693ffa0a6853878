//! Statistics of functions, as `python -m cProfile -o FILE` writes them for Python's `pstats`.
//!
//! A dict by `(file, first line, name)` with how often a function was called, its own time, its time with all that it
//! called, and the same by each of its direct callers: CPython's Lib/cProfile.py and Lib/pstats.py. There are no
//! stacks: [`stacks`] makes them.

mod marshal;
mod stacks;
mod waits;

use super::{Read, ReadError};
use crate::observation::{Calls, Observation, Subject};
use crate::profile::{
    Activity, Line, Nanoseconds, Profile, RawFrame, Sample, Thread, Weight, WeightUnit,
};
use marshal::{Items, Value};
use std::collections::BTreeMap;

/// What pstats calls the file of functions that are not Python's.
const NO_FILE: &str = "~";

/// The only part of a key that says that times are counts of samples, in the statistics of `profiling.sampling`.
const SAMPLED: &str = "__sampled__";

const TRACED: &str = "functions that are called often took less than told: the times hold the cost of measuring them";

/// The profile of these bytes: own times on stacks of callers.
pub(super) fn read(bytes: &[u8]) -> Result<Read, ReadError> {
    let value = marshal::read(bytes)?;
    let Value::Dict(entries) = &value else {
        return Err(ReadError::damaged("byte 0", "statistics are a dict"));
    };
    let statistics = Statistics::of(entries)?;
    let profile = statistics.profile();
    if profile.samples.is_empty() {
        return Err(ReadError::NoSamples);
    }
    let traced = !statistics.sampled;
    Ok(Read {
        profile,
        observation: statistics.observation(),
        warnings: traced.then(|| TRACED.to_owned()).into_iter().collect(),
    })
}

/// Whether these bytes begin as statistics do: a dict that is empty, or whose first key is a tuple of a length that
/// keys have.
pub(super) fn is_pstats(bytes: &[u8]) -> bool {
    let plain = |index: usize| bytes.get(index).map(|byte| byte & 0x7F);
    let begins_key = match plain(1) {
        Some(b')') => matches!(bytes.get(2), Some(1 | 3)),
        Some(b'(') => matches!(bytes.get(2..6), Some([1 | 3, 0, 0, 0])),
        Some(b'0') => bytes.len() == 2,
        _ => false,
    };
    plain(0) == Some(b'{') && begins_key
}

/// A function's file, line and name.
type Key<'v> = (&'v str, u32, &'v str);

/// A function and who called it.
#[derive(Debug, Default, PartialEq)]
struct Function {
    /// How often it was called, or anything in proportion to it.
    calls: u64,
    /// Its own time.
    own: Nanoseconds,
    /// Who called it directly, the one with the largest total first.
    callers: Vec<Caller>,
}

/// What a function did for one of its direct callers.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Caller {
    /// The caller's place among the functions.
    function: usize,
    /// Own time of the callee, or anything in proportion to it.
    own: f64,
    /// The callee's time with all that it called, or anything in proportion to it.
    total: f64,
}

/// The functions in order of their keys.
struct Statistics<'v> {
    keys: Vec<Key<'v>>,
    functions: Vec<Function>,
    /// Whether times are counts of samples, and lines those that were being executed.
    sampled: bool,
}

impl<'v> Statistics<'v> {
    fn of(entries: &'v Items<'_>) -> Result<Self, ReadError> {
        let mut told = BTreeMap::<Key<'v>, Vec<Told<'v>>>::new();
        let mut sampled = false;
        for (row, entry) in entries.values.chunks_exact(2).enumerate() {
            let damaged = |problem| ReadError::damaged(format!("entry {row}"), problem);
            if is_marker(&entry[0]) {
                sampled = true;
                continue;
            }
            let key =
                key(&entry[0]).ok_or_else(|| damaged("a key is a file, a line and a name"))?;
            let one = Told::of(&entry[1])
                .ok_or_else(|| damaged("a function has two counts, two times and its callers"))?;
            // A caller that has no entry is a function without a time.
            for (caller, _) in &one.callers {
                told.entry(*caller).or_default();
            }
            told.entry(key).or_default().push(one);
        }
        let keys: Vec<_> = told.keys().copied().collect();
        let place = |key: &Key<'v>| keys.binary_search(key).expect("callers are functions too");
        let functions = told.values().map(|told| function(told, place)).collect();
        Ok(Self {
            keys,
            functions,
            sampled,
        })
    }

    /// How often each function was called: every call was counted, if it was a tracer that did.
    fn observation(&self) -> Observation {
        let mut observation = Observation::default();
        for (&(file, line, name), function) in self.keys.iter().zip(&self.functions) {
            let first_line = Line::new(line).filter(|_| file != NO_FILE && !self.sampled);
            if let Some(first_line) = first_line.filter(|_| function.calls > 0) {
                let subject = Subject {
                    file: file.to_owned(),
                    first_line,
                    name: name.to_owned(),
                };
                observation.insert_calls(&subject, Calls::counted(function.calls));
            }
        }
        observation
    }

    fn profile(&self) -> Profile {
        let mut profile = Profile::default();
        profile.weight_unit = WeightUnit::Nanoseconds;
        profile.run.measured = true;
        let thread = profile.intern_thread(Thread {
            process: 0,
            id: 0,
            name: None,
        });
        stacks::unfold(&self.functions, &mut |functions, Nanoseconds(weight)| {
            let frames = functions.iter().rev().map(|&function| self.frame(function));
            let stack = profile.intern_raw_stack(frames);
            profile.samples.push(Sample {
                time: Nanoseconds(0),
                weight: Weight(weight),
                thread,
                stack,
                activity: self.activity(functions[0]),
                instruction: None,
            });
        });
        profile
    }

    /// Tracers measure waiting as well as work.
    fn activity(&self, innermost: usize) -> Activity {
        let RawFrame { name, file, .. } = self.frame(innermost);
        if file.is_none() && waits::waits(name) {
            Activity::Idle
        } else {
            Activity::Unknown
        }
    }

    fn frame(&self, function: usize) -> RawFrame<'v> {
        let (file, line, name) = self.keys[function];
        let line = Line::new(line);
        RawFrame {
            name,
            file: Some(file).filter(|&file| file != NO_FILE && !file.is_empty()),
            first_line: line.filter(|_| !self.sampled),
            line: line.filter(|_| self.sampled),
        }
    }
}

/// What an entry says of a function.
struct Told<'v> {
    calls: f64,
    own: f64,
    /// Own and total time by caller.
    callers: Vec<(Key<'v>, (f64, f64))>,
}

impl<'v> Told<'v> {
    /// `(calls that are no recursion, calls, own time, total time, callers)`.
    fn of(value: &'v Value<'_>) -> Option<Self> {
        let Value::Tuple(items) = value else {
            return None;
        };
        let [_, calls, own, _, Value::Dict(callers)] = &items.values[..] else {
            return None;
        };
        let callers = callers.values.chunks_exact(2);
        let callers = callers.map(|entry| Some((key(&entry[0])?, times(&entry[1])?)));
        Some(Self {
            // Whoever writes none has not counted.
            calls: number(calls).unwrap_or(0.0),
            own: number(own)?,
            callers: callers.collect::<Option<_>>()?,
        })
    }
}

/// The times for a caller. `profile` and `profiling.sampling` tell only how often it called.
fn times(value: &Value<'_>) -> Option<(f64, f64)> {
    match value {
        Value::Tuple(items) => match &items.values[..] {
            [_, _, own, total] => Some((number(own)?, number(total)?)),
            _ => None,
        },
        count => number(count).map(|count| (count, count)),
    }
}

fn function<'v>(told: &[Told<'v>], place: impl Fn(&Key<'v>) -> usize) -> Function {
    let mut callers: Vec<_> = (told.iter().flat_map(|told| &told.callers))
        .map(|(caller, (own, total))| Caller {
            function: place(caller),
            own: *own,
            total: *total,
        })
        .collect();
    callers.sort_by(|a, b| {
        b.total
            .total_cmp(&a.total)
            .then(a.function.cmp(&b.function))
    });
    Function {
        calls: whole(told.iter().map(|told| told.calls).sum()),
        own: nanoseconds(told.iter().map(|told| told.own).sum()),
        callers,
    }
}

fn is_marker(key: &Value<'_>) -> bool {
    let Value::Tuple(items) = key else {
        return false;
    };
    matches!(&items.values[..], [Value::Text(text)] if text == SAMPLED)
}

fn key<'v>(value: &'v Value<'_>) -> Option<Key<'v>> {
    let Value::Tuple(items) = value else {
        return None;
    };
    let [Value::Text(file), Value::Number(line), Value::Text(name)] = &items.values[..] else {
        return None;
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` holds it in range"
    )]
    let line = *line as u32;
    Some((file, line, name))
}

/// A finite number, not below 0: a clock that was set back gives times that are.
fn number(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Number(number) if number.is_finite() => Some(number.max(0.0)),
        _ => None,
    }
}

fn nanoseconds(seconds: f64) -> Nanoseconds {
    Nanoseconds(whole(seconds * 1e9))
}

fn whole(number: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` holds it in range"
    )]
    let whole = number.round() as u64;
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing::told;

    fn check(bytes: &[u8], expected: &[&str], warnings: &[&str]) {
        assert!(is_pstats(bytes));
        let read = read(bytes).expect("statistics");
        assert_eq!(told(&read.profile), expected);
        assert_eq!(read.warnings, warnings);
    }

    #[test]
    fn own_times_stand_on_stacks_of_callers() {
        let module = "0/0/ <built-in method builtins.exec>;<module>@shop.py";
        let day = format!("{module};week@shop.py;day@shop.py");
        let sorted = format!("{day};order@shop.py;<built-in method builtins.sorted>");
        check(
            include_bytes!("../../fixtures/profiles/cprofile_3.13.pstats"),
            &[
                &format!("{module} = 26239"),
                &format!("{day};fib@shop.py;fib@shop.py = 474704"),
                &format!("{module};fib@shop.py;fib@shop.py = 13891"),
                &format!("{day};fib@shop.py = 5962"),
                &format!("{module};fib@shop.py = 520"),
                &format!("{day};total@shop.py = 7230007"),
                &format!("{day};order@shop.py = 14898"),
                &format!("{sorted};<lambda>@shop.py = 7511380"),
                &format!("{day} = 2390273"),
                &format!("{module};week@shop.py = 1032867"),
                "0/0/ <built-in method builtins.exec> = 4108",
                &format!("{module};<built-in method builtins.print> = 60433"),
                &format!("{sorted} = 13023857"),
                "0/0/ <method 'disable' of '_lsprof.Profiler' objects> = 35647",
            ],
            &[TRACED],
        );
    }

    #[test]
    fn every_call_was_counted() {
        let calls = |bytes| {
            let observation = read(bytes).expect("statistics").observation;
            let subjects = observation.subjects().map(|subject| {
                let calls = observation.calls_of(subject).expect("all are counted");
                assert_eq!(calls, Calls::counted(calls.expected));
                format!(
                    "{} {}",
                    subject.name.rsplit('.').next().unwrap_or_default(),
                    calls.expected
                )
            });
            subjects.collect::<Vec<_>>()
        };
        let told = calls(include_bytes!(
            "../../fixtures/profiles/cprofile_3.13.pstats"
        ));
        assert_eq!(
            told,
            [
                "<module> 1",
                "fib 2392",
                "total 5",
                "order 5",
                "<lambda> 100000",
                "day 5",
                "week 1"
            ]
        );
    }

    #[test]
    fn every_version_tells_the_same_functions() {
        let functions = |bytes| {
            let profile = read(bytes).expect("statistics").profile;
            let functions = profile.functions().iter().map(|function| {
                let name = profile.strings.get(function.name).rsplit('.').next();
                let line = function.first_line.map(Line::number);
                (name.unwrap_or_default().to_owned(), line)
            });
            let mut functions: Vec<_> = functions.collect();
            functions.sort();
            functions
        };
        let first = functions(include_bytes!(
            "../../fixtures/profiles/cprofile_3.9.pstats"
        ));
        for name in [
            "day", "fib", "order", "total", "week", "sorted>", "<lambda>",
        ] {
            assert!(
                first.iter().any(|(other, _)| name == other),
                "{name}: {first:?}"
            );
        }
        let last = functions(include_bytes!(
            "../../fixtures/profiles/cprofile_3.15.pstats"
        ));
        let ours = |(_, line): &&(String, Option<u32>)| line.is_some();
        // Comprehensions were functions up to 3.11.
        let first = first
            .iter()
            .filter(ours)
            .filter(|(name, _)| name != "<listcomp>");
        assert!(first.eq(last.iter().filter(ours)), "{last:?}");
    }

    #[test]
    fn callers_that_are_only_counted_share_by_their_counts() {
        let shop = "0/0/ profiler@profile;shop@profile";
        let day = format!("{shop};day@shop.py");
        check(
            include_bytes!("../../fixtures/profiles/profile_3.11.pstats"),
            &[
                &format!("{shop};setprofile = 93415"),
                &format!("{day};order@shop.py;sorted = 24183850"),
                &format!("{shop} = 189014"),
                &format!("{day};fib@shop.py;fib@shop.py = 1068066"),
                &format!("{day};fib@shop.py = 2301"),
                &format!("{day};total@shop.py = 2100228"),
                &format!("{day};order@shop.py = 3637"),
                &format!("{day};order@shop.py;sorted;<lambda>@shop.py = 21058740"),
                &format!("{day} = 276781"),
            ],
            &[TRACED],
        );
    }

    #[test]
    fn code_in_the_place_of_a_name_says_what_to_do() {
        let error = read(include_bytes!(
            "../../fixtures/profiles/profile_code_3.11.pstats"
        ));
        assert!(matches!(error, Err(ReadError::CodeObjects)));
    }

    #[test]
    fn statistics_of_samples_tell_the_lines_that_were_executed() {
        let file = "@/srv/shop_long.py";
        let outer = format!("<module>{file}:26;week{file}:22;day{file}:18;order{file}:13");
        check(
            include_bytes!("../../fixtures/profiles/sampling_3.15.pstats"),
            &[&format!(
                "0/0/ {outer};order.<locals>.<lambda>{file}:13 = 1000000"
            )],
            &[],
        );
    }

    #[test]
    fn builtins_that_wait_are_idle() {
        let bytes = b"{)\x03z\x01~i\0\0\0\0z\x1c<built-in method time.sleep>\
            )\x05NNg\0\0\0\0\0\0\xF8\x3FN{00";
        let samples = read(bytes).expect("statistics").profile.samples;
        assert_eq!(samples[0].activity, Activity::Idle);
        assert_eq!(samples[0].weight, Weight(1_500_000_000));
    }

    #[test]
    fn all_time_is_told_once() {
        let files: [&[u8]; 3] = [
            include_bytes!("../../fixtures/profiles/cprofile_3.9.pstats"),
            include_bytes!("../../fixtures/profiles/cprofile_3.15.pstats"),
            include_bytes!("../../fixtures/profiles/profile_3.11.pstats"),
        ];
        for bytes in files {
            let value = marshal::read(bytes).expect("statistics");
            let Value::Dict(entries) = &value else {
                panic!("statistics are a dict");
            };
            let statistics = Statistics::of(entries).expect("statistics");
            let own = statistics.functions.iter().map(|function| function.own.0);
            let samples = &statistics.profile().samples;
            let weights = samples.iter().map(|sample| sample.weight.0);
            assert_eq!(weights.sum::<u64>(), own.sum::<u64>());
        }
    }

    fn check_error(bytes: &[u8], expected: &str) {
        let error = read(bytes).expect_err("broken").to_string();
        assert_eq!(
            error,
            format!("{expected}; the file is damaged: record or export it again")
        );
    }

    #[test]
    fn other_values_are_no_statistics() {
        check_error(b"i\0\0\0\0", "`byte 0`: statistics are a dict");
        check_error(
            b"{)\x01N)\x000",
            "`entry 0`: a key is a file, a line and a name",
        );
        let entry = "`entry 0`: a function has two counts, two times and its callers";
        check_error(b"{)\x03z\x01ai\x01\0\0\0z\x01fN0", entry);
        let nan = b"{)\x03z\x01ai\x01\0\0\0z\x01f)\x05NNg\0\0\0\0\0\0\xF8\x7FN{00";
        check_error(nan, entry);
        assert!(matches!(read(b"{0"), Err(ReadError::NoSamples)));
    }
}
