//! rustbound's face: arguments in, a result and an exit status out.

mod args;
mod boundary_costs;
mod commands;
mod exit_status;
mod failure;
mod file;
mod program_name;
mod progress;
mod relative;
mod report_folder;
mod study;
mod terminal;
mod values;

use args::{Arguments, Command};
use exit_status::ExitStatus;
use std::process::ExitCode;
use terminal::Terminal;

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().collect();
    let arguments = match Arguments::parse_words(&words) {
        Ok(arguments) => arguments,
        Err(error) => return args::show_usage(&error, &words).into(),
    };
    let terminal = Terminal::new(&arguments.global);
    let json = arguments.global.json;
    let result = match &arguments.command {
        Command::Run(run) => commands::run(run, terminal, json),
        Command::Attach(attach) => commands::attach(attach, terminal, json),
        Command::Analyze(analyze) => commands::analyze(analyze, terminal, json),
        Command::Convert(convert) => commands::convert(convert, terminal),
        Command::Doctor(doctor) => commands::doctor(doctor, terminal, json),
        Command::Calibrate(calibrate) => commands::calibrate(calibrate, terminal, json),
        Command::Explain(explain) => commands::explain(explain, terminal, json),
    };
    let status = result.unwrap_or_else(|failure| {
        failure.show(terminal);
        failure.status()
    });
    ExitStatus::into(status)
}
