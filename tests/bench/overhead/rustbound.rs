//! This crate's own binary, as `cargo bench` built it.

use crate::attachment::Span;
use crate::sampler::{Outcome, Tool};
use serde::Deserialize;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::Command;

/// The tool of this crate.
pub(crate) struct Rustbound;

/// What is needed of `profile.json`.
#[derive(Deserialize)]
struct Profile {
    run: Run,
}

#[derive(Deserialize)]
struct Run {
    wall_nanoseconds: u64,
    ticks: u64,
    lost_ticks: u64,
}

impl Tool for Rustbound {
    fn command(&self, pid: u32, rate: u32, folder: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rustbound"));
        command.args([
            "--verbose",
            "attach",
            "--duration",
            "1h",
            "--rate",
            &rate.to_string(),
        ]);
        command
            .arg("--output")
            .arg(folder.join("report"))
            .arg(pid.to_string());
        command
    }

    fn announcement(&self) -> &'static str {
        "sampling Python"
    }

    fn outcome(&self, span: &Span<'_>) -> Option<Outcome> {
        let file = File::open(span.folder.join("report/profile.json")).ok()?;
        let profile: Profile = serde_json::from_reader(BufReader::new(file)).ok()?;
        let (ticks, lost) = (profile.run.ticks as f64, profile.run.lost_ticks as f64);
        let asked = profile.run.wall_nanoseconds as f64 / 1e9 * f64::from(span.rate);
        Outcome::new(ticks, lost, asked)
    }
}
