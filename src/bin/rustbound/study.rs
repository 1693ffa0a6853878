//! From a profile to a report folder: the pipeline, once for every command that reports.

use crate::args::ReportArguments;
use crate::boundary_costs;
use crate::failure::Failure;
use crate::relative::relative;
use crate::report_folder::ReportFolder;
use crate::terminal::{Stream, Terminal};
use rustbound::formats::{self, Format};
use rustbound::generate::{self, CrateSpec, Edited, Place, RenderedFile};
use rustbound::observation::Observation;
use rustbound::plan::{self, Picture, Plan};
use rustbound::profile::Profile;
use rustbound::report;
use rustbound::source::{self, Roots, Sources};
use std::error::Error;
use std::path::Path;

/// A profile and the values seen, with what was worked out of them.
pub(crate) struct Study {
    profile: Profile,
    observation: Observation,
    plan: Plan,
    picture: Picture,
}

impl Study {
    /// Names the functions, reads their sources, and plans. `notes` are the recording's.
    pub(crate) fn new(
        profile: Profile,
        observation: Observation,
        arguments: &ReportArguments,
        notes: Vec<String>,
    ) -> Self {
        let mut sources = Sources::new(Roots::of_run(&profile.run, &arguments.source_root));
        let mut profile = source::qualify(profile, &mut sources);
        if profile.run.source_roots.is_empty() || !arguments.source_root.is_empty() {
            profile.run.source_roots = sources.roots().folders();
        }
        let (costs, note_on_costs) = boundary_costs::of(profile.run.python.as_deref());
        let options = plan::Options {
            top: arguments.top,
            costs,
            price: arguments.price(),
            risk_limit: arguments.risk,
        };
        let (mut plan, picture) = plan::build(&profile, &observation, &mut sources, &options);
        plan.notes.splice(0..0, notes);
        plan.notes.extend(note_on_costs);
        plan.notes.extend(note_on_python(&plan));
        Self {
            profile,
            observation,
            plan,
            picture,
        }
    }

    /// Writes the report folder and shows the result on `stream`.
    pub(crate) fn report(
        &self,
        folder: ReportFolder,
        terminal: Terminal,
        stream: Stream,
        json: bool,
    ) -> Result<(), Failure> {
        let specs = generate::specs(&self.plan);
        let crates: Vec<String> = specs.iter().map(|spec| spec.name.clone()).collect();
        let plan_json = report::json(&self.plan, &crates);
        let files = self
            .files(&specs, &crates, &plan_json, folder.path())
            .map_err(|error| {
                Failure::new(
                    error,
                    "this is a fault of rustbound: please report it with the profile",
                )
            })?;
        let shown = relative(&std::env::current_dir().unwrap_or_default(), folder.path());
        generate::write(&files, folder.staging(), Edited::Keep).map_err(cannot_write)?;
        if let Some(kept) = folder.publish()? {
            terminal.say(&format!("the earlier report is kept as {}", kept.display()));
        }
        if json {
            return Terminal::result(Stream::Out, plan_json.as_bytes());
        }
        let (width, style) = (stream.width(), terminal.style(stream));
        let shown = shown.display().to_string();
        let summary = report::table::summary(&self.plan, &crates, &shown, width, style);
        Terminal::result(stream, summary.as_bytes())
    }

    fn files(
        &self,
        specs: &[CrateSpec],
        crates: &[String],
        plan_json: &str,
        folder: &Path,
    ) -> Result<Vec<RenderedFile>, Box<dyn Error>> {
        let mut profile_json = Vec::new();
        formats::write(
            &self.profile,
            &self.observation,
            Format::Native,
            &mut profile_json,
        )?;
        let title = self.plan.program.command.join(" ");
        let mut files = vec![
            file("profile.json", String::from_utf8(profile_json)?),
            file("plan.json", plan_json.to_owned()),
            file("plan.md", report::markdown(&self.plan, crates)),
            file(
                "flamegraph.svg",
                report::flamegraph(&self.profile, &self.picture, &title)?,
            ),
        ];
        let workspace = generate::render(specs, &self.place(&folder.join("crates")))?;
        files.extend(
            workspace
                .into_iter()
                .map(|it| file(&format!("crates/{}", it.path), it.text)),
        );
        Ok(files)
    }

    /// The folders that the crates' tests import the program from: relative where program and report
    /// lie together below the current folder, so that they can be moved together.
    fn place(&self, crates: &Path) -> Place {
        let here = std::env::current_dir().unwrap_or_default();
        let mut source_roots: Vec<String> = Vec::new();
        for candidate in &self.plan.candidates {
            let root = Path::new(&candidate.module.root);
            let together = root.starts_with(&here) && crates.starts_with(&here);
            let root = if together {
                relative(crates, root)
            } else {
                root.to_owned()
            };
            let root = root.display().to_string();
            if !source_roots.contains(&root) {
                source_roots.push(root);
            }
        }
        Place {
            source_roots,
            interpreter: self.plan.program.interpreter.clone(),
        }
    }
}

/// A crate that can't be built for the program's Python must not be handed over without a word.
fn note_on_python(plan: &Plan) -> Option<String> {
    let python = plan.program.python.as_deref()?;
    let (major, minor) = generate::OLDEST_PYTHON;
    let too_old = !plan.candidates.is_empty() && !generate::can_build_for(python);
    too_old.then(|| {
        format!(
            "the crates can't be built for Python {python}: PyO3 needs {major}.{minor} or later"
        )
    })
}

fn file(path: &str, text: String) -> RenderedFile {
    RenderedFile {
        path: path.to_owned(),
        text,
    }
}

fn cannot_write(error: impl Into<Box<dyn Error>>) -> Failure {
    Failure::new(error, "make room, or name another folder with --output DIR")
}
