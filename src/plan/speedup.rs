//! How much faster Rust does the moved work, by the kinds of code that it consists of.

use super::{Interval, Mix};
use crate::source::CodeKind;

/// The normal quantile of a two-sided 95 % interval.
const Z: f64 = 1.959_964;

/// Of the variance of each kind's error so much is common to all kinds: the machine, the version of Python, how
/// well the Rust is written. Errors that were independent would cancel out where kinds are mixed.
const COMMON: f64 = 0.6;

/// Between which two figures the speed-up of code of one kind is in 95 of 100 cases. Calls across the boundary, and
/// what is converted there, are not in it: they are counted apart.
///
/// Calibrated with the functions of the bench (`cargo bench --bench speedup`), and wider than they need: they are few,
/// by one hand, and were translated with care. What was measured there on Python 3.9, 3.11 and 3.13, the oldest the
/// slowest, and what is told of other migrations:
///
/// - numbers: 50 to 85 over floats, 58 to 79 over integers; 10 to 60 is told of others.
/// - calls: 92 to 185 where much of the time goes to `min(a, b, c)`. In Rust nothing is left of them.
/// - list elements: 50 to 81 where half of the time is theirs.
/// - characters: 30 to 40. Few where text can't be taken as bytes.
/// - text methods: 5 to 8. C does most of it already, and Rust's `String` allocates as Python's does.
/// - dicts and sets: 2 to 3 with texts as keys, whose hash Python keeps and Rust's maps work out each time; 2 to 8 is
///   told of others.
/// - lists: 21 to 34 together with numbers.
/// - objects that stay Python's: 0.2 to 0.5, once what stands with them is taken off (an attribute takes Python 3 ns,
///   Rust over 15); 1 to 3 is told of others, numbers among them.
/// - own objects, or of a class that moves as a whole: 15 to 66 together with numbers.
/// - allocation of what is dropped: 47 to 108 together with other kinds.
const fn range(kind: CodeKind) -> (f64, f64) {
    match kind {
        CodeKind::Number | CodeKind::Index => (8.0, 250.0),
        CodeKind::Call => (20.0, 600.0),
        CodeKind::Character => (4.0, 250.0),
        CodeKind::Text => (1.5, 15.0),
        CodeKind::Table => (0.9, 9.0),
        CodeKind::List => (3.0, 80.0),
        CodeKind::Object => (0.12, 16.0),
        CodeKind::Field => (4.0, 150.0),
        CodeKind::Allocation => (2.0, 250.0),
    }
}

/// How much faster each kind of code is in Rust, in one of the cases that are possible.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speedups([f64; CodeKind::ALL.len()]);

impl Speedups {
    /// Draws a case: `random` gives standard normal numbers, of which it takes eleven. All code of one kind errs alike;
    /// to let all candidates of a plan err alike, use one draw for all.
    pub fn draw(random: &mut impl FnMut() -> f64) -> Self {
        let common = COMMON.sqrt() * random();
        Self(CodeKind::ALL.map(|kind| {
            let error = common + (1.0 - COMMON).sqrt() * random();
            (mean(kind) + deviation(kind) * error).exp()
        }))
    }
}

/// Of the logarithm.
fn mean(kind: CodeKind) -> f64 {
    let (low, high) = range(kind);
    f64::midpoint(f64::ln(low), f64::ln(high))
}

/// Of the logarithm.
fn deviation(kind: CodeKind) -> f64 {
    let (low, high) = range(kind);
    (high / low).ln() / (2.0 * Z)
}

impl Mix {
    /// How much faster the work is in one case: times add up, so that the slowest kind decides.
    pub fn speedup(&self, speedups: &Speedups) -> f64 {
        let times = self
            .parts()
            .map(|(kind, part)| part / speedups.0[kind.index()]);
        1.0 / times.iter().sum::<f64>()
    }

    /// The same in a case that is drawn for it alone.
    pub fn draw(&self, random: &mut impl FnMut() -> f64) -> f64 {
        self.speedup(&Speedups::draw(random))
    }

