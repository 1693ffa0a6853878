//! What is seen of values from outside is what they are, on every version.

use crate::environment;
use crate::pythons::{self, Python};
use crate::recorded::Recorded;
use crate::tool::{Workplace, skipped};
use std::collections::BTreeMap;
use std::ffi::OsStr;

const PROGRAM: &str = include_str!("typed.py");

/// What is passed to each function, as `profile.json` writes it.
const PASSED: [(&str, &[(&str, &str)]); 5] = [
    (
        "plain",
        &[
            ("i", r#""int""#),
            ("big", r#""int""#),
            ("f", r#""float""#),
            ("s", r#""str""#),
            ("b", r#""bytes""#),
            ("none", r#""None""#),
            ("flag", r#""bool""#),
        ],
    ),
    (
        "containers",
        &[
            ("xs", r#"{"list":["int"]}"#),
            ("pair", r#"{"tuple":["int","str"]}"#),
            ("row", r#"{"long_tuple":["int"]}"#),
            ("some", r#"{"set":["int"]}"#),
            ("frozen", r#"{"frozenset":["str"]}"#),
            ("table", r#"{"dict":[["str"],["float"]]}"#),
            (
                "lists",
                r#"{"dict":[["str"],[{"list":["None"]},{"list":["int"]}]]}"#,
            ),
            ("nested", r#"{"list":[{"list":[]},{"list":["float"]}]}"#),
        ],
    ),
    (
        "others",
        &[
            ("point", r#"{"other":"Point"}"#),
            ("decimal", r#"{"other":"decimal.Decimal"}"#),
            ("ordered", r#"{"other":"collections.OrderedDict"}"#),
            ("text", r#""str""#),
            ("rest", r#"{"tuple":["int","str"]}"#),
            ("key", r#""int""#),
            ("more", r#"{"dict":[["str"],["int"]]}"#),
        ],
    ),
    ("shared", &[("a", r#""int""#), ("b", r#""str""#)]),
    (
        "arrays",
        &[
            ("matrix", r#"{"array":{"dimensions":2,"dtype":"float64"}}"#),
            ("vector", r#"{"array":{"dimensions":1,"dtype":"int32"}}"#),
        ],
    ),
];

/// Functions that not every Python has, or tells.
const NOT_EVERYWHERE: [&str; 2] = ["arrays", "shared"];

#[test]
fn observed_types_are_the_annotated_ones_on_every_version() {
    for python in pythons::all(skipped) {
        let script = python.script(&[("typed.py", PROGRAM)]);
        let words: Vec<&OsStr> = script.words().iter().map(AsRef::as_ref).collect();
        check(&python, &words);
    }
}

#[test]
fn arrays_of_numpy_have_their_dtype_and_dimensions() {
    let workplace = Workplace::new();
    let script = workplace.file("typed.py", PROGRAM);
    let interpreter = environment::python();
    let words = [interpreter.as_os_str(), script.as_os_str()];
    let recorded = record(&workplace, &words);
    let seen = recorded.seen("arrays");
    assert!(!seen.is_empty(), "nothing was seen of the arrays");
    hold("numpy", "arrays", &seen);
}

/// A few looks a second fall on each function by chance: a run in which they all missed one is followed by another.
fn check(python: &Python, words: &[&OsStr]) {
    const MOST_RUNS: usize = 4;
    let all_seen = |recorded: &Recorded| {
        let mut functions = PASSED.iter().map(|(function, _)| *function);
        functions.all(|it| NOT_EVERYWHERE.contains(&it) || !recorded.seen(it).is_empty())
    };
    let run = || record(&Workplace::new(), words);
    let mut recorded = run();
    for _ in 1..MOST_RUNS {
        if all_seen(&recorded) {
            break;
        }
        recorded = run();
    }
    let mut looked_into = 0;
    for (function, _) in PASSED.iter().filter(|(function, _)| *function != "arrays") {
        let seen = recorded.seen(function);
        // Before 3.11 a parameter that a closure shares is nowhere among the locals.
        if *function == "shared" && python.minor < 11 {
            continue;
        }
        assert!(!seen.is_empty(), "{python}: nothing was seen of {function}");
        hold(&python.to_string(), function, &seen);
        looked_into += 1;
    }
    assert!(looked_into >= 3, "{python}");
    let mixed = recorded.seen("mixed");
    let types: Vec<&str> = mixed
        .values()
        .flatten()
        .map(|(of_type, _)| &**of_type)
        .collect();
    assert!(
        types
            .iter()
            .all(|of_type| [r#""None""#, r#""int""#].contains(of_type)),
        "{python}: {types:?}"
    );
}

fn record(workplace: &Workplace, words: &[&OsStr]) -> Recorded {
    let arguments = ["run", "--output", "report", "--"].map(OsStr::new);
    let all: Vec<&OsStr> = arguments
        .iter()
        .chain(words)
        .copied()
        .chain([OsStr::new("8")])
        .collect();
    workplace.run(&all).expect(0);
    Recorded::read(&workplace.path().join("report"))
}

/// All that was seen of a function's parameters is what was passed.
#[track_caller]
fn hold(python: &str, function: &str, seen: &BTreeMap<String, Vec<(String, u64)>>) {
    let (_, passed) = PASSED
        .iter()
        .find(|(name, _)| *name == function)
        .expect("it is one of them");
    for (name, of_type) in *passed {
        let Some(types) = seen.get(*name) else {
            panic!("{python}: {name} of {function} was not seen, only {seen:?}");
        };
        let types: Vec<&str> = types.iter().map(|(of_type, _)| &**of_type).collect();
        assert_eq!(types, [*of_type], "{python}: {name} of {function}");
    }
}
