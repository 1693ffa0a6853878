//! Collapsed stacks, one a line: `outer (a.py:3);inner (a.py:7) 12`.
//!
//! flamegraph.pl's input, and what py-spy calls `raw`. Nothing in it is escaped.

mod frame;

use super::py_spy::{Identity, Threads};
use super::warnings::Warnings;
use super::{Read, ReadError};
use crate::observation::Observation;
use crate::profile::{
    Activity, FrameId, Nanoseconds, Profile, Sample, StackId, Weight, WeightUnit,
};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

const NO_COUNT: &str = "no count at its end; skipped";
const NEGATIVE: &str = "its count is negative; skipped";
const TOO_LARGE: &str = "its count is too large; skipped";
const FRACTION: &str = "its count is no whole number; rounded";
const NOT_UTF8: &str = "bytes that are not UTF-8; replaced";
const NO_NAME: &str = "a frame without a name; left out";
const REJOINED: &str = "a `;` inside a file name or a command line; taken as part of it";

/// The profile of these lines: a sample for each, with its count as its weight.
pub(super) fn read(bytes: &[u8]) -> Result<Read, ReadError> {
    let mut reader = Reader::default();
    reader.profile.weight_unit = WeightUnit::Samples;
    for (number, bytes) in (1..).zip(bytes.split(|&byte| byte == b'\n')) {
        reader.line(number, bytes);
    }
    reader.finish()
}

/// Writes each stack once, sorted by its text, with its total weight.
pub(super) fn write(profile: &Profile, sink: &mut impl io::Write) -> io::Result<()> {
    let frames: Vec<String> = (0..profile.frames().len())
        .map(|index| frame::text(profile.raw_frame(FrameId::from_index(index))))
        .collect();
    let mut lines = BTreeMap::<String, Weight>::new();
    for (stack, weight) in weights(profile) {
        let text = stack.map_or_else(String::new, |stack| stack_text(profile, &frames, stack));
        *lines.entry(text).or_default() += weight;
    }
    for (stack, weight) in lines {
        writeln!(sink, "{stack} {}", weight.0)?;
    }
    Ok(())
}

/// Whether a line is a stack with a count.
pub(super) fn is_stack(line: &str) -> bool {
    matches!(parse(line), Line::Stack { .. })
}

enum Line<'a> {
    /// Blank, or a comment.
    Nothing,
    Stack {
        frames: &'a str,
        count: u64,
        rounded: bool,
    },
    Problem(&'static str),
}

fn parse(line: &str) -> Line<'_> {
    let is_comment = line.starts_with("# ") || line.trim_end() == "#";
    if is_comment || line.trim().is_empty() {
        return Line::Nothing;
    }
    let Some((frames, count)) = line.trim_end().rsplit_once([' ', '\t']) else {
        return Line::Problem(NO_COUNT);
    };
    match parse_count(count) {
        Ok((count, rounded)) => Line::Stack {
            frames,
            count,
            rounded,
        },
        Err(problem) => Line::Problem(problem),
    }
}

/// A whole number, or a decimal one, as flamegraph.pl takes it too; and whether it was rounded.
fn parse_count(text: &str) -> Result<(u64, bool), &'static str> {
    let is_number = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
    if !text.bytes().all(is_number) {
        return Err(NO_COUNT);
    }
    if let Ok(count) = text.parse() {
        return Ok((count, false));
    }
    let count: f64 = text.parse().map_err(|_| NO_COUNT)?;
    if count < 0.0 {
        Err(NEGATIVE)
    } else if count >= u64::MAX as f64 {
        Err(TOO_LARGE)
    } else {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "in range"
        )]
        let whole = count.round() as u64;
        Ok((whole, count.fract() != 0.0))
    }
}

#[derive(Default)]
struct Reader {
    profile: Profile,
    threads: Threads,
    warnings: Warnings,
}

impl Reader {
    fn line(&mut self, number: usize, bytes: &[u8]) {
        let place = format_args!("line {number}");
        let line = String::from_utf8_lossy(bytes);
        if let Cow::Owned(_) = line {
            self.warnings.add(place, NOT_UTF8);
        }
        match parse(&line) {
            Line::Nothing => {}
            Line::Problem(problem) => self.warnings.add(place, problem),
            Line::Stack {
                frames,
                count,
                rounded,
            } => {
                if rounded {
                    self.warnings.add(place, FRACTION);
                }
                self.stack(number, frames, Weight(count));
            }
        }
    }

