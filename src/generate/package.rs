//! The Python half of a crate: what the package exports, and its stub.

use std::collections::BTreeSet;

use serde::Serialize;

use super::names::{exported, extension_can_export, free, rust_can_say};
use super::typing::promised_result;
use super::{escape, signature, types};
use crate::source::{Binding, Definition, Form, Parameter};

/// What `__init__.py` and `__init__.pyi` print.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Package {
    /// The function's name in the package.
    pub(super) exported: String,
    /// The import of the extension module, or from it.
    pub(super) import_native: String,
    /// The Python function before the Rust function, where one is needed.
    pub(super) wrapper: Option<Wrapper>,
    /// `def name(…) -> …: ...`.
    pub(super) stub: String,
}

/// A Python function that calls the Rust function: it has the names that Rust can't say, becomes a method, a
/// generator or a coroutine where a builtin function would not.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Wrapper {
    /// The import of the module that keeps the original.
    import_original: String,
    /// `def name(…):`.
    declaration: String,
    docstring: Option<String>,
    body: String,
    /// The parameters as `inspect` is to show them, where the declaration has other defaults.
    shown: Option<String>,
}

/// Whether `PyO3` alone can't give the function the binding, form and names that it has in Python.
pub(super) fn needs_wrapper(definition: &Definition, parameters: &[Parameter]) -> bool {
    let is_bound = !matches!(
        definition.binding,
        Binding::Function | Binding::StaticMethod
    );
    let suspends = matches!(definition.form, Form::Generator | Form::Coroutine);
    let has_nul = |docstring: &String| docstring.contains('\0');
    is_bound
        || suspends
        || !extension_can_export(&definition.name)
        || !parameters
            .iter()
            .all(|parameter| rust_can_say(&parameter.name))
        || definition.docstring.as_ref().is_some_and(has_nul)
}

impl Package {
    pub(super) fn new(definition: &Definition, parameters: &[Parameter], wrapped: bool) -> Self {
        let name = exported(&definition.name);
        let taken: BTreeSet<String> = parameters.iter().map(|it| it.name.clone()).collect();
        let native = free("_native", "", &taken);
        let import_native = if wrapped {
            imported("from .", "_native", &native)
        } else {
            imported("from ._native", &definition.name, &name)
        };
        Self {
            wrapper: wrapped.then(|| Wrapper::new(definition, parameters, &name, &native, &taken)),
            stub: stub(definition, parameters, &name),
            import_native,
            exported: name,
        }
    }
}

impl Wrapper {
    fn new(
        definition: &Definition,
        parameters: &[Parameter],
        name: &str,
        native: &str,
        taken: &BTreeSet<String>,
    ) -> Self {
        let original = free("_original", "", taken);
        let arguments: Vec<&str> = parameters.iter().map(|it| it.name.as_str()).collect();
        let call = format!("{native}.call({})", arguments.join(", "));
        let (keyword, body) = match definition.form {
            Form::Plain | Form::AsyncGenerator => ("def", format!("return {call}")),
            Form::Generator => ("def", format!("return (yield from {call})")),
            Form::Coroutine => (
                "async def",
                format!("return await {original}.settled({call})"),
            ),
        };
        let declared = signature::with_default(parameters, &format!("{native}.MISSING"));
        let has_default = parameters
            .iter()
            .any(|parameter| parameter.default.is_some());
        Self {
            import_original: imported("from .", "_original", &original),
            declaration: format!("{keyword} {name}({declared}):"),
            docstring: definition.docstring.as_deref().map(docstring),
            body,
            shown: has_default.then(|| signature::as_inspected(parameters)),
        }
    }
}

fn imported(from: &str, name: &str, alias: &str) -> String {
    if name == alias {
        format!("{from} import {name}")
    } else {
        format!("{from} import {name} as {alias}")
    }
}

/// A string literal in a function's body, a line of it for each line of the text.
fn docstring(text: &str) -> String {
    let lines: Vec<String> = text
        .split_inclusive('\n')
        .map(escape::python_string)
        .collect();
    match lines.as_slice() {
        [] => "\"\"".to_owned(),
        [line] => line.clone(),
        lines => format!("(\n        {}\n    )", lines.join("\n        ")),
    }
}

fn stub(definition: &Definition, parameters: &[Parameter], name: &str) -> String {
    let keyword = match definition.form {
        Form::Coroutine => "async def",
        Form::Plain | Form::Generator | Form::AsyncGenerator => "def",
    };
    let returns = types::stub(&promised_result(definition));
    format!(
        "{keyword} {name}({}) -> {returns}: ...",
        signature::as_stub(parameters)
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples::{function, method, plain, with_literal, with_text};
    use super::*;
    use crate::source::Literal;

    fn package(definition: &Definition) -> Package {
        let wrapped = needs_wrapper(definition, &definition.parameters);
        Package::new(definition, &definition.parameters, wrapped)
    }

    fn declaration(definition: &Definition) -> Option<String> {
        package(definition)
            .wrapper
            .map(|wrapper| wrapper.declaration)
    }

    #[test]
    fn a_plain_function_is_exported_as_it_is() {
        let package = package(&function("clean", vec![plain("text")]));
        assert_eq!(package.wrapper, None);
        assert_eq!(package.import_native, "from ._native import clean");
    }

    #[test]
    fn a_method_gets_a_python_function_that_binds() {
        let step = function(
            "step",
            vec![plain("self"), with_literal("n", Literal::Int(1))],
        );
        let wrapper = package(&method("Grid", step)).wrapper.expect("a wrapper");
        assert_eq!(wrapper.declaration, "def step(self, n=_native.MISSING):");
        assert_eq!(wrapper.body, "return _native.call(self, n)");
        assert_eq!(wrapper.shown.as_deref(), Some("self, n=1"));
    }

    #[test]
    fn names_that_rust_cannot_say_get_one_too() {
        for name in ["self", "_", "größe", "Some"] {
            let declared = declaration(&function("f", vec![plain(name)]));
            assert_eq!(declared, Some(format!("def f({name}):")));
        }
        assert!(declaration(&function("λ", vec![])).is_some());
    }

    #[test]
    fn a_parameter_never_hides_what_the_wrapper_needs() {
        let mut fetch = function("fetch", vec![plain("_native"), plain("_original")]);
        fetch.form = Form::Coroutine;
        let package = package(&fetch);
        assert_eq!(package.import_native, "from . import _native as _native_2");
        let body = package.wrapper.map(|wrapper| wrapper.body);
        let expected = "return await _original_2.settled(_native_2.call(_native, _original))";
        assert_eq!(body.as_deref(), Some(expected));
    }

    #[test]
    fn a_name_that_the_package_needs_is_changed_in_it_alone() {
        let package = package(&function("replacing", vec![]));
        assert_eq!(
            package.import_native,
            "from ._native import replacing as replacing_"
        );
        assert_eq!(package.stub, "def replacing_() -> Any: ...");
    }

    #[test]
    fn a_docstring_stays_inside_its_literal() {
        assert_eq!(docstring("one"), r#""one""#);
        assert_eq!(
            docstring("\"\"\"\nb\\"),
            "(\n        \"\\\"\\\"\\\"\\n\"\n        \"b\\\\\"\n    )"
        );
    }

    #[test]
    fn a_stub_names_no_type_that_it_does_not_know() {
        let definition = function("f", vec![plain("a"), with_text("b", "LIMIT")]);
        assert_eq!(
            package(&definition).stub,
            "def f(a: Any, b: Any = ...) -> Any: ..."
        );
    }
}
