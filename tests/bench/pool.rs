//! A pool of stacks such as a program has, told by names as a sampler tick tells them.

use rustbound::profile::{
    Activity, Line, Nanoseconds, Profile, RawFrame, Sample, Thread, ThreadId, Weight,
};

const DEPTH: usize = 40;
const STACKS: usize = 20_000;
const TICK: u64 = 5_000_000;

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
        let mut dice = Dice(7);
        let mut stacks = vec![stack_over(Vec::new(), &mut dice)];
        for _ in 1..STACKS {
            let sibling = &stacks[dice.below(stacks.len())];
            let shared = DEPTH - 1 - dice.below(DEPTH / 2);
            let outer = sibling[..shared].to_vec();
            stacks.push(stack_over(outer, &mut dice));
        }
        Self {
            functions: (0..2_000).map(function).collect(),
            stacks,
        }
    }

    /// Adds so many samples, each told by names.
    pub(crate) fn sample_into(&self, profile: &mut Profile, count: u64) {
        let thread = main_thread(profile);
        let mut dice = Dice(11);
        for tick in 0..count {
            let frames = &self.stacks[dice.below(STACKS)];
            let stack = profile.intern_raw_stack(frames.iter().map(|&frame| self.raw(frame)));
            profile.samples.push(Sample {
                time: Nanoseconds(tick * TICK),
                weight: Weight(TICK),
                thread,
                stack,
                activity: Activity::HoldingGil,
            });
        }
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

fn function(index: usize) -> Function {
    let (class, file) = (index % 40, index / 20);
    Function {
        name: format!("Component{class}.handle_request_{index}.<locals>.<lambda>"),
        file: format!("/srv/app/.venv/lib/python3.11/site-packages/package{file}/module.py"),
        first_line: u32::try_from(index % 20 * 50 + 1).expect("a small number"),
    }
}

fn stack_over(mut outer: Vec<(usize, u32)>, dice: &mut Dice) -> Vec<(usize, u32)> {
    while outer.len() < DEPTH {
        let offset = u32::try_from(dice.below(8)).expect("a small number");
        outer.push((dice.below(2_000), offset));
    }
    outer
}

fn main_thread(profile: &mut Profile) -> ThreadId {
    profile.intern_thread(Thread {
        process: 1,
        id: 1,
        name: None,
    })
}

/// Steele and Vigna's `SplitMix64`: the same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).expect("below a usize")
    }
}

/// The most memory that this process ever held, in bytes; 0 where the system does not tell.
pub(crate) fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak.and_then(|text| text.trim().trim_end_matches(" kB").parse().ok());
    kilobytes.unwrap_or(0_u64) * 1024
}
