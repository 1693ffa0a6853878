//! Which functions the program's tests name.

use super::Roots;
use super::read::read;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// So many names are looked at, and so much text is read, at most: enough for large projects, and soon done.
const MOST_NAMES: usize = 20_000;
const MOST_BYTES: usize = 16 << 20;

/// No project has its tests deeper than this.
const DEEPEST: usize = 10;

/// Files that stand in folders whose tests are not the program's: a virtual environment, and the crates of a report,
/// whose tests would make the next plan another one.
const FOREIGN_MARKS: [&str; 2] = ["pyvenv.cfg", "rustbound_testing.py"];

/// Folders whose tests are not the program's.
const FOREIGN: [&str; 4] = [
    "site-packages",
    "dist-packages",
    "node_modules",
    "__pycache__",
];

/// The texts of the tests below the source roots.
#[derive(Debug)]
pub(super) struct TestFiles {
    texts: Vec<String>,
}

impl TestFiles {
    /// Finds and reads them. What can't be read names nothing.
    pub(super) fn read(roots: &Roots) -> Self {
        let mut search = Search {
            roots,
            names: 0,
            found: Vec::new(),
        };
        for folder in roots.real_folders() {
            search.folder(folder, is_test_folder(folder), 0);
        }
        let mut left = MOST_BYTES;
        let mut texts = Vec::new();
        for path in &search.found {
            let Ok(text) = read(roots.files(), path) else {
                continue;
            };
            left = left.saturating_sub(text.len());
            if left == 0 {
                break;
            }
            texts.push(text);
        }
        Self { texts }
    }

    /// Whether one of them has both words: a function's name, and that of its class or module.
    pub(super) fn name(&self, function: &str, owner: &str) -> bool {
        (self.texts.iter()).any(|text| has_word(text, function) && has_word(text, owner))
    }
}

struct Search<'r> {
    roots: &'r Roots,
    names: usize,
    found: Vec<PathBuf>,
}

impl Search<'_> {
    /// Whether a name in a folder without links is no link: that may lead up again, or out of the project.
    fn is_inside(&self, path: &Path) -> bool {
        let real = self.roots.files().real(path);
        real.is_ok_and(|real| real == path)
    }

    /// Looks through a folder in order of name. No part of its path is a link.
    fn folder(&mut self, folder: &Path, is_test: bool, depth: usize) {
        let files = self.roots.files();
        let mut names = files.names_in(folder).unwrap_or_default();
        names.sort();
        let is_foreign = |name: &OsString| FOREIGN_MARKS.iter().any(|mark| name == mark);
        if depth > DEEPEST || names.iter().any(is_foreign) {
            return;
        }
        for name in names {
            self.names += 1;
            let Some(text) = name.to_str().filter(|_| self.names <= MOST_NAMES) else {
                continue;
            };
            let path = folder.join(text);
            if let Some(stem) = text.strip_suffix(".py") {
                if (is_test || is_test_name(stem)) && files.is_file(&path) {
                    self.found.push(path);
                }
            } else if !text.contains('.') && !FOREIGN.contains(&text) && self.is_inside(&path) {
                self.folder(&path, is_test || is_test_folder(&path), depth + 1);
            }
        }
    }
}

/// As pytest and unittest find them.
fn is_test_name(stem: &str) -> bool {
    stem.starts_with("test") || stem.ends_with("_test")
}

fn is_test_folder(folder: &Path) -> bool {
    let name = folder.file_name().and_then(|name| name.to_str());
    matches!(name, Some("test" | "tests"))
}

fn has_word(text: &str, word: &str) -> bool {
    let is_letter = |char: char| char.is_alphanumeric() || char == '_';
    !word.is_empty()
        && text.match_indices(word).any(|(place, _)| {
            let (before, after) = (&text[..place], &text[place + word.len()..]);
            !before.ends_with(is_letter) && !after.starts_with(is_letter)
        })
}

#[cfg(test)]
mod tests {
    use super::super::project::Project;
    use super::*;

    #[test]
    fn tests_are_found_where_pytest_finds_them() {
        let project = Project::of(&[
            "pyproject.toml",
            "run.py",
            ".venv/pyvenv.cfg",
            "env/pyvenv.cfg",
            "reports/x/crates/rustbound_testing.py",
        ]);
        let paths = [
            ("tests/basket.py", "folder"),
            ("pkg/test_basket.py", "prefix"),
            ("pkg/basket_test.py", "suffix"),
            ("pkg/basket.py", "code"),
            ("env/lib/test_x.py", "installed"),
            ("reports/x/crates/x_rs/tests/test_x.py", "installed"),
            (".venv/test_x.py", "installed"),
            ("site-packages/test_x.py", "installed"),
        ];
        for (path, word) in paths {
            project.write(path, &format!("from basket import total as {word}\n"));
        }
        let tests = TestFiles::read(&project.roots("run.py"));
        for (word, is_found) in [
            ("folder", true),
            ("prefix", true),
            ("suffix", true),
            ("code", false),
            ("installed", false),
        ] {
            assert_eq!(tests.name(word, "basket"), is_found, "{word}");
        }
        assert!(!tests.name("folder", "shop"));
    }

    #[test]
    fn a_name_is_a_whole_word() {
        for (text, expected) in [
            ("total(3)", true),
            ("x.total", true),
            ("subtotal total_2 été_total", false),
            ("été total", true),
            ("", false),
        ] {
            assert_eq!(has_word(text, "total"), expected, "{text}");
        }
    }

    #[test]
    fn links_are_not_followed() {
        let project = Project::of(&["run.py", "tests/test_a.py"]);
        project.link("", "tests/up");
        let elsewhere = Project::of(&["tests/test_b.py"]);
        elsewhere.write("tests/test_b.py", "basket.other()");
        let out = elsewhere.path("tests");
        std::os::unix::fs::symlink(out, project.path("out")).expect("a link can be made");
        project.write("tests/test_a.py", "basket.total()");
        let tests = TestFiles::read(&project.roots("run.py"));
        assert!(tests.name("total", "basket"));
        assert!(!tests.name("other", "basket"));
    }
}
