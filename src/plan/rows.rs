//! The ranking: modules and functions, hottest first.

use super::fixes::Fix;
use super::judge::{Evidence, judge};
use super::study::Study;
use super::{FunctionRow, ModuleRow, Reason, StateShares, Verdict};
use crate::analysis::Tally;
use crate::profile::{FunctionId, Share};
use crate::source::{Origin, Sources};
use std::cmp::Reverse;

/// A function has a row from this share of the time on, own or passed up to it.
const OWN_CUT: f64 = 0.01;

/// A function has a row from this total share on, whatever its own.
const TOTAL_CUT: f64 = 0.1;

/// A function that waits has a row when its thread samples are this share of all.
const IDLE_CUT: f64 = 0.1;

/// At most this many functions and modules have a row.
const MOST_ROWS: usize = 60;

impl Study<'_> {
    /// The functions above the cut, hottest first.
    pub(super) fn hot_functions(&self) -> Vec<FunctionId> {
        let mut hot: Vec<FunctionId> = (0..self.profile.functions().len())
            .map(FunctionId::from_index)
            .filter(|&id| self.is_hot(id))
            .collect();
        hot.sort_by_key(|&id| {
            let own = self.functions[id.index()].own;
            let credited = self.credits.functions[id.index()].time.working;
            let entry = self.catalog.entry(id);
            let line = self.profile.function(id).first_line;
            (
                Reverse(self.ranked(id)),
                Reverse(credited),
                Reverse(own),
                &entry.name,
                &entry.file,
                line,
            )
        });
        hot.truncate(MOST_ROWS);
        hot
    }

    fn is_hot(&self, id: FunctionId) -> bool {
        let inclusive = &self.functions[id.index()];
        let credited = self.credits.functions[id.index()].time;
        self.share(inclusive.own.max(credited.working)).fraction() >= OWN_CUT
            || self.share(inclusive.total.working).fraction() >= TOTAL_CUT
            || Share::of(credited.idle, self.all.everything()).fraction() >= IDLE_CUT
    }

    /// The row of a function, with its verdict.
    pub(super) fn function_row(&self, id: FunctionId, sources: &mut Sources) -> FunctionRow {
        let entry = self.catalog.entry(id);
        let inclusive = &self.functions[id.index()];
        let (verdict, reasons) = self.verdict(id, sources);
        FunctionRow {
            name: entry.name.clone(),
            file: entry.file.clone(),
            line: self.profile.function(id).first_line,
            origin: entry.origin,
            self_share: self.share(inclusive.own),
            total_share: self.share(inclusive.total.working),
            ranked_share: self.share(self.ranked(id)),
            states: self.state_shares(&self.credits.functions[id.index()].time),
            calls: self.call_count(id),
            verdict,
            reasons,
        }
    }

    /// What is said of a function, and why; of what is worth moving, or better written in Python, also what else a
    /// change in Python would make faster.
    fn verdict(&self, id: FunctionId, sources: &mut Sources) -> (Verdict, Vec<Reason>) {
        let entry = self.catalog.entry(id);
        let credit = &self.credits.functions[id.index()];
        let entered = self.entered(id, sources);
        let read = (entry.origin == Origin::FirstParty).then(|| self.definition(id, sources));
        let fixes = match &read {
            Some(Ok((definition, module))) => self.fixes(id, definition, module, entered),
            _ => Vec::new(),
        };
        let (verdict, reason) = judge(&Evidence {
            fixes: &fixes,
            entry,
            inclusive: &self.functions[id.index()],
            credit,
            share: self.share_interval(id),
            definition: read.as_ref().map(|read| read.as_ref().map(|(it, _)| *it)),
            entered,
            heaviest_call: self.heaviest_calls[id.index()].as_ref(),
            competitors: self.competitors,
            served_by: credit.served_by.map(|server| self.catalog.entry(server)),
            asked_by: self.asked_most(id),
            passed_to: credit
                .passed_to
                .map(|payee| self.catalog.entry(payee).name.to_string()),
        });
        let more = match verdict {
            Verdict::Migrate | Verdict::FixPythonFirst => &fixes[..],
            _ => &[],
        };
        let more = more.iter().map(Fix::reason);
        let more = more.filter(|it| *it != reason).collect::<Vec<_>>();
        (verdict, std::iter::once(reason).chain(more).collect())
    }

    fn state_shares(&self, time: &Tally) -> StateShares {
        StateShares {
            holding: self.share(time.holding),
            gil_wait: Share::of(time.gil_wait, self.all.everything()),
            interpreter: self.share(time.interpreter),
            uncertain: self.share(time.uncertain),
            native: self.share(time.native),
            regex: self.share(time.regex),
            system: self.share(time.system),
        }
    }

    /// The modules above the cut, hottest first.
    pub(super) fn module_rows(&self) -> Vec<ModuleRow> {
        let mut times = vec![Tally::default(); self.modules.len()];
        let mut functions = vec![0; self.modules.len()];
        for (index, entry) in self.catalog.entries.iter().enumerate() {
            times[entry.module] += self.credits.functions[index].time;
            functions[entry.module] += 1;
        }
        let mut rows: Vec<ModuleRow> = (self.catalog.modules.iter().enumerate())
            .map(|(place, (module, file, origin))| ModuleRow {
                module: module.clone(),
                file: file.clone(),
                origin: *origin,
                self_share: self.share(self.modules[place].own),
                total_share: self.share(self.modules[place].total.working),
                ranked_share: self.share(times[place].movable()),
                states: self.state_shares(&times[place]),
                functions: functions[place],
            })
            .filter(|row| row.total_share.fraction() >= OWN_CUT)
            .collect();
        rows.sort_by(|one, two| {
            let descending = |share: fn(&ModuleRow) -> Share| {
                share(two).fraction().total_cmp(&share(one).fraction())
            };
            descending(|row| row.ranked_share)
                .then_with(|| descending(|row| row.self_share))
                .then_with(|| (&one.module, &one.file).cmp(&(&two.module, &two.file)))
        });
        rows.truncate(MOST_ROWS);
        rows
    }
}
