//! Python measures the crate.

use super::error::Said;
use super::rounds::Rounds;
use super::workshop::Workshop;
use super::{Error, Python};
use std::process::Command;

/// Lets Python run `bench.py`, without its site and the user's settings.
pub(super) fn measure(workshop: &mut Workshop, python: &Python) -> Result<Rounds, Error> {
    let mut bench = Command::new(python.path());
    bench
        .args(["-I", "-S", "-B", "bench.py"])
        .arg(workshop.folder());
    let ended = workshop.run(&mut bench)?;
    if !ended.succeeded {
        return Err(Error::Run(Said::of(&ended.stderr)));
    }
    Rounds::read(&ended.stdout).map_err(|error| Error::Run(Said(error.to_string())))
}
