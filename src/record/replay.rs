//! A recorded profile served as ticks: the sampler that needs no program and no clock.

use super::recorder::Recorder;
use super::sampler::{LookError, Moment, Observed, Sampler, Tick};
use super::{End, Recording};
use crate::observation::Observation;
use crate::profile::{Profile, RawFrame, Sample};

/// The samples of a profile, served again. Samples that follow each other with the same time and
/// weight were one tick.
#[derive(Debug)]
pub struct Replay<'p> {
    profile: &'p Profile,
    rest: &'p [Sample],
}

impl<'p> Replay<'p> {
    /// A sampler that serves `profile` from its first sample.
    pub fn new(profile: &'p Profile) -> Self {
        Self {
            profile,
            rest: &profile.samples,
        }
    }

    fn observed(&self, sample: &Sample) -> Observed<'p> {
        let profile = self.profile;
        let thread = profile.threads()[sample.thread.index()];
        Observed {
            process: thread.process,
            thread: thread.id,
            name: thread.name.map(|name| profile.strings.get(name)),
            activity: sample.activity,
            frames: raw_frames(profile, sample),
            instruction: sample.instruction.map(|id| profile.raw_instruction(id)),
        }
    }
}

impl Sampler for Replay<'_> {
    fn look(&mut self, _now: Moment) -> Result<Tick<'_>, LookError> {
        let moment = self.rest.first().map(moment_of).ok_or(LookError::Gone)?;
        let same = |sample: &&Sample| moment_of(sample) == moment;
        let (tick, rest) = self
            .rest
            .split_at(self.rest.iter().take_while(same).count());
        self.rest = rest;
        Ok(Tick {
            moment,
            threads: tick.iter().map(|sample| self.observed(sample)).collect(),
            values: Vec::new(),
        })
    }
}

/// Records `profile` again, through the same way that a running program's samples take.
pub fn replay(profile: &Profile) -> Recording {
    let mut recorder = Recorder::new(profile.weight_unit);
    let mut sampler = Replay::new(profile);
    while let Ok(tick) = sampler.look(Moment::default()) {
        recorder.record(&tick);
    }
    let mut replayed = recorder.finish_as_told();
    replayed.run = profile.run.clone();
    Recording {
        profile: replayed,
        observation: Observation::default(),
        end: End::Replayed,
        notes: Vec::new(),
    }
}

fn moment_of(sample: &Sample) -> Moment {
    Moment {
        time: sample.time,
        weight: sample.weight,
    }
}

