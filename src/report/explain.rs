//! Lessons on codes, and the list of all: for a terminal, and for programs.

use super::columns::{Emphasis, Style};
use super::lesson::{Lesson, Series};
use super::table::{paragraph, usable};
use serde::Serialize;
use std::fmt::Write;

/// A lesson: what it is about, the code in Python and in Rust, what to test. Code is never wrapped.
pub fn explanation(lesson: &Lesson, width: u16, style: Style) -> String {
    let width = usable(width);
    let title = format!("{}: {}", lesson.code, lesson.title);
    [
        paragraph(&title, "", Emphasis::Strong, width, style),
        labelled("When", lesson.when, width, style) + &labelled("Why", lesson.why, width, style),
        example("Python", lesson.python, style),
        example("Rust with PyO3", lesson.rust, style),
        labelled("Test", lesson.test, width, style),
    ]
    .join("\n")
}

/// A label, and beside it a text in lines that fit.
fn labelled(label: &str, text: &str, width: usize, style: Style) -> String {
    let bullet = format!("{label:<6}");
    let lines = paragraph(text, &bullet, Emphasis::Plain, width, style);
    let rest = lines
        .strip_prefix(label)
        .expect("the bullet begins with it");
    Emphasis::Strong.set(label, style) + rest
}

fn example(heading: &str, code: &str, style: Style) -> String {
    let mut text = Emphasis::Strong.set(heading, style) + "\n";
    for line in code.lines() {
        let line = format!("  {line}");
        writeln!(text, "{}", line.trim_end()).expect("a string takes everything");
    }
    text
}

/// The code and title of each lesson, by what the codes stand for.
pub fn lesson_list(lessons: &[Lesson], width: u16, style: Style) -> String {
    let width = usable(width);
    let parts = [
        (Series::Reason, "Reasons for a verdict"),
        (Series::Risk, "Risks of a move"),
        (
            Series::Construct,
            "Constructs of Python, and how to write them with PyO3",
        ),
    ];
    let part = |(series, heading): (Series, &str)| {
        let of_series = lessons.iter().filter(|lesson| lesson.series() == series);
        let lines = of_series.map(|lesson| {
            let bullet = format!("{}  ", lesson.code);
            paragraph(lesson.title, &bullet, Emphasis::Plain, width, style)
        });
        let lines: String = lines.collect();
        Emphasis::Strong.set(heading, style) + "\n" + &lines
    };
    let hint = "`rustbound explain CODE` shows the lesson on one.";
    let hint = paragraph(hint, "", Emphasis::Plain, width, style);
    parts.map(part).join("\n") + "\n" + &hint
}

/// Lessons for programs, `"schema": "rustbound.explain/1"`.
///
/// `lessons` are in order of their codes: `code`, `kind` (`reason`, `risk`, `construct`), `title`, the texts `when`,
/// `why` and `test`, and the code in `python` and `rust`.
pub fn lessons_json(lessons: &[Lesson]) -> String {
    let document = Document {
        schema: "rustbound.explain/1",
        tool: Tool {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
        },
        lessons: lessons.iter().map(LessonEntry::new).collect(),
    };
    let text = serde_json::to_string_pretty(&document);
    text.expect("texts are always written") + "\n"
}

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    tool: Tool,
    lessons: Vec<LessonEntry>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct LessonEntry {
    code: &'static str,
    kind: &'static str,
    title: &'static str,
    when: &'static str,
    why: &'static str,
    python: &'static str,
    rust: &'static str,
    test: &'static str,
}

impl LessonEntry {
    fn new(lesson: &Lesson) -> Self {
        Self {
            code: lesson.code,
            kind: match lesson.series() {
                Series::Reason => "reason",
                Series::Risk => "risk",
                Series::Construct => "construct",
            },
            title: lesson.title,
            when: lesson.when,
            why: lesson.why,
            python: lesson.python,
            rust: lesson.rust,
            test: lesson.test,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fit;
    use super::super::lesson::{lesson_on, lessons};
    use super::*;

    const PLAIN: Style = Style { color: false };

    #[test]
    fn a_lesson_is_half_a_page() {
        const HALF_A_PAGE: usize = 52;
        for lesson in lessons() {
            let text = explanation(&lesson, 80, PLAIN);
            let lines = text.lines().count();
            assert!(lines <= HALF_A_PAGE, "{} has {lines} lines", lesson.code);
            for line in text.lines() {
                assert!(fit::width(line) <= 80, "{}: {line}", lesson.code);
                assert!(
                    !line.chars().any(char::is_control),
                    "{}: {line:?}",
                    lesson.code
                );
            }
        }
    }

    #[test]
    fn a_lesson_has_its_labels_and_its_code() {
        let lesson = lesson_on("RB105").expect("there is one");
        let text = explanation(&lesson, 80, PLAIN);
        assert!(text.starts_with("RB105: A generator or coroutine\n\nWhen  The function contains"));
        assert!(text.contains("\nWhy   Stable Rust"), "{text}");
        assert!(
            text.contains("\nPython\n  def countdown(n: int):\n      while n > 0:\n"),
            "{text}"
        );
        assert!(
            text.contains("\nRust with PyO3\n  use pyo3::prelude::*;\n\n  #[pyclass]\n"),
            "{text}"
        );
        let colored = explanation(&lesson, 80, Style { color: true });
        assert!(
            colored.contains("\n\x1b[1mWhy\x1b[0m   Stable"),
            "{colored:?}"
        );
    }

    #[test]
    fn the_list_has_each_code_once_below_its_heading() {
        let text = lesson_list(&lessons(), 80, PLAIN);
        for lesson in lessons() {
            assert_eq!(text.matches(lesson.code).count(), 1, "{}", lesson.code);
        }
        assert!(text.starts_with("Reasons for a verdict\nRB001  Standard library code\n"));
        assert!(text.contains("\n\nRisks of a move\nRB101  "), "{text}");
        assert!(text.ends_with("\n\n`rustbound explain CODE` shows the lesson on one.\n"));
    }

    #[test]
    fn programs_read_what_people_read() {
        let lesson = lesson_on("RB201").expect("there is one");
        let text = lessons_json(&[lesson]);
        let document: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
        assert_eq!(document["schema"], "rustbound.explain/1");
        let entry = &document["lessons"][0];
        assert_eq!(
            (&entry["code"], &entry["kind"]),
            (&"RB201".into(), &"construct".into())
        );
        assert_eq!(entry["rust"], lesson.rust);
    }
}
