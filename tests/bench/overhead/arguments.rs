//! What to measure, as the command line says it.

use crate::program::Program;
use crate::sampler::{Kind, Setting};
use crate::window::Windows;
use clap::{Parser, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// Measure what sampling costs the sampled program
#[derive(Debug, Parser)]
#[command(name = "overhead", max_term_width = 100)]
pub(crate) struct Arguments {
    /// On these versions of Python
    #[arg(long, value_name = "3.N", value_delimiter = ',', value_parser = minor,
          default_value = "3.9,3.11,3.12,3.13,3.14,3.15")]
    pythons: Vec<u32>,
    /// With these programs [default: all]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    programs: Vec<Program>,
    /// With these samplers [default: all]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    samplers: Vec<Kind>,
    /// At these rates [default: rustbound at 200 and 1000, the others at 1000]
    #[arg(long, value_name = "HZ", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rates: Vec<u32>,
    /// Make each window so many seconds long
    #[arg(long, value_name = "SECONDS", default_value = "0.4", value_parser = seconds)]
    seconds: f64,
    /// Sample with each sampler in so many windows
    #[arg(long, value_name = "N", default_value = "5", value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Only try it: one window for each sampler, of half a second
    #[arg(long, conflicts_with_all = ["seconds", "rounds"])]
    quick: bool,
    /// Write all figures to this file too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Cargo says this to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

/// What is measured.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Versions of Python: 3 and this.
    pub(crate) minors: Vec<u32>,
    pub(crate) programs: Vec<Program>,
    pub(crate) settings: Vec<Setting>,
    pub(crate) windows: Windows,
    pub(crate) json: Option<PathBuf>,
}

impl Plan {
    pub(crate) fn needs_py_spy(&self) -> bool {
        self.settings.iter().any(|setting| setting.kind.is_py_spy())
    }
}

impl Arguments {
    pub(crate) fn into_plan(self) -> Plan {
        let kinds = or_all(self.samplers);
        let settings = kinds.iter().flat_map(|kind| kind.settings(&self.rates));
        let (seconds, rounds) = if self.quick {
            (0.5, 1)
        } else {
            (self.seconds, self.rounds)
        };
        Plan {
            minors: self.pythons,
            programs: or_all(self.programs),
            settings: settings.collect(),
            windows: Windows {
                length: Duration::from_secs_f64(seconds),
                rounds,
            },
            json: self.json,
        }
    }
}

fn or_all<T: ValueEnum>(chosen: Vec<T>) -> Vec<T> {
    if chosen.is_empty() {
        T::value_variants().to_vec()
    } else {
        chosen
    }
}

fn minor(text: &str) -> Result<u32, String> {
    let minor = text.strip_prefix("3.").and_then(|minor| minor.parse().ok());
    minor.ok_or_else(|| "a version is 3 and a number, such as 3.13".to_owned())
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.2..=3600.0).contains(&seconds) => Ok(seconds),
        _ => Err("a window is 0.2 to 3600 seconds long".to_owned()),
    }
}
