//! What may go wrong when a unit moves: the risks of all its functions.

use super::risks::{Circumstances, risks};
use super::seen_parameter::seen_parameters;
use super::study::Study;
use super::surroundings::Surroundings;
use super::unit::{Hot, Unit};
use super::{FunctionName, Risk};
use crate::analysis::threads_of;
use crate::profile::FunctionId;
use crate::source::Sources;
use std::collections::BTreeSet;

/// A risk of one of the functions that move together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitRisk {
    /// Whose risk it is.
    pub function: FunctionName,
    /// The function's file, relative to its source root where it lies below one.
    pub file: String,
    /// What may go wrong, and on which line of that file.
    pub risk: Risk,
}

impl Study<'_> {
    /// The risks of a unit's functions: the root first, then those that were ranked, then the rest by their names.
    pub(super) fn unit_risks(
        &self,
        unit: &Unit,
        hot: &Hot<'_>,
        surroundings: &Surroundings,
        sources: &mut Sources,
    ) -> Vec<UnitRisk> {
        let ids = self.in_order(unit, hot);
        let names = ids.iter().map(|&id| self.catalog.entry(id).name.clone());
        let moving: BTreeSet<FunctionName> = names.collect();
        let mut all: Vec<UnitRisk> = Vec::new();
        for id in ids {
            let more = self.function_risks(id, &moving, surroundings, sources);
            let more: Vec<UnitRisk> = (more.into_iter())
                .filter(|it| !all.iter().any(|known| is_told_by(it, known)))
                .collect();
            all.extend(more);
        }
        all
    }

    fn in_order(&self, unit: &Unit, hot: &Hot<'_>) -> Vec<FunctionId> {
        let mut ids: Vec<FunctionId> = std::iter::once(unit.root)
            .chain(unit.callees.iter().copied())
            .map(|place| hot.ids[place])
            .collect();
        let members = unit.group.members.iter().copied();
        let mut rest: Vec<FunctionId> = members.filter(|id| !ids.contains(id)).collect();
        rest.sort_by_key(|&id| {
            let entry = self.catalog.entry(id);
            (
                &entry.name,
                &entry.file,
                self.profile.function(id).first_line,
            )
        });
        ids.extend(rest);
        ids
    }

    /// What may go wrong when a function moves with `moving`. None for one whose source can't be read.
    pub(super) fn function_risks(
        &self,
        id: FunctionId,
        moving: &BTreeSet<FunctionName>,
        surroundings: &Surroundings,
        sources: &mut Sources,
    ) -> Vec<UnitRisk> {
        let (Some(file), Some(module)) = (self.profile.function(id).file, self.import(id, sources))
        else {
            return Vec::new();
        };
        let Ok((definition, _)) = self.definition(id, sources) else {
            return Vec::new();
        };
        let seen = seen_parameters(self.observation, self.profile.strings.get(file), definition);
        let circumstances = Circumstances {
            seen: &seen,
            module: &module,
            threads: threads_of(self.profile, id),
            surroundings,
            moving,
        };
        let entry = self.catalog.entry(id);
        let of_function = |risk| UnitRisk {
            function: entry.name.clone(),
            file: entry.file.clone(),
            risk,
        };
        let risks = risks(definition, circumstances);
        risks.into_iter().map(of_function).collect()
    }
}

/// What is told of one function of a unit and is the same place for another: that its class has relatives, that its
/// module runs the program.
fn is_told_by(it: &UnitRisk, known: &UnitRisk) -> bool {
    let place = |it: &UnitRisk| (it.risk.code, it.risk.line);
    it.function != known.function && it.file == known.file && place(it) == place(known)
}

#[cfg(test)]
mod tests {
    use crate::plan::programs::plan_of;
    use crate::plan::{Candidate, Code};
    use crate::profile::Line;

    const PROGRAM: &str = "\
def note(seen, value):
    seen.append(value)
    return value * 2

def loop(numbers, seen):
    total = 0
    for number in numbers:
        total += note(seen, number)
    return total

class Grid(list):
    def put(self, at, value):
        self.cells[at] = value + self.width * 2

    def sum(self):
        total = 0
        for cell in self.cells:
            total += cell
        return total

def main():
    for size in range(30):
        loop(range(size), [])

main()
";

    /// `function CODE line` of each risk with one of these codes.
    fn told(candidate: &Candidate, codes: &[Code]) -> Vec<String> {
        let risks = candidate.risks.iter();
        let asked = risks.filter(|it| codes.contains(&it.risk.code));
        let text = asked.map(|it| {
            let line = it.risk.line.map_or(0, Line::number);
            format!("{} {} {line}", it.function.qualname, it.risk.code)
        });
        text.collect()
    }

    #[test]
    fn the_risks_of_all_functions_of_a_unit_are_told_the_roots_first() {
        let plan = plan_of(PROGRAM, "main@22;loop@8;note@2 600\nmain@22;loop@8 400");
        let first = &plan.candidates[0];
        assert_eq!(first.name.qualname, "loop");
        let codes = [Code::MutatesArgument, Code::KeepsArgument, Code::Untyped];
        assert_eq!(
            told(first, &codes),
            [
                "loop RB109 5",
                "note RB102 2",
                "note RB109 1",
                "note RB114 2"
            ]
        );
    }

    #[test]
    fn a_callee_that_moves_too_is_no_code_that_stays() {
        let plan = plan_of(PROGRAM, "main@22;loop@8;note@2 600\nmain@22;loop@8 400");
        assert_eq!(told(&plan.candidates[0], &[Code::CallsBack]), [""; 0]);
    }

    #[test]
    fn what_is_the_same_place_for_two_functions_is_told_once() {
        let plan = plan_of(PROGRAM, "main@22;put@13 400\nmain@22;sum@17 600");
        let first = &plan.candidates[0];
        assert_eq!(first.unit.len(), 1);
        let codes = [Code::RunsOnImport, Code::HasRelatives, Code::UsesObject];
        assert_eq!(
            told(first, &codes),
            [
                "Grid.sum RB108 15",
                "Grid.sum RB111 0",
                "Grid.sum RB123 11",
                "Grid.put RB108 12"
            ]
        );
    }
}
