//! Stacks such as programs have, told by names as a sampler tick tells them.

use crate::dice::Dice;
use rustbound::profile::{
    Activity, Line, Nanoseconds, Profile, RawFrame, Sample, Thread, ThreadId, Weight,
};
use rustbound::source::{Roots, Sources};
use std::path::PathBuf;

const DEPTH: usize = 40;
const FUNCTIONS_OF_A_FILE: usize = 20;
const TICK: u64 = 5_000_000;

/// The folder of the program; there are no files in it.
const ROOT: &str = "/srv/app";

/// A function's texts and its first line.
struct Function {
    name: String,
    file: String,
    first_line: u32,
}

/// Many stacks over some functions: like a program's, they share their outer frames.
pub(crate) struct Pool {
    functions: Vec<Function>,
    stacks: Vec<Vec<(usize, u32)>>,
}

impl Pool {
    /// 2,000 functions in 100 files, and 20,000 stacks of depth 40 over them.
    pub(crate) fn new() -> Self {
        Self::of(2_000, 20_000)
    }

    /// So many functions, and stacks of depth 40 over them.
    pub(crate) fn of(functions: usize, stacks: usize) -> Self {
        let mut dice = Dice(7);
        let mut made = vec![stack_over(Vec::new(), functions, &mut dice)];
        for _ in 1..stacks {
            let sibling = &made[dice.below(made.len())];
            let shared = DEPTH - 1 - dice.below(DEPTH / 2);
            let outer = sibling[..shared].to_vec();
            made.push(stack_over(outer, functions, &mut dice));
        }
        Self {
            functions: (0..functions).map(function).collect(),
            stacks: made,
        }
    }

    /// A function that calls itself, and at each of these depths a stack.
    pub(crate) fn recursion(depths: impl Iterator<Item = usize>) -> Self {
        Self {
            functions: vec![function(0)],
            stacks: depths.map(|depth| vec![(0, 3); depth]).collect(),
        }
    }

    /// A profile of so many samples, drawn from all stacks.
    pub(crate) fn profile(&self, samples: usize) -> Profile {
        let mut dice = Dice(11);
        self.sampled((0..samples).map(|_| dice.below(self.stacks.len())))
    }

    /// A profile with a sample of each stack.
    pub(crate) fn profile_of_each(&self) -> Profile {
        self.sampled(0..self.stacks.len())
    }

    fn sampled(&self, places: impl Iterator<Item = usize>) -> Profile {
        let mut profile = Profile::default();
        let thread = main_thread(&mut profile);
        for (tick, place) in (0..).zip(places) {
            let frames = self.stacks[place].iter().map(|&frame| self.raw(frame));
            let sample = Sample {
                time: Nanoseconds(tick * TICK),
                weight: Weight(TICK),
                thread,
                stack: profile.intern_raw_stack(frames),
                activity: Activity::HoldingGil,
                instruction: None,
            };
            profile.samples.push(sample);
        }
        profile
    }

    fn raw(&self, (function, offset): (usize, u32)) -> RawFrame<'_> {
        let function = &self.functions[function];
        RawFrame {
            name: &function.name,
            file: Some(&function.file),
            first_line: Line::new(function.first_line),
            line: Line::new(function.first_line + offset),
        }
    }
}

/// What knows which files are the program's, and finds none of them.
pub(crate) fn no_sources() -> Sources {
    Sources::new(Roots::new(&[PathBuf::from(ROOT)], None, None))
}

/// The program's own, installed or the standard library's; one in eight nested, one in eight a lambda.
fn function(index: usize) -> Function {
    let (class, file) = (index % 40, index / FUNCTIONS_OF_A_FILE);
    let folder = match file % 3 {
        0 => format!("{ROOT}/service"),
        1 => format!("{ROOT}/.venv/lib/python3.11/site-packages/package"),
        _ => "/usr/lib/python3.11/library".to_owned(),
    };
    let part = match index % 8 {
        0 => ".<locals>.step",
        4 => ".<locals>.<lambda>",
        _ => "",
    };
    Function {
        name: format!("Component{class}.handle_request_{index}{part}"),
        file: format!("{folder}{file}/module.py"),
        first_line: u32::try_from(index % FUNCTIONS_OF_A_FILE * 50 + 1).expect("a small number"),
    }
}

fn stack_over(
    mut outer: Vec<(usize, u32)>,
    functions: usize,
    dice: &mut Dice,
) -> Vec<(usize, u32)> {
    while outer.len() < DEPTH {
        let offset = u32::try_from(dice.below(8)).expect("a small number");
        outer.push((dice.below(functions), offset));
    }
    outer
}

/// The thread of all samples.
pub(crate) fn main_thread(profile: &mut Profile) -> ThreadId {
    profile.intern_thread(Thread {
        process: 1,
        id: 1,
        name: None,
    })
}
