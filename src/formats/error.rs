//! Why a profile can't be read or written, and what to do about it.

use super::Format;
use std::io;

/// Why a file can't be read as a profile.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Nothing is in the file.
    #[error("the file is empty: the recording did not get as far as writing it; record again")]
    Empty,
    /// Text as a Windows shell redirects it.
    #[error("the file is UTF-16 text; save it as UTF-8")]
    Utf16,
    /// JSON that stops before its end.
    #[error("the file ends in the middle, at line {line}; copy it again, or record again")]
    Truncated {
        /// The last line.
        line: usize,
        /// What was expected there.
        #[source]
        source: serde_json::Error,
    },
    /// Not JSON, or JSON of another shape. The source names the line and the column.
    #[error("the file is not a {format} profile; name its format if it is another")]
    Json {
        /// The format that it was read as.
        format: Format,
        /// What is wrong, and where.
        #[source]
        source: serde_json::Error,
    },
    /// A later or an unknown version of the native format.
    #[error(
        "the file's schema is `{found}`, and this rustbound reads `{}`; update rustbound, or record again",
        super::native::SCHEMA
    )]
    Schema {
        /// What the file says of itself.
        found: String,
    },
    /// A value that contradicts the rest of the file.
    #[error("`{place}`: {problem}; the file is damaged: record or export it again")]
    Damaged {
        /// Where: a path into the JSON, `stacks.parent[17]`, or `byte 17`.
        place: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Lines, but not one collapsed stack.
    #[error("no line is a collapsed stack, `outer;inner 12`; the first problem is at {problem}")]
    NoStack {
        /// `line 1: no count`.
        problem: String,
    },
    /// A file without a sample.
    #[error("the file has no samples; record again, for longer or at a higher rate")]
    NoSamples,
    /// A profile of memory.
    #[error("`{profile}` counts bytes: it says where memory went, not time; record a time profile")]
    Bytes {
        /// The name of the profile within the file.
        profile: String,
    },
    /// Statistics that name functions by their code.
    #[error(
        "`python -m profile` wrote code into the file; record with `python -m cProfile -o FILE`"
    )]
    CodeObjects,
    /// A later version of the binary format of Python's sampling profiler.
    #[error(
        "Python {python} wrote version {version} of its binary profile, and this rustbound reads version 1; \
         update rustbound, or record with --collapsed"
    )]
    Version {
        /// The version.
        version: u32,
        /// Who wrote it: `3.16.0`.
        python: String,
    },
    /// Some of the file's profiles count time, others samples.
    #[error("the file holds profiles in seconds and others in counts; export them one by one")]
    MixedUnits,
}

/// Why a profile can't be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The disk is full, or the reader of a pipe went away.
    #[error("cannot write the profile")]
    Io(#[from] io::Error),
    /// A format that other tools write.
    #[error("{format} profiles are read and not written")]
    ReadOnly {
        /// Which.
        format: Format,
    },
}

impl From<serde_json::Error> for WriteError {
    /// Whatever is written here can be said in JSON: what fails is the sink.
    fn from(error: serde_json::Error) -> Self {
        Self::Io(error.into())
    }
}

/// A name that no format has.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("there is no format `{0}`; the formats are {formats}", formats = Format::list(&Format::ALL, "and"))]
pub struct UnknownFormat(pub String);

impl ReadError {
    /// What serde found wrong with a JSON file.
    pub(super) fn json(format: Format, bytes: &[u8], source: serde_json::Error) -> Self {
        let last = bytes.split(|&byte| byte == b'\n').enumerate().last();
        // A number that was cut off, `0.`, is wrong and not unfinished, but at the end too.
        let is_at_end = last.is_some_and(|(index, line)| {
            source.is_syntax() && source.line() == index + 1 && source.column() >= line.len()
        });
        if source.is_eof() || is_at_end {
            let line = source.line();
            Self::Truncated { line, source }
        } else {
            Self::Json { format, source }
        }
    }

    pub(super) fn damaged(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Damaged {
            place: place.into(),
            problem: problem.into(),
        }
    }
}
