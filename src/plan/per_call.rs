//! What one call of a function takes today: by its count where calls were counted, otherwise by what the source does.

use super::Interval;
use super::entered::Entered;
use super::seen_parameter::seen_parameters;
use super::study::Study;
use super::wilson::wilson;
use crate::observation::{self, Calls, Size, Subject, Type};
use crate::profile::{FunctionId, WeightUnit};
use crate::source::{CallTarget, Definition, Form};
use std::collections::BTreeSet;

/// Nanoseconds that a line takes at least, as a rule and at most. A line is a few bytecodes of 5 to 30 ns; more than
/// that is in what it calls.
const LINE: Interval = Interval {
    low: 15.0,
    expected: 50.0,
    high: 300.0,
};

/// How often a loop goes round of which nothing is known, but that it was written as one.
const ROUNDS: Interval = Interval {
    low: 2.0,
    expected: 30.0,
    high: 10_000.0,
};

/// So many times longer a call may take for what it calls that the source does not tell.
const UNKNOWN_CALLEE: f64 = 30.0;

/// Part of a function's lines that one call runs, where it has branches.
const LINES_RUN: f64 = 0.5;

/// The part of its calls by which a recursion was begun, where nobody saw who calls it: all or hardly any. One call in a
/// thousand is the middle of a recursion that calls itself a million times and of one that never does.
const ANY_PART: Interval = Interval {
    low: 1e-6,
    expected: 1e-3,
    high: 1.0,
};

/// What one call takes, and how that is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PerCall {
    /// Nanoseconds of CPU time, with what it calls.
    pub nanoseconds: Interval,
    /// Calls in the run, where the run's time is known.
    pub count: Option<Interval>,
    /// How that is known.
    pub source: CallSource,
}

/// How it is known how often a function is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallSource {
    /// Calls were counted: all, or those of some moments.
    Counted(observation::CallSource),
    /// The source says that it is entered once.
    Once,
    /// From the function's code and its time: hardly more than an order of magnitude.
    Estimated,
}

impl CallSource {
    /// The word in `plan.json`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Counted(source) => source.word(),
            Self::Once => "source",
            Self::Estimated => "estimated",
        }
    }
}

impl Study<'_> {
    /// What one call of a function takes.
    pub(super) fn per_call(
        &self,
        id: FunctionId,
        definition: Option<&Definition>,
        entered: Entered,
    ) -> PerCall {
        let all = self.nanoseconds(id);
        if let Some(counted) = all.zip(self.call_count(id)).and_then(of_count) {
            return counted;
        }
        if let (Some(all), Entered::Once) = (all, entered) {
            return PerCall {
                nanoseconds: Interval::exactly(all),
                count: Some(Interval::exactly(1.0)),
                source: CallSource::Once,
            };
        }
        let own = definition.map_or(LINE, |it| of_source(it, it.loop_depth, self.rounds(id, it)));
        self.estimated(id, own)
    }

    /// What it takes a generator to give a value, as if that were a call: none for another function, and where each value
    /// was counted as a call, as `cProfile` does.
    pub(super) fn per_value(&self, id: FunctionId, definition: &Definition) -> Option<PerCall> {
        let counted = self.call_count(id).map(|calls| calls.source);
        if definition.form != Form::Generator || counted == Some(observation::CallSource::Counted) {
            return None;
        }
        let all = self.nanoseconds(id);
        let counted = all.zip(self.yield_count(id)).and_then(of_count);
        // It gives a value each time round its loop.
        let depth = definition.loop_depth.saturating_sub(1);
        let own = of_source(definition, depth, self.rounds(id, definition));
        counted.or_else(|| Some(self.estimated(id, own)))
    }

    /// From what a call takes by the code alone, in nanoseconds.
    fn estimated(&self, id: FunctionId, own: Interval) -> PerCall {
        let all = self.nanoseconds(id);
        let inclusive = self.functions[id.index()].total.working.0 as f64;
        let credited = self.credits.functions[id.index()].time.working.0 as f64;
        // With little of its own the ratio says nothing, and the interval is wide already.
        let with_callees = (inclusive / credited.max(inclusive / 100.0)).max(1.0);
        let most = all.unwrap_or(f64::MAX);
        let nanoseconds = own.map(|it| (it * with_callees).min(most));
        PerCall {
            nanoseconds,
            count: all.map(|all| Interval {
                low: all / nanoseconds.high,
                expected: all / nanoseconds.expected,
                high: all / nanoseconds.low,
            }),
            source: CallSource::Estimated,
        }
    }

    /// Nanoseconds of CPU time that the program spent in a function and in what it calls; none where the profile does
    /// not tell times.
    fn nanoseconds(&self, id: FunctionId) -> Option<f64> {
        let total = self.functions[id.index()].total.working;
        match (self.profile.run.cpu, self.profile.weight_unit) {
            (Some(cpu), _) => Some(self.share(total).fraction() * cpu.0 * 1e9),
            (None, WeightUnit::Nanoseconds) => Some(total.0 as f64),
            (None, WeightUnit::Samples) => None,
        }
        .filter(|&nanoseconds| nanoseconds > 0.0)
    }
}

