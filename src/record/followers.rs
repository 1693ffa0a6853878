//! The processes beside the one that is sampled, each followed from when it is seen to its end.

use super::finder::Failure;
use super::follower::{Followed, Follower};
use super::missed::Missed;
use super::opened::Stay;
use super::options::Manner;
use super::process;
use super::session::Session;
use super::sightings::{Identity, Sightings};
use super::stat::Stat;
use std::collections::BTreeMap;
use std::time::Instant;

/// So many processes are followed at once at least: each takes a thread, and some hundredths of a processor.
const FEWEST: usize = 32;

/// Follows the Python processes that the program starts, in threads. No more than a number at once: beyond it
/// they wait until another ends.
#[derive(Debug)]
pub(super) struct Followers {
    clock: Instant,
    manner: Manner,
    most: usize,
    sightings: Sightings,
    running: BTreeMap<u32, (Identity, Follower)>,
    stays: Vec<Stay>,
    missed: Missed,
}

impl Followers {
    /// Nobody yet; time counts from `clock`.
    pub(super) fn new(manner: Manner, clock: Instant) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            clock,
            manner,
            most: FEWEST.max(2 * processors),
            sightings: Sightings::default(),
            running: BTreeMap::new(),
            stays: Vec::new(),
            missed: Missed::default(),
        }
    }

    /// Whether this process is followed.
    pub(super) fn have(&self, pid: u32) -> bool {
        self.running.contains_key(&pid)
    }

    /// Lets go of those that ended, and follows what is new among these processes beside a session. Tells which.
    pub(super) fn survey(&mut self, processes: &[u32], session: &Session) -> Vec<u32> {
        self.let_go(Follower::is_finished);
        let others = processes.iter().filter(|&&pid| !self.have(pid));
        let seen = others.filter_map(|&pid| {
            let stat = Stat::read(pid).filter(|stat| !stat.has_ended())?;
            Some(((pid, stat.start), process::may_be_python(pid)))
        });
        let change = self.sightings.see(seen.collect());
        for identity in change.ended {
            self.missed.end(identity);
        }
        let (python, foreign): (Vec<_>, Vec<_>) =
            (change.stayed.into_iter()).partition(|&(_, is_python)| is_python);
        self.missed.foreign.extend(foreign.iter().map(|(it, _)| it));
        let python = python.into_iter().map(|(identity, _)| identity);
        python.filter_map(|it| self.follow(it, session)).collect()
    }

    fn follow(&mut self, identity: Identity, session: &Session) -> Option<u32> {
        let (pid, _) = identity;
        if self.is_hopeless(identity) {
            return None;
        }
        let follower = (self.running.len() < self.most)
            .then(|| Follower::start(pid, self.manner, session.beside(pid), self.clock).ok());
        if let Some(follower) = follower.flatten() {
            self.sightings.forget(identity);
            self.running.insert(pid, (identity, follower));
            Some(pid)
        } else {
            self.missed.crowded.insert(identity);
            None
        }
    }

    /// Whether it could not be opened and still runs the same program.
    fn is_hopeless(&self, identity: Identity) -> bool {
        let image = Stat::read(identity.0).map(|stat| stat.image);
        let failure = self.missed.unreadable.get(&identity);
        failure.is_some_and(|failure| failure.image == image)
    }

    /// Ends all of it.
    pub(super) fn stop(&mut self) {
        for (_, follower) in self.running.values() {
            follower.stop();
        }
        self.let_go(|_| true);
        for identity in self.sightings.see(BTreeMap::new()).ended {
            self.missed.end(identity);
        }
    }

    fn let_go(&mut self, is_over: impl Fn(&Follower) -> bool) {
        let over = self.running.extract_if(.., |_, (_, it)| is_over(it));
        let over: Vec<(Identity, Follower)> = over.map(|(_, it)| it).collect();
        for (identity, follower) in over {
            let Followed { stays, failure } = follower.join();
            if stays.is_empty() {
                self.miss(identity, failure);
            } else {
                self.missed.forget(identity);
            }
            self.stays.extend(stays);
        }
    }

    /// This one was never opened. What is another program by now is judged at the next look around.
    fn miss(&mut self, identity: Identity, failure: Option<Failure>) {
        match failure.filter(|_| is_there(identity)) {
            None => self.missed.end(identity),
            Some(failure) if process::may_be_python(identity.0) => {
                self.missed.unreadable.insert(identity, failure);
            }
            Some(_) => {}
        }
    }

    /// What was sampled, and what was not.
    pub(super) fn into_parts(self) -> (Vec<Stay>, Missed) {
        (self.stays, self.missed)
    }
}

fn is_there((pid, start): Identity) -> bool {
    Stat::read(pid).is_some_and(|stat| !stat.has_ended() && stat.start == start)
}
