//! What a gain is worth in money, for who pays by the hour.

use super::{Interval, Prospect};

/// What the program costs to run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    /// Of one core for an hour, in any currency.
    pub per_core_hour: f64,
    /// Core-hours that the program takes in a year.
    pub core_hours: f64,
}

/// What a move is worth, in the currency of the price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Money {
    /// Saved in a year.
    pub per_year: Interval,
    /// A developer's day may cost so much for the move to pay back within a year.
    pub day_rate: Interval,
}

impl Price {
    /// What a move is worth. The share of the time that is saved is that of the run: a year of other work may save more
    /// or less.
    pub fn of(&self, prospect: &Prospect) -> Money {
        let year = self.per_core_hour * self.core_hours;
        let per_year = prospect.gain.saved.map(|saved| saved * year);
        let days = prospect.effort;
        // A loss does not get smaller by being divided by more days.
        let most = |money: f64, one: f64, other: f64| (money / one).max(money / other);
        let least = |money: f64, one: f64, other: f64| (money / one).min(money / other);
        Money {
            per_year,
            day_rate: Interval {
                low: least(per_year.low, days.low, days.high),
                expected: per_year.expected / days.expected,
                high: most(per_year.high, days.low, days.high),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_is_paid_for() {
        let price = Price {
            per_core_hour: 0.04,
            core_hours: 100_000.0,
        };
        let money = price.of(&Prospect::example());
        // 42 to 58 % of 4,000 a year, for 0.6 to 2.4 days.
        let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-6, "{found}");
        near(money.per_year.low, 1_680.0);
        near(money.per_year.expected, 2_000.0);
        near(money.day_rate.low, 700.0);
        near(money.day_rate.expected, 2_000.0 / 1.2);
        near(money.day_rate.high, 2_320.0 / 0.6);
    }

    #[test]
    fn what_may_make_it_slower_may_cost() {
        let mut prospect = Prospect::example();
        prospect.gain.saved.low = -0.1;
        let price = Price {
            per_core_hour: 1.0,
            core_hours: 100.0,
        };
        let money = price.of(&prospect);
        assert!(money.per_year.low < 0.0 && money.day_rate.low < money.day_rate.expected);
    }
}
