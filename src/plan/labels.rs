//! The functions of a profile as people read them.

use super::FunctionName;
use super::catalog::Catalog;
use crate::profile::{Line, Profile};
use crate::source::{Origin, Sources};

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

/// The labels of all functions of a profile, by id.
pub fn labels(profile: &Profile, sources: &mut Sources) -> Vec<Label> {
    let entries = Catalog::new(profile, sources).entries;
    (entries.into_iter().zip(profile.functions()))
        .map(|(entry, function)| Label {
            name: entry.name,
            line: function.first_line,
            origin: entry.origin,
        })
        .collect()
}
