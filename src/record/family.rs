//! The processes around the one that is sampled: which of them are Python too, and which stay behind.

use super::process;
use super::stat::Stat;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;

/// The Python processes of a program.
#[derive(Debug)]
pub(super) struct Family {
    root: u32,
    sampled: BTreeSet<u32>,
    seen_once: BTreeSet<u32>,
    unfollowed: BTreeSet<u32>,
    likeness: Option<Likeness>,
}

impl Family {
    /// Of the program whose first process is `root`.
    pub(super) fn new(root: u32) -> Self {
        Self {
            root,
            sampled: BTreeSet::new(),
            seen_once: BTreeSet::new(),
            unfollowed: BTreeSet::new(),
            likeness: None,
        }
    }

    /// This one is sampled.
    pub(super) fn follow(&mut self, pid: u32) {
        self.sampled.insert(pid);
        self.unfollowed.remove(&pid);
    }

    /// Looks around.
    pub(super) fn survey(&mut self) {
        let others = process::descendants(self.root).into_iter();
        let others =
            others.filter(|pid| !self.sampled.contains(pid) && !self.unfollowed.contains(pid));
        let python = others.filter(|&pid| process::may_be_python(pid)).collect();
        self.count(python);
        self.see_root();
    }

    /// The other processes below the first, in the order in which they started.
    pub(super) fn beside(&self, sampled: u32) -> Vec<u32> {
        let mut others = process::descendants(self.root);
        others.retain(|&pid| pid != sampled);
        others
    }

    /// Looks at the first process, which may be another program by now.
    pub(super) fn see_root(&mut self) {
        self.likeness = Likeness::of(self.root).or(self.likeness.take());
    }

    /// A process counts when it is seen twice: between `fork` and `exec` everything that Python starts
    /// looks like Python for a moment.
    fn count(&mut self, python: BTreeSet<u32>) {
        self.unfollowed.extend(python.intersection(&self.seen_once));
        self.seen_once = python;
    }

    /// How many Python processes there were that nobody sampled.
    pub(super) fn unfollowed(&self) -> usize {
        self.unfollowed.len()
    }

    /// What the first process ran, when it was seen last.
    pub(super) fn likeness(&self) -> Option<&Likeness> {
        self.likeness.as_ref()
    }
}

/// What tells a process that went on in the background: it runs the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Likeness {
    executable: PathBuf,
    command_line: Vec<OsString>,
    start: u64,
}

impl Likeness {
    /// Of a process, while it runs.
    pub(super) fn of(pid: u32) -> Option<Self> {
        Some(Self {
            executable: process::executable(pid).ok()?,
            command_line: process::command_line(pid),
            start: Stat::read(pid)?.start,
        })
    }

    /// A process that this one left behind when it ended: alike, younger, and adopted. Orphans are adopted
    /// by process 1 or by one of our own ancestors; another run of the same program has another parent.
    pub(super) fn left_behind(&self) -> Option<u32> {
        let adopters = ancestors(std::process::id());
        process::all().into_iter().find(|&pid| {
            let stat = Stat::read(pid).filter(|stat| !stat.has_ended());
            stat.is_some_and(|stat| adopters.contains(&stat.parent))
                && Self::of(pid).is_some_and(|other| self.could_have_left(&other))
        })
    }

    fn could_have_left(&self, other: &Self) -> bool {
        let alike =
            (&self.executable, &self.command_line) == (&other.executable, &other.command_line);
        alike && other.start >= self.start
    }
}

fn ancestors(pid: u32) -> BTreeSet<u32> {
    let parents = std::iter::successors(Some(pid), |&pid| {
        Some(Stat::read(pid)?.parent).filter(|&parent| parent > 0)
    });
    parents.skip(1).chain([1]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn family(rounds: &[&[u32]]) -> Family {
        let mut family = Family::new(1);
        for round in rounds {
            family.count(round.iter().copied().collect());
        }
        family
    }

    #[test]
    fn a_process_seen_twice_counts_once() {
        assert_eq!(family(&[&[5], &[5], &[5]]).unfollowed(), 1);
    }

    #[test]
    fn a_process_between_fork_and_exec_does_not_count() {
        assert_eq!(family(&[&[5], &[6], &[7]]).unfollowed(), 0);
    }

    #[test]
    fn a_process_that_is_sampled_later_is_followed() {
        let mut family = family(&[&[5, 6], &[5, 6]]);
        family.follow(5);
        assert_eq!(family.unfollowed(), 1);
    }

    fn likeness(word: &str, start: u64) -> Likeness {
        Likeness {
            executable: "/usr/bin/python3".into(),
            command_line: vec!["python3".into(), word.into()],
            start,
        }
    }

    #[test]
    fn what_is_left_behind_is_alike_and_younger() {
        let ended = likeness("daemon.py", 10);
        assert!(ended.could_have_left(&likeness("daemon.py", 10)));
        assert!(!ended.could_have_left(&likeness("daemon.py", 9)));
        assert!(!ended.could_have_left(&likeness("other.py", 11)));
    }

    #[test]
    fn our_parent_is_an_ancestor_and_we_are_not() {
        let ours = ancestors(std::process::id());
        assert!(ours.contains(&std::os::unix::process::parent_id()));
        assert!(!ours.contains(&std::process::id()));
    }
}
