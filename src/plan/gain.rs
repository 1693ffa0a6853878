//! What a move gains: the time that is left, drawn many times from all that is not known for certain.
//!
//! Time left = time − movable + movable / speed-up + crossings (after Amdahl, with the boundary of `LogCA`: M. S. B.
//! Altaf, D. A. Wood, "`LogCA`: A High-Level Performance Model for Hardware Accelerators", 2017).

use super::Interval;
use super::random::Random;
use super::wilson::wilson;

/// So many draws put the ends of a 95 % interval within a few hundredths of their place.
const DRAWS: u64 = 2_000;

/// Any number: the same for all, so that what is compared is drawn alike.
const SEED: u64 = 20_261;

/// The normal quantile of a two-sided 95 % interval.
const Z: f64 = 1.959_964;

/// What a move depends on. Shares are of the program's working time.
pub(super) struct Move<'a> {
    /// What is the interpreter's for certain, as far as samples tell.
    pub(super) interpreter: Interval,
    /// What may be the interpreter's or native code's, and collecting garbage, which a rewrite makes less of.
    pub(super) uncertain: Interval,
    /// All time of the functions that move. Samples tell that no better than the rest.
    pub(super) all: Interval,
    /// What crosses the boundary.
    pub(super) crossings: Vec<Crossings>,
    /// Draws how many times as fast the moved work is.
    pub(super) speedup: &'a dyn Fn(&mut Random) -> f64,
}

/// Calls of one kind that cross the boundary once the functions have moved.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crossings {
    /// Share of the program's working time that is spent in these calls today.
    pub(super) share: f64,
    /// What one of them takes today, in nanoseconds.
    pub(super) each: Interval,
    /// What crossing costs each time, in nanoseconds.
    pub(super) cost: Interval,
}

/// What a move gains.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gain {
    /// Of the program's working time what can move at all.
    pub migratable: Interval,
    /// How many times as fast the functions that move get, with all that they wait for and call.
    pub function: Interval,
    /// How many times as fast the program gets.
    pub program: Interval,
    /// Share of the program's working time that is saved; below 0 where the program gets slower.
    pub saved: Interval,
    /// Share of today's working time that crossing the boundary takes then.
    pub boundary: Interval,
}

impl Move<'_> {
    /// Equal moves give equal gains. With each draw of what is saved, so that they can be added up.
    pub(super) fn gain(&self) -> (Gain, Savings) {
        // Each draw begins anew: what a move has more of than another must not shift what follows.
        let draws = (SEED..SEED + DRAWS).map(|seed| self.draw(&mut Random::new(seed)));
        let draws: Vec<Draw> = draws.collect();
        let savings = Savings {
            draws: draws.iter().map(|draw| (draw.saved(), draw.all)).collect(),
            share: self.all.expected,
        };
        (Gain::of_draws(&draws), savings)
    }

    fn draw(&self, random: &mut Random) -> Draw {
        // First, and for all alike: shares that are added up are drawn as one.
        let normal = random.normal();
        let speedup = (self.speedup)(random);
        let certain = near(self.interpreter, normal);
        let all = near(self.all, normal).max(certain);
        let uncertain = random.uniform() * near(self.uncertain, random.normal());
        let migratable = (certain + uncertain).min(all);
        let boundary = self.crossings.iter().map(|it| it.draw(random)).sum();
        Draw {
            all,
            migratable,
            left: migratable / speedup,
            boundary,
        }
    }
}

impl Gain {
    fn of_draws(draws: &[Draw]) -> Self {
        let interval =
            |figure: &dyn Fn(&Draw) -> f64| quantiles(draws.iter().map(figure).collect());
        Self {
            migratable: interval(&|draw| draw.migratable),
            function: interval(&|draw| draw.all / (draw.all - draw.saved()).max(f64::MIN_POSITIVE)),
            program: interval(&|draw| speedup(draw.saved())),
            saved: interval(&Draw::saved),
            boundary: interval(&|draw| draw.boundary),
        }
    }
}

/// What moves save together, a share of the program's working time for each draw. All moves are drawn alike: where
/// one turns out worse than expected, so do the others.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Savings {
    /// What is saved of how much time, in each draw.
    draws: Vec<(f64, f64)>,
    /// How much time that is, as the samples have it.
    share: f64,
}

