//! The lessons of `rustbound explain`: their Rust compiles, and does what their Python does.

use crate::crates::cargo;
use crate::environment;
use crate::tool::{Run, Workplace};
use rustbound::report::{Lesson, lessons};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

/// What all lessons together need beside PyO3, whose version is that of the generated crates.
const MANIFEST: &str = r#"
[package]
name = "rustbound_lessons"
version = "0.1.0"
edition = "2024"
rust-version = "1.85"
publish = false

[workspace]

[lib]
crate-type = ["cdylib"]
test = false
doctest = false

[dependencies]
chrono = { version = "0.4", default-features = false }
num-bigint = "0.4"
rayon = "1"
pyo3 = { version = "PYO3", features = ["chrono", "experimental-async", "num-bigint"] }
"#;

#[test]
fn the_rust_of_each_lesson_compiles_and_does_what_its_python_does() {
    let workplace = Workplace::new();
    let lessons = lessons();
    write_crate(&workplace, &lessons);
    for lesson in &lessons {
        let name = format!("python/{}.py", module(lesson));
        workplace.file(name, lesson.python);
    }
    let build = cargo(workplace.path(), &["build", "--quiet"]).expect(0);
    assert!(!build.stderr.contains("warning"), "{}", build.stderr);
    let library = crate::crates::target().join("debug/librustbound_lessons.so");
    let mut python = Command::new(environment::python());
    python.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/lessons.py"));
    python.arg(library).arg(workplace.path().join("python"));
    let run = Run::of(&mut python).expect(0);
    assert_eq!(run.stdout.trim(), format!("{} lessons hold", lessons.len()));
}

/// A crate with a module for each lesson.
fn write_crate(workplace: &Workplace, lessons: &[Lesson]) {
    workplace.file("Cargo.toml", &MANIFEST.replace("PYO3", &pyo3_version()));
    let config = "[env]\nPYO3_BUILD_EXTENSION_MODULE = \"1\"\n";
    workplace.file(".cargo/config.toml", config);
    let (mut modules, mut parts) = (String::new(), String::new());
    for lesson in lessons {
        let module = module(lesson);
        let text = format!("{}\n{}", lesson.rust, registration(lesson));
        workplace.file(format!("src/{module}.rs"), &text);
        let _ = writeln!(modules, "mod {module};");
        let _ = writeln!(
            parts,
            "    let part = PyModule::new(module.py(), \"{module}\")?;\n    \
             {module}::register(&part)?;\n    module.add_submodule(&part)?;"
        );
    }
    let library = format!(
        "use pyo3::prelude::*;\n\n{modules}\n#[pymodule]\n\
         fn rustbound_lessons(module: &Bound<'_, PyModule>) -> PyResult<()> {{\n{parts}    Ok(())\n}}\n"
    );
    workplace.file("src/lib.rs", &library);
}

fn module(lesson: &Lesson) -> String {
    lesson.code.to_lowercase()
}

/// The version that generated crates have.
fn pyo3_version() -> String {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/crates/golden/Cargo.toml");
    let manifest = fs::read_to_string(golden).expect("the golden crates have a manifest");
    let line = manifest.lines().find(|line| line.starts_with("pyo3 = "));
    let version = line
        .expect("they depend on PyO3")
        .trim_start_matches("pyo3 = ");
    version.trim_matches('"').to_owned()
}

/// A function that adds to a module what a lesson shows to Python.
fn registration(lesson: &Lesson) -> String {
    let mut text = "pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {\n".to_owned();
    for shown in shown(lesson.rust) {
        let line = match shown {
            Shown::Function(name) => {
                format!("module.add_function(wrap_pyfunction!({name}, module)?)?;")
            }
            Shown::Class(name) => format!("module.add_class::<{name}>()?;"),
            Shown::Exception(name) => {
                format!("module.add(\"{name}\", module.py().get_type::<{name}>())?;")
            }
            Shown::Module(name) => {
                format!("module.add_wrapped(pyo3::wrap_pymodule!({name}))?;")
            }
        };
        let _ = writeln!(text, "    {line}");
    }
    text + "    Ok(())\n}\n"
}

/// Something that Python sees.
enum Shown<'l> {
    Function(&'l str),
    Class(&'l str),
    Exception(&'l str),
    Module(&'l str),
}

/// What a lesson's Rust shows to Python at its top level.
fn shown(rust: &str) -> Vec<Shown<'_>> {
    let mut found = Vec::new();
    let mut attribute = "";
    for line in rust.lines() {
        let name_after = |word: &str| {
            let (_, rest) = line.split_once(word)?;
            rest.split(|c: char| !c.is_alphanumeric() && c != '_')
                .next()
        };
        if let Some(rest) = line.strip_prefix("create_exception!(") {
            let name = rest.split(", ").nth(1).expect("module, name, parent");
            found.push(Shown::Exception(name));
        } else if line.starts_with("#[py") && !line.starts_with("#[pyo3(") {
            attribute = line;
        } else if line.starts_with("fn ") || line.starts_with("async fn ") {
            let is_shown = attribute.starts_with("#[pyfunction");
            found.extend(name_after("fn ").filter(|_| is_shown).map(Shown::Function));
            attribute = "";
        } else if line.starts_with("struct ") {
            let is_shown = attribute.starts_with("#[pyclass");
            found.extend(name_after("struct ").filter(|_| is_shown).map(Shown::Class));
            attribute = "";
        } else if line.starts_with("mod ") {
            found.extend(name_after("mod ").map(Shown::Module));
            attribute = "";
        }
    }
    found
}

#[test]
fn a_reader_who_has_seen_enough_may_close_the_pipe() {
    let workplace = Workplace::new();
    let tool = env!("CARGO_BIN_EXE_rustbound");
    let mut shell = Command::new("sh");
    shell.args([
        "-c",
        &format!("'{tool}' explain | head -n 1; '{tool}' explain RB101 | true"),
    ]);
    let run = Run::of(shell.current_dir(workplace.path())).expect(0);
    assert_eq!(run.stdout, "Reasons for a verdict\n");
    assert_eq!(run.stderr, "");
}

#[test]
fn colour_and_quiet_are_minded_and_json_is_one_document() {
    let workplace = Workplace::new();
    let plain = workplace.run(&["explain", "rb101", "--quiet"]).expect(0);
    assert!(
        plain
            .stdout
            .starts_with("RB101: An int may outgrow 64 bit\n")
    );
    let colored = workplace
        .run(&["explain", "RB101", "--color", "always"])
        .expect(0);
    assert!(colored.stdout.starts_with("\u{1b}[1mRB101: "));
    let codes = |arguments: &[&str]| {
        let run = workplace.run(arguments).expect(0);
        let document: serde_json::Value = serde_json::from_str(&run.stdout).expect("it is JSON");
        document["lessons"].as_array().expect("a list").len()
    };
    assert_eq!(codes(&["explain", "--json"]), lessons().len());
    assert_eq!(codes(&["explain", "RB224", "--json"]), 1);
}

#[test]
fn an_unknown_code_is_refused_with_the_nearest() {
    let workplace = Workplace::new();
    let run = workplace.run(&["explain", "RB125"]).expect(2);
    let expected = "error: there is no code \"RB125\"\n\
                    hint: the nearest is RB124; `rustbound explain` lists all codes\n";
    assert_eq!(run.stderr, expected);
    let run = workplace.run(&["explain", "\u{1b}[2Jx"]).expect(2);
    assert!(!run.stderr.contains('\u{1b}'), "{:?}", run.stderr);
    assert!(
        run.stderr
            .ends_with("\nhint: `rustbound explain` lists all codes\n")
    );
}
