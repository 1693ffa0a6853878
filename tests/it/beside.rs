//! The agent beside other tools that watch a program: what they report is what they report without rustbound.

use crate::environment;
use crate::machine::{self, interpreter};
use crate::pythons::Python;
use crate::tool::{Run, Workplace, plan};
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Works for so long that the agent would count its calls; some lines and branches are never reached.
const JOB: &str = "\
import sys
import time


def square(rows):
    total = 0
    for row in rows:
        total += row * row % 7
    return total


def choose(number):
    if number % 3 == 0:
        return square(range(20))
    elif number < 0:
        return -1
    return number


def main(times, seconds):
    total = 0
    while True:
        for number in range(times):
            total += choose(number) + square([1, 2, 3])
        if time.process_time() >= seconds:
            break
    print('done', total > 0)


if __name__ == '__main__':
    main(int(sys.argv[1]), float(sys.argv[2]))
    sys.exit(5)
";

/// Before Python 3.12, functions of the script itself are in no module while `cProfile` runs it: nobody would find them.
const START: &str = "import job\njob.main(1_500_000, 0)\n";

/// A tool that runs `job.py` in a folder: how its Python is started, and in which environment.
struct Tool<'t> {
    python: &'t Python,
    words: &'t [&'t str],
    environment: &'t [(&'t str, &'t OsStr)],
}

impl Tool<'_> {
    fn command(&self, mut command: Command, workplace: &Workplace) -> Run {
        command
            .args(self.words)
            .current_dir(workplace.path())
            .env_remove("PYTHONPATH")
            .envs(self.environment.iter().copied())
            .stdin(std::process::Stdio::null());
        Run::of(&mut command)
    }

    fn alone(&self, workplace: &Workplace) -> Run {
        workplace.file("job.py", JOB);
        self.command(Command::new(interpreter(self.python)), workplace)
    }

    /// With rustbound around it.
    fn profiled(&self, workplace: &Workplace) -> Run {
        workplace.file("job.py", JOB);
        let mut command = workplace.rustbound();
        command.args(["run", "--output", "report", "--"]);
        command.arg(interpreter(self.python));
        self.command(command, workplace)
    }
}

/// The words that tell why calls were not counted.
fn trouble(workplace: &Workplace) -> String {
    let plan = plan(&workplace.path().join("report"));
    let notes = plan["notes"].as_array().expect("it is a list").iter();
    let mut notes = notes.filter_map(Value::as_str);
    let note = notes.find_map(|note| note.strip_prefix("calls were not counted: "));
    note.unwrap_or_default().to_owned()
}

/// What coverage.py found of each file: lines, and branches where they were measured.
fn covered(python: &Python, packages: &Path, workplace: &Workplace) -> Value {
    let mut command = Command::new(interpreter(python));
    command
        .args(["-m", "coverage", "json", "-q", "-o", "covered.json"])
        .current_dir(workplace.path())
        .env("PYTHONPATH", packages);
    Run::of(&mut command).expect(0);
    let text = fs::read_to_string(workplace.path().join("covered.json"));
    let mut told: Value = serde_json::from_str(&text.expect("it was written")).expect("JSON");
    told["files"].take()
}

#[track_caller]
fn check_coverage(python: &Python, core: &str, options: &[&str], note: &str) {
    let packages = environment::coverage(python.minor);
    let words = ["-m", "coverage", "run"].iter().chain(options);
    let words: Vec<&str> = words.chain(&["job.py", "1000", "2"]).copied().collect();
    let tool = Tool {
        python,
        words: &words,
        environment: &[
            ("PYTHONPATH", packages.as_os_str()),
            ("COVERAGE_CORE", core.as_ref()),
        ],
    };
    let (alone, profiled) = (Workplace::new(), Workplace::new());
    let outputs = [tool.alone(&alone), tool.profiled(&profiled)].map(|run| run.expect(5).stdout);
    assert_eq!(outputs, ["done True\n"; 2], "{python}, {core}");
    let [expected, found] = [&alone, &profiled].map(|it| covered(python, &packages, it));
    assert_eq!(found, expected, "{python}, {core}");
    let files: Vec<&String> = (found.as_object().into_iter())
        .flat_map(serde_json::Map::keys)
        .collect();
    assert_eq!(files, ["job.py"], "{python}, {core}");
    // All but what nobody calls with less than nothing.
    let missing = &found["job.py"]["missing_lines"];
    assert_eq!(*missing, serde_json::json!([16]), "{python}, {core}");
    assert_eq!(trouble(&profiled), note, "{python}, {core}");
}

