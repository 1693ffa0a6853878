//! What the tests of all formats share: any profile, damage to a file, a profile as text.

use crate::profile::{
    Activity, CpuSeconds, Frame, Function, Hertz, Line, Nanoseconds, Profile, RawFrame, Run,
    Sample, Stack, Thread, Weight, WeightUnit,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Texts that break a format that is careless about them.
const HOSTILE: &[&str] = &[
    "",
    " ",
    "a b ",
    "a;b",
    "a (b",
    "a)",
    "a (b.py:3)",
    "a (:3)",
    "b.py:12",
    ":5",
    "a\nb",
    "\r",
    "# a",
    "#",
    "7",
    "a 7",
    "\u{FEFF}a",
    "\0",
    "\u{2028}",
    "é😀",
    "\"",
    "thread (1)",
    "thread (1): a",
    "process 1:\"a",
    "process 1:\"a;b\"",
    "</script>",
    "\\u0000",
    "((((",
    "; (",
];

/// Any valid profile, with every field and hostile names.
pub(super) fn any_profile() -> impl Strategy<Value = Profile> {
    let tables = (
        vec(text(), 1..8),
        vec((any::<Index>(), option::of(any::<Index>()), line()), 1..6),
        vec((any::<Index>(), line()), 1..8),
        vec((any::<Index>(), option::of(any::<Index>())), 1..12),
        vec(
            (any::<u32>(), any::<u64>(), option::of(any::<Index>())),
            1..4,
        ),
    );
    let samples = vec(
        (
            any::<u64>(),
            any::<u64>(),
            any::<Index>(),
            option::of(any::<Index>()),
            activity(),
        ),
        0..20,
    );
    let unit = select(vec![WeightUnit::Nanoseconds, WeightUnit::Samples]);
    (tables, samples, unit, run()).prop_map(
        |((texts, functions, frames, stacks, threads), samples, unit, run)| {
            let mut profile = Profile::default();
            profile.run = run;
            profile.weight_unit = unit;
            let texts: Vec<_> = texts
                .iter()
                .map(|text| profile.strings.intern(text))
                .collect();
            let functions: Vec<_> = functions
                .into_iter()
                .map(|(name, file, first_line)| {
                    profile.intern_function(Function {
                        name: *name.get(&texts),
                        file: file.map(|file| *file.get(&texts)),
                        first_line,
                    })
                })
                .collect();
            let frames: Vec<_> = frames
                .into_iter()
                .map(|(function, line)| {
                    profile.intern_frame(Frame {
                        function: *function.get(&functions),
                        line,
                    })
                })
                .collect();
            let mut known = Vec::new();
            for (frame, parent) in stacks {
                let parent = parent
                    .filter(|_| !known.is_empty())
                    .map(|parent| *parent.get(&known));
                known.push(profile.intern_stack(Stack {
                    frame: *frame.get(&frames),
                    parent,
                }));
            }
            let threads: Vec<_> = threads
                .into_iter()
                .map(|(process, id, name)| {
                    profile.intern_thread(Thread {
                        process,
                        id,
                        name: name.map(|name| *name.get(&texts)),
                    })
                })
                .collect();
            profile.samples = samples
                .into_iter()
                .map(|(time, weight, thread, stack, activity)| Sample {
                    time: Nanoseconds(time),
                    weight: Weight(weight),
                    thread: *thread.get(&threads),
                    stack: stack.map(|stack| *stack.get(&known)),
                    activity,
                })
                .collect();
            profile
        },
    )
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        select(HOSTILE).prop_map(str::to_owned),
        any::<String>(),
        r##"[ab ;():"#0-9]{0,12}"##,
        "[a-z_.<>/]{1,12}",
    ]
}

fn line() -> impl Strategy<Value = Option<Line>> {
    prop_oneof![any::<u32>(), 0..3_u32].prop_map(Line::new)
}

fn activity() -> impl Strategy<Value = Activity> {
    select(vec![
        Activity::HoldingGil,
        Activity::Running,
        Activity::Idle,
        Activity::Unknown,
    ])
}

