//! What the tests of all formats share: any profile, damage to a file, a profile as text.

mod observation;

pub(super) use observation::any_observation;

use crate::profile::{
    Activity, Columns, CpuSeconds, Frame, Function, Hertz, Instruction, InstructionId, Line,
    Nanoseconds, Position, Profile, RawFrame, Root, Run, Sample, Stack, StackId, Thread, ThreadId,
    Wait, Weight, WeightUnit,
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
    let unit = select(vec![WeightUnit::Nanoseconds, WeightUnit::Samples]);
    (tables(), vec(sample(), 0..20), unit, run()).prop_map(|(tables, samples, unit, run)| {
        let mut profile = Profile::default();
        profile.run = run;
        profile.weight_unit = unit;
        let (stacks, threads, instructions) = tables.into_profile(&mut profile);
        profile.samples = samples
            .into_iter()
            .map(
                |(time, weight, thread, stack, activity, instruction)| Sample {
                    time: Nanoseconds(time),
                    weight: Weight(weight),
                    thread: *thread.get(&threads),
                    stack: stack.map(|stack| *stack.get(&stacks)),
                    activity,
                    instruction: (instruction.filter(|_| !instructions.is_empty()))
                        .map(|instruction| *instruction.get(&instructions)),
                },
            )
            .collect();
        profile
    })
}

/// The entries of the tables, pointing at each other by indices.
#[derive(Debug)]
struct Tables {
    texts: Vec<String>,
    functions: Vec<(Index, Option<Index>, Option<Line>)>,
    frames: Vec<(Index, Option<Line>)>,
    stacks: Vec<(Index, Option<Index>)>,
    threads: Vec<(u32, u64, Option<Index>)>,
    instructions: Vec<(Option<Index>, Option<Position>)>,
}

fn tables() -> impl Strategy<Value = Tables> {
    let some = any::<Index>;
    (
        vec(text(), 1..8),
        vec((some(), option::of(some()), line()), 1..6),
        vec((some(), line()), 1..8),
        vec((some(), option::of(some())), 1..12),
        vec((any::<u32>(), any::<u64>(), option::of(some())), 1..4),
        vec((option::of(some()), option::of(position())), 0..6),
    )
        .prop_map(
            |(texts, functions, frames, stacks, threads, instructions)| Tables {
                texts,
                functions,
                frames,
                stacks,
                threads,
                instructions,
            },
        )
}

impl Tables {
    fn into_profile(
        self,
        profile: &mut Profile,
    ) -> (Vec<StackId>, Vec<ThreadId>, Vec<InstructionId>) {
        let texts = (self.texts.iter()).map(|text| profile.strings.intern(text));
        let texts: Vec<_> = texts.collect();
        let functions = self.functions.iter().map(|(name, file, first_line)| {
            profile.intern_function(Function {
                name: *name.get(&texts),
                file: file.map(|file| *file.get(&texts)),
                first_line: *first_line,
            })
        });
        let functions: Vec<_> = functions.collect();
        let frames = self.frames.iter().map(|(function, line)| {
            profile.intern_frame(Frame {
                function: *function.get(&functions),
                line: *line,
            })
        });
        let frames: Vec<_> = frames.collect();
        let mut stacks = Vec::new();
        for (frame, parent) in self.stacks {
            let parent = parent.filter(|_| !stacks.is_empty());
            stacks.push(profile.intern_stack(Stack {
                frame: *frame.get(&frames),
                parent: parent.map(|parent| *parent.get(&stacks)),
            }));
        }
        let threads = self.threads.iter().map(|&(process, id, name)| {
            let name = name.map(|name| *name.get(&texts));
            profile.intern_thread(Thread { process, id, name })
        });
        let threads = threads.collect();
        let instructions = self.instructions.iter().map(|&(opcode, position)| {
            let opcode = opcode.map(|opcode| *opcode.get(&texts));
            profile.intern_instruction(Instruction { opcode, position })
        });
        (stacks, threads, instructions.collect())
    }
}

type AnySample = (u64, u64, Index, Option<Index>, Activity, Option<Index>);

fn sample() -> impl Strategy<Value = AnySample> {
    let amount = any::<u64>;
    let some = || option::of(any::<Index>());
    let thread = any::<Index>();
    (amount(), amount(), thread, some(), activity(), some())
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

fn position() -> impl Strategy<Value = Position> {
    let known = || (1_u32..).prop_map(|number| Line::new(number).expect("not 0"));
    let columns = (any::<u32>(), any::<u32>()).prop_map(|(start, end)| Columns { start, end });
    (known(), known(), option::of(columns)).prop_map(|(line, end_line, columns)| Position {
        line,
        end_line,
        columns,
    })
}

fn activity() -> impl Strategy<Value = Activity> {
    select(vec![
        Activity::HoldingGil,
        Activity::Collecting,
        Activity::Running,
        Activity::InKernel,
        Activity::WantsGil,
        Activity::Waiting(Wait::Lock),
        Activity::Waiting(Wait::File),
        Activity::Idle,
        Activity::Unknown,
    ])
}

fn run() -> impl Strategy<Value = Run> {
    let amount = || option::of(prop_oneof![0.0..1e6, 0.0..f64::MAX, Just(0.1 + 0.2)]);
    let some_text = || option::of(text());
    let texts = (
        vec(text(), 0..3),
        some_text(),
        some_text(),
        vec(text(), 0..3),
        some_text(),
        some_text(),
        option::of(text().prop_map(Root::at)),
    );
    let count = any::<u64>;
    let numbers = (
        option::of(any::<i32>()),
        (count(), option::of(count())),
        amount(),
        amount(),
        count(),
        count(),
    );
    let looks = (
        count(),
        proptest::collection::btree_map(".{0,12}", any::<u64>(), 0..3),
        amount(),
        (any::<bool>(), count(), amount()),
    );
    (texts, numbers, looks).prop_map(
        |(texts, (exit_status, (wall, watched), cpu, rate, ticks, lost_ticks), looks)| Run {
            command: texts.0,
            root: texts.6,
            script: texts.1,
            working_directory: texts.2,
            source_roots: texts.3,
            python: texts.4,
            interpreter: texts.5,
            exit_status,
            wall: Nanoseconds(wall),
            watched: watched.map(Nanoseconds),
            cpu: cpu.map(CpuSeconds),
            rate: rate.map(Hertz),
            ticks,
            lost_ticks,
            late_ticks: looks.0,
            losses: looks.1,
            sampler_cpu: looks.2.map(CpuSeconds),
            measured: looks.3.0,
            left_out_ticks: looks.3.1,
            agent_cpu: looks.3.2.map(CpuSeconds),
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
            instruction: None,
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
