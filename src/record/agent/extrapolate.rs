//! From the calls in some windows to those of the whole run, by how much of the time a function was on a stack.
//!
//! A function is called as often as it is in its windows for each second of CPU time that it is on a stack. How long it
//! was there in all, the samples say; how long in the windows, those taken just before and after them. So a function
//! that is hot in one part of the run only is not taken for one that is called all the time, and a busy machine, on
//! which a window sees little of the program, changes nothing.

use super::Process;
use super::counts::is_in;
use super::report::Window;
use super::roster::MOST_KNOWN;
use crate::observation::{CallSource, Calls, Subject};
use crate::profile::{Function, Nanoseconds, Profile, Sample};
use std::ops::RangeInclusive;

/// So far from a window a sample tells what was on the stack in it.
const REACH: u64 = 250_000_000;
/// With fewer samples of a function around its windows, it is taken to be called evenly over the run.
const FEWEST_NEAR: u64 = 10;
/// With so many samples expected around its windows and fewer than [`FEWEST_NEAR`] seen, a function is not called
/// evenly: by chance that is less than one case in a hundred (Poisson).
const SURELY_NEAR: f64 = 20.0;
/// What remains of a window at least once the time for counting is taken off.
const LEAST_LEFT: f64 = 0.1;
/// How far the cost of counting a call may be from what was measured: it was measured on an empty function.
const COST_FACTORS: (f64, f64) = (0.5, 1.5);
/// From one window nothing is known of how much they differ: this part of the rate then.
const ONE_WINDOW: f64 = 0.5;
/// Intervals end somewhere: at 150 times as much.
const WIDEST: f64 = 5.0;
/// No call in so many expected ones happens in one of twenty cases: the rule of three.
const NONE_SEEN: f64 = 3.0;
/// Student's t for 95 %, by number of windows less one.
const STUDENT: [f64; 10] = [12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23];
/// For more.
const NORMAL: f64 = 2.1;

/// What the samples of a process say of functions around windows.
#[derive(Debug)]
pub(super) struct Extrapolation<'w> {
    windows: &'w [Window],
    /// CPU time while the process was sampled, in nanoseconds.
    cpu: f64,
    /// The samples in all.
    all: Around,
    /// Those around each window.
    near: Vec<Around>,
}

/// Samples of threads at work.
#[derive(Clone, Debug)]
struct Around {
    /// How much all of them weigh.
    weight: u64,
    /// For each function how many have it on their stack, and how much those weigh.
    functions: Vec<(u64, u64)>,
}

impl Around {
    fn none(functions: usize) -> Self {
        Self {
            weight: 0,
            functions: vec![(0, 0); functions],
        }
    }

    fn add(&mut self, sample: &Sample, mask: u128) {
        self.weight += sample.weight.0;
        let mut rest = mask;
        while rest != 0 {
            let (count, weight) = &mut self.functions[rest.trailing_zeros() as usize];
            *count += 1;
            *weight += sample.weight.0;
            rest &= rest - 1;
        }
    }

    /// In which part of the work a function was on a stack.
    fn share(&self, function: usize) -> f64 {
        match self.weight {
            0 => 0.0,
            all => self.functions[function].1 as f64 / all as f64,
        }
    }
}

impl<'w> Extrapolation<'w> {
    /// Walks once over the samples. There are [`MOST_KNOWN`] functions at most.
    pub(super) fn new(
        profile: &Profile,
        process: Process,
        subjects: &[Subject],
        windows: &'w [Window],
        spans: &[RangeInclusive<Nanoseconds>],
    ) -> Self {
        debug_assert!(subjects.len() <= MOST_KNOWN && MOST_KNOWN <= u128::BITS as usize);
        let masks = masks(profile, subjects);
        let none = Around::none(subjects.len());
        let mut it = Self {
            windows,
            cpu: process.cpu.0 * 1e9,
            near: vec![none.clone(); windows.len()],
            all: none,
        };
        let is_ours = |sample: &&Sample| {
            profile.threads()[sample.thread.index()].process == process.number
                && !sample.activity.is_waiting()
        };
        for sample in profile.samples.iter().filter(is_ours) {
            let mask = sample.stack.map_or(0, |stack| masks[stack.index()]);
            it.all.add(sample, mask);
            if !is_in(spans, sample.time) {
                it.add_near(sample, mask);
            }
        }
        it
    }

