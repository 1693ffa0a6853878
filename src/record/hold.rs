//! A process that stands still for the time of one look.
//!
//! The only file that knows `ptrace`. What holds the process is a thread of ours that lives for one look: it seizes
//! every thread of the process, interrupts them, looks, and ends. The kernel ties who is traced to the thread that
//! traces, and lets go of everything when that thread ends, whatever ended it: the look was done, a panic, a
//! `kill -9` of rustbound, the system out of memory. There is no letting go that could be forgotten or fail.
//!
//! What the kernel promises then (ptrace(2)): a signal that was just about to be delivered is delivered, a process
//! that was stopped with Ctrl-Z stays stopped, and a thread that had not come to its stop goes on without one. We
//! look at stops and never take them off the queue, so that an exit status stays where its parent finds it, also if
//! the parent is rustbound.
//!
//! A blocking system call is broken off for a look and begins again by itself, with the time that it had left. A few
//! don't, and fail with `EINTR` as after Ctrl-Z and `fg` (signal(7)): `epoll_wait`, `semop`, `sigtimedwait`, sockets
//! with a timeout of their own. Python tries all of them again (PEP 475); libraries that don't are why nothing is
//! stopped unless it is asked for.

use super::process;
use super::stat::Stat;
use super::tracer::Tracer;
use nix::errno::Errno;
use nix::sys::ptrace;
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::Pid;
use std::io;
use std::panic;
use std::thread;
use std::time::{Duration, Instant};

/// So long threads are waited for. One that computes stops within microseconds, one that sleeps is woken for it. One
/// that waits for a disk, or for a processor on a busy machine, does so when it goes on: it comes to its stop before
/// it executes another instruction of its program, so the look needn't wait for that.
const LONGEST: Duration = Duration::from_millis(5);
/// So often we make way, before we sleep instead.
const YIELDS: u32 = 20;
const NAP: Duration = Duration::from_micros(50);