    fn stack(&mut self, number: usize, text: &str, weight: Weight) {
        let place = format_args!("line {number}");
        let mut texts = frame::split(text);
        if texts.iter().any(|text| text.contains(';')) {
            self.warnings.add(place, REJOINED);
        }
        if !text.is_empty() && texts.contains(&"") {
            self.warnings.add(place, NO_NAME);
        }
        texts.retain(|text| !text.is_empty());
        let mut identity = Identity::default();
        let functions = texts.iter().position(|text| !identity.learn(text));
        let functions = &texts[functions.unwrap_or(texts.len())..];
        let frames = functions.iter().map(|text| frame::parse(text));
        let stack = self.profile.intern_raw_stack(frames);
        let thread = self.threads.intern(identity, &mut self.profile);
        self.profile.samples.push(Sample {
            time: Nanoseconds(0),
            weight,
            thread,
            stack,
            activity: Activity::Unknown,
            instruction: None,
        });
    }

    fn finish(mut self) -> Result<Read, ReadError> {
        self.threads.finish(&mut self.profile);
        let warnings = self.warnings.texts();
        if self.profile.samples.is_empty() {
            return Err(match warnings.into_iter().next() {
                Some(problem) => ReadError::NoStack { problem },
                None => ReadError::NoSamples,
            });
        }
        Ok(Read {
            profile: self.profile,
            observation: Observation::default(),
            warnings,
        })
    }
}

fn weights(profile: &Profile) -> BTreeMap<Option<StackId>, Weight> {
    let mut weights = BTreeMap::<_, Weight>::new();
    for sample in &profile.samples {
        *weights.entry(sample.stack).or_default() += sample.weight;
    }
    weights
}