    fn add_near(&mut self, sample: &Sample, mask: u128) {
        let (windows, time) = (self.windows, sample.time.0);
        let next = windows.partition_point(|it| it.open.0 <= time);
        let before = next.checked_sub(1);
        let before = before.filter(|&it| time.saturating_sub(windows[it].shut.0) <= REACH);
        let after = windows.get(next).filter(|it| it.open.0 - time <= REACH);
        for window in before.into_iter().chain(after.map(|_| next)) {
            self.near[window].add(sample, mask);
        }
    }

    /// The calls of a function in the run from those in the windows in which it was watched; none without one, and none
    /// where it was on stacks at other times than these.
    pub(super) fn calls(&self, function: usize, counted: &[(usize, u64)]) -> Option<Calls> {
        let near = counted
            .iter()
            .map(|&(it, _)| self.near[it].functions[function].0);
        let near: u64 = near.sum();
        let by_stack = near >= FEWEST_NEAR;
        if !by_stack && self.evenly(function, counted) >= SURELY_NEAR {
            return None;
        }
        let share = |around: &Around| {
            if by_stack {
                around.share(function)
            } else {
                1.0
            }
        };
        let rate = |factor| {
            let each: Vec<(f64, f64)> = (counted.iter())
                .map(|&(it, calls)| (calls as f64, share(&self.near[it]) * self.used(it, factor)))
                .collect();
            Rate::of(&each, if by_stack { near as f64 } else { f64::INFINITY })
        };
        let (low, expected, high) = (rate(COST_FACTORS.0)?, rate(1.0)?, rate(COST_FACTORS.1)?);
        let seen: u64 = counted.iter().map(|&(_, calls)| calls).sum();
        // What was on a stack was called.
        let least = seen.max(u64::from(self.all.functions[function].0 > 0));
        let whole = share(&self.all) * self.cpu;
        let of = |rate: f64| count(rate * whole).max(least);
        let expected = of(expected.expected);
        Some(Calls {
            low: of(low.low).min(expected),
            expected,
            high: of(high.high).max(expected),
            source: CallSource::Windows,
        })
    }

    /// How many samples of a function would be around its windows if it were on stacks evenly over the run.
    fn evenly(&self, function: usize, counted: &[(usize, u64)]) -> f64 {
        let near: u64 = counted.iter().map(|&(it, _)| self.near[it].weight).sum();
        self.all.functions[function].0 as f64 * near as f64 / self.all.weight.max(1) as f64
    }

    /// CPU time of the program in a window, without that for counting.
    fn used(&self, window: usize, factor: f64) -> f64 {
        let window = &self.windows[window];
        let used = window.used as f64;
        let counting = window.events as f64 * window.event as f64 * factor;
        (used - counting).max(used * LEAST_LEFT)
    }
}

/// A count from a number that is not below zero.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what is too large is the largest count, and nothing is below zero"
)]
fn count(number: f64) -> u64 {
    number.round() as u64
}

/// Calls for each nanosecond of CPU time on a stack.
#[derive(Clone, Copy, Debug)]
struct Rate {
    low: f64,
    expected: f64,
    high: f64,
}

impl Rate {
    /// That of windows, each with its calls and the time for them: all calls to all time. How far it may be off comes
    /// from how much it changes without one of the windows (the jackknife), and from the number of calls and samples.
    fn of(windows: &[(f64, f64)], near: f64) -> Option<Self> {
        let sum = |of: fn(&(f64, f64)) -> f64| windows.iter().map(of).sum::<f64>();
        let (calls, time) = (sum(|it| it.0), sum(|it| it.1));
        if time <= 0.0 {
            return None;
        }
        if calls == 0.0 {
            return Some(Self {
                low: 0.0,
                expected: 0.0,
                high: NONE_SEEN / time,
            });
        }
        let expected = calls / time;
        let (between, student) = spread(windows, calls, time);
        let sampling = NORMAL * NORMAL * (1.0 / calls + 1.0 / near);
        let off = (student * student * between + sampling).sqrt().min(WIDEST);
        Some(Self {
            low: expected * (-off).exp(),
            expected,
            high: expected * off.exp(),
        })
    }
}

/// The variance of the rate between windows as a part of its square, and Student's t for it.
fn spread(windows: &[(f64, f64)], calls: f64, time: f64) -> (f64, f64) {
    let without: Vec<f64> = (windows.iter().filter(|it| it.1 < time))
        .map(|it| (calls - it.0) / (time - it.1))
        .collect();
    let count = without.len() as f64;
    let Some(&student) = without
        .len()
        .checked_sub(2)
        .and_then(|it| STUDENT.get(it).or(Some(&NORMAL)))
    else {
        return (ONE_WINDOW * ONE_WINDOW, NORMAL);
    };
    let mean = without.iter().sum::<f64>() / count;
    let squares: f64 = without.iter().map(|it| (it - mean).powi(2)).sum();
    let rate = calls / time;
    ((count - 1.0) / count * squares / (rate * rate), student)
}

