//! Arguments to try the original and the Rust function with, from the types that the signature tells.

use std::collections::BTreeSet;

use super::signature::{self, python_type};
use crate::source::{Parameter, ParameterKind, PythonType};

/// How many examples a test file gets at most.
const MOST: usize = 64;

/// What a parameter may be as well whose type was only seen.
const STRANGERS: [&str; 5] = ["None", "7", "2.5", "\"kitten\"", "[3, 1, 2]"];

/// Calls as Python writes them: `call(1, key="x")`. The first value of each parameter is an ordinary one. Defaults are
/// left to Python first; then come values of a kind that differ, equal ones, and each value beside ordinary ones.
///
/// `declared` are the parameters as the source has them, `parameters` the same with the types that were seen.
pub(super) fn calls(declared: &[Parameter], parameters: &[Parameter]) -> Vec<String> {
    let both = declared.iter().zip(parameters);
    let pools: Vec<Vec<String>> = both
        .map(|(declared, typed)| pool(declared, typed))
        .collect();
    let longest = pools.iter().map(Vec::len).max().unwrap_or(0);
    let ordinary = vec![0; parameters.len()];
    let one_changed = (0..parameters.len()).flat_map(|place| {
        let ordinary = &ordinary;
        (1..pools[place].len()).map(move |value| {
            let mut row = ordinary.clone();
            row[place] = value;
            row
        })
    });
    let different = (0..longest).map(|value| (value..value + parameters.len()).collect());
    let equal = (1..longest).map(|value| vec![value; parameters.len()]);
    let rows = std::iter::once(ordinary.clone())
        .chain(different)
        .chain(equal)
        .chain(one_changed);

    let required = call(parameters, &pools, &ordinary, |parameter| {
        parameter.default.is_none()
    });
    let with_all = rows.map(|row| call(parameters, &pools, &row, |_| true));
    let mut seen = BTreeSet::new();
    std::iter::once(required)
        .chain(with_all)
        .filter(|call| seen.insert(call.clone()))
        .take(MOST)
        .collect()
}

/// A call with the values of a row, which come round where a pool is shorter.
fn call(
    parameters: &[Parameter],
    pools: &[Vec<String>],
    row: &[usize],
    is_given: impl Fn(&Parameter) -> bool,
) -> String {
    let mut arguments = Vec::new();
    // After an argument that is left out, others can only be given by name.
    let mut by_name = false;
    for ((parameter, pool), value) in parameters.iter().zip(pools).zip(row) {
        let is_given = is_given(parameter) && !pool.is_empty();
        by_name |= !is_given || parameter.kind == ParameterKind::KeywordOnly;
        if !is_given {
            continue;
        }
        let value = &pool[value % pool.len()];
        arguments.push(if by_name {
            format!("{}={value}", parameter.name)
        } else {
            value.clone()
        });
    }
    format!("call({})", arguments.join(", "))
}

/// Values to try: an ordinary one first, the default after it.
fn pool(declared: &Parameter, parameter: &Parameter) -> Vec<String> {
    if matches!(
        parameter.kind,
        ParameterKind::VarPositional | ParameterKind::VarKeyword
    ) {
        return Vec::new();
    }
    let mut pool = values(&python_type(parameter));
    let literal = parameter
        .default
        .as_ref()
        .and_then(|it| it.literal.as_ref());
    if let Some(literal) = literal {
        pool.insert(1, signature::literal(literal));
    }
    let is_seen = declared.annotation.is_none() && parameter.annotation.is_some();
    if is_seen && python_type(parameter) != PythonType::Other {
        pool.extend(STRANGERS.map(str::to_owned));
    }
    pool
}

fn values(python_type: &PythonType) -> Vec<String> {
    let texts: &[&str] = match python_type {
        PythonType::None => &["None", "0"],
        PythonType::Bool => &["True", "False", "1"],
        PythonType::Int => &["3", "0", "1", "-1", "10", "2**63", "True"],
        PythonType::Float => &[
            "1.5",
            "0.0",
            "-0.0",
            "-2.25",
            "1e300",
            "5e-324",
            "float(\"inf\")",
            "float(\"nan\")",
            "2",
        ],
        PythonType::Str => &[
            "\"kitten 12\"",
            "\"\"",
            "\"a\"",
            "\"Sitting,12\"",
            "\"Äpfel λ 🦀\"",
            "\"\\ud800\"",
            "\" \\t\\n\"",
        ],
        PythonType::Bytes => &[
            "b\"kitten\"",
            "b\"\"",
            "b\"\\x00\\xff\"",
            "bytes(range(256))",
        ],
        // Two of a kind stand side by side, so that neighbours in a call get different values of one type.
        PythonType::Other => &[
            "\"kitten\"",
            "\"sitting 12\"",
            "[3, 1, 2]",
            "[1, 2, 5, 9]",
            "4",
            "7",
            "2.5",
            "-0.5",
            "[\"a\", \"b\"]",
            "[\"b\", \"c\"]",
            "[[1.0, 2.0], [3.0, 4.0]]",
            "{\"a\": 1, \"b\": 2}",
            "{\"b\": 3}",
            "b\"kitten\"",
            "(1, \"a\")",
            "\"\"",
            "[]",
            "None",
            "True",
        ],
        compound => return compound_values(compound),
    };
    texts.iter().map(|&text| text.to_owned()).collect()
}

