//! Scalene's JSON: the time of each line in Python, in native code, and without the processor.
//!
//! The shape is that of `scalene/scalene_json.py`, version 2. Shares are percents of the run's time. What Scalene calls
//! system time is the part in which the processor had nothing to do for the line: a wait.

use super::{Format, Read, ReadError};
use crate::observation::Observation;
use crate::profile::{
    Activity, Line, Nanoseconds, Profile, RawFrame, Run, Sample, Thread, ThreadId, Weight,
    WeightUnit,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The frame of native code that a line called.
const NATIVE: RawFrame<'_> = RawFrame {
    name: "<native code>",
    file: None,
    first_line: None,
    line: None,
};

#[derive(Deserialize)]
struct File {
    elapsed_time_sec: f64,
    #[serde(default)]
    program: Option<String>,
    #[serde(default)]
    args: Vec<String>,
    files: BTreeMap<String, Source>,
}

#[derive(Deserialize)]
struct Source {
    lines: Vec<Row>,
    #[serde(default)]
    functions: Vec<Named>,
}

/// A line of a file.
#[derive(Deserialize)]
struct Row {
    lineno: u32,
    /// Its text.
    #[serde(default)]
    line: String,
    #[serde(default)]
    n_cpu_percent_python: f64,
    #[serde(default)]
    n_cpu_percent_c: f64,
    #[serde(default)]
    n_sys_percent: f64,
    /// The first line of the function that it is in; 0 outside of functions.
    #[serde(default)]
    start_function_line: u32,
}

/// A function that took time.
#[derive(Deserialize)]
struct Named {
    lineno: u32,
    /// Its name.
    line: String,
}

/// The profile of a file: up to three samples for each line.
pub(super) fn read(bytes: &[u8]) -> Result<Read, ReadError> {
    let file: File = serde_json::from_slice(bytes)
        .map_err(|error| ReadError::json(Format::Scalene, bytes, error))?;
    let mut reader = Reader::new(&file)?;
    for (path, source) in &file.files {
        reader.source(path, source)?;
    }
    if reader.profile.samples.is_empty() {
        return Err(ReadError::NoSamples);
    }
    Ok(Read {
        profile: reader.profile,
        observation: Observation::default(),
        warnings: Vec::new(),
    })
}

struct Reader {
    profile: Profile,
    thread: ThreadId,
    /// One percent of the run, in nanoseconds.
    percent: f64,
}

impl Reader {
    fn new(file: &File) -> Result<Self, ReadError> {
        let elapsed = file.elapsed_time_sec * 1e9;
        if !elapsed.is_finite() || elapsed < 0.0 {
            let problem = "a time is a number, not below 0";
            return Err(ReadError::damaged("elapsed_time_sec", problem));
        }
        let mut profile = Profile::default();
        profile.weight_unit = WeightUnit::Nanoseconds;
        profile.run = Run {
            command: file.args.clone(),
            script: file.program.clone().filter(|program| !program.is_empty()),
            wall: Nanoseconds(whole(elapsed)),
            measured: true,
            ..Run::default()
        };
        let thread = profile.intern_thread(Thread {
            process: 0,
            id: 0,
            name: None,
        });
        Ok(Self {
            profile,
            thread,
            percent: elapsed / 100.0,
        })
    }

