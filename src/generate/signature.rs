//! A Python signature in the spellings that are needed: for people, for `inspect`, for a wrapper, for a stub.

use super::{escape, types};
use crate::source::{Annotation, Default, Literal, Parameter, ParameterKind, PythonType};

/// Parameters joined by commas, each as `show` has it, with stars, and with the marks `/` and `*` in their places.
pub(super) fn list(parameters: &[Parameter], show: impl Fn(&Parameter) -> String) -> String {
    let mut shown = Vec::new();
    let mut by_name = false;
    for (place, parameter) in parameters.iter().enumerate() {
        let kind = parameter.kind;
        if kind == ParameterKind::KeywordOnly && !by_name {
            shown.push("*".to_owned());
        }
        by_name |= matches!(
            kind,
            ParameterKind::KeywordOnly | ParameterKind::VarPositional
        );
        let stars = match kind {
            ParameterKind::VarPositional => "*",
            ParameterKind::VarKeyword => "**",
            _ => "",
        };
        shown.push(format!("{stars}{}", show(parameter)));
        let next = parameters.get(place + 1).map(|next| next.kind);
        if kind == ParameterKind::PositionalOnly && next != Some(ParameterKind::PositionalOnly) {
            shown.push("/".to_owned());
        }
    }
    shown.join(", ")
}

/// As the source has it: with annotations and defaults.
pub(super) fn as_written(parameters: &[Parameter], returns: Option<&Annotation>) -> String {
    let parameters = list(parameters, |parameter| {
        let annotation = parameter.annotation.as_ref().map(|it| it.text.as_str());
        let default = parameter.default.as_ref().map(|it| it.text.as_str());
        with_parts(&parameter.name, annotation, default)
    });
    match returns {
        Some(returns) => format!("({parameters}) -> {}", returns.text),
        None => format!("({parameters})"),
    }
}

/// As `inspect` shows it: literal defaults, and `...` for others.
pub(super) fn as_inspected(parameters: &[Parameter]) -> String {
    list(parameters, |parameter| {
        let default = parameter.default.as_ref().map(shown_default);
        with_parts(&parameter.name, None, default.as_deref())
    })
}

/// With the same default for all that have one.
pub(super) fn with_default(parameters: &[Parameter], default: &str) -> String {
    list(parameters, |parameter| {
        let default = parameter.default.as_ref().map(|_| default);
        with_parts(&parameter.name, None, default)
    })
}

/// As a stub has it.
pub(super) fn as_stub(parameters: &[Parameter]) -> String {
    list(parameters, |parameter| {
        let annotation = types::stub(&python_type(parameter));
        let default = parameter.default.as_ref().map(shown_default);
        with_parts(&parameter.name, Some(&annotation), default.as_deref())
    })
}

/// What a parameter takes: its annotation, and `None` too where that is the default.
pub(super) fn python_type(parameter: &Parameter) -> PythonType {
    let annotated = parameter
        .annotation
        .as_ref()
        .map_or(PythonType::Other, |annotation| {
            annotation.python_type.clone()
        });
    let literal = parameter
        .default
        .as_ref()
        .and_then(|it| it.literal.as_ref());
    match (annotated, literal) {
        (annotated @ (PythonType::Other | PythonType::None | PythonType::Optional(_)), _) => {
            annotated
        }
        (annotated, Some(Literal::None)) => PythonType::Optional(Box::new(annotated)),
        (annotated, _) => annotated,
    }
}

/// A literal as Python writes it.
pub(super) fn literal(literal: &Literal) -> String {
    match literal {
        Literal::None => "None".to_owned(),
        Literal::Bool(true) => "True".to_owned(),
        Literal::Bool(false) => "False".to_owned(),
        Literal::Int(value) => value.to_string(),
        Literal::Float(bits) => float(f64::from_bits(*bits)),
        Literal::Str(text) => escape::python_ascii(text),
        Literal::Bytes(bytes) => escape::python_bytes(bytes),
    }
}

/// Infinity has no literal but one that is too large.
fn float(value: f64) -> String {
    if value.is_infinite() {
        format!("{}1e999", if value < 0.0 { "-" } else { "" })
    } else {
        format!("{value:?}")
    }
}

fn shown_default(default: &Default) -> String {
    default
        .literal
        .as_ref()
        .map_or_else(|| "...".to_owned(), literal)
}

fn with_parts(name: &str, annotation: Option<&str>, default: Option<&str>) -> String {
    match (annotation, default) {
        (None, None) => name.to_owned(),
        (None, Some(default)) => format!("{name}={default}"),
        (Some(annotation), None) => format!("{name}: {annotation}"),
        (Some(annotation), Some(default)) => format!("{name}: {annotation} = {default}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{annotated, parameter, with_literal, with_text};
    use super::*;
    use ParameterKind::{
        KeywordOnly, PositionalOnly, PositionalOrKeyword, VarKeyword, VarPositional,
    };

    fn names(kinds: &[ParameterKind]) -> String {
        let parameters: Vec<Parameter> = ["a", "b", "c", "d", "e"]
            .iter()
            .zip(kinds)
            .map(|(name, kind)| parameter(name, *kind))
            .collect();
        as_inspected(&parameters)
    }

    #[test]
    fn marks_stand_between_the_kinds() {
        let all = [
            PositionalOnly,
            PositionalOrKeyword,
            VarPositional,
            KeywordOnly,
            VarKeyword,
        ];
        assert_eq!(names(&all), "a, /, b, *c, d, **e");
        assert_eq!(names(&[PositionalOnly, PositionalOnly]), "a, b, /");
        assert_eq!(
            names(&[PositionalOrKeyword, KeywordOnly, KeywordOnly]),
            "a, *, b, c"
        );
        assert_eq!(names(&[VarKeyword]), "**a");
        assert_eq!(names(&[]), "");
    }

    #[test]
    fn a_default_is_shown_where_it_is_a_literal() {
        let parameters = [
            with_literal("a", Literal::Float((-0.5_f64).to_bits())),
            with_literal("b", Literal::Str("\"\n".to_owned())),
            with_literal("c", Literal::Float(f64::INFINITY.to_bits())),
            with_text("d", "LIMITS['x']"),
        ];
        assert_eq!(
            as_inspected(&parameters),
            r#"a=-0.5, b="\"\n", c=1e999, d=..."#
        );
        assert_eq!(with_default(&parameters[3..], "_m.MISSING"), "d=_m.MISSING");
    }

    #[test]
    fn a_default_of_none_makes_its_type_optional() {
        let mut count = annotated("count", "int", PythonType::Int);
        count.default = with_literal("x", Literal::None).default;
        assert_eq!(
            as_stub(std::slice::from_ref(&count)),
            "count: int | None = None"
        );
        assert_eq!(as_written(&[count], None), "(count: int = None)");
    }
}
