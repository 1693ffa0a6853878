//! Recorded samples instead of a running program: the same answer every time, without a clock.

use crate::tool::{Workplace, candidates, plan};
use std::fs;
use std::path::Path;

const PROGRAM: &str = "\
def score(name: str, other: str) -> float:
    total = 0
    for a in name:
        for b in other:
            total += a == b
    return total / 2


def main():
    return [score(a, b) for a in 'xyz' for b in 'abc']


if __name__ == '__main__':
    main()
";

/// As py-spy's raw format says it, with the folder of the program filled in.
fn stacks(folder: &Path) -> String {
    let file = folder.join("job.py");
    let file = file.display();
    format!(
        "<module> ({file}:14);main ({file}:10);<listcomp> ({file}:10);score ({file}:5) 700\n\
         <module> ({file}:14);main ({file}:10);<listcomp> ({file}:10) 60\n\
         <module> ({file}:14);main ({file}:10) 40\n"
    )
}

/// A program, and a recorded profile of it.
pub(crate) fn job() -> Workplace {
    let workplace = Workplace::new();
    workplace.file("job.py", PROGRAM);
    workplace.file("job.txt", &stacks(workplace.path()));
    workplace
}

#[test]
fn a_recorded_profile_gives_the_plan_that_its_program_would() {
    let workplace = job();
    let run = workplace
        .run(&["analyze", "job.txt", "--source-root", "."])
        .expect(0);
    let plan = plan(&workplace.path().join("reports/job"));
    assert_eq!(candidates(&plan), ["job.score"]);
    assert_eq!(plan["candidates"][0]["line"], 1);
    assert_eq!(plan["candidates"][0]["share"]["expected"], 0.875);
    assert!(run.stdout.contains("job.score"), "{}", run.stdout);
}

#[test]
fn a_comprehension_counts_for_its_caller_which_only_orchestrates() {
    let workplace = job();
    workplace
        .run(&["analyze", "job.txt", "--source-root", "."])
        .expect(0);
    let plan = plan(&workplace.path().join("reports/job"));
    let rows = plan["functions"].as_array().expect("a list");
    let row = |name: &str| {
        rows.iter()
            .find(|row| row["function"] == name)
            .unwrap_or_else(|| panic!("{name} is there"))
    };
    assert_eq!(
        row("job.main.<locals>.<listcomp>")["verdict"],
        "migrate_caller"
    );
    assert_eq!(row("job.main")["verdict"], "too_small");
    assert_eq!(row("job.main")["reasons"][0], "RB006");
    assert_eq!(row("job.main")["gil_share"], 0.125);
}

#[test]
fn too_few_samples_are_not_ranked_and_every_report_says_what_to_do() {
    let workplace = job();
    let few = stacks(workplace.path()).replace("0\n", "\n");
    workplace.file("job.txt", &few);
    let run = workplace
        .run(&["analyze", "job.txt", "--source-root", "."])
        .expect(0);
    let sentence = "70 samples are too few to say what to move to Rust: take samples for 4 times as long, \
                    or 4 times as often";
    let said: Vec<&str> = run.stdout.split_whitespace().collect();
    let said = said.join(" ");
    assert!(said.starts_with(&format!("{sentence}. ")), "{said}");
    let report = workplace.path().join("reports/job");
    let plan = plan(&report);
    assert_eq!(candidates(&plan), [""; 0]);
    assert_eq!(plan["notes"][0], sentence);
    let row = &plan["functions"][0];
    assert_eq!(row["function"], "job.score");
    assert_eq!(
        (&row["verdict"], &row["reasons"][0]),
        (&"too_small".into(), &"RB018".into())
    );
    assert_eq!(row["self_share"], 0.875);
    let text = fs::read_to_string(report.join("plan.md")).expect("the report has a plan.md");
    assert!(text.contains(&format!("**{sentence}.**")), "{text}");
}

