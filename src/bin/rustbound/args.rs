//! The command line. clap stops here: commands get options of the library's own.

use crate::exit_status::ExitStatus;
use crate::values::{
    Sampler, amount, count, duration, format, live_sampler, rate, sampler, severity, written_format,
};
use anstream::ColorChoice;
use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand, ValueEnum};
use rustbound::formats::Format;
use rustbound::plan::{Price, Severity};
use rustbound::profile::Hertz;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// Find the part of a Python program that is worth moving to Rust
#[derive(Debug, Parser)]
#[command(
    name = "rustbound",
    version,
    max_term_width = 100,
    subcommand_required = true
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Global {
    /// Color the output
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    /// Say nothing but results and errors
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
    /// Write one JSON document to stdout, and nothing else there
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// When output is coloured.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Color {
    // On a terminal, unless NO_COLOR is set.
    Auto,
    // Also into files and pipes.
    Always,
    // Nowhere.
    Never,
}

impl From<Color> for ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::AlwaysAnsi,
            Color::Never => Self::Never,
        }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a program from start to exit, sample it, and report
    #[command(override_usage = "\
        rustbound run [OPTIONS] SCRIPT.py [ARGS]...\n       \
        rustbound run [OPTIONS] -m MODULE [ARGS]...\n       \
        rustbound run [OPTIONS] -- COMMAND [ARGS]...")]
    Run(RunArguments),
    /// Sample a running process, and report
    Attach(AttachArguments),
    /// Report on recorded profiles; several are merged
    Analyze(AnalyzeArguments),
    /// Write a profile in another format
    Convert(ConvertArguments),
    /// Check whether this machine can sample, build and verify
    Doctor(DoctorArguments),
    /// Measure what crossing between Python and Rust costs on this machine, for later plans
    Calibrate(CalibrateArguments),
    /// Teach what a code in a report means, with Python and Rust
    Explain(ExplainArguments),
}

/// `run`.
#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    #[command(flatten)]
    pub(crate) sampling: SamplingArguments,
    #[command(flatten)]
    pub(crate) report: ReportArguments,
    /// Stop sampling after this time; the program goes on
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) duration: Option<Duration>,
    /// Run this Python [default: the active environment's, that of .venv, or python3]
    #[arg(long, value_name = "PATH")]
    pub(crate) python: Option<PathBuf>,
    /// Take the samples from here instead of the built-in sampler: `py-spy` is the installed one, `tachyon` is that of
    /// Python 3.15, `replay:FILE` starts nothing
    #[arg(long, value_name = "SAMPLER", default_value = "embedded", value_parser = sampler)]
    pub(crate) sampler: Sampler,
    /// Run a module as a script; what follows belongs to the module
    #[arg(short = 'm', value_names = ["MODULE", "ARGS"], num_args = 1.., allow_hyphen_values = true,
          conflicts_with = "program")]
    pub(crate) module: Vec<OsString>,
    /// The script and its arguments, or after `--` any command that runs Python
    #[arg(
        value_name = "PROGRAM",
        trailing_var_arg = true,
        allow_hyphen_values = true,
        required_unless_present = "module"
    )]
    pub(crate) program: Vec<OsString>,
    /// Whether the program is a command: `--` stood before it
    #[arg(skip)]
    pub(crate) is_command: bool,
}

impl Arguments {
    /// The arguments of these words, the first of which is rustbound's own name.
    pub(crate) fn parse_words(words: &[OsString]) -> Result<Self, clap::Error> {
        let mut arguments = Self::try_parse_from(words)?;
        if let Command::Run(run) = &mut arguments.command {
            let before = words.len().checked_sub(run.program.len() + 1);
            run.is_command = before.is_some_and(|place| words[place] == "--");
        }
        Ok(arguments)
    }
}

/// `attach`.
#[derive(Debug, Args)]
pub(crate) struct AttachArguments {
    #[command(flatten)]
    pub(crate) sampling: SamplingArguments,
    #[command(flatten)]
    pub(crate) report: ReportArguments,
    /// Count calls too, from inside the program as `run` does: Python 3.14 and later take its agent in
    #[arg(long, conflicts_with = "no_observe")]
    pub(crate) observe: bool,
    /// Sample for this time
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "10s")]
    pub(crate) duration: Duration,
    /// Sample with this instead of the built-in sampler: `py-spy` is the installed one, `tachyon` is that of Python 3.15
    #[arg(long, value_name = "SAMPLER", default_value = "embedded", value_parser = live_sampler)]
    pub(crate) sampler: Sampler,
    /// The process to sample
    #[arg(value_name = "PID")]
    pub(crate) pid: u32,
}

/// How to sample.
#[derive(Clone, Debug, Args)]
pub(crate) struct SamplingArguments {
    /// Sample so many times a second
    #[arg(long, value_name = "HZ", default_value = "200", value_parser = rate)]
    pub(crate) rate: Hertz,
    /// Stop the program for each look: exact to the instruction, costs more
    #[arg(long)]
    pub(crate) blocking: bool,
    /// Sample also the Python processes that the program starts
    #[arg(long)]
    pub(crate) subprocesses: bool,
    /// Don't look at the types of values, nor count calls
    #[arg(long)]
    pub(crate) no_observe: bool,
}

