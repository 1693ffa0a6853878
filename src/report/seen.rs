//! What was seen of a candidate's arguments, in words.

use crate::observation::Type;
use crate::plan::{Candidate, SeenParameter, how_often};
use crate::source::Parameter;

/// A phrase for each parameter of which something was seen: `lines: list[float]` 41 times, up to 1000 long, as
/// annotated. `code` writes a name with its type.
pub(super) fn phrases(candidate: &Candidate, code: impl Fn(&str) -> String) -> Vec<String> {
    let each = parameters(candidate);
    each.map(|(parameter, seen)| phrase(parameter, seen, &code))
        .collect()
}

/// The same in a few words: `lines: list[float]` as annotated, `rate: float (seen: int)`, `exact: bool (seen once)`.
pub(super) fn brief(candidate: &Candidate, code: impl Fn(&str) -> String) -> Vec<String> {
    let each = parameters(candidate);
    each.map(|(parameter, seen)| brief_phrase(parameter, seen, &code))
        .collect()
}

fn parameters(candidate: &Candidate) -> impl Iterator<Item = (&Parameter, &SeenParameter)> {
    let parameters = candidate.definition.parameters.iter();
    parameters.filter_map(|parameter| Some((parameter, candidate.seen_of(&parameter.name)?)))
}

fn brief_phrase(
    parameter: &Parameter,
    seen: &SeenParameter,
    code: impl Fn(&str) -> String,
) -> String {
    let (name, text) = (&seen.name, &*seen.common_type.text);
    let annotation = parameter.annotation.as_ref().map(|it| &*it.text);
    let what = code(&format!("{name}: {}", annotation.unwrap_or(text)));
    match annotation {
        None => format!("{what} (seen {})", how_often(seen.values.times())),
        Some(annotation) if annotation == text => what,
        Some(_) => format!("{what} (seen: {})", code(text)),
    }
}

fn phrase(parameter: &Parameter, seen: &SeenParameter, code: impl Fn(&str) -> String) -> String {
    let text = &seen.common_type.text;
    let what = code(&format!("{}: {text}", seen.name));
    let assigned = seen.is_assigned.then(|| "the body assigns it".to_owned());
    let source = match &parameter.annotation {
        None => "not annotated".to_owned(),
        Some(annotation) if annotation.text == *text => "as annotated".to_owned(),
        Some(annotation) => format!("annotated {}", code(&annotation.text)),
    };
    let parts = extent(seen).into_iter().chain([source]).chain(assigned);
    let parts: Vec<String> = parts.collect();
    format!(
        "{what} {}, {}",
        how_often(seen.values.times()),
        parts.join(", ")
    )
}

/// The largest that was seen: `up to 1000 long`, of integers alone `up to 12 bits`.
fn extent(seen: &SeenParameter) -> Option<String> {
    let largest = |is_kind: fn(&Type) -> bool| {
        let types = seen.values.types().filter(|(of_type, ..)| is_kind(of_type));
        types.filter_map(|(.., size)| Some(size?.largest)).max()
    };
    let long = largest(|of_type| *of_type != Type::Int).map(|most| format!("up to {most} long"));
    let bits = || largest(|of_type| *of_type == Type::Int).map(|most| format!("up to {most} bits"));
    long.or_else(bits)
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn a_phrase_says_what_how_often_how_large_and_what_the_source_says() {
        let candidate = &example::plan().candidates[0];
        assert_eq!(
            phrases(candidate, str::to_owned),
            [
                "lines: list[float] 41 times, up to 1000 long, as annotated",
                "rate: int 12 times, up to 7 bits, annotated float",
                "rounded: bool | None once, not annotated, the body assigns it",
            ]
        );
    }
    #[test]
    fn a_brief_phrase_has_the_type_and_where_it_is_from() {
        let candidate = &example::plan().candidates[0];
        assert_eq!(
            brief(candidate, str::to_owned),
            [
                "lines: list[float]",
                "rate: float (seen: int)",
                "rounded: bool | None (seen once)",
            ]
        );
    }
}
