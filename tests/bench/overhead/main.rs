//! What sampling costs the program: rustbound beside py-spy and Python's own profiler.
//!
//! `cargo bench --bench overhead` runs four programs on each Python that is there. A program runs the whole
//! time and says how far it got; windows without and with a sampler take turns, and each sampled window is
//! held against the bare ones before and after it. With sampler `nothing` that shows the noise. All of it
//! takes about a quarter of an hour, `--quick` a few minutes. Markdown goes to stdout, all else to stderr.

mod arguments;
mod attachment;
mod cost;
mod cpu;
mod experiment;
mod json;
mod process;
mod program;
mod progress;
mod py_spy;
#[path = "../../it/pythons.rs"]
mod pythons;
mod rustbound;
mod sampler;
mod table;
mod tachyon;
mod window;

use arguments::{Arguments, Plan};
use clap::Parser;
use cost::Row;
use pythons::Python;
use std::process::ExitCode;

fn main() -> ExitCode {
    let plan = Arguments::parse().into_plan();
    let rows = measure(&plan);
    print(&table::by_program(&rows));
    print(&table::by_python(&rows));
    let written = plan.json.as_deref().map(|path| json::write(path, &rows));
    match written {
        Some(Err(error)) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

/// Every program on every Python with every sampler; what can't be measured is said, and left out.
fn measure(plan: &Plan) -> Vec<Row> {
    let pythons = chosen(&plan.minors);
    let py_spy = plan.needs_py_spy().then(py_spy::find);
    let py_spy =
        py_spy.and_then(|found| found.inspect_err(|reason| left_out("py-spy", reason)).ok());
    let mut rows = Vec::new();
    for python in &pythons {
        let samplers = sampler::all(&plan.settings, python, py_spy.as_deref());
        for &program in &plan.programs {
            say(&format!("{python}: {program}"));
            match experiment::run(python, program, &samplers, &plan.windows) {
                Ok(measured) => rows.extend(measured),
                Err(error) => left_out(&format!("{python}, {program}"), &error),
            }
        }
    }
    rows
}

/// One Python of each version: the machine's own, if it has that.
fn chosen(minors: &[u32]) -> Vec<Python> {
    let mut pythons = pythons::all(say);
    pythons.retain(|python| minors.contains(&python.minor));
    pythons.dedup_by_key(|python| python.minor);
    pythons
}

/// Says what is missing in the tables, and why.
fn left_out(what: &str, reason: &dyn std::fmt::Display) {
    say(&format!("left out: {what}: {reason}"));
}

#[expect(clippy::print_stdout, reason = "the tables are what this is for")]
fn print(text: &str) {
    println!("{text}");
}

#[expect(
    clippy::print_stderr,
    reason = "a bench of minutes must say where it is"
)]
fn say(text: &str) {
    eprintln!("{text}");
}
