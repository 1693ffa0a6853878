//! `rustbound convert`: a profile in another format.

use super::read_profile;
use crate::args::ConvertArguments;
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::file;
use crate::terminal::{Stream, Terminal};
use rustbound::formats::{self, Format, Read};
use rustbound::profile::Profile;
use std::io;
use std::path::Path;

/// Reads a profile and writes it to a file or to stdout.
pub(crate) fn convert(
    arguments: &ConvertArguments,
    terminal: Terminal,
) -> Result<ExitStatus, Failure> {
    let Read {
        mut profile,
        observation,
        mut warnings,
    } = read_profile(&arguments.profile, arguments.from)?;
    if arguments.to != Format::Native {
        warnings.extend(leave_out_idle(&mut profile));
    }
    for warning in warnings {
        terminal.warn(&warning);
    }
    let mut bytes = Vec::new();
    formats::write(&profile, &observation, arguments.to, &mut bytes)
        .map_err(|error| Failure::new(error, "convert it to another format"))?;
    match &arguments.output {
        Some(path) => file::write(path, &bytes).map_err(|error| cannot_write(path, error))?,
        None => Terminal::result(Stream::Out, &bytes)?,
    }
    Ok(ExitStatus::Done)
}

/// Other formats can't tell waiting from working, so that a thread that waits would look like work.
fn leave_out_idle(profile: &mut Profile) -> Option<String> {
    let before = profile.samples.len();
    profile
        .samples
        .retain(|sample| !sample.activity.is_waiting());
    let idle = before - profile.samples.len();
    (idle > 0)
        .then(|| format!("{idle} idle samples are left out: the format can't tell them from work"))
}

fn cannot_write(path: &Path, error: io::Error) -> Failure {
    Failure::new(
        CannotWrite(path.display().to_string(), error),
        "name a file that can be written with --output FILE",
    )
}

#[derive(Debug, thiserror::Error)]
#[error("the profile can't be written to {0}")]
struct CannotWrite(String, #[source] io::Error);
