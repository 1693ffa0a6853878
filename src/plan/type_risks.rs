//! Risks that come from types: those that are annotated, those that were seen, and those that nobody knows.

use super::agreement::{Agreement, agreement};
use super::risks::{if_so, listed, risk};
use super::{Code, Risk, SeenParameter, how_often};
use crate::observation::{Seen, Type};
use crate::source::{Annotation, Definition, Literal, Parameter, PythonType};

/// The amount of an `i64` has so many bits.
const I64_BITS: u64 = 63;

/// Integers that may not fit, with those that were seen not to.
pub(super) fn integers(definition: &Definition, seen: &[SeenParameter]) -> Vec<Risk> {
    let parameters = definition.parameters.iter();
    let mut types = parameters
        .filter_map(|it| {
            let observed = || of(seen, it).map(|seen| &seen.common_type);
            it.annotation.as_ref().or_else(observed)
        })
        .chain(&definition.returns);
    let large: Vec<String> = seen.iter().filter_map(large_integer).collect();
    let example = match &*large {
        [] => String::new(),
        large => format!(" (seen: {})", listed(large)),
    };
    if_so(
        !large.is_empty() || types.any(|it| mentions_int(&it.python_type)),
        Code::BigInt,
        definition.def_line,
        &format!(
            "an int beyond 64 bit does not fit an i64{example}: such a call must go to the original"
        ),
    )
}

/// `n of 200 bits`, where that is more than fit.
fn large_integer(seen: &SeenParameter) -> Option<String> {
    let mut types = seen.values.types();
    let (.., size) = types.find(|(of_type, ..)| **of_type == Type::Int)?;
    let bits = size?.largest;
    (bits > I64_BITS).then(|| format!("{} of {bits} bits", seen.name))
}

fn mentions_int(python_type: &PythonType) -> bool {
    match python_type {
        PythonType::Int => true,
        PythonType::List(inner) | PythonType::Set(inner) | PythonType::Optional(inner) => {
            mentions_int(inner)
        }
        PythonType::Tuple(items) => items.iter().any(mentions_int),
        PythonType::Dict(key, value) => mentions_int(key) || mentions_int(value),
        _ => false,
    }
}

/// Parameters of which neither the source nor the run tells a type.
pub(super) fn unknown_types(definition: &Definition, seen: &[SeenParameter]) -> Vec<Risk> {
    let names: Vec<String> = not_annotated(definition)
        .filter(|parameter| of(seen, parameter).is_none())
        .map(|parameter| parameter.name.clone())
        .collect();
    let message = format!("no type is known for {}", listed(&names));
    let line = definition.def_line;
    if_so(!names.is_empty(), Code::Untyped, line, &message)
}

/// Parameters of which the run alone tells a type.
pub(super) fn seen_types(definition: &Definition, seen: &[SeenParameter]) -> Vec<Risk> {
    let phrases: Vec<String> = not_annotated(definition)
        .filter_map(|parameter| of(seen, parameter))
        .map(seen_type)
        .collect();
    let message = format!("not annotated, only seen: {}", listed(&phrases));
    let line = definition.def_line;
    if_so(!phrases.is_empty(), Code::OnlySeen, line, &message)
}

fn seen_type(seen: &SeenParameter) -> String {
    let assigned = if seen.is_assigned {
        ", and the body assigns it"
    } else {
        ""
    };
    let (name, text) = (&seen.name, &seen.common_type.text);
    format!(
        "{name}: {text} ({}{assigned})",
        how_often(seen.values.times())
    )
}

/// Annotated parameters that had values of other types. What the body assigned says nothing of what was passed.
pub(super) fn contradictions(definition: &Definition, seen: &[SeenParameter]) -> Vec<Risk> {
    let passed = definition.passed_parameters().iter();
    passed
        .filter_map(|parameter| {
            let annotation = parameter.annotation.as_ref()?;
            let seen = of(seen, parameter).filter(|seen| !seen.is_assigned)?;
            let message = contradiction(parameter, annotation, &seen.values)?;
            Some(risk(Code::Contradicted, Some(definition.def_line), message))
        })
        .collect()
}

fn contradiction(parameter: &Parameter, annotation: &Annotation, values: &Seen) -> Option<String> {
    let judged: Vec<(Agreement, String)> = values
        .types()
        .map(|(of_type, count, _)| {
            let phrase = format!("{of_type} {}", how_often(count));
            (passed_agreement(parameter, annotation, of_type), phrase)
        })
        .collect();
    let worst = judged.iter().map(|(agreement, _)| *agreement).max()?;
    let phrases: Vec<String> = (judged.into_iter())
        .filter(|(agreement, _)| *agreement == worst)
        .map(|(_, phrase)| phrase)
        .collect();
    let what = format!("{} is annotated {}", parameter.name, annotation.text);
    let seen = listed(&phrases);
    match worst {
        Agreement::Agrees => None,
        Agreement::Tolerated => Some(format!(
            "{what}, and was {seen}, which Python allows: such a call must go to the original"
        )),
        Agreement::Contradicts => Some(format!("{what}, but was {seen}")),
    }
}

/// A default of `None` allows it, whatever the annotation says.
fn passed_agreement(parameter: &Parameter, annotation: &Annotation, seen: &Type) -> Agreement {
    let default = parameter
        .default
        .as_ref()
        .and_then(|it| it.literal.as_ref());
    match (default, seen) {
        (Some(Literal::None), Type::None) => Agreement::Agrees,
        _ => agreement(&annotation.python_type, seen),
    }
}

