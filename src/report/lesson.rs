//! The lessons on codes: what each is about, in Python and in Rust. Their texts are the files in `lessons/`.

/// A lesson of half a page. The texts are Markdown of one paragraph each, in which only code is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// What it is about: `RB101`.
    pub code: &'static str,
    /// The same in a few words.
    pub title: &'static str,
    /// When the code appears in a report, or the construct in a program.
    pub when: &'static str,
    /// Why it matters for a move.
    pub why: &'static str,
    /// A Python example, ending with assertions that hold for the Rust one too.
    pub python: &'static str,
    /// The same functions and classes with `PyO3`.
    pub rust: &'static str,
    /// What to compare of the two.
    pub test: &'static str,
}

/// What a lesson's code stands for, told by its first digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Series {
    /// `RB0xx`: a reason for a verdict.
    Reason,
    /// `RB1xx`: a risk of a move.
    Risk,
    /// `RB2xx`: something that Python programs are made of, and its counterpart. Reports don't name these.
    Construct,
}

impl Lesson {
    /// What its code stands for.
    pub fn series(&self) -> Series {
        match self.code.as_bytes().get(2) {
            Some(b'0') => Series::Reason,
            Some(b'1') => Series::Risk,
            _ => Series::Construct,
        }
    }
}

/// All lessons, in order of their codes.
pub fn lessons() -> Vec<Lesson> {
    let parsed = SOURCES.iter().map(|(code, text)| parse(code, text));
    parsed
        .collect::<Option<_>>()
        .expect("the lessons have all their sections")
}

/// The lesson on a code, written in any case and without its letters too.
pub fn lesson_on(code: &str) -> Option<Lesson> {
    let code = code.trim().to_ascii_uppercase();
    let digits = code.strip_prefix("RB").unwrap_or(&code);
    let mut all = lessons().into_iter();
    all.find(|lesson| lesson.code.strip_prefix("RB") == Some(digits))
}

/// The code whose number is the nearest, if it isn't far.
pub fn nearest_code(code: &str) -> Option<&'static str> {
    const FAR: u32 = 10;
    let code = code.trim().to_ascii_uppercase();
    let number: u32 = code.strip_prefix("RB").unwrap_or(&code).parse().ok()?;
    let distance = |code: &str| {
        code[2..]
            .parse::<u32>()
            .map_or(FAR, |it| it.abs_diff(number))
    };
    let codes = SOURCES.iter().map(|(code, _)| *code);
    codes
        .min_by_key(|code| distance(code))
        .filter(|code| distance(code) < FAR)
}

fn parse(code: &'static str, text: &'static str) -> Option<Lesson> {
    let title = format!("# {code}: ");
    let (title, rest) = text
        .strip_prefix(&*title)?
        .split_once("\n\n## When it appears\n")?;
    let (when, rest) = rest.split_once("\n\n## Why it matters\n")?;
    let (why, rest) = rest.split_once("\n\n## Python\n```python\n")?;
    let (python, rest) = rest.split_once("```\n\n## Rust\n```rust\n")?;
    let (rust, test) = rest.split_once("```\n\n## What to test\n")?;
    Some(Lesson {
        code,
        title,
        when,
        why,
        python,
        rust,
        test: test.trim_end(),
    })
}

macro_rules! sources {
    ($($code:literal)*) => {
        [$(($code, include_str!(concat!("lessons/", $code, ".md")))),*]
    };
}

