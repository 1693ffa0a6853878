//! Programs whose time is in libraries are told which kind of replacement there is.

use crate::tool::{Workplace, plan};
use serde_json::Value;
use std::fs;

/// What `plan.md` and `plan.json` say of a program.
fn told(program: &str) -> (String, Value) {
    let workplace = Workplace::new();
    let script = workplace.file("job.py", program);
    let report = workplace.path().join("report");
    let words = ["run", "--rate", "500", "--output"].map(AsRef::as_ref);
    let paths = [report.as_os_str(), script.as_os_str()];
    workplace.run(&[&words[..], &paths[..]].concat()).expect(0);
    let told = fs::read_to_string(report.join("plan.md")).expect("the report has a plan.md");
    (told, plan(&report))
}

#[test]
fn an_installed_package_is_told_with_who_asks_for_it_and_what_is_faster() {
    let (told, plan) = told(
        "\
from dateutil import parser

def last_days(texts):
    last = 0
    for text in texts:
        last = max(last, parser.parse(text).day)
    return last

def main():
    texts = [f'2026-11-{day:02} 10:11:12' for day in range(1, 31)]
    print(sum(last_days(texts) for _ in range(900)))

main()
",
    );
    let library = &plan["libraries"][0];
    assert_eq!(library["library"], "dateutil", "{told}");
    assert_eq!(library["origin"], "third_party");
    assert_eq!(library["distribution"]["name"], "python-dateutil");
    assert_eq!(library["asked"]["function"], "job.last_days");
    assert_eq!(library["asked"]["line"], 6);
    assert_eq!(library["replacements"][0]["kind"], "standard_library");
    assert_eq!(library["replacements"][1]["kind"], "other_interface");
    for part in [
        "\n## Library code\n",
        "\n- `dateutil` (`python-dateutil 2.9.0.post0`): ",
        ", most for `job.last_days` (`job.py`, line 6: ",
        "\n  - For `dateutil.parser`, the standard library: `datetime.fromisoformat`; in C",
        "\n  - For `dateutil.parser`, a compiled package with another interface: `ciso8601`; in C",
        "of the time is in library code, most of it in `dateutil`, and faster is the standard library",
        "RB002: code of dateutil, asked for by job.last_days at line 6: faster is the standard library",
    ] {
        assert!(told.contains(part), "{part:?} in {told}");
    }
}

#[test]
fn what_the_program_calls_of_the_standard_library_is_told_with_what_is_faster() {
    let (told, plan) = told(
        "\
import copy

def versions(document):
    kept = []
    for _ in range(60):
        kept.append(copy.deepcopy(document))
    return kept

def main():
    document = {str(n): [n, {'a': (n, str(n))}] for n in range(150)}
    print(sum(len(versions(document)) for _ in range(30)))

main()
",
    );
    let library = &plan["libraries"][0];
    assert_eq!(library["library"], "copy", "{told}");
    assert_eq!(library["asked"]["line"], 6);
    let line =
        "\n  - A few lines of your own: `a copy that your type makes of itself`; deepcopy asks";
    assert!(told.contains(line), "{told}");
    assert!(told.contains("most of it in copy."), "{told}");
}
