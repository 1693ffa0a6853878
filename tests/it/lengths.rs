//! How long what a function is given is: seen from inside, and used for what it costs to convert.

use crate::machine::{self, interpreter};
use crate::pythons::Python;
use crate::tool::{Workplace, plan};
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;

/// Passes ten elements nine times, then ten thousand once: the long call takes nearly all of the time.
const PROGRAM: &str = "\
def work(rows: list[int]) -> int:
    total = 0
    for row in rows:
        total += row * row % 7
    return total


def main() -> None:
    short, long = list(range(10)), list(range(10_000))
    for number in range(70_000):
        work(long if number % 10 == 0 else short)


if __name__ == '__main__':
    main()
";

/// Nine calls of ten elements and one of ten thousand have so many on average.
const MEAN: f64 = 1_009.0;

/// What an element of a list of ints costs, in nanoseconds: 2.9 were measured for the figures that plans are made with.
const ELEMENT: f64 = 2.94;

#[test]
fn a_conversion_costs_what_the_mean_length_does_on_every_version() {
    for python in machine::pythons() {
        let workplace = Workplace::new();
        report(&workplace, &python);
        let plan = plan(&workplace.path().join("report"));
        let candidate = &plan["candidates"][0];
        assert_eq!(candidate["function"], "lists.work", "{python}");
        let seen = &candidate["signature"]["parameters"][0]["observed"]["types"][0];
        check_lengths(&seen["lengths"], &python);
        let cost = &candidate["boundary"]["nanoseconds_per_call"];
        let (low, expected, high) = interval(cost);
        let near = MEAN * ELEMENT;
        assert!(
            near / 2.0 < expected && expected < near * 2.0,
            "{python}: {cost} {seen}"
        );
        assert!(low < near && near < high, "{python}: {cost} {seen}");
    }
}

fn report(workplace: &Workplace, python: &Python) {
    workplace.file("lists.py", PROGRAM);
    let words = ["run", "--output", "report", "--python"].map(OsStr::new);
    let words: Vec<&OsStr> = (words.into_iter())
        .chain([interpreter(python), OsStr::new("lists.py")])
        .collect();
    workplace.run(&words).expect(0);
}

/// Both lengths are among those of calls, the long one about once in ten.
fn check_lengths(lengths: &Value, python: &Python) {
    let calls = lengths["calls"].as_array().map_or(&[][..], Vec::as_slice);
    let times = |from: u64| {
        let pair = calls.iter().find(|pair| pair[0] == from);
        let times = pair.and_then(|pair| pair[1].as_f64());
        times.unwrap_or_else(|| panic!("{python}: {from} is missing: {lengths}"))
    };
    let (short, long) = (times(8), times(8_192));
    assert_eq!(calls.len(), 2, "{python}: {lengths}");
    assert!(
        short > 4.0 * long && short < 25.0 * long,
        "{python}: {lengths}"
    );
    let (low, _, high) = interval(&lengths["mean"]);
    assert!(low < MEAN && MEAN < high, "{python}: {lengths}");
}

fn interval(told: &Value) -> (f64, f64, f64) {
    let end = |name: &str| told[name].as_f64().unwrap_or_else(|| panic!("{told}"));
    (end("low"), end("expected"), end("high"))
}

#[test]
fn lengths_survive_the_profile_and_give_the_same_plan_twice() {
    let python = machine::pythons().pop().expect("there is a Python");
    let workplace = Workplace::new();
    report(&workplace, &python);
    let profile = workplace.path().join("report/profile.json");
    let text = fs::read_to_string(&profile).expect("the report has a profile");
    assert!(text.contains("\"lengths\":{\"calls\":[["), "{python}");
    let again = |folder: &str| {
        let profile = profile.to_string_lossy();
        workplace
            .run(&["analyze", &profile, "--output", folder])
            .expect(0);
        let folder = workplace.path().join(folder);
        ["profile.json", "plan.json", "plan.md"]
            .map(|name| fs::read_to_string(folder.join(name)).expect("it was written"))
    };
    let (first, second) = (again("first"), again("second"));
    assert_eq!(first, second);
    assert_eq!(first[0], text);
    assert!(
        first[2].contains("up to 10000 long (") && first[2].contains("up to 15"),
        "{}",
        first[2]
    );
}
