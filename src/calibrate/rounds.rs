//! What each call took, round by round, and the figures that come of it.

use crate::plan::Interval;
use crate::plan::boundary::{Call, Conversion, CostsError, LENGTHS, Measurement, Table};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The share of the rounds that lies below `low`, and above `high`.
const TAIL: f64 = 0.1;

/// No call takes less, in nanoseconds: a processor's step or so. Noise can bring a difference below that.
const LEAST: f64 = 0.1;

/// Where half of the figures vary by more than this part of themselves, the machine is too busy to be measured well.
/// With nothing else to do it is a twentieth.
pub const NOISY: f64 = 0.3;

/// What `bench.py` tells: nanoseconds of each round, by figure; for conversions by number of elements.
#[derive(Debug, Deserialize)]
pub(super) struct Rounds {
    rounds: BTreeMap<String, Vec<Vec<f64>>>,
}

impl Rounds {
    pub(super) fn read(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// How it was measured, for the table.
    pub(super) fn how(&self) -> String {
        let rounds = self.rounds.values().flatten().map(Vec::len).max();
        format!(
            "A release build for this version of Python alone; medians of {} rounds, in processor time, less what the loop \
             around the call takes; a tenth of the rounds took less than `low`, a tenth more than `high`.",
            rounds.unwrap_or_default()
        )
    }

    pub(super) fn table(&self, measured: Measurement) -> Result<Table, CostsError> {
        let of = |name: &str, place: usize| figure(self.rounds.get(name)?.get(place)?);
        Table::new(
            measured,
            |call: Call| of(call.name(), 0),
            |conversion: Conversion| {
                let name = conversion.name();
                let [few, many]: [Option<Interval>; LENGTHS.len()] = [of(name, 0), of(name, 1)];
                Some([few?, many?])
            },
        )
    }
}

/// The median, and the tails; nothing where there were no rounds.
fn figure(rounds: &[f64]) -> Option<Interval> {
    let mut sorted: Vec<f64> = rounds.iter().map(|it| it.max(LEAST)).collect();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    // A whole number of rounds, below `last`.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a length is a place in it"
    )]
    let at = |share: f64| sorted[(share * last as f64).round() as usize];
    Some(Interval {
        low: at(TAIL),
        expected: at(0.5),
        high: at(1.0 - TAIL),
    })
}

/// By how much half of the figures vary, or more: the distance of `low` and `high` in parts of the figure. Above
/// [`NOISY`] the machine had too much to do.
pub fn noise(table: &Table) -> f64 {
    let calls = Call::ALL.iter().map(|it| table.call(*it));
    let conversions = Conversion::ALL.iter().flat_map(|it| table.conversion(*it));
    let spread = |it: Interval| (it.high - it.low) / it.expected;
    let mut spreads: Vec<f64> = calls.chain(conversions).map(spread).collect();
    spreads.sort_by(f64::total_cmp);
    spreads[spreads.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_the_median_between_the_tails() {
        let rounds: Vec<f64> = (0..=20).rev().map(f64::from).collect();
        let expected = Interval {
            low: 2.0,
            expected: 10.0,
            high: 18.0,
        };
        assert_eq!(figure(&rounds), Some(expected));
        assert_eq!(figure(&[-3.0]), Some(Interval::exactly(LEAST)));
        assert_eq!(figure(&[]), None);
    }

    /// What a bench tells in which every figure is so and so many nanoseconds.
    fn told(rounds: &[f64]) -> Rounds {
        let names = Call::ALL.map(Call::name).into_iter();
        let names = names.chain(Conversion::ALL.map(Conversion::name));
        let of = |name: &str| (name.to_owned(), vec![rounds.to_vec(); LENGTHS.len()]);
        Rounds {
            rounds: names.map(of).collect(),
        }
    }

    fn measurement() -> Measurement {
        let text = String::new;
        Measurement {
            python: text(),
            pyo3: text(),
            rustc: text(),
            machine: text(),
            date: text(),
            how: text(),
        }
    }

    #[test]
    fn rounds_make_a_table_and_lacking_ones_do_not() {
        let mut rounds = told(&[1.0, 2.0, 3.0]);
        let table = rounds.table(measurement()).expect("every figure is there");
        let expected = Interval {
            low: 1.0,
            expected: 2.0,
            high: 3.0,
        };
        assert_eq!(table.call(Call::Empty), expected);
        assert_eq!(table.conversion(Conversion::BytesOut), [expected; 2]);
        rounds.rounds.remove("bytes_out");
        let error = rounds.table(measurement()).expect_err("one is missing");
        assert_eq!(error.to_string(), "it has no figure \"bytes_out\"");
    }

    #[test]
    fn a_busy_machine_is_known_by_its_spread() {
        let noise_of = |rounds: &[f64]| {
            let table = told(rounds).table(measurement());
            noise(&table.expect("every figure is there"))
        };
        assert!(noise_of(&[100.0, 101.0, 102.0]) < NOISY);
        assert!(noise_of(&[60.0, 100.0, 150.0]) > NOISY);
    }
}
