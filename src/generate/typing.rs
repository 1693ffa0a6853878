//! The types of a candidate's parameters: the annotated ones, and where there is none, the ones that were seen.
//!
//! What was seen is no promise. It decides what Rust takes, which is checked at each call; it never says what a caller
//! may pass, so that a stub does not have it.

use serde::Serialize;

use crate::plan::{Candidate, SeenParameter, how_often};
use crate::source::{Definition, Parameter, mangled};

/// A type that was seen, and is not annotated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct SeenType {
    parameter: String,
    of_type: String,
    /// How often, and why it may have been passed as another.
    note: String,
}

/// The parameters as the source has them, with the names that they have at run time.
pub(super) fn declared(definition: &Definition) -> Vec<Parameter> {
    let class = definition.class.as_deref();
    let parameters = definition.parameters.iter().cloned();
    parameters
        .map(|parameter| Parameter {
            name: mangled(&parameter.name, class),
            ..parameter
        })
        .collect()
}

/// The same, with the type that was seen in the place of an annotation that is missing.
pub(super) fn typed(candidate: &Candidate) -> Vec<Parameter> {
    let definition = &candidate.definition;
    let written = definition.parameters.iter();
    declared(definition)
        .into_iter()
        .zip(written)
        .map(|(parameter, written)| {
            let seen = candidate.seen_of(&written.name);
            let seen = seen.map(|seen| seen.common_type.clone());
            Parameter {
                annotation: parameter.annotation.or(seen),
                ..parameter
            }
        })
        .collect()
}

/// The types that were seen, and are not annotated, in order of the signature.
pub(super) fn seen_types(candidate: &Candidate) -> Vec<SeenType> {
    let parameters = candidate.definition.parameters.iter();
    parameters
        .filter(|parameter| parameter.annotation.is_none())
        .filter_map(|parameter| candidate.seen_of(&parameter.name))
        .map(|seen| SeenType {
            parameter: seen.name.clone(),
            of_type: seen.common_type.text.clone(),
            note: note(seen),
        })
        .collect()
}

fn note(seen: &SeenParameter) -> String {
    let times = how_often(seen.values.times());
    if seen.is_assigned {
        format!("seen {times}; the body assigns it, so that it may have come as another")
    } else {
        format!("seen {times}")
    }
}

#[cfg(test)]
mod tests {
    use super::super::boundary::RustTypes;
    use super::super::samples::{annotated, candidate, function, method, plain, seen};
    use super::super::spec::specs_of;
    use super::*;
    use crate::observation::Type;
    use crate::source::PythonType;

    fn list_of_ints() -> Type {
        Type::List(vec![Type::Int])
    }

    #[test]
    fn a_type_that_was_seen_counts_where_none_is_annotated() {
        let float = annotated("x", "float", PythonType::Float);
        let mut candidate = candidate("m", function("f", vec![float, plain("y"), plain("z")]));
        candidate.seen = vec![seen("x", Type::Int, 3), seen("y", list_of_ints(), 1)];
        let types = RustTypes::of(&candidate).parameters;
        assert_eq!(types, ["f64", "Vec<i64>", "&Bound<'_, PyAny>"]);
        let told = seen_types(&candidate);
        assert_eq!(
            (told.len(), &*told[0].parameter, &*told[0].note),
            (1, "y", "seen once")
        );
    }

    #[test]
    fn what_was_seen_is_changed_in_place_as_what_is_annotated() {
        let mut step = method(
            "Grid",
            function("step", vec![plain("self"), plain("__cells")]),
        );
        step.mutated_parameters = vec!["__cells".to_owned()];
        let mut candidate = candidate("m", step);
        candidate.seen = vec![seen("__cells", list_of_ints(), 9)];
        let types = RustTypes::of(&candidate).parameters;
        assert_eq!(types[1], "&Bound<'_, PyList>");
    }

    #[test]
    fn a_stub_does_not_promise_what_was_seen() {
        let mut candidate = candidate("m", function("f", vec![plain("y")]));
        candidate.seen = vec![seen("y", Type::Int, 40)];
        let spec = &specs_of(&[candidate])[0];
        assert_eq!(spec.package.stub, "def f(y: Any) -> Any: ...");
    }
}