/// What to report, and where.
#[derive(Clone, Debug, Args)]
pub(crate) struct ReportArguments {
    /// Write the report to this folder [default: reports/NAME, NAME from the program]
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Replace an earlier report there instead of keeping it
    #[arg(long)]
    pub(crate) force: bool,
    /// Propose at most so many candidates
    #[arg(long, value_name = "N", default_value = "10", value_parser = count)]
    pub(crate) top: usize,
    /// Count the files below this folder as the program's own [default: the script's project]
    #[arg(long, value_name = "DIR")]
    pub(crate) source_root: Vec<PathBuf>,
    /// Propose nothing riskier: low, medium or high
    #[arg(long, value_name = "LEVEL", default_value = "high", value_parser = severity)]
    pub(crate) risk: Severity,
    /// Say what the gain is worth when a core costs so much for an hour, in any currency
    #[arg(long, value_name = "PER_CORE_HOUR", value_parser = amount, requires = "core_hours")]
    pub(crate) price: Option<f64>,
    /// The core-hours that the program takes in a year
    #[arg(long, value_name = "PER_YEAR", value_parser = amount, requires = "price")]
    pub(crate) core_hours: Option<f64>,
}

impl ReportArguments {
    /// What the program costs to run.
    pub(crate) fn price(&self) -> Option<Price> {
        Some(Price {
            per_core_hour: self.price?,
            core_hours: self.core_hours?,
        })
    }
}

/// `analyze`.
#[derive(Debug, Args)]
pub(crate) struct AnalyzeArguments {
    #[command(flatten)]
    pub(crate) report: ReportArguments,
    /// Read the profiles in this format [default: told by their content]
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    pub(crate) from: Option<Format>,
    /// The profiles
    #[arg(value_name = "PROFILE", required = true)]
    pub(crate) profiles: Vec<PathBuf>,
}

/// `convert`.
#[derive(Debug, Args)]
pub(crate) struct ConvertArguments {
    /// Write this format: json, collapsed or speedscope
    #[arg(long, value_name = "FORMAT", value_parser = written_format)]
    pub(crate) to: Format,
    /// Read the profile in this format [default: told by its content]
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    pub(crate) from: Option<Format>,
    /// Write to this file [default: stdout]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The profile
    #[arg(value_name = "PROFILE")]
    pub(crate) profile: PathBuf,
}

/// `doctor`.
#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {
    /// Check also whether this process could be attached to
    #[arg(value_name = "PID")]
    pub(crate) pid: Option<u32>,
}

/// `calibrate`.
#[derive(Debug, Args)]
pub(crate) struct CalibrateArguments {
    /// Measure with this Python [default: the active environment's, that of .venv, or python3]
    #[arg(long, value_name = "PATH")]
    pub(crate) python: Option<PathBuf>,
    /// Write the figures to this file, which plans don't read [default: one in the user's cache folder, which they do]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// `explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// The code, such as RB101 [default: list all codes]
    #[arg(value_name = "CODE")]
    pub(crate) code: Option<String>,
}

/// Says what is wrong with the arguments, or shows the help that was asked for, and gives the status:
/// `run` stands between a caller and a program, so its usage errors are told from the program's.
pub(crate) fn show_usage(error: &clap::Error, words: &[OsString]) -> ExitStatus {
    // Whoever closed the stream does not want to know.
    let _ = error.print();
    let is_option = |word: &&OsString| word.as_encoded_bytes().starts_with(b"-");
    let command = words.iter().skip(1).find(|word| !is_option(word));
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitStatus::Done,
        _ if command.is_some_and(|word| word == "run") => ExitStatus::RunFailed,
        _ => ExitStatus::CouldNot,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    /// All commands, with their names.
    fn commands() -> Vec<clap::Command> {
        let top = Arguments::command();
        let mut commands: Vec<clap::Command> = top.get_subcommands().cloned().collect();
        commands.push(top);
        commands
    }

    #[test]
    fn the_arguments_hold_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn help_starts_with_a_capital_and_has_no_full_stop() {
        for command in commands() {
            let options = command
                .get_arguments()
                .map(|it| (it.get_id().to_string(), it.get_help()));
            let about = [(command.get_name().to_owned(), command.get_about())];
            for (name, help) in about.into_iter().chain(options) {
                let help = help
                    .unwrap_or_else(|| panic!("{name} has no help"))
                    .to_string();
                assert!(help.starts_with(char::is_uppercase), "{name}: {help}");
                assert!(!help.ends_with('.'), "{name}: {help}");
                assert!(!help.contains('\n'), "{name}: {help}");
            }
        }
    }

    #[test]
    fn what_follows_the_script_or_module_belongs_to_it() {
        let parse = |words: &str| {
            let words = std::iter::once("rustbound").chain(words.split(' '));
            let words: Vec<OsString> = words.map(OsString::from).collect();
            match Arguments::parse_words(&words).expect("it parses").command {
                Command::Run(run) => (run.program, run.module, run.is_command),
                other => panic!("{other:?}"),
            }
        };
        let of = |words: &str| {
            words
                .split_whitespace()
                .map(OsString::from)
                .collect::<Vec<_>>()
        };
        let script = "x.py --top 3 -o y";
        assert_eq!(parse("run x.py --top 3 -o y"), (of(script), of(""), false));
        assert_eq!(
            parse("run --top 3 x.py -- a"),
            (of("x.py -- a"), of(""), false)
        );
        assert_eq!(parse("run x.py --"), (of("x.py --"), of(""), false));
        assert_eq!(
            parse("run -m pkg.job --top 3"),
            (of(""), of("pkg.job --top 3"), false)
        );
        assert_eq!(
            parse("run -m pkg.job -- a"),
            (of(""), of("pkg.job -- a"), false)
        );
        let command = "nice python3 -m x -- y";
        assert_eq!(
            parse("run --top 3 -- nice python3 -m x -- y"),
            (of(command), of(""), true)
        );
    }
}