impl Savings {
    /// Adds what another move saves.
    pub(super) fn add(&mut self, other: &Self) {
        self.share += other.share;
        let most = self.draws.len().max(other.draws.len());
        self.draws.resize(most, (0.0, 0.0));
        for (draw, also) in self.draws.iter_mut().zip(&other.draws) {
            *draw = (draw.0 + also.0, draw.1 + also.1);
        }
    }

    /// How many times as fast the program gets, of which so many samples were taken; for no moves, as fast as it was.
    /// Each share may be larger than its samples say, but not all at once: together they are drawn as one.
    pub(super) fn program(&self, samples: u64) -> Interval {
        if self.draws.is_empty() {
            return Interval::exactly(1.0);
        }
        let together = wilson(self.share.min(1.0), samples);
        let draws = (SEED..).zip(&self.draws).map(|(seed, &(saved, of))| {
            let drawn = near(together, Random::new(seed).normal());
            speedup(saved * drawn / of.max(f64::MIN_POSITIVE))
        });
        quantiles(draws.collect())
    }
}

/// By the share of time that is saved.
fn speedup(saved: f64) -> f64 {
    1.0 / (1.0 - saved).max(f64::MIN_POSITIVE)
}

impl Crossings {
    /// Share of the program's working time. Who finds crossing dearer than the call itself leaves the values to Python
    /// and gains nothing, rather than to convert them and lose more.
    fn draw(&self, random: &mut Random) -> f64 {
        let cost = between(self.cost, random.normal());
        self.share * (cost / between(self.each, random.normal())).min(1.0)
    }
}

/// Shares of the program's working time.
struct Draw {
    all: f64,
    migratable: f64,
    left: f64,
    boundary: f64,
}

impl Draw {
    fn saved(&self) -> f64 {
        self.migratable - self.left - self.boundary
    }
}

/// A share from its interval: normal on either side.
fn near(share: Interval, normal: f64) -> f64 {
    let side = if normal < 0.0 {
        share.expected - share.low
    } else {
        share.high - share.expected
    };
    (share.expected + normal / Z * side).clamp(0.0, 1.0)
}

/// A positive figure from its interval: log-normal on either side.
pub(super) fn between(figure: Interval, normal: f64) -> f64 {
    let end = if normal < 0.0 {
        figure.low
    } else {
        figure.high
    };
    let factor = (end / figure.expected).ln().abs() * normal / Z;
    figure.expected * factor.exp()
}