impl PerCall {
    /// The same when only this part of the counted calls counts. The time is that of all of them: those that don't
    /// count are within those that do.
    pub(super) fn of_part(self, part: Interval) -> Self {
        let all = self.count.map_or(f64::MAX, |count| count.high);
        let part = part.map(|part| part.max(1.0 / all));
        let nanoseconds = Interval {
            low: self.nanoseconds.low / part.high,
            expected: self.nanoseconds.expected / part.expected,
            high: self.nanoseconds.high / part.low,
        };
        let count = self.count.map(|count| Interval {
            low: (count.low * part.low).max(1.0),
            expected: (count.expected * part.expected).max(1.0),
            high: (count.high * part.high).max(1.0),
        });
        Self {
            nanoseconds,
            count,
            ..self
        }
    }
}

/// Of a function that took so much time and was called so often; none of one that was not seen to be called.
fn of_count((all, calls): (f64, Calls)) -> Option<PerCall> {
    let count = Interval {
        low: calls.low.max(1) as f64,
        expected: calls.expected as f64,
        high: calls.high as f64,
    };
    (calls.expected > 0).then(|| PerCall {
        nanoseconds: Interval {
            low: all / count.high,
            expected: all / count.expected,
            high: all / count.low,
        },
        count: Some(count),
        source: CallSource::Counted(calls.source),
    })
}

impl Study<'_> {
    /// Which part of a function's calls come from others than these, as far as its callers were seen. None where it is
    /// not called by one of these at all.
    pub(super) fn part_from_outside(
        &self,
        id: FunctionId,
        inside: &BTreeSet<FunctionId>,
    ) -> Option<Interval> {
        let function = self.profile.function(id);
        let file = self.profile.strings.get(function.file?);
        let is_it = |subject: &&Subject| {
            subject.file == file && Some(subject.first_line) == function.first_line
        };
        let subjects = self.observation.subjects().filter(is_it);
        let conducts: Vec<_> = subjects
            .filter_map(|it| self.observation.conduct_of(it))
            .collect();
        let callers = conducts.iter().flat_map(|it| it.callers());
        let (within, others): (Vec<_>, Vec<_>) =
            callers.partition(|(caller, _)| inside.iter().any(|&id| self.is_subject(id, caller)));
        let count = |callers: &[(&Subject, u64)]| callers.iter().map(|it| it.1).sum::<u64>();
        let (within, others) = (count(&within), count(&others));
        let all = within + others;
        if within > 0 {
            return Some(wilson(others as f64 / all as f64, all));
        }
        let is_called = self.work.is_called_by(id, inside);
        (all == 0 && is_called).then_some(ANY_PART)
    }

    fn is_subject(&self, id: FunctionId, subject: &Subject) -> bool {
        let function = self.profile.function(id);
        let file = function.file.map(|file| self.profile.strings.get(file));
        file == Some(&*subject.file) && function.first_line == Some(subject.first_line)
    }

    /// How often a function's outer loop goes round: as often as the largest of its arguments has elements on average,
    /// as far as they were seen.
    fn rounds(&self, id: FunctionId, definition: &Definition) -> Interval {
        let file = self.file(id);
        let seen = seen_parameters(self.observation, file, definition);
        let sizes = seen
            .iter()
            .flat_map(|it| it.values.types().filter(has_elements));
        let sizes = sizes.filter_map(|(_, _, size)| size.map(Interval::mean_size));
        let largest = sizes.reduce(|one, other| {
            if other.expected > one.expected {
                other
            } else {
                one
            }
        });
        largest.map_or(ROUNDS, |size| Interval {
            low: size.low.clamp(1.0, ROUNDS.low),
            expected: size.expected.max(1.0),
            high: size.high.max(ROUNDS.high),
        })
    }
}

