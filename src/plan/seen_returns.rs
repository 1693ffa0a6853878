//! What a candidate was seen to return.

use super::common_type::common_type;
use super::seen_parameter::is_function;
use crate::observation::{Observation, Seen};
use crate::source::{Annotation, Definition};

/// What was seen of the values that a function returns. Other calls may return others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenReturns {
    /// The values.
    pub values: Seen,
    /// The one type that stands for all of them, as an annotation writes it.
    pub common_type: Annotation,
}

/// What a function was seen to return; none where nothing was, or nothing that one type stands for.
pub(super) fn seen_returns(
    observation: &Observation,
    file: &str,
    definition: &Definition,
) -> Option<SeenReturns> {
    let mut values = Seen::default();
    let subjects = observation.subjects();
    for subject in subjects.filter(|subject| is_function(subject, file, definition)) {
        if let Some(seen) = observation.returns_of(subject) {
            values.merge(seen);
        }
    }
    let types = values.types().map(|(of_type, ..)| of_type);
    Some(SeenReturns {
        common_type: common_type(types)?,
        values,
    })
}
