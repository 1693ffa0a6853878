//! The Rust half of a crate: how arguments come in, go to Rust, and go to the original.

use std::collections::BTreeSet;

use serde::Serialize;

use super::names::{free, mangled, raw, rust_identifier};
use super::signature::{self, python_type};
use super::{escape, layout, types};
use crate::source::{Definition, Form, Parameter, ParameterKind, PythonType};

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
    pub(super) imports: Vec<&'static str>,
    /// Name of the function in the extension module.
    pub(super) exported: String,
    /// The lines of `__doc__`.
    pub(super) docstring: Vec<String>,
    /// What `pyo3(signature = …)` takes.
    pub(super) signature: String,
    /// The attribute with what `inspect` shows; none where a Python wrapper is what is seen.
    pub(super) text_signature: Option<String>,
    /// The attribute of `call` that allows what Python's names and docstring bring about.
    pub(super) allowance: Option<String>,
    /// `fn call(…) -> … {`.
    pub(super) declaration: String,
    /// The call of `in_rust`.
    pub(super) try_rust: String,
    /// The call of the original.
    pub(super) call_original: String,
    /// The attribute of `in_rust`.
    pub(super) in_rust_allowance: Option<String>,
    /// `fn in_rust(…) -> … {`.
    pub(super) in_rust_declaration: String,
    /// Arguments whose type is checked.
    pub(super) guarded: Vec<Guarded>,
    /// The call of the function in `native.rs`.
    pub(super) call_native: String,
    /// The result for Python.
    pub(super) result: &'static str,
    /// The file for the person.
    pub(super) native: Native,
}

/// An argument whose type is checked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Guarded {
    variable: String,
    /// The Rust expression for the object that is checked.
    object: String,
    /// The Python name as a Rust literal, where the parameter has a default.
    default_of: Option<String>,
}

/// What `native.rs` prints.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Native {
    imports: Vec<&'static str>,
    pub(super) name: String,
    allowance: Option<String>,
    declaration: String,
}

/// A parameter on its way through the boundary.
struct Passing<'a> {
    parameter: &'a Parameter,
    /// The variable in `lib.rs`.
    variable: String,
    /// The variable in `native.rs`.
    native_variable: String,
    native_type: String,
}

impl Boundary {
    /// The boundary of a function. Where a Python wrapper stands before it, all arguments come by place.
    pub(super) fn new(definition: &Definition, parameters: &[Parameter], wrapped: bool) -> Self {
        let passings = passings(definition, parameters, wrapped);
        let variables: BTreeSet<String> = passings.iter().map(|it| it.variable.clone()).collect();
        let py = free("py", "", &variables);
        let returns = returned(definition);
        let native = Native::new(definition, &passings, &returns);
        let result = match returns.as_str() {
            "()" => "Ok(result.map(|()| guard::none(py)))",
            _ => "result.map(|value| guard::object(py, value)).transpose()",
        };
        let docstring = docstring(definition, wrapped);
        let declared: Vec<String> = passings.iter().map(|it| it.declared().to_owned()).collect();
        Self {
            imports: types::imports(&declared),
            exported: if wrapped {
                "call"
            } else {
                definition.name.as_str()
            }
            .to_owned(),
            signature: pyo3_signature(&passings, wrapped),
            text_signature: (!wrapped).then(|| text_signature(parameters)),
            allowance: allowance(&call_lints(&passings, &docstring)),
            in_rust_allowance: allowance(&name_lints(&passings)),
            docstring,
            declaration: declaration(&passings, &py),
            try_rust: try_rust(&passings, &py),
            call_original: call_original(&passings, &py),
            in_rust_declaration: in_rust_declaration(&passings),
            guarded: passings.iter().filter_map(Passing::guarded).collect(),
            call_native: call_native(&passings, &native.name),
            result,
            native,
        }
    }
}

