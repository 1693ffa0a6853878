//! What to move first: ids become names here, and nowhere else.

mod agreement;
pub mod boundary;
mod build;
mod candidates;
mod catalog;
mod circles;
mod classes;
mod climb;
mod code;
mod common_type;
mod crossing;
mod dossier;
mod duration;
mod effort;
mod entered;
mod fix_rules;
mod fixes;
mod gain;
mod heavy_call;
mod hot_places;
mod interpreting;
mod interval;
mod judge;
mod libraries;
mod library_calls;
mod main_module;
mod mix;
mod money;
mod order;
mod per_call;
mod picture;
mod pitfall_risks;
#[cfg(test)]
mod programs;
mod prospect;
mod python_first;
mod random;
mod replacement;
mod result;
mod risk_limit;
mod risks;
mod rows;
#[cfg(test)]
mod sample_types;
mod seen_conduct;
mod seen_parameter;
mod seen_returns;
mod severity;
mod shortage;
mod speedup;
mod spots;
mod states;
mod study;
mod summary;
mod surroundings;
mod type_risks;
mod unit;
mod unit_risks;
mod verdict;
mod waiting;
mod weigh;
mod whose_code;
mod wilson;

pub use build::{Options, build};
pub use code::Code;
pub use duration::duration;
pub use gain::Gain;
pub use interval::Interval;
pub use libraries::{Asked, Library};
pub use mix::{Mix, mix};
pub use money::{Money, Price};
pub use order::STOP;
pub use per_call::{CallSource, PerCall};
pub use picture::{Label, Picture};
pub use prospect::{Alternative, Prospect};
pub use replacement::{Replacement, ReplacementKind};
pub use seen_conduct::{ChangedParameter, SeenConduct};
pub use seen_parameter::{SeenParameter, how_often};
pub use seen_returns::SeenReturns;
pub use severity::Severity;
pub use speedup::Speedups;
pub use unit_risks::UnitRisk;
pub use verdict::{Reason, Verdict};

use crate::observation::Calls;
use crate::profile::{CpuSeconds, Hertz, Line, Share};
use crate::source::{Definition, Origin};
use boundary::CostsSource;
use std::collections::BTreeMap;

/// The decision: what was measured, what is worth moving, and why the rest is not.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The program.
    pub program: Program,
    /// The run and its sampling.
    pub run: RunSummary,
    /// Where the time was that is no function's work.
    pub time: TimeSummary,
    /// Modules, hottest first.
    pub modules: Vec<ModuleRow>,
    /// Functions above the cut, hottest first.
    pub functions: Vec<FunctionRow>,
    /// What is worth moving, in order.
    pub candidates: Vec<Candidate>,
    /// Libraries that take the program's time, the one with most first.
    pub libraries: Vec<Library>,
    /// Why nothing is proposed though something may be worth moving: too few samples, and what to do, in a sentence
    /// without its full stop.
    pub shortage: Option<String>,
    /// The program's speed-up if the candidates took no time at all: what Amdahl leaves.
    pub ceiling: Interval,
    /// The program's speed-up when those of the candidates move that are worthwhile.
    pub gain: Interval,
    /// Days that they take.
    pub effort: Interval,
    /// What the program costs to run, where that was given.
    pub price: Option<Price>,
    /// Where the costs of crossing between Python and Rust are from.
    pub boundary_costs: CostsSource,
    /// What the reader must know before believing any of it, one sentence each.
    pub notes: Vec<String>,
}

impl Plan {
    /// What a change in Python would make faster in a candidate.
    pub fn fixes_of(&self, candidate: &Candidate) -> &[Reason] {
        let mut rows = self.functions.iter();
        let row = rows.find(|row| row.name == candidate.name && row.file == candidate.file);
        row.and_then(|row| row.reasons.get(1..)).unwrap_or_default()
    }
}

/// The program that was profiled.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The program and its arguments.
    pub command: Vec<String>,
    /// The Python version.
    pub python: Option<String>,
    /// The interpreter, where it was not plain `python3`.
    pub interpreter: Option<String>,
    /// N, or 128 + signal.
    pub exit_status: Option<i32>,
}

/// The run, in figures.
#[derive(Clone, Debug, Default)]
pub struct RunSummary {
    /// Wall time in seconds.
    pub wall_seconds: f64,
    /// CPU time, where the run told it.
    pub cpu: Option<CpuSeconds>,
    /// Samples of threads that worked (not idle).
    pub samples: u64,
    /// Looks that brought nothing.
    pub lost_samples: u64,
    /// Why, and how many for each reason.
    pub losses: BTreeMap<String, u64>,
    /// Looks that began more than an interval after they were due.
    pub late_samples: u64,
    /// CPU time that looking took.
    pub sampler_cpu: Option<CpuSeconds>,
    /// Looks that were left out, since calls were being counted.
    pub left_out_samples: u64,
    /// CPU time of the program that counting calls took, where they were counted.
    pub agent_cpu: Option<CpuSeconds>,
    /// The rate asked for.
    pub rate_requested: Option<Hertz>,
    /// The rate reached.
    pub rate_achieved: Option<Hertz>,
    /// Processes sampled.
    pub processes: usize,
    /// Threads sampled.
    pub threads: usize,
}

