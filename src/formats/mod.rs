//! Profile files: what each format says, read and written.
//!
//! No format knows another. A reader takes bytes as they come, from anyone: what it can't use it
//! skips with a warning or refuses with an error that says where, and no bytes make it panic.

mod collapsed;
mod detect;
mod error;
mod native;
mod py_spy;
mod speedscope;
mod warnings;

pub use detect::detect;
pub use error::{ReadError, UnknownFormat, WriteError};

use crate::profile::Profile;
use std::io::{BufWriter, Write as _};
use std::{fmt, io, str};

/// A kind of profile file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// rustbound's own, `rustbound.profile/1`: all that a profile holds.
    Native,
    /// Collapsed stacks with counts, which py-spy calls `raw` and inferno `folded`. Written and
    /// read again, each stack keeps its total weight and each frame its name, file and line.
    /// Threads, times, states, first lines, the weight's unit and the run are lost, and a character
    /// that would break a line becomes `_`.
    Collapsed,
    /// <https://www.speedscope.app>'s JSON. Written and read again, each sample keeps its weight,
    /// its thread and its stack, and each frame its name, file and line. States, gaps between
    /// samples, first lines and the run are lost.
    Speedscope,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::Native, Self::Collapsed, Self::Speedscope];

    /// The format's name in commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Native => "json",
            Self::Collapsed => "collapsed",
            Self::Speedscope => "speedscope",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl str::FromStr for Format {
    type Err = UnknownFormat;

    /// The format of a name; `rustbound` is another name of `json`.
    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        match name {
            "json" | "rustbound" => Ok(Self::Native),
            "collapsed" => Ok(Self::Collapsed),
            "speedscope" => Ok(Self::Speedscope),
            _ => Err(UnknownFormat(name.to_owned())),
        }
    }
}

/// What a file gave.
#[derive(Debug)]
pub struct Read {
    /// The profile.
    pub profile: Profile,
    /// What was skipped or mended, and where: `line 3: no count; skipped`.
    pub warnings: Vec<String>,
}

/// The profile in these bytes.
pub fn read(bytes: &[u8], format: Format) -> Result<Read, ReadError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if bytes.trim_ascii().is_empty() {
        return Err(ReadError::Empty);
    }
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(ReadError::Utf16);
    }
    match format {
        Format::Native => native::read(bytes).map(Read::without_warnings),
        Format::Collapsed => collapsed::read(bytes),
        Format::Speedscope => speedscope::read(bytes),
    }
}

/// Writes a profile. The same profile gives the same bytes.
pub fn write(
    profile: &Profile,
    format: Format,
    sink: &mut dyn io::Write,
) -> Result<(), WriteError> {
    let mut sink = BufWriter::new(sink);
    match format {
        Format::Native => native::write(profile, &mut sink)?,
        Format::Collapsed => collapsed::write(profile, &mut sink)?,
        Format::Speedscope => speedscope::write(profile, &mut sink)?,
    }
    Ok(sink.flush()?)
}

impl Read {
    fn without_warnings(profile: Profile) -> Self {
        Self {
            profile,
            warnings: Vec::new(),
        }
    }
}
