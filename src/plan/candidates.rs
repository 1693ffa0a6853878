//! What is worth moving, in order.

use super::seen_parameter::seen_parameters;
use super::study::Study;
use super::unit::Unit;
use super::wilson::amdahl;
use super::{Candidate, FunctionRow, Interval, ModuleImport, risks};
use crate::analysis::Tally;
use crate::profile::FunctionId;
use crate::source::{CallTarget, Definition, Module, Sources};

impl Study<'_> {
    /// The candidates of the units, at most `top` of them, and what Amdahl leaves when all of them took no time.
    /// `rows[i]` is the row of `hot[i]`.
    pub(super) fn candidates(
        &self,
        units: &[Unit],
        hot: &[FunctionId],
        rows: &[FunctionRow],
        sources: &mut Sources,
        top: usize,
    ) -> (Vec<Candidate>, Interval) {
        let (mut candidates, times): (Vec<Candidate>, Vec<Tally>) = (units.iter())
            .filter_map(|unit| {
                let candidate = self.candidate(unit, hot, rows, sources)?;
                Some((candidate, self.unit_time(unit, hot)))
            })
            .take(top)
            .unzip();
        for (place, candidate) in candidates.iter_mut().enumerate() {
            candidate.rank = place + 1;
        }
        // Their times are disjoint: a sample is credited once.
        let all: Tally = times.into_iter().sum();
        let ceiling = amdahl(self.movable(&all), self.all.samples);
        (candidates, ceiling)
    }

    fn candidate(
        &self,
        unit: &Unit,
        hot: &[FunctionId],
        rows: &[FunctionRow],
        sources: &mut Sources,
    ) -> Option<Candidate> {
        let (id, row) = (hot[unit.root], &rows[unit.root]);
        let file_id = self.profile.function(id).file?;
        let file = self.profile.strings.get(file_id);
        let name = sources.roots().module_name(file);
        let path = sources.roots().located(file).display().to_string();
        let is_main = self.is_main(file_id, sources);
        let (definition, module) = self.definition(id, sources).ok()?;
        let import = ModuleImport {
            name: name.name,
            path,
            root: name
                .root
                .map(|root| root.display().to_string())
                .unwrap_or_default(),
            runs_on_import: is_main && module.runs_on_import,
        };
        let share = self.movable(&self.unit_time(unit, hot));
        let seen = seen_parameters(self.observation, file, definition);
        Some(Candidate {
            rank: 0,
            name: row.name.clone(),
            unit: unit
                .callees
                .iter()
                .map(|&callee| rows[callee].name.clone())
                .collect(),
            file: row.file.clone(),
            source_text: module.text_of(definition),
            risks: risks::risks(definition, &seen, &import),
            callees: callees(module, definition),
            definition: definition.clone(),
            module: import,
            share,
            ceiling: amdahl(share, self.all.samples),
            hot_line: self.credits.functions[id.index()].hot_line,
            seen,
        })
    }
}

/// The functions of a module that one of them calls, directly or through another.
fn callees(module: &Module, caller: &Definition) -> Vec<Definition> {
    let mut called: Vec<&Definition> = vec![caller];
    let mut next = 0;
    while let Some(definition) = called.get(next) {
        let targets = definition
            .calls
            .iter()
            .filter_map(|call| match &call.target {
                CallTarget::SameFile(qualname) => module.definition(qualname, None),
                CallTarget::Builtin | CallTarget::Imported { .. } | CallTarget::Unknown => None,
            });
        for callee in targets.collect::<Vec<_>>() {
            if !called.contains(&callee) {
                called.push(callee);
            }
        }
        next += 1;
    }
    let mut callees: Vec<Definition> = called[1..].iter().copied().cloned().collect();
    callees.sort_by_key(|callee| (callee.first_line, callee.def_line));
    callees
}
