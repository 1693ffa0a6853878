//! The Rust half of a crate: how a call comes in, goes to Rust, and goes to the original.

use std::collections::BTreeSet;

use serde::Serialize;

use super::names::{free, rust_identifier};
use super::passing::{Guarded, Passing, passings};
use super::typing::{result, typed};
use super::{escape, layout, signature, types};
use crate::plan::Candidate;
use crate::source::{Definition, Parameter, PythonType};

/// The most parameters that clippy takes without a word.
const FEW_PARAMETERS: usize = 7;

/// The most brackets in a type that clippy surely takes without a word.
const SHALLOW_TYPE: usize = 2;

/// Names that clippy takes for placeholders.
const PLACEHOLDERS: [&str; 3] = ["baz", "foo", "quux"];

/// What `lib.rs` and `native.rs` print: Rust code, complete but for its surroundings.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Boundary {
    /// Imports of `lib.rs`.
    imports: Vec<&'static str>,
    /// Name of the function in the extension module.
    exported: String,
    /// The lines of `__doc__`.
    docstring: Vec<String>,
    /// What `pyo3(signature = …)` takes.
    signature: String,
    /// The attribute with what `inspect` shows; none where a Python wrapper is what is seen.
    text_signature: Option<String>,
    /// The attribute of `call` that allows what Python's names and docstring bring about.
    allowance: Option<String>,
    /// `fn call(…) -> … {`.
    declaration: String,
    /// The call of `in_rust`.
    try_rust: String,
    /// The call of the original.
    call_original: String,
    /// The attribute of `in_rust`.
    in_rust_allowance: Option<String>,
    /// `fn in_rust(…) -> … {`.
    in_rust_declaration: String,
    /// Arguments whose type is checked.
    guarded: Vec<Guarded>,
    /// The call of the function in `native.rs`.
    call_native: String,
    /// The result for Python.
    result: &'static str,
    /// The file for the person.
    native: Native,
}

/// What `native.rs` prints.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Native {
    imports: Vec<&'static str>,
    allowance: Option<String>,
    declaration: String,
}

impl Boundary {
    /// The boundary of a function that takes and gives these. Where a Python wrapper stands before it, all arguments
    /// come by place.
    pub(super) fn new(
        definition: &Definition,
        parameters: &[Parameter],
        result: &PythonType,
        wrapped: bool,
    ) -> Self {
        let passings = passings(definition, parameters, wrapped);
        let docstring = docstring(definition, wrapped);
        let declared: Vec<String> = passings.iter().map(|it| it.declared().to_owned()).collect();
        let returns = types::returned(result);
        let (py, name) = (token(&passings), rust_identifier(&definition.name));
        Self {
            imports: types::imports(&declared),
            exported: exported(definition, wrapped),
            signature: pyo3_signature(&passings, wrapped),
            text_signature: (!wrapped).then(|| text_signature(parameters)),
            allowance: allowance(&call_lints(&passings, &docstring)),
            docstring,
            declaration: declaration(&passings, &py),
            try_rust: try_rust(&passings, &py),
            call_original: call_original(&passings, &py),
            in_rust_allowance: allowance(&name_lints(&passings)),
            in_rust_declaration: in_rust_declaration(&passings),
            guarded: passings.iter().filter_map(Passing::guarded).collect(),
            call_native: call_native(&passings, &name),
            result: into_python(&returns),
            native: native(&passings, &name, &returns),
        }
    }
}

/// The types of a function in Rust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RustTypes {
    /// Of the parameters, in order.
    pub parameters: Vec<String>,
    /// Of the result.
    pub returns: String,
}

impl RustTypes {
    /// The types that the crate of a candidate declares in `native.rs`.
    pub fn of(candidate: &Candidate) -> Self {
        let definition = &candidate.definition;
        let parameters = typed(candidate);
        let passings = passings(definition, &parameters, true);
        Self {
            parameters: passings.into_iter().map(|it| it.native_type).collect(),
            returns: types::returned(&result(candidate)),
        }
    }
}

