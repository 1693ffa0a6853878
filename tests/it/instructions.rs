//! The instructions of samples are those that the program runs.

use crate::pythons::{self, Python};
use crate::recorded::Recorded;
use crate::tool::{Workplace, skipped};
use std::ffi::OsStr;

/// Nearly all of its time is in an addition of long texts, with columns that are known.
const PROGRAM: &str = "\
import sys

def work(left, right):
    for _ in range(1_500_000):
        left + right

work('l' * 4_000, 'r' * 4_000)
";

#[test]
fn the_leaf_is_at_the_instruction_that_takes_the_time() {
    for python in pythons::all(skipped) {
        check(&python);
    }
}

fn check(python: &Python) {
    let workplace = Workplace::new();
    let script = python.script(&[("job.py", PROGRAM)]);
    let arguments = ["run", "--output", "report", "--rate", "500", "--"].map(OsStr::new);
    let words = script.words().iter().map(AsRef::as_ref);
    let all: Vec<&OsStr> = arguments.into_iter().chain(words).collect();
    workplace.run(&all).expect(0);
    let converted = workplace
        .run(&["convert", "report/profile.json", "--to", "json"])
        .expect(0)
        .stdout;
    let recorded = Recorded::read(&workplace.path().join("report"));
    assert_eq!(
        Recorded::of(&converted).instructions(),
        recorded.instructions(),
        "{python}: converted"
    );
    let instructions = recorded.instructions();
    let ((opcode, position), _) = instructions
        .iter()
        .max_by_key(|(_, count)| **count)
        .expect("there are some");
    match python.minor {
        11.. => assert_eq!(
            (&**opcode, &**position),
            ("BINARY_OP", "5:8-5:20"),
            "{python}: {instructions:?}"
        ),
        _ => assert_eq!(
            (&**opcode, &**position),
            ("BINARY_ADD", "5:?-5:?"),
            "{python}: {instructions:?}"
        ),
    }
}
