//! Collapsed stacks, one a line: `outer (a.py:3);inner (a.py:7) 12`.
//!
//! flamegraph.pl's input, and what py-spy calls `raw`. Nothing in it is escaped.

mod frame;

use super::py_spy::{Identity, Threads};
use super::warnings::Warnings;
use super::{Read, ReadError};
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
