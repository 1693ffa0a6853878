//! What was found out about the machine: for a terminal, and for programs.

use super::columns::{Emphasis, Style};
use super::escape::visible;
use super::table::{paragraph, usable};
use crate::doctor::{Ability, Diagnosis, Finding, Status};
use serde::Serialize;

/// Which of the commands would work, and then each finding with its remedy.
pub fn diagnosis(diagnosis: &Diagnosis, width: u16, style: Style) -> String {
    let width = usable(width);
    let mut parts = vec![paragraph(
        &verdict(diagnosis),
        "",
        Emphasis::Strong,
        width,
        style,
    )];
    let obstacles = Ability::ALL.map(|ability| obstacle(diagnosis, ability, width, style));
    parts.push(obstacles.concat());
    let findings = diagnosis.findings.iter();
    parts.push(findings.map(|it| entry(it, width, style)).collect());
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

/// `run and attach would work here, verify would not.`
fn verdict(diagnosis: &Diagnosis) -> String {
    let (able, unable): (Vec<Ability>, Vec<Ability>) =
        (Ability::ALL.into_iter()).partition(|&ability| diagnosis.works(ability));
    match (&*able, &*unable) {
        (able, []) => format!("{} would work here.", list(able)),
        ([], unable) => format!("None of {} would work here.", list(unable)),
        (able, unable) => format!(
            "{} would work here, {} would not.",
            list(able),
            list(unable)
        ),
    }
}

fn list(abilities: &[Ability]) -> String {
    let names: Vec<&str> = abilities.iter().map(|ability| ability.command()).collect();
    match &*names {
        [] => String::new(),
        [name] => (*name).to_owned(),
        [names @ .., name] => format!("{} and {name}", names.join(", ")),
    }
}

/// Why a command would not work; nothing for one that would.
fn obstacle(diagnosis: &Diagnosis, ability: Ability, width: usize, style: Style) -> String {
    let obstacles = diagnosis.obstacles(ability);
    if obstacles.is_empty() {
        return String::new();
    }
    let found: Vec<String> = obstacles.iter().map(|it| visible(&it.found)).collect();
    let bullet = format!("- {}: ", ability.command());
    paragraph(&found.join("; "), &bullet, Emphasis::Plain, width, style)
}

/// A line with its status and its name, and below it what to do.
fn entry(finding: &Finding, width: usize, style: Style) -> String {
    let (status, emphasis) = match finding.status {
        Status::Ok => ("ok", Emphasis::Faint),
        Status::Warning => ("warning", Emphasis::Plain),
        Status::Missing => ("missing", Emphasis::Strong),
    };
    let bullet = format!("{status:<7}  {:<13}  ", finding.check.name());
    let found = paragraph(&visible(&finding.found), &bullet, emphasis, width, style);
    let remedy = finding.remedy.as_ref().map(|remedy| {
        let remedy = visible(remedy);
        paragraph(&remedy, "         → ", Emphasis::Plain, width, style)
    });
    found + &remedy.unwrap_or_default()
}

/// The diagnosis for programs, `"schema": "rustbound.doctor/1"`.
///
/// - `process` is the one that was asked about, else null.
/// - `commands` are `run`, `attach` and `verify`, each with `works` and, where it doesn't, `because`: the names of the
///   findings that keep it from working.
/// - `findings` are in an order that doesn't change: `name` (`other_python` may be there several times), `status`
///   (`ok`, `warning`, `missing`), `found`, and `remedy`, which is null where the status is `ok`.
pub fn diagnosis_json(diagnosis: &Diagnosis) -> String {
    let document = Document::new(diagnosis);
    let mut text =
        serde_json::to_string_pretty(&document).expect("texts and numbers are always written");
    text.push('\n');
    text
}

#[derive(Serialize)]
struct Document<'d> {
    schema: &'static str,
    tool: Tool,
    process: Option<u32>,
    commands: Vec<CommandEntry>,
    findings: Vec<FindingEntry<'d>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct CommandEntry {
    command: &'static str,
    works: bool,
    because: Vec<&'static str>,
}

#[derive(Serialize)]
struct FindingEntry<'d> {
    name: &'static str,
    status: &'static str,
    found: &'d str,
    remedy: Option<&'d str>,
}

impl<'d> Document<'d> {
    fn new(diagnosis: &'d Diagnosis) -> Self {
        let command = |ability| CommandEntry::new(diagnosis, ability);
        Self {
            schema: "rustbound.doctor/1",
            tool: Tool {
                name: env!("CARGO_PKG_NAME"),
                version: env!("CARGO_PKG_VERSION"),
            },
            process: diagnosis.process,
            commands: Ability::ALL.into_iter().map(command).collect(),
            findings: diagnosis.findings.iter().map(FindingEntry::new).collect(),
        }
    }
}

