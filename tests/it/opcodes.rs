//! The instructions that rustbound knows are those of every `CPython` that is on this machine.

use crate::pythons;
use crate::tool::skipped;
use std::process::Command;

const KNOWN: &str = include_str!("../../src/profile/opcodes.txt");
const TELL: &str = include_str!("../pythons/opcodes.py");

#[test]
fn every_version_tells_the_instructions_that_we_know() {
    for python in pythons::all(skipped) {
        let script = python.script(&[("tell_opcodes.py", TELL)]);
        let words = script.words();
        let told = Command::new(&words[0])
            .args(&words[1..])
            .output()
            .expect("Python runs");
        assert!(told.status.success(), "{python}");
        let told = String::from_utf8(told.stdout).expect("names are ASCII");
        let version = format!("3.{} ", python.minor);
        let known = KNOWN.lines().filter(|line| line.starts_with(&version));
        assert!(told.lines().eq(known), "{python} tells:\n{told}");
    }
}
