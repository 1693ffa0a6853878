//! Speedscope's JSON: a profile for each thread, its frames shared.
//!
//! A sampled profile lays its samples end to end, so its times are the sums of the weights before;
//! an evented one tells when each frame was entered and left, which is turned into samples.

mod evented;
mod file;
mod reader;

use super::py_spy::Identity;
use super::{Format, Read, ReadError, WriteError};
use crate::profile::{
    FrameId, Line, Profile, RawFrame, Sample, StackId, ThreadId, Weight, WeightUnit,
};
use file::{File, Frame, Kind, Number, Shared, Unit};
use reader::Reader;
use std::io;

type Part = file::Profile<Vec<u32>>;

/// The profile of a file. Its threads are told by the names of the profiles in it where they say
/// `Process 1 Thread 2 "name"`; otherwise the name of the profile is the name of the thread.
pub(super) fn read(bytes: &[u8]) -> Result<Read, ReadError> {
    let file: File<Vec<u32>> = serde_json::from_slice(bytes)
        .map_err(|error| ReadError::json(Format::Speedscope, bytes, error))?;
    let mut reader = Reader::new(&file)?;
    for (index, part) in file.profiles.iter().enumerate() {
        reader.part(index, part)?;
    }
    reader.finish()
}

/// Writes a sampled profile for each thread that has samples.
pub(super) fn write(profile: &Profile, sink: &mut impl io::Write) -> Result<(), WriteError> {
    let stacks = sampled_stacks(profile);
    let mut by_thread = vec![Vec::new(); profile.threads().len()];
    for sample in &profile.samples {
        by_thread[sample.thread.index()].push(sample);
    }
    let profiles: Vec<_> = (by_thread.iter().enumerate())
        .filter(|(_, samples)| !samples.is_empty())
        .map(|(index, samples)| written(profile, ThreadId::from_index(index), samples, &stacks))
        .collect();
    let file = File {
        schema: Some(file::SCHEMA.to_owned()),
        exporter: Some(concat!("rustbound@", env!("CARGO_PKG_VERSION")).to_owned()),
        name: Some(profile.run.command.join(" ")).filter(|name| !name.is_empty()),
        active_profile_index: (!profiles.is_empty()).then_some(Number::Whole(0)),
        profiles,
        shared: Shared {
            frames: (0..profile.frames().len())
                .map(|index| Frame::of(profile.raw_frame(FrameId::from_index(index))))
                .collect(),
        },
    };
    serde_json::to_writer(&mut *sink, &file)?;
    Ok(sink.write_all(b"\n")?)
}

/// The frames of each stack that has samples, by id; of others nothing. All stacks of a deep
/// recursion would take the square of its depth.
fn sampled_stacks(profile: &Profile) -> Vec<Vec<u32>> {
    let mut stacks = vec![Vec::new(); profile.stacks().len()];
    for stack in profile.samples.iter().filter_map(|sample| sample.stack) {
        let positions_of = &mut stacks[stack.index()];
        if positions_of.is_empty() {
            *positions_of = positions(profile, stack);
        }
    }
    stacks
}

/// The frames of a stack, outermost first.
fn positions(profile: &Profile, stack: StackId) -> Vec<u32> {
    let mut positions: Vec<u32> = (profile.frame_ids_of(stack))
        .map(|frame| u32::try_from(frame.index()).expect("ids have four bytes"))
        .collect();
    positions.reverse();
    positions
}

fn written<'a>(
    profile: &Profile,
    thread: ThreadId,
    samples: &[&Sample],
    stacks: &'a [Vec<u32>],
) -> file::Profile<&'a [u32]> {
    let thread = profile.threads()[thread.index()];
    let identity = Identity {
        process: thread.process,
        thread: thread.id,
        name: thread.name.map(|name| profile.strings.get(name)),
    };
    let total: Weight = samples.iter().map(|sample| sample.weight).sum();
    file::Profile {
        kind: Kind::Sampled,
        name: identity.to_profile(),
        unit: match profile.weight_unit {
            WeightUnit::Nanoseconds => Unit::Nanoseconds,
            WeightUnit::Samples => Unit::None,
        },
        start_value: Number::Whole(0),
        end_value: Number::Whole(total.0),
        samples: (samples.iter())
            .map(|sample| sample.stack.map_or(&[][..], |stack| &stacks[stack.index()]))
            .collect(),
        weights: (samples.iter())
            .map(|sample| Number::Whole(sample.weight.0))
            .collect(),
        events: Vec::new(),
    }
}

impl Frame {
    fn of(frame: RawFrame<'_>) -> Self {
        Self {
            name: frame.name.to_owned(),
            file: frame.file.map(str::to_owned),
            line: frame.line.map(|line| Number::Whole(line.number().into())),
        }
    }