fn run() -> impl Strategy<Value = Run> {
    let amount = || option::of(prop_oneof![0.0..1e6, 0.0..f64::MAX, Just(0.1 + 0.2)]);
    let texts = || vec(text(), 0..3);
    (
        (
            texts(),
            option::of(text()),
            option::of(text()),
            texts(),
            option::of(text()),
            option::of(text()),
        ),
        (
            option::of(any::<i32>()),
            any::<u64>(),
            amount(),
            amount(),
            any::<u64>(),
            any::<u64>(),
        ),
    )
        .prop_map(
            |((command, script, working_directory, source_roots, python, interpreter), rest)| {
                let (exit_status, wall, cpu, rate, ticks, lost_ticks) = rest;
                Run {
                    command,
                    script,
                    working_directory,
                    source_roots,
                    python,
                    interpreter,
                    exit_status,
                    wall: Nanoseconds(wall),
                    cpu: cpu.map(CpuSeconds),
                    rate: rate.map(Hertz),
                    ticks,
                    lost_ticks,
                }
            },
        )
}

/// Bytes put in the place of others.
pub(super) type Damage = (Index, Index, Vec<u8>);

/// Some damage to a file: pieces replaced by bytes, mostly such as stand in files.
pub(super) fn damage() -> impl Strategy<Value = Vec<Damage>> {
    let piece = prop_oneof![
        vec(any::<u8>(), 0..4),
        select(vec![
            "",
            "-1",
            "1e999",
            "18446744073709551616",
            "null",
            "[",
            "}",
            ",",
            "\"",
            ";",
            ":",
            " "
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    vec((any::<Index>(), any::<Index>(), piece), 1..4)
}

/// Does the damage: each piece replaces up to eight bytes.
pub(super) fn apply(damage: &[Damage], bytes: &mut Vec<u8>) {
    for (start, length, piece) in damage {
        let start = start.index(bytes.len() + 1);
        let end = (start + length.index(9)).min(bytes.len());
        bytes.splice(start..end, piece.iter().copied());
    }
}

/// Two samples of one thread, of which one is in `inner`.
pub(super) fn small_profile() -> Profile {
    let mut profile = Profile::default();
    let frame = |name, line| RawFrame {
        name,
        file: Some("a.py"),
        first_line: Line::new(1),
        line: Line::new(line),
    };
    let name = Some(profile.strings.intern("MainThread"));
    let thread = profile.intern_thread(Thread {
        process: 1,
        id: u64::MAX,
        name,
    });
    for frames in [
        &[frame("outer", 3)][..],
        &[frame("outer", 3), frame("inner", 7)],
    ] {
        let stack = profile.intern_raw_stack(frames.iter().copied());
        profile.samples.push(Sample {
            time: Nanoseconds(5),
            weight: Weight(2),
            thread,
            stack,
            activity: Activity::HoldingGil,
        });
    }
    profile
}

/// The samples as texts: `1/2/MainThread outer@a.py:3;inner@a.py:7 = 2`, with the time in front
/// where it is known.
pub(super) fn told(profile: &Profile) -> Vec<String> {
    profile
        .samples
        .iter()
        .map(|sample| sample_text(profile, *sample))
        .collect()
}

fn sample_text(profile: &Profile, sample: Sample) -> String {
    let thread = profile.threads()[sample.thread.index()];
    let name = thread.name.map_or("", |name| profile.strings.get(name));
    let mut frames: Vec<String> = (sample.stack.into_iter())
        .flat_map(|stack| profile.frame_ids_of(stack))
        .map(|frame| frame_text(profile.raw_frame(frame)))
        .collect();
    frames.reverse();
    let time = match sample.time {
        Nanoseconds(0) => String::new(),
        Nanoseconds(time) => format!("{time}: "),
    };
    let (process, id, frames) = (thread.process, thread.id, frames.join(";"));
    format!("{time}{process}/{id}/{name} {frames} = {}", sample.weight.0)
}

fn frame_text(frame: RawFrame<'_>) -> String {
    let file = frame.file.map_or(String::new(), |file| format!("@{file}"));
    let line = frame.line.map_or(String::new(), |line| format!(":{line}"));
    format!("{}{file}{line}", frame.name)
}
