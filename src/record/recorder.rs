//! Ticks become a profile: names are interned, looks are counted.

use super::agent;
use super::heat::Heat;
use super::reader::Glimpse;
use super::sample_log::SampleLog;
use super::sampler::Tick;
use crate::observation::{Observation, Subject};
use crate::profile::{
    Activity, CpuSeconds, Interned, Profile, RawFrame, Run, Sample, Thread, ThreadId, WeightUnit,
};
use rustc_hash::FxHashMap;
use std::path::Path;
use std::time::Duration;

/// So many reasons of losses are told apart.
const MOST_REASONS: usize = 8;
const OTHER_REASONS: &str = "other reasons";

/// A profile that grows by ticks.
#[derive(Debug, Default)]
pub struct Recorder {
    profile: Profile,
    observation: Observation,
    /// The threads, which the samples point into until the end: a thread may be seen before its name is.
    threads: Interned<Thread>,
    samples: SampleLog,
    heat: Heat,
    saw_gil: bool,
    saw_running: bool,
}

impl Recorder {
    /// An empty recorder whose weights count this.
    pub fn new(weight_unit: WeightUnit) -> Self {
        let mut recorder = Self::default();
        recorder.profile.weight_unit = weight_unit;
        recorder
    }

    /// An empty recorder that keeps samples in a file of this folder rather than in memory.
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self {
            samples: SampleLog::in_folder(folder),
            ..Self::default()
        }
    }

    /// Adds the samples of a tick, all of them: what waits is told apart, not left out. Our agent in the program is not of
    /// the program.
    pub fn record(&mut self, tick: &Tick<'_>) {
        self.profile.run.ticks += 1;
        for Glimpse { subject, values } in &tick.values {
            if subject.file == agent::FILE {
                continue;
            }
            for (variable, value) in values {
                self.observation
                    .see(subject, variable.clone(), value.clone());
            }
        }
        let is_agent = |frame: &RawFrame<'_>| frame.file == Some(agent::FILE);
        for observed in &tick.threads {
            if observed.frames.first().is_some_and(is_agent) {
                continue;
            }
            let thread = Thread {
                process: observed.process,
                id: observed.thread,
                name: (observed.name).map(|name| self.profile.strings.intern(name)),
            };
            let frames = observed.frames.iter().copied().filter(|it| !is_agent(it));
            let stack = self.profile.intern_raw_stack(frames);
            let instruction =
                (observed.instruction).map(|it| self.profile.intern_raw_instruction(it));
            self.saw_gil |= matches!(
                observed.activity,
                Activity::HoldingGil | Activity::Collecting
            );
            self.saw_running |= observed.activity == Activity::Running;
            if let Some(stack) = stack.filter(|_| !observed.activity.is_waiting()) {
                self.heat.add(stack, tick.moment.weight);
            }
            self.samples.push(Sample {
                time: tick.moment.time,
                weight: tick.moment.weight,
                thread: ThreadId::from_index(self.threads.intern(thread)),
                stack,
                activity: observed.activity,
                instruction,
            });
        }
    }

    /// What was seen of values so far; from here on it is seen anew.
    pub fn take_observation(&mut self) -> Observation {
        std::mem::take(&mut self.observation)
    }

    /// The functions that are hot by now, the hottest first.
    pub(super) fn hottest(&self) -> Vec<Subject> {
        self.heat.hottest(&self.profile)
    }

    /// Counts a look that brought nothing.
    pub fn lose(&mut self, reason: &str) {
        let run = &mut self.profile.run;
        run.ticks += 1;
        run.lost_ticks += 1;
        let is_new = !run.losses.contains_key(reason);
        let reason = if is_new && run.losses.len() >= MOST_REASONS {
            OTHER_REASONS
        } else {
            reason
        };
        *run.losses.entry(reason.to_owned()).or_default() += 1;
    }

    /// Counts a look that began late.
    pub(super) fn is_late(&mut self) {
        self.profile.run.late_ticks += 1;
    }

    /// Adds what a look cost us.
    pub(super) fn add_cost(&mut self, computed: Duration) {
        let before = self.profile.run.sampler_cpu.map_or(0.0, |cpu| cpu.0);
        self.profile.run.sampler_cpu = Some(CpuSeconds(before + computed.as_secs_f64()));
    }

    /// What is known of the run so far.
    pub fn run(&self) -> &Run {
        &self.profile.run
    }

    /// Whether threads ran and yet none was ever seen to hold the interpreter lock: the sampler
    /// can't tell it on this interpreter, or there is none (free threading).
    pub fn lacks_gil(&self) -> bool {
        !self.saw_gil && self.saw_running
    }

    /// The profile of a program that was watched. A thread has the name that it got, from its first
    /// sample on. Where the lock can't be told, "without the lock" would be a guess: those samples become
    /// [`Activity::Unknown`].
    pub fn finish(self) -> Profile {
        let lacks_gil = self.lacks_gil();
        let named: FxHashMap<_, _> = (self.threads.values().iter().rev())
            .filter(|thread| thread.name.is_some())
            .map(|thread| ((thread.process, thread.id), thread.name))
            .collect();
        let mut profile = self.finish_with(|thread| Thread {
            name: (thread.name).or_else(|| *named.get(&(thread.process, thread.id))?),
            ..thread
        });
        for sample in profile.samples.iter_mut().filter(|_| lacks_gil) {
            if sample.activity == Activity::Running {
                sample.activity = Activity::Unknown;
            }
        }
        profile
    }

    /// The profile as the ticks told it.
    pub fn finish_as_told(self) -> Profile {
        self.finish_with(|thread| thread)
    }

    fn finish_with(mut self, known: impl Fn(Thread) -> Thread) -> Profile {
        let threads: Vec<ThreadId> = (self.threads.values().iter())
            .map(|&thread| self.profile.intern_thread(known(thread)))
            .collect();
        let (samples, lost) = self.samples.finish();
        self.profile.samples = samples;
        self.profile.run.lost_ticks += lost;
        for sample in &mut self.profile.samples {
            sample.thread = threads[sample.thread.index()];
        }
        self.profile
    }
}

