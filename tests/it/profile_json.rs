//! What a profile file holds goes through every command that reads one and writes one.

use crate::tool::Workplace;
use serde_json::Value;
use std::fs;

const PROFILE: &str = include_str!("../../fixtures/profiles/native_with_values.json");

fn recorded() -> Workplace {
    let workplace = Workplace::new();
    workplace.file("recorded.json", PROFILE);
    workplace
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("a profile is JSON")
}

/// The profile of the report in `out`.
fn reported(workplace: &Workplace) -> Value {
    let text = fs::read_to_string(workplace.path().join("out/profile.json"));
    parsed(&text.expect("a report has a profile"))
}

/// The counts of all types of all variables.
fn counts(profile: &Value) -> Vec<u64> {
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let functions = list(&profile["observation"]).into_iter();
    let variables = functions.flat_map(|function| list(&function["variables"]));
    let seen = variables.flat_map(|variable| list(&variable["seen"]));
    seen.map(|one| one["count"].as_u64().expect("a count"))
        .collect()
}

#[test]
fn converting_to_json_loses_nothing() {
    let run = recorded()
        .run(&["convert", "recorded.json", "--to", "json"])
        .expect(0);
    assert_eq!(run.stdout, PROFILE);
}

#[test]
fn a_report_keeps_instructions_and_values() {
    let workplace = recorded();
    let arguments = ["analyze", "recorded.json", "--output", "out"];
    workplace.run(&arguments).expect(0);
    let (reported, recorded) = (reported(&workplace), parsed(PROFILE));
    assert_eq!(reported["observation"], recorded["observation"]);
    assert_eq!(
        reported["samples"]["instruction"],
        recorded["samples"]["instruction"]
    );
    assert_eq!(
        reported["instructions"]["end"],
        recorded["instructions"]["end"]
    );
}

#[test]
fn the_values_of_several_profiles_are_added() {
    let workplace = recorded();
    let arguments = [
        "analyze",
        "recorded.json",
        "recorded.json",
        "--output",
        "out",
    ];
    workplace.run(&arguments).expect(0);
    let reported = reported(&workplace);
    let twice: Vec<u64> = counts(&parsed(PROFILE)).iter().map(|it| it * 2).collect();
    assert_eq!(counts(&reported), twice);
    let instruction = &reported["samples"]["instruction"];
    assert_eq!(instruction, &parsed("[0,1,2,3,null,0,1,2,3,null]"));
}

#[test]
fn a_replay_keeps_instructions_and_values() {
    let workplace = recorded();
    let arguments = [
        "run",
        "--sampler",
        "replay:recorded.json",
        "--output",
        "out",
        "--",
        "true",
    ];
    workplace.run(&arguments).expect(0);
    let (reported, recorded) = (reported(&workplace), parsed(PROFILE));
    assert_eq!(reported["observation"], recorded["observation"]);
    assert_eq!(
        reported["samples"]["instruction"],
        recorded["samples"]["instruction"]
    );
}
