//! The distribution that brought an installed file, as the metadata beside it say. Nothing is imported for that.

use super::Roots;
use super::files::Files;
use super::library::{LibraryKind, library_of};
use super::read::read;
use std::path::{Path, PathBuf};

/// Extras that packages give to what makes them faster, by names that are usual for it.
const COMPILED_EXTRAS: [&str; 17] = [
    "accel",
    "binary",
    "c",
    "cython",
    "fast",
    "gmpy",
    "gmpy2",
    "hiredis",
    "libyaml",
    "lxml",
    "orjson",
    "performance",
    "rs",
    "rust",
    "speed",
    "speedup",
    "speedups",
];

/// What was installed under one name and version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Distribution {
    /// The name that it is installed by: `python-dateutil`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its extras that are compiled code, by their names, and of which nothing is installed.
    pub missing_extras: Vec<String>,
}

impl Roots {
    /// The distribution that brought a file. None for what was not installed, or has no metadata here.
    pub fn distribution(&self, file: &str) -> Option<Distribution> {
        let place = self.place(file);
        let library = library_of(&place.named)?;
        let relative = place.named.strip_prefix(&library.folder).ok()?;
        if library.kind != LibraryKind::Installed {
            return None;
        }
        let installed = Installed::in_folder(self.files(), &library.folder);
        let metadata = installed.metadata_of(self.files(), relative)?;
        Some(installed.distribution(&metadata))
    }
}

/// The distributions of a folder: their normalized names, and the folders of their metadata.
struct Installed(Vec<(String, PathBuf)>);

impl Installed {
    fn in_folder(files: &Files, folder: &Path) -> Self {
        let names = files.names_in(folder).unwrap_or_default().into_iter();
        let mut found: Vec<(String, PathBuf)> = names
            .filter_map(|name| {
                let name = name.into_string().ok()?;
                let (distribution, _) = name.strip_suffix(".dist-info")?.split_once('-')?;
                Some((normalized(distribution), folder.join(&name)))
            })
            .collect();
        found.sort();
        Self(found)
    }

    /// The metadata of the one whose record names a file; the one that is called like the file's package is asked first.
    fn metadata_of(&self, files: &Files, file: &Path) -> Option<String> {
        let line = format!("{},", file.to_str()?);
        let package = file.iter().next()?.to_str()?;
        let package = normalized(package.strip_suffix(".py").unwrap_or(package));
        let (likely, others): (Vec<_>, Vec<_>) = self.0.iter().partition(|it| it.0 == package);
        let mut all = likely.into_iter().chain(others);
        let (_, folder) = all.find(|(_, folder)| {
            let record = read(files, &folder.join("RECORD"));
            record.is_ok_and(|record| record.lines().any(|it| it.starts_with(&line)))
        })?;
        read(files, &folder.join("METADATA")).ok()
    }

    fn distribution(&self, metadata: &str) -> Distribution {
        let headers = metadata.lines().take_while(|line| !line.is_empty());
        let headers: Vec<(&str, &str)> = headers.filter_map(|it| it.split_once(": ")).collect();
        let all = |key: &'static str| {
            let headers = headers.iter().filter(move |it| it.0 == key);
            headers.map(|it| it.1.trim())
        };
        let first = |key| all(key).next().unwrap_or_default().to_owned();
        let extras = all("Provides-Extra").filter(|extra| {
            let mut needed = all("Requires-Dist")
                .filter(|it| extra_of(it) == Some(extra))
                .peekable();
            COMPILED_EXTRAS.contains(extra)
                && needed.peek().is_some()
                && !needed.any(|it| self.has(requirement(it)))
        });
        let mut missing_extras: Vec<String> = extras.map(str::to_owned).collect();
        missing_extras.sort();
        missing_extras.dedup();
        Distribution {
            name: first("Name"),
            version: first("Version"),
            missing_extras,
        }
    }

    fn has(&self, name: &str) -> bool {
        let name = normalized(name);
        self.0.iter().any(|it| it.0 == name)
    }
}

/// The name of a requirement: `hiredis` of `hiredis>=3.0; extra == "hiredis"`.
fn requirement(text: &str) -> &str {
    let is_name = |char: char| char.is_ascii_alphanumeric() || "-_.".contains(char);
    let end = text.find(|char| !is_name(char)).unwrap_or(text.len());
    &text[..end]
}

/// The extra that a requirement is for: `hiredis` of the same.
fn extra_of(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("extra ==")?;
    let rest = rest.trim_start();
    let quote = rest.chars().next().filter(|it| matches!(it, '"' | '\''))?;
    rest[1..].split_once(quote).map(|(extra, _)| extra)
}

/// As the packaging standards compare names: in lower case, with one hyphen for each run of `-`, `_` and `.`.
fn normalized(name: &str) -> String {
    let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::project::Project;

    const SITE: &str = "lib/python3.11/site-packages";

    const METADATA: &str = "Metadata-Version: 2.1\nName: Py-Store\nVersion: 1.2\nProvides-Extra: docs\n\
        Provides-Extra: speedups\nRequires-Dist: six\nRequires-Dist: faststore>=2 ; extra == 'speedups'\n\
        Requires-Dist: sphinx; extra == \"docs\"\n\nVersion: 9 of the text\n";

    fn project() -> Project {
        let project = Project::of(&[]);
        let write = |file: &str, text: &str| project.write(&format!("{SITE}/{file}"), text);
        write("py_store-1.2.dist-info/METADATA", METADATA);
        write(
            "py_store-1.2.dist-info/RECORD",
            "store/a.py,sha256=x,10\nstore.py,,\n",
        );
        write("store-3.dist-info/METADATA", "Name: store\nVersion: 3\n");
        write("store-3.dist-info/RECORD", "store/ab.py,,\n");
        project
    }

    /// `name version missing extras` of the distribution of a file.
    #[track_caller]
    fn check(project: &Project, file: &str, expected: Option<&str>) {
        let found = Roots::default().distribution(&project.text(&format!("{SITE}/{file}")));
        let text = found.map(|it| {
            let parts = [vec![it.name, it.version], it.missing_extras].concat();
            parts.join(" ")
        });
        assert_eq!(text.as_deref(), expected, "{file}");
    }

    #[test]
    fn a_file_is_of_the_distribution_whose_record_names_it() {
        let project = project();
        check(&project, "store/a.py", Some("Py-Store 1.2 speedups"));
        check(&project, "store.py", Some("Py-Store 1.2 speedups"));
        check(&project, "store/ab.py", Some("store 3"));
        check(&project, "store/b.py", None);
        check(&project, "../os.py", None);
    }

    #[test]
    fn an_extra_of_which_something_is_installed_is_not_missing() {
        let project = project();
        project.write(&format!("{SITE}/FastStore-2.0.dist-info/METADATA"), "");
        check(&project, "store/a.py", Some("Py-Store 1.2"));
    }

    #[test]
    fn requirements_are_read_however_they_are_written() {
        for text in [
            "a.b_c[x]>=1; extra == \"fast\"",
            "a.b_c (>=1) ; python_version < '4' and extra =='fast'",
        ] {
            assert_eq!(requirement(text), "a.b_c");
            assert_eq!(extra_of(text), Some("fast"));
        }
        assert_eq!(extra_of("a; extra == fast"), None);
        assert_eq!(extra_of("a"), None);
        assert_eq!(normalized("A.b_-c"), "a-b-c");
    }
}
