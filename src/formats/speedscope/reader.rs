//! Reading speedscope's JSON: frames, threads and samples, whatever kind the profiles in it are.

use super::Part;
use super::file::{File, Frame, Kind, Number, Unit};
use crate::formats::py_spy::{Identity, Threads, is_identity};
use crate::formats::warnings::Warnings;
use crate::formats::{Read, ReadError};
use crate::observation::Observation;
use crate::profile::{
    Activity, FrameId, Nanoseconds, Profile, Sample, Stack, StackId, ThreadId, Weight, WeightUnit,
};

/// A file on its way into a profile.
pub(super) struct Reader<'f> {
    pub(super) frames: &'f [Frame],
    /// The id of each frame; none for one that stands for a thread or a process.
    pub(super) ids: Vec<Option<FrameId>>,
    /// Where the file's clock stood at the earliest start of its profiles, in nanoseconds.
    pub(super) origin: i128,
    pub(super) profile: Profile,
    pub(super) threads: Threads,
    pub(super) warnings: Warnings,
}

impl<'f> Reader<'f> {
    /// Nothing read yet but the frames.
    pub(super) fn new(file: &'f File<Vec<u32>>) -> Result<Self, ReadError> {
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

    /// Adds the samples of the profile at `index` of the file.
    pub(super) fn part(&mut self, index: usize, part: &'f Part) -> Result<(), ReadError> {
        match part.kind {
            Kind::Sampled => self.sampled(index, part),
            Kind::Evented => {
                self.profile.run.measured = true;
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
            if let Some(frame) = self.frame(position)? {
                let parent = stack;
                stack = Some(self.profile.intern_stack(Stack { frame, parent }));
            } else {
                identity.learn(&self.frames[position as usize].name);
            }
        }
        Ok(stack)
    }

    /// The frame at a place of the file's table; none for one that stands for a thread or a process.
    pub(super) fn frame(&self, position: u32) -> Result<Option<FrameId>, String> {
        let frame = self.ids.get(position as usize).copied();
        frame.ok_or_else(|| format!("frame {position} of {}", self.ids.len()))
    }

    /// Adds a sample; none if its weight can't be one.
    pub(super) fn sample(
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
            instruction: None,
        });
        Some(())
    }

    /// The profile, and what was odd.
    pub(super) fn finish(mut self) -> Result<Read, ReadError> {
        if self.profile.samples.is_empty() {
            return Err(ReadError::NoSamples);
        }
        self.threads.finish(&mut self.profile);
        // The profiles stand one after another in the file, and ran side by side.
        self.profile.samples.sort_by_key(|sample| sample.time);
        Ok(Read {
            profile: self.profile,
            observation: Observation::default(),
            warnings: self.warnings.texts(),
        })
    }
}

impl Part {
    pub(super) fn start(&self) -> i128 {
        self.scaled(self.start_value)
    }

    /// A value of this profile in nanoseconds, or in samples.
    pub(super) fn scaled(&self, value: Number) -> i128 {
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