#[cfg(test)]
mod tests {
    use super::super::sampler::{Moment, Observed};
    use super::*;
    use crate::profile::{Line, Nanoseconds, Wait, Weight};

    fn frame(name: &str, line: u32) -> RawFrame<'_> {
        RawFrame {
            name,
            file: Some("app.py"),
            first_line: None,
            line: Line::new(line),
        }
    }

    fn observed(activity: Activity, stack: &str) -> Observed<'_> {
        Observed {
            process: 7,
            thread: 70,
            name: Some("MainThread"),
            activity,
            frames: (stack.split(';').filter(|name| !name.is_empty()))
                .map(|name| frame(name, 3))
                .collect(),
            instruction: None,
        }
    }

    fn tick(threads: Vec<Observed<'_>>) -> Tick<'_> {
        Tick {
            moment: Moment {
                time: Nanoseconds(40),
                weight: Weight(5),
            },
            threads,
            values: Vec::new(),
        }
    }

    fn activities(profile: &Profile) -> Vec<Activity> {
        profile.samples.iter().map(|s| s.activity).collect()
    }

    #[test]
    fn the_outermost_frame_is_the_root() {
        let mut recorder = Recorder::default();
        recorder.record(&tick(vec![observed(Activity::HoldingGil, "main;fib")]));
        let profile = recorder.finish();
        let stack = profile.samples[0].stack.expect("frames were given");
        let names: Vec<_> = (profile.frames_of(stack))
            .map(|frame| profile.strings.get(profile.function(frame.function).name))
            .collect();
        assert_eq!(names, ["fib", "main"]);
    }

    #[test]
    fn equal_ticks_share_one_stack_and_one_thread() {
        let mut recorder = Recorder::default();
        for _ in 0..3 {
            recorder.record(&tick(vec![observed(Activity::HoldingGil, "main;fib")]));
        }
        let profile = recorder.finish();
        let sizes = (profile.stacks().len(), profile.threads().len());
        assert_eq!((sizes, profile.samples.len()), ((2, 1), 3));
    }

    #[test]
    fn a_thread_has_its_name_from_its_first_sample_on() {
        let mut recorder = Recorder::default();
        for name in [None, Some("worker"), None] {
            let thread = observed(Activity::Idle, "wait");
            recorder.record(&tick(vec![Observed { name, ..thread }]));
        }
        let profile = recorder.finish();
        let names: Vec<_> = (profile.threads().iter())
            .map(|thread| thread.name.map(|name| profile.strings.get(name)))
            .collect();
        assert_eq!(names, [Some("worker")]);
    }

    #[test]
    fn a_thread_number_used_again_is_another_thread() {
        let mut recorder = Recorder::default();
        for name in [Some("first"), Some("second")] {
            let thread = observed(Activity::Idle, "wait");
            recorder.record(&tick(vec![Observed { name, ..thread }]));
        }
        assert_eq!(recorder.finish().threads().len(), 2);
    }

    #[test]
    fn a_thread_without_frames_has_no_stack() {
        let mut recorder = Recorder::default();
        recorder.record(&tick(vec![observed(Activity::Running, "")]));
        assert_eq!(recorder.finish().samples[0].stack, None);
    }

    #[test]
    fn waiting_threads_are_kept() {
        let mut recorder = Recorder::default();
        recorder.record(&tick(vec![
            observed(Activity::HoldingGil, "main"),
            observed(Activity::Idle, "wait"),
        ]));
        assert_eq!(
            activities(&recorder.finish()),
            [Activity::HoldingGil, Activity::Idle]
        );
    }

    #[test]
    fn what_waits_is_not_hot() {
        let named = |activity, name| {
            let known = RawFrame {
                first_line: Line::new(1),
                ..frame(name, 3)
            };
            Observed {
                frames: vec![known],
                ..observed(activity, "")
            }
        };
        let waiting = [
            Activity::Idle,
            Activity::WantsGil,
            Activity::Waiting(Wait::Socket),
        ];
        let mut recorder = Recorder::default();
        for activity in waiting {
            let working = named(Activity::HoldingGil, "work");
            recorder.record(&tick(vec![named(activity, "wait"), working]));
        }
        let hot = recorder.hottest();
        let names: Vec<&str> = hot.iter().map(|subject| &*subject.name).collect();
        assert_eq!(names, ["work"]);
    }

    #[test]
    fn a_lost_look_counts_as_a_look() {
        let mut recorder = Recorder::default();
        recorder.record(&tick(vec![]));
        recorder.lose("it moved");
        let run = recorder.finish().run;
        assert_eq!((run.ticks, run.lost_ticks), (2, 1));
    }

    #[test]
    fn running_is_unknown_when_no_lock_was_ever_seen() {
        let mut recorder = Recorder::default();
        recorder.record(&tick(vec![
            observed(Activity::Running, "main"),
            observed(Activity::Idle, "wait"),
        ]));
        assert!(recorder.lacks_gil());
        assert_eq!(
            activities(&recorder.finish()),
            [Activity::Unknown, Activity::Idle]
        );
    }

    #[test]
    fn running_stays_when_the_lock_was_seen_once() {
        let mut recorder = Recorder::default();
        recorder.record(&tick(vec![observed(Activity::Running, "main")]));
        recorder.record(&tick(vec![observed(Activity::HoldingGil, "main")]));
        assert_eq!(
            activities(&recorder.finish()),
            [Activity::Running, Activity::HoldingGil]
        );
    }

    #[test]
    fn a_program_that_only_waits_says_nothing_about_the_lock() {
        let mut recorder = Recorder::default();
        recorder.record(&tick(vec![observed(Activity::Idle, "wait")]));
        assert!(!recorder.lacks_gil());
    }
}