fn stack_text(profile: &Profile, frames: &[String], stack: StackId) -> String {
    let mut texts: Vec<&str> = (profile.frame_ids_of(stack))
        .map(|frame| &*frames[frame.index()])
        .collect();
    texts.reverse();
    texts.join(";")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing::{any_profile, told};
    use crate::profile::Line as SourceLine;
    use proptest::prelude::*;

    fn check(bytes: &[u8], expected: &[&str], warnings: &[&str]) {
        let read = read(bytes).expect("a collapsed profile");
        assert_eq!(told(&read.profile), expected);
        assert_eq!(read.warnings, warnings);
    }

    #[test]
    fn a_line_is_a_sample_with_its_count_as_weight() {
        check(
            b"main (a.py:3);parse (a.py:7) 4\nmain (a.py:3) 2",
            &["0/0/ main@a.py:3;parse@a.py:7 = 4", "0/0/ main@a.py:3 = 2"],
            &[],
        );
        let read = read(b"main 1").expect("a collapsed profile");
        assert_eq!(read.profile.weight_unit, WeightUnit::Samples);
        assert_eq!(read.profile.samples[0].activity, Activity::Unknown);
    }

    #[test]
    fn py_spys_threads_and_processes_are_no_frames() {
        let module = r"<module>@/srv/r x;m (a).py";
        let threading = "Thread._bootstrap@/usr/lib/python3.11/threading.py:1002;\
            Thread._bootstrap_inner@/usr/lib/python3.11/threading.py:1045;\
            Thread.run@/usr/lib/python3.11/threading.py:982;waiter@/srv/r x;m (a).py";
        // What follows the `;` in the thread's name can't be told from a frame.
        let worker = format!("2001/2003/wo\"rk er;{threading}");
        check(
            include_bytes!("../../fixtures/profiles/py_spy.raw"),
            &[
                &format!("{worker}:11;inner@/srv/r x;m (a).py:4 = 28"),
                &format!("{worker}:10 = 1"),
                &format!("2001/2001/MainThread {module}:15 = 6"),
                "2001/2001/MainThread  = 2",
                &format!(
                    "2001/2001/MainThread {module}:13;Job.run@/srv/r x;m (a).py:8;inner@/srv/r x;m (a).py:4 = 64"
                ),
                &format!("2001/2001/MainThread {module}:15;<genexpr>@/srv/r x;m (a).py:15 = 9"),
            ],
            &["line 1 and 5 more: a `;` inside a file name or a command line; taken as part of it"],
        );
    }

    #[test]
    fn a_thread_that_is_named_later_is_one_thread() {
        check(
            b"thread (7);a 1\nthread (7): MainThread;b 2",
            &["0/7/MainThread a = 1", "0/7/MainThread b = 2"],
            &[],
        );
    }

    #[test]
    fn other_tools_files_are_read_as_they_are() {
        check(
            include_bytes!("../../fixtures/profiles/flamegraph.collapsed"),
            &[
                "0/0/ swapper;start_kernel;cpu_idle_[k];native_safe_halt_[k] = 3",
                "0/0/ java;std::function<void (int)>::operator()(int) const;_[k] = 2",
                "0/0/ python;PyEval_EvalFrame = 1",
                "0/0/ python;do_work = 2",
            ],
            &[
                "line 5: a frame without a name; left out",
                "line 6: its count is no whole number; rounded",
            ],
        );
    }

    #[test]
    fn bad_lines_are_told_and_skipped() {
        check(
            include_bytes!("../../fixtures/profiles/hazards.collapsed"),
            &[
                "0/0/ main@a.py:3;parse@a.py:7 = 4",
                "0/0/ main@caf\u{FFFD}.py:3 = 1",
                "0/0/  = 7",
            ],
            &[
                "line 2: its count is negative; skipped",
                "line 3 and 1 more: no count at its end; skipped",
                "line 6: its count is too large; skipped",
                "line 7: bytes that are not UTF-8; replaced",
            ],
        );
    }

    #[test]
    fn counts_are_numbers_and_nothing_else() {
        let check = |text, expected| assert_eq!(parse_count(text), expected, "{text}");
        check("18446744073709551615", Ok((u64::MAX, false)));
        check("18446744073709551616", Err(TOO_LARGE));
        check("1e400", Err(TOO_LARGE));
        check("2.0", Ok((2, false)));
        check("0.4", Ok((0, true)));
        check("-0.5", Err(NEGATIVE));
        for text in [
            "nan", "inf", "infinity", "0x10", "-", ".", "e", "1_000", "٣",
        ] {
            check(text, Err(NO_COUNT));
        }
    }

    #[test]
    fn a_text_without_a_stack_is_no_profile() {
        let error = read(include_bytes!("../../fixtures/profiles/no_stacks.txt"))
            .expect_err("not one stack");
        assert_eq!(
            error.to_string(),
            "no line is a collapsed stack, `outer;inner 12`; the first problem is at \
             line 1 and 2 more: no count at its end; skipped"
        );
        assert!(matches!(read(b"# only: 1\n"), Err(ReadError::NoSamples)));
    }

    #[test]
    fn stacks_are_written_once_and_sorted() {
        let read = read(b"thread (1);b 2\na;c (c.py:3) 1\nthread (2);b 5\n 4").expect("a profile");
        let mut bytes = Vec::new();
        write(&read.profile, &mut bytes).expect("written to memory");
        assert_eq!(String::from_utf8_lossy(&bytes), " 4\na;c (c.py:3) 1\nb 7\n");
    }

    type Told = BTreeMap<Vec<(String, Option<String>, Option<SourceLine>)>, Weight>;

    /// The total weight of each stack, with every character replaced that a writer may replace.
    fn totals(profile: &Profile) -> Told {
        let plain = |text: &str| {
            let replaced = |char: char| char.is_control() || ";()\"#\u{FEFF}".contains(char);
            text.replace(replaced, "_")
        };
        let mut totals = Told::new();
        for sample in &profile.samples {
            let frames = (sample.stack.into_iter())
                .flat_map(|stack| profile.frame_ids_of(stack))
                .map(|frame| {
                    let frame = profile.raw_frame(frame);
                    let name = if frame.name.is_empty() {
                        "_"
                    } else {
                        frame.name
                    };
                    let file = frame.file.filter(|file| !file.is_empty());
                    (plain(name), file.map(plain), frame.line)
                })
                .collect();
            *totals.entry(frames).or_default() += sample.weight;
        }
        totals
    }

    proptest! {
        #[test]
        fn stacks_keep_their_frames_and_their_weight(profile in any_profile()) {
            let mut bytes = Vec::new();
            write(&profile, &mut bytes).expect("written to memory");
            match read(&bytes) {
                Ok(read) => {
                    prop_assert_eq!(totals(&read.profile), totals(&profile));
                    prop_assert_eq!(read.warnings, Vec::<String>::new());
                }
                Err(error) => prop_assert!(profile.samples.is_empty(), "{}", error),
            }
        }
    }
}
