//! The types of a candidate's parameters and of its result: the annotated ones, and where there is none, the ones that
//! were seen.
//!
//! What was seen is no promise. It decides what Rust takes, which is checked at each call, and what it gives, where it
//! can leave a call to the original; it never says what a caller may pass or gets, so that a stub does not have it.

use serde::Serialize;

use crate::plan::{Candidate, SeenParameter, SeenReturns, how_often};
use crate::source::{Definition, Form, Parameter, PythonType, mangled};

/// A type that was seen, and is not annotated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct SeenType {
    /// The parameter; `return`, as in `__annotations__`, for the result.
    name: String,
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

/// What a call gives, as far as the source tells. A generator's Rust function gives something to iterate over; what a
/// coroutine's gives is what `await` gives.
pub(super) fn promised_result(definition: &Definition) -> PythonType {
    match (&definition.returns, definition.form) {
        (Some(returns), Form::Plain | Form::Coroutine) => returns.python_type.clone(),
        (None, _) if definition.gives_none() => PythonType::None,
        _ => PythonType::Other,
    }
}

/// The same, with the type that was seen where the source tells none.
pub(super) fn result(candidate: &Candidate) -> PythonType {
    seen_result(candidate).map_or_else(
        || promised_result(&candidate.definition),
        |seen| seen.common_type.python_type.clone(),
    )
}

/// What was seen of a result that the source tells nothing of. Where only `None` came, a value may still come.
fn seen_result(candidate: &Candidate) -> Option<&SeenReturns> {
    let definition = &candidate.definition;
    let is_told = definition.returns.is_some() || definition.gives_none();
    let seen = candidate.seen_returns.as_ref();
    seen.filter(|seen| {
        definition.form == Form::Plain
            && !is_told
            && seen.common_type.python_type != PythonType::None
    })
}

/// The types that were seen, and are not annotated, in order of the signature.
pub(super) fn seen_types(candidate: &Candidate) -> Vec<SeenType> {
    let parameters = candidate.definition.parameters.iter();
    let parameters = parameters
        .filter(|parameter| parameter.annotation.is_none())
        .filter_map(|parameter| candidate.seen_of(&parameter.name))
        .map(|seen| SeenType {
            name: seen.name.clone(),
            of_type: seen.common_type.text.clone(),
            note: note(seen),
        });
    let result = seen_result(candidate).map(|seen| SeenType {
        name: "return".to_owned(),
        of_type: seen.common_type.text.clone(),
        note: format!("seen {}", how_often(seen.values.times())),
    });
    parameters.chain(result).collect()
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
    use super::super::samples::{annotated, annotation, candidate, function, method, plain, seen};
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
            (told.len(), &*told[0].name, &*told[0].note),
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

    #[test]
    fn what_a_generator_yields_is_not_what_its_annotation_says() {
        let mut definition = function("f", vec![]);
        let ints = PythonType::List(Box::new(PythonType::Int));
        definition.returns = Some(annotation("list[int]", ints.clone()));
        definition.form = Form::Generator;
        assert_eq!(promised_result(&definition), PythonType::Other);
        definition.form = Form::Coroutine;
        assert_eq!(promised_result(&definition), ints);
    }

    fn returning(of_type: Type) -> Candidate {
        let mut candidate = candidate("m", function("f", vec![]));
        let seen = seen("", of_type, 3);
        candidate.seen_returns = Some(SeenReturns {
            values: seen.values,
            common_type: seen.common_type,
        });
        candidate
    }

    #[test]
    fn a_result_that_was_seen_counts_where_the_source_tells_none() {
        let mut candidate = returning(list_of_ints());
        assert_eq!(RustTypes::of(&candidate).returns, "Vec<i64>");
        let told = &seen_types(&candidate)[0];
        assert_eq!((&*told.name, &*told.note), ("return", "seen 3 times"));
        let stub = |candidate: &Candidate| {
            specs_of(std::slice::from_ref(candidate))[0]
                .package
                .stub
                .clone()
        };
        assert_eq!(stub(&candidate), "def f() -> Any: ...");
        candidate.definition.returns = Some(annotation("int", PythonType::Int));
        assert_eq!(RustTypes::of(&candidate).returns, "i64");
        assert!(seen_types(&candidate).is_empty());
        candidate.definition.returns = None;
        candidate.definition.form = Form::Generator;
        assert_eq!(RustTypes::of(&candidate).returns, "Py<PyAny>");
    }

    #[test]
    fn nothing_but_none_is_a_type_where_the_source_tells_it() {
        let mut candidate = returning(Type::None);
        assert_eq!(RustTypes::of(&candidate).returns, "Py<PyAny>");
        candidate.definition.returns_value = false;
        assert_eq!(RustTypes::of(&candidate).returns, "()");
        assert!(seen_types(&candidate).is_empty());
        let spec = &specs_of(&[candidate])[0];
        assert_eq!(spec.package.stub, "def f() -> None: ...");
    }
}
