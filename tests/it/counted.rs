//! Calls counted from inside the program: they are right, and the program is as it would be without.

use crate::environment;
use crate::machine::{self, interpreter};
use crate::pythons::{self, Python};
use crate::tool::{Workplace, plan, skipped};
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::process::Command;

/// Calls each of its functions a known number of times. Each works long enough to be worth crossing for.
const PROGRAM: &str = "\
import sys


def plain(a, b=2, *, c=3):
    for _ in range(40):
        a += b
    return a + c


class Shelf:
    def method(self, n):
        for i in range(40):
            n = n + i - i
        if n % 3 == 0:
            return None
        return [n, str(n)]

    @staticmethod
    def fixed(x):
        for i in range(40):
            x = x + i - i
        return (x, {x: 1.5})


def guarded(n):
    for i in range(40):
        n = n + i - i
    try:
        if n % 5 == 0:
            raise ValueError(n)
        return b'x'
    except ValueError:
        return 'odd'


def grow(rows, n):
    for _ in range(40):
        n += 1
    rows.append(n)
    if n % 2:
        raise KeyError(n)
    return rows


def main(n):
    shelf = Shelf()
    for i in range(n):
        plain(i)
        shelf.method(i)
        Shelf.fixed(i)
        guarded(i)
        try:
            grow([], i)
        except KeyError:
            pass


if __name__ == '__main__':
    main(int(sys.argv[1]))
    sys.exit(5)
";

const TIMES: u64 = 300_000;

fn of<'p>(plan: &'p Value, list: &str, function: &str) -> &'p Value {
    let rows = plan[list].as_array().expect("it is a list");
    let row = rows.iter().find(|row| row["qualname"] == function);
    row.unwrap_or_else(|| panic!("{function} is not among the {list}"))
}

/// A report of a program, run with more options of rustbound's.
fn report(workplace: &Workplace, options: &[&OsStr], program: &[&OsStr], status: i32) -> Value {
    let run = ["run", "--force", "--output", "report"].map(OsStr::new);
    let words: Vec<&OsStr> = (run.iter().chain(options).chain(program))
        .copied()
        .collect();
    workplace.run(&words).expect(status);
    plan(&workplace.path().join("report"))
}

fn notes(plan: &Value) -> Vec<&str> {
    let notes = plan["notes"].as_array().expect("it is a list");
    notes
        .iter()
        .map(|note| note.as_str().expect("a text"))
        .collect()
}

#[track_caller]
fn check_note(plan: &Value, expected: &str) {
    let notes = notes(plan);
    assert!(
        notes.iter().any(|note| note.contains(expected)),
        "{notes:?}"
    );
}

/// An interval of 95 % does not hold the truth once in twenty times: a run in which one of them did not is followed by
/// another.
#[test]
fn the_interval_holds_the_number_of_calls_on_every_version() {
    const MOST_RUNS: usize = 3;
    for python in machine::pythons() {
        let run = || known(&python);
        let mut plan = run();
        for _ in 1..MOST_RUNS {
            if wrong(&plan).is_empty() {
                break;
            }
            plan = run();
        }
        assert_eq!(wrong(&plan), [""; 0], "{python}");
        assert!(
            plan["run"]["left_out_samples"].as_u64() > Some(0),
            "{python}"
        );
        check_returns(&plan, &python);
        check_candidates(&plan);
        check_conduct(&plan, &python);
    }
}

/// The plan of the program whose calls are known.
fn known(python: &Python) -> Value {
    let workplace = Workplace::new();
    workplace.file("known.py", PROGRAM);
    let options = [OsStr::new("--python"), interpreter(python)];
    let times = TIMES.to_string();
    let program = [OsStr::new("known.py"), OsStr::new(&times)];
    report(&workplace, &options, &program, 5)
}

/// The functions whose interval does not hold the number of their calls, or says nothing.
fn wrong(plan: &Value) -> Vec<String> {
    const WIDEST: u64 = 20;
    let functions = ["plain", "Shelf.method", "Shelf.fixed", "guarded", "grow"];
    let wrong = functions.into_iter().filter_map(|function| {
        let calls = &of(plan, "functions", function)["calls"];
        let (low, high) = (calls["low"].as_u64()?, calls["high"].as_u64()?);
        let holds = low <= TIMES && TIMES <= high && high <= low * WIDEST;
        (!holds).then(|| format!("{function}: {calls}"))
    });
    wrong.collect()
}

