//! When to look next, and what a look weighs. Works on times that it is given: no clock in here.

use super::sampler::Moment;
use crate::profile::{Hertz, Nanoseconds, Weight};
use std::time::Duration;

/// A gap that a look can't answer for: the machine slept, or the program was stopped with Ctrl-Z and
/// rustbound with it. Within it a look weighs the time that passed; beyond it, only this much.
const LONGEST_GAP: Duration = Duration::from_millis(50);
const LONGEST_GAP_IN_INTERVALS: u32 = 10;
/// Looking at a stack of thousands of frames takes time of its own, and a rest after it, which is no gap.
/// Longer than this is.
const LONGEST_LOOK: Duration = Duration::from_secs(5);

/// Looks at a rate: one in each interval, at a random place in it.
///
/// Fixed distances would see a program that works in steps of the same length always at the same
/// step. A random place in each interval cannot, and keeps the number of looks exact.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    interval: Duration,
    /// The interval of the next look, counted from the start.
    slot: u64,
    deadline: Duration,
    /// Up to where time is accounted for.
    weighed: Duration,
    /// How long the last look took, with the rest after it.
    look: Duration,
    random: u64,
}

impl Pace {
    /// A pace that begins at `now`. The rate is checked by [`Options::check`](super::Options::check).
    pub(super) fn new(rate: Hertz, now: Duration) -> Self {
        let mut pace = Self {
            interval: Duration::from_secs_f64(1.0 / rate.0),
            slot: 0,
            deadline: now,
            weighed: now,
            look: Duration::ZERO,
            random: 0,
        };
        pace.resume(now);
        pace
    }

    /// Another order of places in the intervals: processes that are looked at side by side are not all looked at in the
    /// same moments.
    pub(super) fn seeded(self, seed: u64) -> Self {
        Self {
            random: seed,
            ..self
        }
    }

    /// When the next look is due.
    pub(super) fn deadline(&self) -> Duration {
        self.deadline
    }

    /// Whether a look at `now` is more than an interval late.
    pub(super) fn is_late(&self, now: Duration) -> bool {
        now > self.deadline + self.interval
    }

    /// The moment of a look at `now`: it weighs the time since the last look that brought samples.
    ///
    /// So the time of lost looks goes to their neighbour. Dropping it would thin out the parts of
    /// a program that are hard to read (deep stacks), and those only.
    pub(super) fn moment(&self, now: Duration) -> Moment {
        let gap = LONGEST_GAP.max(self.interval * LONGEST_GAP_IN_INTERVALS);
        let longest = gap + self.look.min(LONGEST_LOOK);
        let passed = now.saturating_sub(self.weighed).min(longest);
        Moment {
            time: now.into(),
            weight: Weight(Nanoseconds::from(passed).0),
        }
    }

    /// A look at `now` brought samples: time is accounted for up to here.
    pub(super) fn weighed(&mut self, now: Duration) {
        self.weighed = now;
    }

    /// A look took from `begun` to `now`, and the program is to be let alone for `rest`, more or less by
    /// half, since the same rest each time would see a program that works in steps at the same step: goes on to the next
    /// interval, past those that are over.
    pub(super) fn advance(&mut self, begun: Duration, now: Duration, rest: Duration) {
        self.look = now.saturating_sub(begun) + rest;
        self.slot = (self.slot + 1).max(self.slot_of(now));
        self.place();
        let half = Nanoseconds::from(rest).0 / 2;
        let rest = half + self.next_random() % (2 * half).max(1);
        self.deadline = self.deadline.max(now + Duration::from_nanos(rest));
    }

    /// Begins again at `now`: the time before is nobody's.
    pub(super) fn resume(&mut self, now: Duration) {
        self.weighed = now;
        self.look = Duration::ZERO;
        self.slot = self.slot_of(now) + 1;
        self.place();
    }

    fn slot_of(&self, now: Duration) -> u64 {
        Nanoseconds::from(now).0 / Nanoseconds::from(self.interval).0
    }

    fn place(&mut self) {
        let interval = Nanoseconds::from(self.interval).0;
        let place = self.slot * interval + self.next_random() % interval;
        self.deadline = Duration::from_nanos(place);
    }

