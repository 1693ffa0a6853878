//! The head of a function as Python writes it.

use crate::source::{Definition, Form, Parameter, ParameterKind};

/// A head longer than this has a line for each parameter.
const LONGEST_LINE: usize = 88;

/// The decorators and the `def` of a function, as one or more lines of Python.
pub(super) fn python(definition: &Definition) -> String {
    let mut head = String::new();
    for decorator in &definition.decorators {
        head.extend(["@", decorator, "\n"]);
    }
    let keyword = match definition.form {
        Form::Coroutine | Form::AsyncGenerator => "async def",
        Form::Plain | Form::Generator => "def",
    };
    let name = &definition.name;
    let returns = (definition.returns.as_ref())
        .map_or_else(String::new, |returns| format!(" -> {}", returns.text));
    let parameters = parameters(&definition.parameters);
    let line = format!("{keyword} {name}({}){returns}: ...", parameters.join(", "));
    if line.chars().count() <= LONGEST_LINE {
        return head + &line;
    }
    let lines = parameters.join(",\n    ");
    head + &format!("{keyword} {name}(\n    {lines},\n){returns}: ...")
}

/// The parameters, with the `/` and the `*` between kinds.
fn parameters(parameters: &[Parameter]) -> Vec<String> {
    let mut texts = Vec::with_capacity(parameters.len() + 2);
    let mut before = None;
    for parameter in parameters {
        use ParameterKind::{KeywordOnly, PositionalOnly, VarPositional};
        if before == Some(PositionalOnly) && parameter.kind != PositionalOnly {
            texts.push("/".to_owned());
        }
        if parameter.kind == KeywordOnly && !matches!(before, Some(VarPositional | KeywordOnly)) {
            texts.push("*".to_owned());
        }
        texts.push(text(parameter));
        before = Some(parameter.kind);
    }
    if before == Some(ParameterKind::PositionalOnly) {
        texts.push("/".to_owned());
    }
    texts
}

fn text(parameter: &Parameter) -> String {
    let stars = match parameter.kind {
        ParameterKind::VarPositional => "*",
        ParameterKind::VarKeyword => "**",
        _ => "",
    };
    let name = &parameter.name;
    match (&parameter.annotation, &parameter.default) {
        (None, None) => format!("{stars}{name}"),
        (None, Some(default)) => format!("{name}={}", default.text),
        (Some(annotation), None) => format!("{stars}{name}: {}", annotation.text),
        (Some(annotation), Some(default)) => {
            format!("{name}: {} = {}", annotation.text, default.text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;
    use ParameterKind::{
        KeywordOnly, PositionalOnly, PositionalOrKeyword, VarKeyword, VarPositional,
    };

    fn check(parameters: &[(&str, ParameterKind)], expected: &str) {
        let mut definition = example::definition("f", "f", 1, 2);
        definition.parameters = (parameters.iter())
            .map(|&(name, kind)| example::parameter(name, kind, None, None))
            .collect();
        definition.returns = None;
        definition.decorators.clear();
        assert_eq!(python(&definition), expected);
    }

    #[test]
    fn kinds_of_parameters_are_told_apart_as_python_does() {
        check(&[], "def f(): ...");
        check(&[("a", PositionalOnly)], "def f(a, /): ...");
        check(
            &[
                ("a", PositionalOnly),
                ("b", PositionalOrKeyword),
                ("c", KeywordOnly),
                ("d", KeywordOnly),
            ],
            "def f(a, /, b, *, c, d): ...",
        );
        check(
            &[
                ("a", PositionalOnly),
                ("args", VarPositional),
                ("c", KeywordOnly),
                ("kw", VarKeyword),
            ],
            "def f(a, /, *args, c, **kw): ...",
        );
        check(
            &[("a", PositionalOnly), ("c", KeywordOnly)],
            "def f(a, /, *, c): ...",
        );
    }

    #[test]
    fn annotations_defaults_and_decorators_are_kept() {
        let definition = example::plan().candidates.remove(0).definition;
        assert_eq!(
            python(&definition),
            "@traced\ndef total(self, lines: list[float], rate: float = 0.19, *, rounded=True) -> float: ...",
        );
    }

    #[test]
    fn a_long_head_has_a_line_for_each_parameter() {
        let name = "x".repeat(90);
        check(
            &[(&name, PositionalOrKeyword)],
            &format!("def f(\n    {name},\n): ..."),
        );
    }
}
