//! Profile files: what each format says, read and written.
//!
//! No format knows another. A reader takes bytes as they come, from anyone: what it can't use it
//! skips with a warning or refuses with an error that says where, and no bytes make it panic.

mod collapsed;
mod detect;
mod error;
mod native;
mod pstats;
mod py_spy;
mod scalene;
mod speedscope;
mod tachyon;
#[cfg(test)]
mod testing;
mod warnings;

pub use detect::detect;
pub(crate) use native::Told as ToldType;

pub use error::{ReadError, UnknownFormat, WriteError};

use crate::observation::Observation;
use crate::profile::Profile;
use std::io::{BufWriter, Write as _};
use std::{fmt, io, str};

/// A kind of profile file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// rustbound's own, `rustbound.profile/1`: all that a profile holds, and all that was seen of values.
    Native,
    /// Collapsed stacks with counts, which py-spy calls `raw` and inferno `folded`. Written and
    /// read again, each stack keeps its total weight and each frame its name, file and line.
    /// Threads, times, states, instructions, first lines, the weight's unit, the run and the values
    /// seen are lost, and a character that would break a line becomes `_`.
    Collapsed,
    /// <https://www.speedscope.app>'s JSON. Written and read again, each sample keeps its weight,
    /// its thread and its stack, and each frame its name, file and line. States, instructions, gaps
    /// between samples, first lines, the run and the values seen are lost. A frame could tell a column
    /// there, and would be shown as a function of its own for each.
    Speedscope,
    /// What `python -m cProfile -o FILE` writes, for `pstats`: functions and their direct callers, with times. Read
    /// only. Each function has its own time on stacks of its callers, in the shares in which they had it; who called
    /// the callers is taken from the shares of their times. Time in builtins that only wait is idle.
    Pstats,
    /// What `python -m profiling.sampling run --binary -o FILE` of Python 3.15 writes. Read only. Samples keep their
    /// times, threads, stacks, lines, who held the interpreter lock, and instructions where opcodes were recorded; a
    /// collection of garbage is a frame `<GC>`.
    Tachyon,
    /// Scalene's JSON. Read only. The time of each line is its function's: in Python, in native code below it, as a
    /// frame `<native code>`, and without the processor, which is idle time. Who called whom is lost.
    Scalene,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 6] = [
        Self::Native,
        Self::Collapsed,
        Self::Speedscope,
        Self::Pstats,
        Self::Tachyon,
        Self::Scalene,
    ];

    /// Those that are written too.
    pub const WRITTEN: [Self; 3] = [Self::Native, Self::Collapsed, Self::Speedscope];

    /// Their names, as a sentence lists them: `json, collapsed and speedscope`.
    pub fn list(formats: &[Self], conjunction: &str) -> String {
        let names: Vec<&str> = formats.iter().map(|format| format.name()).collect();
        match names.split_last() {
            Some((last, others)) if !others.is_empty() => {
                format!("{} {conjunction} {last}", others.join(", "))
            }
            _ => names.concat(),
        }
    }

    /// The format's name in commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Native => "json",
            Self::Collapsed => "collapsed",
            Self::Speedscope => "speedscope",
            Self::Pstats => "pstats",
            Self::Tachyon => "tachyon",
            Self::Scalene => "scalene",
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
            "pstats" => Ok(Self::Pstats),
            "tachyon" => Ok(Self::Tachyon),
            "scalene" => Ok(Self::Scalene),
            _ => Err(UnknownFormat(name.to_owned())),
        }
    }
}

/// What a file gave.
#[derive(Debug, PartialEq)]
pub struct Read {
    /// The profile.
    pub profile: Profile,
    /// What was seen of values; nothing in formats that can't tell it.
    pub observation: Observation,
    /// What was skipped or mended, and where: `line 3: no count; skipped`.
    pub warnings: Vec<String>,
}

/// What these bytes tell.
pub fn read(bytes: &[u8], format: Format) -> Result<Read, ReadError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if bytes.trim_ascii().is_empty() {
        return Err(ReadError::Empty);
    }
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(ReadError::Utf16);
    }
    match format {
        Format::Native => native::read(bytes),
        Format::Collapsed => collapsed::read(bytes),
        Format::Speedscope => speedscope::read(bytes),
        Format::Pstats => pstats::read(bytes),
        Format::Tachyon => tachyon::read(bytes),
        Format::Scalene => scalene::read(bytes),
    }
}

