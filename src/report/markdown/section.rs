//! A candidate in `plan.md`: its line in the table, and its section.

use super::{counted, prospect, risks};
use crate::plan::{Candidate, Plan, Reason};
use crate::report::escape::{cell_code, code, fence, prose, shell, visible};
use crate::report::figures::{days, money, range};
use crate::report::{seen, signature, words};
use serde::Serialize;

/// A candidate: its line in the table, and its section.
#[derive(Serialize)]
pub(super) struct Section {
    rank: usize,
    cell: String,
    heading: String,
    /// Why nothing from here on is worth its effort, where this is the first of those.
    after_stop: Option<String>,
    share: String,
    migratable: String,
    program: String,
    so_far: String,
    days: String,
    per_year: String,
    codes: String,
    place: String,
    time: String,
    unit: Option<String>,
    hot_line: Option<String>,
    calls: String,
    values: Option<String>,
    boundary: String,
    gain: String,
    effort: String,
    worth: Option<String>,
    seen: Option<String>,
    signature: String,
    alternatives: Vec<String>,
    fixes: Vec<String>,
    risks: Vec<String>,
    #[serde(rename = "crate")]
    folder: String,
    crate_cell: String,
    commands: Option<String>,
}

impl Section {
    /// `place` is its index in the plan.
    pub(super) fn new(plan: &Plan, place: usize, folder: Option<&String>) -> Self {
        let candidate = &plan.candidates[place];
        let (prospect, name) = (&candidate.prospect, candidate.name.to_string());
        let folder = folder.map(|folder| format!("crates/{folder}"));
        let per_year = plan
            .price
            .map(|price| range(price.of(prospect).per_year, money));
        Self {
            rank: candidate.rank,
            cell: cell_code(&name),
            heading: code(&name),
            after_stop: after_stop(plan, place),
            share: words::percent(candidate.share.expected),
            migratable: words::percent(prospect.gain.migratable.expected),
            program: range(prospect.gain.program, words::times),
            so_far: range(prospect.so_far, words::times),
            days: range(prospect.effort, days),
            per_year: per_year.unwrap_or_default(),
            codes: codes(candidate),
            place: self::place(candidate),
            time: time(candidate),
            unit: unit(candidate),
            hot_line: hot_line(candidate),
            calls: prospect::calls(&prospect.per_call),
            values: prospect::values(prospect),
            boundary: prospect::boundary(prospect),
            gain: prospect::gain(prospect),
            effort: prospect::effort(candidate, &size(candidate)),
            worth: prospect::worth(prospect, plan.price),
            seen: seen(candidate),
            signature: fence("python", &signature::python(&candidate.definition)),
            alternatives: prospect::alternatives(prospect),
            fixes: plan.fixes_of(candidate).iter().map(fix).collect(),
            risks: risks::phrases(candidate),
            crate_cell: folder.as_deref().map_or_else(String::new, cell_code),
            commands: folder.as_deref().map(commands),
            folder: folder.as_deref().map_or_else(String::new, code),
        }
    }
}

/// Before the first candidate that saves too little.
fn after_stop(plan: &Plan, place: usize) -> Option<String> {
    let is_worthwhile = |place: usize| plan.candidates[place].prospect.is_worthwhile();
    let stops = !is_worthwhile(place) && (place == 0 || is_worthwhile(place - 1));
    stops.then(words::what_follows)
}

/// The codes of its risks, each once.
fn codes(candidate: &Candidate) -> String {
    let mut codes: Vec<String> = candidate
        .risks
        .iter()
        .map(|it| it.risk.code.to_string())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    codes.join(" ")
}

fn time(candidate: &Candidate) -> String {
    format!(
        "{} of the program's in the interpreter (95 % range {}); without it the program would be {} as fast",
        words::percent(candidate.share.expected),
        words::percent_range(candidate.share),
        words::times(candidate.ceiling.expected)
    )
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

fn fix(fix: &Reason) -> String {
    format!("{}: {}", fix.code, prose(&fix.message))
}

/// What to type to build a crate and test it.
fn commands(folder: &str) -> String {
    let folder = shell(&[visible(folder)]);
    fence("sh", &format!("cd {folder}\ncargo build\npython -m pytest"))
}
