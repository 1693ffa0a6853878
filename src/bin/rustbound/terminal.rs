//! The terminal: colours, widths, and who hears what. The only file that knows anstream.

use crate::args::Global;
use crate::failure::Failure;
use anstream::{AutoStream, ColorChoice};
use rustbound::report::table::Style;
use std::io::{self, Write};

/// The columns of a page whose reader has no terminal.
const PAGE_WIDTH: u16 = 80;

/// How rustbound talks: results to stdout, everything else to stderr.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    color: ColorChoice,
    quiet: bool,
    verbose: bool,
}

/// One of the two streams to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    /// Results.
    Out,
    /// Everything else; results too, where stdout belongs to the profiled program.
    Err,
}

impl Stream {
    /// The columns that a result may take there.
    pub(crate) fn width(self) -> u16 {
        let size = match self {
            Stream::Out => terminal_size::terminal_size_of(io::stdout()),
            Stream::Err => terminal_size::terminal_size_of(io::stderr()),
        };
        size.map_or(PAGE_WIDTH, |(width, _)| width.0)
    }
}

impl Terminal {
    /// The terminal as the global options ask for it.
    pub(crate) fn new(global: &Global) -> Self {
        Self {
            color: global.color.into(),
            quiet: global.quiet,
            verbose: global.verbose,
        }
    }

    /// Writes a result as it is: it has its colours already. A failed write is a failure of the command,
    /// since the disk may be full; but a reader that closed its end of a pipe has heard enough.
    pub(crate) fn result(stream: Stream, bytes: &[u8]) -> Result<(), Failure> {
        let (name, written) = match stream {
            Stream::Out => ("stdout", write(&mut io::stdout().lock(), bytes)),
            Stream::Err => ("stderr", write(&mut io::stderr().lock(), bytes)),
        };
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(
                Unwritten(name, error),
                format!("check where {name} leads to: its disk may be full"),
            )),
            _ => Ok(()),
        }
    }

    /// Whether a result is coloured there.
    pub(crate) fn style(self, stream: Stream) -> Style {
        let choice = match self.color {
            ColorChoice::Auto if stream == Stream::Out => AutoStream::choice(&io::stdout()),
            ColorChoice::Auto => AutoStream::choice(&io::stderr()),
            chosen => chosen,
        };
        Style {
            color: choice != ColorChoice::Never,
        }
    }

    /// Says what is going on, unless asked to be quiet.
    pub(crate) fn say(self, text: &str) {
        if !self.quiet {
            self.line("", text);
        }
    }

    /// Says what only a curious user wants to know.
    pub(crate) fn detail(self, text: &str) {
        if self.verbose {
            self.line("", text);
        }
    }

    /// Warns, unless asked to be quiet.
    pub(crate) fn warn(self, text: &str) {
        if !self.quiet {
            self.line("\x1b[1;33mwarning:\x1b[0m ", text);
        }
    }

    pub(crate) fn error(self, text: &str) {
        self.line("\x1b[1;31merror:\x1b[0m ", text);
    }

    pub(crate) fn cause(self, text: &str) {
        self.line("\x1b[1mcaused by:\x1b[0m ", text);
    }

    pub(crate) fn hint(self, text: &str) {
        self.line("\x1b[1;32mhint:\x1b[0m ", text);
    }

    /// A line to stderr, with control characters of the text made visible. Whoever closed stderr
    /// does not want to know: a failed write is no failure.
    fn line(self, label: &str, text: &str) {
        let text = rustbound::report::visible(text);
        let mut stream = AutoStream::new(io::stderr().lock(), self.color);
        let _ = writeln!(stream, "{label}{text}");
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the result can't be written to {0}")]
struct Unwritten(&'static str, #[source] io::Error);

fn write(stream: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes)?;
    stream.flush()
}
