//! How many threads compete for the interpreter lock.

use super::{State, Tally};
use crate::profile::Profile;

/// The effective number of threads that hold the interpreter lock: as many as would share it evenly
/// (the inverse Simpson index, 1 / Σ share²). At least 1. A thread that wants the lock and does not
/// get it looks like one that waits; among `n` that compete, each does so `n - 1` times as long as it
/// works.
pub fn lock_competitors(profile: &Profile) -> f64 {
    let mut held = vec![0.0; profile.threads().len()];
    for sample in &profile.samples {
        held[sample.thread.index()] +=
            Tally::of(sample, profile.weight_unit, State::of(sample.activity))
                .holding
                .0 as f64;
    }
    let all: f64 = held.iter().sum();
    let squares: f64 = held.iter().map(|held| held * held).sum();
    if squares > 0.0 {
        all * all / squares
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Thread, Weight, folded};

    /// Threads that held the lock for these weights.
    fn check(held: &[u64], expected: f64) {
        let mut profile = folded("f 1");
        let sample = profile.samples.remove(0);
        for (id, &weight) in (0..).zip(held) {
            let thread = profile.intern_thread(Thread {
                process: 1,
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
    fn nobody_holding_it_is_no_competition() {
        check(&[0, 0], 1.0);
        check(&[], 1.0);
    }
}
