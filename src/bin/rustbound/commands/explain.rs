//! `rustbound explain`: what a code means, and what to do about it.

use crate::args::ExplainArguments;
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::terminal::{Stream, Terminal};
use rustbound::report::{self, Lesson};

/// Shows the lesson on a code, or the list of all codes.
pub(crate) fn explain(
    arguments: &ExplainArguments,
    terminal: Terminal,
    json: bool,
) -> Result<ExitStatus, Failure> {
    let stream = Stream::Out;
    let (width, style) = (stream.width(), terminal.style(stream));
    let lesson = arguments.code.as_deref().map(find).transpose()?;
    let text = match lesson {
        Some(lesson) if json => report::lessons_json(&[lesson]),
        Some(lesson) => report::explanation(&lesson, width, style),
        None if json => report::lessons_json(&report::lessons()),
        None => report::lesson_list(&report::lessons(), width, style),
    };
    Terminal::result(stream, text.as_bytes())?;
    Ok(ExitStatus::Done)
}

fn find(code: &str) -> Result<Lesson, Failure> {
    report::lesson_on(code).ok_or_else(|| {
        let nearest = report::nearest_code(code);
        let nearest = nearest.map_or_else(String::new, |code| format!("the nearest is {code}; "));
        let hint = format!("{nearest}`rustbound explain` lists all codes");
        Failure::new(Unknown(code.to_owned()), hint)
    })
}

#[derive(Debug, thiserror::Error)]
#[error("there is no code {0:?}")]
struct Unknown(String);
