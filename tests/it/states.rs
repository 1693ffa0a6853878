//! Where the time was comes out as a program tells of itself.

use crate::pythons::{self, Python};
use crate::tool::{Workplace, candidates, plan, skipped};
use serde_json::Value;
use std::ffi::OsStr;

/// Does the kinds of work that its arguments name, and tells the share of each.
const SPLIT: &str = include_str!("../../fixtures/programs/states/split.py");

/// States may differ from the truth by this share of the time.
const TOLERANCE: f64 = 0.1;

/// The states of CPU time, as `plan.json` names them.
const STATES: [&str; 5] = ["interpreter", "native", "regex", "system", "gc"];

#[test]
fn a_program_of_one_kind_of_work_is_in_its_state() {
    for python in pythons::all(skipped) {
        for kind in [
            "interpreter",
            "objects",
            "native",
            "texts",
            "regex",
            "system",
            "gc",
            "rings",
        ] {
            check(&python, &[&format!("{kind}=60")]);
        }
    }
}

#[test]
fn a_mixture_comes_apart() {
    for python in pythons::all(skipped) {
        check(
            &python,
            &[
                "interpreter=30",
                "native=25",
                "texts=25",
                "regex=30",
                "objects=20",
                "idle=50",
            ],
        );
    }
}

#[test]
fn what_only_calls_native_code_is_not_proposed_and_the_plan_says_why() {
    let workplace = Workplace::new();
    workplace.file("split.py", SPLIT);
    let arguments = ["run", "split.py", "native=40", "texts=40", "regex=40"];
    let run = workplace.run(&arguments).expect(0);
    let plan = plan(&workplace.path().join("reports/split"));
    assert_eq!(candidates(&plan), [] as [String; 0]);
    let said = format!("{}{}", run.stdout, run.stderr).replace('\n', " ");
    assert!(
        said.contains("of the time is in native code already"),
        "{said}"
    );
    let rows = plan["functions"].as_array().expect("a list");
    for (name, code) in [("native", "RB015"), ("texts", "RB015"), ("regex", "RB016")] {
        let row = rows.iter().find(|row| row["qualname"] == name);
        let row = row.expect("it is hot");
        assert_eq!(
            (&row["verdict"], &row["reasons"][0]),
            (&"already_native".into(), &code.into())
        );
    }
}

#[test]
fn what_only_reads_files_is_the_systems() {
    let workplace = Workplace::new();
    workplace.file("split.py", SPLIT);
    let run = workplace.run(&["run", "split.py", "system=60"]).expect(0);
    let plan = plan(&workplace.path().join("reports/split"));
    assert_eq!(candidates(&plan), [] as [String; 0]);
    let said = format!("{}{}", run.stdout, run.stderr).replace('\n', " ");
    assert!(said.contains("of the time is the system's"), "{said}");
    let rows = plan["functions"].as_array().expect("a list");
    let row = rows.iter().find(|row| row["qualname"] == "system");
    let row = row.expect("it is hot");
    assert_eq!(
        (&row["verdict"], &row["reasons"][0]),
        (&"io_bound".into(), &"RB017".into())
    );
}

/// Waits for a socket, a lock and a child.
const WAITING: &str = "\
import socket, subprocess, threading


def wait_for_socket():
    here, there = socket.socketpair()
    threading.Timer(0.5, lambda: there.send(b'x')).start()
    return here.recv(1)


def wait_for_lock():
    lock = threading.Lock()
    lock.acquire()
    threading.Timer(0.5, lock.release).start()
    lock.acquire()


def wait_for_child():
    subprocess.run(['sleep', '0.5'], check=True)


wait_for_socket()
wait_for_lock()
wait_for_child()
";

#[test]
fn what_only_waits_is_not_proposed_and_the_plan_says_why() {
    let workplace = Workplace::new();
    workplace.file("waiting.py", WAITING);
    let run = workplace.run(&["run", "waiting.py"]).expect(0);
    let plan = plan(&workplace.path().join("reports/waiting"));
    assert_eq!(candidates(&plan), [] as [String; 0]);
    let said = format!("{}{}", run.stdout, run.stderr).replace('\n', " ");
    assert!(said.contains("the program waited"), "{said}");
    assert!(!said.contains("replaced itself"), "{said}");
    let decision = std::fs::read_to_string(workplace.path().join("reports/waiting/plan.md"));
    let decision = decision.expect("the report has a plan.md");
    for what in ["socket", "lock", "child"] {
        let mut lines = decision.lines();
        let row = lines.find(|line| line.contains(&format!("wait_for_{what}")));
        let row = row.unwrap_or_else(|| panic!("{what}: {decision}"));
        assert!(row.contains(&format!(", for a {what}")), "{row}");
    }
}

/// What a busy machine disturbs is tried again.
fn check(python: &Python, kinds: &[&str]) {
    const MOST_RUNS: usize = 3;
    let said: Vec<String> = (0..MOST_RUNS)
        .map(|_| run(python, kinds))
        .take_while(Result::is_err)
        .filter_map(Result::err)
        .collect();
    assert!(said.len() < MOST_RUNS, "{python} {kinds:?}: {said:?}");
}

fn run(python: &Python, kinds: &[&str]) -> Result<(), String> {
    let workplace = Workplace::new();
    let script = python.script(&[("split.py", SPLIT)]);
    let options = ["run", "--output", "report", "--"].map(OsStr::new);
    let words = script.words().iter().map(AsRef::as_ref);
    let kinds_of_work = kinds.iter().map(OsStr::new);
    let all: Vec<&OsStr> = options
        .into_iter()
        .chain(words)
        .chain(kinds_of_work)
        .collect();
    let told = workplace.run(&all).expect(0).stdout;
    let told = told.lines().next().expect("it tells its shares");
    let told: Value = serde_json::from_str(told).expect("they are JSON");
    compare(&told, &plan(&workplace.path().join("report"))["time"])
}

/// The program can't tell the time of imports from the interpreter's.
fn compare(told: &Value, time: &Value) -> Result<(), String> {
    let seconds = |state: &str| time[state].as_f64().expect("seconds");
    let uncertain = seconds("uncertain");
    let import = seconds("import");
    let whole = STATES.into_iter().map(seconds).sum::<f64>() + uncertain + import;
    for state in STATES {
        let truth = told[state].as_f64().unwrap_or(0.0);
        let own = seconds(state);
        let known = if state == "interpreter" {
            own + import
        } else {
            own
        } / whole;
        let possible = match state {
            "interpreter" | "native" => known + uncertain / whole,
            _ => known,
        };
        if truth < known - TOLERANCE || possible + TOLERANCE < truth {
            return Err(format!(
                "{state} is {known:.3} to {possible:.3}, not {truth:.3}: {time}"
            ));
        }
    }
    let idle = seconds("idle") / (seconds("idle") + whole);
    let is_idle_right = told["idle"] == 0.0 || is_near(idle, &told["idle"]);
    if uncertain > TOLERANCE * whole || !is_idle_right {
        return Err(format!("{told} was the truth, not {time}"));
    }
    Ok(())
}

fn is_near(share: f64, truth: &Value) -> bool {
    (share - truth.as_f64().expect("a share")).abs() <= TOLERANCE
}
