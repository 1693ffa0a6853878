//! What is worth moving, in order.

use super::gain::Savings;
use super::order::{Ordered, order};
use super::seen_parameter::seen_parameters;
use super::study::Study;
use super::unit::{Hot, Unit};
use super::weigh::Scales;
use super::wilson::amdahl;
use super::{Candidate, Interval, ModuleImport, Prospect, risks};
use crate::analysis::Tally;
use crate::profile::FunctionId;
use crate::source::{CallTarget, Definition, Module, Sources};

impl Study<'_> {
    /// The candidates of the units in their order, at most `top` of them, and what Amdahl leaves when all of them took
    /// no time.
    pub(super) fn candidates(
        &self,
        units: Vec<Unit>,
        hot: &Hot<'_>,
        sources: &mut Sources,
        top: usize,
    ) -> (Vec<Candidate>, Interval) {
        let ordered = order(&mut Scales::new(self, sources), units, top);
        // Their times are disjoint: each covers what those before it left.
        let all: Tally = ordered.iter().map(|it| it.weighed.time).sum();
        let mut savings = Savings::default();
        let mut candidates: Vec<Candidate> = Vec::new();
        for it in ordered {
            savings.add(&it.weighed.savings);
            if let Some(mut candidate) = self.candidate(it, hot, sources) {
                candidate.rank = candidates.len() + 1;
                candidate.prospect.so_far = savings.program();
                candidates.push(candidate);
            }
        }
        let ceiling = amdahl(self.movable(&all), self.all.samples);
        (candidates, ceiling)
    }

    fn candidate(
        &self,
        ordered: Ordered,
        hot: &Hot<'_>,
        sources: &mut Sources,
    ) -> Option<Candidate> {
        let Ordered { unit, weighed } = ordered;
        let (id, row) = (hot.ids[unit.root], &hot.rows[unit.root]);
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
        let share = self.movable(&weighed.time);
        let seen = seen_parameters(self.observation, file, definition);
        let named = |id: &FunctionId| self.catalog.entry(*id).name.clone();
        Some(Candidate {
            rank: 0,
            name: row.name.clone(),
            unit: (unit.callees.iter())
                .map(|&callee| hot.rows[callee].name.clone())
                .collect(),
            file: row.file.clone(),
            source_text: module.text_of(definition),
            risks: risks::risks(definition, &seen, &import),
            callees: callees(module, definition),
            definition: definition.clone(),
            module: import,
            share,
            ceiling: amdahl(share, self.all.samples),
            prospect: Prospect {
                gain: weighed.gain,
                so_far: Interval::exactly(1.0),
                effort: weighed.effort,
                per_call: weighed.per_call,
                crossing: weighed.cost,
                callbacks: weighed.callbacks.iter().map(named).collect(),
                alternatives: unit.alternatives,
            },
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
