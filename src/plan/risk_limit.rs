//! Units no riskier than asked for: a function above the limit stays Python, and the others are put together without it.

use super::severity::{Severity, above};
use super::study::Study;
use super::surroundings::Surroundings;
use super::unit::{Hot, Unit};
use super::{Code, FunctionRow, Reason, Risk, Verdict};
use crate::profile::FunctionId;
use crate::source::Sources;
use std::collections::{BTreeMap, BTreeSet};

impl Study<'_> {
    /// The units of the hot functions `ids`, and what is then said of each. What stays for its risk is barred from then
    /// on; its callers are looked at again, for Rust that calls back is a risk, too.
    pub(super) fn units_within(
        &mut self,
        limit: Severity,
        ids: &[FunctionId],
        mut rows: Vec<FunctionRow>,
        surroundings: &Surroundings,
        sources: &mut Sources,
    ) -> (Vec<FunctionRow>, Vec<Unit>) {
        loop {
            let mut told = rows.clone();
            let mut hot = Hot {
                ids,
                rows: &mut told,
            };
            let units = self.units(&mut hot, sources);
            let risky = self.riskier(limit, &units, surroundings, sources);
            if risky.is_empty() {
                return (told, units);
            }
            for (id, row) in ids.iter().zip(&mut rows) {
                if let Some(risk) = risky.get(id) {
                    tell(risk, row);
                }
            }
            self.barred.extend(risky.into_keys());
        }
    }

    /// The functions of units that are riskier than asked for, each with the risk that is worst.
    fn riskier(
        &self,
        limit: Severity,
        units: &[Unit],
        surroundings: &Surroundings,
        sources: &mut Sources,
    ) -> BTreeMap<FunctionId, Risk> {
        let mut riskier = BTreeMap::new();
        if limit == Severity::High {
            return riskier;
        }
        for members in units.iter().map(|unit| &unit.group.members) {
            let names = members
                .iter()
                .map(|&id| self.catalog.entry(id).name.clone());
            let moving: BTreeSet<_> = names.collect();
            for &id in members {
                let risks = self.function_risks(id, &moving, surroundings, sources);
                let worst = above(&risks, limit);
                riskier.extend(worst.map(|it| (id, it.risk.clone())));
            }
        }
        riskier
    }
}

fn tell(risk: &Risk, row: &mut FunctionRow) {
    row.verdict = Verdict::TooDynamic;
    row.reasons = vec![Reason {
        code: Code::TooRisky,
        message: format!("riskier than asked for ({}): {}", risk.code, risk.message),
    }];
}

#[cfg(test)]
mod tests {
    use crate::observation::Observation;
    use crate::plan::programs::plan_within;
    use crate::plan::{Options, Plan, Severity};

    /// `push` has a risk of medium weight, `pick` one of high; `drain` has none of its own.
    const PROGRAM: &str = "\
def push(heap, key):
    heap.append(key * 3)
    return key * 2

def pick(key, **more):
    return max(key, 3, **more)

def drain(keys, heap):
    sum = 0
    for key in keys:
        sum += push(heap, key)
        sum -= pick(key)
        for bit in range(key):
            sum ^= bit * 3
    return sum

def main():
    for size in range(30):
        drain(range(size), [])
";

    fn plan(risk_limit: Severity) -> Plan {
        let options = Options {
            risk_limit,
            ..Options::default()
        };
        let stacks =
            "main@20;drain@11;push@2 100\nmain@20;drain@12;pick@6 100\nmain@20;drain@14 800";
        let nothing = |_: &str| Observation::default();
        plan_within(PROGRAM, stacks, nothing, |_| {}, &options)
    }

    /// `root: callees` of each candidate.
    fn candidates(plan: &Plan) -> Vec<String> {
        let candidates = plan.candidates.iter();
        let text = candidates.map(|it| {
            let unit = it.unit.iter().map(|name| name.qualname.as_str());
            format!(
                "{}: {}",
                it.name.qualname,
                unit.collect::<Vec<_>>().join(" ")
            )
        });
        text.collect()
    }

    fn said_of(plan: &Plan, qualname: &str) -> String {
        let row = plan
            .functions
            .iter()
            .find(|it| it.name.qualname == qualname);
        let row = row.expect("it is hot");
        let reason = &row.reasons[0];
        format!("{} {} {}", row.verdict.word(), reason.code, reason.message)
    }

    #[test]
    fn a_callee_that_is_too_risky_stays_and_the_rest_of_its_unit_moves() {
        assert_eq!(candidates(&plan(Severity::High)), ["drain: pick push"]);
        let plan = plan(Severity::Medium);
        assert_eq!(candidates(&plan), ["drain: push"]);
        let said = said_of(&plan, "pick");
        assert!(
            said.starts_with("too_dynamic RB020 riskier than asked for (RB"),
            "{said}"
        );
        assert!(plan.candidates.iter().flat_map(|it| &it.risks).all(|it| {
            it.function.qualname != "pick" && it.risk.code.severity() <= Severity::Medium
        }));
    }

    #[test]
    fn rust_that_calls_back_is_a_risk_too() {
        let plan = plan(Severity::Low);
        assert!(candidates(&plan).is_empty());
        for (function, code) in [("push", "RB102"), ("pick", "RB104"), ("drain", "RB110")] {
            let said = said_of(&plan, function);
            let expected = format!("too_dynamic RB020 riskier than asked for ({code}");
            assert!(said.starts_with(&expected), "{said}");
        }
    }
}
