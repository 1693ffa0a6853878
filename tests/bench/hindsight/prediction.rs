//! What rustbound predicts from the release before.

use crate::case::Case;
use crate::installed::Installed;
use serde_json::Value;
use std::error::Error;
use std::fs;
use std::process::Command;

/// What a plan says of what the maintainers moved.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Prediction {
    /// The places of the candidates that are, or have in their units, functions that moved.
    pub(crate) places: Vec<usize>,
    /// The first of those.
    pub(crate) first: Option<String>,
    /// How many times as fast the program gets when they move: low, expected, high.
    pub(crate) speedup: [f64; 3],
}

impl Prediction {
    pub(crate) fn make(case: &Case, before: &Installed) -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let report = folder.path().join("report");
        let mut command = Command::new(env!("CARGO_BIN_EXE_rustbound"));
        command.args(["run", "--output"]).arg(&report);
        command.arg("--source-root");
        command.arg(before.packages()?.join(case.package)).arg("--");
        let output = before.start(&mut command).output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        let plan: Value = serde_json::from_slice(&fs::read(report.join("plan.json"))?)?;
        Ok(Self::of(&plan, case.moved))
    }

    /// Gains are marginal, so what several candidates save adds up: the ends, too, since all of them hang on what Rust
    /// makes of one program's code.
    fn of(plan: &Value, moved: &[&str]) -> Self {
        let candidates = plan["candidates"].as_array().map_or(&[][..], Vec::as_slice);
        let is_moved = |name: &Value| {
            let name = name.as_str().unwrap_or_default();
            moved.iter().any(|module| {
                let rest = name.strip_prefix(module);
                rest.is_some_and(|rest| rest.starts_with('.'))
            })
        };
        let has_moved = |candidate: &Value| {
            let unit = candidate["unit"].as_array().into_iter().flatten();
            is_moved(&candidate["function"]) || unit.into_iter().any(is_moved)
        };
        let places: Vec<usize> = (0..candidates.len())
            .filter(|&place| has_moved(&candidates[place]))
            .collect();
        // No more than what is theirs.
        let ceiling = plan["ceiling"]["everything_migrated"]["high"].as_f64();
        let most = 1.0 - 1.0 / ceiling.unwrap_or(f64::MAX);
        let end = |end: &str| -> f64 {
            let speedups = places
                .iter()
                .filter_map(|&place| candidates[place]["speedup"]["program"][end].as_f64());
            let saved: f64 = speedups.map(|speedup| 1.0 - 1.0 / speedup).sum();
            1.0 / (1.0 - saved.min(most))
        };
        let speedup = ["low", "expected", "high"].map(end);
        let name = |&place: &usize| candidates[place]["function"].as_str().map(str::to_owned);
        Self {
            first: places.first().and_then(name),
            places: places.iter().map(|place| place + 1).collect(),
            speedup,
        }
    }
}
