//! A Python program on disk, and a profile of it as samplers give one: bare of first lines.

use crate::dice::Dice;
use crate::pool::main_thread;
use rustbound::profile::{Activity, Line, Nanoseconds, Profile, RawFrame, Sample, Weight};
use rustbound::source::{Roots, Sources};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const SAMPLES: usize = 10_000;
const TICK: u64 = 5_000_000;

/// The lines of a function, and where among them it calls the next and where it works.
const LINES: usize = 14;
const CALLS: usize = 7;
const WORKS: usize = 9;

/// Files of functions, each of which has a loop that works and calls the function after it.
pub(crate) struct Project {
    folder: TempDir,
    files: Vec<String>,
    /// The functions of each file.
    names: Vec<String>,
}

impl Project {
    /// So many files in a temporary folder, each of so many functions.
    pub(crate) fn new(files: usize, functions: usize) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let text: String = (0..functions).map(function).collect();
        let files = (0..files)
            .map(|file| {
                let path = folder.path().join(format!("stage_{file}.py"));
                fs::write(&path, &text).expect("written");
                path.display().to_string()
            })
            .collect();
        Self {
            folder,
            files,
            names: (0..functions).map(name).collect(),
        }
    }

    /// What reads the files, nothing read yet.
    pub(crate) fn sources(&self) -> Sources {
        let root = self.folder.path().to_owned();
        Sources::new(Roots::new(&[root], None, Some(Path::new("/"))))
    }

    /// A profile in which few functions have most of the time, and every function some.
    pub(crate) fn profile(&self) -> Profile {
        let mut profile = Profile::default();
        let thread = main_thread(&mut profile);
        let mut dice = Dice(13);
        let all = self.files.len() * self.names.len();
        let hot = (0..SAMPLES).map(|_| {
            let below = dice.below(all);
            let below = dice.below(1 + below);
            dice.below(1 + below)
        });
        for (tick, index) in (0..).zip((0..all).chain(hot)) {
            let sample = Sample {
                time: Nanoseconds(tick * TICK),
                weight: Weight(TICK),
                thread,
                stack: profile.intern_raw_stack(self.stack(index)),
                activity: Activity::HoldingGil,
                instruction: None,
            };
            profile.samples.push(sample);
        }
        profile
    }

    /// A function at work below up to three others of its file.
    fn stack(&self, index: usize) -> impl Iterator<Item = RawFrame<'_>> {
        let (file, function) = (index % self.files.len(), index / self.files.len());
        (function.saturating_sub(3)..=function).map(move |place| {
            let offset = if place == function { WORKS } else { CALLS };
            let line = place * LINES + offset;
            RawFrame {
                name: &self.names[place],
                file: Some(&self.files[file]),
                first_line: None,
                line: Line::new(u32::try_from(line).expect("files are short")),
            }
        })
    }
}

fn name(index: usize) -> String {
    format!("refine_{index}")
}

fn function(index: usize) -> String {
    let (name, next) = (name(index), name(index + 1));
    let text = format!(
        "def {name}(rows: list[int], limit: int = 10, *, scale: float = 1.0) -> float:\n\
        \x20   \"\"\"Adds up the rows, those above the limit by parts.\"\"\"\n\
        \x20   total = 0.0\n\
        \x20   kept: dict[int, str] = {{}}\n\
        \x20   for place, row in enumerate(rows):\n\
        \x20       if row > limit and place % 7 == 0:\n\
        \x20           total += {next}([part for part in range(row)], limit, scale=scale)\n\
        \x20       else:\n\
        \x20           total += (row * scale) ** 2 / (1 + len(kept))\n\
        \x20           kept[row] = str(place).strip() or f\"{{row}}-{{place}}\"\n\
        \x20   return total\n\n\n\n"
    );
    debug_assert_eq!(text.lines().count(), LINES);
    text
}
