//! What the values of arguments may be, and what is said of others.

use rustbound::formats::Format;
use rustbound::plan::Severity;
use rustbound::profile::Hertz;
use rustbound::record::Installed;
use std::path::PathBuf;
use std::time::Duration;

/// Where samples come from.
#[derive(Clone, Debug)]
pub(crate) enum Sampler {
    /// The built-in sampler.
    Embedded,
    /// One that is installed.
    Installed(Installed),
    /// A recorded profile.
    Replay(PathBuf),
}

pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let seconds_each = match &text[digits.len()..] {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err("a time is a number with ms, s, m or h, such as 30s".to_owned()),
    };
    let number: f64 = digits
        .parse()
        .map_err(|_| "a time is a number with ms, s, m or h, such as 30s")?;
    match Duration::try_from_secs_f64(number * seconds_each) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err("a time is longer than nothing and shorter than for ever".to_owned()),
    }
}

pub(crate) fn rate(text: &str) -> Result<Hertz, String> {
    match text.parse() {
        Ok(rate) if (1.0..=10_000.0).contains(&rate) => Ok(Hertz(rate)),
        _ => Err("a rate is a number from 1 to 10000".to_owned()),
    }
}

pub(crate) fn severity(text: &str) -> Result<Severity, String> {
    match text {
        "low" => Ok(Severity::Low),
        "medium" => Ok(Severity::Medium),
        "high" => Ok(Severity::High),
        _ => Err("a risk is low, medium or high".to_owned()),
    }
}

pub(crate) fn amount(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(amount) if amount > 0.0 && f64::is_finite(amount) => Ok(amount),
        _ => Err("an amount is a number above 0".to_owned()),
    }
}

pub(crate) fn count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count) if count > 0 => Ok(count),
        _ => Err("candidates are counted from 1".to_owned()),
    }
}

pub(crate) fn sampler(text: &str) -> Result<Sampler, String> {
    match text.split_once(':') {
        None if text == "embedded" => Ok(Sampler::Embedded),
        None if text == "py-spy" => Ok(Sampler::Installed(Installed::PySpy)),
        None if text == "tachyon" => Ok(Sampler::Installed(Installed::Tachyon)),
        Some(("replay", file)) if !file.is_empty() => Ok(Sampler::Replay(file.into())),
        _ => Err("a sampler is `embedded`, `py-spy`, `tachyon` or `replay:FILE`".to_owned()),
    }
}

pub(crate) fn live_sampler(text: &str) -> Result<Sampler, String> {
    match sampler(text) {
        Ok(Sampler::Replay(_)) | Err(_) => {
            Err("a sampler is `embedded`, `py-spy` or `tachyon`".to_owned())
        }
        live => live,
    }
}

pub(crate) fn format(text: &str) -> Result<Format, String> {
    text.parse()
        .map_err(|error: rustbound::formats::UnknownFormat| error.to_string())
}

pub(crate) fn written_format(text: &str) -> Result<Format, String> {
    let format = format(text)?;
    let written = Format::WRITTEN.contains(&format);
    written.then_some(format).ok_or_else(|| {
        let formats = Format::list(&Format::WRITTEN, "and");
        format!("{format} profiles are read and not written; written are {formats}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_numbers_with_a_unit() {
        assert_eq!(duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("2m"), Ok(Duration::from_mins(2)));
        for bad in ["", "s", "-1s", "0", "1e999s", "nan", "3 weeks"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
