//! Plans of small programs, for tests.

use super::{Options, Plan, build};
use crate::observation::Observation;
use crate::profile::{
    Activity, CpuSeconds, Line, Nanoseconds, Profile, RawFrame, Run, Sample, Thread, Wait, Weight,
    WeightUnit,
};
use crate::source::{Roots, Sources, qualify};
use std::path::Path;

/// A program with functions of each sort.
pub(super) const JOB: &str = "\
import heapq

def score(a: int, b: int) -> int:
    return sum(a ^ b ^ x for x in range(9))

def load(path):
    import json
    return json.load(open(path))

def solve(n):
    def step(i):
        return i * n
    return max(map(step, range(n)))

def evaluate(text):
    return eval(text)

def walk(tree):
    return 1 + sum(walk(child) for child in tree)

def distance(a, b):
    return abs(a - b)

def nearest(points, to):
    return min(distance(point, to) for point in points)

def main():
    return [score(1, nearest([], i)) for i in range(9)]

TABLE = [i * i for i in range(10 ** 6)]

def once(points):
    total = 0
    for point in points:
        total += nearest(points, point)
    return total

main()
once([])

def distinct(keys):
    seen = []
    for key in keys:
        if key not in seen:
            seen.append(key)
    return seen

def add_up(table):
    total = 0
    for _, row in table.iterrows():
        total += row['a']
    return total
";

/// Checks `function verdict code` of each row of the plan of [`JOB`], in order.
#[track_caller]
pub(super) fn check(stacks: &str, expected: &[&str]) {
    let rows: Vec<String> = (plan_of(JOB, stacks).functions.iter())
        .map(|row| {
            let (name, verdict) = (&row.name.qualname, row.verdict.word());
            format!("{name} {verdict} {}", row.reasons[0].code)
        })
        .collect();
    assert_eq!(rows, expected);
}

/// The plan of a program's text and its stacks: see [`profile`].
pub(super) fn plan_of(program: &str, stacks: &str) -> Plan {
    plan_with(program, stacks, |_| Observation::default(), None)
}

/// The same with what was seen of values in the program's file, and the CPU time of the run.
pub(super) fn plan_with(
    program: &str,
    stacks: &str,
    seen: impl Fn(&str) -> Observation,
    cpu: Option<CpuSeconds>,
) -> Plan {
    plan_changed(program, stacks, seen, |run| run.cpu = cpu)
}

/// The same with the run changed before it is looked at.
pub(super) fn plan_changed(
    program: &str,
    stacks: &str,
    seen: impl Fn(&str) -> Observation,
    change: impl Fn(&mut Run),
) -> Plan {
    plan_within(program, stacks, seen, change, &Options::default())
}

/// The same with options.
pub(super) fn plan_within(
    program: &str,
    stacks: &str,
    seen: impl Fn(&str) -> Observation,
    change: impl Fn(&mut Run),
    options: &Options,
) -> Plan {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("job.py");
    std::fs::write(&file, program).expect("a file is written");
    let roots = Roots::new(
        &[folder.path().to_owned()],
        Some(&file),
        Some(Path::new("/")),
    );
    let mut sources = Sources::new(roots);
    let file = file.display().to_string();
    let mut profile = qualify(profile(&file, stacks), &mut sources);
    change(&mut profile.run);
    build(&profile, &seen(&file), &mut sources, options).0
}

/// A frame is `NAME@LINE` in the program, or `FILE!NAME@LINE`. The count is of tens of samples. `+` before the count says that
/// the interpreter lock was not held, `~` that the thread waited, `=` that it was for the lock, `s` for a socket,
/// `t` for a timer; `2|` before the stack that it is that of thread 2.
pub(super) fn profile(file: &str, stacks: &str) -> Profile {
    let mut profile = Profile::default();
    profile.weight_unit = WeightUnit::Samples;
    for line in stacks.lines() {
        let (id, line) = line.split_once('|').unwrap_or(("1", line));
        let thread = profile.intern_thread(Thread {
            process: 1,
            id: id.parse().expect("a thread's number"),
            name: None,
        });
        let (stack, count) = line.rsplit_once(' ').expect("a stack, a space, a count");
        let stack = profile.intern_raw_stack(stack.split(';').map(|frame| {
            let (file, frame) = frame.split_once('!').unwrap_or((file, frame));
            let (name, line) = frame.split_once('@').unwrap_or((frame, "0"));
            let line = Line::new(line.parse().expect("a line"));
            RawFrame {
                name,
                file: Some(file),
                first_line: None,
                line,
            }
        }));
        let activity = match count.chars().next() {
            Some('+') => Activity::Running,
            Some('~') => Activity::Idle,
            Some('=') => Activity::WantsGil,
            Some('s') => Activity::Waiting(Wait::Socket),
            Some('t') => Activity::Waiting(Wait::Timer),
            _ => Activity::HoldingGil,
        };
        let tens = count.trim_start_matches(['+', '~', '=', 's', 't']);
        let weight = Weight(10 * tens.parse::<u64>().expect("a count"));
        profile.samples.push(Sample {
            time: Nanoseconds(0),
            weight,
            thread,
            stack,
            activity,
            instruction: None,
        });
    }
    profile
}
