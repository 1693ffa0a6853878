//! What was seen of the parameters of a candidate.

use super::common_type::common_type;
use crate::observation::{Observation, Role, Seen, Subject};
use crate::source::{Annotation, Definition, mangled};
use std::collections::BTreeMap;

/// What was seen of the values of a parameter. Other callers may pass others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenParameter {
    /// Its name, as the source writes it.
    pub name: String,
    /// The values.
    pub values: Seen,
    /// The one type that stands for all of them, as an annotation writes it.
    pub common_type: Annotation,
    /// The body assigns the parameter: some of the values may be what it was assigned.
    pub is_assigned: bool,
}

/// `once`, `12 times`.
pub fn how_often(count: u64) -> String {
    match count {
        1 => "once".to_owned(),
        _ => format!("{count} times"),
    }
}

/// What was seen of a function's parameters, in order of the signature. Those of `self`, `cls`, `*args` and `**kwargs`
/// are known without.
pub(super) fn seen_parameters(
    observation: &Observation,
    file: &str,
    definition: &Definition,
) -> Vec<SeenParameter> {
    let mut arguments = arguments(observation, file, definition);
    let class = definition.class.as_deref();
    let parameters = definition.passed_parameters().iter();
    parameters
        .filter(|parameter| !parameter.kind.is_star())
        .filter_map(|parameter| {
            let values = arguments.remove(&*mangled(&parameter.name, class))?;
            let types = values.types().map(|(of_type, ..)| of_type);
            Some(SeenParameter {
                common_type: common_type(types)?,
                is_assigned: definition.assigned_parameters.contains(&parameter.name),
                name: parameter.name.clone(),
                values,
            })
        })
        .collect()
}

/// What was seen of a function's arguments, by the names that they have at run time.
fn arguments<'o>(
    observation: &'o Observation,
    file: &str,
    definition: &Definition,
) -> BTreeMap<&'o str, Seen> {
    let mut arguments: BTreeMap<&str, Seen> = BTreeMap::new();
    let subjects = observation.subjects();
    for subject in subjects.filter(|subject| is_function(subject, file, definition)) {
        for (variable, values) in observation.variables_of(subject) {
            if variable.role == Role::Argument {
                arguments.entry(&variable.name).or_default().merge(values);
            }
        }
    }
    arguments
}

/// What was seen of a function's variable, a parameter or not, by the name that it has at run time.
pub(super) fn seen_variable(
    observation: &Observation,
    file: &str,
    definition: &Definition,
    name: &str,
) -> Option<Seen> {
    let subjects = observation.subjects();
    let mut all: Option<Seen> = None;
    for subject in subjects.filter(|subject| is_function(subject, file, definition)) {
        for (variable, seen) in observation.variables_of(subject) {
            if variable.name == name {
                all.get_or_insert_default().merge(seen);
            }
        }
    }
    all
}

/// Interpreters before Python 3.11 give the bare name.
pub(super) fn is_function(subject: &Subject, file: &str, definition: &Definition) -> bool {
    subject.file == file
        && subject.first_line == definition.first_line
        && subject.name.rsplit('.').next() == Some(&definition.name)
}
