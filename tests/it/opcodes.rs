//! The instructions that rustbound knows are those of every `CPython` that is on this machine.

use crate::tool::skipped;
use crate::versions::interpreter;
use std::fs;
use std::path::Path;
use std::process::Command;

const MINORS: std::ops::RangeInclusive<u32> = 9..=15;

#[test]
fn every_version_tells_the_instructions_that_we_know() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let known = fs::read_to_string(repository.join("src/record/reader/opcodes.txt"));
    let known = known.expect("the table is there");
    for minor in MINORS {
        let Some(python) = interpreter(minor) else {
            skipped(&format!("there is no Python 3.{minor} on this machine"));
            continue;
        };
        let told = Command::new(python)
            .arg(repository.join("tests/pythons/opcodes.py"))
            .output()
            .expect("Python runs");
        assert!(told.status.success(), "3.{minor}");
        let told = String::from_utf8(told.stdout).expect("names are ASCII");
        let version = format!("3.{minor} ");
        let known = known.lines().filter(|line| line.starts_with(&version));
        assert!(told.lines().eq(known), "3.{minor} tells:\n{told}");
    }
}