fn compound_values(python_type: &PythonType) -> Vec<String> {
    let joined = |parts: &[String]| parts.join(", ");
    match python_type {
        PythonType::Optional(inner) => {
            let mut values = values(inner);
            values.insert(1, "None".to_owned());
            values
        }
        PythonType::List(inner) => {
            let inner = values(inner);
            let some = joined(&inner[..inner.len().min(3)]);
            vec![
                format!("[{some}]"),
                "[]".to_owned(),
                format!("[{}]", inner[0]),
                format!("[{}]", joined(&inner)),
            ]
        }
        PythonType::Set(inner) => {
            let inner = hashable_values(inner);
            vec![
                format!("{{{}}}", joined(&inner[..inner.len().min(3)])),
                "set()".to_owned(),
                format!("{{{}}}", joined(&inner)),
            ]
        }
        PythonType::Dict(key, value) => {
            let (keys, values) = (hashable_values(key), values(value));
            let items: Vec<String> = keys
                .iter()
                .zip(values.iter().cycle())
                .map(|(key, value)| format!("{key}: {value}"))
                .collect();
            vec![
                format!("{{{}}}", joined(&items[..items.len().min(3)])),
                "{}".to_owned(),
                format!("{{{}}}", joined(&items)),
            ]
        }
        PythonType::Tuple(parts) => tuples(parts),
        plain => values(plain),
    }
}

/// Values that a set and a dictionary's keys can be.
fn hashable_values(python_type: &PythonType) -> Vec<String> {
    let mut values = values(python_type);
    values.retain(|value| !value.contains(['[', '{']) && !value.contains("set()"));
    values
}

/// A tuple of first values, one of second values, and so on.
fn tuples(parts: &[PythonType]) -> Vec<String> {
    let pools: Vec<Vec<String>> = parts.iter().map(values).collect();
    let longest = pools.iter().map(Vec::len).max().unwrap_or(1);
    (0..longest)
        .map(|value| {
            let parts: Vec<&str> = pools
                .iter()
                .map(|pool| pool[value % pool.len()].as_str())
                .collect();
            let comma = if parts.len() == 1 { "," } else { "" };
            format!("({}{comma})", parts.join(", "))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::samples::{annotated, parameter, with_literal};
    use super::*;
    use crate::source::Literal;

    #[test]
    fn the_required_arguments_come_first_and_alone() {
        let mut scale = with_literal("scale", Literal::Int(7));
        scale.annotation = annotated("scale", "int", PythonType::Int).annotation;
        let mut exact = annotated("exact", "bool", PythonType::Bool);
        exact.kind = ParameterKind::KeywordOnly;
        let parameters = [annotated("x", "float", PythonType::Float), scale, exact];
        let calls = calls(&parameters, &parameters);
        assert_eq!(calls[0], "call(1.5, exact=True)");
        assert_eq!(calls[1], "call(1.5, 3, exact=True)");
        assert!(calls.contains(&"call(1.5, 7, exact=True)".to_owned()));
        assert!(calls.contains(&"call(1.5, 2**63, exact=True)".to_owned()));
        assert!(calls.contains(&"call(float(\"nan\"), 3, exact=True)".to_owned()));
    }

    #[test]
    fn a_type_that_was_only_seen_is_no_promise() {
        let typed = annotated("x", "bool", PythonType::Bool);
        let calls = calls(&[parameter("x", typed.kind)], &[typed]);
        assert_eq!(calls[0], "call(True)");
        assert!(calls.contains(&"call(2.5)".to_owned()), "{calls:?}");
    }

    #[test]
    fn a_function_without_parameters_is_called_once() {
        assert_eq!(calls(&[], &[]), ["call()"]);
        let rest = [parameter("args", ParameterKind::VarPositional)];
        assert_eq!(calls(&rest, &rest), ["call()"]);
    }

    #[test]
    fn no_example_is_given_twice_and_their_number_is_bounded() {
        let many: Vec<Parameter> = ["a", "b", "c", "d", "e", "f", "g"]
            .iter()
            .map(|name| parameter(name, ParameterKind::PositionalOrKeyword))
            .collect();
        let calls = calls(&many, &many);
        assert_eq!(calls.len(), MOST);
        assert_eq!(calls.iter().collect::<BTreeSet<_>>().len(), MOST);
    }

    #[test]
    fn elements_are_of_the_elements_type() {
        let pairs = PythonType::Tuple(vec![PythonType::Bool, PythonType::Bool]);
        let lists = PythonType::List(Box::new(pairs));
        assert_eq!(values(&lists)[0], "[(True, True), (False, False), (1, 1)]");
        let names = PythonType::Dict(Box::new(PythonType::Bool), Box::new(PythonType::None));
        assert_eq!(values(&names)[0], "{True: None, False: 0, 1: None}");
    }

    #[test]
    fn nothing_unhashable_is_put_into_a_set() {
        let any = PythonType::Set(Box::new(PythonType::Other));
        assert_eq!(
            values(&any)[2],
            r#"{"kitten", "sitting 12", 4, 7, 2.5, -0.5, b"kitten", (1, "a"), "", None, True}"#
        );
    }
}
