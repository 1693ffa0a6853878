//! The generated crates: they build, they pass, and they notice when Rust does something else.

use crate::environment;
use crate::replay::job;
use crate::tool::{Run, Workplace};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The target folder that all generated crates share: PyO3 is compiled once.
pub(crate) fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("crates")
}

pub(crate) fn cargo(workspace: &Path, arguments: &[&str]) -> Run {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(arguments)
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", target());
    Run::of(cargo.env("PYO3_PYTHON", environment::python()))
}

fn pytest(workspace: &Path) -> Run {
    let mut pytest = Command::new(environment::python());
    pytest
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider"])
        .current_dir(workspace);
    Run::of(pytest.env("CARGO_TARGET_DIR", target()))
}

/// Builds a workspace of crates without a warning and runs its tests, as the crates' READMEs say.
pub(crate) fn build_and_test(workspace: &Path) {
    let build = cargo(workspace, &["build", "--quiet"]).expect(0);
    assert!(!build.stderr.contains("warning"), "{}", build.stderr);
    let tests = pytest(workspace).expect(0);
    assert!(tests.stdout.contains(" passed"), "{}", tests.stdout);
}

#[test]
fn crates_of_hostile_functions_build_without_a_warning_and_pass() {
    let workplace = Workplace::new();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/crates");
    copy(&fixture, workplace.path());
    let workspace = workplace.path().join("golden");
    build_and_test(&workspace);
    cargo(&workspace, &["clippy", "--quiet", "--", "-D", "warnings"]).expect(0);
    cargo(&workspace, &["fmt", "--check"]).expect(0);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder is made");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name");
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).expect("a file is copied");
        }
    }
}

/// Puts a body into the function that a person is to write.
fn write_rust(native: &Path, body: &str) {
    let text = fs::read_to_string(native).expect("the crate has a native.rs");
    let start = text
        .find("-> PyResult<Option<f64>> {")
        .expect("it returns a float");
    let signature = text[..start].replace("WRITTEN: bool = false", "WRITTEN: bool = true");
    let lines: Vec<&str> = signature
        .lines()
        .filter(|it| !it.starts_with("#[expect"))
        .collect();
    let signature = lines.join("\n");
    let body = format!("{signature} -> PyResult<Option<f64>> {{\n    let _ = py;\n{body}\n}}\n");
    fs::write(native, body).expect("it can be edited");
}

#[test]
fn parity_holds_for_equal_rust_and_fails_for_other_rust() {
    let workplace = job();
    workplace
        .run(&["analyze", "job.txt", "--source-root", "."])
        .expect(0);
    let workspace = workplace.path().join("reports/job/crates");
    let native = workspace.join("score_rs/src/native.rs");
    let equal = "    let alike = |a| other.chars().filter(|b| *b == a).count();
    Ok(Some(name.chars().map(alike).sum::<usize>() as f64 / 2.0))";
    write_rust(&native, equal);
    build_and_test(&workspace);
    write_rust(&native, &equal.replace("chars()", "bytes()"));
    cargo(&workspace, &["build", "--quiet"]).expect(0);
    let tests = pytest(&workspace).expect(1);
    assert!(
        tests.stdout.contains("test_result_is_the_original_s"),
        "{}",
        tests.stdout
    );
}
