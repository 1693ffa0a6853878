//! What crossing between Python and Rust costs on this machine: a small crate is built and measured.
//!
//! [`calibrate`] writes the crate into a folder of its own, has cargo build it for one Python, lets that Python run
//! `bench.py`, and makes a [`Table`] of what it tells. The folder is gone afterwards, whatever happens; a signal that
//! asks to end is one more way to end.

mod build;
mod cache;
mod date;
mod error;
mod measure;
mod process;
mod python;
mod rounds;
mod workshop;

pub use cache::{cache_folder, file_name};
pub use error::Error;
pub use python::Python;
pub use rounds::{NOISY, noise};

use crate::plan::boundary::{Measurement, Table};
use crate::record::Signals;
use std::fmt;
use std::path::Path;
use workshop::Workshop;

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Cargo builds the crate.
    Building,
    /// Python measures it.
    Measuring,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Building => "building a small crate, which can take a minute",
            Self::Measuring => "measuring calls and conversions, for some ten seconds",
        })
    }
}

/// Measures what crossing costs with this Python. What that needs lies in a folder inside of `folder` meanwhile; it is
/// built with the cargo on `PATH`, in `CARGO_TARGET_DIR` where that is set. `tell` hears what is being done.
pub fn calibrate(
    python: &Python,
    folder: &Path,
    tell: &mut dyn FnMut(Step),
) -> Result<Table, Error> {
    let signals = Signals::listen().map_err(Error::Signals)?;
    let mut workshop = Workshop::open(folder, signals)?;
    tell(Step::Building);
    let rustc = build::rustc_version(&mut workshop)?;
    build::build(&mut workshop, python)?;
    tell(Step::Measuring);
    let rounds = measure::measure(&mut workshop, python)?;
    let measured = Measurement {
        python: python.version(),
        pyo3: crate::generate::PYO3.to_owned(),
        rustc,
        machine: machine(),
        date: date::today(),
        how: rounds.how(),
    };
    rounds.table(measured).map_err(Error::Figures)
}

/// The kind of machine: architecture, system, processor.
fn machine() -> String {
    let kind = format!("{} {}", std::env::consts::ARCH, std::env::consts::OS);
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let mut lines = text.lines().filter_map(|line| line.split_once(':'));
    match lines.find(|(name, _)| name.trim() == "model name") {
        Some((_, model)) => format!("{kind}, {}", model.trim()),
        None => kind,
    }
}
