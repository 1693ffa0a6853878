//! What is worth moving, in order.

use super::study::Study;
use super::wilson::{amdahl, wilson};
use super::{Candidate, FunctionRow, Interval, ModuleImport, Verdict, risks};
use crate::profile::{FunctionId, Share};
use crate::source::Sources;

impl Study<'_> {
    /// The functions whose verdict is to migrate, at most `top` of them. `rows[i]` is the row of `hot[i]`.
    pub(super) fn candidates(
        &self,
        hot: &[FunctionId],
        rows: &[FunctionRow],
        sources: &mut Sources,
        top: usize,
    ) -> Vec<Candidate> {
        (hot.iter().zip(rows))
            .filter(|(_, row)| row.verdict == Verdict::Migrate)
            .take(top)
            .enumerate()
            .filter_map(|(index, (&id, row))| self.candidate(index + 1, id, row, sources))
            .collect()
    }

    fn candidate(
        &self,
        rank: usize,
        id: FunctionId,
        row: &FunctionRow,
        sources: &mut Sources,
    ) -> Option<Candidate> {
        let file = self.profile.strings.get(self.profile.function(id).file?);
        let name = sources.roots().module_name(file);
        let (definition, module) = self.definition(id, sources).ok()?;
        let import = ModuleImport {
            name: name.name,
            path: module.path.clone(),
            root: name.root.map(|root| root.display().to_string()).unwrap_or_default(),
            runs_on_import: module.runs_on_import,
        };
        let share = self.share_interval(id);
        Some(Candidate {
            rank,
            name: row.name.clone(),
            file: row.file.clone(),
            source_text: module.text_of(definition),
            risks: risks::risks(definition, &import),
            definition: definition.clone(),
            module: import,
            share,
            ceiling: amdahl(share, self.all.samples),
            hot_line: self.credits.functions[id.index()].hot_line,
        })
    }

    /// What Amdahl leaves when all candidates took no time. Their shares are disjoint: a sample is
    /// credited once.
    pub(super) fn ceiling(&self, candidates: &[Candidate]) -> Interval {
        let share: f64 = candidates.iter().map(|candidate| candidate.share.expected).sum();
        amdahl(wilson(Share::new(share).fraction(), self.all.samples), self.all.samples)
    }
}
