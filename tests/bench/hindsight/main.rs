//! What maintainers reached who moved code of their package to Rust, beside what rustbound predicts from the release before.
//!
//! `cargo bench --bench hindsight` installs both releases from the package index, each in a virtual environment of its own,
//! runs a job with both in turn, checks that the results are equal, and profiles the release before with `rustbound run`.
//! The ranges of the model come from the functions of the bench `speedup`, not from these packages. Markdown goes to stdout,
//! all else to stderr.

mod case;
mod installed;
mod prediction;
#[path = "../../it/pythons.rs"]
#[expect(dead_code, reason = "the tests start scripts with it, too")]
mod pythons;

use case::{CASES, Case};
use clap::Parser;
use installed::Installed;
use prediction::Prediction;
use pythons::Origin;
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The only one for which all of these releases are there, built.
const MINOR: u32 = 10;

/// Measure what moving code to Rust gave packages, and compare it with what rustbound predicts
#[derive(Debug, Parser)]
#[command(name = "hindsight", max_term_width = 100)]
struct Arguments {
    /// These packages [default: all]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    only: Vec<String>,
    /// Time each release so often
    #[arg(long, value_name = "N", default_value = "5", value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Cargo says this to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

/// A package: what it reached and what was predicted.
struct Row {
    case: &'static Case,
    /// Seconds of CPU time, before and after.
    seconds: [f64; 2],
    prediction: Prediction,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let Some(python) = interpreter() else {
        say(&format!("there is no Python 3.{MINOR} here"));
        return ExitCode::FAILURE;
    };
    let is_meant = |case: &&Case| {
        arguments.only.is_empty() || arguments.only.iter().any(|it| it == case.package)
    };
    let mut rows = Vec::new();
    for case in CASES.iter().filter(is_meant) {
        say(case.package);
        match measure(case, &python, arguments.rounds) {
            Ok(row) => rows.push(row),
            Err(error) => say(&format!("{} is left out: {error}", case.package)),
        }
    }
    print(&table(&rows));
    if rows.is_empty() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn interpreter() -> Option<PathBuf> {
    let pythons = pythons::all(say);
    pythons.into_iter().find_map(|python| match python.origin {
        Origin::Host(interpreter) if python.minor == MINOR => Some(interpreter),
        _ => None,
    })
}

fn measure(case: &'static Case, python: &Path, rounds: u32) -> Result<Row, Box<dyn Error>> {
    let job = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/bench/hindsight/jobs")
        .join(format!("{}.py", case.job));
    let before = Installed::install(&case.before, job.clone(), python)?;
    let after = Installed::install(&case.after, job, python)?;
    let prediction = Prediction::make(case, &before)?;
    let mut seconds = [Vec::new(), Vec::new()];
    for _ in 0..rounds {
        let (old, new) = (before.run()?, after.run()?);
        if old.result != new.result {
            return Err(format!("{} is not {}", new.result, old.result).into());
        }
        seconds[0].push(old.seconds);
        seconds[1].push(new.seconds);
    }
    Ok(Row {
        case,
        seconds: seconds.map(median),
        prediction,
    })
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn table(rows: &[Row]) -> String {
    let head = "| package | before | after | reached | predicted | first of what moved | its candidates |\n\
        |---|---|---|---|---|---|---|\n";
    rows.iter()
        .map(line)
        .fold(head.to_owned(), |table, line| table + &line)
}

fn line(row: &Row) -> String {
    let [before, after] = row.seconds;
    let [low, expected, high] = row.prediction.speedup;
    let reached = before / after;
    let place = match reached {
        it if it < low => "**below**",
        it if it > high => "**above**",
        _ => "inside",
    };
    let places: Vec<String> = row.prediction.places.iter().map(usize::to_string).collect();
    format!(
        "| {} | {before:.2} s | {after:.2} s | **{reached:.2}×** | {expected:.2}× ({low:.2}–{high:.2}): {place} | `{}` | {} |\n",
        row.case.package,
        row.prediction.first.as_deref().unwrap_or("–"),
        places.join(", ")
    )
}

fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// A reader that has gone is no failure.
fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}
