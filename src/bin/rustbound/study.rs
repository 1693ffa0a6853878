//! From a profile to a report folder: the pipeline, once for every command that reports.

use crate::args::ReportArguments;
use crate::failure::Failure;
use crate::report_folder::ReportFolder;
use crate::terminal::{Stream, Terminal};
use rustbound::formats::{self, Format};
use rustbound::generate::{self, File, Place};
use rustbound::plan::{self, Plan};
use rustbound::profile::Profile;
use rustbound::report;
use rustbound::source::{self, Roots, Sources};
use std::path::Path;

/// A profile with what was worked out of it.
pub(crate) struct Study {
    profile: Profile,
    plan: Plan,
    labels: Vec<report::Label>,
}

impl Study {
    /// Names the functions, reads their sources, and plans. `notes` are the recording's.
    pub(crate) fn new(profile: Profile, arguments: &ReportArguments, notes: Vec<String>) -> Self {
        let mut sources = Sources::new(Roots::of_run(&profile.run, &arguments.source_root));
        let mut profile = source::qualify(profile, &mut sources);
        profile.run.source_roots = sources.roots().folders();
        let options = plan::Options { top: arguments.top };
        let mut plan = plan::build(&profile, &mut sources, &options);
        plan.notes.splice(0..0, notes);
        let labels = plan::labels(&profile, &mut sources);
        Self {
            profile,
            plan,
            labels,
        }
    }

    /// Writes the report folder and shows the result on `stream`.
    pub(crate) fn report(
        &self,
        folder: ReportFolder,
        terminal: &Terminal,
        stream: Stream,
        json: bool,
    ) -> Result<(), Failure> {
        let specs = generate::specs(&self.plan);
        let crates: Vec<String> = specs.iter().map(|spec| spec.name.clone()).collect();
        let plan_json = report::json(&self.plan, &crates);
        let mut files = vec![
            File::new("profile.json", self.profile_json()?),
            File::new("plan.json", plan_json.clone()),
            File::new("plan.md", report::markdown(&self.plan, &crates)),
            File::new("flamegraph.svg", self.flamegraph()?),
        ];
        files.extend(self.crates(&specs, folder.path())?);
        generate::write(&files, folder.staging()).map_err(cannot_write)?;
        let path = folder.path().to_owned();
        if let Some(kept) = folder.publish()? {
            terminal.say(&format!("the earlier report is kept as {}", kept.display()));
        }
        if json {
            return terminal
                .result(Stream::Out, &plan_json)
                .map_err(cannot_write);
        }
        let style = terminal.style(stream);
        let width = terminal.width(stream);
        let summary = report::table::summary(&self.plan, &crates, &shown(&path), width, style);
        terminal.result(stream, &summary).map_err(cannot_write)
    }
}
