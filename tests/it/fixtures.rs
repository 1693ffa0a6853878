//! The whole way with real programs: sample them, find what is hot, build and test the crates.

use crate::crates::build_and_test;
use crate::tool::{Workplace, candidates, plan};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn programs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/programs")
}

/// Each program, its hot function, and what must never be proposed.
fn expected() -> BTreeMap<String, Value> {
    let text = fs::read_to_string(programs().join("expected.json")).expect("it is there");
    serde_json::from_str(&text).expect("it is a table of programs")
}

/// One test, since all crates are built by one `cargo build` and tested by one pytest run.
#[test]
fn the_hot_function_of_each_program_is_candidate_1_and_all_crates_build_and_pass() {
    let workplace = Workplace::new();
    let mut workspaces = Vec::new();
    for (program, expected) in expected() {
        let report = workplace.path().join(&program);
        let script = programs().join(&program);
        let arguments = [
            "run".as_ref(),
            "--rate".as_ref(),
            "1000".as_ref(),
            "--output".as_ref(),
            report.as_os_str(),
            script.as_os_str(),
        ];
        workplace.run(&arguments).expect(0);
        check_candidates(&program, &candidates(&plan(&report)), &expected);
        check_report(&report);
        workspaces.push(report.join("crates"));
    }
    for workspace in workspaces {
        build_and_test(&workspace);
    }
}

fn check_candidates(program: &str, candidates: &[String], expected: &Value) {
    assert_eq!(
        candidates.first().map(String::as_str),
        expected["first"].as_str(),
        "{program}"
    );
    for never in expected["never"].as_array().expect("a list") {
        let never = never.as_str().expect("a name");
        let proposed = candidates
            .iter()
            .any(|it| it == never || it.starts_with(&format!("{never}.")));
        assert!(!proposed, "{program}: {never} is proposed");
    }
}

fn check_report(report: &Path) {
    let svg = fs::read_to_string(report.join("flamegraph.svg")).expect("there is a flame graph");
    assert!(svg.starts_with("<?xml") && svg.trim_end().ends_with("</svg>"));
    for file in ["profile.json", "plan.md"] {
        assert!(
            fs::metadata(report.join(file)).expect("it is there").len() > 100,
            "{file}"
        );
    }
}