impl CommandEntry {
    fn new(diagnosis: &Diagnosis, ability: Ability) -> Self {
        let obstacles = diagnosis.obstacles(ability);
        Self {
            command: ability.command(),
            works: obstacles.is_empty(),
            because: obstacles.iter().map(|it| it.check.name()).collect(),
        }
    }
}

impl<'d> FindingEntry<'d> {
    fn new(finding: &'d Finding) -> Self {
        Self {
            name: finding.check.name(),
            status: match finding.status {
                Status::Ok => "ok",
                Status::Warning => "warning",
                Status::Missing => "missing",
            },
            found: &finding.found,
            remedy: finding.remedy.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fit;
    use super::*;
    use crate::doctor::Check;

    const PLAIN: Style = Style { color: false };

    fn finding(check: Check, blocks: &[Ability], found: &str, remedy: &str) -> Finding {
        Finding {
            check,
            status: match (remedy, blocks) {
                ("", _) => Status::Ok,
                (_, []) => Status::Warning,
                _ => Status::Missing,
            },
            found: found.into(),
            remedy: Some(remedy.to_owned()).filter(|remedy| !remedy.is_empty()),
            blocks: blocks.into(),
        }
    }

    fn example() -> Diagnosis {
        let of_process =
            "process 7 (x\x1b[2J\u{202e}\n.py) may not be read: Permission denied (os error 13)";
        Diagnosis {
            process: Some(7),
            findings: vec![
                finding(
                    Check::Sampling,
                    &[],
                    "a Python 3.11.7 that was started here was read",
                    "",
                ),
                finding(
                    Check::Process,
                    &[Ability::Attach],
                    of_process,
                    "`sudo rustbound attach 7`",
                ),
                finding(Check::PySpy, &[], "it is not there", "do without"),
                finding(
                    Check::Cargo,
                    &[Ability::Verify],
                    "cargo was not found on PATH",
                    "install Rust",
                ),
            ],
        }
    }

    #[test]
    fn the_commands_come_first_and_every_finding_has_its_remedy() {
        assert_eq!(
            diagnosis(&example(), 80, PLAIN),
            "run would work here, attach and verify would not.\n\
             \n\
             - attach: process 7 (x\\x1b[2J\\u202e\\n.py) may not be read: Permission denied (os\n\
             \x20         error 13)\n\
             - verify: cargo was not found on PATH\n\
             \n\
             ok       sampling       a Python 3.11.7 that was started here was read\n\
             missing  process        process 7 (x\\x1b[2J\\u202e\\n.py) may not be read:\n\
             \x20                       Permission denied (os error 13)\n\
             \x20        → `sudo rustbound attach 7`\n\
             warning  py_spy         it is not there\n\
             \x20        → do without\n\
             missing  cargo          cargo was not found on PATH\n\
             \x20        → install Rust\n"
        );
    }

    #[test]
    fn no_line_is_wider_than_asked_and_nothing_escapes() {
        for width in 40..=120 {
            let text = diagnosis(&example(), width, PLAIN);
            for line in text.lines() {
                assert!(fit::width(line) <= width.into(), "{width}: {line}");
                assert!(!line.chars().any(char::is_control), "{line:?}");
            }
        }
    }

    #[test]
    fn the_verdict_names_all_three_commands() {
        let check = |blocks: &[Ability], expected: &str| {
            let findings = vec![finding(Check::Python, blocks, "x", "y")];
            let process = None;
            assert_eq!(verdict(&Diagnosis { process, findings }), expected);
        };
        check(&[], "run, attach and verify would work here.");
        check(
            &[Ability::Run],
            "attach and verify would work here, run would not.",
        );
        check(
            &Ability::ALL,
            "None of run, attach and verify would work here.",
        );
    }

    #[test]
    fn programs_read_what_people_read() {
        let text = diagnosis_json(&example());
        let document: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
        assert_eq!(document["schema"], "rustbound.doctor/1");
        assert_eq!(document["process"], 7);
        let attach = &document["commands"][1];
        assert_eq!(attach["command"], "attach");
        assert_eq!(
            (&attach["works"], &attach["because"][0]),
            (&false.into(), &"process".into())
        );
        let finding = &document["findings"][3];
        assert_eq!(finding["name"], "cargo");
        assert_eq!(finding["status"], "missing");
        assert_eq!(finding["remedy"], "install Rust");
        assert!(document["findings"][0]["remedy"].is_null());
    }
}
