//! What to measure, as the command line says it.

use crate::case::{CASES, Case};
use clap::Parser;

/// Measure how much faster Rust does the work of functions, and compare it with what rustbound predicts
#[derive(Debug, Parser)]
#[command(name = "speedup", max_term_width = 100)]
pub(crate) struct Arguments {
    /// On these versions of Python
    #[arg(long, value_name = "3.N", value_delimiter = ',', value_parser = minor, default_value = "3.11,3.13")]
    pub(crate) pythons: Vec<u32>,
    /// These functions [default: all]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    only: Vec<String>,
    /// Time each function so often
    #[arg(long, value_name = "N", default_value = "7", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,
    /// Cargo says this to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

impl Arguments {
    pub(crate) fn cases(&self) -> impl Iterator<Item = &'static Case> {
        let is_meant =
            |case: &&Case| self.only.is_empty() || self.only.iter().any(|name| name == case.native);
        CASES.iter().filter(is_meant)
    }
}

fn minor(text: &str) -> Result<u32, String> {
    let minor = text.strip_prefix("3.").and_then(|minor| minor.parse().ok());
    minor.ok_or_else(|| "a version is 3 and a number, such as 3.13".to_owned())
}
