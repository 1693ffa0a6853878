//! Sources in, patterns out: a line each.

use super::{Pattern, Proof};
use crate::source::project::definition;

/// Checks what is found in `f`: `KIND LINE VARIABLE` a line, with `?` where values must tell the type, and `~` where a
/// loop of its caller must repeat it.
#[track_caller]
pub(super) fn check(source: &str, expected: &str) {
    check_in(source, "f", expected);
}

/// The same of a function of this qualified name.
#[track_caller]
pub(super) fn check_in(source: &str, qualname: &str, expected: &str) {
    let patterns = definition(source, qualname).patterns;
    let lines: Vec<String> = patterns.iter().map(line).collect();
    assert_eq!(lines.join("\n"), expected, "{source}");
}

/// Checks that nothing is found in `f`.
#[track_caller]
pub(super) fn check_none(source: &str) {
    check(source, "");
}

fn line(pattern: &Pattern) -> String {
    let proof = match pattern.proof {
        Proof::Source => "",
        Proof::Values => "?",
    };
    let repeated = if pattern.in_loop { "" } else { "~" };
    let variable = pattern.variable.as_deref().unwrap_or_default();
    let line = pattern.position.line;
    let text = format!("{:?}{proof}{repeated} {line} {variable}", pattern.kind);
    text.trim_end().to_owned()
}
