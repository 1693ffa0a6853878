//! The order of units: what saves most of the program's time for a day of effort comes first, and each counts only what
//! those before it left. Behind the line are those that save too little.

use super::unit::{Unit, WORTH_A_MOVE};
use super::weigh::{Scales, Weighed};
use crate::analysis::Region;

/// Below this share of the program's time a gain is hard to tell from a machine's noise, and hardly worth a crate that
/// has to be kept.
pub const STOP: f64 = 0.05;

/// A unit in its place.
pub(super) struct Ordered {
    pub(super) unit: Unit,
    /// What it gains beside those before it.
    pub(super) weighed: Weighed,
}

/// Takes units one after the other, at most `most`, as long as the next one makes the program faster.
pub(super) fn order(scales: &mut Scales<'_, '_>, units: Vec<Unit>, most: usize) -> Vec<Ordered> {
    let mut rest: Vec<Ordered> = units.into_iter().map(Ordered::alone).collect();
    let mut ordered: Vec<Ordered> = Vec::new();
    let mut taken = Region::default();
    while ordered.len() < most && !rest.is_empty() {
        let next = take_best(scales, &mut rest, &taken);
        if !next.is_worth_a_move() {
            continue;
        }
        taken.add(&scales.region(&next.unit.group));
        ordered.push(next);
    }
    ordered
}

/// What others have taken can only make a gain smaller, so that one which is the best after it was weighed anew is the
/// best of all.
fn take_best(scales: &mut Scales<'_, '_>, rest: &mut Vec<Ordered>, taken: &Region) -> Ordered {
    loop {
        let place = best(rest);
        let anew = scales.weigh(&rest[place].unit.group, taken);
        rest[place].weighed = anew;
        if best(rest) == place {
            return rest.remove(place);
        }
    }
}

/// The place of the best; the hotter one, if several are.
fn best(rest: &[Ordered]) -> usize {
    let ranks = rest.iter().map(Ordered::rank).enumerate();
    let best = ranks.reduce(|one, other| if other.1 > one.1 { other } else { one });
    best.expect("there is one").0
}

impl Ordered {
    fn alone(unit: Unit) -> Self {
        let weighed = unit.weighed.clone();
        Self { unit, weighed }
    }

    /// Whether it saves enough, and the share of the program's time that it saves for a day.
    fn rank(&self) -> (bool, f64) {
        let saved = self.weighed.gain.saved.expected;
        (saved >= STOP, saved / self.weighed.effort.expected)
    }

    fn is_worth_a_move(&self) -> bool {
        self.weighed.gain.saved.high >= WORTH_A_MOVE
    }
}
