//! What the agent counted, and what becomes of it when the run is over.

use super::extrapolate::Extrapolation;
use super::report::{Shut, Window};
use super::{FunctionCounts, Process, Trouble};
use crate::observation::{Observation, Subject};
use crate::profile::{CpuSeconds, Nanoseconds, Profile};
use crate::record::Note;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;

/// What was counted so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    /// The windows in which calls were counted, in order.
    windows: Vec<Window>,
    /// By number of function.
    functions: Vec<FunctionCounts>,
    /// When the agent worked, for whatever it was, in order.
    spans: Vec<RangeInclusive<Nanoseconds>>,
    cost: Duration,
}

/// What was counted in a run.
#[derive(Clone, Debug)]
pub(in crate::record) struct Counted {
    process: Option<Process>,
    subjects: Vec<Subject>,
    counts: Counts,
    trouble: Option<Trouble>,
}

impl Counts {
    /// Adds a window, and what came of it for the functions with these numbers.
    pub(super) fn add(&mut self, window: Window, shut: &Shut, numbers: &[usize]) {
        let known = numbers.iter().max().map_or(0, |last| last + 1);
        let functions = self.functions.len().max(known);
        self.functions
            .resize_with(functions, FunctionCounts::default);
        self.spans.push(window.begun..=window.done);
        self.cost += shut.cost(&window);
        if let Some(calls) = &shut.calls {
            for &place in &shut.found {
                let count = calls.get(place).copied().unwrap_or(0);
                let yields = shut.yields.as_ref().and_then(|it| it.get(place).copied());
                let counts = &mut self.functions[numbers[place]];
                let window = self.windows.len();
                counts.calls.push((window, count));
                counts.yields.extend(yields.map(|it| (window, it)));
            }
            self.windows.push(window);
        }
        for (place, looks) in shut.looks.iter().flatten() {
            self.functions[numbers[*place]].looks.merge(looks);
        }
    }

    pub(super) fn finish(
        self,
        process: Option<Process>,
        subjects: Vec<Subject>,
        trouble: Option<Trouble>,
    ) -> Counted {
        Counted {
            process,
            subjects,
            counts: self,
            trouble,
        }
    }
}

impl Counted {
    /// What a reader should know.
    pub(in crate::record) fn note(&self) -> Option<Note> {
        let trouble = self.trouble.clone()?;
        Some(Note::NotCounted {
            trouble,
            windows: self.counts.windows.len(),
        })
    }

    /// Tells the observation what was counted, extrapolated to the run by its samples, and leaves out those that were
    /// taken while the agent worked.
    pub(in crate::record) fn settle(&self, profile: &mut Profile, observation: &mut Observation) {
        let Some(process) = self.process.filter(|_| !self.counts.spans.is_empty()) else {
            return;
        };
        let counts = &self.counts;
        let extrapolation = Extrapolation::new(
            profile,
            process,
            &self.subjects,
            &counts.windows,
            &counts.spans,
        );
        for (place, (subject, seen)) in self.subjects.iter().zip(&counts.functions).enumerate() {
            if let Some(calls) = extrapolation.calls(place, &seen.calls) {
                observation.insert_calls(subject, calls);
            }
            if seen.yields.iter().any(|&(_, yields)| yields > 0)
                && let Some(yields) = extrapolation.calls(place, &seen.yields)
            {
                observation.insert_yields(subject, yields);
            }
            seen.looks.tell(subject, observation);
        }
        profile.run.agent_cpu = Some(CpuSeconds(counts.cost.as_secs_f64()));
        profile.run.left_out_ticks = leave_out(profile, process.number, &counts.spans);
    }
}

/// Leaves out the samples of a process in these spans, and says how many looks that were.
fn leave_out(profile: &mut Profile, process: u32, spans: &[RangeInclusive<Nanoseconds>]) -> u64 {
    let of_process: Vec<bool> = (profile.threads().iter())
        .map(|thread| thread.process == process)
        .collect();
    let mut times = BTreeSet::new();
    profile.samples.retain(|sample| {
        let is_out = of_process[sample.thread.index()] && is_in(spans, sample.time);
        if is_out {
            times.insert(sample.time);
        }
        !is_out
    });
    times.len() as u64
}

/// Whether a time is in one of these spans, which are in order.
pub(super) fn is_in(spans: &[RangeInclusive<Nanoseconds>], time: Nanoseconds) -> bool {
    let place = spans.partition_point(|span| *span.end() < time);
    spans.get(place).is_some_and(|span| span.contains(&time))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Activity, RawFrame, Sample, Thread, Weight};

    fn span(from: u64, to: u64) -> RangeInclusive<Nanoseconds> {
        Nanoseconds(from)..=Nanoseconds(to)
    }

    #[test]
    fn times_are_found_in_their_span() {
        let spans = [span(3, 5), span(8, 8)];
        let inside: Vec<u64> = (0..10)
            .filter(|&time| is_in(&spans, Nanoseconds(time)))
            .collect();
        assert_eq!(inside, [3, 4, 5, 8]);
    }

    #[test]
    fn what_was_sampled_while_the_agent_worked_is_left_out_of_its_process_alone() {
        let mut profile = Profile::default();
        for process in [1, 2] {
            for time in 0..10 {
                let thread = profile.intern_thread(Thread {
                    process,
                    id: 1,
                    name: None,
                });
                let stack = profile.intern_raw_stack([RawFrame {
                    name: "f",
                    file: None,
                    first_line: None,
                    line: None,
                }]);
                profile.samples.push(Sample {
                    time: Nanoseconds(time),
                    weight: Weight(1),
                    thread,
                    stack,
                    activity: Activity::HoldingGil,
                    instruction: None,
                });
            }
        }
        assert_eq!(leave_out(&mut profile, 2, &[span(2, 4)]), 3);
        assert_eq!(profile.samples.len(), 17);
    }
}
