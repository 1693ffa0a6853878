//! Several profiles become one.

use super::{
    CpuSeconds, Frame, Function, FunctionId, InstructionId, Nanoseconds, Profile, Root, Run,
    Sample, Stack, StackId, StringId, Thread, ThreadId,
};

/// Why profiles can't be merged.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MergeError {
    /// One counts time, another counts samples.
    #[error("one profile weighs its samples in nanoseconds, another in counts")]
    Units,
}

impl Profile {
    /// Adds the samples of another profile to this one. What the runs agree on is kept of the run,
    /// and their times and looks are added.
    pub fn merge(&mut self, other: &Self) -> Result<(), MergeError> {
        if self.weight_unit != other.weight_unit {
            return Err(MergeError::Units);
        }
        let strings: Vec<StringId> = (other.strings.iter())
            .map(|text| self.strings.intern(text))
            .collect();
        let stacks = self.merge_stacks(other, &strings);
        let threads: Vec<ThreadId> = (other.threads().iter())
            .map(|thread| {
                let name = thread.name.map(|name| strings[name.index()]);
                self.intern_thread(Thread { name, ..*thread })
            })
            .collect();
        let instructions: Vec<InstructionId> = (0..other.instructions().len())
            .map(|index| other.raw_instruction(InstructionId::from_index(index)))
            .map(|raw| self.intern_raw_instruction(raw))
            .collect();
        let samples = other.samples.iter().map(|sample| Sample {
            instruction: (sample.instruction).map(|id| instructions[id.index()]),
            thread: threads[sample.thread.index()],
            stack: sample.stack.map(|stack| stacks[stack.index()]),
            ..*sample
        });
        self.samples.extend(samples);
        self.run.add(&other.run);
        Ok(())
    }

    /// The same samples as those of this process: not every format says of which they are.
    #[must_use]
    pub fn of_process(mut self, process: u32) -> Self {
        let threads = std::mem::take(&mut self.threads);
        let threads: Vec<ThreadId> = (threads.values().iter())
            .map(|thread| self.intern_thread(Thread { process, ..*thread }))
            .collect();
        for sample in &mut self.samples {
            sample.thread = threads[sample.thread.index()];
        }
        self
    }

    /// Counts the times of the samples from an earlier start of the run.
    pub fn delay(&mut self, begun_after: Nanoseconds) {
        for sample in &mut self.samples {
            sample.time.0 = sample.time.0.saturating_add(begun_after.0);
        }
    }

    /// The ids that the other's stacks have here; `strings` are those of its strings. A parent is
    /// known before its children.
    fn merge_stacks(&mut self, other: &Self, strings: &[StringId]) -> Vec<StackId> {
        let functions: Vec<FunctionId> = (other.functions().iter())
            .map(|function| {
                self.intern_function(Function {
                    name: strings[function.name.index()],
                    file: function.file.map(|file| strings[file.index()]),
                    first_line: function.first_line,
                })
            })
            .collect();
        let mut stacks: Vec<StackId> = Vec::with_capacity(other.stacks().len());
        for stack in other.stacks() {
            let Frame { function, line } = other.frame(stack.frame);
            let function = functions[function.index()];
            let frame = self.intern_frame(Frame { function, line });
            let parent = stack.parent.map(|parent| stacks[parent.index()]);
            stacks.push(self.intern_stack(Stack { frame, parent }));
        }
        stacks
    }
}

impl Run {
    fn add(&mut self, other: &Self) {
        if self.watched.is_some() || other.watched.is_some() {
            let watched = |run: &Self| run.watched.unwrap_or(run.wall).0;
            let both = watched(self).saturating_add(watched(other));
            self.watched = Some(Nanoseconds(both));
        }
        self.wall.0 = self.wall.0.saturating_add(other.wall.0);
        self.cpu = self
            .cpu
            .zip(other.cpu)
            .map(|(one, two)| super::CpuSeconds(one.0 + two.0));
        self.ticks = self.ticks.saturating_add(other.ticks);
        self.lost_ticks = self.lost_ticks.saturating_add(other.lost_ticks);
        self.late_ticks = self.late_ticks.saturating_add(other.late_ticks);
        for (reason, count) in &other.losses {
            let losses = self.losses.entry(reason.clone()).or_default();
            *losses = losses.saturating_add(*count);
        }
        self.left_out_ticks = self.left_out_ticks.saturating_add(other.left_out_ticks);
        self.sampler_cpu = sum(self.sampler_cpu, other.sampler_cpu);
        self.agent_cpu = sum(self.agent_cpu, other.agent_cpu);
        self.measured |= other.measured;
        for root in &other.source_roots {
            if !self.source_roots.contains(root) {
                self.source_roots.push(root.clone());
            }
        }
        if self.root != other.root {
            self.root = Some(Root::unknown());
        }
        keep_if_equal(&mut self.command, &other.command);
        keep_if_equal(&mut self.script, &other.script);
        keep_if_equal(&mut self.working_directory, &other.working_directory);
        keep_if_equal(&mut self.python, &other.python);
        keep_if_equal(&mut self.interpreter, &other.interpreter);
        keep_if_equal(&mut self.exit_status, &other.exit_status);
        if self.rate != other.rate {
            self.rate = None;
        }
    }
}

/// What one of them does not know is nothing.
fn sum(one: Option<CpuSeconds>, other: Option<CpuSeconds>) -> Option<CpuSeconds> {
    match (one, other) {
        (Some(one), Some(other)) => Some(CpuSeconds(one.0 + other.0)),
        (one, other) => one.or(other),
    }
}

