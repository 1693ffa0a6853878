//! Which format a file has: its content says, and where that leaves it open, its name.

use super::{Format, collapsed, pstats, tachyon};
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use std::fmt;

/// Lines of a text that are looked at before it is held not to be collapsed stacks.
const LINES: usize = 50;

/// The format of a file by its content, or by its name when the content is of no known kind, so
/// that reading it says what is wrong. None when neither tells.
pub fn detect(bytes: &[u8], file_name: &str) -> Option<Format> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let by_content = if pstats::is_pstats(bytes) {
        Some(Format::Pstats)
    } else if tachyon::is_tachyon(bytes) {
        Some(Format::Tachyon)
    } else if bytes.trim_ascii_start().starts_with(b"{") {
        of_json(bytes)
    } else {
        of_lines(bytes)
    };
    by_content.or_else(|| of_name(file_name))
}

fn of_lines(bytes: &[u8]) -> Option<Format> {
    let text = (bytes.split(|&byte| byte == b'\n').take(LINES))
        .map(String::from_utf8_lossy)
        .find(|line| collapsed::is_stack(line))?;
    (!text.contains('\0')).then_some(Format::Collapsed)
}

fn of_name(file_name: &str) -> Option<Format> {
    let name = file_name.to_lowercase();
    let has = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if has(&[".speedscope", ".speedscope.json"]) {
        Some(Format::Speedscope)
    } else if has(&[".json"]) {
        Some(Format::Native)
    } else if has(&[".collapsed", ".folded", ".raw"]) {
        Some(Format::Collapsed)
    } else if has(&[".pstats", ".prof"]) {
        Some(Format::Pstats)
    } else {
        None
    }
}

/// By the keys of the outermost object. Reading stops at the first that tells, so a file that was
/// cut off is recognised too.
fn of_json(bytes: &[u8]) -> Option<Format> {
    let mut keys = Keys::default();
    // An error says that reading stopped early or that the file is broken: no matter here.
    let _ = serde_json::Deserializer::from_slice(bytes).deserialize_map(&mut keys);
    let seen = |all: &[&str]| all.iter().all(|key| keys.seen.contains(key));
    let speedscope = seen(&["shared", "profiles"]).then_some(Format::Speedscope);
    let scalene = seen(&["files", "elapsed_time_sec"]).then_some(Format::Scalene);
    keys.told.or(speedscope).or(scalene)
}

/// Keys that tell a format together with others.
const TELLING: [&str; 4] = ["shared", "profiles", "files", "elapsed_time_sec"];

#[derive(Default)]
struct Keys {
    told: Option<Format>,
    /// Those of [`TELLING`] that were there.
    seen: Vec<&'static str>,
}

impl<'de> Visitor<'de> for &mut Keys {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match &*key {
                "schema" => self.told = of_schema(&map.next_value::<String>()?),
                "$schema" => self.told = of_dollar_schema(&map.next_value::<String>()?),
                _ => {
                    let telling = TELLING.into_iter().filter(|telling| *telling == key);
                    self.seen.extend(telling);
                    map.next_value::<IgnoredAny>()?;
                }
            }
            if self.told.is_some() {
                break;
            }
        }
        Ok(())
    }
}

fn of_schema(schema: &str) -> Option<Format> {
    let any_version = schema.starts_with("rustbound.profile/");
    any_version.then_some(Format::Native)
}

fn of_dollar_schema(schema: &str) -> Option<Format> {
    let is_speedscope = schema.contains("speedscope.app");
    is_speedscope.then_some(Format::Speedscope)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], file_name: &str, expected: Option<Format>) {
        assert_eq!(detect(bytes, file_name), expected, "{file_name}");
    }

    #[test]
    fn content_says_more_than_a_name() {
        check(
            br#"{"schema":"rustbound.profile/1"}"#,
            "a.txt",
            Some(Format::Native),
        );
        check(
            br#" {"samples":{},"schema":"rustbound.profile/9"}"#,
            "",
            Some(Format::Native),
        );
        check(
            br#"{"$schema":"https://www.speedscope.app/x"}"#,
            "a.json",
            Some(Format::Speedscope),
        );
        check(
            br#"{"profiles":[],"shared":{}}"#,
            "a.json",
            Some(Format::Speedscope),
        );
        check(b"main;parse 3\n", "a.json", Some(Format::Collapsed));
        check(b"# mode: cpu\n\n 1\n", "", Some(Format::Collapsed));
        check(b"TACHOMETER;read 3\n", "", Some(Format::Collapsed));
        check(b"HCAT\x01\0\0\0", "", Some(Format::Tachyon));
        check(b"{0", "", Some(Format::Pstats));
        check(b"{0}", "", None);
    }

    #[test]
    fn a_function_named_like_a_schema_decides_nothing() {
        let hostile = br#"{"shared":{"frames":[{"name":"{\"schema\":\"rustbound.profile/1\"}"}]},"profiles":[]}"#;
        check(hostile, "", Some(Format::Speedscope));
    }

    #[test]
    fn every_fixture_is_recognised() {
        let check = |bytes, expected| check(bytes, "", expected);
        check(
            include_bytes!("../../fixtures/profiles/native.json"),
            Some(Format::Native),
        );
        check(
            include_bytes!("../../fixtures/profiles/native_with_values.json"),
            Some(Format::Native),
        );
        check(
            include_bytes!("../../fixtures/profiles/native_schema_2.json"),
            Some(Format::Native),
        );
        check(
            include_bytes!("../../fixtures/profiles/native_truncated.json"),
            Some(Format::Native),
        );
        check(
            include_bytes!("../../fixtures/profiles/py_spy.raw"),
            Some(Format::Collapsed),
        );
        check(
            include_bytes!("../../fixtures/profiles/hazards.collapsed"),
            Some(Format::Collapsed),
        );
        check(
            include_bytes!("../../fixtures/profiles/flamegraph.collapsed"),
            Some(Format::Collapsed),
        );
        check(
            include_bytes!("../../fixtures/profiles/py_spy.speedscope.json"),
            Some(Format::Speedscope),
        );
        check(
            include_bytes!("../../fixtures/profiles/evented.speedscope.json"),
            Some(Format::Speedscope),
        );
        check(
            include_bytes!("../../fixtures/profiles/cprofile_3.9.pstats"),
            Some(Format::Pstats),
        );
        check(
            include_bytes!("../../fixtures/profiles/profile_3.11.pstats"),
            Some(Format::Pstats),
        );
        check(
            include_bytes!("../../fixtures/profiles/tachyon_plain.bin"),
            Some(Format::Tachyon),
        );
        check(
            include_bytes!("../../fixtures/profiles/scalene.json"),
            Some(Format::Scalene),
        );
        check(
            include_bytes!("../../fixtures/profiles/no_stacks.txt"),
            None,
        );
    }

    #[test]
    fn a_name_decides_where_content_does_not() {
        check(b"{\"a\":1}", "a.speedscope.json", Some(Format::Speedscope));
        check(b"{\"a\":1}", "profile.json", Some(Format::Native));
        check(b"nothing known", "Stacks.Folded", Some(Format::Collapsed));
        check(b"\x80\x04\0 1\n", "a.pickle", None);
        check(b"\x80\x04\0 1\n", "a.pstats", Some(Format::Pstats));
        check(b"", "a", None);
    }
}
