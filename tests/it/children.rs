//! Programs of several processes: followed with `--subprocesses`, and told of without.

use crate::environment;
use crate::running::{Running, wait_until_ready};
use crate::tool::{Run, Workplace, candidates, plan, signal};
use rustix::process::Signal;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const COMPUTING: &str = "\
import time


def compute(n):
    total = 0
    for i in range(n):
        total += i * i % 7
    return total


def work(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        compute(10_000)
";

/// A pool, by the method and of the size that the arguments say. Ends with status 7.
const POOL: &str = "\
import multiprocessing
import sys
from computing import work

if __name__ == '__main__':
    method, size, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    with multiprocessing.get_context(method).Pool(size) as pool:
        print('ready', flush=True)
        pool.map(work, [seconds] * size, chunksize=1)
    sys.exit(7)
";

/// Python, a shell below it, and Python below that.
const TREE: &str = "\
import subprocess
import sys

script = 'import computing; computing.work(6)'
shell = subprocess.run(['sh', '-c', '\"$@\"; exit 3', 'sh', sys.executable, '-c', script])
sys.exit(shell.returncode)
";

/// A program that becomes another Python in a process of its own.
const BECOMING: &str = "\
import os
import sys
import time

if os.fork() == 0:
    time.sleep(0.5)
    os.execv(sys.executable, [sys.executable, '-c', 'import computing; computing.work(6)'])
_, status = os.wait()
sys.exit(os.waitstatus_to_exitcode(status) + 5)
";

/// Four processes for the same time, one of which computes something else.
const UNEQUAL: &str = "\
import multiprocessing
import time


def seldom(n):
    total = 0
    for i in range(n):
        total += i * i % 5
    return total


def often(n):
    total = 0
    for i in range(n):
        total += i * i % 7
    return total


def work(function):
    end = time.monotonic() + 6
    while time.monotonic() < end:
        function(10_000)


if __name__ == '__main__':
    functions = [seldom, often, often, often]
    processes = [multiprocessing.Process(target=work, args=(one,)) for one in functions]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
";

/// A program that ends its processes when it is interrupted, and itself with status 9.
const INTERRUPTED: &str = "\
import multiprocessing
import signal
import sys
from computing import work

if __name__ == '__main__':
    signal.signal(signal.SIGINT, signal.default_int_handler)
    processes = [multiprocessing.Process(target=work, args=(60,)) for _ in range(2)]
    for process in processes:
        process.start()
    print('ready', flush=True)
    try:
        work(60)
    except KeyboardInterrupt:
        for process in processes:
            process.terminate()
            process.join()
    sys.exit(9)
";

const STORM: &str = "\
import os
import time


def child():
    end = time.monotonic() + 0.02
    while time.monotonic() < end:
        pass
    os._exit(0)


for _ in range(100):
    if os.fork() == 0:
        child()
    os.wait()
end = time.monotonic() + 0.5
while time.monotonic() < end:
    pass
";

fn workplace(program: &str) -> Workplace {
    let workplace = Workplace::new();
    workplace.file("computing.py", COMPUTING);
    workplace.file("program.py", program);
    workplace
}

fn report(workplace: &Workplace) -> Value {
    plan(&workplace.path().join("reports/program"))
}

fn notes(report: &Path) -> String {
    std::fs::read_to_string(report.join("plan.md")).expect("the report has a plan.md")
}

/// Runs the program with these words before and behind it, to this status, and gives its plan.
fn followed(program: &str, arguments: &[&str], status: i32) -> Value {
    let workplace = workplace(program);
    let words = ["run", "--subprocesses", "program.py"];
    let words: Vec<&str> = words.iter().chain(arguments).copied().collect();
    workplace.run(&words).expect(status);
    report(&workplace)
}

fn check_pool(method: &str) {
    let plan = followed(POOL, &[method, "2", "6"], 7);
    assert_eq!(candidates(&plan)[0], "computing.compute", "{method}");
    let processes = plan["run"]["processes"].as_u64().expect("a number");
    assert!(processes >= 3, "{method}: {processes}");
}

#[test]
fn the_workers_of_a_forked_pool_are_followed() {
    check_pool("fork");
}

#[test]
fn the_workers_of_a_spawned_pool_are_followed() {
    check_pool("spawn");
}

#[test]
fn the_workers_of_a_fork_server_are_followed() {
    check_pool("forkserver");
}

#[test]
fn eight_processes_at_once_are_no_faster_clock() {
    let plan = followed(POOL, &["fork", "8", "6"], 7);
    let run = &plan["run"];
    let figure = |name: &str| run[name].as_f64().expect("a number");
    assert!(figure("processes") >= 9.0, "{run}");
    let wall = figure("wall_seconds");
    let asked = figure("rate_hz_requested");
    assert!(figure("rate_hz_achieved") <= 1.1 * asked, "{run}");
    assert!(figure("samples") > wall * asked, "{run}");
    let shares = plan["candidates"].as_array().expect("a list").iter();
    let share = shares.map(|it| it["share"]["expected"].as_f64().expect("a share"));
    let sum: f64 = share.sum();
    assert!((0.8..=1.0).contains(&sum), "{plan}");
    assert_eq!(candidates(&plan)[0], "computing.compute");
}

#[test]
fn every_process_has_its_share() {
    let plan = followed(UNEQUAL, &[], 0);
    assert_eq!(candidates(&plan), ["program.often", "program.seldom"]);
    for (rank, share) in [0.75, 0.25].into_iter().enumerate() {
        let seen = plan["candidates"][rank]["share"]["expected"].as_f64();
        let seen = seen.expect("a share");
        assert!((seen - share).abs() < 0.1, "{rank}: {seen}");
    }
}

#[test]
fn without_the_flag_the_report_says_how_to_follow() {
    let workplace = workplace(POOL);
    let run = workplace
        .run(&["run", "program.py", "fork", "2", "1"])
        .expect(7);
    let note = "2 other Python processes were not followed: ";
    assert!(run.stderr.contains(note), "{}", run.stderr);
    let text = notes(&workplace.path().join("reports/program"));
    assert!(text.contains("--subprocesses"), "{text}");
}

#[test]
fn python_below_a_shell_is_followed_and_the_shell_is_told() {
    let workplace = workplace(TREE);
    let run = workplace
        .run(&["run", "--subprocesses", "program.py"])
        .expect(3);
    assert_eq!(candidates(&report(&workplace))[0], "computing.compute");
    let note = "1 other process ran no Python";
    assert!(run.stderr.contains(note), "{}", run.stderr);
}

#[test]
fn a_child_that_becomes_another_python_is_followed() {
    let plan = followed(BECOMING, &[], 5);
    assert_eq!(candidates(&plan)[0], "computing.compute");
}

#[test]
fn a_storm_of_short_children_is_weathered() {
    let workplace = workplace(STORM);
    let run = workplace
        .run(&["run", "--subprocesses", "program.py"])
        .expect(0);
    let note = "ended before samples could be taken";
    assert!(run.stderr.contains(note), "{}", run.stderr);
}

#[test]
fn an_interrupt_reaches_the_program_and_all_that_was_sampled_is_kept() {
    let workplace = workplace(INTERRUPTED);
    let mut rustbound = (workplace.rustbound())
        .args(["run", "--subprocesses", "program.py"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("rustbound starts");
    wait_until_ready(&mut rustbound);
    std::thread::sleep(Duration::from_secs(4));
    signal(rustbound.id(), Signal::INT);
    Run::from(rustbound.wait_with_output().expect("it ends")).expect(9);
    assert_eq!(candidates(&report(&workplace))[0], "computing.compute");
}

#[test]
fn a_pool_is_attached_to_with_its_workers() {
    let workplace = workplace(POOL);
    let mut command = Command::new(environment::python());
    command.current_dir(workplace.path());
    let mut pool = Running::ready(command.args(["program.py", "fork", "2", "8"]));
    workplace
        .run(&["attach", "--subprocesses", "--duration", "5s", &pool.pid()])
        .expect(0);
    let status = pool.0.wait().expect("it ends by itself").code();
    assert_eq!(status, Some(7), "it was harmed");
    assert_eq!(candidates(&report(&workplace))[0], "computing.compute");
}
