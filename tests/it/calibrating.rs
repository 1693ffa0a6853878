//! `rustbound calibrate`: what crossing costs is measured, kept, and used; and nothing else is left behind.

use crate::crates;
use crate::replay::job;
use crate::tool::{Run, Workplace, plan, signal};
use rustix::process::Signal;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// `rustbound calibrate ARGUMENTS…`, which compiles PyO3 once for all tests.
fn calibrate(workplace: &Workplace, arguments: &[&str]) -> Command {
    let mut command = workplace.rustbound();
    command.arg("calibrate").args(arguments);
    command.env("CARGO_TARGET_DIR", crates::target());
    command
}

/// All files and folders below a folder, by name.
fn names_below(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Plans the recorded job as one of the Python that was measured.
fn plan_of_job(workplace: &Workplace, python: &str) -> serde_json::Value {
    let name = Path::new("job.json");
    let convert = ["convert", "job.txt", "--to", "json", "--output", "job.json"];
    workplace.run(&convert).expect(0);
    let path = workplace.path().join(name);
    let text = fs::read_to_string(&path).expect("it was written");
    let mut profile: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    profile["run"]["python"] = python.into();
    fs::write(&path, profile.to_string()).expect("it can be changed");
    let analyze = [
        "analyze",
        "job.json",
        "--source-root",
        ".",
        "--force",
        "--output",
        "report",
    ];
    workplace.run(&analyze).expect(0);
    plan(&workplace.path().join("report"))
}

#[test]
fn what_is_measured_is_kept_and_plans_are_made_with_it() {
    let workplace = job();
    let before = plan_of_job(&workplace, "3.11.7");
    assert_eq!(before["boundary_costs"]["source"], "shipped");
    let run = Run::of(&mut calibrate(&workplace, &["--json"])).expect(0);
    let told: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(told["schema"], "rustbound.calibration/1");
    let figures = told["figures"].as_array().expect("a list");
    for figure in figures {
        let of = |end: &str| figure["nanoseconds"][end].as_f64().expect("a number");
        assert!(0.0 < of("low") && of("low") <= of("expected") && of("expected") <= of("high"));
    }
    let kept = PathBuf::from(told["file"].as_str().expect("a path"));
    let folder = workplace.cache().join("rustbound");
    assert_eq!(kept.parent(), Some(&*folder));
    assert_eq!(names_below(&folder).len(), 1, "{:?}", names_below(&folder));
    let python = told["measured"]["python"].as_str().expect("a version");
    let after = plan_of_job(&workplace, python);
    assert_eq!(after["boundary_costs"]["source"], "measured");
    assert_eq!(after["boundary_costs"]["python"], python);
    assert_eq!(after["boundary_costs"]["date"], told["measured"]["date"]);
}

#[test]
fn figures_that_cannot_be_read_are_told_and_not_used() {
    let workplace = job();
    let name = rustbound::calibrate::file_name("3.11.7").expect("a version");
    let file = workplace.cache().join("rustbound").join(name);
    fs::create_dir_all(file.parent().expect("a folder")).expect("a folder is made");
    fs::write(&file, "{\"schema\": \"rustbound.boundary_costs/9\"}").expect("a file is written");
    let plan = plan_of_job(&workplace, "3.11.7");
    assert_eq!(plan["boundary_costs"]["source"], "shipped");
    let notes = plan["notes"].to_string();
    assert!(notes.contains("rustbound.boundary_costs/9"), "{notes}");
}

#[test]
fn who_interrupts_it_finds_nothing_left() {
    let workplace = Workplace::new();
    let mut command = calibrate(&workplace, &[]);
    let mut child = command.stderr(Stdio::piped()).spawn().expect("it starts");
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut line = String::new();
    stderr.read_line(&mut line).expect("it says something");
    assert!(line.starts_with("building"), "{line}");
    assert!(workplace.cache().exists());
    signal(child.id(), Signal::INT);
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(2));
    assert!(!workplace.cache().exists());
}

#[test]
fn without_cargo_it_says_what_to_install_and_leaves_nothing() {
    let workplace = Workplace::new();
    let python = crate::environment::python();
    let mut command = calibrate(&workplace, &["--python"]);
    let nowhere = workplace.path().join("bin");
    let run = Run::of(command.arg(python).env("PATH", nowhere)).expect(2);
    assert!(
        run.stderr.contains("was not found on PATH"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("https://rustup.rs"), "{}", run.stderr);
    assert!(!workplace.cache().exists());
}

#[test]
fn a_file_that_cannot_be_written_is_told_before_anything_is_built() {
    let workplace = Workplace::new();
    let run = Run::of(&mut calibrate(
        &workplace,
        &["--output", "nowhere/costs.json"],
    ))
    .expect(2);
    assert!(run.stderr.contains("nowhere/costs.json"), "{}", run.stderr);
    assert!(!run.stderr.contains("building"), "{}", run.stderr);
    assert!(!workplace.cache().exists());
}

#[test]
fn what_is_no_python_is_refused_before_anything_is_built() {
    let workplace = Workplace::new();
    for (python, why) in [
        ("nowhere/python3", "was not found"),
        ("true", "does not answer as Python does"),
    ] {
        let run = Run::of(&mut calibrate(&workplace, &["--python", python])).expect(2);
        assert!(run.stderr.contains(why), "{}", run.stderr);
        assert!(run.stderr.contains("hint:"), "{}", run.stderr);
    }
    assert!(!workplace.cache().exists());
}