    /// Without the empty file and the line 0 that stand for none.
    fn raw(&self) -> RawFrame<'_> {
        let line = self.line.map(|line| u32::try_from(line.times(1)));
        RawFrame {
            name: &self.name,
            file: self.file.as_deref().filter(|file| !file.is_empty()),
            first_line: None,
            line: line.and_then(|line| Line::new(line.ok()?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing::{any_profile, small_profile, told};
    use proptest::prelude::*;

    fn check(bytes: &[u8], expected: &[&str], warnings: &[&str]) {
        let read = read(bytes).expect("a speedscope profile");
        assert_eq!(told(&read.profile), expected);
        assert_eq!(read.warnings, warnings);
    }

    fn check_error(bytes: &[u8], expected: &str) {
        assert_eq!(read(bytes).expect_err("broken").to_string(), expected);
    }

    /// A file with one sampled profile over the frames `a` and `b`.
    fn sampled(unit: &str, samples: &str, weights: &str) -> String {
        format!(
            r#"{{"shared":{{"frames":[{{"name":"a"}},{{"name":"b","file":null,"line":-4}}]}},"profiles":[
                {{"type":"sampled","name":"main","unit":"{unit}","startValue":0,"endValue":1,
                  "samples":{samples},"weights":{weights}}}]}}"#
        )
    }

    #[test]
    fn py_spys_pseudo_frames_tell_the_thread() {
        let main = "12374/12374/MainThread <module>@/srv/app.py";
        let worker = "12374/12419/wo\"rk;er Thread._bootstrap@/usr/lib/python3.11/threading.py:1002;\
            Thread._bootstrap_inner@/usr/lib/python3.11/threading.py:1045;\
            Thread.run@/usr/lib/python3.11/threading.py:982;\
            waiter@/srv/app.py:11;inner@/srv/app.py:4 = 5000000";
        let inner = format!("{main}:13;Job.run@/srv/app.py:8;inner@/srv/app.py:4 = 5000000");
        let generator = format!("{main}:15;<genexpr>@/srv/app.py:15 = 5000000");
        check(
            include_bytes!("../../fixtures/profiles/py_spy.speedscope.json"),
            &[
                &format!("{main}:15 = 5000000"),
                worker,
                &format!("5000000: {inner}"),
                &format!("5000000: {worker}"),
                &format!("10000000: {inner}"),
                &format!("10000000: {worker}"),
                &format!("15000000: {generator}"),
                &format!("15000000: {worker}"),
                &format!("20000000: {generator}"),
                &format!("20000000: {worker}"),
            ],
            &[],
        );
    }

    #[test]
    fn only_py_spys_own_files_have_pseudo_frames() {
        let text = sampled("none", "[[0]]", "[1]").replace("\"a\"", "\"thread (1)\"");
        check(text.as_bytes(), &["0/0/main thread (1) = 1"], &[]);
    }

