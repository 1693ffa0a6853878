//! The run in figures, and what must be known before believing them.

use super::study::Study;
use super::{Candidate, Code, FunctionRow, Library, Program, RunSummary, TimeSummary};
use crate::analysis::Tally;
use crate::profile::{Hertz, Share, Weight, WeightUnit};
use crate::source::Origin;

/// Threads hinder each other from this share of their time on in which they want the interpreter lock and don't have it.
const MUCH_GIL_WAIT: f64 = 0.25;

/// A library that takes this share of the time is worth a note, where something is faster.
const MUCH_LIBRARY: f64 = 0.1;

/// So many libraries have a note; the plan has a section on all of them.
const MOST_LIBRARIES: usize = 3;

/// Above this share of lost looks the figures may be biased: deep stacks are lost more often.
const MANY_LOST: f64 = 0.05;

impl Study<'_> {
    /// The program.
    pub(super) fn program(&self) -> Program {
        let run = &self.profile.run;
        Program {
            command: run.command.clone(),
            python: run.python.clone(),
            interpreter: run.interpreter.clone(),
            exit_status: run.exit_status,
        }
    }

    /// The run.
    pub(super) fn run_summary(&self) -> RunSummary {
        let run = &self.profile.run;
        let mut processes: Vec<u32> = self.profile.threads().iter().map(|it| it.process).collect();
        processes.sort_unstable();
        processes.dedup();
        let wall_seconds = run.wall.seconds();
        // The rate is that of each process.
        let watched = run.watched.unwrap_or(run.wall).seconds();
        let reached = (run.ticks > 0 && watched > 0.0)
            .then(|| Hertz(run.ticks.saturating_sub(run.lost_ticks) as f64 / watched));
        RunSummary {
            wall_seconds,
            cpu: run.cpu,
            samples: self.all.samples,
            lost_samples: run.lost_ticks,
            losses: run.losses.clone(),
            late_samples: run.late_ticks,
            sampler_cpu: run.sampler_cpu,
            left_out_samples: run.left_out_ticks,
            agent_cpu: run.agent_cpu,
            rate_requested: run.rate,
            rate_achieved: reached,
            processes: processes.len(),
            threads: self.profile.threads().len(),
        }
    }

    /// Where the time was that is no function's work.
    pub(super) fn time_summary(&self) -> TimeSummary {
        let import = &self.credits.import;
        let rest = |part: fn(&Tally) -> Weight| {
            self.share(Weight(part(&self.all).0.saturating_sub(part(import).0)))
        };
        TimeSummary {
            interpreter: rest(|time| time.interpreter),
            uncertain: rest(|time| time.uncertain),
            native: rest(|time| time.native),
            regex: rest(|time| time.regex),
            system: rest(|time| time.system),
            gc: rest(|time| time.gc),
            import: self.share(import.working),
            gil_wait: Share::of(self.all.gil_wait, self.all.everything()),
            idle: Share::of(self.all.idle, self.all.everything()),
        }
    }

    /// What the reader must know, a sentence each. `is_ranked`: that there were too few samples is not said elsewhere.
    pub(super) fn notes(
        &self,
        functions: &[FunctionRow],
        candidates: &[Candidate],
        libraries: &[Library],
        is_ranked: bool,
    ) -> Vec<String> {
        let mut notes = Vec::new();
        let samples = self.all.samples;
        if is_ranked && self.is_few(samples) {
            notes.push(format!(
                "{samples} samples are few, and the shares uncertain: {}",
                self.remedy(samples)
            ));
        }
        let run = &self.profile.run;
        let lost = Share::of(Weight(run.lost_ticks), Weight(run.ticks));
        if lost.fraction() > MANY_LOST {
            notes.push(format!(
                "{lost} of the looks at the program brought nothing: what is deep on the stack may come out too small"
            ));
        }
        if self.credits.nobody.working.0 * 2 > self.all.working.0 {
            notes.push(
                "most of the time is in code that no function of the program called: \
                 --source-root says which folder is the program's own"
                    .to_owned(),
            );
        }
        notes.extend(self.note_on_lock());
        let on_libraries = libraries.iter().filter_map(note_on_library);
        notes.extend(on_libraries.take(MOST_LIBRARIES));
        if run.working_directory.is_none() && unread(functions) > 0.5 {
            notes.push(
                "the source of most of the time is not here: call rustbound in the folder that the \
                 program ran in, or name the folder of its source with --source-root"
                    .to_owned(),
            );
        }
        if self.profile.instructions().is_empty() && samples > 0 {
            notes.push(
                "the profile does not tell instructions: native code counts as the interpreter's, \
                 unless it let go of the interpreter lock"
                    .to_owned(),
            );
        }
        if self.profile.weight_unit == WeightUnit::Samples && candidates.is_empty() && samples > 0 {
            notes.push(
                "the profile does not tell waiting from working: all of it counts as work"
                    .to_owned(),
            );
        }
        notes
    }

    fn note_on_lock(&self) -> Option<String> {
        let Tally {
            working, gil_wait, ..
        } = self.all;
        let share = Share::of(gil_wait, [working, gil_wait].into_iter().sum());
        (share.fraction() >= MUCH_GIL_WAIT).then(|| {
            format!(
                "threads that had something to do waited for the interpreter lock {share} of that time: more threads \
                 don't help, and Rust that lets go of the lock does"
            )
        })
    }
}

/// What is faster than a library that takes much of the time.
fn note_on_library(library: &Library) -> Option<String> {
    let faster = library.replacements.first()?;
    let is_most = |share: Share| share.fraction() >= library.share.fraction() / 2.0;
    let asked = library.asked.as_ref().filter(|it| is_most(it.share));
    let asked = asked.map_or_else(String::new, |it| format!(", most for {}", it.function));
    (library.share.fraction() >= MUCH_LIBRARY).then(|| {
        let (share, name) = (library.share, &library.name);
        format!(
            "{share} of the time is in {name}{asked}: faster is {}",
            faster.phrase()
        )
    })
}

/// The share of the time in the program's own functions whose source can't be read.
fn unread(functions: &[FunctionRow]) -> f64 {
    let is_unread = |row: &&FunctionRow| {
        let first = row.reasons.first().map(|reason| reason.code);
        row.origin == Origin::FirstParty && first == Some(Code::NoSource)
    };
    let shares = functions.iter().filter(is_unread);
    shares.map(|row| row.self_share.fraction()).sum()
}