fn check_returns(plan: &Value, python: &Python) {
    let types = |function: &str| -> Vec<String> {
        let returns = &of(plan, "candidates", function)["signature"]["returns"]["observed"];
        let types = returns["types"].as_array();
        let types = types.unwrap_or_else(|| panic!("{python}: nothing of {function}"));
        types
            .iter()
            .map(|it| it["type"].as_str().expect("a type").to_owned())
            .collect()
    };
    assert_eq!(types("plain"), ["int"], "{python}");
    assert_eq!(
        types("Shelf.method"),
        ["None", "list[int | str]"],
        "{python}"
    );
    assert_eq!(types("guarded"), ["str", "bytes"], "{python}");
}

fn check_conduct(plan: &Value, python: &Python) {
    let grow = of(plan, "candidates", "grow");
    let seen = &grow["observed"];
    let count = |name: &str| {
        seen[name]
            .as_u64()
            .unwrap_or_else(|| panic!("{python}: {grow}"))
    };
    assert!(
        0 < count("raised") && count("raised") < count("count"),
        "{python}: {seen}"
    );
    let rows = &seen["changed"][0];
    assert_eq!(rows["parameter"], "rows", "{python}: {seen}");
    assert_eq!(rows["changed"], rows["count"], "{python}: {seen}");
    let callers = seen["callers"].as_array().expect("it is a list");
    assert!(
        callers.iter().all(|it| it["function"] == "known.main"),
        "{python}: {seen}"
    );
    let plain = &of(plan, "candidates", "plain")["observed"];
    assert_eq!(plain["raised"], 0, "{python}: {plain}");
    assert_eq!(plain["changed"], serde_json::json!([]), "{python}: {plain}");
}

fn check_candidates(plan: &Value) {
    let calls = &of(plan, "candidates", "plain")["calls"];
    assert_eq!(calls["source"], "windows");
    let counted = &of(plan, "functions", "plain")["calls"];
    for end in ["low", "expected", "high"] {
        assert_eq!(calls["count"][end].as_f64(), counted[end].as_f64());
    }
}

#[test]
fn nothing_is_counted_where_nobody_wants_it() {
    let workplace = Workplace::new();
    workplace.file("known.py", PROGRAM);
    let program = ["known.py", "100000"].map(OsStr::new);
    let plan = report(&workplace, &[OsStr::new("--no-observe")], &program, 5);
    assert_eq!(of(&plan, "functions", "plain")["calls"], Value::Null);
    assert_eq!(plan["run"]["left_out_samples"], 0);
    assert!(!notes(&plan).iter().any(|note| note.contains("counted")));
}

/// Says all that a program can see of how it was started.
const SURROUNDINGS: &str = "\
import gc, os, subprocess, sys, threading, _thread
loaded = sorted(sys.modules)
print(sorted(os.environ.items()))
print(os.environb.get(b'PYTHONPATH'), os.getenv('PYTHONPATH'))
print(sys.path, sorted(sys.path_importer_cache))
print(loaded, sys.argv, getattr(sys, 'orig_argv', None), sys.flags)
print(threading.active_count(), [thread.name for thread in threading.enumerate()])
print(open('/dev/null').fileno())
asked = [sys.executable, '-c', 'import os, sys; print(sorted(os.environ.items()), sys.path)']
print(subprocess.run(asked, stdout=subprocess.PIPE).stdout)
print(sorted(subprocess.run(['env'], stdout=subprocess.PIPE).stdout.split()))
print(getattr(sys.modules.get('sitecustomize'), 'NAME', None))
print(sys.getprofile(), sys.gettrace(), threading._profile_hook if hasattr(threading, '_profile_hook') else None)
";

