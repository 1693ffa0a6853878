//! Cargo builds the crate for one Python.

use super::error::Said;
use super::workshop::Workshop;
use super::{Error, Python, process::cannot_write};
use serde::Deserialize;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// The crate, as Python imports it.
const MODULE: &str = "rustbound_calibration";

/// The version of the compiler that cargo calls: `1.95.0`.
pub(super) fn rustc_version(workshop: &mut Workshop) -> Result<String, Error> {
    let ended = workshop.run(Command::new("rustc").arg("--version"))?;
    let version = ended.stdout.split_whitespace().nth(1);
    version
        .map(str::to_owned)
        .ok_or_else(|| Error::Build(Said::of(&ended.stderr)))
}

/// Builds the crate in release, and puts it where Python finds it: in the folder itself. Cargo goes to the network only
/// where it has to.
pub(super) fn build(workshop: &mut Workshop, python: &Python) -> Result<(), Error> {
    let mut ended = workshop.run(cargo(python).arg("--offline"))?;
    if !ended.succeeded {
        ended = workshop.run(&mut cargo(python))?;
    }
    let library = library(&ended.stdout).filter(|_| ended.succeeded);
    let library = library.ok_or_else(|| Error::Build(Said::of(&ended.stderr)))?;
    let module = workshop.folder().join(MODULE).with_extension("so");
    let copied = fs::copy(workshop.folder().join(library), &module);
    copied.map_err(cannot_write(&module))?;
    Ok(())
}

fn cargo(python: &Python) -> Command {
    let mut cargo = Command::new("cargo");
    cargo
        .args(["build", "--release", "--quiet"])
        .arg("--message-format=json-render-diagnostics")
        .env("PYO3_BUILD_EXTENSION_MODULE", "1")
        .env("PYO3_PYTHON", python.path())
        .env("CARGO_TERM_COLOR", "never");
    if std::env::var_os("CARGO_TARGET_DIR").is_none() {
        // A folder that a setting of the user's names for all crates would keep what is built.
        cargo.args(["--target-dir", "target"]);
    }
    cargo
}

/// A line of cargo's that tells what it has built.
#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    target: Target<'a>,
    filenames: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct Target<'a> {
    name: &'a str,
}

/// The library among what cargo has built. Where it lies depends on the user's settings, so cargo is asked.
fn library(messages: &str) -> Option<PathBuf> {
    let messages = messages.lines().filter_map(|line| {
        let message: Message<'_> = serde_json::from_str(line).ok()?;
        (message.target.name == MODULE).then_some(message.filenames)
    });
    let is_library = |path: &PathBuf| {
        let ending = path.extension().and_then(|ending| ending.to_str());
        matches!(ending, Some("so" | "dylib"))
    };
    messages.flatten().find(is_library)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_found_among_what_cargo_tells() {
        let messages = r#"
{"reason":"compiler-artifact","target":{"name":"pyo3"},"filenames":["/t/libpyo3.rlib","/t/x.so"]}
{"reason":"compiler-message","message":{}}
{"reason":"compiler-artifact","target":{"name":"rustbound_calibration"},"filenames":["/t/release/librustbound_calibration.so"]}
{"reason":"build-finished","success":true}"#;
        assert_eq!(
            library(messages),
            Some("/t/release/librustbound_calibration.so".into())
        );
        assert_eq!(library("{\"reason\":\"build-finished\"}\nnonsense"), None);
    }
}
