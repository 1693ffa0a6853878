//! Programs that wait, each for something else: nothing of them is proposed, and a sentence says why.

use crate::tool::{Workplace, candidates, plan};

/// Waits for what the program's argument names, some two thirds of a second.
const WAITING: &str = "\
import asyncio
import multiprocessing
import os
import queue
import select
import socket
import subprocess
import sys
import threading
import time

SECONDS = 0.7


def later(act, *arguments):
    threading.Timer(SECONDS, act, arguments).start()


def a_timer():
    time.sleep(SECONDS)


def a_socket():
    here, there = socket.socketpair()
    later(there.send, b'x')
    return here.recv(1)


def a_selector():
    here, there = socket.socketpair()
    later(there.send, b'x')
    select.select([here], [], [])


def a_pipe():
    read, write = os.pipe()
    later(os.write, write, b'x')
    return os.read(read, 1)


def a_lock():
    lock = threading.Lock()
    lock.acquire()
    later(lock.release)
    lock.acquire()


def a_queue():
    waiting = queue.Queue()
    later(waiting.put, 1)
    return waiting.get()


def a_thread():
    thread = threading.Thread(target=time.sleep, args=(SECONDS,))
    thread.start()
    thread.join()


def a_child():
    subprocess.run(['sleep', str(SECONDS)], check=True)


def an_output():
    return subprocess.check_output(['sh', '-c', 'sleep %f; echo x' % SECONDS])


def a_process():
    process = multiprocessing.get_context('fork').Process(target=time.sleep, args=(SECONDS,))
    process.start()
    process.join()


async def loop():
    await asyncio.gather(*[asyncio.sleep(SECONDS) for _ in range(3)])


def an_event_loop():
    asyncio.run(loop())


globals()[sys.argv[1]]()
";

fn check(what: &str) {
    let workplace = Workplace::new();
    workplace.file("waiting.py", WAITING);
    let run = workplace.run(&["run", "waiting.py", what]).expect(0);
    let plan = plan(&workplace.path().join("reports/waiting"));
    assert_eq!(candidates(&plan), [""; 0], "{what}");
    let said = format!("{}{}", run.stdout, run.stderr).replace('\n', " ");
    assert!(said.contains("the program waited"), "{what}: {said}");
}

#[test]
fn what_waits_for_something_in_the_process_is_not_proposed() {
    for what in ["a_timer", "a_lock", "a_queue", "a_thread", "an_event_loop"] {
        check(what);
    }
}

#[test]
fn what_waits_for_something_outside_is_not_proposed() {
    for what in [
        "a_socket",
        "a_selector",
        "a_pipe",
        "a_child",
        "an_output",
        "a_process",
    ] {
        check(what);
    }
}
