//! The commands, a file each.

mod analyze;
mod attach;
mod calibrate;
mod convert;
mod doctor;
mod explain;
mod run;

pub(crate) use analyze::analyze;
pub(crate) use attach::attach;
pub(crate) use calibrate::calibrate;
pub(crate) use convert::convert;
pub(crate) use doctor::doctor;
pub(crate) use explain::explain;
pub(crate) use run::run;

use crate::failure::Failure;
use rustbound::formats::{self, Format, Read};
use std::fs;
use std::path::Path;

/// A profile file of any format. What was odd in it names the file.
fn read_profile(path: &Path, format: Option<Format>) -> Result<Read, Failure> {
    let shown = path.display();
    let bytes = fs::read(path).map_err(|error| {
        Failure::new(
            Unreadable(shown.to_string(), Box::new(error)),
            "name a profile that can be read",
        )
    })?;
    let format = format.or_else(|| formats::detect(&bytes, &path.to_string_lossy()));
    let format = format.ok_or_else(|| {
        let error = format!("{shown} is no profile that rustbound knows");
        Failure::new(error, format!("say what it is with --from {}", formats()))
    })?;
    let read = formats::read(&bytes, format).map_err(|error| {
        let hint = format!(
            "record it again, or say what it is with --from {}",
            formats()
        );
        Failure::new(Unreadable(shown.to_string(), Box::new(error)), hint)
    })?;
    let warnings = read
        .warnings
        .iter()
        .map(|warning| format!("{shown}: {warning}"))
        .collect();
    Ok(Read { warnings, ..read })
}

fn formats() -> String {
    Format::list(&Format::ALL, "or")
}

#[derive(Debug, thiserror::Error)]
#[error("{0} can't be read")]
struct Unreadable(String, #[source] Box<dyn std::error::Error>);