#[test]
fn run_with_replayed_samples_starts_nothing() {
    let workplace = job();
    workplace.file("job.py", &format!("{PROGRAM}open('started', 'w')\n"));
    let arguments = ["run", "--sampler", "replay:job.txt", "job.py"];
    workplace.run(&arguments).expect(0);
    assert!(!workplace.path().join("started").exists());
    assert_eq!(
        candidates(&plan(&workplace.path().join("reports/job"))),
        ["job.score"]
    );
}

#[test]
fn equal_profiles_give_equal_bytes() {
    let workplace = job();
    for output in ["one", "two"] {
        let arguments = [
            "analyze",
            "job.txt",
            "--source-root",
            ".",
            "--output",
            output,
        ];
        workplace.run(&arguments).expect(0);
    }
    let read = |folder: &str, file: &str| fs::read(workplace.path().join(folder).join(file));
    for file in [
        "profile.json",
        "plan.json",
        "plan.md",
        "flamegraph.svg",
        "crates/score_rs/src/lib.rs",
    ] {
        assert_eq!(
            read("one", file).expect("is there"),
            read("two", file).expect("is there"),
            "{file}"
        );
    }
}

#[test]
fn the_profile_of_a_report_gives_the_report_again() {
    let workplace = job();
    workplace
        .run(&[
            "analyze",
            "job.txt",
            "--source-root",
            ".",
            "--output",
            "one",
        ])
        .expect(0);
    workplace
        .run(&["analyze", "one/profile.json", "--output", "two"])
        .expect(0);
    let read = |folder: &str| fs::read_to_string(workplace.path().join(folder).join("plan.json"));
    assert_eq!(
        read("one").expect("is there"),
        read("two").expect("is there")
    );
}

#[test]
fn several_profiles_are_merged() {
    let workplace = job();
    let arguments = [
        "analyze",
        "job.txt",
        "job.txt",
        "--source-root",
        ".",
        "--output",
        "both",
    ];
    workplace.run(&arguments).expect(0);
    assert_eq!(plan(&workplace.path().join("both"))["run"]["samples"], 1600);
}

#[test]
fn an_earlier_report_is_kept_unless_forced() {
    let workplace = job();
    let analyze = ["analyze", "job.txt", "--source-root", "."];
    let edited = workplace
        .path()
        .join("reports/job/crates/score_rs/src/native.rs");
    workplace.run(&analyze).expect(0);
    fs::write(&edited, "// mine\n").expect("a crate can be edited");
    workplace.run(&analyze).expect(0);
    let kept = workplace
        .path()
        .join("reports/job-2/crates/score_rs/src/native.rs");
    assert_eq!(
        fs::read_to_string(kept).expect("the earlier report is kept"),
        "// mine\n"
    );
    assert_ne!(
        fs::read_to_string(&edited).expect("the new one is there"),
        "// mine\n"
    );
    workplace
        .run(&[&analyze[..], &["--force"]].concat())
        .expect(0);
    assert!(!workplace.path().join("reports/job-3").exists());
}

#[test]
fn a_profile_converts_there_and_back() {
    let workplace = job();
    workplace
        .run(&["convert", "job.txt", "--to", "json", "--output", "job.json"])
        .expect(0);
    let run = workplace
        .run(&["convert", "job.json", "--to", "collapsed"])
        .expect(0);
    let mut lines: Vec<&str> = run.stdout.lines().collect();
    let text = stacks(workplace.path());
    let mut expected: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    expected.sort_unstable();
    assert_eq!(lines, expected);
    let speedscope = workplace
        .run(&["convert", "job.json", "--to", "speedscope"])
        .expect(0);
    serde_json::from_str::<serde_json::Value>(&speedscope.stdout).expect("speedscope is JSON");
}

#[test]
fn json_is_one_document_on_stdout() {
    let workplace = job();
    let run = workplace
        .run(&["analyze", "--json", "job.txt", "--source-root", "."])
        .expect(0);
    let document: serde_json::Value = serde_json::from_str(&run.stdout).expect("one document");
    assert_eq!(document["schema"], "rustbound.plan/1");
    let file =
        fs::read_to_string(workplace.path().join("reports/job/plan.json")).expect("is there");
    assert_eq!(run.stdout, file);
}
