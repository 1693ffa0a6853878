//! Functions that move together, and what is said of those that do and of those that don't.

use super::circles::circles;
use super::classes::by_class;
use super::climb::climb;
use super::duration::duration;
use super::study::Study;
use super::weigh::{Group, Scales, Weighed};
use super::{Alternative, Code, FunctionRow, Reason, Verdict};
use crate::profile::{FunctionId, Share};
use crate::source::Sources;

/// A move that makes the program less than 1 % faster is none.
pub(super) const WORTH_A_MOVE: f64 = 0.01;

/// A call that takes so many times what crossing costs is worth it: a third of the gain is lost then
/// (`plan-model`: below three times break-even the caller's loop is the better unit).
pub(super) const MARGIN: f64 = 3.0;

/// Crossing eats a gain of which it takes this part.
const EATEN: f64 = 0.5;

/// Rust that is hardly faster makes no call long enough: what is told stays a figure.
const LEAST_GAIN: f64 = 0.01;

/// Functions that move together, as places in the list of hot functions.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    /// Where the unit is entered.
    pub(super) root: usize,
    /// Those of the hot functions that move with it, hottest first.
    pub(super) callees: Vec<usize>,
    /// All of its functions.
    pub(super) group: Group,
    /// What it gains when nothing else moves.
    pub(super) weighed: Weighed,
    /// What was weighed against it, and lost.
    pub(super) alternatives: Vec<Alternative>,
}

/// The hot functions, and what is said of them: `rows[i]` is the row of `ids[i]`.
pub(super) struct Hot<'h> {
    pub(super) ids: &'h [FunctionId],
    pub(super) rows: &'h mut [FunctionRow],
}

impl Hot<'_> {
    pub(super) fn is_proposed(&self, place: usize) -> bool {
        self.rows[place].verdict == Verdict::Migrate
    }

    /// Whether nothing but its little time of its own speaks against a function.
    fn may_join(&self, place: usize) -> bool {
        let small = [Code::Orchestrates, Code::TooSmall];
        self.is_proposed(place) || small.contains(&self.rows[place].reasons[0].code)
    }
}

impl Study<'_> {
    /// The units of the functions that are worth moving, in no order. The verdict of a function that moves with its
    /// caller becomes [`Verdict::MigrateCaller`], that of one whose boundary eats the gain [`Verdict::TooSmall`].
    pub(super) fn units(&self, hot: &mut Hot<'_>, sources: &mut Sources) -> Vec<Unit> {
        let mut scales = Scales::new(self, sources);
        let places: Vec<usize> = (0..hot.ids.len())
            .filter(|&place| hot.may_join(place))
            .collect();
        let places = places
            .into_iter()
            .filter(|&place| scales.movable(hot.ids[place]).is_some())
            .collect();
        let circles = circles(&self.work, hot.ids, places);
        let units = climb(&mut scales, &circles, hot);
        let mut units = by_class(&mut scales, units, hot);
        units.retain(|unit| is_worth_a_move(unit, hot));
        for unit in &units {
            tell(unit, hot);
        }
        units
    }
}

/// Whether a unit makes the program faster for all that is known. Where it does not, that is said of its root.
fn is_worth_a_move(unit: &Unit, hot: &mut Hot<'_>) -> bool {
    let gain = unit.weighed.gain;
    let most = if unit.weighed.is_counted() {
        gain.saved.expected
    } else {
        gain.saved.high
    };
    if most >= WORTH_A_MOVE {
        return true;
    }
    let row = &mut hot.rows[unit.root];
    row.verdict = Verdict::TooSmall;
    row.reasons = vec![eaten(&unit.weighed)];
    false
}

/// Says of the functions that move with a unit's root that they do.
fn tell(unit: &Unit, hot: &mut Hot<'_>) {
    let root = hot.rows[unit.root].name.clone();
    for &callee in &unit.callees {
        let alone = unit
            .alternatives
            .iter()
            .find(|it| it.function == hot.rows[callee].name);
        let message = match alone {
            Some(it) => format!("it moves with {root}: {}", it.why),
            None => format!("it moves with {root}, which calls it"),
        };
        let row = &mut hot.rows[callee];
        row.verdict = Verdict::MigrateCaller;
        row.reasons = vec![Reason {
            code: Code::MovesWithCaller,
            message,
        }];
    }
}

