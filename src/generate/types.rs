//! Which Rust type an annotated Python type becomes, and how a stub writes it.

use crate::source::PythonType;

/// The longest tuple that the guards know.
const LONGEST_TUPLE: usize = 6;

/// The type of a parameter of the Rust function. What the function changes in place, and what has no Rust type,
/// stays the Python object.
pub(super) fn parameter(python_type: &PythonType, is_mutated: bool) -> String {
    match python_type {
        PythonType::Optional(inner) if holds_object(inner, is_mutated) => {
            object(inner).map_or_else(any, |object| format!("Option<{object}>"))
        }
        PythonType::Optional(inner) => format!("Option<{}>", parameter(inner, is_mutated)),
        other if holds_object(other, is_mutated) => object(other).unwrap_or_else(any),
        PythonType::Str => "&str".to_owned(),
        PythonType::Bytes => "&[u8]".to_owned(),
        other => element(other).unwrap_or_else(any),
    }
}

/// The type of the Rust function's result.
pub(super) fn returned(python_type: &PythonType) -> String {
    match python_type {
        PythonType::None => "()".to_owned(),
        other => owned(other).unwrap_or_else(|| "Py<PyAny>".to_owned()),
    }
}

/// The type in a stub.
pub(super) fn stub(python_type: &PythonType) -> String {
    match python_type {
        PythonType::None => "None".to_owned(),
        PythonType::Bool => "bool".to_owned(),
        PythonType::Int => "int".to_owned(),
        PythonType::Float => "float".to_owned(),
        PythonType::Str => "str".to_owned(),
        PythonType::Bytes => "bytes".to_owned(),
        PythonType::List(inner) => format!("list[{}]", stub(inner)),
        PythonType::Set(inner) => format!("set[{}]", stub(inner)),
        PythonType::Tuple(inner) if inner.is_empty() => "tuple[()]".to_owned(),
        PythonType::Tuple(inner) => {
            let inner: Vec<String> = inner.iter().map(stub).collect();
            format!("tuple[{}]", inner.join(", "))
        }
        PythonType::Dict(key, value) => format!("dict[{}, {}]", stub(key), stub(value)),
        PythonType::Optional(inner) => format!("{} | None", stub(inner)),
        PythonType::Other => "Any".to_owned(),
    }
}

/// What a file that names these types must import, sorted.
pub(super) fn imports(types: &[String]) -> Vec<&'static str> {
    const IMPORTS: [(&str, &str); 8] = [
        ("Dict<", "crate::guard::Dict"),
        ("Set<", "crate::guard::Set"),
        ("PyBackedBytes", "pyo3::pybacked::PyBackedBytes"),
        ("PyBackedStr", "pyo3::pybacked::PyBackedStr"),
        ("PyDict", "pyo3::types::PyDict"),
        ("PyList", "pyo3::types::PyList"),
        ("PySet", "pyo3::types::PySet"),
        ("PyTuple", "pyo3::types::PyTuple"),
    ];
    let mut imports: Vec<&str> = IMPORTS
        .iter()
        .filter(|(word, _)| types.iter().any(|text| text.contains(word)))
        .map(|(_, import)| *import)
        .collect();
    imports.push("pyo3::prelude::*");
    imports.sort_unstable();
    imports
}

fn holds_object(python_type: &PythonType, is_mutated: bool) -> bool {
    let is_container = object(python_type).is_some();
    (is_mutated && is_container) || element(python_type).is_none()
}

/// A container that stays a Python object.
fn object(python_type: &PythonType) -> Option<String> {
    let name = match python_type {
        PythonType::List(_) => "PyList",
        PythonType::Dict(..) => "PyDict",
        PythonType::Set(_) => "PySet",
        PythonType::Tuple(_) => "PyTuple",
        _ => return None,
    };
    Some(format!("&Bound<'_, {name}>"))
}

fn any() -> String {
    "&Bound<'_, PyAny>".to_owned()
}

/// A value inside a container: it holds nothing borrowed. Text and bytes stay where Python has them, which takes
/// a third of the time of a copy.
fn element(python_type: &PythonType) -> Option<String> {
    match python_type {
        PythonType::Str => Some("PyBackedStr".to_owned()),
        PythonType::Bytes => Some("PyBackedBytes".to_owned()),
        other => compound(other, &element),
    }
}

/// A value that Rust made.
fn owned(python_type: &PythonType) -> Option<String> {
    match python_type {
        PythonType::Str => Some("String".to_owned()),
        // Of all vectors this one becomes `bytes` and not a `list`.
        PythonType::Bytes => Some("Vec<u8>".to_owned()),
        other => compound(other, &owned),
    }
}