    fn source(&mut self, path: &str, source: &Source) -> Result<(), ReadError> {
        for (index, row) in source.lines.iter().enumerate() {
            let frame = RawFrame {
                name: function(source, row),
                file: Some(path).filter(|path| !path.is_empty()),
                first_line: None,
                line: Line::new(row.lineno),
            };
            let parts: [(f64, &[RawFrame<'_>], Activity); 3] = [
                (row.n_cpu_percent_python, &[frame], Activity::HoldingGil),
                (row.n_cpu_percent_c, &[frame, NATIVE], Activity::Unknown),
                (row.n_sys_percent, &[frame], Activity::Idle),
            ];
            for (percent, frames, activity) in parts {
                if !(0.0..=1_000.0).contains(&percent) {
                    let place = format!("files[{path:?}].lines[{index}]");
                    return Err(ReadError::damaged(
                        place,
                        "a share is from 0 to 100 percent",
                    ));
                }
                self.sample(percent, frames, activity);
            }
        }
        Ok(())
    }

    fn sample(&mut self, percent: f64, frames: &[RawFrame<'_>], activity: Activity) {
        let weight = whole(percent * self.percent);
        if weight == 0 {
            return;
        }
        let stack = self.profile.intern_raw_stack(frames.iter().copied());
        self.profile.samples.push(Sample {
            time: Nanoseconds(0),
            weight: Weight(weight),
            thread: self.thread,
            stack,
            activity,
            instruction: None,
        });
    }
}

/// The name of the function that a line is in: as the file lists it, or as its first line says.
fn function<'f>(source: &'f Source, row: &Row) -> &'f str {
    const MODULE: &str = "<module>";
    let begins = row.start_function_line;
    if begins == 0 {
        return MODULE;
    }
    let listed = source.functions.iter().find(|named| named.lineno == begins);
    let first = || source.lines.iter().find(|row| row.lineno == begins);
    listed.map_or_else(
        || first().and_then(|row| defined(&row.line)).unwrap_or(MODULE),
        |named| &named.line,
    )
}

/// `f` of `    async def f(x):`.
fn defined(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = line.strip_prefix("async ").unwrap_or(line).trim_start();
    let name = line
        .strip_prefix("def ")
        .or_else(|| line.strip_prefix("class "))?;
    let name = name.split(['(', ':', '[']).next()?.trim();
    Some(name).filter(|name| !name.is_empty())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` holds it in range"
)]
fn whole(number: f64) -> u64 {
    number.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing::told;

    fn check(text: &str, expected: &[&str]) {
        let read = read(text.as_bytes()).expect("a profile");
        assert_eq!(told(&read.profile), expected);
    }

    fn file(lines: &str, functions: &str) -> String {
        format!(
            r#"{{"elapsed_time_sec":1e-7,"files":{{"a.py":{{"lines":[{lines}],"functions":[{functions}]}}}}}}"#
        )
    }

    #[test]
    fn the_split_of_each_line_is_kept() {
        let bytes = include_bytes!("../../fixtures/profiles/scalene.json");
        let profile = read(bytes).expect("a profile").profile;
        let loop_line = "python_work@/srv/shop.py:10";
        let hash = "Shop.native_work@/srv/shop.py:16";
        let wait = "Shop.wait@/srv/shop.py:19";
        let told = told(&profile);
        let has = |frames: &str| {
            told.iter()
                .any(|told| told.starts_with(&format!("0/0/ {frames} = ")))
        };
        assert!(
            has(loop_line) && has(&format!("{loop_line};<native code>")),
            "{told:?}"
        );
        assert!(has("help@/srv/helper.py:2"), "{told:?}");
        assert!(has(&format!("{hash};<native code>")), "{told:?}");
        let idle = profile
            .samples
            .iter()
            .filter(|sample| sample.activity == Activity::Idle);
        let longest = idle
            .max_by_key(|sample| sample.weight)
            .and_then(|sample| sample.stack);
        let longest = profile.frames_of(longest.expect("a stack")).next();
        assert_eq!(longest.and_then(|frame| frame.line), Line::new(19));
        let weights = profile.samples.iter().map(|sample| sample.weight);
        let wall = profile.run.wall.0;
        assert!(weights.sum::<Weight>().0.abs_diff(wall) < wall / 1_000);
        assert_eq!(profile.run.script.as_deref(), Some("/srv/shop.py"));
        assert!(has(wait), "{told:?}");
    }

    #[test]
    fn functions_that_are_not_listed_are_named_by_their_first_lines() {
        let lines = r#"{"lineno":1,"line":"  async def f(x):"},{"lineno":2,"n_cpu_percent_python":10,"start_function_line":1},
            {"lineno":3,"n_cpu_percent_python":20},{"lineno":4,"n_cpu_percent_c":30,"start_function_line":4}"#;
        check(
            &file(lines, r#"{"lineno":4,"line":"C.g"}"#),
            &[
                "0/0/ f@a.py:2 = 10",
                "0/0/ <module>@a.py:3 = 20",
                "0/0/ C.g@a.py:4;<native code> = 30",
            ],
        );
    }

    #[test]
    fn definitions_are_told_by_their_words() {
        let check = |line, expected| assert_eq!(defined(line), expected, "{line}");
        check("def f(x):\n", Some("f"));
        check("\tclass C:\n", Some("C"));
        check("def f[T](x: T):", Some("f"));
        check("@decorated", None);
        check("def ", None);
    }

    #[test]
    fn shares_and_times_make_sense_or_are_refused() {
        let check = |text: &str, expected: &str| {
            let error = read(text.as_bytes()).expect_err("broken").to_string();
            assert_eq!(
                error,
                format!("{expected}; the file is damaged: record or export it again")
            );
        };
        check(
            &file(r#"{"lineno":1,"n_sys_percent":-1}"#, ""),
            "`files[\"a.py\"].lines[0]`: a share is from 0 to 100 percent",
        );
        check(
            r#"{"elapsed_time_sec":-1,"files":{}}"#,
            "`elapsed_time_sec`: a time is a number, not below 0",
        );
        let empty = read(file("", "").as_bytes());
        assert!(matches!(empty, Err(ReadError::NoSamples)));
    }
}
