//! A function timed in Python and in Rust, in turn.

use crate::case::Case;
use crate::native::Native;
use crate::package_path;
use serde::Deserialize;
use std::error::Error;
use std::process::Command;

/// Where more of a call is its boundary, too little is left to time.
const MOST_BOUNDARY: f64 = 0.8;

/// Medians of the rounds.
pub(crate) struct Measurement {
    /// Seconds of a call in Python.
    pub(crate) python: f64,
    /// How much faster Rust was, from the least to the most of the rounds, and their median.
    pub(crate) speedup: [f64; 3],
    /// The part of Rust's time that the same call takes when it does nothing.
    pub(crate) boundary: f64,
    /// How much faster Rust was without that part; none where it is nearly all.
    pub(crate) work: Option<f64>,
}

/// Seconds of each round.
#[derive(Deserialize)]
struct Seconds {
    python: Vec<f64>,
    rust: Vec<f64>,
    boundary: Vec<f64>,
}

impl Measurement {
    pub(crate) fn take(case: &Case, native: &Native, rounds: u32) -> Result<Self, Box<dyn Error>> {
        let path = std::env::join_paths([
            package_path("fixtures/programs/speedups").as_path(),
            native.folder(),
        ])?;
        let output = Command::new(&native.interpreter)
            .arg(package_path("tests/bench/speedup/measure.py"))
            .args([&rounds.to_string(), case.program, case.native])
            .args(case.class)
            .env("PYTHONPATH", path)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim().into());
        }
        let seconds: Seconds = serde_json::from_slice(&output.stdout)?;
        Ok(Self::of(&seconds))
    }

    fn of(seconds: &Seconds) -> Self {
        let ratios = seconds.python.iter().zip(&seconds.rust);
        let mut ratios: Vec<f64> = ratios.map(|(python, rust)| python / rust).collect();
        ratios.sort_by(f64::total_cmp);
        let (median_ratio, rust) = (median(&ratios), median(&seconds.rust));
        let boundary = median(&seconds.boundary) / rust;
        Self {
            python: median(&seconds.python),
            speedup: [ratios[0], median_ratio, ratios[ratios.len() - 1]],
            boundary,
            work: (boundary < MOST_BOUNDARY).then(|| median_ratio / (1.0 - boundary)),
        }
    }
}

/// There is one round at least.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