    #[test]
    fn profiles_of_other_tools_are_threads_told_by_their_names() {
        let text = r#"{"shared":{"frames":[{"name":"a"}]},"profiles":[
            {"type":"sampled","name":"main","unit":"none","startValue":0,"endValue":1,"samples":[[0]],"weights":[1]},
            {"type":"sampled","name":"worker","unit":"none","startValue":0,"endValue":1,"samples":[[0]],"weights":[2]}]}"#;
        check(
            text.as_bytes(),
            &["0/0/main a = 1", "0/0/worker a = 2"],
            &[],
        );
    }

    #[test]
    fn events_become_the_time_between_them() {
        check(
            include_bytes!("../../fixtures/profiles/evented.speedscope.json"),
            &[
                "0/0/simple.txt a;b@b.js:3 = 3500000",
                "3500000: 0/0/simple.txt a = 1500000",
                "9000000: 0/0/simple.txt c = 1000000",
                "12000000: 0/0/simple.txt a = 2000000",
            ],
            &["profiles[0]: frames are open at its end; closed there"],
        );
    }

    #[test]
    fn events_out_of_order_are_refused() {
        let text = include_str!("../../fixtures/profiles/unbalanced.speedscope.json");
        let damaged = "; the file is damaged: record or export it again";
        let check = |from: &str, to: &str, expected: &str| {
            assert!(text.contains(from), "{from}");
            check_error(
                text.replace(from, to).as_bytes(),
                &format!("{expected}{damaged}"),
            );
        };
        let place = "`profiles[0].events[2]`";
        check(
            "",
            "",
            &format!("{place}: closes frame 0, while frame 1 is the innermost"),
        );
        check(
            r#""at":2"#,
            r#""at":-1"#,
            &format!("{place}: not after the event before, or centuries after it"),
        );
        check(
            r#""at":2"#,
            r#""at":1e300"#,
            &format!("{place}: not after the event before, or centuries after it"),
        );
        check(
            r#""at":2,"frame":0"#,
            r#""at":2,"frame":9"#,
            &format!("{place}: closes frame 9, while frame 1 is the innermost"),
        );
        check(
            r#"{"type":"O","at":0,"frame":0},"#,
            r#"{"type":"C","at":0,"frame":0},"#,
            "`profiles[0].events[0]`: closes frame 0, while none is open",
        );
        check(
            r#"{"type":"O","at":0,"frame":1}"#,
            r#"{"type":"O","at":0,"frame":2}"#,
            "`profiles[0].events[1]`: frame 2 of 2",
        );
    }

    #[test]
    fn every_unit_of_time_becomes_nanoseconds() {
        let check = |unit, weight, expected: u64| {
            let read = read(sampled(unit, "[[0]]", &format!("[{weight}]")).as_bytes());
            assert_eq!(
                read.expect("a profile").profile.samples[0].weight,
                Weight(expected)
            );
        };
        check("nanoseconds", "18446744073709551615", u64::MAX);
        check("nanoseconds", "1.5", 2);
        check("microseconds", "2", 2_000);
        check("milliseconds", "0.25", 250_000);
        check("seconds", "0.01", 10_000_000);
        check("none", "3", 3);
    }

    #[test]
    fn profiles_without_a_unit_count_samples() {
        let text = sampled("none", "[[0,1],[0],[]]", "[1,2,4]");
        let read = read(text.as_bytes()).expect("a profile");
        assert_eq!(read.profile.weight_unit, WeightUnit::Samples);
        assert_eq!(
            told(&read.profile),
            ["0/0/main a;b = 1", "0/0/main a = 2", "0/0/main  = 4"]
        );
    }

    #[test]
    fn memory_and_mixtures_are_no_time_profile() {
        check_error(
            include_bytes!("../../fixtures/profiles/bytes.speedscope.json"),
            "`heap of main` counts bytes: it says where memory went, not time; record a time profile",
        );
        let part = r#"{"type":"sampled","name":"m","unit":"none","startValue":0,"endValue":0},"#;
        let mixed = sampled("seconds", "[]", "[]")
            .replace(r#""profiles":["#, &format!(r#""profiles":[{part}"#));
        assert!(matches!(read(mixed.as_bytes()), Err(ReadError::MixedUnits)));
    }

    #[test]
    fn samples_that_contradict_the_file_are_refused() {
        let damaged = "; the file is damaged: record or export it again";
        let check = |samples, weights, expected| {
            let text = sampled("seconds", samples, weights);
            check_error(text.as_bytes(), &format!("{expected}{damaged}"));
        };
        check(
            "[[0]]",
            "[1,2]",
            "`profiles[0].weights`: 2 weights for 1 samples",
        );
        check(
            "[[0],[0,2]]",
            "[1,2]",
            "`profiles[0].samples[1]`: frame 2 of 2",
        );
        let weight = "`profiles[0].weights[0]`: a weight is not below 0 and fits 64 bits";
        check("[[0]]", "[-1]", weight);
        check("[[0]]", "[1e300]", weight);
        check("[[0]]", "[18446744073709551615]", weight);
        assert!(matches!(
            read(sampled("seconds", "[]", "[]").as_bytes()),
            Err(ReadError::NoSamples)
        ));
    }

    #[test]
    fn a_thread_is_written_as_a_profile() {
        let mut bytes = Vec::new();
        write(&small_profile(), &mut bytes).expect("written to memory");
        let expected = concat!(
            r#"{"$schema":"https://www.speedscope.app/file-format-schema.json","exporter":"rustbound@"#,
            env!("CARGO_PKG_VERSION"),
            r#"","activeProfileIndex":0,"profiles":[{"type":"sampled","#,
            r#""name":"Process 1 Thread 18446744073709551615 \"MainThread\"","unit":"nanoseconds","#,
            r#""startValue":0,"endValue":4,"samples":[[0],[0,1]],"weights":[2,2]}],"#,
            r#""shared":{"frames":[{"name":"outer","file":"a.py","line":3},"#,
            r#"{"name":"inner","file":"a.py","line":7}]}}"#,
            "\n",
        );
        assert_eq!(String::from_utf8_lossy(&bytes), expected);
    }

    /// What survives, in an order of its own: times do not, and a thread is its process and its id.
    fn surviving(profile: &Profile) -> Vec<String> {
        let mut samples: Vec<_> = (profile.samples.iter())
            .map(|sample| {
                let thread = profile.threads()[sample.thread.index()];
                let frames: Vec<_> = (sample.stack.into_iter())
                    .flat_map(|stack| profile.frame_ids_of(stack))
                    .map(|frame| {
                        let frame = profile.raw_frame(frame);
                        (
                            frame.name,
                            frame.file.filter(|file| !file.is_empty()),
                            frame.line,
                        )
                    })
                    .collect();
                format!(
                    "{}/{} {frames:?} = {}",
                    thread.process, thread.id, sample.weight.0
                )
            })
            .collect();
        samples.sort();
        samples
    }

    proptest! {
        #[test]
        fn samples_keep_weight_thread_and_frames(profile in any_profile()) {
            let mut bytes = Vec::new();
            write(&profile, &mut bytes).expect("written to memory");
            match read(&bytes) {
                Ok(read) => {
                    prop_assert_eq!(surviving(&read.profile), surviving(&profile));
                    prop_assert_eq!(read.profile.weight_unit, profile.weight_unit);
                }
                Err(error) => prop_assert!(profile.samples.is_empty(), "{}", error),
            }
        }
    }
}
