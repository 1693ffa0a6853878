//! rustbound's own file, `rustbound.profile/1`: JSON with a column for each field of each table.
//!
//! Ids are positions in a table, from 0; `null` stands for what is not known. Nothing of a profile
//! is lost. What was seen of values stands beside the tables, as a list of functions. A file is trusted
//! as little as any other: each id is checked where it is used.

mod activity;
mod file;
mod instructions;
mod lengths;
mod observation;
mod tables;
mod types;

use super::{Format, Read, ReadError, WriteError};
use crate::observation::Observation;
use crate::profile::{Profile, WeightUnit};
use file::{File, Head, Unit};
use std::io;
use tables::{frames, functions, samples, stacks, threads};

pub(crate) use types::Told;

pub(super) const SCHEMA: &str = "rustbound.profile/1";

/// What a file holds.
pub(super) fn read(bytes: &[u8]) -> Result<Read, ReadError> {
    let file = parse(bytes)?;
    let mut profile = Profile::default();
    profile.run = file.run.read()?;
    profile.weight_unit = match file.weight_unit {
        Unit::Nanoseconds => WeightUnit::Nanoseconds,
        Unit::Samples => WeightUnit::Samples,
    };
    let strings: Vec<_> = (file.strings.iter())
        .map(|text| profile.strings.intern(text))
        .collect();
    let functions = functions(&file.functions, &strings, &mut profile)?;
    let frames = frames(&file.frames, &functions, &mut profile)?;
    let stacks = stacks(&file.stacks, &frames, &mut profile)?;
    let threads = threads(&file.threads, &strings, &mut profile)?;
    let instructions = file.instructions.read(&strings, &mut profile)?;
    profile.samples = samples(&file.samples, &stacks, &threads, &instructions)?;
    Ok(Read {
        profile,
        observation: observation::read(file.observation)?,
        warnings: Vec::new(),
    })
}

/// Writes all of it, on one line.
pub(super) fn write(
    profile: &Profile,
    observation: &Observation,
    sink: &mut impl io::Write,
) -> Result<(), WriteError> {
    serde_json::to_writer(&mut *sink, &File::of(profile, observation))?;
    Ok(sink.write_all(b"\n")?)
}

