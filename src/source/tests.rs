//! The names that the program's tests mention.

use super::Roots;
use super::files::Files;
use super::read::read;
use rustc_hash::FxHashSet;
use std::path::{Path, PathBuf};

/// At most so many files are read: a large project's tests are still searched in a moment.
const MOST_FILES: usize = 1_000;

/// At most so many folders are looked into.
const MOST_FOLDERS: usize = 5_000;

/// Folders that hold other people's code, or none.
const FOREIGN: [&str; 6] = [
    "node_modules",
    "site-packages",
    "dist-packages",
    "venv",
    "build",
    "__pycache__",
];

/// The words of all test files below the source roots: what pytest and unittest call one, `test_*.py` and `*_test.py`,
/// and what lies in a folder `test` or `tests`.
#[derive(Debug, Default)]
pub(super) struct Tests {
    words: FxHashSet<String>,
}

impl Tests {
    /// Reads them.
    pub(super) fn find(roots: &Roots) -> Self {
        let mut search = Search {
            files: roots.files(),
            found: Vec::new(),
            folders: roots
                .named()
                .into_iter()
                .map(|root| (root, false))
                .collect(),
        };
        search.run();
        let texts = search
            .found
            .iter()
            .filter_map(|file| read(search.files, file).ok());
        let mut words = FxHashSet::default();
        for text in texts {
            let found = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
            words.extend(found.filter(|word| !word.is_empty()).map(str::to_owned));
        }
        Self { words }
    }

    /// Whether a test mentions a name.
    pub(super) fn mention(&self, name: &str) -> bool {
        self.words.contains(name)
    }
}

struct Search<'r> {
    files: &'r Files,
    found: Vec<PathBuf>,
    /// Folders to look into, and whether all that they hold are tests.
    folders: Vec<(PathBuf, bool)>,
}

impl Search<'_> {
    fn run(&mut self) {
        for _ in 0..MOST_FOLDERS {
            let Some((folder, of_tests)) = self.folders.pop() else {
                return;
            };
            if self.found.len() >= MOST_FILES {
                return;
            }
            self.look_into(&folder, of_tests);
        }
    }

    /// What can't be read is not there.
    fn look_into(&mut self, folder: &Path, of_tests: bool) {
        let mut names = self.files.names_in(folder).unwrap_or_default();
        names.sort_unstable();
        for name in names {
            let Some(name) = name.to_str() else { continue };
            let path = folder.join(name);
            if is_test(name) || (of_tests && name.ends_with(".py")) {
                self.found.push(path);
            } else if !name.contains('.') && !FOREIGN.contains(&name) && self.is_folder(&path) {
                self.folders
                    .push((path, of_tests || matches!(name, "test" | "tests")));
            }
        }
    }

    /// A link to a folder may lead in a circle.
    fn is_folder(&self, path: &Path) -> bool {
        let is_link = self.files.real(path).is_ok_and(|real| real != path);
        !is_link && self.files.metadata(path).is_ok_and(|found| found.is_dir())
    }
}

fn is_test(name: &str) -> bool {
    let stem = name.strip_suffix(".py");
    stem.is_some_and(|stem| stem.starts_with("test_") || stem.ends_with("_test"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    #[test]
    fn a_name_that_a_test_mentions_is_found() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("it is made");
            std::fs::write(path, text).expect("it is written");
        };
        write("job.py", "def parse(): ...\ndef other(): ...");
        write("tests/unit/cases.py", "assert job.parse('a') == 1");
        write("test_more.py", "from job import score");
        write("venv/test_foreign.py", "other()");
        let roots = Roots::new(&[folder.path().to_owned()], None, Some(Path::new("/")));
        let mut sources = Sources::new(roots);
        let found = ["parse", "score", "other"].map(|name| sources.tests_mention(name));
        assert_eq!(found, [true, true, false]);
    }
}
