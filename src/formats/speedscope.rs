//! Speedscope's JSON: a profile for each thread, its frames shared.
//!
//! A sampled profile lays its samples end to end, so its times are the sums of the weights before;
//! an evented one tells when each frame was entered and left, which is turned into samples.

mod evented;
mod file;

use super::py_spy::{Identity, Threads, is_identity};
use super::warnings::Warnings;
use super::{Format, Read, ReadError, WriteError};
use crate::profile::{
    Activity, FrameId, Line, Nanoseconds, Profile, RawFrame, Sample, Stack, StackId, ThreadId,
    Weight, WeightUnit,
};
use file::{File, Frame, Kind, Number, Shared, Unit};
use std::io;

type Part = file::Profile<Vec<u32>>;

/// The profile of a file. Its threads are told by the names of the profiles in it where they say
/// `Process 1 Thread 2 "name"`; otherwise the name of the profile is the name of the thread.
pub(super) fn read(bytes: &[u8]) -> Result<Read, ReadError> {
    let file: File<Vec<u32>> = serde_json::from_slice(bytes)
        .map_err(|error| ReadError::json(Format::Speedscope, error))?;
    let mut reader = Reader::new(&file)?;
    for (index, part) in file.profiles.iter().enumerate() {
        reader.part(index, part)?;
    }
    reader.finish()
}

/// Writes a sampled profile for each thread that has samples.
pub(super) fn write(profile: &Profile, sink: &mut impl io::Write) -> Result<(), WriteError> {
    let stacks: Vec<Vec<u32>> = (0..profile.stacks().len())
        .map(|index| positions(profile, StackId::from_index(index)))
        .collect();
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

struct Reader<'f> {
    frames: &'f [Frame],
    /// The id of each frame; none for one that stands for a thread or a process.
    ids: Vec<Option<FrameId>>,
    /// Where the file's clock stood at the earliest start of its profiles, in nanoseconds.
    origin: i128,
    profile: Profile,
    threads: Threads,
    warnings: Warnings,
}

impl<'f> Reader<'f> {
    fn new(file: &'f File<Vec<u32>>) -> Result<Self, ReadError> {
        let mut profile = Profile::default();
        profile.weight_unit = weight_unit(&file.profiles)?;
        let exporter = file.exporter.as_deref().unwrap_or_default();
        let from_py_spy = exporter.starts_with("py-spy");
        let ids = (file.shared.frames.iter())
            .map(|frame| {
                let raw = frame.raw();
                let bare = raw.file.is_none() && raw.line.is_none();
                let stands_for_identity = from_py_spy && bare && is_identity(raw.name);
                (!stands_for_identity).then(|| profile.intern_raw_frame(raw))
            })
            .collect();
        Ok(Self {
            frames: &file.shared.frames,
            ids,
            origin: file.profiles.iter().map(Part::start).min().unwrap_or(0),
            profile,
            threads: Threads::default(),
            warnings: Warnings::default(),
        })
    }

    fn part(&mut self, index: usize, part: &'f Part) -> Result<(), ReadError> {
        match part.kind {
            Kind::Sampled => self.sampled(index, part),
            Kind::Evented => {
                let identity = identity(&part.name);
                let thread = self.threads.intern(identity, &mut self.profile);
                self.evented(index, part, thread)
            }
        }
    }

    fn sampled(&mut self, index: usize, part: &'f Part) -> Result<(), ReadError> {
        if part.weights.len() != part.samples.len() {
            let (weights, samples) = (part.weights.len(), part.samples.len());
            let problem = format!("{weights} weights for {samples} samples");
            return Err(ReadError::damaged(
                format!("profiles[{index}].weights"),
                problem,
            ));
        }
        let mut at = part.start();
        for (row, (stack, weight)) in part.samples.iter().zip(&part.weights).enumerate() {
            let mut identity = identity(&part.name);
            let stack = self.stack(stack, &mut identity).map_err(|problem| {
                ReadError::damaged(format!("profiles[{index}].samples[{row}]"), problem)
            })?;
            let weight = part.scaled(*weight);
            let thread = self.threads.intern(identity, &mut self.profile);
            self.sample(at, weight, thread, stack).ok_or_else(|| {
                let problem = "a weight is not below 0 and fits 64 bits".to_owned();
                ReadError::damaged(format!("profiles[{index}].weights[{row}]"), problem)
            })?;
            at += weight;
        }
        Ok(())
    }

    fn stack(
        &mut self,
        positions: &[u32],
        identity: &mut Identity<'f>,
    ) -> Result<Option<StackId>, String> {
        let mut stack = None;
        for &position in positions {
            match self.frame(position)? {
                Some(frame) => {
                    stack = Some(self.profile.intern_stack(Stack {
                        frame,
                        parent: stack,
                    }))
                }
                None => drop(identity.learn(&self.frames[position as usize].name)),
            }
        }
        Ok(stack)
    }

    fn frame(&self, position: u32) -> Result<Option<FrameId>, String> {
        let frame = self.ids.get(position as usize).copied();
        frame.ok_or_else(|| format!("frame {position} of {}", self.ids.len()))
    }

    /// Adds a sample; none if its weight can't be one.
    fn sample(
        &mut self,
        at: i128,
        weight: i128,
        thread: ThreadId,
        stack: Option<StackId>,
    ) -> Option<()> {
        let time = match self.profile.weight_unit {
            WeightUnit::Nanoseconds => at.saturating_sub(self.origin).max(0),
            WeightUnit::Samples => 0,
        };
        self.profile.samples.push(Sample {
            time: Nanoseconds(time.try_into().unwrap_or(u64::MAX)),
            weight: Weight(weight.try_into().ok()?),
            thread,
            stack,
            activity: Activity::Unknown,
        });
        Some(())
    }

    fn finish(mut self) -> Result<Read, ReadError> {
        if self.profile.samples.is_empty() {
            return Err(ReadError::NoSamples);
        }
        self.threads.finish(&mut self.profile);
        // The profiles stand one after another in the file, and ran side by side.
        self.profile.samples.sort_by_key(|sample| sample.time);
        Ok(Read {
            profile: self.profile,
            warnings: self.warnings.texts(),
        })
    }
}

impl Part {
    fn start(&self) -> i128 {
        self.scaled(self.start_value)
    }

    /// A value of this profile in nanoseconds, or in samples.
    fn scaled(&self, value: Number) -> i128 {
        value.times(self.unit.nanoseconds().unwrap_or(1))
    }
}

fn identity(name: &str) -> Identity<'_> {
    Identity::of_profile(name).unwrap_or(Identity {
        name: Some(name).filter(|name| !name.is_empty()),
        ..Identity::default()
    })
}

/// What all profiles of the file count.
fn weight_unit(profiles: &[Part]) -> Result<WeightUnit, ReadError> {
    if let Some(part) = profiles.iter().find(|part| part.unit == Unit::Bytes) {
        let profile = part.name.clone();
        return Err(ReadError::Bytes { profile });
    }
    let counts = profiles
        .iter()
        .filter(|part| part.unit == Unit::None)
        .count();
    match counts {
        0 => Ok(WeightUnit::Nanoseconds),
        _ if counts == profiles.len() => Ok(WeightUnit::Samples),
        _ => Err(ReadError::MixedUnits),
    }
}
