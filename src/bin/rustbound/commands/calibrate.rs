//! `rustbound calibrate`: what does crossing between Python and Rust cost here?

use crate::args::CalibrateArguments;
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::terminal::{Stream, Terminal};
use crate::{boundary_costs, file};
use rustbound::calibrate::{self, Error, Python};
use rustbound::plan::boundary::Costs;
use rustbound::record::{Interpreter, Surroundings};
use rustbound::report;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Measures, keeps the figures, and shows them beside the shipped ones.
pub(crate) fn calibrate(
    arguments: &CalibrateArguments,
    terminal: Terminal,
    json: bool,
) -> Result<ExitStatus, Failure> {
    let python = python(arguments)?;
    let place = Place::open(arguments, &python)?;
    let mut tell = |step: calibrate::Step| terminal.say(&step.to_string());
    let table = calibrate::calibrate(&python, &place.folder, &mut tell).map_err(failure)?;
    file::write(&place.file, table.write().as_bytes())
        .map_err(|error| cannot_write(&place.file, error))?;
    let (stream, shown) = (Stream::Out, place.file.display().to_string());
    let shipped = Costs::shipped();
    let text = if json {
        report::calibration_json(&table, shipped.table(), &shown)
    } else {
        let style = terminal.style(stream);
        report::calibration(&table, shipped.table(), &shown, stream.width(), style)
    };
    Terminal::result(stream, text.as_bytes())?;
    Ok(ExitStatus::Done)
}

/// The one that `run` would take.
fn python(arguments: &CalibrateArguments) -> Result<Python, Failure> {
    let working_directory = env::current_dir().unwrap_or_default();
    let virtual_env = env::var_os("VIRTUAL_ENV");
    let surroundings = Surroundings {
        virtual_env: virtual_env.as_deref(),
        working_directory: &working_directory,
        script: None,
    };
    let named = arguments.python.as_deref();
    let interpreter = Interpreter::choose(named, surroundings).map_err(|error| {
        let hint = error.hint().unwrap_or_default();
        Failure::new(error, hint)
    })?;
    Python::ask(interpreter.path()).map_err(failure)
}

/// Where the figures go, and the folder in which they are measured.
struct Place {
    file: PathBuf,
    folder: PathBuf,
    /// Folders that were made for it, innermost first.
    made: Vec<PathBuf>,
}

impl Place {
    /// Makes sure that there are folders for the file and for the work before anything is measured. The work is done in
    /// the cache folder, or beside the file where the user has none.
    fn open(arguments: &CalibrateArguments, python: &Python) -> Result<Self, Failure> {
        let kept = boundary_costs::file(&python.version());
        let output = arguments.output.clone();
        let Some(file) = output.clone().or_else(|| kept.clone()) else {
            let error = "there is no cache folder: neither XDG_CACHE_HOME nor HOME names one";
            return Err(Failure::new(error, "name a file with --output FILE"));
        };
        if let Some(output) = output {
            let around = folder_of(&output)?;
            fs::read_dir(around).map_err(|error| cannot_write(&output, error))?;
        }
        let folder = folder_of(&kept.unwrap_or_else(|| file.clone()))?;
        let is_missing = |folder: &&Path| !folder.exists();
        let made = folder.ancestors().take_while(is_missing);
        let place = Self {
            file,
            made: made.map(Path::to_owned).collect(),
            folder,
        };
        fs::create_dir_all(&place.folder).map_err(|error| cannot_write(&place.file, error))?;
        Ok(place)
    }
}

/// The folder around a file, absolute.
fn folder_of(file: &Path) -> Result<PathBuf, Failure> {
    let absolute = std::path::absolute(file).map_err(|error| cannot_write(file, error))?;
    Ok(absolute.parent().unwrap_or(Path::new("/")).to_owned())
}

impl Drop for Place {
    fn drop(&mut self) {
        for folder in &self.made {
            // Only an empty folder can be removed so: with the figures in it, it stays.
            let _ = fs::remove_dir(folder);
        }
    }
}

fn failure(error: Error) -> Failure {
    let hint = error.hint().unwrap_or_default();
    Failure::new(error, hint)
}

fn cannot_write(path: &Path, error: io::Error) -> Failure {
    Failure::new(
        CannotWrite(path.display().to_string(), error),
        "name a file that can be written with --output FILE",
    )
}

#[derive(Debug, thiserror::Error)]
#[error("the figures can't be written to {0}")]
struct CannotWrite(String, #[source] io::Error);
