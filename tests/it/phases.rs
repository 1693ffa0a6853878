//! A program does other things later than at first: what is hot then is counted, too.

use crate::machine;
use crate::pythons::Python;
use crate::tool::{Run, Workplace, plan};

/// More functions than are watched at a time.
const EARLY: usize = 60;

/// They share the first phase; one has the second, and is called in it alone.
fn program() -> String {
    let early = (0..EARLY).map(|number| {
        format!(
            "def early_{number}(n):\n    for i in range(40):\n        n = n + i - i\n    return n\n\n\n"
        )
    });
    early.collect::<String>() + PHASES
}

const PHASES: &str = "\
import sys
import time


def late(n):
    for i in range(60):
        n = n + i * 2 - i
    return n


def load(seconds):
    early = [function for name, function in globals().items() if name.startswith('early_')]
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for function in early:
            for n in range(20):
                function(n)


def compute(times):
    total = 0
    for n in range(times):
        total += late(n)
    return total


load(1.5)
compute(int(sys.argv[1]))
";

const TIMES: u64 = 700_000;

/// An interval of 95 % may miss the truth: once is not enough to say that it does.
#[test]
fn a_function_that_becomes_hot_late_is_counted() {
    const MOST_RUNS: usize = 3;
    let all = machine::pythons();
    for python in [all.first(), all.last()].into_iter().flatten() {
        let told = (0..MOST_RUNS).find_map(|_| {
            let calls = &calls_of_late(python);
            let (low, high) = (calls["low"].as_u64()?, calls["high"].as_u64()?);
            (low <= TIMES && TIMES <= high && high < 4 * low).then_some(())
        });
        assert!(told.is_some(), "{python}");
    }
}

fn calls_of_late(python: &Python) -> serde_json::Value {
    let workplace = Workplace::new();
    workplace.file("program.py", &program());
    let mut command = workplace.rustbound();
    command.args(["run", "--output", "report", "--python"]);
    command.arg(machine::interpreter(python));
    command.args(["program.py", &TIMES.to_string()]);
    Run::of(&mut command).expect(0);
    let plan = plan(&workplace.path().join("report"));
    let rows = plan["functions"].as_array().expect("it is a list");
    let late = rows.iter().find(|row| row["qualname"] == "late");
    late.expect("it is hot")["calls"].clone()
}
