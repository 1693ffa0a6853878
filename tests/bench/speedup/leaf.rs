//! A leaf that moves alone, and with the loop that calls it: what the whole program gains, measured and predicted.

use crate::measurement::median;
use crate::native::Native;
use crate::prediction::{interval, plan_of};
use crate::{package_path, table};
use rustbound::plan::Interval;
use serde_json::Value;
use std::error::Error;
use std::process::Command;

const PROGRAM: &str = "fixtures/programs/units/leaf_in_loop.py";
const LEAF: &str = "leaf_in_loop.mix";
const LOOP: &str = "leaf_in_loop.checksum";

/// How many times as fast the program gets.
pub(crate) struct Leaf {
    pub(crate) minor: u32,
    alone: Gain,
    both: Gain,
}

struct Gain {
    measured: f64,
    /// None if the plan does not say it.
    predicted: Option<Interval>,
}

impl Leaf {
    pub(crate) fn measure(
        minor: u32,
        native: &Native,
        rounds: u32,
    ) -> Result<Self, Box<dyn Error>> {
        let [python, alone, both] = seconds(native, rounds)?;
        let plan = plan_of(PROGRAM, &native.interpreter)?;
        let gain = |after: f64, predicted| Gain {
            measured: python / after,
            predicted,
        };
        let candidate = &plan["candidates"][0];
        let is_loop = candidate["function"] == LOOP;
        let with_loop = is_loop.then(|| interval(&candidate["speedup"]["program"]));
        Ok(Self {
            minor,
            alone: gain(alone, leaf_of(candidate)),
            both: gain(both, with_loop.flatten()),
        })
    }

    pub(crate) fn cells(&self) -> [String; 5] {
        let predicted = |gain: &Gain| {
            let judged = |predicted| table::judged(predicted, Some(gain.measured));
            gain.predicted.map_or_else(table::nothing, judged)
        };
        [
            format!("3.{}", self.minor),
            table::times(self.alone.measured),
            predicted(&self.alone),
            table::times(self.both.measured),
            predicted(&self.both),
        ]
    }
}

/// What the plan says of the leaf by itself, which it weighed and left.
fn leaf_of(candidate: &Value) -> Option<Interval> {
    let mut alternatives = candidate["alternatives"].as_array()?.iter();
    let leaf = alternatives.find(|it| it["function"] == LEAF)?;
    interval(&leaf["speedup"])
}

/// CPU seconds of the program in Python, with the leaf in Rust, and with the loop in Rust: medians of rounds in turn.
fn seconds(native: &Native, rounds: u32) -> Result<[f64; 3], Box<dyn Error>> {
    let mut seconds = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..rounds {
        let expected = run(native, None)?.0;
        for (moved, seconds) in [None, Some("mix"), Some("checksum")]
            .into_iter()
            .zip(&mut seconds)
        {
            let done = run(native, moved)?;
            if done.0 != expected {
                return Err(format!("{} is not {expected}", done.0).into());
            }
            seconds.push(done.1);
        }
    }
    Ok(seconds.map(|seconds| median(&seconds)))
}

/// What it prints, and its CPU seconds.
fn run(native: &Native, moved: Option<&str>) -> Result<(String, f64), Box<dyn Error>> {
    let folders = [
        package_path("fixtures/programs/units"),
        native.folder().to_owned(),
    ];
    let output = Command::new(&native.interpreter)
        .arg(package_path("tests/bench/speedup/measure_leaf.py"))
        .args(moved)
        .env("PYTHONPATH", std::env::join_paths(folders)?)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().into());
    }
    let said = String::from_utf8(output.stdout)?;
    let (result, seconds) = said.trim().split_once('\n').ok_or("it says too little")?;
    Ok((result.to_owned(), seconds.parse()?))
}
