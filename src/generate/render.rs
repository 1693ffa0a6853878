//! Specs become files. Nothing is decided here, and nothing is written.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use serde::Serialize;

use super::{CrateSpec, Error, GUARD, PYO3, Place, RenderedFile, escape};

/// A template's text with its name, which error messages show.
macro_rules! template {
    ($name:literal) => {
        ($name, include_str!(concat!("templates/", $name)))
    };
}

type Template = (&'static str, &'static str);

/// The files of the workspace: their path, and what makes them.
const WORKSPACE: [(&str, Template); 3] = [
    ("Cargo.toml", template!("Cargo.toml.j2")),
    (".cargo/config.toml", template!("config.toml.j2")),
    ("conftest.py", template!("conftest.py.j2")),
];

/// The files of the workspace that are the same everywhere.
const SHARED: [(&str, &str); 3] = [
    (".gitignore", include_str!("templates/gitignore")),
    ("pytest.ini", include_str!("templates/pytest.ini")),
    (
        "rustbound_testing.py",
        include_str!("templates/rustbound_testing.py"),
    ),
];

/// The files of a crate, with `NAME` for its name.
const CRATE: [(&str, Template); 9] = [
    ("NAME/Cargo.toml", template!("crate/Cargo.toml.j2")),
    ("NAME/README.md", template!("crate/README.md.j2")),
    ("NAME/pyproject.toml", template!("crate/pyproject.toml.j2")),
    ("NAME/src/lib.rs", template!("crate/src/lib.rs.j2")),
    ("NAME/src/native.rs", template!("crate/src/native.rs.j2")),
    (
        "NAME/python/NAME/__init__.py",
        template!("crate/python/__init__.py.j2"),
    ),
    (
        "NAME/python/NAME/__init__.pyi",
        template!("crate/python/__init__.pyi.j2"),
    ),
    (
        "NAME/python/NAME/_original.py",
        template!("crate/python/_original.py.j2"),
    ),
    (
        "NAME/tests/test_NAME.py",
        template!("crate/tests/test.py.j2"),
    ),
];

/// The files of a crate that are the same in every crate.
const EVERY_CRATE: [(&str, &str); 3] = [
    ("NAME/src/guard.rs", GUARD),
    (
        "NAME/src/original.rs",
        include_str!("templates/crate/src/original.rs"),
    ),
    ("NAME/python/NAME/py.typed", ""),
];

/// What the templates of the workspace print.
#[derive(Serialize)]
struct Workspace<'a> {
    members: Vec<&'a str>,
    pyo3: &'static str,
    scripts: Vec<Script<'a>>,
    place: &'a Place,
}

/// A module of the program that the tests load from its file.
#[derive(PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Script<'a> {
    module: &'a str,
    file: &'a str,
    runs_on_import: bool,
}

/// The Cargo workspace with the crates, sorted by path; no files where there are no crates.
pub fn render(specs: &[CrateSpec], place: &Place) -> Result<Vec<RenderedFile>, Error> {
    if specs.is_empty() {
        return Ok(Vec::new());
    }
    let environment = environment();
    let mut files = workspace(&environment, specs, place)?;
    for spec in specs {
        files.extend(one_crate(&environment, spec)?);
    }
    files.sort_by(|before, after| before.path.cmp(&after.path));
    Ok(files)
}

fn workspace(
    environment: &Environment<'_>,
    specs: &[CrateSpec],
    place: &Place,
) -> Result<Vec<RenderedFile>, Error> {
    let values = Value::from(Serde(Workspace {
        members: members(specs),
        pyo3: PYO3,
        scripts: scripts(specs),
        place,
    }));
    let mut files = rendered(environment, &WORKSPACE, &values, str::to_owned)?;
    files.extend(SHARED.map(|(path, text)| file(path.to_owned(), text.to_owned())));
    Ok(files)
}

fn one_crate(environment: &Environment<'_>, spec: &CrateSpec) -> Result<Vec<RenderedFile>, Error> {
    let named = |path: &str| path.replace("NAME", &spec.name);
    let values = Value::from(Serde(spec));
    let mut files = rendered(environment, &CRATE, &values, named)?;
    files.extend(EVERY_CRATE.map(|(path, text)| file(named(path), text.to_owned())));
    Ok(files)
}

fn rendered(
    environment: &Environment<'_>,
    templates: &[(&str, Template)],
    values: &Value,
    named: impl Fn(&str) -> String,
) -> Result<Vec<RenderedFile>, Error> {
    templates
        .iter()
        .map(|(path, (name, text))| {
            let text = environment.render_named_str(name, text, values.clone())?;
            Ok(file(named(path), text))
        })
        .collect()
}

