//! A profile as a picture of its stacks shows it: functions have names, samples a place.

use super::FunctionName;
use super::catalog::Entry;
use super::study::Study;
use crate::analysis::State;
use crate::profile::Line;
use crate::source::Origin;

/// What a picture of a profile's stacks needs beside the profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// For each function of the profile.
    pub labels: Vec<Label>,
    /// For each sample.
    pub states: Vec<State>,
    /// For each stack whether the time that ended there is import time.
    pub is_import: Vec<bool>,
}

/// A function's full name, where it starts, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Who it is.
    pub name: FunctionName,
    /// Its first line, where known.
    pub line: Option<Line>,
    /// Where it comes from.
    pub origin: Origin,
}

impl Study<'_> {
    /// What was worked out for the plan, as far as a picture shows it.
    pub(super) fn into_picture(self) -> Picture {
        let label = |(entry, line): (Entry, Option<Line>)| Label {
            name: entry.name,
            line,
            origin: entry.origin,
        };
        let lines = self.profile.functions().iter().map(|it| it.first_line);
        Picture {
            labels: (self.catalog.entries.into_iter().zip(lines))
                .map(label)
                .collect(),
            states: self.states,
            is_import: self.credits.is_import,
        }
    }
}