#[test]
fn coverage_by_a_tracer_is_complete_and_the_agent_stands_aside() {
    let note = "a tracer is at work in the program";
    for python in with_coverage() {
        check_coverage(&python, "ctrace", &["--branch"], note);
    }
}

#[test]
fn coverage_by_monitoring_is_complete_and_the_agent_stands_aside() {
    let note = "coverage.py is at work in the program";
    for python in with_coverage().into_iter().filter(|it| it.minor >= 12) {
        check_coverage(&python, "sysmon", &[], note);
    }
}

/// The coverage.py that is installed is for Python 3.11 and later.
fn with_coverage() -> Vec<Python> {
    let mut all = machine::pythons();
    all.retain(|python| python.minor >= 11);
    all
}

/// Tells the calls of each function in the statistics, those of recursion too, but no times.
const CALLS: &str = "\
import os, pstats, re
stats = pstats.Stats('job.pstats').stats
for place, (primitive, calls, *_, callers) in sorted(stats.items()):
    row = str((place, primitive, calls, sorted(callers))).replace(os.getcwd(), '')
    print(re.sub('0x[0-9a-f]+', 'ADDRESS', row))
";

#[test]
fn cprofile_counts_the_programs_calls_alone_and_the_agent_stands_aside() {
    for python in machine::pythons() {
        let tool = Tool {
            python: &python,
            words: &["-m", "cProfile", "-o", "job.pstats", "start.py"],
            environment: &[],
        };
        let (alone, profiled) = (Workplace::new(), Workplace::new());
        for workplace in [&alone, &profiled] {
            workplace.file("start.py", START);
        }
        let [expected, found] = [tool.alone(&alone), tool.profiled(&profiled)];
        assert_eq!(
            (found.status, found.stdout),
            (expected.status, expected.stdout),
            "{python}"
        );
        let [expected, found] = [&alone, &profiled].map(|workplace| {
            let mut command = Command::new(interpreter(&python));
            command.args(["-c", CALLS]).current_dir(workplace.path());
            Run::of(&mut command).expect(0).stdout
        });
        assert!(
            expected.contains("'choose'), 1500000, 1500000"),
            "{expected}"
        );
        assert_eq!(found, expected, "{python}");
        let by = if python.minor >= 12 {
            "cProfile"
        } else {
            "a profiler"
        };
        let note = format!("{by} is at work in the program");
        assert_eq!(trouble(&profiled), note, "{python}");
    }
}

/// The debugger shows the end of the program, begins it again, and finds no more commands.
#[test]
fn a_debugger_says_what_it_says_alone() {
    for python in machine::pythons() {
        let tool = Tool {
            python: &python,
            words: &["-m", "pdb", "-c", "continue", "job.py", "1000", "1.5"],
            environment: &[],
        };
        let (alone, profiled) = (Workplace::new(), Workplace::new());
        let [expected, found] = [tool.alone(&alone), tool.profiled(&profiled)];
        let told = |run: &Run, workplace: &Workplace| {
            let folder = workplace.path().display().to_string();
            (run.status, run.stdout.replace(&folder, "FOLDER"))
        };
        let expected = told(&expected, &alone);
        assert!(expected.1.contains("Exit status: 5"), "{expected:?}");
        assert_eq!(told(&found, &profiled), expected, "{python}");
    }
}