/// An int has bits, which nobody goes round.
fn has_elements((of_type, _, _): &(&Type, u64, Option<&Size>)) -> bool {
    !matches!(of_type, Type::Int)
}

/// What a call of a function takes by its code, without the callees that are ranked themselves, where its loops are nested
/// as deep as this.
fn of_source(definition: &Definition, loop_depth: u32, rounds: Interval) -> Interval {
    let lines = f64::from(definition.lines.max(1));
    let run = if definition.complexity > 1 {
        LINES_RUN
    } else {
        1.0
    };
    let is_known =
        |target: &CallTarget| matches!(target, CallTarget::Builtin | CallTarget::SameFile(_));
    let calls_unknown = definition.calls.iter().any(|call| !is_known(&call.target));
    let rounds = repeated(loop_depth, rounds);
    Interval {
        low: LINE.low * rounds.low * (lines * run).min(3.0),
        expected: LINE.expected * rounds.expected * lines * run,
        high: LINE.high * rounds.high * lines * if calls_unknown { UNKNOWN_CALLEE } else { 1.0 },
    }
}

/// How often the innermost of nested loops goes round: of the inner ones nothing is known.
fn repeated(depth: u32, outer: Interval) -> Interval {
    let Some(inner) = depth.checked_sub(1) else {
        return Interval::exactly(1.0);
    };
    let inner = i32::try_from(inner.min(2)).expect("at most 2");
    let all = |of: fn(&Interval) -> f64| of(&outer) * of(&ROUNDS).powi(inner);
    Interval {
        low: all(|it| it.low),
        expected: all(|it| it.expected),
        high: all(|it| it.high),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::Observation;
    use crate::plan::programs::plan_with;
    use crate::plan::{Candidate, Verdict};
    use crate::profile::{CpuSeconds, Line};

    const PROGRAM: &str = "\
def small(a, b):
    return a * b + 1

def long(rows):
    total = 0
    for row in rows:
        for cell in row:
            total += cell * cell
    return total

def main():
    for size in range(30):
        small(size, size)
        long([])

if __name__ == '__main__':
    main()
";

    fn candidate(stacks: &str) -> Candidate {
        let cpu = Some(CpuSeconds(10.0));
        let plan = plan_with(PROGRAM, stacks, |_| Observation::default(), cpu);
        plan.candidates.into_iter().next().expect("one is proposed")
    }

    #[test]
    fn a_call_with_nested_loops_takes_longer_than_one_without() {
        let small = candidate("main@13;small@2 100").prospect.per_call;
        let long = candidate("main@14;long@8 100").prospect.per_call;
        assert_eq!(
            (small.source, long.source),
            (CallSource::Estimated, CallSource::Estimated)
        );
        assert!(small.nanoseconds.expected * 100.0 < long.nanoseconds.expected);
        assert!(small.nanoseconds.low <= 60.0 && long.nanoseconds.high >= 1e6);
    }

    #[test]
    fn calls_and_their_time_are_all_of_the_time() {
        let per_call = candidate("main@14;long@8 100").prospect.per_call;
        let count = per_call.count.expect("the run's time is known");
        let all = count.expected * per_call.nanoseconds.expected;
        assert!((all - 10e9).abs() < 1.0, "{all}");
        assert!(count.low >= 1.0);
    }

    #[test]
    fn fewer_calls_that_count_take_longer_each() {
        let calls = Calls::counted(1_000);
        let all = of_count((1e9, calls)).expect("it was called");
        let tenth = all.of_part(Interval {
            low: 0.05,
            expected: 0.1,
            high: 0.2,
        });
        assert!((tenth.nanoseconds.expected - 1e7).abs() < 1e-3);
        assert!((tenth.count.expect("it is known").expected - 100.0).abs() < 1e-9);
        let none = all.of_part(Interval::exactly(0.0));
        assert_eq!(none.count, Some(Interval::exactly(1.0)));
    }

    #[test]
    fn of_a_recursion_whose_callers_nobody_saw_all_calls_may_begin_one_or_hardly_any() {
        const RECURSION: &str = "\
def depth(tree):
    return 1 + max([depth(branch) for branch in tree] or [0])

def main():
    for size in range(30):
        depth([])

if __name__ == '__main__':
    main()
";
        let counted = |file: &str| {
            let mut observation = Observation::default();
            let subject = Subject {
                file: file.to_owned(),
                first_line: Line::new(1).expect("from 1"),
                name: "depth".to_owned(),
            };
            observation.insert_calls(&subject, Calls::counted(1_000_000));
            observation
        };
        let stacks = "main@6;depth@2;depth@2 1000";
        let plan = plan_with(RECURSION, stacks, counted, Some(CpuSeconds(10.0)));
        let per_call = plan.candidates[0].prospect.per_call;
        let count = per_call.count.expect("they were counted");
        assert!(count.low <= 1.0 && count.high >= 999_999.0, "{count:?}");
    }

    const GENERATOR: &str = "\
def numbers(n):
    for i in range(n):
        yield i * 2 + 1

def main():
    for size in range(30):
        print(sum(numbers(size)))

if __name__ == '__main__':
    main()
";

    /// What is said of `numbers`, which gave so many values in ten seconds.
    fn said_of_values(values: u64) -> (Verdict, Option<PerCall>) {
        let seen = |file: &str| {
            let subject = Subject {
                file: file.to_owned(),
                first_line: Line::new(1).expect("from 1"),
                name: "numbers".to_owned(),
            };
            let counted = |calls| Calls {
                source: observation::CallSource::Windows,
                ..Calls::counted(calls)
            };
            let mut observation = Observation::default();
            observation.insert_calls(&subject, counted(100));
            observation.insert_yields(&subject, counted(values));
            observation
        };
        let stacks = "main@7;numbers@3 1000";
        let plan = plan_with(GENERATOR, stacks, seen, Some(CpuSeconds(10.0)));
        let row = plan
            .functions
            .iter()
            .find(|it| it.name.qualname == "numbers");
        let first = plan.candidates.first();
        let per_value = first.and_then(|it| it.prospect.per_value);
        (row.expect("it is hot").verdict, per_value)
    }

    #[test]
    fn each_value_of_a_generator_crosses() {
        let (verdict, per_value) = said_of_values(1_000);
        assert_eq!(verdict, Verdict::Migrate);
        let each = per_value.expect("it is a generator").nanoseconds;
        assert!((each.expected - 1e7).abs() < 1.0, "{each:?}");
        assert_eq!(said_of_values(200_000_000).0, Verdict::TooSmall);
    }
}