fn file(path: String, text: String) -> RenderedFile {
    RenderedFile { path, text }
}

fn members(specs: &[CrateSpec]) -> Vec<&str> {
    let mut members: Vec<&str> = specs.iter().map(|spec| spec.name.as_str()).collect();
    members.sort_unstable();
    members
}

/// Sorted, each once.
fn scripts(specs: &[CrateSpec]) -> Vec<Script<'_>> {
    let mut scripts: Vec<Script<'_>> = specs
        .iter()
        .filter_map(|spec| {
            Some(Script {
                module: &spec.original.module,
                file: spec.original.loaded_from.as_deref()?,
                runs_on_import: spec.original.runs_on_import,
            })
        })
        .collect();
    scripts.sort();
    scripts.dedup();
    scripts
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_syntax(syntax());
    environment.add_filter("rust_string", |text: String| escape::rust_string(&text));
    environment.add_filter("python_string", |text: String| escape::python_string(&text));
    environment.add_filter("toml_string", |text: String| escape::toml_string(&text));
    environment.add_filter("line", |text: String| escape::line(&text));
    environment.add_filter("code_span", |text: String| escape::code_span(&text));
    environment.add_filter("code_block", |text: String, language: String| {
        escape::code_block(&text, &language)
    });
    environment
}

fn syntax() -> SyntaxConfig {
    SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
        .expect("the usual delimiters are no conflict")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::{Path, PathBuf};

    use super::super::samples::fixtures;
    use super::super::spec::specs_of;
    use super::super::{Edited, write};
    use super::*;

    /// What the crates of the fixtures' functions look like. A test elsewhere has them compiled.
    fn golden() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/crates/golden")
    }

    fn rendered_fixtures() -> Vec<RenderedFile> {
        let place = Place {
            source_roots: vec!["../program".to_owned()],
            interpreter: None,
        };
        render(&specs_of(&fixtures()), &place).expect("the templates fit")
    }

    fn files_in(folder: &Path, top: &Path, files: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                files_in(&path, top, files);
            } else {
                let name = path.strip_prefix(top).expect("below the top");
                let text = std::fs::read_to_string(&path).expect("text");
                files.insert(name.to_string_lossy().replace('\\', "/"), text);
            }
        }
    }

    /// `RUSTBOUND_BLESS=1` writes the golden files anew; look at what changed before you commit it.
    #[test]
    fn crates_look_as_they_did() {
        let files = rendered_fixtures();
        if std::env::var_os("RUSTBOUND_BLESS").is_some() {
            write(&files, &golden(), Edited::Overwrite).expect("written");
        }
        let mut expected = BTreeMap::new();
        files_in(&golden(), &golden(), &mut expected);
        let names: Vec<&String> = expected.keys().collect();
        let paths: Vec<&String> = files.iter().map(|file| &file.path).collect();
        assert_eq!(paths, names);
        for file in &files {
            assert_eq!(file.text, expected[&file.path], "{}", file.path);
        }
    }

    #[test]
    fn equal_specs_give_equal_bytes() {
        assert_eq!(rendered_fixtures(), rendered_fixtures());
    }

    #[test]
    fn nothing_that_cannot_be_seen_is_in_a_file() {
        let is_layout = |letter: char| matches!(letter, '\n' | '\t');
        for file in rendered_fixtures() {
            let hidden = file.text.chars().find(|&letter| {
                !is_layout(letter) && !"\"'\\".contains(letter) && letter.escape_debug().len() > 1
            });
            assert_eq!(hidden, None, "{}", file.path);
        }
    }

    #[test]
    fn without_functions_there_is_no_workspace() {
        assert_eq!(render(&[], &Place::default()).expect("no files"), []);
    }

    #[test]
    fn the_interpreter_is_named_only_where_it_was_chosen() {
        let config = |interpreter: Option<&str>| {
            let place = Place {
                source_roots: Vec::new(),
                interpreter: interpreter.map(str::to_owned),
            };
            let files = render(&specs_of(&fixtures()), &place).expect("the templates fit");
            let config = files
                .into_iter()
                .find(|file| file.path == ".cargo/config.toml");
            config.expect("a configuration").text
        };
        assert!(!config(None).contains("PYO3_PYTHON"));
        let quoted = "PYO3_PYTHON = \"C:\\\\py\\\\python.exe\"";
        assert!(config(Some("C:\\py\\python.exe")).contains(quoted));
    }
}
