//! A library in `plan.json`.

use super::number::share;
use super::words;
use crate::plan::{Asked, Library, Replacement};
use crate::profile::Line;
use crate::source::Distribution;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct LibraryEntry<'p> {
    library: &'p str,
    origin: &'static str,
    distribution: Option<DistributionEntry<'p>>,
    interpreter_share: f64,
    hottest: HottestEntry,
    asked: Option<AskedEntry<'p>>,
    replacements: Vec<ReplacementEntry>,
}

/// What brought it. The extras are compiled code by their names, and not installed.
#[derive(Serialize)]
struct DistributionEntry<'p> {
    name: &'p str,
    version: &'p str,
    missing_extras: &'p [String],
}

#[derive(Serialize)]
struct HottestEntry {
    function: String,
    interpreter_share: f64,
}

#[derive(Serialize)]
struct AskedEntry<'p> {
    function: String,
    file: &'p str,
    line: Option<u32>,
    interpreter_share: f64,
}

#[derive(Serialize)]
struct ReplacementEntry {
    of: &'static str,
    kind: &'static str,
    name: &'static str,
    why: &'static str,
}

impl<'p> LibraryEntry<'p> {
    pub(super) fn new(library: &'p Library) -> Self {
        Self {
            library: &library.name,
            origin: words::origin_word(library.origin),
            distribution: library.distribution.as_ref().map(distribution),
            interpreter_share: share(library.share),
            hottest: HottestEntry {
                function: library.hottest.to_string(),
                interpreter_share: share(library.hottest_share),
            },
            asked: library.asked.as_ref().map(asked),
            replacements: library.replacements.iter().map(replacement).collect(),
        }
    }
}

fn distribution(it: &Distribution) -> DistributionEntry<'_> {
    DistributionEntry {
        name: &it.name,
        version: &it.version,
        missing_extras: &it.missing_extras,
    }
}

fn asked(asked: &Asked) -> AskedEntry<'_> {
    AskedEntry {
        function: asked.function.to_string(),
        file: &asked.file,
        line: asked.line.map(Line::number),
        interpreter_share: share(asked.share),
    }
}

fn replacement(it: &Replacement) -> ReplacementEntry {
    ReplacementEntry {
        of: it.of,
        kind: it.kind.word(),
        name: it.name,
        why: it.why,
    }
}
