//! The py-spy on the path: how it is called, and the file that it writes.

use super::super::{Error, Options};
use super::tool::{Samples, common_options, on_path};
use crate::formats::{self, Format, ReadError};
use std::fs;
use std::path::{Path, PathBuf};

const STACKS: &str = "stacks.json";

/// The `py-spy` on the path.
pub(super) fn find() -> Result<PathBuf, Error> {
    on_path("py-spy").ok_or(Error::PySpyNotFound)
}

/// Seconds are whole there, so that its own limit is for the case that nobody ends it earlier.
pub(super) fn arguments(pid: u32, options: &Options) -> Vec<String> {
    let rate = options.rate.0.round().max(1.0);
    let mut words = vec![
        "record".to_owned(),
        "--format=speedscope".to_owned(),
        format!("--output={STACKS}"),
        "--threads".to_owned(),
        "--full-filenames".to_owned(),
        format!("--rate={rate}"),
        format!("--pid={pid}"),
    ];
    if !options.blocking {
        words.push("--nonblocking".to_owned());
    }
    words.extend(common_options(options));
    words
}

/// The one file that it wrote, if it did.
pub(super) fn read(folder: &Path) -> Option<Result<Samples, String>> {
    let bytes = fs::read(folder.join(STACKS)).ok();
    let bytes = bytes.filter(|bytes| !bytes.is_empty())?;
    Some(match formats::read(&bytes, Format::Speedscope) {
        Ok(read) => Ok(Samples {
            profile: read.profile,
            unread: Vec::new(),
        }),
        Err(ReadError::NoSamples) => Ok(Samples::default()),
        Err(error) => Err(error.to_string()),
    })
}

/// The first line of its errors.
pub(super) fn reason(said: &str) -> Option<String> {
    let line = said.lines().map(str::trim).find(|line| !line.is_empty())?;
    Some(line.strip_prefix("Error: ").unwrap_or(line).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Hertz;
    use std::time::Duration;

    #[test]
    fn it_is_bounded_where_the_recording_is() {
        let options = |duration| Options {
            rate: Hertz(99.6),
            duration,
            ..Options::default()
        };
        let words = arguments(7, &options(None));
        assert!(words.contains(&"--rate=100".to_owned()) && words.contains(&"--pid=7".to_owned()));
        assert!(words.contains(&"--nonblocking".to_owned()));
        assert!(!words.iter().any(|word| word.starts_with("--duration")));
        let words = arguments(7, &options(Some(Duration::from_millis(1_500))));
        assert!(words.contains(&"--duration=3".to_owned()));
    }

    #[test]
    fn the_first_line_that_says_something_is_the_reason() {
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(reason(text).as_deref(), expected);
        check(
            "\n Error: it is not allowed\nReason: x\n",
            Some("it is not allowed"),
        );
        check("", None);
    }
}
