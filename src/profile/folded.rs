//! Folded stacks as the fixture language of tests: `main;fib;fib 3`.

use super::{Activity, Nanoseconds, Profile, RawFrame, Sample, Thread, Weight, WeightUnit};
use proptest::prelude::*;

/// A profile of stacks like `main;fib;fib 3`, one a line, without files and lines.
pub(crate) fn folded(stacks: &str) -> Profile {
    let mut profile = Profile {
        weight_unit: WeightUnit::Samples,
        ..Profile::default()
    };
    let thread = profile.intern_thread(Thread {
        process: 1,
        id: 1,
        name: None,
    });
    for line in stacks.lines() {
        let (stack, count) = line.rsplit_once(' ').expect("a stack, a space, a count");
        let frames = stack.split(';').map(|name| RawFrame {
            name,
            file: None,
            first_line: None,
            line: None,
        });
        let stack = profile.intern_raw_stack(frames);
        profile.samples.push(Sample {
            time: Nanoseconds(0),
            weight: Weight(count.parse().expect("a count")),
            thread,
            stack,
            activity: Activity::HoldingGil,
            instruction: None,
        });
    }
    profile
}

/// Profiles with recursion, shared callers, library code and imports.
pub(crate) fn any_folded() -> impl Strategy<Value = Profile> {
    let name = prop::sample::select(vec![
        "main", "f", "g", "std.x", "lib.y", "import", "mod.m", "f>inner",
    ]);
    let line = (prop::collection::vec(name, 1..8), 0..1000_u64)
        .prop_map(|(names, count)| format!("{} {count}", names.join(";")));
    prop::collection::vec(line, 0..20).prop_map(|lines| folded(&lines.join("\n")))
}
