//! A parameter on its way from Python through the boundary to Rust, or to the original.

use std::collections::BTreeSet;

use serde::Serialize;

use super::names::{free, raw, rust_identifier};
use super::signature::python_type;
use super::{escape, types};
use crate::source::{Definition, Parameter, ParameterKind, mangled};

/// A parameter on its way through the boundary.
pub(super) struct Passing<'a> {
    pub(super) parameter: &'a Parameter,
    /// The variable where `PyO3` hands it over.
    pub(super) variable: String,
    /// The variable from there on: in snake case, and not `py`, which is the token.
    pub(super) native_variable: String,
    /// The type in `native.rs`.
    pub(super) native_type: String,
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

/// The parameters of a function. Where a Python wrapper stands before it, none needs its Python name.
pub(super) fn passings<'a>(
    definition: &Definition,
    parameters: &'a [Parameter],
    wrapped: bool,
) -> Vec<Passing<'a>> {
    let mut taken = BTreeSet::from(["py".to_owned()]);
    let mut passings = Vec::new();
    for parameter in parameters {
        let native_variable = free(&rust_identifier(&parameter.name), "", &taken);
        taken.insert(native_variable.clone());
        let variable = if wrapped {
            native_variable.clone()
        } else {
            raw(&parameter.name)
        };
        passings.push(Passing {
            parameter,
            variable,
            native_variable,
            native_type: native_type(definition, parameter),
        });
    }
    passings
}

impl Passing<'_> {
    /// The type in which `PyO3` hands it over.
    pub(super) fn declared(&self) -> &'static str {
        match self.parameter.kind {
            ParameterKind::VarPositional => "Bound<'py, PyTuple>",
            ParameterKind::VarKeyword => "Option<Bound<'py, PyDict>>",
            _ if self.has_default() => "original::Given<'py>",
            _ => "Bound<'py, PyAny>",
        }
    }

    /// The type in which `in_rust` borrows it.
    pub(super) fn borrowed(&self) -> String {
        match self.parameter.kind {
            ParameterKind::VarKeyword => "Option<&Bound<'py, PyDict>>".to_owned(),
            _ => format!("&{}", self.declared()),
        }
    }

    /// How `in_rust` gets it.
    pub(super) fn lent(&self) -> String {
        match self.parameter.kind {
            ParameterKind::VarKeyword => format!("{}.as_ref()", self.variable),
            _ => format!("&{}", self.variable),
        }
    }

    /// How the call of the original gets it.
    pub(super) fn link(&self) -> String {
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

    /// How its type is checked; `*args` and `**kwargs` can have no other than theirs.
    pub(super) fn guarded(&self) -> Option<Guarded> {
        use ParameterKind::{VarKeyword, VarPositional};
        if matches!(self.parameter.kind, VarPositional | VarKeyword) {
            return None;
        }
        let variable = self.native_variable.clone();
        let name = escape::rust_string(&self.parameter.name);
        let borrow = if self.has_default() { "&" } else { "" };
        Some(Guarded {
            object: format!("{borrow}{variable}"),
            default_of: self.has_default().then_some(name),
            variable,
        })
    }

    fn has_default(&self) -> bool {
        self.parameter.default.is_some()
    }
}

fn native_type(definition: &Definition, parameter: &Parameter) -> String {
    match parameter.kind {
        ParameterKind::VarPositional => "&Bound<'_, PyTuple>".to_owned(),
        ParameterKind::VarKeyword => "Option<&Bound<'_, PyDict>>".to_owned(),
        _ => {
            let class = definition.class.as_deref();
            let mut mutated = definition.mutated_parameters.iter();
            let is_mutated = mutated.any(|name| mangled(name, class) == parameter.name);
            types::parameter(&python_type(parameter), is_mutated)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{annotated, function, method, parameter, plain, with_text};
    use super::*;
    use crate::source::PythonType;

    fn variables(names: &[&str], wrapped: bool) -> Vec<(String, String)> {
        let parameters: Vec<Parameter> = names.iter().map(|name| plain(name)).collect();
        let definition = function("f", parameters.clone());
        passings(&definition, &parameters, wrapped)
            .into_iter()
            .map(|passing| (passing.variable, passing.native_variable))
            .collect()
    }

    fn pair(variable: &str, native_variable: &str) -> (String, String) {
        (variable.to_owned(), native_variable.to_owned())
    }

    #[test]
    fn a_variable_is_named_as_python_has_it_until_it_is_native() {
        assert_eq!(
            variables(&["type", "maxN", "max_n", "py"], false),
            [
                pair("r#type", "r#type"),
                pair("maxN", "max_n"),
                pair("max_n", "max_n_2"),
                pair("py", "py_2")
            ]
        );
    }

    #[test]
    fn behind_a_wrapper_only_the_order_counts() {
        assert_eq!(
            variables(&["self", "Self", "λ"], true),
            [
                pair("self_", "self_"),
                pair("self_2", "self_2"),
                pair("unnamed", "unnamed")
            ]
        );
    }

    #[test]
    fn each_kind_reaches_the_original_in_its_way() {
        let mut limit = with_text("limit", "LIMIT");
        limit.kind = ParameterKind::KeywordOnly;
        let parameters = [
            plain("a"),
            with_text("b", "LIMIT"),
            parameter("rest", ParameterKind::VarPositional),
            parameter("key", ParameterKind::KeywordOnly),
            limit,
            parameter("more", ParameterKind::VarKeyword),
        ];
        let definition = function("f", parameters.to_vec());
        let links: Vec<String> = passings(&definition, &parameters, false)
            .iter()
            .map(Passing::link)
            .collect();
        assert_eq!(
            links,
            [
                "positional(a)",
                "given(\"b\", b)",
                "more(rest)",
                "named(\"key\", key)",
                "given_named(\"limit\", limit)",
                "more_named(more)"
            ]
        );
    }

    #[test]
    fn a_mutated_parameter_is_known_by_its_mangled_name_too() {
        let floats = PythonType::List(Box::new(PythonType::Float));
        let mut definition = method("Grid", function("step", vec![]));
        definition.mutated_parameters = vec!["__cells".to_owned()];
        let parameters = [annotated("_Grid__cells", "list[float]", floats)];
        let passings = passings(&definition, &parameters, true);
        assert_eq!(passings[0].native_type, "&Bound<'_, PyList>");
    }
}
