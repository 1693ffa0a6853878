//! Every `CPython` that is on this machine: names, lines and the hot function are the same.

use crate::pythons::{self, Python};
use crate::tool::{Workplace, candidates, plan, skipped};
use std::ffi::OsStr;

const PROGRAM: &str = include_str!("../../fixtures/programs/traffic_simulation.py");

#[test]
fn methods_have_their_qualified_names_on_every_version() {
    for python in pythons::all(skipped) {
        check(&python);
    }
}

fn check(python: &Python) {
    let workplace = Workplace::new();
    let script = python.script(&[("traffic_simulation.py", PROGRAM)]);
    let arguments = ["run", "--output", "report", "--rate", "1000", "--"].map(OsStr::new);
    let words = script.words().iter().map(AsRef::as_ref);
    let all: Vec<&OsStr> = (arguments.into_iter().chain(words))
        .chain([OsStr::new("2400")])
        .collect();
    workplace.run(&all).expect(0);
    let plan = plan(&workplace.path().join("report"));
    let version = plan["program"]["python"].as_str().expect("it is known");
    assert!(
        version.starts_with(&format!("3.{}.", python.minor)),
        "{python}: {version}"
    );
    let hot = &plan["functions"][0]["function"];
    assert_eq!(hot, "traffic_simulation.Lane.advance", "{python}");
    assert_eq!(candidates(&plan)[0], *hot, "{python}: {plan}");
    assert_eq!(plan["candidates"][0]["line"], 71, "{python}");
}