impl Native {
    fn new(definition: &Definition, passings: &[Passing<'_>], returns: &str) -> Self {
        let name = rust_identifier(&definition.name);
        let mut parameters = vec!["py: Python<'_>".to_owned()];
        parameters.extend(
            passings
                .iter()
                .map(|it| format!("{}: {}", it.native_variable, it.native_type)),
        );
        let tail = format!(" -> PyResult<Option<{returns}>> {{");
        let mut named = parameters.clone();
        named.push(returns.to_owned());
        let mut lints = name_lints(passings);
        if named
            .iter()
            .any(|text| text.matches(['<', '(']).count() > SHALLOW_TYPE)
        {
            lints.push("clippy::type_complexity");
        }
        Self {
            imports: types::imports(&named),
            allowance: allowance(&lints),
            declaration: layout::declaration(&format!("pub fn {name}"), &parameters, &tail),
            name,
        }
    }
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
    (!lints.is_empty())
        .then(|| layout::allowance(lints, "the signature and the docstring are Python's"))
}

impl Passing<'_> {
    fn has_default(&self) -> bool {
        self.parameter.default.is_some()
    }

    /// The type in which PyO3 hands it over.
    fn declared(&self) -> &'static str {
        match self.parameter.kind {
            ParameterKind::VarPositional => "Bound<'py, PyTuple>",
            ParameterKind::VarKeyword => "Option<Bound<'py, PyDict>>",
            _ if self.has_default() => "original::Given<'py>",
            _ => "Bound<'py, PyAny>",
        }
    }

    /// The type in which `in_rust` borrows it.
    fn borrowed(&self) -> String {
        match self.parameter.kind {
            ParameterKind::VarKeyword => "Option<&Bound<'py, PyDict>>".to_owned(),
            _ => format!("&{}", self.declared()),
        }
    }

    fn lent(&self) -> String {
        match self.parameter.kind {
            ParameterKind::VarKeyword => format!("{}.as_ref()", self.variable),
            _ => format!("&{}", self.variable),
        }
    }

    /// How the call of the original takes it.
    fn link(&self) -> String {
        let variable = &self.variable;
        let name = escape::rust_string(&self.parameter.name);
        match (self.parameter.kind, self.has_default()) {
            (ParameterKind::VarPositional, _) => format!("more({variable})"),
            (ParameterKind::VarKeyword, _) => format!("more_named({variable})"),
            (ParameterKind::KeywordOnly, true) => format!("given_named({name}, {variable})"),
            (ParameterKind::KeywordOnly, false) => format!("named({name}, {variable})"),
            (_, true) => format!("given({name}, {variable})"),
            (_, false) => format!("positional({variable})"),
        }
    }

    fn guarded(&self) -> Option<Guarded> {
        let kind = self.parameter.kind;
        let is_rest = matches!(
            kind,
            ParameterKind::VarPositional | ParameterKind::VarKeyword
        );
        let variable = self.native_variable.clone();
        let name = escape::rust_string(&self.parameter.name);
        (!is_rest).then(|| Guarded {
            object: if self.has_default() {
                format!("&{variable}")
            } else {
                variable.clone()
            },
            default_of: self.has_default().then_some(name),
            variable,
        })
    }
}

fn passings<'a>(
    definition: &Definition,
    parameters: &'a [Parameter],
    wrapped: bool,
) -> Vec<Passing<'a>> {
    let mut taken = BTreeSet::from(["py".to_owned()]);
    let mut passings = Vec::new();
    for parameter in parameters {
        let native_variable = free(&rust_identifier(&parameter.name), "", &taken);
        taken.insert(native_variable.clone());
        passings.push(Passing {
            parameter,
            variable: if wrapped {
                native_variable.clone()
            } else {
                raw(&parameter.name)
            },
            native_type: native_type(definition, parameter),
            native_variable,
        });
    }
    passings
}

