//! What was seen of a candidate's arguments, in words.

use crate::observation::{Size, Type};
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

/// The largest that was seen, and what most calls had: `up to 1000 long (nine in ten up to 63, half up to 15)`, of integers
/// alone `up to 12 bits`.
fn extent(seen: &SeenParameter) -> Option<String> {
    let all = |is_kind: fn(&Type) -> bool| {
        let types = seen.values.types().filter(|(of_type, ..)| is_kind(of_type));
        let sizes = types.filter_map(|(.., size)| size.cloned());
        sizes.reduce(|mut all, size| {
            all.merge(&size);
            all
        })
    };
    let long = all(|of_type| *of_type != Type::Int).map(|size| up_to(&size, "long"));
    long.or_else(|| all(|of_type| *of_type == Type::Int).map(|size| up_to(&size, "bits")))
}

fn up_to(size: &Size, unit: &str) -> String {
    let mut least = size.largest;
    let mut parts = Vec::new();
    for (percent, words) in [(90, "nine in ten"), (50, "half")] {
        if let Some(most) = size.quantile(percent).filter(|&most| most < least) {
            parts.push(format!("{words} up to {most}"));
            least = most;
        }
    }
    let largest = format!("up to {} {unit}", size.largest);
    if parts.is_empty() {
        return largest;
    }
    format!("{largest} ({})", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;
    use crate::observation::Lengths;

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
    fn what_most_calls_had_is_told_where_it_is_less_than_the_longest() {
        let check = |buckets: &[(u64, u64)], expected: &str| {
            let calls = Lengths::of(buckets.iter().copied()).expect("they are buckets");
            let size = Size {
                calls,
                ..Size::range(10, 10_000)
            };
            assert_eq!(up_to(&size, "long"), expected);
        };
        check(&[], "up to 10000 long");
        check(&[(8_192, 10)], "up to 10000 long");
        check(
            &[(8, 9), (8_192, 1)],
            "up to 10000 long (nine in ten up to 15)",
        );
        check(&[(8, 8), (8_192, 2)], "up to 10000 long (half up to 15)");
        check(
            &[(8, 5), (64, 4), (8_192, 1)],
            "up to 10000 long (nine in ten up to 127, half up to 15)",
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