/// Why a process can't be held.
#[derive(Debug, thiserror::Error)]
pub(super) enum HoldError {
    /// A debugger has it, or another rustbound that looks at it just now.
    #[error("it is being debugged by {0}")]
    Traced(Tracer),
    /// It has no threads any more.
    #[error("it ended")]
    Gone,
    /// The system does not let it be stopped.
    #[error("the system does not let it be stopped: {0}")]
    Denied(#[source] io::Error),
    /// There is no thread to hold it with.
    #[error("the system is short of threads: {0}")]
    NoThread(#[source] io::Error),
}

/// Looks while all threads of a process stand still.
pub(super) fn while_held<T: Send>(
    pid: u32,
    look: impl FnOnce(Held) -> T + Send,
) -> Result<T, HoldError> {
    thread::scope(|scope| {
        let hold = || Held::take(pid).map(look);
        let holder = thread::Builder::new().spawn_scoped(scope, hold);
        let held = holder.map_err(HoldError::NoThread)?.join();
        held.unwrap_or_else(|panic| panic::resume_unwind(panic))
    })
}

/// Whether a process can be held, asked by holding it for a moment. Another rustbound is waited for; a debugger stays.
pub(super) fn check(pid: u32) -> Result<(), HoldError> {
    const TRIES: u32 = 50;
    for _ in 1..TRIES {
        match while_held(pid, drop) {
            Err(HoldError::Traced(_)) => thread::sleep(Duration::from_millis(1)),
            other => return other,
        }
    }
    while_held(pid, drop)
}

/// The threads that this thread of ours holds.
#[derive(Debug)]
pub(super) struct Held {
    /// Since when it held the first.
    pub(super) since: Instant,
    /// Those that ran until then, by the kernel's numbers.
    pub(super) running: Vec<u32>,
    threads: Vec<u32>,
}

impl Held {
    /// Holds all threads of a process, also those that are started meanwhile: a thread that stands still starts none.
    fn take(pid: u32) -> Result<Self, HoldError> {
        let mut held = Self {
            since: Instant::now(),
            running: Vec::new(),
            threads: Vec::new(),
        };
        let latest = held.since + LONGEST;
        loop {
            let known = held.threads.len();
            let stopping = held.interrupt_others(pid)?;
            if held.threads.is_empty() {
                return Err(HoldError::Gone);
            }
            for thread in stopping {
                wait_for_stop(pid, thread, latest);
            }
            if held.threads.len() == known || Instant::now() >= latest {
                return Ok(held);
            }
        }
    }

    /// Asks the threads that are not held yet to stop, and gives those that will do so at once.
    fn interrupt_others(&mut self, pid: u32) -> Result<Vec<u32>, HoldError> {
        let mut stopping = Vec::new();
        for thread in process::threads(pid) {
            if self.threads.contains(&thread) {
                continue;
            }
            let before = Stat::of_thread(pid, thread);
            let Some(before) = before.filter(|stat| !stat.has_ended()) else {
                continue;
            };
            if interrupt(pid, thread)? {
                self.threads.push(thread);
                stopping.extend((before.state != b'D').then_some(thread));
                self.running
                    .extend((before.state == b'R').then_some(thread));
            }
        }
        Ok(stopping)
    }
}

/// Asks a thread to stop; false if it ended.
fn interrupt(pid: u32, thread: u32) -> Result<bool, HoldError> {
    // Without options: above all without the one that ends the program when we end.
    let asked = ptrace::seize(number(thread), ptrace::Options::empty())
        .and_then(|()| ptrace::interrupt(number(thread)));
    match asked {
        Ok(()) => Ok(true),
        Err(Errno::ESRCH) => Ok(false),
        Err(_) if Stat::of_thread(pid, thread).is_none_or(|stat| stat.has_ended()) => Ok(false),
        Err(error) => {
            Err(Tracer::of(thread)
                .map_or_else(|| HoldError::Denied(error.into()), HoldError::Traced))
        }
    }
}

/// Waits until a thread stands still or has ended.
fn wait_for_stop(pid: u32, thread: u32, latest: Instant) {
    for round in 0.. {
        if stands_still(pid, thread) || Instant::now() >= latest {
            return;
        }
        if round < YIELDS {
            thread::yield_now();
        } else {
            thread::sleep(NAP);
        }
    }
}

/// Asked without taking the answer away from whoever else waits for the thread. That the process as a whole ended is
/// its parent's to hear, and not even asked.
fn stands_still(pid: u32, thread: u32) -> bool {
    let mut asked =
        WaitPidFlag::WSTOPPED | WaitPidFlag::WNOWAIT | WaitPidFlag::WNOHANG | WaitPidFlag::__WALL;
    if thread != pid {
        asked |= WaitPidFlag::WEXITED;
    }
    // An error is an answer too: that there is no such thread, or that it stopped with a signal of its own number.
    !matches!(
        waitid(Id::Pid(number(thread)), asked),
        Ok(WaitStatus::StillAlive)
    )
}

fn number(thread: u32) -> Pid {
    Pid::from_raw(i32::try_from(thread).expect("the kernel counts threads in i32"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::AssertUnwindSafe;
    use std::process::{Child, Command};

    fn start(script: &str) -> Child {
        let mut command = Command::new("sh");
        command.args(["-c", script]).spawn().expect("sh is there")
    }

    fn busy() -> Child {
        start("while :; do :; done")
    }

    fn state(pid: u32) -> u8 {
        Stat::read(pid).expect("it is there").state
    }

    /// Ends a process, which must not have ended before.
    #[track_caller]
    fn end(mut child: Child) {
        use std::os::unix::process::ExitStatusExt;
        child.kill().expect("it is ours");
        let status = child.wait().expect("it is ours");
        assert_eq!(status.signal(), Some(9));
    }

    /// The kernel lets go when the thread that held it is gone, which may be a moment after it was waited for.
    #[track_caller]
    fn check_let_go(child: Child) {
        for _ in 0..1000 {
            if state(child.id()) == b'R' && Tracer::of(child.id()).is_none() {
                return end(child);
            }
            thread::sleep(Duration::from_millis(1));
        }
        panic!("it is still held");
    }

    #[test]
    fn a_process_stands_still_for_a_look_and_goes_on() {
        let child = busy();
        let pid = child.id();
        let look = |held: Held| {
            // On a busy machine it stands still for want of a processor, first.
            let mut states = (0..10_000).map(|_| {
                thread::sleep(NAP);
                state(pid)
            });
            let stops = states.any(|state| state == b't');
            (stops, held.threads, Tracer::of(pid).map(|by| by.pid))
        };
        let seen = while_held(pid, look).expect("it can be held");
        assert_eq!(seen, (true, vec![pid], Some(std::process::id())));
        check_let_go(child);
    }

    #[test]
    fn a_panic_lets_go() {
        let child = busy();
        let look = || while_held(child.id(), |_| panic!("in the middle of a look"));
        assert!(panic::catch_unwind(AssertUnwindSafe(look)).is_err());
        check_let_go(child);
    }

    #[test]
    fn a_death_in_the_middle_of_a_look_is_left_to_the_parent() {
        let child = busy();
        while_held(child.id(), |_| end(child)).expect("it can be held");
    }

    #[test]
    fn what_another_thread_holds_is_held_once() {
        let child = busy();
        let pid = child.id();
        let error = while_held(pid, |_| while_held(pid, drop)).expect("it can be held");
        assert!(matches!(error, Err(HoldError::Traced(_))), "{error:?}");
        check_let_go(child);
    }

    #[test]
    fn what_has_ended_is_gone_and_keeps_its_status() {
        let mut child = start("exit 3");
        while state(child.id()) != b'Z' {
            thread::yield_now();
        }
        let error = while_held(child.id(), drop).err();
        assert!(matches!(error, Some(HoldError::Gone)), "{error:?}");
        assert_eq!(child.wait().expect("it is ours").code(), Some(3));
        let error = while_held(u32::MAX / 2, drop).err();
        assert!(matches!(error, Some(HoldError::Gone)), "{error:?}");
    }
}
