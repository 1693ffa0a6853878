//! Waiting for the next look, the program's end, or a signal, whichever comes first.

use super::signals::{Received, Signals};
use super::stat::Stat;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

/// What ended the waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wake {
    /// The time came.
    Due,
    /// The program ended. If it is our child, nobody has taken its status yet.
    Ended,
    /// Signals came.
    Signals(Vec<Received>),
}

/// Watches a program and our signals.
pub(super) struct Stop {
    signals: Signals,
    pid: u32,
    /// Readable when the program ends; none where the system has no such handle.
    handle: Option<OwnedFd>,
}

/// How often to ask for the program where the system does not tell.
const ASKING: Duration = Duration::from_millis(5);

impl Stop {
    /// Watches `pid`.
    pub(super) fn new(signals: Signals, pid: u32) -> Self {
        Self {
            signals,
            pid,
            handle: handle_of(pid),
        }
    }

    /// Waits until `due`, without end if there is no such time.
    pub(super) fn wait(&mut self, due: Option<Instant>) -> Wake {
        loop {
            let ended = self.sleep(due.map(|due| due.saturating_duration_since(Instant::now())));
            let signals = self.signals.received();
            if !signals.is_empty() {
                return Wake::Signals(signals);
            }
            if ended {
                return Wake::Ended;
            }
            if due.is_some_and(|due| due <= Instant::now()) {
                return Wake::Due;
            }
        }
    }

    /// Sleeps until something may have happened, and tells whether the program ended.
    fn sleep(&self, longest: Option<Duration>) -> bool {
        let Some(handle) = &self.handle else {
            let mut signals = [PollFd::new(self.signals.readable(), PollFlags::IN)];
            poll_for(&mut signals, Some(longest.unwrap_or(ASKING).min(ASKING)));
            return Stat::read(self.pid).is_none_or(|stat| stat.has_ended());
        };
        let mut both = [
            PollFd::new(self.signals.readable(), PollFlags::IN),
            PollFd::new(handle, PollFlags::IN),
        ];
        poll_for(&mut both, longest);
        both[1].revents().contains(PollFlags::IN)
    }
}

/// A signal that interrupts is found in its pipe afterwards. Should the system refuse, this is a short nap,
/// for the program must be waited for in any case.
fn poll_for(handles: &mut [PollFd<'_>], longest: Option<Duration>) {
    let longest = longest.and_then(|longest| Timespec::try_from(longest).ok());
    match poll(handles, longest.as_ref()) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(_) => std::thread::sleep(ASKING),
    }
}

#[cfg(target_os = "linux")]
fn handle_of(pid: u32) -> Option<OwnedFd> {
    use rustix::process::{Pid, PidfdFlags, pidfd_open};
    let pid = Pid::from_raw(i32::try_from(pid).ok()?)?;
    pidfd_open(pid, PidfdFlags::empty()).ok()
}

#[cfg(not(target_os = "linux"))]
fn handle_of(_pid: u32) -> Option<OwnedFd> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    /// A listener is of the whole process, so both ways of watching share one test.
    #[test]
    fn an_end_is_noticed_and_leaves_the_status() {
        for with_handle in [true, false] {
            let mut child = Command::new("sh")
                .args(["-c", "exit 3"])
                .spawn()
                .expect("sh is there");
            let mut stop = Stop::new(Signals::listen().expect("signals can be heard"), child.id());
            stop.handle = stop.handle.filter(|_| with_handle);
            assert_eq!(stop.wait(None), Wake::Ended, "with a handle: {with_handle}");
            assert_eq!(child.wait().expect("it is still ours").code(), Some(3));
        }
    }

    #[test]
    fn a_time_that_has_come_is_due_at_once() {
        let mut stop = Stop::new(
            Signals::listen().expect("signals can be heard"),
            std::process::id(),
        );
        assert_eq!(stop.wait(Some(Instant::now())), Wake::Due);
    }
}