/// What a program prints with and without rustbound, with this in its environment.
#[track_caller]
fn check_surroundings(python: &Python, environment: &[(&str, &str)], arguments: &[&str]) {
    let workplace = Workplace::new();
    workplace.file("asks.py", SURROUNDINGS);
    workplace.file(
        "own/sitecustomize.py",
        "NAME = 'the own one'\nimport colorsys\n",
    );
    let said = |command: &mut Command| {
        let command = command.current_dir(workplace.path());
        let command = command
            .env_remove("PYTHONPATH")
            .env("XDG_CACHE_HOME", "cache")
            .envs(environment.iter().copied());
        let command = command.env("PATH", "/usr/bin:/bin").env("NO_COLOR", "1");
        let output = command.output().expect("it starts");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let mut alone = Command::new(interpreter(python));
    let alone = said(alone.args(arguments).arg("asks.py"));
    let mut profiled = workplace.rustbound();
    profiled.args(["run", "--force", "--output", "report", "--"]);
    profiled
        .arg(interpreter(python))
        .args(arguments)
        .arg("asks.py");
    profiled.env_remove("VIRTUAL_ENV");
    let profiled = said(&mut profiled);
    for (profiled, alone) in profiled.lines().zip(alone.lines()) {
        assert_eq!(profiled, alone, "{python}: {environment:?} {arguments:?}");
    }
    assert_eq!(profiled.lines().count(), alone.lines().count());
}

#[test]
fn a_program_sees_nothing_of_the_agent() {
    for python in machine::pythons() {
        check_surroundings(&python, &[], &[]);
        check_surroundings(&python, &[("PYTHONPATH", "own")], &[]);
        check_surroundings(&python, &[("PYTHONPATH", "")], &["-u"]);
    }
    let python = machine::pythons().pop().expect("there is a Python");
    check_surroundings(&python, &[("PYTHONPATH", "own:other")], &["-W", "error"]);
    for option in ["-S", "-E", "-I", "-s"] {
        check_surroundings(&python, &[("PYTHONPATH", "own")], &[option]);
    }
}

/// Works for a while.
const WORK: &str = "\
def work(n):
    total = 0
    for i in range(n):
        total += step(i)
    return total


def step(i):
    return i * i % 7


";

/// The plan of a program that works, with something before and after it.
fn plan_of(before: &str, after: &str, words: &[&str], status: i32) -> Value {
    let workplace = Workplace::new();
    workplace.file("program.py", &format!("{before}\n{WORK}{after}\n"));
    let python = environment::python();
    let mut program = vec![OsStr::new("--"), python.as_os_str()];
    program.extend(words.iter().map(OsStr::new));
    program.push(OsStr::new("program.py"));
    report(&workplace, &[], &program, status)
}

const LONG: &str = "work(12_000_000)";

#[test]
fn a_python_that_leaves_its_environment_alone_is_told() {
    for option in ["-S", "-I", "-E"] {
        let plan = plan_of("", LONG, &[option], 0);
        check_note(
            &plan,
            "calls were not counted: Python was started with -I, -E or -S",
        );
    }
}

#[test]
fn a_tracer_of_the_program_is_left_alone() {
    let tracer = "\
import sys
seen = set()
def tracer(frame, event, argument):
    seen.add(frame.f_code.co_filename)
    return tracer
sys.settrace(tracer)
";
    let end = "work(1_500_000)\nsys.settrace(None)\nassert not any('rustbound' in it for it in seen), seen";
    let plan = plan_of(tracer, end, &[], 0);
    check_note(
        &plan,
        "calls were not counted: a tracer is at work in the program",
    );
}

#[test]
fn a_profiler_of_the_program_is_left_alone() {
    let profiler = "\
import sys
seen = set()
def profiler(frame, event, argument):
    seen.add(frame.f_code.co_filename)
sys.setprofile(profiler)
";
    let end = "work(1_000_000)\nsys.setprofile(None)\nassert not any('rustbound' in it for it in seen), seen";
    for python in machine::pythons() {
        let workplace = Workplace::new();
        workplace.file("program.py", &format!("{profiler}\n{WORK}{end}\n"));
        let program = [
            OsStr::new("--"),
            interpreter(&python),
            OsStr::new("program.py"),
        ];
        report(&workplace, &[], &program, 0);
    }
}

#[test]
fn another_tool_that_monitors_is_left_alone() {
    let tool = "import sys\nsys.monitoring.use_tool_id(3, 'another')";
    let end = format!("{LONG}\nassert sys.monitoring.get_tool(3) == 'another'");
    for python in machine::pythons()
        .into_iter()
        .filter(|python| python.minor >= 12)
    {
        let workplace = Workplace::new();
        workplace.file("program.py", &format!("{tool}\n{WORK}{end}\n"));
        let program = [
            OsStr::new("--"),
            interpreter(&python),
            OsStr::new("program.py"),
        ];
        let plan = report(&workplace, &[], &program, 0);
        check_note(
            &plan,
            "calls were not counted: another is at work in the program",
        );
    }
}

/// Forks while functions are being counted; children work too, and say how they fared.
const FORKS: &str = "\
import os, sys, threading, warnings
for _ in range(6):
    work(4_000_000)
    child = os.fork()
    if child == 0:
        monitored = getattr(sys, 'monitoring', None)
        free = monitored is None or all(monitored.get_tool(tool) is None for tool in range(6))
        before = step.__code__
        work(10_000)
        os._exit(0 if free and step.__code__ is before and step.__code__.co_consts[-1] == 7 else 1)
    assert os.waitpid(child, 0)[1] == 0
";

#[test]
fn a_program_that_forks_is_not_warned_and_its_children_are_free() {
    for python in machine::pythons() {
        let workplace = Workplace::new();
        workplace.file("program.py", &format!("{WORK}{FORKS}\n"));
        let program = [
            "--".as_ref(),
            interpreter(&python),
            "-W".as_ref(),
            "error".as_ref(),
        ];
        let program: Vec<&OsStr> = program
            .into_iter()
            .chain([OsStr::new("program.py")])
            .collect();
        let run = ["run", "--output", "report"].map(OsStr::new);
        let run: Vec<&OsStr> = run.into_iter().chain(program).collect();
        let run = workplace.run(&run).expect(0);
        assert!(!run.stderr.contains("Warning"), "{python}: {}", run.stderr);
    }
}

#[test]
fn threads_are_counted_together() {
    let threads = "\
import threading
threads = [threading.Thread(target=work, args=(5_000_000,)) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
";
    let plan = plan_of("", threads, &[], 0);
    let calls = &of(&plan, "functions", "step")["calls"];
    let count = |name: &str| calls[name].as_u64().expect("it was counted");
    assert!(
        count("low") <= 15_000_000 && 15_000_000 <= count("high"),
        "{calls}"
    );
}

#[test]
fn a_program_goes_on_when_rustbound_is_killed_while_it_counts() {
    let workplace = Workplace::new();
    let end = "for _ in range(20):\n    work(1_000_000)\nopen('done', 'w').write(str(step.__code__.co_consts))";
    workplace.file("program.py", &format!("{WORK}{end}\n"));
    let mut command = workplace.rustbound();
    command.args(["run", "--output", "report", "--"]);
    command.arg(environment::python()).arg("program.py");
    let mut rustbound = command.spawn().expect("it starts");
    std::thread::sleep(std::time::Duration::from_millis(1500));
    rustbound.kill().expect("it is our child");
    rustbound.wait().expect("it is our child");
    let done = workplace.path().join("done");
    for _ in 0..3000 {
        if fs::read_to_string(&done).is_ok_and(|said| !said.is_empty()) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert_eq!(
        fs::read_to_string(&done).expect("it came to its end"),
        "(None, 7)"
    );
}

#[test]
fn a_signal_that_the_program_waits_for_reaches_it() {
    let waits = "\
import os, signal, threading
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM)).start()
assert signal.sigwait({signal.SIGTERM}) == signal.SIGTERM
";
    plan_of(waits, "work(1_000)", &[], 0);
}

/// The agent's own files.
const AGENT: [(&str, &str); 9] = [
    ("watch.py", include_str!("../../src/record/agent/watch.py")),
    ("enter.py", include_str!("../../src/record/agent/enter.py")),
    (
        "values.py",
        include_str!("../../src/record/agent/values.py"),
    ),
    (
        "conduct.py",
        include_str!("../../src/record/agent/conduct.py"),
    ),
    (
        "search.py",
        include_str!("../../src/record/agent/search.py"),
    ),
    ("cost.py", include_str!("../../src/record/agent/cost.py")),
    (
        "monitoring.py",
        include_str!("../../src/record/agent/monitoring.py"),
    ),
    (
        "rewriting.py",
        include_str!("../../src/record/agent/rewriting.py"),
    ),
    ("agent.py", include_str!("../../src/record/agent/agent.py")),
];

/// The Pythons of a folder see no files of ours outside it: there the agent's own files are driven, and elsewhere too.
#[test]
fn a_window_counts_each_call_on_every_version() {
    for python in pythons::all(skipped) {
        check_driven(&python, ("drive.py", include_str!("drive.py")), "driven\n");
    }
}

#[test]
fn a_profiler_does_not_see_the_agent_wake_on_any_version() {
    for python in pythons::all(skipped) {
        let driver = ("profiled.py", include_str!("profiled.py"));
        check_driven(&python, driver, "unseen\n");
    }
}

/// What a script says that has the agent's files beside it.
#[track_caller]
fn check_driven(python: &Python, driver: (&str, &str), expected: &str) {
    let files: Vec<(&str, &str)> = [driver].into_iter().chain(AGENT).collect();
    let script = python.script(&files);
    let words = script.words();
    let output = Command::new(&words[0]).args(&words[1..]).output();
    let output = output.expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(said, expected, "{python}: {output:?}");
}
