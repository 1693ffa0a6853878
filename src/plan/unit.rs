//! Which functions move together: from each hot function up to the caller whose loop makes its calls, as long as what
//! that saves is worth the code that it adds.
//!
//! A leaf that moves alone is called across the boundary each time round its caller's loop; with the loop it is not
//! (measured: 104 ns an iteration in Python, 34 ns with the leaf moved, 2.1 ns with both).

use super::circles::{Circle, circles};
use super::classes::by_class;
use super::duration::duration;
use super::per_call::CallSource;
use super::study::Study;
use super::weigh::{Group, Scales, Weighed};
use super::{Alternative, Code, FunctionRow, Interval, Reason, Verdict};
use crate::analysis::Region;
use crate::profile::FunctionId;
use crate::source::Sources;
use std::collections::BTreeSet;

/// A callee belongs to a caller below which so much of its time is. Stacks that were read while they changed show some
/// of it under a wrong caller.
const MOST_TIME: f64 = 0.8;

/// A caller joins where it saves at least this part of what its callees save for the same effort. Less would make the
/// whole a worse buy; and two functions that are one crate are easier to keep than two.
const AS_GOOD: f64 = 0.5;

/// Days that a caller adds at least, also where fewer calls lead out of the unit with it.
const LEAST_EFFORT: f64 = 0.1;

/// A function that hardly works itself joins its callees only where crossing would take this part of their time: what
/// drives a program also reads, prepares and prints.
const CROSSING_HURTS: f64 = 1.0 / MARGIN;

/// A move that makes the program less than 1 % faster is none.
pub(super) const WORTH_A_MOVE: f64 = 0.01;

/// A call that takes so many times what crossing costs is worth it: a third of the gain is lost then
/// (`plan-model`: below three times break-even the caller's loop is the better unit).
const MARGIN: f64 = 3.0;

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
    fn is_proposed(&self, place: usize) -> bool {
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
        let mut climb = Climb {
            scales,
            units: Vec::new(),
        };
        for circle in circles(&self.work, hot.ids, places) {
            climb.step(&circle, hot);
        }
        let mut units = by_class(&mut climb.scales, climb.units, hot);
        units.retain(|unit| is_worth_a_move(unit, hot));
        for unit in &units {
            tell(unit, hot);
        }
        units
    }
}

struct Climb<'s, 'p> {
    scales: Scales<'s, 'p>,
    /// The units so far, of callees first.
    units: Vec<Unit>,
}

impl Climb<'_, '_> {
    /// Functions that call each other, whose callees are in units: they become a unit, with callees or without.
    fn step(&mut self, circle: &Circle, hot: &Hot<'_>) {
        let proposed = circle.places.iter().any(|&place| hot.is_proposed(place));
        let own = self.own(circle, hot);
        let children = self.children(&own);
        let mut alternatives = Vec::new();
        if !children.is_empty() {
            let joined = self.joined(&own, &children);
            let weighed = self.scales.weigh(&joined, &Region::default());
            match self.verdict(circle, hot, &own, &children, &weighed) {
                Ok(()) => return self.join(circle, hot, joined, weighed, &children),
                Err(why) => {
                    let function = hot.rows[circle.root].name.clone();
                    let speedup = weighed.gain.program;
                    let lost = Alternative {
                        function,
                        speedup,
                        why,
                    };
                    for &child in &children {
                        self.units[child].alternatives.push(lost.clone());
                    }
                    alternatives.push(lost);
                }
            }
        }
        if proposed {
            let weighed = self.scales.weigh(&own, &Region::default());
            self.push(circle, hot, own, weighed, Vec::new());
        }
    }

    /// The circle with what it calls that is not ranked itself.
    fn own(&mut self, circle: &Circle, hot: &Hot<'_>) -> Group {
        let root = hot.ids[circle.root];
        let ids = circle.places.iter().map(|&place| hot.ids[place]);
        let mut members: BTreeSet<FunctionId> = ids.collect();
        let stay = (0..hot.ids.len()).filter(|&place| hot.is_proposed(place));
        let stay = stay
            .map(|place| hot.ids[place])
            .filter(|id| !members.contains(id))
            .collect();
        members.extend(self.scales.helpers(root, &stay));
        members.insert(root);
        let entries = BTreeSet::from([root]);
        Group {
            root,
            entries,
            members,
        }
    }

    /// The units that are hardly entered but below a group.
    fn children(&self, group: &Group) -> Vec<usize> {
        let work = &self.scales.study.work;
        let everybody = self
            .units
            .iter()
            .flat_map(|unit| &unit.group.members)
            .chain(&group.members);
        let reached = work.region(&group.entries, &everybody.copied().collect());
        let is_child = |unit: &Unit| {
            let region = work.region(&unit.group.entries, &unit.group.members);
            let left = work.covered(&region, &reached).time.working.0 as f64;
            left <= (1.0 - MOST_TIME) * unit.weighed.time.working.0 as f64
        };
        (0..self.units.len())
            .filter(|&place| is_child(&self.units[place]))
            .collect()
    }

