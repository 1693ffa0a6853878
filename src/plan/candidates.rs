//! What is worth moving, in order.

use super::crossing::of_value;
use super::dossier::Dossier;
use super::gain::Savings;
use super::order::{Ordered, order};
use super::study::Study;
use super::surroundings::Surroundings;
use super::unit::{Hot, Unit};
use super::weigh::Scales;
use super::wilson::amdahl;
use super::{Candidate, Interval, Prospect, UnitRisk};
use crate::analysis::Tally;
use crate::profile::FunctionId;
use crate::source::Sources;
use std::collections::BTreeMap;

impl Study<'_> {
    /// The candidates of the units in their order, `most` at most, and what Amdahl leaves when all of them took no time.
    pub(super) fn candidates(
        &self,
        mut units: Vec<Unit>,
        hot: &Hot<'_>,
        surroundings: &Surroundings,
        sources: &mut Sources,
        most: usize,
    ) -> (Vec<Candidate>, Interval) {
        let mut dossiers = self.dossiers(&units, hot, surroundings, sources);
        units.retain(|unit| dossiers.contains_key(&unit.root));
        let ordered = order(&mut Scales::new(self, sources), units, most);
        // Their times are disjoint: each covers what those before it left.
        let all: Tally = ordered.iter().map(|it| it.weighed.time).sum();
        let mut savings = Savings::default();
        let mut candidates: Vec<Candidate> = Vec::new();
        for it in ordered {
            savings.add(&it.weighed.savings);
            let known = dossiers.remove(&it.unit.root).expect("each unit has one");
            let so_far = savings.program(self.all.samples);
            candidates.push(self.candidate(it, known, candidates.len() + 1, so_far, hot));
        }
        let ceiling = amdahl(self.movable(&all), self.all.samples);
        (candidates, ceiling)
    }

    /// For each unit what is known of its root, and what may go wrong with any of its functions.
    fn dossiers(
        &self,
        units: &[Unit],
        hot: &Hot<'_>,
        surroundings: &Surroundings,
        sources: &mut Sources,
    ) -> BTreeMap<usize, (Dossier, Vec<UnitRisk>)> {
        let mut of = |unit: &Unit| {
            let dossier = self.dossier(hot.ids[unit.root], sources)?;
            let risks = self.unit_risks(unit, hot, surroundings, sources);
            Some((unit.root, (dossier, risks)))
        };
        units.iter().filter_map(&mut of).collect()
    }

    fn candidate(
        &self,
        ordered: Ordered,
        (dossier, risks): (Dossier, Vec<UnitRisk>),
        rank: usize,
        so_far: Interval,
        hot: &Hot<'_>,
    ) -> Candidate {
        let Ordered { unit, weighed } = ordered;
        let (id, row) = (hot.ids[unit.root], &hot.rows[unit.root]);
        let share = self.movable(&weighed.time);
        let named = |id: &FunctionId| self.catalog.entry(*id).name.clone();
        Candidate {
            rank,
            name: row.name.clone(),
            unit: (unit.callees.iter())
                .map(|&callee| hot.rows[callee].name.clone())
                .collect(),
            file: row.file.clone(),
            source_text: dossier.source_text,
            risks,
            callees: dossier.callees,
            definition: dossier.definition,
            module: dossier.module,
            share,
            ceiling: amdahl(share, self.all.samples),
            prospect: Prospect {
                gain: weighed.gain,
                so_far,
                effort: weighed.effort,
                per_call: weighed.per_call,
                crossing: weighed.cost,
                per_value: weighed.per_value,
                value_crossing: of_value(self.costs),
                callbacks: weighed.callbacks.iter().map(named).collect(),
                alternatives: unit.alternatives,
            },
            hot_line: self.credits.functions[id.index()].hot_line,
            seen: dossier.seen,
            seen_returns: dossier.seen_returns,
            seen_conduct: dossier.seen_conduct,
        }
    }
}
