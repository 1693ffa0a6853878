//! What calls of a candidate were seen to do.

use super::FunctionName;
use super::seen_parameter::is_function;
use crate::observation::{Conduct, Observation};
use crate::source::{Definition, Roots};

/// What some calls of a function were seen to do. Others may do something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenConduct {
    /// How many calls were looked at to their end.
    pub calls: u64,
    /// How many of them an exception left.
    pub raised: u64,
    /// Parameters that were lists, dicts, sets or bytearrays, as the source writes their names at run time.
    pub changed: Vec<ChangedParameter>,
    /// Who called it, in order of name, and how often of the calls that were looked at.
    pub callers: Vec<(FunctionName, u64)>,
}

/// Whether a container that was passed was another at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedParameter {
    /// The parameter.
    pub name: String,
    /// In how many calls it was looked at.
    pub looked: u64,
    /// In how many of them it had changed. What was not seen to change may have.
    pub changed: u64,
}

/// What calls of a function were seen to do; none where nobody looked.
pub(super) fn seen_conduct(
    observation: &Observation,
    file: &str,
    definition: &Definition,
    roots: &Roots,
) -> Option<SeenConduct> {
    let mut all = Conduct::default();
    let subjects = observation.subjects();
    for subject in subjects.filter(|subject| is_function(subject, file, definition)) {
        if let Some(conduct) = observation.conduct_of(subject) {
            all.merge(conduct);
        }
    }
    let changed = all.changed.iter().map(|(name, counts)| ChangedParameter {
        name: name.clone(),
        looked: counts.0,
        changed: counts.1,
    });
    let callers = all.callers().map(|(caller, times)| {
        let module = roots.module_name(&caller.file).name;
        let qualname = caller.name.clone();
        (FunctionName { module, qualname }, times)
    });
    (!all.is_empty()).then(|| SeenConduct {
        calls: all.calls,
        raised: all.raised,
        changed: changed.collect(),
        callers: callers.collect(),
    })
}
