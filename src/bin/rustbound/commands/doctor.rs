//! `rustbound doctor`: can this machine sample, build and verify?

use crate::args::DoctorArguments;
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::terminal::{Stream, Terminal};
use rustbound::doctor::{self, Facts};
use rustbound::report;

/// Looks at the machine, and at the process if one is named, and says what is missing.
pub(crate) fn doctor(
    arguments: &DoctorArguments,
    terminal: Terminal,
    json: bool,
) -> Result<ExitStatus, Failure> {
    let facts = Facts::gather(arguments.pid).map_err(|error| {
        let hint = error.hint().unwrap_or_default();
        Failure::new(error, hint)
    })?;
    let diagnosis = doctor::diagnose(&facts);
    let stream = Stream::Out;
    let text = if json {
        report::diagnosis_json(&diagnosis)
    } else {
        report::diagnosis(&diagnosis, stream.width(), terminal.style(stream))
    };
    Terminal::result(stream, text.as_bytes())?;
    Ok(if diagnosis.is_well() {
        ExitStatus::Done
    } else {
        ExitStatus::Bad
    })
}
