//! What rustbound says of a program, from a run that it sampled.

use crate::case::Case;
use crate::package_path;
use rustbound::formats::{self, Format};
use rustbound::plan::{self, FunctionName, Interval, Mix};
use rustbound::source::{Roots, Sources};
use serde_json::Value;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Predicted for the functions of a program.
pub(crate) struct Prediction {
    /// What their time consists of.
    pub(crate) mix: Mix,
    /// Of `plan.json`: how much faster the candidate gets, with all that the plan takes into account.
    pub(crate) function: Option<Interval>,
}

impl Prediction {
    pub(crate) fn make(case: &Case, interpreter: &Path) -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let report = folder.path().join("report");
        let script = format!("fixtures/programs/speedups/{}.py", case.program);
        run(&script, interpreter, &report)?;
        Ok(Self {
            mix: mix(&report, case)?,
            function: function(&read_plan(&report)?, case),
        })
    }
}

/// The plan of a program of the package.
pub(crate) fn plan_of(script: &str, interpreter: &Path) -> Result<Value, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let report = folder.path().join("report");
    run(script, interpreter, &report)?;
    read_plan(&report)
}

fn run(script: &str, interpreter: &Path, report: &Path) -> Result<(), Box<dyn Error>> {
    let output = Command::new(env!("CARGO_BIN_EXE_rustbound"))
        .arg("run")
        .args(["--output".as_ref(), report.as_os_str()])
        .args(["--python".as_ref(), interpreter.as_os_str()])
        .arg(package_path(script))
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().into());
    }
    Ok(())
}

fn read_plan(report: &Path) -> Result<Value, Box<dyn Error>> {
    Ok(serde_json::from_slice(&fs::read(
        report.join("plan.json"),
    )?)?)
}

/// Of the functions that moved.
fn mix(report: &Path, case: &Case) -> Result<Mix, Box<dyn Error>> {
    let read = formats::read(&fs::read(report.join("profile.json"))?, Format::Native)?;
    let mut sources = Sources::new(Roots::of_run(&read.profile.run, &[]));
    let moves = |name: &FunctionName| {
        let moves = name.qualname == case.program || case.with.contains(&&*name.qualname);
        name.module == case.program && moves
    };
    let (profile, observation) = (&read.profile, &read.observation);
    let classes: Vec<&str> = case.class.into_iter().collect();
    Ok(plan::mix(
        profile,
        observation,
        &mut sources,
        moves,
        &classes,
    ))
}

fn function(plan: &Value, case: &Case) -> Option<Interval> {
    let name = format!("{0}.{0}", case.program);
    let mut candidates = plan["candidates"].as_array()?.iter();
    let candidate = candidates.find(|it| it["function"] == *name)?;
    interval(&candidate["speedup"]["function"])
}

/// An estimate of `plan.json`.
pub(crate) fn interval(estimate: &Value) -> Option<Interval> {
    Some(Interval {
        low: estimate["low"].as_f64()?,
        expected: estimate["expected"].as_f64()?,
        high: estimate["high"].as_f64()?,
    })
}
