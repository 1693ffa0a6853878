//! A candidate in `plan.md`: its line in the table, and its section.

use super::counted;
use crate::plan::{Candidate, Risk};
use crate::report::escape::{cell_code, code, fence, prose, shell, visible};
use crate::report::{seen, signature, words};
use serde::Serialize;

/// A candidate: its line in the table, and its section.
#[derive(Serialize)]
pub(super) struct Section {
    rank: usize,
    cell: String,
    heading: String,
    share: String,
    share_range: String,
    ceiling: String,
    lines: u32,
    complexity: u32,
    place: String,
    unit: Option<String>,
    hot_line: Option<String>,
    size: String,
    seen: Option<String>,
    signature: String,
    risks: Vec<String>,
    #[serde(rename = "crate")]
    folder: String,
    crate_cell: String,
    commands: Option<String>,
}

impl Section {
    pub(super) fn new(candidate: &Candidate, folder: Option<&String>) -> Self {
        let definition = &candidate.definition;
        let name = candidate.name.to_string();
        let folder = folder.map(|folder| format!("crates/{folder}"));
        Self {
            rank: candidate.rank,
            cell: cell_code(&name),
            heading: code(&name),
            share: words::percent(candidate.share.expected),
            share_range: words::percent_range(candidate.share),
            ceiling: words::times(candidate.ceiling.expected),
            lines: definition.lines,
            complexity: definition.complexity,
            place: place(candidate),
            unit: unit(candidate),
            hot_line: hot_line(candidate),
            size: size(candidate),
            seen: seen(candidate),
            signature: fence("python", &signature::python(definition)),
            risks: candidate.risks.iter().map(risk).collect(),
            crate_cell: folder.as_deref().map_or_else(String::new, cell_code),
            commands: folder.as_deref().map(commands),
            folder: folder.as_deref().map_or_else(String::new, code),
        }
    }
}

fn place(candidate: &Candidate) -> String {
    let definition = &candidate.definition;
    let file = code(&candidate.file);
    let (first, last) = (definition.first_line, definition.end_line);
    format!("{file}, lines {first} to {last}")
}

/// What moves with it, if anything does.
fn unit(candidate: &Candidate) -> Option<String> {
    let names: Vec<String> = candidate
        .unit
        .iter()
        .map(|name| code(&name.to_string()))
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// The line and its text: the source text begins with the definition's first line.
fn hot_line(candidate: &Candidate) -> Option<String> {
    let line = candidate.hot_line?;
    let below = line
        .number()
        .checked_sub(candidate.definition.first_line.number());
    let text = below.and_then(|below| candidate.source_text.lines().nth(below as usize));
    Some(match text.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => format!("{line}, {}", code(text)),
        None => line.to_string(),
    })
}

fn size(candidate: &Candidate) -> String {
    let definition = &candidate.definition;
    let count = |count: u32, one, many| counted(count as usize, one, many);
    let lines = count(definition.lines, "line of code", "lines of code");
    let loops = count(definition.loops, "loop", "loops");
    format!(
        "{lines}, cyclomatic complexity {}, {loops}",
        definition.complexity
    )
}

/// What was seen of its arguments, if anything was.
fn seen(candidate: &Candidate) -> Option<String> {
    let phrases = seen::phrases(candidate, code);
    (!phrases.is_empty()).then(|| phrases.join("; "))
}

fn risk(risk: &Risk) -> String {
    let line = risk
        .line
        .map_or_else(String::new, |line| format!(" (line {line})"));
    format!("{}: {}{line}", risk.code, prose(&risk.message))
}

/// What to type to build a crate and test it.
fn commands(folder: &str) -> String {
    let folder = shell(&[visible(folder)]);
    fence("sh", &format!("cd {folder}\ncargo build\npython -m pytest"))
}
