//! How many threads compete for the interpreter lock.

use super::{State, Tally};
use crate::profile::Profile;
use std::collections::BTreeMap;

/// The effective number of threads that hold an interpreter lock: as many as would share it evenly
/// (the inverse Simpson index, 1 / Σ share²). At least 1. Where a profile does not tell what threads wait for, one that
/// wants the lock and does not get it looks like one that waits; among `n` that compete, each does so `n - 1` times as
/// long as it works. Each process has its own lock: it is the mean over processes, as long as each was held.
pub fn lock_competitors(profile: &Profile) -> f64 {
    let mut held = vec![0.0; profile.threads().len()];
    for sample in &profile.samples {
        held[sample.thread.index()] +=
            Tally::of(sample, profile.weight_unit, State::of(sample.activity))
                .holding
                .0 as f64;
    }
    let mut processes: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for (thread, held) in profile.threads().iter().zip(held) {
        processes.entry(thread.process).or_default().push(held);
    }
    let all: f64 = processes.values().flatten().sum();
    let competing: f64 = processes.values().map(|held| competing(held)).sum();
    if all > 0.0 { competing / all } else { 1.0 }
}

/// How many threads of one process compete, times how long they held its lock.
fn competing(held: &[f64]) -> f64 {
    let all: f64 = held.iter().sum();
    let squares: f64 = held.iter().map(|held| held * held).sum();
    if squares > 0.0 {
        all * all * all / squares
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Thread, Weight, folded};

    /// Threads of one process that held the lock for these weights.
    fn check(held: &[u64], expected: f64) {
        let held: Vec<_> = held.iter().map(|&weight| (1, weight)).collect();
        check_processes(&held, expected);
    }

    /// Threads of these processes that held its lock for these weights.
    fn check_processes(held: &[(u32, u64)], expected: f64) {
        let mut profile = folded("f 1");
        let sample = profile.samples.remove(0);
        for (id, &(process, weight)) in (0..).zip(held) {
            let thread = profile.intern_thread(Thread {
                process,
                id,
                name: None,
            });
            let weight = Weight(weight);
            profile.samples.push(crate::profile::Sample {
                weight,
                thread,
                ..sample
            });
        }
        let competitors = lock_competitors(&profile);
        assert!((competitors - expected).abs() < 0.01, "{competitors}");
    }

    #[test]
    fn threads_that_share_the_lock_evenly_all_compete() {
        check(&[10; 8], 8.0);
    }

    #[test]
    fn a_thread_that_hardly_holds_it_is_no_competitor() {
        check(&[970, 30], 1.06);
    }

    #[test]
    fn threads_of_different_processes_do_not_compete() {
        let each_its_own: Vec<_> = (1..=8).map(|process| (process, 10)).collect();
        check_processes(&each_its_own, 1.0);
        check_processes(&[(1, 10), (1, 10), (2, 10), (2, 10)], 2.0);
        check_processes(&[(1, 30), (2, 5), (2, 5)], 1.25);
    }

    #[test]
    fn nobody_holding_it_is_no_competition() {
        check(&[0, 0], 1.0);
        check(&[], 1.0);
    }
}
