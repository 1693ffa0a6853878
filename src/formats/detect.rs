//! Which format a file has: its content says, and where that leaves it open, its name.

use super::{Format, collapsed};
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use std::fmt;

/// Lines of a text that are looked at before it is held not to be collapsed stacks.
const LINES: usize = 50;

/// The format of a file by its content, or by its name when the content is of no known kind, so
/// that reading it says what is wrong. None when neither tells.
pub fn detect(bytes: &[u8], file_name: &str) -> Option<Format> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let by_content = if bytes.trim_ascii_start().starts_with(b"{") {
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
    let speedscope = keys.shared && keys.profiles;
    keys.told.or(speedscope.then_some(Format::Speedscope))
}

#[derive(Default)]
struct Keys {
    told: Option<Format>,
    shared: bool,
    profiles: bool,
}

impl<'de> Visitor<'de> for &mut Keys {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match &*key {
                "schema" => self.told = map.next_value().ok().and_then(of_schema),
                "$schema" => self.told = map.next_value().ok().and_then(of_dollar_schema),
                _ => {
                    self.shared |= key == "shared";
                    self.profiles |= key == "profiles";
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

fn of_schema(schema: String) -> Option<Format> {
    let any_version = schema.starts_with("rustbound.profile/");
    any_version.then_some(Format::Native)
}

fn of_dollar_schema(schema: String) -> Option<Format> {
    let is_speedscope = schema.contains("speedscope.app");
    is_speedscope.then_some(Format::Speedscope)
}