/// The middle of all draws, and the interval that holds 95 % of them.
fn quantiles(mut draws: Vec<f64>) -> Interval {
    draws.sort_by(f64::total_cmp);
    let at = |per_mille: usize| draws[(draws.len() - 1) * per_mille / 1_000];
    Interval {
        low: at(25),
        expected: at(500),
        high: at(975),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(low: f64, expected: f64, high: f64) -> Interval {
        Interval {
            low,
            expected,
            high,
        }
    }

    fn all_interpreter(share: f64) -> Move<'static> {
        Move {
            interpreter: Interval::exactly(share),
            uncertain: Interval::exactly(0.0),
            all: Interval::exactly(share),
            crossings: Vec::new(),
            speedup: &|_| 4.0,
        }
    }

    #[track_caller]
    fn near(found: Interval, expected: Interval) {
        let close = |one: f64, other: f64| (one - other).abs() < 0.02 * other.abs().max(0.1);
        let pairs = [
            (found.low, expected.low),
            (found.expected, expected.expected),
            (found.high, expected.high),
        ];
        assert!(
            pairs.iter().all(|&(one, other)| close(one, other)),
            "{found:?} is not {expected:?}"
        );
    }

    #[test]
    fn what_is_known_exactly_is_what_amdahl_says() {
        let gain = all_interpreter(0.8).gain().0;
        near(gain.program, Interval::exactly(2.5));
        near(gain.function, Interval::exactly(4.0));
        near(gain.migratable, Interval::exactly(0.8));
        near(gain.boundary, Interval::exactly(0.0));
    }

    #[test]
    fn crossing_takes_from_the_gain_as_often_as_it_is_done() {
        let crossings = |each: f64| Crossings {
            share: 0.8,
            each: Interval::exactly(each),
            cost: Interval::exactly(30.0),
        };
        let with = |each| {
            Move {
                crossings: vec![crossings(each)],
                ..all_interpreter(0.8)
            }
            .gain()
            .0
        };
        near(with(60.0).saved, Interval::exactly(0.2));
        near(with(60.0).boundary, Interval::exactly(0.4));
        assert!(
            with(30.0).program.expected < 1.0,
            "it costs more than it saves"
        );
        assert_eq!(
            with(30.0),
            with(1.0),
            "nobody converts for more than the call takes"
        );
        assert!(with(1e6).program.expected > 2.49);
    }

    #[test]
    fn what_is_uncertain_widens_the_interval_to_both_sides() {
        let unsure = Move {
            uncertain: Interval::exactly(0.4),
            interpreter: Interval::exactly(0.4),
            ..all_interpreter(0.8)
        };
        near(unsure.gain().0.migratable, interval(0.41, 0.6, 0.79));
        let unsure = Move {
            interpreter: interval(0.7, 0.8, 0.85),
            ..all_interpreter(0.9)
        };
        near(unsure.gain().0.migratable, interval(0.7, 0.8, 0.85));
    }

    #[test]
    fn moves_are_drawn_alike_whatever_crosses() {
        let unsure = |crossings| {
            let speedup = &|random: &mut Random| (2.0 + random.normal()).exp();
            let all = all_interpreter(0.5);
            Move {
                crossings,
                speedup,
                ..all
            }
            .gain()
            .1
        };
        let next_to_nothing = Crossings {
            share: 0.5,
            each: Interval::exactly(1e9),
            cost: interval(1e-9, 2e-9, 3e-9),
        };
        let (one, other) = (unsure(Vec::new()), unsure(vec![next_to_nothing; 3]));
        let mut pairs = one.draws.iter().zip(&other.draws);
        assert!(pairs.all(|(one, other)| (one.0 - other.0).abs() < 1e-9));
    }

    #[test]
    fn a_figure_is_drawn_from_its_interval() {
        let figure = interval(10.0, 20.0, 80.0);
        assert!((between(figure, -Z) - 10.0).abs() < 1e-9);
        assert!((between(figure, 0.0) - 20.0).abs() < 1e-9);
        assert!((between(figure, Z) - 80.0).abs() < 1e-9);
    }

    #[test]
    fn equal_moves_have_equal_gains() {
        let unsure = || Move {
            uncertain: interval(0.0, 0.1, 0.2),
            ..all_interpreter(0.5)
        };
        assert_eq!(unsure().gain(), unsure().gain());
        let (gain, savings) = unsure().gain();
        near(savings.program(u64::MAX), gain.program);
        let mut twice = savings.clone();
        twice.add(&savings);
        assert!(twice.program(u64::MAX).expected > gain.program.expected);
    }

    #[test]
    fn shares_that_may_be_larger_each_are_not_larger_all_together() {
        let third = Move {
            interpreter: interval(0.28, 0.33, 0.38),
            all: interval(0.28, 0.33, 0.38),
            ..all_interpreter(0.33)
        };
        let mut savings = Savings::default();
        for _ in 0..3 {
            savings.add(&third.gain().1);
        }
        // Of all of the time a quarter is left.
        let program = savings.program(1_000);
        assert!(program.high <= 4.0 && program.expected > 3.5, "{program:?}");
    }

    proptest::proptest! {
        #[test]
        fn intervals_are_in_order_and_nothing_gains_more_than_its_share(share in 0.01..0.99_f64, speed in 0.5..50.0_f64, each in 10.0..1e6_f64) {
            let crossings = vec![Crossings { share, each: Interval::exactly(each), cost: interval(20.0, 30.0, 90.0) }];
            let gain = Move { crossings, speedup: &|random| speed * random.normal().exp(), ..all_interpreter(share) }.gain().0;
            for it in [gain.migratable, gain.function, gain.program, gain.saved, gain.boundary] {
                proptest::prop_assert!(it.low <= it.expected && it.expected <= it.high);
            }
            proptest::prop_assert!(gain.program.high <= 1.0 / (1.0 - share) + 1e-9);
        }
    }
}
