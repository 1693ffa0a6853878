//! Bad input gets one clear sentence, a hint, a status, and loses nothing.

use crate::tool::{Run, Workplace};
use std::fs;
use std::process::{Command, Stdio};

/// The command fails with this status, and says a sentence with these words and a hint.
#[track_caller]
fn check(workplace: &Workplace, arguments: &[&str], status: i32, words: &str) {
    let run = workplace.run(arguments).expect(status);
    let errors: Vec<&str> = run
        .stderr
        .lines()
        .filter(|it| it.starts_with("error:"))
        .collect();
    assert_eq!(errors.len(), 1, "{}", run.stderr);
    assert!(run.stderr.contains(words), "{}", run.stderr);
    assert!(run.stderr.contains("hint:"), "{}", run.stderr);
    assert!(run.stdout.is_empty(), "{}", run.stdout);
}

#[test]
fn a_profile_that_is_none_is_told() {
    let workplace = Workplace::new();
    workplace.file("picture.png", "\u{1}PNG\u{2}");
    workplace.file("empty.json", "");
    workplace.file("broken.json", "{\"schema\": \"rustbound.profile/1\", ");
    workplace.file("future.json", "{\"schema\": \"rustbound.profile/99\"}");
    check(&workplace, &["analyze", "picture.png"], 2, "picture.png");
    check(&workplace, &["analyze", "empty.json"], 2, "empty.json");
    check(&workplace, &["analyze", "broken.json"], 2, "broken.json");
    check(
        &workplace,
        &["analyze", "future.json"],
        2,
        "rustbound.profile/99",
    );
    check(&workplace, &["analyze", "missing.json"], 2, "missing.json");
    check(
        &workplace,
        &["convert", "missing.json", "--to", "json"],
        2,
        "missing.json",
    );
    assert!(!workplace.path().join("reports").exists());
}

#[test]
fn an_output_that_is_no_report_is_left_alone() {
    let workplace = Workplace::new();
    workplace.file("job.txt", "main;work 3\n");
    workplace.file("mine/thesis.txt", "years of work");
    check(
        &workplace,
        &["analyze", "job.txt", "--output", "mine", "--force"],
        2,
        "mine",
    );
    check(
        &workplace,
        &["analyze", "job.txt", "--output", "job.txt"],
        2,
        "job.txt",
    );
    check(
        &workplace,
        &["analyze", "job.txt", "--output", "/dev/full"],
        2,
        "/dev/full",
    );
    check(
        &workplace,
        &["analyze", "job.txt", "--output", "/proc/report"],
        2,
        "/proc/report",
    );
    let thesis = fs::read_to_string(workplace.path().join("mine/thesis.txt"));
    assert_eq!(thesis.expect("it is there"), "years of work");
}

#[test]
fn a_full_disk_is_told_and_leaves_nothing() {
    let workplace = Workplace::new();
    workplace.file("job.txt", "main;work 3\n");
    let full = [
        "convert",
        "job.txt",
        "--to",
        "json",
        "--output",
        "/dev/full",
    ];
    check(&workplace, &full, 2, "/dev/full");
    for arguments in [
        ["convert", "job.txt", "--to", "json"],
        ["analyze", "job.txt", "-o", "report"],
    ] {
        let stdout = fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .expect("Linux has it");
        let mut command = workplace.rustbound();
        let run = Run::of(command.args(arguments).stdout(stdout)).expect(2);
        assert!(run.stderr.contains("No space left"), "{}", run.stderr);
        assert!(run.stderr.contains("written to stdout"), "{}", run.stderr);
        assert!(!run.stderr.contains("--output"), "{}", run.stderr);
    }
}

#[test]
fn a_folder_that_is_gone_is_told() {
    let workplace = Workplace::new();
    let script = format!(
        "mkdir gone && cd gone && rmdir ../gone && exec {} run program.py",
        env!("CARGO_BIN_EXE_rustbound")
    );
    let mut shell = Command::new("sh");
    let run = Run::of(shell.args(["-c", &script]).current_dir(workplace.path())).expect(125);
    assert!(run.stderr.contains("current folder"), "{}", run.stderr);
}

#[test]
fn a_report_without_any_candidate_can_not_be_asked_for() {
    let workplace = Workplace::new();
    workplace.file("job.txt", "main;work 3\n");
    let run = workplace
        .run(&["analyze", "job.txt", "--top", "0"])
        .expect(2);
    assert!(run.stderr.contains("from 1"), "{}", run.stderr);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let workplace = Workplace::new();
    let lines: Vec<String> = (0..20_000).map(|i| format!("main;f{i} 3")).collect();
    workplace.file("job.txt", &lines.join("\n"));
    let mut child = (workplace
        .rustbound()
        .args(["convert", "job.txt", "--to", "collapsed"]))
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .expect("it starts");
    drop(child.stdout.take());
    let run = Run::from(child.wait_with_output().expect("it ends")).expect(0);
    assert_eq!(run.stderr, "");
}

#[test]
fn attaching_to_what_is_not_there_is_told() {
    let workplace = Workplace::new();
    check(&workplace, &["attach", "4194305"], 2, "4194305");
    check(&workplace, &["attach", "0"], 2, "0");
    let mut sleeper = Command::new("sleep")
        .arg("60")
        .spawn()
        .expect("sleep is there");
    check(
        &workplace,
        &["attach", &sleeper.id().to_string()],
        2,
        "Python",
    );
    sleeper.kill().expect("it can be ended");
    sleeper.wait().expect("it ended");
}

#[test]
fn wrong_arguments_are_usage_errors() {
    let workplace = Workplace::new();
    for arguments in [
        &["analyze"][..],
        &["frobnicate"],
        &["attach", "x"],
        &["analyze", "--rate", "5", "x"],
    ] {
        let run = workplace.run(arguments).expect(2);
        assert!(run.stderr.starts_with("error:"), "{}", run.stderr);
    }
    for arguments in [
        &["run"][..],
        &["run", "--rate", "0", "x.py"],
        &["run", "--sampler", "magic", "x.py"],
    ] {
        let run = workplace.run(arguments).expect(125);
        assert!(run.stderr.starts_with("error:"), "{}", run.stderr);
    }
}
