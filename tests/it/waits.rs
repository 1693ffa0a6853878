//! What threads wait for comes out as it is: the interpreter lock, and everything else by its kind.

use crate::pythons::{self, Python};
use crate::recorded::Recorded;
use crate::tool::{Workplace, candidates, plan, skipped};
use std::ffi::OsStr;

/// Each function waits in a thread of its own, for a second.
const WAITING: &str = "\
import fcntl, os, select, socket, subprocess, sys, tempfile, threading, time

CHILD = [sys.executable, '-c', 'import time; time.sleep(1)']


def after_a_second(work, *arguments):
    threading.Timer(1, work, arguments).start()


def for_socket():
    here, there = socket.socketpair()
    after_a_second(there.send, b'x')
    here.recv(1)


def for_socket_with_timeout():
    here, there = socket.socketpair()
    here.settimeout(60)
    after_a_second(there.send, b'x')
    here.recv(1)


def for_lock():
    lock = threading.Lock()
    lock.acquire()
    after_a_second(lock.release)
    lock.acquire()


def for_time():
    time.sleep(1)


def for_child():
    subprocess.run(CHILD, check=True)


def for_pipe():
    reader, writer = os.pipe()
    after_a_second(os.write, writer, b'x')
    os.read(reader, 1)


def for_events():
    here, there = socket.socketpair()
    reader, writer = os.pipe()
    after_a_second(there.send, b'x')
    select.select([here, reader], [], [])


def main():
    waits = [for_socket, for_socket_with_timeout, for_lock, for_time, for_child, for_pipe, for_events]
    threads = [threading.Thread(target=wait) for wait in waits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


main()
";

/// As many threads compute as its first argument says, and five wait.
const COMPUTING: &str = "\
import sys, threading, time


def compute(end):
    total = 0
    while time.monotonic() < end:
        for i in range(10000):
            total = (total * 3 + i) % 65537
    return total


def wait(end):
    end.wait()


def main():
    end = threading.Event()
    waiting = [threading.Thread(target=wait, args=(end,)) for _ in range(5)]
    latest = time.monotonic() + 2
    computing = [threading.Thread(target=compute, args=(latest,)) for _ in range(int(sys.argv[1]))]
    for thread in waiting + computing:
        thread.start()
    for thread in computing:
        thread.join()
    end.set()


main()
";

#[test]
fn each_wait_is_told_by_what_is_waited_for() {
    for python in pythons::all(skipped) {
        let workplace = Workplace::new();
        let recorded = record(&workplace, &python, ("waits.py", WAITING), &[]);
        for (function, letter) in [
            ("for_socket", 's'),
            ("for_socket_with_timeout", 's'),
            ("for_lock", 'l'),
            ("for_time", 't'),
            ("for_child", 'p'),
            ("for_pipe", 'f'),
            ("for_events", 'e'),
        ] {
            let details = recorded.details(function);
            let idle: usize = details
                .iter()
                .filter(|it| it.0.0 == 'i')
                .map(|it| it.1)
                .sum();
            let known = details.get(&('i', letter)).copied().unwrap_or(0);
            assert!(
                idle > 5 && known * 10 >= idle * 9,
                "{python}: {function} {details:?}"
            );
        }
    }
}

#[test]
fn of_two_threads_that_compute_each_wants_the_lock_half_of_its_time() {
    for python in pythons::all(skipped) {
        check_competitors(&python, 2, 0.4);
    }
}

#[test]
fn of_fifty_threads_that_compute_one_has_the_lock() {
    let python = pythons::all(|_| ()).pop().expect("there is one");
    // They don't begin all at once.
    check_competitors(&python, 50, 0.7);
}

fn check_competitors(python: &Python, threads: u32, at_least: f64) {
    let workplace = Workplace::new();
    let count = threads.to_string();
    let recorded = record(&workplace, python, ("job.py", COMPUTING), &[&count]);
    let details = recorded.details("compute");
    let all: usize = details.values().sum();
    let share = |letters| details.get(&letters).copied().unwrap_or(0) as f64 / all as f64;
    // Where there are more threads than processors, one that was woken for the lock may have to wait for those.
    let (wanting, woken) = (share(('i', 'g')), share(('r', '-')));
    let truth = 1.0 - 1.0 / f64::from(threads);
    assert!(
        wanting >= truth / 2.0 && wanting <= truth + 0.1 && wanting + woken >= at_least,
        "{python}: {wanting} and {woken} of {threads} threads, {details:?}"
    );
    // They begin and end with the lock.
    let waiting = recorded.details("wait");
    let wants_the_lock = waiting.get(&('i', 'g')).copied().unwrap_or(0);
    let all_told: usize = waiting.values().sum();
    assert!(wants_the_lock * 20 <= all_told, "{python}: {waiting:?}");
    let plan = plan(&workplace.path().join("report"));
    assert_eq!(candidates(&plan), ["job.compute"], "{python}");
    let rows = plan["functions"].as_array().expect("a list");
    let row = rows.iter().find(|row| row["qualname"] == "compute");
    let row = row.expect("it is hot");
    assert!(row["gil_share"].as_f64() > Some(0.5), "{python}: {row}");
    // Of the samples of all threads, those that wait for the end too.
    let told = row["gil_wait_share"].as_f64().expect("a share");
    assert!(
        told > wanting / 8.0 && told < wanting + woken,
        "{python}: {told} {details:?}"
    );
    let notes = plan["notes"].to_string();
    assert!(notes.contains("waited for the interpreter lock"), "{notes}");
}

fn record(
    workplace: &Workplace,
    python: &Python,
    script: (&str, &str),
    arguments: &[&str],
) -> Recorded {
    let script = python.script(&[script]);
    let options = ["run", "--output", "report", "--"].map(OsStr::new);
    let words = script.words().iter().map(AsRef::as_ref);
    let arguments = arguments.iter().map(OsStr::new);
    let all: Vec<&OsStr> = options.into_iter().chain(words).chain(arguments).collect();
    workplace.run(&all).expect(0);
    Recorded::read(&workplace.path().join("report"))
}