fn native(passings: &[Passing<'_>], name: &str, returns: &str) -> Native {
    let typed = |it: &Passing<'_>| format!("{}: {}", it.native_variable, it.native_type);
    let parameters = after("py: Python<'_>", passings, typed);
    let named = [parameters.as_slice(), &[returns.to_owned()]].concat();
    let mut lints = name_lints(passings);
    if named
        .iter()
        .any(|text| text.matches(['<', '(']).count() > SHALLOW_TYPE)
    {
        lints.push("clippy::type_complexity");
    }
    let tail = format!(" -> PyResult<Option<{returns}>> {{");
    Native {
        imports: types::imports(&named),
        allowance: allowance(&lints),
        declaration: layout::declaration(&format!("pub fn {name}"), &parameters, &tail),
    }
}

/// The name of the token in `call`, where the parameters have their Python names.
fn token(passings: &[Passing<'_>]) -> String {
    let variables: BTreeSet<String> = passings.iter().map(|it| it.variable.clone()).collect();
    free("py", "", &variables)
}

fn exported(definition: &Definition, wrapped: bool) -> String {
    let name = if wrapped { "call" } else { &definition.name };
    name.to_owned()
}

/// `PyO3` makes an empty tuple of `()`, where Python has `None`.
fn into_python(returns: &str) -> &'static str {
    match returns {
        "()" => "Ok(result.map(|()| guard::none(py)))",
        _ => "result.map(|value| guard::object(py, value)).transpose()",
    }
}

/// `PyO3` takes one space off the beginning of each line.
fn docstring(definition: &Definition, wrapped: bool) -> Vec<String> {
    match definition.docstring.as_deref() {
        None | Some("") => Vec::new(),
        Some(_) if wrapped => Vec::new(),
        Some(docstring) => docstring
            .split('\n')
            .map(|line| format!(" {line}"))
            .collect(),
    }
}

fn text_signature(parameters: &[Parameter]) -> String {
    let shown = format!("({})", signature::as_inspected(parameters));
    let text = format!("text_signature = {}", escape::rust_string(&shown));
    layout::attribute("pyo3", &[text])
}

fn pyo3_signature(passings: &[Passing<'_>], wrapped: bool) -> String {
    if wrapped {
        let variables: Vec<&str> = passings.iter().map(|it| it.variable.as_str()).collect();
        let by_place = if variables.is_empty() { "" } else { ", /" };
        return format!("({}{by_place})", variables.join(", "));
    }
    let parameters: Vec<Parameter> = passings
        .iter()
        .map(|it| Parameter {
            name: it.variable.clone(),
            ..it.parameter.clone()
        })
        .collect();
    let parameters = signature::with_default(&parameters, "original::Given::Missing");
    format!("({parameters})")
}

fn declaration(passings: &[Passing<'_>], py: &str) -> String {
    let typed = |it: &Passing<'_>| format!("{}: {}", it.variable, it.declared());
    let parameters = after(&format!("{py}: Python<'py>"), passings, typed);
    let tail = " -> PyResult<Bound<'py, PyAny>> {";
    layout::declaration("fn call<'py>", &parameters, tail)
}

fn try_rust(passings: &[Passing<'_>], py: &str) -> String {
    let arguments = after(py, passings, Passing::lent);
    // The path keeps a parameter of this name from hiding the function.
    layout::call(8, "let result = self::in_rust", &arguments, "?;")
}

fn call_original(passings: &[Passing<'_>], py: &str) -> String {
    let mut links: Vec<String> = passings.iter().map(Passing::link).collect();
    links.push("original()".to_owned());
    layout::chain(4, &format!("original::Call::new({py})"), &links)
}

fn in_rust_declaration(passings: &[Passing<'_>]) -> String {
    let typed = |it: &Passing<'_>| format!("{}: {}", it.native_variable, it.borrowed());
    let parameters = after("py: Python<'py>", passings, typed);
    let tail = " -> PyResult<Option<Bound<'py, PyAny>>> {";
    layout::declaration("fn in_rust<'py>", &parameters, tail)
}

fn call_native(passings: &[Passing<'_>], name: &str) -> String {
    let arguments = after("py", passings, |it| it.native_variable.clone());
    layout::call(4, &format!("let result = native::{name}"), &arguments, "?;")
}

/// The token, and the parameters after it.
fn after<'a>(
    token: &str,
    passings: &[Passing<'a>],
    show: impl Fn(&Passing<'a>) -> String,
) -> Vec<String> {
    let token = std::iter::once(token.to_owned());
    token.chain(passings.iter().map(show)).collect()
}

/// Lints that speak of the names and the number of parameters.
fn name_lints(passings: &[Passing<'_>]) -> Vec<&'static str> {
    let is_placeholder = |it: &Passing<'_>| PLACEHOLDERS.contains(&it.native_variable.as_str());
    let mut lints = Vec::new();
    if passings.iter().any(is_placeholder) {
        lints.push("clippy::disallowed_names");
    }
    // The token comes before them.
    if passings.len() + 1 > FEW_PARAMETERS {
        lints.push("clippy::too_many_arguments");
    }
    lints
}

/// Those, and lints that speak of spelling and of documentation.
fn call_lints(passings: &[Passing<'_>], docstring: &[String]) -> Vec<&'static str> {
    let is_capital = |letter: char| letter.is_ascii_uppercase();
    let mut lints = name_lints(passings);
    if passings.iter().any(|it| it.variable.contains(is_capital)) {
        lints.push("non_snake_case");
    }
    if !docstring.is_empty() {
        lints.extend(["clippy::style", "clippy::suspicious"]);
    }
    lints
}

fn allowance(lints: &[&str]) -> Option<String> {
    let reason = "the signature and the docstring are Python's";
    (!lints.is_empty()).then(|| layout::allowance(lints, reason))
}

#[cfg(test)]
mod tests {
    use super::super::samples::{annotation, function, plain, with_literal};
    use super::super::typing::promised_result;
    use super::*;
    use crate::source::Literal;

    fn boundary(definition: &Definition, wrapped: bool) -> Boundary {
        let result = promised_result(definition);
        Boundary::new(definition, &definition.parameters, &result, wrapped)
    }

    #[test]
    fn the_signature_keeps_the_names_and_leaves_defaults_to_python() {
        let parameters = vec![
            plain("type"),
            with_literal("n", Literal::Str("λ".to_owned())),
        ];
        let boundary = boundary(&function("f", parameters), false);
        assert_eq!(boundary.signature, "(r#type, n=original::Given::Missing)");
        let shown = r#"#[pyo3(text_signature = "(type, n=\"\\u03bb\")")]"#;
        assert_eq!(boundary.text_signature.as_deref(), Some(shown));
    }

    #[test]
    fn behind_a_wrapper_all_arguments_come_by_place() {
        let parameters = vec![plain("self"), with_literal("n", Literal::Int(1))];
        let boundary = boundary(&function("f", parameters), true);
        assert_eq!(boundary.signature, "(self_, n, /)");
        assert_eq!(boundary.text_signature, None);
        assert_eq!(boundary.exported, "call");
    }

    #[test]
    fn the_token_makes_way_for_a_parameter_of_its_name() {
        let boundary = boundary(&function("f", vec![plain("py")]), false);
        assert!(boundary.declaration.contains("py_2: Python<'py>"));
        assert!(boundary.declaration.contains("py: Bound<'py, PyAny>"));
        assert_eq!(
            boundary.call_native,
            "    let result = native::f(py, py_2)?;"
        );
    }

    #[test]
    fn nothing_is_returned_as_none() {
        let mut definition = function("f", vec![]);
        definition.returns = Some(annotation("None", PythonType::None));
        assert!(boundary(&definition, false).result.contains("guard::none"));
    }
}
