//! The shape of a `rustbound.profile/1` file.

use super::SCHEMA;
use super::activity::{NOTHING, letters};
use super::instructions::Instructions;
use super::observation::{self, Function};
use super::types::Written;
use crate::formats::ReadError;
use crate::observation::Observation;
use crate::profile::{CpuSeconds, Hertz, Nanoseconds, Profile, Root, WeightUnit};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What any version of the file begins with.
#[derive(Deserialize)]
pub(super) struct Head {
    pub(super) schema: String,
}

/// `Type` is how a type is told or written.
#[derive(Serialize, Deserialize)]
pub(super) struct File<Type> {
    pub(super) schema: String,
    pub(super) weight_unit: Unit,
    #[serde(default)]
    pub(super) run: Run,
    pub(super) strings: Vec<String>,
    pub(super) functions: Functions,
    pub(super) frames: Frames,
    pub(super) stacks: Stacks,
    pub(super) threads: Threads,
    #[serde(default, skip_serializing_if = "Instructions::is_empty")]
    pub(super) instructions: Instructions,
    pub(super) samples: Samples,
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    pub(super) observation: Vec<Function<Type>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Unit {
    Nanoseconds,
    Samples,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Run {
    command: Vec<String>,
    /// Left out where it is ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<String>,
    script: Option<String>,
    working_directory: Option<String>,
    source_roots: Vec<String>,
    python: Option<String>,
    interpreter: Option<String>,
    exit_status: Option<i32>,
    wall_nanoseconds: u64,
    /// Left out where it is the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    watched_nanoseconds: Option<u64>,
    cpu_seconds: Option<f64>,
    rate_hz: Option<f64>,
    ticks: u64,
    lost_ticks: u64,
    /// Left out where none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    late_ticks: Option<u64>,
    /// By reason.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    losses: BTreeMap<String, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sampler_cpu_seconds: Option<f64>,
    /// Left out where none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out_ticks: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_cpu_seconds: Option<f64>,
    /// Left out where samples are looks.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    measured: bool,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Functions {
    pub(super) name: Vec<u32>,
    pub(super) file: Vec<Option<u32>>,
    pub(super) first_line: Vec<Option<u32>>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Frames {
    pub(super) function: Vec<u32>,
    pub(super) line: Vec<Option<u32>>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Stacks {
    pub(super) frame: Vec<u32>,
    pub(super) parent: Vec<Option<u32>>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Threads {
    pub(super) process: Vec<u32>,
    /// In decimal, as texts: ids above 2^53 do not survive where numbers are floats.
    pub(super) id: Vec<String>,
    pub(super) name: Vec<Option<u32>>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Samples {
    pub(super) time: Vec<u64>,
    pub(super) weight: Vec<u64>,
    pub(super) thread: Vec<u32>,
    pub(super) stack: Vec<Option<u32>>,
    /// A letter for each sample: holding the **g**il, **r**unning, **i**dle, **u**nknown.
    pub(super) activity: String,
    /// A letter more for each sample, `-` where it is not known, and left out where it is of none: while it held the
    /// lock, it **c**ollected garbage; while it was idle, it waited for the **g**il, for the **k**ernel (mostly a disk),
    /// a **l**ock, a **t**imer, a **s**ocket, an **e**vent, a child **p**rocess or a **f**ile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<String>,
    /// Left out where no sample has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) instruction: Option<Vec<Option<u32>>>,
}

impl<'o> File<Written<'o>> {
    pub(super) fn of(profile: &Profile, observation: &'o Observation) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            weight_unit: match profile.weight_unit {
                WeightUnit::Nanoseconds => Unit::Nanoseconds,
                WeightUnit::Samples => Unit::Samples,
            },
            run: Run::of(&profile.run),
            strings: profile.strings.iter().map(str::to_owned).collect(),
            functions: Functions::of(profile),
            frames: Frames::of(profile),
            stacks: Stacks::of(profile),
            threads: Threads::of(profile),
            instructions: Instructions::of(profile),
            samples: Samples::of(profile),
            observation: observation::of(observation),
        }
    }
}

impl Run {
    fn of(run: &crate::profile::Run) -> Self {
        Self {
            command: run.command.clone(),
            root: run.root.as_ref().map(|root| root.folder.clone()),
            script: run.script.clone(),
            working_directory: run.working_directory.clone(),
            source_roots: run.source_roots.clone(),
            python: run.python.clone(),
            interpreter: run.interpreter.clone(),
            exit_status: run.exit_status,
            wall_nanoseconds: run.wall.0,
            watched_nanoseconds: run.watched.map(|time| time.0),
            cpu_seconds: run.cpu.map(|cpu| cpu.0).filter(|&number| is_amount(number)),
            rate_hz: run
                .rate
                .map(|rate| rate.0)
                .filter(|&number| is_amount(number)),
            ticks: run.ticks,
            lost_ticks: run.lost_ticks,
            late_ticks: (run.late_ticks > 0).then_some(run.late_ticks),
            losses: run.losses.clone(),
            sampler_cpu_seconds: (run.sampler_cpu.map(|cpu| cpu.0)).filter(|&it| is_amount(it)),
            left_out_ticks: (run.left_out_ticks > 0).then_some(run.left_out_ticks),
            agent_cpu_seconds: (run.agent_cpu.map(|cpu| cpu.0)).filter(|&it| is_amount(it)),
            measured: run.measured,
        }
    }

    pub(super) fn read(self) -> Result<crate::profile::Run, ReadError> {
        Ok(crate::profile::Run {
            cpu: amount(self.cpu_seconds, "run.cpu_seconds")?.map(CpuSeconds),
            rate: amount(self.rate_hz, "run.rate_hz")?.map(Hertz),
            wall: Nanoseconds(self.wall_nanoseconds),
            watched: self.watched_nanoseconds.map(Nanoseconds),
            command: self.command,
            root: self.root.map(Root::at),
            script: self.script,
            working_directory: self.working_directory,
            source_roots: self.source_roots,
            python: self.python,
            interpreter: self.interpreter,
            exit_status: self.exit_status,
            ticks: self.ticks,
            lost_ticks: self.lost_ticks,
            late_ticks: self.late_ticks.unwrap_or(0),
            losses: self.losses,
            sampler_cpu: amount(self.sampler_cpu_seconds, "run.sampler_cpu_seconds")?
                .map(CpuSeconds),
            left_out_ticks: self.left_out_ticks.unwrap_or(0),
            agent_cpu: amount(self.agent_cpu_seconds, "run.agent_cpu_seconds")?.map(CpuSeconds),
            measured: self.measured,
        })
    }
}

/// Whether JSON and a reader can take a number for an amount of something.
fn is_amount(number: f64) -> bool {
    number.is_finite() && number >= 0.0
}

fn amount(number: Option<f64>, place: &str) -> Result<Option<f64>, ReadError> {
    match number {
        Some(number) if !is_amount(number) => {
            Err(ReadError::damaged(place, format!("{number} is negative")))
        }
        _ => Ok(number),
    }
}

/// The position that an id stands for. Ids are four bytes, so positions are too.
pub(super) fn position(index: usize) -> u32 {
    u32::try_from(index).expect("a table holds fewer than 2^32 entries")
}

impl Functions {
    fn of(profile: &Profile) -> Self {
        let functions = || profile.functions().iter();
        Self {
            name: functions().map(|one| position(one.name.index())).collect(),
            file: (functions().map(|one| one.file))
                .map(|file| file.map(|file| position(file.index())))
                .collect(),
            first_line: (functions().map(|one| one.first_line))
                .map(|line| line.map(crate::profile::Line::number))
                .collect(),
        }
    }
}

impl Frames {
    fn of(profile: &Profile) -> Self {
        let frames = || profile.frames().iter();
        Self {
            function: frames().map(|one| position(one.function.index())).collect(),
            line: (frames().map(|one| one.line))
                .map(|line| line.map(crate::profile::Line::number))
                .collect(),
        }
    }
}

impl Stacks {
    fn of(profile: &Profile) -> Self {
        let stacks = || profile.stacks().iter();
        Self {
            frame: stacks().map(|one| position(one.frame.index())).collect(),
            parent: (stacks().map(|one| one.parent))
                .map(|parent| parent.map(|parent| position(parent.index())))
                .collect(),
        }
    }
}

impl Threads {
    fn of(profile: &Profile) -> Self {
        let threads = || profile.threads().iter();
        Self {
            process: threads().map(|one| one.process).collect(),
            id: threads().map(|one| one.id.to_string()).collect(),
            name: (threads().map(|one| one.name))
                .map(|name| name.map(|name| position(name.index())))
                .collect(),
        }
    }
}

impl Samples {
    fn of(profile: &Profile) -> Self {
        let samples = || profile.samples.iter();
        Self {
            time: samples().map(|one| one.time.0).collect(),
            weight: samples().map(|one| one.weight.0).collect(),
            thread: samples().map(|one| position(one.thread.index())).collect(),
            stack: (samples().map(|one| one.stack))
                .map(|stack| stack.map(|stack| position(stack.index())))
                .collect(),
            activity: (samples().map(|one| letters(one.activity).0))
                .map(char::from)
                .collect(),
            detail: samples()
                .any(|one| letters(one.activity).1 != NOTHING)
                .then(|| {
                    (samples().map(|one| letters(one.activity).1))
                        .map(char::from)
                        .collect()
                }),
            instruction: samples().any(|one| one.instruction.is_some()).then(|| {
                (samples().map(|one| one.instruction))
                    .map(|instruction| instruction.map(|one| position(one.index())))
                    .collect()
            }),
        }
    }
}