fn keep_if_equal<T: Default + PartialEq>(one: &mut T, other: &T) {
    if one != other {
        *one = T::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Activity, RawFrame, RawInstruction, Weight, WeightUnit};
    use proptest::prelude::*;

    /// A profile with a sample for each stack: `main;parse`, at an instruction with the stack's text.
    fn profile(stacks: &[&str]) -> Profile {
        let mut profile = Profile::default();
        for text in stacks {
            let thread = profile.intern_thread(Thread {
                process: 1,
                id: text.len() as u64,
                name: None,
            });
            let stack = profile.intern_raw_stack(text.split(';').map(|name| RawFrame {
                name,
                file: Some("a.py"),
                first_line: None,
                line: None,
            }));
            let instruction = profile.intern_raw_instruction(RawInstruction {
                opcode: Some(text),
                position: None,
            });
            profile.samples.push(Sample {
                time: Nanoseconds(1),
                weight: Weight(3),
                thread,
                stack,
                activity: Activity::HoldingGil,
                instruction: Some(instruction),
            });
        }
        profile
    }

    /// The samples as the names of their frames, outermost first.
    fn told(profile: &Profile) -> Vec<String> {
        let stacks = profile
            .samples
            .iter()
            .map(|sample| sample.stack.expect("has one"));
        stacks
            .map(|stack| {
                let mut names: Vec<_> = (profile.frame_ids_of(stack))
                    .map(|frame| profile.raw_frame(frame).name)
                    .collect();
                names.reverse();
                names.join(";")
            })
            .collect()
    }

    #[test]
    fn a_profile_of_a_process_is_all_of_it_and_may_begin_later() {
        let mut moved = profile(&["main", "start;of"]).of_process(7);
        moved.delay(Nanoseconds(5));
        let threads: Vec<_> = moved.threads().iter().map(|it| it.process).collect();
        assert_eq!(threads, [7, 7]);
        for (sample, id) in moved.samples.iter().zip([4, 8]) {
            assert_eq!(moved.threads()[sample.thread.index()].id, id);
            assert_eq!(sample.time, Nanoseconds(6));
        }
    }

    #[test]
    fn samples_of_both_keep_their_names() {
        let mut one = profile(&["main;parse"]);
        one.merge(&profile(&["start", "main;parse;split"]))
            .expect("the same unit");
        assert_eq!(told(&one), ["main;parse", "start", "main;parse;split"]);
        assert_eq!(one.functions().len(), 4);
        assert_eq!(one.stacks().len(), 4);
        assert_eq!(one.threads().len(), 3);
    }

    #[test]
    fn samples_of_both_keep_their_instruction() {
        let mut one = profile(&["main", "main;parse"]);
        let mut other = profile(&["start", "main"]);
        other.samples[0].instruction = None;
        one.merge(&other).expect("the same unit");
        let opcode = |sample: &Sample| one.raw_instruction(sample.instruction?).opcode;
        let opcodes: Vec<_> = one.samples.iter().map(opcode).collect();
        assert_eq!(
            opcodes,
            [Some("main"), Some("main;parse"), None, Some("main")]
        );
    }

    #[test]
    fn what_the_runs_disagree_on_is_left_open() {
        let mut one = Profile::default();
        one.run.python = Some("3.11.7".to_owned());
        one.run.script = Some("a.py".to_owned());
        one.run.cpu = Some(crate::profile::CpuSeconds(1.0));
        one.run.ticks = u64::MAX;
        let mut other = one.clone();
        other.run.script = Some("b.py".to_owned());
        one.merge(&other).expect("the same unit");
        assert_eq!(one.run.python.as_deref(), Some("3.11.7"));
        assert_eq!(one.run.script, None);
        assert_eq!(one.run.cpu, Some(crate::profile::CpuSeconds(2.0)));
        assert_eq!(one.run.ticks, u64::MAX);
    }

    #[test]
    fn runs_in_different_roots_have_one_that_nobody_knows() {
        let mut ours = Profile::default();
        let mut chroot = Profile::default();
        chroot.run.root = Some(Root::at("/srv/chroot"));
        let mut alike = chroot.clone();
        alike.merge(&chroot).expect("the same unit");
        assert_eq!(alike.run.root, chroot.run.root);
        ours.merge(&chroot).expect("the same unit");
        assert_eq!(ours.run.root, Some(Root::unknown()));
    }

    #[test]
    fn time_and_counts_are_not_added() {
        let mut counts = Profile {
            weight_unit: WeightUnit::Samples,
            ..Profile::default()
        };
        assert_eq!(counts.merge(&Profile::default()), Err(MergeError::Units));
    }

    proptest! {
        #[test]
        fn merging_adds_samples_and_nothing_twice(
            one in proptest::collection::vec("[ab](;[ab]){0,5}", 0..6),
            other in proptest::collection::vec("[ab](;[ab]){0,5}", 0..6),
        ) {
            let texts = |texts: &[String]| profile(&texts.iter().map(|text| &**text).collect::<Vec<_>>());
            let mut merged = texts(&one);
            merged.merge(&texts(&other)).expect("the same unit");
            let both = [one, other].concat();
            prop_assert_eq!(told(&merged), both.clone());
            prop_assert_eq!(merged, texts(&both));
        }
    }
}