    fn joined(&self, own: &Group, children: &[usize]) -> Group {
        let mut joined = own.clone();
        for &child in children {
            joined.members.extend(&self.units[child].group.members);
        }
        joined
    }

    /// Whether a caller should join the units that it calls, or why not.
    fn verdict(
        &mut self,
        circle: &Circle,
        hot: &Hot<'_>,
        own: &Group,
        children: &[usize],
        joined: &Weighed,
    ) -> Result<(), String> {
        let sum = |figure: &dyn Fn(&Weighed) -> f64| -> f64 {
            children
                .iter()
                .map(|&child| figure(&self.units[child].weighed))
                .sum()
        };
        let apart = sum(&|it| it.gain.saved.expected.max(0.0));
        let rate = apart / sum(&|it| it.effort.expected);
        let crossing = sum(&|it| it.surely_crossing()) / sum(&|it| it.gain.migratable.expected);
        let extra = joined.gain.saved.expected - apart;
        let known: BTreeSet<FunctionId> = children
            .iter()
            .flat_map(|&child| self.units[child].group.members.clone())
            .collect();
        let added = self.scales.added(own, &known).max(LEAST_EFFORT);
        if joined.gain.saved.expected < WORTH_A_MOVE || extra <= 0.0 {
            return Err("it saves nothing more".to_owned());
        }
        if extra / added < AS_GOOD * rate {
            let percent = crate::profile::Share::new(extra.max(0.0));
            return Err(format!(
                "it would save {percent} more of the time, for {added:.1} days more"
            ));
        }
        if !hot.is_proposed(circle.root) && crossing < CROSSING_HURTS {
            return Err(
                "it mostly calls others, and what it would save are few crossings".to_owned(),
            );
        }
        Ok(())
    }

    fn join(
        &mut self,
        circle: &Circle,
        hot: &Hot<'_>,
        joined: Group,
        weighed: Weighed,
        children: &[usize],
    ) {
        let mut alternatives = Vec::new();
        for &child in children.iter().rev() {
            let unit = self.units.remove(child);
            alternatives.extend(unit.alternatives);
            alternatives.push(Alternative {
                function: hot.rows[unit.root].name.clone(),
                speedup: unit.weighed.gain.program,
                why: alone(&unit.weighed),
            });
        }
        self.push(circle, hot, joined, weighed, alternatives);
    }

    fn push(
        &mut self,
        circle: &Circle,
        hot: &Hot<'_>,
        group: Group,
        weighed: Weighed,
        alternatives: Vec<Alternative>,
    ) {
        let is_callee =
            |&place: &usize| place != circle.root && group.members.contains(&hot.ids[place]);
        let callees = (0..hot.ids.len()).filter(is_callee).collect();
        let root = circle.root;
        self.units.push(Unit {
            root,
            callees,
            group,
            weighed,
            alternatives,
        });
    }
}

/// Why a function does not move alone.
fn alone(weighed: &Weighed) -> String {
    let Interval { expected: each, .. } = weighed.per_call.nanoseconds;
    format!(
        "alone, each of its calls would cross: about {} for a call of about {}",
        duration(weighed.cost.expected),
        duration(each)
    )
}

/// Whether a unit makes the program faster for all that is known. Where it does not, that is said of its root.
fn is_worth_a_move(unit: &Unit, hot: &mut Hot<'_>) -> bool {
    let gain = unit.weighed.gain;
    let counted = unit.weighed.per_call.source != CallSource::Estimated;
    let most = if counted {
        gain.saved.expected
    } else {
        gain.saved.high
    };
    if most >= WORTH_A_MOVE {
        return true;
    }
    let row = &mut hot.rows[unit.root];
    row.verdict = Verdict::TooSmall;
    row.reasons = vec![Reason {
        code: Code::BoundaryEats,
        message: eaten(&unit.weighed),
    }];
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

/// Why a move does not pay, and from when on it would.
fn eaten(weighed: &Weighed) -> String {
    let (each, cost) = (weighed.per_call.nanoseconds.expected, weighed.cost.expected);
    let saved = weighed.gain.saved.expected + weighed.gain.boundary.expected;
    let all = weighed.gain.migratable.expected.max(f64::MIN_POSITIVE);
    let enough = cost / (saved / all).max(0.01);
    format!(
        "crossing eats the gain: a call takes about {}, crossing about {}; it would pay from {} a call on",
        duration(each),
        duration(cost),
        duration(enough * MARGIN)
    )
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
