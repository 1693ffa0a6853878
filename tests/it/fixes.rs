//! Programs that Python itself makes faster are said to be so, and the advice is right.

use crate::environment;
use crate::tool::{Run, Workplace, candidates, plan};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Samples a program, and checks what is said of its slow function. The fixed one must give the same.
#[track_caller]
fn check(program: &str, function: &str, code: &str, fix: &str) {
    let workplace = Workplace::new();
    let script = script(program);
    let words = ["run", "--rate", "500", "--output", "report"].map(Path::new);
    let words = words.into_iter().chain([&*script]);
    let words: Vec<&Path> = words.collect();
    workplace.run(&words).expect(0);
    let report = workplace.path().join("report");
    let plan = plan(&report);
    let rows = plan["functions"].as_array().expect("a list");
    let row = rows.iter().find(|row| row["qualname"] == function);
    let row = row.unwrap_or_else(|| panic!("{program}: {function} is hot"));
    let said = (&row["verdict"], &row["reasons"][0]);
    let told = std::fs::read_to_string(report.join("plan.md")).expect("the report has a plan.md");
    assert_eq!(said, (&"fix_python_first".into(), &code.into()), "{told}");
    let name = row["function"].as_str().expect("a name").to_owned();
    assert!(!candidates(&plan).contains(&name), "{program}");
    assert!(told.replace('\\', "").contains(fix), "{told}");
    assert_eq!(
        answer(&script, &[]),
        answer(&script, &["fixed"]),
        "{program}"
    );
}

fn script(program: &str) -> PathBuf {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/programs/fixes");
    programs.join(program)
}

fn answer(script: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(environment::python());
    let run = Run::of(command.arg(script).args(arguments));
    run.expect(0).stdout
}

#[test]
fn a_list_that_is_searched_is_to_be_a_set() {
    check("membership.py", "distinct", "RB030", "seen_set = set(seen)");
}

#[test]
fn a_list_that_is_emptied_from_its_front_is_to_be_a_deque() {
    check("front_of_list.py", "walk", "RB031", "waiting.popleft()");
}

#[test]
fn texts_and_bytes_are_to_be_joined_once() {
    check("concatenation.py", "Page.write", "RB032", "''.join(parts)");
    check("bytes_concatenation.py", "read", "RB033", "bytearray()");
}

#[test]
fn a_list_that_is_asked_for_places_is_to_be_a_dict_that_keeps_the_first() {
    check("places.py", "codes", "RB034", "places.setdefault(x, i)");
}

#[test]
fn an_expression_is_to_be_compiled_once() {
    check(
        "regular_expression.py",
        "dated",
        "RB035",
        "re.compile(DATE, re.ASCII | re.IGNORECASE)",
    );
}

#[test]
fn what_is_looked_through_for_the_least_is_to_be_a_heap() {
    check("rescan.py", "simulate", "RB036", "heapq.heappop(waiting)");
}

#[test]
fn a_rest_that_is_copied_is_to_be_an_index() {
    check("slices.py", "vowels", "RB037", "an index into `text`");
}

#[test]
fn a_recursion_that_repeats_itself_is_to_be_cached() {
    check("recursion.py", "ways", "RB041", "functools.lru_cache");
}

#[test]
fn attributes_are_to_be_asked_for_by_name() {
    check(
        "attribute_list.py",
        "titled",
        "RB040",
        "hasattr(node, \"title\")",
    );
}

#[test]
fn iso_dates_are_to_be_read_in_c() {
    check("dates.py", "days", "RB045", "datetime.fromisoformat(date)");
}

#[test]
fn arrays_are_to_be_taken_whole() {
    check(
        "elements.py",
        "energy",
        "RB043",
        "whole arrays in one expression",
    );
}