fn not_annotated(definition: &Definition) -> impl Iterator<Item = &Parameter> {
    let passed = definition.passed_parameters().iter();
    passed.filter(|parameter| parameter.annotation.is_none() && !parameter.kind.is_star())
}

fn of<'s>(seen: &'s [SeenParameter], parameter: &Parameter) -> Option<&'s SeenParameter> {
    seen.iter().find(|seen| seen.name == parameter.name)
}

#[cfg(test)]
mod tests {
    use super::super::sample_types::observation;
    use super::super::seen_parameter::seen_parameters;
    use super::*;
    use crate::observation::Size;
    use crate::profile::Line;
    use crate::source::{Roots, Sources};

    /// The definition of `f` in a source text.
    fn definition(source: &str) -> Definition {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let file = folder.path().join("job.py");
        std::fs::write(&file, source).expect("a file is written");
        let mut sources = Sources::new(Roots::new(&[folder.path().to_owned()], None, None));
        let module = sources.module(&file.display().to_string());
        let module = module.expect("the source is read");
        let found = module
            .definition("f", None)
            .or(module.definition("Grid.f", None));
        found.expect("the source has this definition").clone()
    }

    /// Checks `code message` of the risks. What was seen of each parameter is `NAME: TYPES`, each type 12 times.
    #[track_caller]
    fn check(source: &str, seen: &[&str], expected: &[&str]) {
        let definition = definition(source);
        let observation = observation("job.py", &definition, seen);
        let seen = seen_parameters(&observation, "job.py", &definition);
        let each = [integers, unknown_types, seen_types, contradictions];
        let risks = each.iter().flat_map(|risks| risks(&definition, &seen));
        let found: Vec<String> = risks
            .map(|it| format!("{} {}", it.code, it.message))
            .collect();
        assert_eq!(found, expected, "{source}");
    }

    #[test]
    fn what_was_seen_is_known_and_not_annotated() {
        check(
            "def f(x, y, *args): ...",
            &["x: list[str] | list", "args: tuple[str]"],
            &[
                "RB109 no type is known for y",
                "RB112 not annotated, only seen: x: list[str] (24 times)",
            ],
        );
        check(
            "def f(x): x = x or {}",
            &["x: None | dict"],
            &["RB112 not annotated, only seen: x: dict | None (24 times, and the body assigns it)"],
        );
    }

    #[test]
    fn an_annotation_is_contradicted_by_what_it_leaves_out() {
        check("def f(x: str): ...", &["x: str"], &[]);
        check(
            "def f(x: str): ...",
            &["x: str | bytes | None"],
            &["RB113 x is annotated str, but was None 12 times, bytes 12 times"],
        );
        check(
            "def f(x: 'list[float]'): ...",
            &["x: list[float] | list[int]"],
            &[
                "RB113 x is annotated 'list[float]', and was list[int] 12 times, which Python allows: \
               such a call must go to the original",
            ],
        );
    }

    #[test]
    fn what_an_annotation_allows_is_no_contradiction() {
        check("def f(x: str = None): ...", &["x: None"], &[]);
        check("def f(x: 'Sequence[str]'): ...", &["x: list[bytes]"], &[]);
        check("def f(x: str): ...", &["x: MyStr"], &[]);
        check("def f(*x: str): ...", &["x: tuple[str]"], &[]);
    }

    #[test]
    fn what_the_body_assigns_was_perhaps_not_passed() {
        check("def f(x: str): x = x.split()", &["x: str | list[str]"], &[]);
    }

    #[test]
    fn the_risk_stands_at_the_def() {
        let definition = definition("@cache\ndef f(x: str): ...");
        let observation = observation("job.py", &definition, &["x: bytes"]);
        let seen = seen_parameters(&observation, "job.py", &definition);
        let risks = contradictions(&definition, &seen);
        assert_eq!(risks[0].line.map(Line::number), Some(2));
    }

    #[test]
    fn an_int_may_not_fit_and_one_that_was_seen_does_not() {
        let may =
            "RB101 an int beyond 64 bit does not fit an i64: such a call must go to the original";
        check("def f(n: int): ...", &["n: int"], &[may]);
        let seen = "RB112 not annotated, only seen: n: int (12 times)";
        check("def f(n): ...", &["n: int"], &[may, seen]);
        let definition = definition("def f(n: int): ...");
        let observation = observation("job.py", &definition, &["n: int"]);
        let mut seen = seen_parameters(&observation, "job.py", &definition);
        let bits = |largest| Size::range(1, largest);
        seen[0].values.insert(Type::Int, 1, Some(bits(63)));
        assert!(!integers(&definition, &seen)[0].message.contains("bits"));
        seen[0].values.insert(Type::Int, 1, Some(bits(200)));
        let message = &integers(&definition, &seen)[0].message;
        assert!(message.contains("(seen: n of 200 bits)"), "{message}");
    }

    #[test]
    fn a_function_is_found_by_its_place_and_the_last_part_of_its_name() {
        let definition = definition("class Grid:\n  def f(self, __x): ...");
        let names = |file: &str, seen: &[&str]| {
            let observation = observation("job.py", &definition, seen);
            let seen = seen_parameters(&observation, file, &definition);
            seen.into_iter().map(|it| it.name).collect::<Vec<_>>()
        };
        assert_eq!(names("job.py", &["_Grid__x: int", "self: Grid"]), ["__x"]);
        assert_eq!(names("job.py", &["__x: int"]), [""; 0]);
        assert_eq!(names("other.py", &["_Grid__x: int"]), [""; 0]);
    }
}
