//! How much faster Rust does the work of a function: measured, beside what rustbound predicts.
//!
//! `cargo bench --bench speedup` takes the programs of `fixtures/programs/speedups`, one for each kind of code, and
//! the same functions in `native/`, written in Rust by hand. It builds those for each Python that is asked for, checks
//! that the results are equal, times both in turn, profiles the program with `rustbound run`, and puts the interval
//! that follows from the profile beside what was measured. Nothing is subtracted from a call's time; what the same call
//! takes when it does nothing is told apart. Markdown goes to stdout, all else to stderr.

mod arguments;
mod case;
mod leaf;
mod measurement;
mod native;
mod prediction;
#[path = "../../it/pythons.rs"]
#[expect(dead_code, reason = "the tests start scripts with it, too")]
mod pythons;
mod table;

use arguments::Arguments;
use case::Case;
use clap::Parser;
use leaf::Leaf;
use measurement::Measurement;
use native::Native;
use prediction::Prediction;
use pythons::{Origin, Python};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A function on a Python: what was measured and what was predicted.
struct Row {
    minor: u32,
    case: &'static Case,
    measurement: Measurement,
    prediction: Prediction,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let (mut rows, mut leaves) = (Vec::new(), Vec::new());
    for (minor, interpreter) in chosen(&arguments.pythons) {
        say(&format!("Python 3.{minor}: building"));
        match Native::build(&interpreter) {
            Ok(native) => {
                rows.extend(measure(minor, &native, &arguments));
                leaves.extend(measure_leaf(minor, &native, arguments.rounds));
            }
            Err(error) => left_out(&format!("Python 3.{minor}"), &*error),
        }
    }
    print(&table::rows(&rows));
    print(&table::leaves(&leaves));
    if rows.is_empty() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// A row for each case; what fails is said, and left out.
fn measure(minor: u32, native: &Native, arguments: &Arguments) -> Vec<Row> {
    let mut rows = Vec::new();
    for case in arguments.cases() {
        say(&format!("Python 3.{minor}: {}", case.native));
        match row(minor, case, native, arguments.rounds) {
            Ok(row) => rows.push(row),
            Err(error) => left_out(&format!("{} on 3.{minor}", case.native), &*error),
        }
    }
    rows
}

fn row(
    minor: u32,
    case: &'static Case,
    native: &Native,
    rounds: u32,
) -> Result<Row, Box<dyn Error>> {
    Ok(Row {
        minor,
        case,
        measurement: Measurement::take(case, native, rounds)?,
        prediction: Prediction::make(case, &native.interpreter)?,
    })
}

fn measure_leaf(minor: u32, native: &Native, rounds: u32) -> Option<Leaf> {
    say(&format!("Python 3.{minor}: a leaf and its loop"));
    let leaf = Leaf::measure(minor, native, rounds);
    let told = leaf.inspect_err(|error| left_out("a leaf and its loop", &**error));
    told.ok()
}

/// One Python of each version. Those of another root have no compiler there.
fn chosen(minors: &[u32]) -> Vec<(u32, PathBuf)> {
    let all = pythons::all(say).into_iter();
    let mut pythons: Vec<(u32, PathBuf)> = all
        .filter_map(|Python { minor, origin }| match origin {
            Origin::Host(interpreter) => Some((minor, interpreter)),
            Origin::Root(_) => None,
        })
        .filter(|(minor, _)| minors.contains(minor))
        .collect();
    pythons.dedup_by_key(|(minor, _)| *minor);
    pythons
}

/// A file of the package.
fn package_path(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn left_out(what: &str, reason: &dyn Error) {
    say(&format!("left out: {what}: {reason}"));
}

#[expect(clippy::print_stdout, reason = "the table is what this is for")]
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