    /// The interval in which 95 of 100 draws lie (up to 97 where a slow kind has a small part), and the median.
    ///
    /// The time left is a sum of log-normal times, which is nearly log-normal itself, with the mean and variance of the
    /// sum (L. F. Fenton, "The Sum of Log-Normal Probability Distributions in Scatter Transmission Systems", 1960).
    pub fn interval(&self) -> Interval {
        let parts = self.parts();
        let left = |&(kind, part): &(CodeKind, f64)| {
            part * (-mean(kind) + deviation(kind).powi(2) / 2.0).exp()
        };
        let whole: f64 = parts.iter().map(left).sum();
        let variance: f64 = (parts.iter())
            .flat_map(|one| parts.iter().map(move |other| (one, other)))
            .map(|(one, other)| {
                let alike = if one.0 == other.0 { 1.0 } else { COMMON };
                let together = alike * deviation(one.0) * deviation(other.0);
                left(one) * left(other) * together.exp_m1()
            })
            .sum();
        let of_logarithm = (variance / (whole * whole)).ln_1p();
        let median = of_logarithm.mul_add(0.5, -whole.ln());
        let at = |z: f64| z.mul_add(of_logarithm.sqrt(), median).exp();
        Interval {
            low: at(-Z),
            expected: at(0.0),
            high: at(Z),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Standard normal numbers, always the same: sums of twelve of a linear congruence.
    fn normal() -> impl FnMut() -> f64 {
        let mut state = 1_u64;
        let mut uniform = move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        move || (0..12).map(|_| uniform()).sum::<f64>() - 6.0
    }

    fn mixed(parts: &[(CodeKind, f64)]) -> Mix {
        let mut mix = Mix::default();
        for &(kind, weight) in parts {
            mix.add(kind, weight);
        }
        mix
    }

    #[test]
    fn work_of_one_kind_has_the_interval_of_its_kind() {
        for kind in CodeKind::ALL {
            let interval = Mix::only(kind).interval();
            let (low, high) = range(kind);
            assert!(
                (interval.low - low).abs() < 1e-9 * low,
                "{kind:?} {interval:?}"
            );
            assert!(
                (interval.high - high).abs() < 1e-9 * high,
                "{kind:?} {interval:?}"
            );
        }
    }

    #[test]
    fn times_add_up_so_that_half_of_the_work_left_as_it_is_makes_no_more_than_twice_as_fast() {
        let mut speedups = Speedups([1e9; CodeKind::ALL.len()]);
        speedups.0[CodeKind::Object.index()] = 1.0;
        let half = mixed(&[(CodeKind::Number, 3.0), (CodeKind::Object, 3.0)]);
        assert!((half.speedup(&speedups) - 2.0).abs() < 1e-6);
    }

    #[test]
    fn more_of_a_slower_kind_is_slower() {
        let expected = |objects: u32| {
            let parts = [
                (CodeKind::Number, 10.0),
                (CodeKind::Object, f64::from(objects)),
            ];
            mixed(&parts).interval().expected
        };
        let each: Vec<f64> = (0..20).map(expected).collect();
        assert!(each.is_sorted_by(|more, less| more > less), "{each:?}");
    }

    #[test]
    fn the_interval_holds_as_many_draws_as_it_says() {
        let mut random = normal();
        for mix in [
            Mix::only(CodeKind::Table),
            mixed(&[
                (CodeKind::Number, 5.0),
                (CodeKind::Object, 1.0),
                (CodeKind::List, 2.0),
            ]),
            mixed(&[(CodeKind::Character, 1.0), (CodeKind::Index, 1.0)]),
            Mix::default(),
        ] {
            let Interval {
                low,
                expected,
                high,
            } = mix.interval();
            let mut draws: Vec<f64> = (0..20_000).map(|_| mix.draw(&mut random)).collect();
            draws.sort_by(f64::total_cmp);
            let inside = draws.iter().filter(|it| (low..=high).contains(*it)).count();
            assert!((18_800..=19_600).contains(&inside), "{mix:?}: {inside}");
            let median = draws[draws.len() / 2];
            assert!((0.93..=1.07).contains(&(median / expected)), "{mix:?}");
        }
    }

    #[test]
    fn equal_draws_give_equal_cases() {
        let [one, other] = [normal(), normal()].map(|mut random| Speedups::draw(&mut random));
        assert_eq!(one, other);
    }
}