/// Writes a profile and what was seen of values, as far as the format can tell it. The same gives the
/// same bytes.
pub fn write(
    profile: &Profile,
    observation: &Observation,
    format: Format,
    sink: &mut dyn io::Write,
) -> Result<(), WriteError> {
    let mut sink = BufWriter::new(sink);
    match format {
        Format::Native => native::write(profile, observation, &mut sink)?,
        Format::Collapsed => collapsed::write(profile, &mut sink)?,
        Format::Speedscope => speedscope::write(profile, &mut sink)?,
        Format::Pstats | Format::Tachyon | Format::Scalene => {
            return Err(WriteError::ReadOnly { format });
        }
    }
    Ok(sink.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_of_formats_read_as_they_are_written() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
        assert_eq!("rustbound".parse(), Ok(Format::Native));
        let error = "perf".parse::<Format>().expect_err("no such format");
        assert_eq!(
            error.to_string(),
            "there is no format `perf`; the formats are json, collapsed, speedscope, pstats, tachyon and scalene"
        );
    }

    #[test]
    fn files_without_text_are_refused_in_every_format() {
        for format in Format::ALL {
            for bytes in [&b""[..], b"\n", b"\xEF\xBB\xBF \r\n"] {
                assert!(matches!(read(bytes, format), Err(ReadError::Empty)));
            }
            let utf16 = read(b"\xFF\xFEa\0 \x001\0", format);
            assert!(matches!(utf16, Err(ReadError::Utf16)));
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_file() {
        for format in Format::WRITTEN {
            let mut bytes = b"\xEF\xBB\xBF".to_vec();
            write(
                &testing::small_profile(),
                &Observation::default(),
                format,
                &mut bytes,
            )
            .expect("written to memory");
            let marked = read(&bytes, format).expect("what was written");
            let plain = read(&bytes[3..], format).expect("what was written");
            assert_eq!(marked.profile, plain.profile);
            assert_eq!(detect(&bytes, ""), Some(format));
        }
    }

    #[test]
    fn a_full_disk_is_an_error() {
        struct Full;
        impl io::Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        for format in Format::WRITTEN {
            let written = write(
                &testing::small_profile(),
                &Observation::default(),
                format,
                &mut Full,
            );
            let Err(WriteError::Io(error)) = written else {
                panic!("nothing fits on it");
            };
            assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        }
    }

    #[test]
    fn formats_of_other_tools_are_read_and_not_written() {
        for format in Format::ALL {
            let written = write(
                &testing::small_profile(),
                &Observation::default(),
                format,
                &mut io::sink(),
            );
            assert_eq!(written.is_ok(), Format::WRITTEN.contains(&format));
        }
    }

    #[test]
    fn deep_nesting_is_refused_and_not_followed() {
        let deep = "[".repeat(1_000_000);
        for text in [
            &*deep,
            &format!("{{\"run\":{deep}"),
            &format!("{{\"x\":{deep}"),
        ] {
            for format in [Format::Native, Format::Speedscope, Format::Scalene] {
                assert!(read(text.as_bytes(), format).is_err());
            }
            detect(text.as_bytes(), "");
        }
    }

    const OTHER_TOOLS_FILES: &[&[u8]] = &[
        include_bytes!("../../fixtures/profiles/cprofile_3.13.pstats"),
        include_bytes!("../../fixtures/profiles/profile_3.11.pstats"),
        include_bytes!("../../fixtures/profiles/tachyon_opcodes.bin"),
        include_bytes!("../../fixtures/profiles/tachyon_plain.bin"),
        include_bytes!("../../fixtures/profiles/scalene.json"),
    ];

    fn no_reader_panics(bytes: &[u8]) {
        detect(bytes, "x.json");
        for format in Format::ALL {
            drop(read(bytes, format));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            no_reader_panics(&bytes);
        }

        #[test]
        fn no_text_makes_a_reader_panic(text in r##"[ ;():"#a0-9.\-\ne{}\[\],]{0,80}"##) {
            no_reader_panics(text.as_bytes());
        }

        #[test]
        fn no_damage_to_a_file_makes_a_reader_panic(
            profile in testing::any_profile(),
            observation in testing::any_observation(),
            damage in testing::damage(),
        ) {
            for format in Format::WRITTEN {
                let mut bytes = Vec::new();
                write(&profile, &observation, format, &mut bytes).expect("written to memory");
                testing::apply(&damage, &mut bytes);
                no_reader_panics(&bytes);
            }
        }

        #[test]
        fn no_damage_to_another_tools_file_makes_a_reader_panic(
            file in prop::sample::select(OTHER_TOOLS_FILES),
            damage in testing::damage(),
        ) {
            let mut bytes = file.to_vec();
            testing::apply(&damage, &mut bytes);
            no_reader_panics(&bytes);
        }

        #[test]
        fn equal_profiles_give_equal_bytes(
            profile in testing::any_profile(),
            observation in testing::any_observation(),
        ) {
            for format in Format::WRITTEN {
                let (mut one, mut two) = (Vec::new(), Vec::new());
                write(&profile, &observation, format, &mut one).expect("written to memory");
                write(&profile.clone(), &observation.clone(), format, &mut two).expect("written to memory");
                prop_assert_eq!(one, two);
            }
        }
    }
}