fn parse(bytes: &[u8]) -> Result<File<Told>, ReadError> {
    let json = |error| ReadError::json(Format::Native, bytes, error);
    let file = serde_json::from_slice::<File<Told>>(bytes);
    // Another version may have another shape, and then its schema is what is wrong with it.
    let schema = match &file {
        Ok(file) => file.schema.clone(),
        Err(_) => serde_json::from_slice::<Head>(bytes).map_err(json)?.schema,
    };
    if schema == SCHEMA {
        file.map_err(json)
    } else {
        Err(ReadError::Schema { found: schema })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing;
    use crate::profile::{Activity, Sample, Wait};
    use proptest::prelude::*;

    fn text_of(profile: &Profile, observation: &Observation) -> String {
        let mut bytes = Vec::new();
        write(profile, observation, &mut bytes).expect("written to memory");
        String::from_utf8(bytes).expect("JSON is UTF-8")
    }

    const PLAIN: &str = include_str!("../../fixtures/profiles/native.json");
    pub(super) const WITH_VALUES: &str =
        include_str!("../../fixtures/profiles/native_with_values.json");

    /// What reading says of the small fixture with one part replaced.
    fn check(from: &str, to: &str, expected: &str) {
        check_in(PLAIN, from, to, expected);
    }

    /// The same of the fixture with instructions and values.
    pub(super) fn check_values(from: &str, to: &str, expected: &str) {
        check_in(WITH_VALUES, from, to, expected);
    }

    fn check_in(text: &str, from: &str, to: &str, expected: &str) {
        assert!(text.contains(from), "{from}");
        let error = read(text.replace(from, to).as_bytes()).expect_err("damaged");
        assert_eq!(
            error
                .to_string()
                .replace("; the file is damaged: record or export it again", ""),
            expected
        );
    }

    #[test]
    fn the_fixtures_are_written_as_they_were_read() {
        for text in [PLAIN, WITH_VALUES] {
            let read = read(text.as_bytes()).expect("a valid file");
            assert_eq!(text_of(&read.profile, &read.observation), text);
        }
    }

    #[test]
    fn a_file_without_instructions_and_values_is_read() {
        let Read {
            profile,
            observation,
            ..
        } = read(PLAIN.as_bytes()).expect("a valid file");
        assert!(observation.is_empty());
        assert!(profile.instructions().is_empty());
        assert_eq!(
            testing::told(&profile),
            [
                "1/18446744073709551615/MainThread main@etl.py:20;parse@etl.py:7 = 5000000",
                "5000000: 1/18446744073709551615/MainThread main@etl.py:21 = 5000000",
                "5000000: 1/42/  = 5000000",
            ]
        );
    }

    #[test]
    fn samples_tell_the_instruction_that_they_were_at() {
        let profile = read(WITH_VALUES.as_bytes()).expect("valid").profile;
        let told = |sample: &Sample| {
            let raw = profile.raw_instruction(sample.instruction?);
            let lines = raw
                .position
                .map(|it| (it.line.number(), it.end_line.number()));
            let columns = raw.position.and_then(|it| it.columns);
            Some((raw.opcode, lines, columns.map(|it| (it.start, it.end))))
        };
        let told: Vec<_> = profile.samples.iter().map(told).collect();
        assert_eq!(
            told,
            [
                Some((Some("CALL"), Some((7, 7)), Some((8, 19)))),
                Some((Some("CALL"), Some((8, 9)), None)),
                Some((Some("LOAD_FAST"), None, None)),
                Some((None, None, None)),
                None,
            ]
        );
    }

    #[test]
    fn what_threads_waited_for_stands_beside_what_earlier_readers_know() {
        let text = PLAIN.replace("\"ggi\"", "\"ggi\",\"detail\":\"-cs\"");
        let profile = read(text.as_bytes()).expect("valid").profile;
        let told: Vec<_> = profile.samples.iter().map(|it| it.activity).collect();
        let socket = Activity::Waiting(Wait::Socket);
        assert_eq!(told, [Activity::HoldingGil, Activity::Collecting, socket]);
        assert!(text_of(&profile, &Observation::default()).contains("\"detail\":\"-cs\""));
    }

    #[test]
    fn other_schemas_are_refused_whatever_their_shape() {
        let fixture = include_bytes!("../../fixtures/profiles/native_schema_2.json");
        let error = read(fixture).expect_err("a later version");
        assert_eq!(
            error.to_string(),
            "the file's schema is `rustbound.profile/2`, and this rustbound reads \
             `rustbound.profile/1`; update rustbound, or record again"
        );
        check(
            "profile/1",
            "profile/12",
            "the file's schema is `rustbound.profile/12`, and this rustbound reads \
             `rustbound.profile/1`; update rustbound, or record again",
        );
    }

    #[test]
    fn a_file_that_was_cut_off_is_not_taken_for_whole() {
        for whole in [PLAIN, WITH_VALUES] {
            for end in 1..whole.len() - 2 {
                let cut_off = read(&whole.as_bytes()[..end]);
                assert!(matches!(cut_off, Err(ReadError::Truncated { .. })), "{end}");
            }
        }
    }

    #[test]
    fn unknown_fields_are_ignored() {
        let text = PLAIN;
        let more = text.replace("\"strings\":", "\"later\":{\"a\":[1,{}]},\"strings\":");
        let (text, more) = (read(text.as_bytes()), read(more.as_bytes()));
        assert_eq!(text.expect("valid"), more.expect("valid"));
    }

    #[test]
    fn an_entry_told_twice_is_one_entry() {
        let twice = PLAIN
            .replace("\"parse\"", "\"main\"")
            .replace("\"first_line\":[19,5]", "\"first_line\":[19,19]");
        let profile = read(twice.as_bytes()).expect("valid").profile;
        assert_eq!(profile.functions().len(), 1);
        assert_eq!(
            testing::told(&profile)[0],
            "1/18446744073709551615/MainThread main@etl.py:20;main@etl.py:7 = 5000000"
        );
    }

    #[test]
    fn a_parent_that_does_not_precede_its_child_is_refused() {
        let parents = "\"parent\":[null,0,null]";
        let check = |to, expected| check(parents, to, expected);
        check(
            "\"parent\":[0,0,null]",
            "`stacks.parent[0]`: 0 is not below 0",
        );
        check(
            "\"parent\":[null,1,null]",
            "`stacks.parent[1]`: 1 is not below 1",
        );
        check(
            "\"parent\":[null,2,null]",
            "`stacks.parent[1]`: 2 is not below 1",
        );
    }

    #[test]
    fn ids_out_of_range_are_refused_in_every_column() {
        check(
            "\"name\":[0,2]",
            "\"name\":[0,9]",
            "`functions.name[1]`: 9 is not below 4",
        );
        check(
            "\"file\":[1,1]",
            "\"file\":[1,4]",
            "`functions.file[1]`: 4 is not below 4",
        );
        check(
            "\"function\":[0,1,0]",
            "\"function\":[2,1,0]",
            "`frames.function[0]`: 2 is not below 2",
        );
        check(
            "\"frame\":[0,1,2]",
            "\"frame\":[0,1,3]",
            "`stacks.frame[2]`: 3 is not below 3",
        );
        check(
            "\"name\":[3,null]",
            "\"name\":[null,4]",
            "`threads.name[1]`: 4 is not below 4",
        );
        check(
            "\"thread\":[0,0,1]",
            "\"thread\":[0,0,2]",
            "`samples.thread[2]`: 2 is not below 2",
        );
        check(
            "\"stack\":[1,2,null]",
            "\"stack\":[1,3,null]",
            "`samples.stack[1]`: 3 is not below 3",
        );
    }

    #[test]
    fn values_that_no_profile_has_are_refused() {
        check(
            "\"line\":[20,7,21]",
            "\"line\":[20,0,21]",
            "`frames.line[1]`: lines count from 1",
        );
        check(
            "\"ggi\"",
            "\"gxi\"",
            "`samples.activity[1]`: not one of g, r, i, u",
        );
        check(
            "\"42\"",
            "\"18446744073709551616\"",
            "`threads.id[1]`: `18446744073709551616` is no thread id",
        );
        check(
            "\"cpu_seconds\":0.01",
            "\"cpu_seconds\":-1",
            "`run.cpu_seconds`: -1 is negative",
        );
        let not_this_format = "the file is not a json profile; name its format if it is another";
        check(
            "\"cpu_seconds\":0.01",
            "\"cpu_seconds\":1e999",
            not_this_format,
        );
        check(
            "\"time\":[0",
            "\"time\":[18446744073709551616",
            not_this_format,
        );
        check("\"time\":[0", "\"time\":[-1", not_this_format);
    }

    #[test]
    fn columns_of_one_table_are_equally_long() {
        let three = "entries, where the columns beside it have 3";
        check(
            "\"line\":[20,7,21]",
            "\"line\":[20,7]",
            &format!("`frames.line`: 2 {three}"),
        );
        check(
            "\"ggi\"",
            "\"ggii\"",
            &format!("`samples.activity`: 4 {three}"),
        );
        check(
            "\"ggi\"",
            "\"ggi\",\"detail\":\"-\"",
            &format!("`samples.detail`: 1 {three}"),
        );
    }

    #[test]
    fn what_is_no_number_is_left_open() {
        let mut profile = testing::small_profile();
        profile.run.cpu = Some(crate::profile::CpuSeconds(f64::NAN));
        let text = text_of(&profile, &Observation::default());
        let again = read(text.as_bytes()).expect("what was written");
        assert_eq!(again.profile.run.cpu, None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            profile in testing::any_profile(),
            observation in testing::any_observation(),
        ) {
            let text = text_of(&profile, &observation);
            let read = read(text.as_bytes()).expect("what was written");
            prop_assert_eq!(text_of(&read.profile, &read.observation), text);
            prop_assert_eq!(read.profile, profile);
            prop_assert_eq!(read.observation, observation);
        }
    }
}
