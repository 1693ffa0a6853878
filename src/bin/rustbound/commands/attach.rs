//! `rustbound attach`: a process that runs already.

use crate::args::AttachArguments;
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::program_name;
use crate::progress::Lines;
use crate::report_folder::ReportFolder;
use crate::study::Study;
use crate::terminal::{Stream, Terminal};
use crate::values::Sampler;
use rustbound::record::{self, Note, Options, Target};

/// Samples a process for a while and reports on it. The process goes on.
pub(crate) fn attach(
    arguments: &AttachArguments,
    terminal: Terminal,
    json: bool,
) -> Result<ExitStatus, Failure> {
    let mut options = Options {
        rate: arguments.sampling.rate,
        duration: Some(arguments.duration),
        blocking: arguments.sampling.blocking,
        subprocesses: arguments.sampling.subprocesses,
        observe: !arguments.sampling.no_observe,
        agent: None,
        scratch: None,
    };
    let failure = |error: record::Error| {
        let hint = error.hint().unwrap_or_default();
        Failure::new(error, hint)
    };
    options.check().map_err(failure)?;
    let command = record::command_line(arguments.pid);
    let output =
        (arguments.report.output.clone()).unwrap_or_else(|| program_name::default_folder(&command));
    let folder = ReportFolder::open(&output, arguments.report.force)?;
    options.scratch = Some(folder.staging().to_owned());
    let agent = folder.staging().join("agent");
    options.agent = arguments.observe.then_some(agent);
    let target = Target::Attach(arguments.pid);
    let mut lines = Lines(terminal);
    let recording = match arguments.sampler {
        Sampler::Installed(sampler) => {
            record::run_installed(sampler, &target, &options, &mut lines)
        }
        Sampler::Embedded | Sampler::Replay(_) => record::run(&target, &options, &mut lines),
    };
    let recording = recording.map_err(failure)?;
    let notes = recording.notes.iter().map(Note::to_string).collect();
    let study = Study::new(
        recording.profile,
        recording.observation,
        &arguments.report,
        notes,
    );
    study.report(folder, terminal, Stream::Out, json)?;
    Ok(ExitStatus::Done)
}