/// Where the time was. All but the last two are shares of the working samples, and together they are all of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct TimeSummary {
    /// In the interpreter.
    pub interpreter: Share,
    /// In the interpreter or in native code.
    pub uncertain: Share,
    /// In native code.
    pub native: Share,
    /// In regular expressions.
    pub regex: Share,
    /// In the kernel.
    pub system: Share,
    /// Collecting garbage.
    pub gc: Share,
    /// Importing modules, whatever that was.
    pub import: Share,
    /// Share of all thread samples that waited for the interpreter lock.
    pub gil_wait: Share,
    /// Share of all thread samples that waited for anything else.
    pub idle: Share,
}

/// A module in the ranking.
#[derive(Clone, Debug, PartialEq)]
pub struct ModuleRow {
    /// Dotted name.
    pub module: String,
    /// File, relative to its source root where it lies below one.
    pub file: String,
    /// Where it comes from.
    pub origin: Origin,
    /// Time in its own functions.
    pub self_share: Share,
    /// Time in them and in what they call.
    pub total_share: Share,
    /// Own time in the interpreter, and that of library code called for it: the order of the ranking.
    pub ranked_share: Share,
    /// Where that of it was which it got.
    pub states: StateShares,
    /// How many of its functions were seen.
    pub functions: usize,
}

/// Where the own time of a function or module was, and that of library code called for it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StateShares {
    /// While holding the interpreter lock.
    pub holding: Share,
    /// While waiting for it: no part of the working time, but of the samples of all threads.
    pub gil_wait: Share,
    /// In the interpreter.
    pub interpreter: Share,
    /// In the interpreter or in native code.
    pub uncertain: Share,
    /// In native code.
    pub native: Share,
    /// In regular expressions.
    pub regex: Share,
    /// In the kernel.
    pub system: Share,
}

/// A function in the ranking.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionRow {
    /// Who it is.
    pub name: FunctionName,
    /// File, relative to its source root where it lies below one.
    pub file: String,
    /// First line, where known.
    pub line: Option<Line>,
    /// Where it comes from.
    pub origin: Origin,
    /// Time as the innermost function.
    pub self_share: Share,
    /// Time anywhere on the stack, once per stack.
    pub total_share: Share,
    /// Own time in the interpreter, and that of library code called for it: the order of the ranking.
    pub ranked_share: Share,
    /// Where that of it was which it got.
    pub states: StateShares,
    /// How often it was called, where that was counted.
    pub calls: Option<Calls>,
    /// What is said of it.
    pub verdict: Verdict,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// A function's full name: `module.qualname`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionName {
    /// Dotted module name.
    pub module: String,
    /// Qualified name within the module.
    pub qualname: String,
}

impl std::fmt::Display for FunctionName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.module, self.qualname)
    }
}

/// A function worth moving.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its place, from 1.
    pub rank: usize,
    /// Who it is.
    pub name: FunctionName,
    /// The functions that move together with it, hottest first.
    pub unit: Vec<FunctionName>,
    /// File, relative to its source root where it lies below one.
    pub file: String,
    /// What the source says of it.
    pub definition: Definition,
    /// The functions of its file that it calls, and those that they call, in order of place.
    pub callees: Vec<Definition>,
    /// The function's source text as written, dedented, with its decorators.
    pub source_text: String,
    /// How its module is imported.
    pub module: ModuleImport,
    /// The unit's share of the program's time (own, and library code called for it), with a 95 % interval.
    pub share: Interval,
    /// The program's speed-up if it took no time at all.
    pub ceiling: Interval,
    /// What the move gains beside the candidates before it, and what it takes.
    pub prospect: Prospect,
    /// The line where most of its own time was.
    pub hot_line: Option<Line>,
    /// What may go wrong when its unit moves: its own risks first.
    pub risks: Vec<UnitRisk>,
    /// What was seen of its parameters, in order of the signature, where something was.
    pub seen: Vec<SeenParameter>,
    /// What it was seen to return, where something was.
    pub seen_returns: Option<SeenReturns>,
    /// What its calls were seen to do, where some were.
    pub seen_conduct: Option<SeenConduct>,
}

impl Candidate {
    /// What was seen of a parameter, by its name in the source.
    pub fn seen_of(&self, parameter: &str) -> Option<&SeenParameter> {
        self.seen.iter().find(|seen| seen.name == parameter)
    }
}

/// How a candidate's module is imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleImport {
    /// Dotted name.
    pub name: String,
    /// The file, absolute.
    pub path: String,
    /// The folder that must be on `sys.path` for it, absolute.
    pub root: String,
    /// Importing it would run the program: it has no `if __name__ == "__main__"` around its calls.
    pub runs_on_import: bool,
}

/// Something that may go wrong when a function moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    /// Its code.
    pub code: Code,
    /// What, in a sentence about this function.
    pub message: String,
    /// Where.
    pub line: Option<Line>,
}