fn raw_frames<'p>(profile: &'p Profile, sample: &Sample) -> Vec<RawFrame<'p>> {
    let mut frames: Vec<_> = (sample.stack.into_iter())
        .flat_map(|stack| profile.frames_of(stack))
        .map(|frame| {
            let function = profile.function(frame.function);
            RawFrame {
                name: profile.strings.get(function.name),
                file: function.file.map(|file| profile.strings.get(file)),
                first_line: function.first_line,
                line: frame.line,
            }
        })
        .collect();
    frames.reverse();
    frames
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{
        Activity, Columns, Line, Nanoseconds, Position, RawInstruction, Thread, Weight, WeightUnit,
    };
    use proptest::prelude::*;

    /// A sample with its ids resolved: what must survive.
    type Told = (Sample, Option<String>, Thread, Vec<String>, Option<String>);

    fn told(profile: &Profile) -> Vec<Told> {
        let resolve = |sample: &Sample| {
            let thread = profile.threads()[sample.thread.index()];
            let name = thread
                .name
                .map(|name| profile.strings.get(name).to_string());
            let frames = raw_frames(profile, sample);
            let instruction = sample.instruction.map(|id| profile.raw_instruction(id));
            let plain = Sample {
                stack: None,
                instruction: None,
                thread: crate::profile::ThreadId::from_index(0),
                ..*sample
            };
            let thread = Thread {
                name: None,
                ..thread
            };
            let frames = frames.iter().map(|frame| format!("{frame:?}")).collect();
            let instruction = instruction.map(|instruction| format!("{instruction:?}"));
            (plain, name, thread, frames, instruction)
        };
        profile.samples.iter().map(resolve).collect()
    }

    fn activity() -> impl Strategy<Value = Activity> {
        prop_oneof![
            Just(Activity::HoldingGil),
            Just(Activity::Running),
            Just(Activity::Idle),
            Just(Activity::Unknown),
        ]
    }

    /// The opcode; the line, and whether columns are known.
    type Instruction = (Option<String>, Option<(Line, bool)>);

    fn instruction() -> impl Strategy<Value = Instruction> {
        let line = (1_u32..4).prop_map(|line| Line::new(line).expect("not 0"));
        let position = prop::option::of((line, any::<bool>()));
        (prop::option::of("[A-C]{0,2}"), position)
    }

    type Drawn = (
        u64,
        u64,
        u64,
        Vec<(String, u32)>,
        Activity,
        Option<Instruction>,
    );

    fn sample() -> impl Strategy<Value = Drawn> {
        let frames = prop::collection::vec(("[a-c;\n]{0,2}", 0_u32..4), 0..6);
        let instruction = prop::option::of(instruction());
        (
            0_u64..4,
            0_u64..3,
            0_u64..3,
            frames,
            activity(),
            instruction,
        )
    }

    fn raw_instruction((opcode, position): &Instruction) -> RawInstruction<'_> {
        RawInstruction {
            opcode: opcode.as_deref(),
            position: position.map(|(line, with_columns)| Position {
                line,
                end_line: line,
                columns: with_columns.then_some(Columns { start: 4, end: 9 }),
            }),
        }
    }

    fn profile_of(drawn: &[Drawn]) -> Profile {
        let mut profile = Profile::default();
        profile.weight_unit = WeightUnit::Samples;
        profile.run.ticks = 9;
        profile.run.lost_ticks = 2;
        for (time, weight, thread, frames, activity, instruction) in drawn {
            let raw = frames.iter().map(|(name, line)| RawFrame {
                name,
                file: (*line != 3).then_some("a b.py"),
                first_line: Line::new(line / 2),
                line: Line::new(*line),
            });
            let stack = profile.intern_raw_stack(raw.collect::<Vec<_>>());
            let instruction = (instruction.as_ref())
                .map(|instruction| profile.intern_raw_instruction(raw_instruction(instruction)));
            let name = (*thread == 0).then(|| profile.strings.intern("main"));
            let thread = profile.intern_thread(Thread {
                process: 1,
                id: *thread,
                name,
            });
            profile.samples.push(Sample {
                time: Nanoseconds(*time),
                weight: Weight(*weight),
                thread,
                stack,
                activity: *activity,
                instruction,
            });
        }
        profile
    }

    proptest! {
        #[test]
        fn a_replay_gives_the_same_samples(drawn in prop::collection::vec(sample(), 0..40)) {
            let profile = profile_of(&drawn);
            let replayed = replay(&profile).profile;
            prop_assert_eq!(told(&replayed), told(&profile));
            prop_assert_eq!(replayed.run, profile.run);
            prop_assert_eq!(replayed.weight_unit, profile.weight_unit);
        }
    }

    #[test]
    fn samples_of_one_time_are_one_tick() {
        let main = || vec![("main".into(), 1)];
        let profile = profile_of(&[
            (1, 2, 0, main(), Activity::HoldingGil, None),
            (1, 2, 1, vec![], Activity::Idle, None),
            (3, 2, 0, main(), Activity::HoldingGil, None),
        ]);
        let mut replay = Replay::new(&profile);
        let mut sizes = Vec::new();
        while let Ok(tick) = replay.look(Moment::default()) {
            sizes.push(tick.threads.len());
        }
        assert_eq!(sizes, [2, 1]);
    }

    #[test]
    fn an_ended_replay_stays_ended() {
        let profile = Profile::default();
        let mut replay = Replay::new(&profile);
        for _ in 0..2 {
            assert_eq!(replay.look(Moment::default()), Err(LookError::Gone));
        }
    }
}
