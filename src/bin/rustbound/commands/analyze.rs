//! `rustbound analyze`: a report on recorded profiles.

use super::read_profile;
use crate::args::AnalyzeArguments;
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::program_name;
use crate::report_folder::ReportFolder;
use crate::study::Study;
use crate::terminal::{Stream, Terminal};
use rustbound::formats::{Format, Read};
use rustbound::profile::Profile;
use std::path::PathBuf;

/// Reads the profiles, merges them, and reports on them as on a run.
pub(crate) fn analyze(
    arguments: &AnalyzeArguments,
    terminal: Terminal,
    json: bool,
) -> Result<ExitStatus, Failure> {
    let Read {
        profile,
        observation,
        warnings: notes,
    } = read_all(&arguments.profiles, arguments.from)?;
    let folder = arguments
        .report
        .output
        .clone()
        .unwrap_or_else(|| default_folder(arguments, &profile));
    let folder = ReportFolder::open(&folder, arguments.report.force)?;
    for note in &notes {
        terminal.warn(note);
    }
    let study = Study::new(profile, observation, &arguments.report, notes);
    study.report(folder, terminal, Stream::Out, json)?;
    Ok(ExitStatus::Done)
}

/// The profiles as one.
fn read_all(paths: &[PathBuf], format: Option<Format>) -> Result<Read, Failure> {
    let (first, others) = (paths.split_first()).expect("the arguments name at least one profile");
    let mut merged = read_profile(first, format)?;
    for path in others {
        let read = read_profile(path, format)?;
        merged.profile.merge(&read.profile).map_err(|error| {
            Failure::new(
                error,
                "analyze profiles of one kind together, others one by one",
            )
        })?;
        merged.observation.merge(&read.observation);
        merged.warnings.extend(read.warnings);
    }
    Ok(merged)
}

/// By the program where the profile tells it, otherwise by the file.
fn default_folder(arguments: &AnalyzeArguments, profile: &Profile) -> PathBuf {
    if profile.run.command.is_empty() {
        let stem = arguments.profiles[0]
            .file_stem()
            .unwrap_or_default()
            .to_owned();
        return program_name::default_folder(&[stem]);
    }
    program_name::default_folder(&profile.run.command)
}