fn compound(
    python_type: &PythonType,
    part: &dyn Fn(&PythonType) -> Option<String>,
) -> Option<String> {
    Some(match python_type {
        PythonType::Bool => "bool".to_owned(),
        PythonType::Int => "i64".to_owned(),
        PythonType::Float => "f64".to_owned(),
        PythonType::List(inner) => format!("Vec<{}>", part(inner)?),
        PythonType::Set(inner) => format!("Set<{}>", part(inner)?),
        PythonType::Dict(key, value) => format!("Dict<{}, {}>", part(key)?, part(value)?),
        PythonType::Optional(inner) => format!("Option<{}>", part(inner)?),
        PythonType::Tuple(inner) if (1..=LONGEST_TUPLE).contains(&inner.len()) => {
            let parts: Option<Vec<String>> = inner.iter().map(part).collect();
            let comma = if inner.len() == 1 { "," } else { "" };
            format!("({}{comma})", parts?.join(", "))
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(inner: PythonType) -> PythonType {
        PythonType::List(Box::new(inner))
    }

    fn optional(inner: PythonType) -> PythonType {
        PythonType::Optional(Box::new(inner))
    }

    fn dict(key: PythonType, value: PythonType) -> PythonType {
        PythonType::Dict(Box::new(key), Box::new(value))
    }

    #[test]
    fn plain_types_become_plain_types() {
        assert_eq!(parameter(&PythonType::Int, false), "i64");
        assert_eq!(parameter(&PythonType::Str, false), "&str");
        assert_eq!(parameter(&PythonType::Bytes, false), "&[u8]");
        assert_eq!(parameter(&optional(PythonType::Str), false), "Option<&str>");
        assert_eq!(parameter(&PythonType::None, false), "&Bound<'_, PyAny>");
        assert_eq!(parameter(&PythonType::Other, false), "&Bound<'_, PyAny>");
    }

    #[test]
    fn elements_hold_nothing_borrowed() {
        assert_eq!(parameter(&list(PythonType::Str), false), "Vec<PyBackedStr>");
        let pairs = dict(PythonType::Bytes, optional(PythonType::Str));
        assert_eq!(
            parameter(&pairs, false),
            "Dict<PyBackedBytes, Option<PyBackedStr>>"
        );
        let tuple = PythonType::Tuple(vec![PythonType::Int, list(PythonType::Bool)]);
        assert_eq!(parameter(&tuple, false), "(i64, Vec<bool>)");
        let single = PythonType::Tuple(vec![PythonType::Int]);
        assert_eq!(parameter(&single, false), "(i64,)");
    }

    #[test]
    fn what_is_changed_in_place_stays_the_python_object() {
        let floats = list(PythonType::Float);
        assert_eq!(parameter(&floats, true), "&Bound<'_, PyList>");
        assert_eq!(
            parameter(&optional(floats), true),
            "Option<&Bound<'_, PyList>>"
        );
        assert_eq!(parameter(&PythonType::Float, true), "f64");
    }

    #[test]
    fn what_holds_an_unknown_type_stays_the_python_object() {
        assert_eq!(
            parameter(&list(PythonType::Other), false),
            "&Bound<'_, PyList>"
        );
        assert_eq!(
            parameter(&optional(PythonType::Other), false),
            "&Bound<'_, PyAny>"
        );
        let long = PythonType::Tuple(vec![PythonType::Int; 7]);
        assert_eq!(parameter(&long, false), "&Bound<'_, PyTuple>");
    }

    #[test]
    fn a_result_is_owned() {
        assert_eq!(returned(&PythonType::None), "()");
        assert_eq!(returned(&PythonType::Bytes), "Vec<u8>");
        assert_eq!(returned(&list(PythonType::Int)), "Vec<i64>");
        assert_eq!(
            returned(&dict(PythonType::Str, PythonType::Float)),
            "Dict<String, f64>"
        );
        assert_eq!(returned(&list(PythonType::Other)), "Py<PyAny>");
        assert_eq!(
            returned(&PythonType::Tuple(vec![PythonType::None])),
            "Py<PyAny>"
        );
    }

    #[test]
    fn a_stub_says_what_it_knows() {
        let known = PythonType::Tuple(vec![optional(PythonType::Int), list(PythonType::Other)]);
        assert_eq!(stub(&known), "tuple[int | None, list[Any]]");
    }

    #[test]
    fn only_what_is_named_is_imported() {
        let types = ["Vec<PyBackedStr>".to_owned(), "Dict<i64, i64>".to_owned()];
        assert_eq!(
            imports(&types),
            [
                "crate::guard::Dict",
                "pyo3::prelude::*",
                "pyo3::pybacked::PyBackedStr"
            ]
        );
    }
}