/// Why a move does not pay.
fn eaten(weighed: &Weighed) -> Reason {
    let gain = weighed.gain;
    let whole = gain.saved.expected + gain.boundary.expected;
    if gain.boundary.expected < EATEN * whole {
        return Reason {
            code: Code::TooSmall,
            message: format!(
                "moving it would save {} of the time",
                Share::new(gain.saved.expected.max(0.0))
            ),
        };
    }
    let all = gain.migratable.expected.max(f64::MIN_POSITIVE);
    let enough = weighed.cost.expected / (whole / all).max(LEAST_GAIN);
    let message = format!(
        "crossing eats the gain: a call takes about {}, crossing about {}; it would pay from {} a call on",
        duration(weighed.per_call.nanoseconds.expected),
        duration(weighed.cost.expected),
        duration(enough * MARGIN)
    );
    Reason {
        code: Code::BoundaryEats,
        message,
    }
}

#[cfg(test)]
mod tests {
    use crate::observation::Observation;
    use crate::plan::programs::plan_with;
    use crate::plan::{Candidate, Plan};
    use crate::profile::CpuSeconds;

    const PROGRAM: &str = "\
def leaf(a: int, b: int) -> int:
    return (a * b) ^ (a + 1)

def loop(numbers):
    total = 0
    for number in numbers:
        total += leaf(number, total)
    return total

def even(tree):
    if tree is None:
        return 0
    return odd(tree[0]) + odd(tree[1]) + 1

def odd(tree):
    if tree is None:
        return 0
    return even(tree[0]) * even(tree[1]) - 1

def key(row):
    return row[0] * 2 + row[1]

def rank(rows):
    best = sorted(rows, key=key)
    for row in best:
        row.append(row[0] ** 2 - row[1])
    return best

class Grid:
    def put(self, at, value):
        self.cells[at] = value + self.width * 2

    def sum(self):
        total = 0
        for cell in self.cells:
            total += cell
        return total

def main():
    grid = Grid()
    for size in range(30):
        loop(range(size))
        even(None)
        rank([])
        grid.put(size, 1)
        grid.sum()

if __name__ == '__main__':
    main()
";

    /// A run of ten seconds.
    fn plan(stacks: &str) -> Plan {
        let cpu = Some(CpuSeconds(10.0));
        plan_with(PROGRAM, stacks, |_| Observation::default(), cpu)
    }

    fn names(candidates: &[Candidate]) -> Vec<String> {
        let unit = |candidate: &Candidate| {
            let members = candidate.unit.iter().map(|it| format!("+{}", it.qualname));
            candidate.name.qualname.clone() + &members.collect::<String>()
        };
        candidates.iter().map(unit).collect()
    }

    #[test]
    fn a_small_leaf_moves_with_the_loop_that_calls_it() {
        let plan = plan("main@42;loop@7;leaf@2 600\nmain@42;loop@7 400");
        assert_eq!(names(&plan.candidates), ["loop+leaf"]);
        let prospect = &plan.candidates[0].prospect;
        let leaf = prospect
            .alternatives
            .iter()
            .find(|it| it.function.qualname == "leaf");
        let leaf = leaf.expect("it was weighed alone");
        assert!(
            leaf.speedup.expected < prospect.gain.program.expected,
            "{leaf:?}"
        );
    }

    #[test]
    fn functions_that_call_each_other_are_one_candidate() {
        let tree = "main@43;even@13;odd@18;even@13;odd@18";
        let plan = plan(&format!(
            "{tree} 500\n{tree};even@13 400\nmain@42;loop@7 20"
        ));
        assert_eq!(names(&plan.candidates)[0], "even+odd");
        let twice = plan.candidates.iter().flat_map(|it| &it.unit);
        assert_eq!(twice.count(), 1);
    }

    #[test]
    fn a_sort_key_is_not_proposed_alone() {
        let plan = plan("main@44;rank@24;key@21 500\nmain@44;rank@24 100\nmain@44;rank@26 400");
        assert_eq!(names(&plan.candidates), ["rank+key"]);
    }

    #[test]
    fn methods_that_share_fields_are_one_candidate() {
        let plan = plan("main@45;put@31 400\nmain@46;sum@36 600");
        assert_eq!(names(&plan.candidates), ["Grid.sum+Grid.put"]);
    }

    #[test]
    fn what_a_candidate_covers_is_not_counted_for_the_next() {
        let plan = plan("main@42;loop@7;leaf@2 300\nmain@42;loop@7 300\nmain@44;rank@26 400");
        let shares = plan.candidates.iter().map(|it| it.share.expected);
        assert!((shares.sum::<f64>() - 1.0).abs() < 1e-9);
    }
}