    /// `SplitMix64` (Steele, Lea and Flood, 2014), from a fixed seed: only its independence of the
    /// program matters.
    fn next_random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn pace() -> Pace {
        Pace::new(Hertz(200.0), Duration::ZERO)
    }

    fn weight(pace: &Pace, now: Duration) -> Duration {
        Duration::from_nanos(pace.moment(now).weight.0)
    }

    #[test]
    fn every_interval_has_one_look() {
        let mut pace = pace();
        for slot in 1..1000 {
            let deadline = pace.deadline();
            assert!(deadline >= slot * 5 * MS, "{deadline:?} in {slot}");
            assert!(deadline < (slot + 1) * 5 * MS, "{deadline:?} in {slot}");
            pace.advance(deadline, deadline, Duration::ZERO);
        }
    }

    #[test]
    fn looks_fall_on_every_part_of_the_interval() {
        let mut pace = pace();
        let mut parts = [0; 5];
        for _ in 0..1000 {
            let micros = pace.deadline().subsec_micros();
            parts[micros as usize % 5000 / 1000] += 1;
            pace.advance(pace.deadline(), pace.deadline(), Duration::ZERO);
        }
        assert!(parts.iter().all(|&looks| looks > 150), "{parts:?}");
    }

    #[test]
    fn a_late_look_skips_the_intervals_behind_it() {
        let mut pace = pace();
        pace.advance(101 * MS, 101 * MS, Duration::ZERO);
        assert!(pace.deadline() >= 100 * MS);
        assert!(pace.deadline() < 105 * MS);
    }

    #[test]
    fn after_a_long_look_comes_a_rest() {
        let mut pace = pace();
        let mut rests = Vec::new();
        for _ in 0..1000 {
            pace.resume(100 * MS);
            pace.advance(100 * MS, 110 * MS, 36 * MS);
            rests.push(pace.deadline().saturating_sub(110 * MS));
        }
        assert!(rests.iter().all(|rest| (18 * MS..=55 * MS).contains(rest)));
        let mean = rests.iter().sum::<Duration>() / 1000;
        assert!((34 * MS..=38 * MS).contains(&mean), "{mean:?}");
        pace.advance(150 * MS, 150 * MS, Duration::ZERO);
        assert!(pace.deadline() < 160 * MS, "{:?}", pace.deadline());
    }

    #[test]
    fn a_look_weighs_the_time_since_the_last_good_one() {
        let mut pace = pace();
        pace.weighed(10 * MS);
        assert_eq!(weight(&pace, 17 * MS), 7 * MS);
    }

    #[test]
    fn the_time_of_a_lost_look_goes_to_the_next() {
        let mut pace = pace();
        pace.weighed(10 * MS);
        pace.advance(15 * MS, 15 * MS, Duration::ZERO);
        assert_eq!(weight(&pace, 20 * MS), 10 * MS);
    }

    #[test]
    fn a_machine_that_slept_gives_no_sample_an_hour() {
        assert_eq!(weight(&pace(), 3_600_000 * MS), 50 * MS);
    }

    #[test]
    fn a_long_look_is_no_gap() {
        let mut pace = pace();
        pace.weighed(10 * MS);
        pace.advance(10 * MS, 50 * MS, 40 * MS);
        assert_eq!(weight(&pace, 95 * MS), 85 * MS);
        pace.advance(10 * MS, 60_000 * MS, Duration::ZERO);
        assert_eq!(weight(&pace, 100_000 * MS), 5050 * MS);
    }

    #[test]
    fn a_slow_rate_may_weigh_its_whole_interval() {
        let pace = Pace::new(Hertz(1.0), Duration::ZERO);
        assert_eq!(weight(&pace, 1500 * MS), 1500 * MS);
    }

    #[test]
    fn time_before_a_new_beginning_is_nobodys() {
        let mut pace = pace();
        pace.resume(100 * MS);
        assert_eq!(weight(&pace, 103 * MS), 3 * MS);
        assert!(pace.deadline() >= 105 * MS);
    }
}
