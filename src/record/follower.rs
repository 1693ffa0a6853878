//! One process more of the program, sampled in a thread of its own.

use super::embedded::Embedded;
use super::finder::Failure;
use super::opened::{Opened, Stay};
use super::options::Manner;
use super::process;
use super::session::{Session, Standing};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A Python that is starting can be read this much later at the latest, on a machine that is busy too.
const STARTING: Duration = Duration::from_secs(5);

/// A thread that samples a process until it ends.
#[derive(Debug)]
pub(super) struct Follower {
    thread: JoinHandle<Followed>,
    stop: Arc<AtomicBool>,
}

/// What came of following a process.
#[derive(Debug, Default)]
pub(super) struct Followed {
    /// What was sampled: nothing, one Python, or several when the process became another.
    pub(super) stays: Vec<Stay>,
    /// Why it could not be opened, at last.
    pub(super) failure: Option<Failure>,
}

impl Follower {
    /// Begins to follow a process. The session is its own, and its time counts from `clock`.
    pub(super) fn start(
        pid: u32,
        manner: Manner,
        session: Session,
        clock: Instant,
    ) -> io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let mut watch = Watch {
            pid,
            manner,
            session,
            clock,
            stop: Arc::clone(&stop),
            followed: Followed::default(),
        };
        let thread = thread::Builder::new().spawn(move || {
            while let Some(sampler) = watch.open() {
                watch.sample(sampler);
            }
            watch.followed
        })?;
        Ok(Self { thread, stop })
    }

    /// Whether there is nothing more to sample.
    pub(super) fn is_finished(&self) -> bool {
        self.thread.is_finished()
    }

    /// Asks it to end soon.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.thread().unpark();
    }

    /// Waits for its end.
    pub(super) fn join(self) -> Followed {
        self.thread.join().unwrap_or_default()
    }
}

/// What the thread knows.
struct Watch {
    pid: u32,
    manner: Manner,
    session: Session,
    clock: Instant,
    stop: Arc<AtomicBool>,
    followed: Followed,
}

impl Watch {
    /// Opens the process, which may be starting Python just now. None if that is over.
    fn open(&mut self) -> Option<Embedded> {
        let begun = Instant::now();
        while !self.is_stopped() {
            match Embedded::open(self.pid, self.manner) {
                Ok(sampler) => return Some(sampler),
                Err(error) => {
                    let failure = Failure::new(self.pid, &error);
                    let is_hopeless = failure.denied || begun.elapsed() >= STARTING;
                    self.followed.failure = Some(failure);
                    if is_hopeless || !process::may_be_python(self.pid) {
                        return None;
                    }
                }
            }
            // Trying is dear.
            thread::park_timeout((begun.elapsed() / 2).max(Duration::from_millis(20)));
        }
        None
    }

    fn sample(&mut self, sampler: Embedded) {
        let since = self.clock.elapsed();
        let mut opened = Opened::new(sampler, since);
        self.session.resume(since);
        while self.wait() && opened.look(&mut self.session, self.clock) == Standing::Open {}
        let stay = opened.close(self.clock.elapsed());
        self.followed.stays.push(stay);
    }

    /// Sleeps until the next look; false if there shall be none.
    fn wait(&self) -> bool {
        while !self.is_stopped() {
            let left = self.session.due().saturating_sub(self.clock.elapsed());
            if left.is_zero() {
                return true;
            }
            thread::park_timeout(left);
        }
        false
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
