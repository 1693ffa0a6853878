//! The stacks of a program that knows its own come out as they are, on every version.

use crate::environment;
use crate::pythons::{self, Origin, Python};
use crate::recorded::{Frame, Recorded};
use crate::tool::{Workplace, skipped};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::process::Command;

const PROGRAM: &str = include_str!("told_stacks.py");

/// A stack as the program tells it: names, files, lines and first lines, outermost first.
type Told = Vec<(String, String, u32, u32)>;

#[test]
fn stacks_are_what_the_program_says_they_are() {
    for python in pythons::all(skipped) {
        check(&python, &[]);
    }
}

#[test]
fn stacks_of_a_stopped_program_are_too() {
    let python = pythons::all(|_| ()).pop().expect("there is one");
    check(&python, &["--blocking"]);
}

/// The Python of the test environment has greenlets.
#[test]
fn stacks_of_greenlets_are_those_of_the_one_that_runs() {
    let interpreter = environment::python();
    let ask = ["-c", "import sys; print(sys.version_info.minor)"];
    let answer = Command::new(&interpreter).args(ask).output();
    let minor = String::from_utf8_lossy(&answer.expect("it starts").stdout).into_owned();
    let python = Python {
        minor: minor.trim().parse().expect("a number"),
        origin: Origin::Host(interpreter),
    };
    let told = check(&python, &[]);
    let runs = |name: &str| {
        let is_it = |stack: &&Told| stack.iter().any(|(frame, ..)| frame == name);
        told.iter().filter(is_it).count()
    };
    assert!(runs("in_greenlet") >= 3 && runs("in_another") >= 1);
}

/// Gives the stacks that the program told.
fn check(python: &Python, options: &[&str]) -> BTreeSet<Told> {
    let workplace = Workplace::new();
    let script = python.script(&[("told_stacks.py", PROGRAM)]);
    let arguments = ["run", "--output", "report", "--rate", "200", "--no-observe"];
    let words = script.words().iter().map(AsRef::as_ref);
    let all: Vec<&OsStr> = (arguments
        .iter()
        .chain(options)
        .chain(&["--"])
        .map(OsStr::new))
    .chain(words)
    .collect();
    let run = workplace.run(&all).expect(0);
    let recorded = Recorded::read(&workplace.path().join("report"));
    let told = told(&run.stdout);
    assert!(told.len() > 10, "{python}: {} stacks were told", told.len());
    let seen = seen(&recorded, python);
    for stack in &told {
        assert!(
            seen.contains(stack),
            "{python}: {} was not seen:\n{stack:#?}",
            shown(stack)
        );
    }
    for stack in seen.iter().filter(|stack| is_at_a_point(stack)) {
        assert!(
            told.contains(stack),
            "{python}: {} was never told:\n{stack:#?}",
            shown(stack)
        );
    }
    let (looks, lost) = recorded.looks();
    assert!(
        lost * 20 <= looks,
        "{python}: {lost} of {looks} looks were lost"
    );
    told
}

/// One line of output for each point: the stacks of all threads.
fn told(output: &str) -> BTreeSet<Told> {
    let points = output
        .lines()
        .map(|line| serde_json::from_str::<Vec<Told>>(line).expect("a list of stacks"));
    points.flatten().collect()
}

/// The stacks in the recording. Before 3.11 the program knows bare names only.
fn seen(recorded: &Recorded, python: &Python) -> BTreeSet<Told> {
    let told = |frame: &Frame| {
        let name = match python.minor {
            11.. => &frame.name,
            _ => frame.name.rsplit('.').next().expect("a name"),
        };
        (
            name.to_owned(),
            frame.file.clone(),
            frame.line,
            frame.first_line,
        )
    };
    recorded
        .stacks()
        .iter()
        .map(|stack| stack.iter().map(told).collect())
        .collect()
}

/// Whether the innermost frame waits where the program has told its stack.
fn is_at_a_point(stack: &Told) -> bool {
    let line = 1 + PROGRAM
        .lines()
        .position(|line| line.contains("tell(); time.sleep"))
        .expect("it is there");
    stack
        .last()
        .is_some_and(|(name, _, at, _)| name == "point" && *at as usize == line)
}

fn shown(stack: &Told) -> String {
    let names: Vec<&str> = stack.iter().map(|(name, ..)| &**name).collect();
    names.join(" > ")
}
