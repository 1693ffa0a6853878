//! Builtins that do nothing but wait, as cProfile names them.

/// What waits for a lock, a thread, a child, a timer or somebody else's bytes. A lock that is free takes no time.
const WAITS: &[&str] = &[
    "<built-in method _thread.lock.acquire>",
    "<built-in method posix.wait4>",
    "<built-in method posix.waitid>",
    "<built-in method posix.waitpid>",
    "<built-in method select.select>",
    "<built-in method time.sleep>",
    "<method '__enter__' of '_thread.lock' objects>",
    "<method '__enter__' of '_thread.RLock' objects>",
    "<method 'accept' of '_socket.socket' objects>",
    "<method 'acquire' of '_multiprocessing.SemLock' objects>",
    "<method 'acquire' of '_thread.RLock' objects>",
    "<method 'acquire' of '_thread.lock' objects>",
    "<method 'connect' of '_socket.socket' objects>",
    "<method 'control' of 'select.kqueue' objects>",
    "<method 'get' of '_queue.SimpleQueue' objects>",
    "<method 'join' of '_thread._ThreadHandle' objects>",
    "<method 'poll' of 'select.epoll' objects>",
    "<method 'poll' of 'select.poll' objects>",
    "<method 'recv' of '_socket.socket' objects>",
    "<method 'recv_into' of '_socket.socket' objects>",
];

/// Whether a function without a file waits.
pub(super) fn waits(name: &str) -> bool {
    WAITS.contains(&name)
}
