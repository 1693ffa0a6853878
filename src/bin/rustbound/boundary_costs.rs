//! The boundary costs that a plan is made with: what `rustbound calibrate` left in the user's cache folder, or the
//! shipped ones.

use rustbound::calibrate;
use rustbound::plan::boundary::Costs;
use std::env;
use std::error::Error;
use std::fs;
use std::io;
use std::path::PathBuf;

/// Where the costs for a Python of this version are kept; none where the user has no cache folder.
pub(crate) fn file(python: &str) -> Option<PathBuf> {
    let folder = calibrate::cache_folder(env::var_os("XDG_CACHE_HOME"), env::var_os("HOME"))?;
    Some(folder.join(calibrate::file_name(python)?))
}

/// The costs for a program of this Python version, where it is known, and a sentence where there is a file that can't
/// be read.
pub(crate) fn of(python: Option<&str>) -> (Costs, Option<String>) {
    let Some(file) = python.and_then(file) else {
        return (Costs::shipped(), None);
    };
    match fs::read_to_string(&file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => (Costs::shipped(), None),
        Err(error) => (Costs::shipped(), Some(note(&error))),
        Ok(text) => match Costs::read(&text) {
            Ok(costs) => (costs, None),
            Err(error) => (Costs::shipped(), Some(note(&error))),
        },
    }
}

fn note(error: &dyn Error) -> String {
    format!(
        "what `rustbound calibrate` measured for this Python can't be read ({error}), so the shipped boundary costs are \
         used: run it again"
    )
}