fn native_type(definition: &Definition, parameter: &Parameter) -> String {
    match parameter.kind {
        ParameterKind::VarPositional => "&Bound<'_, PyTuple>".to_owned(),
        ParameterKind::VarKeyword => "Option<&Bound<'_, PyDict>>".to_owned(),
        _ => {
            let class = definition.class.as_deref();
            let mutated = &definition.mutated_parameters;
            let is_mutated = mutated
                .iter()
                .any(|name| mangled(name, class) == parameter.name);
            types::parameter(&python_type(parameter), is_mutated)
        }
    }
}

/// A generator's Rust function gives something to iterate over; what a coroutine's gives is what `await` gives.
fn returned(definition: &Definition) -> String {
    let annotation = definition.returns.as_ref();
    match definition.form {
        Form::Generator | Form::AsyncGenerator => types::returned(&PythonType::Other),
        Form::Plain | Form::Coroutine => {
            types::returned(annotation.map_or(&PythonType::Other, |it| &it.python_type))
        }
    }
}

/// PyO3 takes one space off the beginning of each line.
fn docstring(definition: &Definition, wrapped: bool) -> Vec<String> {
    match &definition.docstring {
        Some(docstring) if !wrapped && !docstring.is_empty() => docstring
            .split('\n')
            .map(|line| format!(" {line}"))
            .collect(),
        _ => Vec::new(),
    }
}

fn text_signature(parameters: &[Parameter]) -> String {
    let shown = format!("({})", signature::as_inspected(parameters));
    let text = format!("text_signature = {}", escape::rust_string(&shown));
    layout::attribute("pyo3", &[text])
}

fn pyo3_signature(passings: &[Passing<'_>], wrapped: bool) -> String {
    let variables: Vec<String> = passings.iter().map(|it| it.variable.clone()).collect();
    if wrapped {
        let end = if variables.is_empty() { "" } else { ", /" };
        return format!("({}{end})", variables.join(", "));
    }
    let parameters: Vec<Parameter> = passings
        .iter()
        .map(|it| Parameter {
            name: it.variable.clone(),
            ..it.parameter.clone()
        })
        .collect();
    format!(
        "({})",
        signature::with_default(&parameters, "original::Given::Missing")
    )
}

fn declaration(passings: &[Passing<'_>], py: &str) -> String {
    let mut parameters = vec![format!("{py}: Python<'py>")];
    parameters.extend(
        passings
            .iter()
            .map(|it| format!("{}: {}", it.variable, it.declared())),
    );
    layout::declaration(
        "fn call<'py>",
        &parameters,
        " -> PyResult<Bound<'py, PyAny>> {",
    )
}

fn try_rust(passings: &[Passing<'_>], py: &str) -> String {
    let mut arguments = vec![py.to_owned()];
    arguments.extend(passings.iter().map(Passing::lent));
    // The path keeps a parameter of this name from hiding the function.
    layout::call(8, "let result = self::in_rust", &arguments, "?;")
}

fn call_original(passings: &[Passing<'_>], py: &str) -> String {
    let mut links: Vec<String> = passings.iter().map(Passing::link).collect();
    links.push("original()".to_owned());
    layout::chain(4, &format!("original::Call::new({py})"), &links)
}

/// Here a parameter called `py` is called otherwise: the token keeps its name.
fn in_rust_declaration(passings: &[Passing<'_>]) -> String {
    let mut parameters = vec!["py: Python<'py>".to_owned()];
    parameters.extend(
        passings
            .iter()
            .map(|it| format!("{}: {}", it.native_variable, it.borrowed())),
    );
    let tail = " -> PyResult<Option<Bound<'py, PyAny>>> {";
    layout::declaration("fn in_rust<'py>", &parameters, tail)
}

fn call_native(passings: &[Passing<'_>], name: &str) -> String {
    let mut arguments = vec!["py".to_owned()];
    arguments.extend(passings.iter().map(|it| it.native_variable.clone()));
    layout::call(4, &format!("let result = native::{name}"), &arguments, "?;")
}