/// For each stack which of the functions are on it, a bit each. Parents precede children.
fn masks(profile: &Profile, subjects: &[Subject]) -> Vec<u128> {
    let bit = |function: &Function| {
        let is_it = |subject: &Subject| {
            Some(subject.first_line) == function.first_line
                && subject.name == profile.strings.get(function.name)
                && (function.file).is_some_and(|file| profile.strings.get(file) == subject.file)
        };
        subjects
            .iter()
            .position(is_it)
            .map_or(0, |place| 1_u128 << place)
    };
    let bits: Vec<u128> = profile.functions().iter().map(bit).collect();
    let mut masks: Vec<u128> = Vec::with_capacity(profile.stacks().len());
    for stack in profile.stacks() {
        let below = stack.parent.map_or(0, |parent| masks[parent.index()]);
        masks.push(below | bits[profile.frame(stack.frame).function.index()]);
    }
    masks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Activity, CpuSeconds, Line, RawFrame, Thread, Wait, Weight};

    const MS: u64 = 1_000_000;

    fn subject(name: &str) -> Subject {
        Subject {
            file: "a.py".into(),
            first_line: Line::new(1).expect("not 0"),
            name: name.into(),
        }
    }

    /// A run with a look each 5 ms: stacks by letter, the outermost first, each for some looks.
    fn profile(stacks: &[(&str, u64)]) -> Profile {
        let mut profile = Profile::default();
        let thread = profile.intern_thread(Thread {
            process: 7,
            id: 7,
            name: None,
        });
        let mut time = 0;
        for (stack, looks) in stacks {
            let names: Vec<String> = stack.chars().map(String::from).collect();
            for _ in 0..*looks {
                time += 5 * MS;
                let stack = profile.intern_raw_stack(names.iter().map(|name| RawFrame {
                    name,
                    file: Some("a.py"),
                    first_line: Line::new(1),
                    line: None,
                }));
                profile.samples.push(Sample {
                    time: Nanoseconds(time),
                    weight: Weight(5 * MS),
                    thread,
                    stack,
                    activity: Activity::HoldingGil,
                    instruction: None,
                });
            }
        }
        profile
    }

    /// A window of 10 ms.
    fn window(at: u64, events: u64, event: u64) -> Window {
        Window {
            begun: Nanoseconds(at),
            open: Nanoseconds(at),
            shut: Nanoseconds(at + 10 * MS),
            done: Nanoseconds(at + 10 * MS),
            used: 10 * MS,
            event,
            events,
        }
    }

    /// The calls of `f`, seen in windows that begin at these milliseconds.
    fn calls(profile: &Profile, windows: &[(u64, u64)]) -> Calls {
        calls_with_cost(profile, windows, 0)
    }

    fn calls_with_cost(profile: &Profile, windows: &[(u64, u64)], event: u64) -> Calls {
        let all: Vec<Window> = (windows.iter())
            .map(|&(at, calls)| window(at * MS, calls, event))
            .collect();
        let spans: Vec<_> = all.iter().map(|it| it.begun..=it.done).collect();
        let counted: Vec<(usize, u64)> = windows.iter().map(|it| it.1).enumerate().collect();
        let process = Process {
            number: 7,
            cpu: CpuSeconds(profile.samples.len() as f64 * 0.005),
        };
        Extrapolation::new(profile, process, &[subject("f")], &all, &spans)
            .calls(0, &counted)
            .expect("there are windows")
    }

    fn holds(calls: Calls, truth: u64) -> bool {
        calls.low <= truth && truth <= calls.high
    }

    #[test]
    fn an_even_rate_is_that_of_the_windows() {
        let windows: Vec<(u64, u64)> = (1..20).map(|at| (at * 500, 1000)).collect();
        let calls = calls(&profile(&[("mf", 2000)]), &windows);
        // 100 calls in each of 10,000 ms.
        assert!(holds(calls, 1_000_000), "{calls:?}");
        assert!(calls.high < 1_200_000 && calls.low > 850_000, "{calls:?}");
    }

    #[test]
    fn a_function_that_is_hot_in_a_part_of_the_run_is_not_taken_to_be_called_all_the_time() {
        // On a stack for the last second of ten, with windows then alone.
        let profile = profile(&[("m", 1800), ("mf", 200)]);
        let calls = calls(&profile, &[(9300, 1000), (9500, 1000), (9700, 1000)]);
        assert!(holds(calls, 100_000), "{calls:?}");
        assert!(calls.high < 200_000, "{calls:?}");
    }

    #[test]
    fn a_function_that_only_waits_is_not_taken_to_be_called_meanwhile() {
        let mut profile = profile(&[("m", 1800), ("mf", 200)]);
        let windows = [(9300, 1000), (9500, 1000), (9700, 1000)];
        let before = calls(&profile, &windows);
        let waiting = profile.samples.last().copied().expect("there are samples");
        for (activity, time) in [Activity::WantsGil, Activity::Waiting(Wait::Lock)]
            .into_iter()
            .zip([1000 * MS, 2000 * MS])
        {
            profile.samples.push(Sample {
                activity,
                time: Nanoseconds(time),
                weight: Weight(4000 * MS),
                ..waiting
            });
        }
        profile.samples.sort_by_key(|sample| sample.time);
        let after = calls(&profile, &windows);
        // The run's CPU time is that of so many looks, two more now.
        assert!(
            after.expected < before.expected + before.expected / 100,
            "{before:?} {after:?}"
        );
    }

    #[test]
    fn windows_after_a_function_was_hot_tell_nothing_of_it() {
        let profile = profile(&[("mf", 200), ("m", 1800)]);
        let windows: Vec<Window> = (3..20).map(|at| window(at * 500 * MS, 0, 0)).collect();
        let counted: Vec<(usize, u64)> = (0..windows.len()).map(|it| (it, 0)).collect();
        let process = Process {
            number: 7,
            cpu: CpuSeconds(10.0),
        };
        let subjects = [subject("f"), subject("m")];
        let it = Extrapolation::new(&profile, process, &subjects, &windows, &[]);
        assert_eq!(it.calls(0, &counted), None);
        assert!(it.calls(1, &counted).is_some());
    }

    #[test]
    fn windows_before_a_function_is_hot_do_not_dilute_it() {
        let profile = profile(&[("m", 1000), ("mf", 1000)]);
        let windows: Vec<(u64, u64)> = (1..20)
            .map(|at| (at * 500, if at >= 10 { 1000 } else { 0 }))
            .collect();
        let calls = calls(&profile, &windows);
        assert!(holds(calls, 500_000), "{calls:?}");
        assert!(calls.high < 700_000, "{calls:?}");
    }

    #[test]
    fn rates_that_differ_between_windows_give_a_wide_interval() {
        let profile = profile(&[("mf", 2000)]);
        let even = calls(&profile, &[(2000, 1000), (5000, 1000), (8000, 1000)]);
        let uneven = calls(&profile, &[(2000, 100), (5000, 1000), (8000, 1900)]);
        assert_eq!(even.expected, uneven.expected);
        assert!(uneven.high > 2 * even.high, "{even:?} {uneven:?}");
        assert!(uneven.low < even.low / 2, "{even:?} {uneven:?}");
    }

    #[test]
    fn the_time_that_counting_takes_is_taken_off() {
        let profile = profile(&[("mf", 2000)]);
        let windows: Vec<(u64, u64)> = (1..20).map(|at| (at * 500, 100_000)).collect();
        // Half of each window: 100,000 calls of 50 ns.
        let calls = calls_with_cost(&profile, &windows, 50);
        assert!(
            (195_000_000..205_000_000).contains(&calls.expected),
            "{calls:?}"
        );
        assert!(
            calls.low < 140_000_000 && calls.high > 390_000_000,
            "{calls:?}"
        );
    }

    #[test]
    fn what_was_on_a_stack_and_not_called_in_a_window_was_called_once_at_least() {
        let calls = calls(&profile(&[("mf", 2000)]), &[(2000, 0), (4000, 0)]);
        assert_eq!(calls.low, 1);
        // Not once in 20 of 10,000 ms.
        assert_eq!(calls.high, 1500);
        assert_eq!(calls.expected, 1);
    }

    #[test]
    fn a_function_that_no_sample_shows_is_called_evenly_over_the_run() {
        let windows: Vec<(u64, u64)> = (1..20).map(|at| (at * 500, 10)).collect();
        let calls = calls(&profile(&[("m", 2000)]), &windows);
        assert!(holds(calls, 10_000), "{calls:?}");
        assert!(calls.high < 15_000, "{calls:?}");
    }

    #[test]
    fn what_was_counted_is_the_least() {
        let calls = calls(&profile(&[("mf", 3)]), &[(0, 5000)]);
        assert!(calls.low >= 5000, "{calls:?}");
    }
}
