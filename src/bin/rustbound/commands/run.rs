//! `rustbound run`: a program from start to exit.

use super::read_profile;
use crate::args::RunArguments;
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::program_name;
use crate::progress::Lines;
use crate::report_folder::ReportFolder;
use crate::study::Study;
use crate::terminal::{Stream, Terminal};
use crate::values::Sampler;
use rustbound::record::{
    self, Command, Error, Interpreter, Note, Options, Recording, Stdout, Surroundings, Target,
};
use rustbound::source::Roots;
use std::env;
use std::path::Path;

/// Runs a program and reports on it. The program's stdout is its own: the result goes to stderr, or,
/// as JSON, to stdout, and then the program's output goes to stderr.
pub(crate) fn run(
    arguments: &RunArguments,
    terminal: Terminal,
    json: bool,
) -> Result<ExitStatus, Failure> {
    try_run(arguments, terminal, json).map_err(|failure| match failure.status() {
        ExitStatus::CouldNot => failure.with_status(ExitStatus::RunFailed),
        _ => failure,
    })
}

fn try_run(
    arguments: &RunArguments,
    terminal: Terminal,
    json: bool,
) -> Result<ExitStatus, Failure> {
    let mut options = Options {
        rate: arguments.sampling.rate,
        duration: arguments.duration,
        blocking: arguments.sampling.blocking,
        subprocesses: arguments.sampling.subprocesses,
        observe: !arguments.sampling.no_observe,
        agent: None,
        scratch: None,
    };
    options.check().map_err(failure)?;
    let mut command = command(arguments)?;
    if json {
        command.stdout = Stdout::ToStderr;
    }
    let words: Vec<_> = command.words().collect();
    let output =
        (arguments.report.output.clone()).unwrap_or_else(|| program_name::default_folder(&words));
    let folder = ReportFolder::open(&output, arguments.report.force)?;
    options.scratch = Some(folder.staging().to_owned());
    let agent = folder.staging().join("agent");
    options.agent = options.observe.then_some(agent);
    let recording = match &arguments.sampler {
        Sampler::Embedded => {
            record::run(&Target::Start(command), &options, &mut Lines(terminal)).map_err(failure)?
        }
        Sampler::Installed(sampler) => {
            let target = Target::Start(command);
            record::run_installed(*sampler, &target, &options, &mut Lines(terminal))
                .map_err(failure)?
        }
        Sampler::Replay(file) => replay(file, arguments, &command)?,
    };
    let status = ExitStatus::Program(recording.end.exit_status().unwrap_or(0));
    if recording.notes.contains(&Note::NeverPython) {
        for note in &recording.notes {
            terminal.warn(&note.to_string());
        }
        terminal.say("there is nothing to report");
        return Ok(status);
    }
    let notes = recording.notes.iter().map(Note::to_string).collect();
    let study = Study::new(
        recording.profile,
        recording.observation,
        &arguments.report,
        notes,
    );
    study.report(folder, terminal, Stream::Err, json)?;
    Ok(status)
}

fn command(arguments: &RunArguments) -> Result<Command, Failure> {
    let program = arguments.program.split_first();
    if let Some((program, rest)) = program.filter(|_| arguments.is_command) {
        return Ok(Command::new(program, rest.iter().cloned()));
    }
    let working_directory = env::current_dir()
        .map_err(|error| Failure::new(NoFolder(error), "change into a folder that exists"))?;
    let script = arguments.program.first().map(Path::new);
    let virtual_env = env::var_os("VIRTUAL_ENV");
    let surroundings = Surroundings {
        virtual_env: virtual_env.as_deref(),
        working_directory: &working_directory,
        script,
    };
    let interpreter =
        Interpreter::choose(arguments.python.as_deref(), surroundings).map_err(failure)?;
    if let Some((module, rest)) = arguments.module.split_first() {
        return Ok(Command::module(&interpreter, module, rest.iter().cloned()));
    }
    let (script, rest) = program.expect("clap asks for a module or a program");
    Command::script(&interpreter, Path::new(script), rest.iter().cloned()).map_err(failure)
}

#[derive(Debug, thiserror::Error)]
#[error("the current folder can't be found")]
struct NoFolder(#[source] std::io::Error);

/// The recorded samples as those of the command, which is not started.
fn replay(file: &Path, arguments: &RunArguments, command: &Command) -> Result<Recording, Failure> {
    let read = read_profile(file, None)?;
    let mut recording = record::replay(&read.profile);
    recording.observation = read.observation;
    let run = &mut recording.profile.run;
    if run.source_roots.is_empty() {
        let script = arguments.program.first().map(Path::new);
        let roots = Roots::new(&[], script, env::current_dir().ok().as_deref());
        run.source_roots = roots.folders();
    }
    if run.command.is_empty() {
        run.command = command
            .words()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
    }
    Ok(recording)
}

fn failure(error: Error) -> Failure {
    let status = match &error {
        Error::ProgramNotFound { .. }
        | Error::ScriptNotFound { .. }
        | Error::InterpreterNotFound { .. } => ExitStatus::NotFound,
        Error::ProgramNotRunnable { .. }
        | Error::ScriptUnreadable { .. }
        | Error::ScriptIsFolder { .. } => ExitStatus::NotExecutable,
        _ => ExitStatus::RunFailed,
    };
    let hint = error.hint().unwrap_or_default();
    Failure::new(error, hint).with_status(status)
}