const SOURCES: [(&str, &str); 86] = sources![
    "RB001"
    "RB002"
    "RB003"
    "RB004"
    "RB005"
    "RB006"
    "RB007"
    "RB008"
    "RB009"
    "RB010"
    "RB011"
    "RB012"
    "RB013"
    "RB014"
    "RB015"
    "RB016"
    "RB017"
    "RB018"
    "RB019"
    "RB020"
    "RB030"
    "RB031"
    "RB032"
    "RB033"
    "RB034"
    "RB035"
    "RB036"
    "RB037"
    "RB038"
    "RB039"
    "RB040"
    "RB041"
    "RB042"
    "RB043"
    "RB044"
    "RB045"
    "RB046"
    "RB101"
    "RB102"
    "RB103"
    "RB104"
    "RB105"
    "RB106"
    "RB107"
    "RB108"
    "RB109"
    "RB110"
    "RB111"
    "RB112"
    "RB113"
    "RB114"
    "RB115"
    "RB116"
    "RB117"
    "RB118"
    "RB119"
    "RB120"
    "RB121"
    "RB122"
    "RB123"
    "RB124"
    "RB201"
    "RB202"
    "RB203"
    "RB204"
    "RB205"
    "RB206"
    "RB207"
    "RB208"
    "RB209"
    "RB210"
    "RB211"
    "RB212"
    "RB213"
    "RB214"
    "RB215"
    "RB216"
    "RB217"
    "RB218"
    "RB219"
    "RB220"
    "RB221"
    "RB222"
    "RB223"
    "RB224"
    "RB225"
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Code;
    use crate::source::{Proof, Roots, Sources};
    use std::fs;
    use std::path::Path;

    #[test]
    fn every_file_is_a_lesson_with_all_its_sections() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report/lessons");
        let mut files: Vec<String> = fs::read_dir(folder)
            .expect("the lessons have a folder")
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        files.sort_unstable();
        let known: Vec<String> = SOURCES
            .iter()
            .map(|(code, _)| format!("{code}.md"))
            .collect();
        assert_eq!(files, known);
        for (code, text) in SOURCES {
            let lesson = parse(code, text).unwrap_or_else(|| panic!("{code} lacks a section"));
            for prose in [lesson.title, lesson.when, lesson.why, lesson.test] {
                assert!(
                    !prose.is_empty() && !prose.contains('\n'),
                    "{code}: {prose}"
                );
            }
            for prose in [lesson.when, lesson.why, lesson.test] {
                assert!(prose.ends_with(['.', '?']), "{code}: {prose}");
            }
            assert!(lesson.python.contains("assert "), "{code} shows nothing");
            assert!(lesson.rust.contains("use pyo3::prelude::*;"), "{code}");
        }
    }

    #[test]
    fn every_code_has_one_lesson() {
        let of_codes = lessons()
            .into_iter()
            .filter(|it| it.series() != Series::Construct);
        let of_codes: Vec<&str> = of_codes.map(|lesson| lesson.code).collect();
        assert_eq!(of_codes, Code::ALL.map(Code::text));
    }

    #[test]
    fn lessons_name_only_codes_that_have_one() {
        for (code, text) in SOURCES {
            for (place, _) in text.match_indices("RB") {
                let named: String = text[place..].chars().take(5).collect();
                assert!(lesson_on(&named).is_some(), "{code} names {named}");
            }
        }
    }

    #[test]
    fn what_a_lesson_mends_in_python_is_found_there_and_then_no_longer() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let mut sources = Sources::new(Roots::new(&[folder.path().to_owned()], None, None));
        let mut mended = 0;
        let lessons = lessons().into_iter();
        for lesson in lessons.filter(|it| it.python.contains("_slow(")) {
            let file = folder.path().join(format!("{}.py", lesson.code));
            fs::write(&file, lesson.python).expect("a file can be written");
            let module = sources.module(&file.to_string_lossy());
            for definition in &module.expect("Python is read").definitions {
                let is_slow = definition.qualname.ends_with("_slow");
                // What only values could prove, the values of the mended one disprove.
                let patterns = definition.patterns.iter();
                let mut patterns = patterns.filter(|it| is_slow || it.proof == Proof::Source);
                let is_found = patterns.any(|it| Code::Slow(it.kind).text() == lesson.code);
                assert_eq!(is_found, is_slow, "{}", definition.qualname);
                mended += usize::from(is_slow);
            }
        }
        assert_eq!(mended, 17);
    }

    #[test]
    fn a_code_is_found_however_it_is_written() {
        for written in ["RB101", "rb101", "101", " Rb101 "] {
            assert_eq!(
                lesson_on(written).map(|it| it.code),
                Some("RB101"),
                "{written}"
            );
        }
        for unknown in ["", "RB", "RB1", "RB1011", "RBRB101", "too_small"] {
            assert_eq!(lesson_on(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn the_nearest_code_is_not_far() {
        assert_eq!(nearest_code("RB999"), None);
        assert_eq!(nearest_code("too_small"), None);
        assert_eq!(nearest_code("top 2"), None);
        assert_eq!(nearest_code("RB0101"), Some("RB101"));
        assert_eq!(nearest_code("RB099"), Some("RB101"));
        assert_eq!(nearest_code("RB99999999999999"), None);
    }
}
