//! Whether what was seen is what an annotation says.

use crate::observation::{MOST_ELEMENTS, Type};
use crate::source::PythonType;

/// How a seen type stands to an annotation; the worst comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Agreement {
    /// It is what the annotation says, or nothing can be said against it.
    Agrees,
    /// Typing lets a caller pass it: an `int` where `float` is written (PEP 484, "The numeric tower"), a `bool`, which
    /// is an `int`. A Rust type that takes nothing else does not.
    Tolerated,
    /// The annotation leaves it out.
    Contradicts,
}

/// How a seen type stands to what an annotation means. What has no exact meaning here, and a type that may be a
/// subclass, contradicts nothing.
pub(super) fn agreement(annotated: &PythonType, seen: &Type) -> Agreement {
    use Agreement::{Agrees, Contradicts, Tolerated};
    match (annotated, seen) {
        (PythonType::Other, _)
        | (_, Type::Other(_))
        | (PythonType::None | PythonType::Optional(_), Type::None)
        | (PythonType::Bool, Type::Bool)
        | (PythonType::Int, Type::Int)
        | (PythonType::Float, Type::Float)
        | (PythonType::Str, Type::Str)
        | (PythonType::Bytes, Type::Bytes) => Agrees,
        (PythonType::Int, Type::Bool) | (PythonType::Float, Type::Bool | Type::Int) => Tolerated,
        (PythonType::Optional(inner), seen) => agreement(inner, seen),
        (PythonType::List(inner), Type::List(of)) | (PythonType::Set(inner), Type::Set(of)) => {
            of_all(inner, of)
        }
        (PythonType::Dict(key, value), Type::Dict(keys, values)) => {
            of_all(key, keys).max(of_all(value, values))
        }
        (PythonType::Tuple(parts), Type::Tuple(of)) if parts.len() == of.len() => {
            let places = parts.iter().zip(of);
            places
                .map(|(part, seen)| agreement(part, seen))
                .max()
                .unwrap_or(Agrees)
        }
        // Which element of a long tuple stands where is not seen.
        (PythonType::Tuple(parts), Type::LongTuple(_)) if parts.len() > MOST_ELEMENTS => Agrees,
        _ => Contradicts,
    }
}

fn of_all(annotated: &PythonType, seen: &[Type]) -> Agreement {
    let each = seen.iter().map(|seen| agreement(annotated, seen));
    each.max().unwrap_or(Agreement::Agrees)
}

#[cfg(test)]
mod tests {
    use super::super::common_type::common_type;
    use super::super::sample_types::types;
    use super::Agreement::{Agrees, Contradicts, Tolerated};
    use super::*;

    /// The annotation is written as a seen type; `Any` stands for what has no exact meaning.
    #[track_caller]
    fn check(annotation: &str, seen: &str, expected: Agreement) {
        let annotated = common_type(&types(annotation)).expect("a type").python_type;
        let worst = of_all(&annotated, &types(seen));
        assert_eq!(worst, expected, "{annotation}: {seen}");
    }

    #[test]
    fn a_type_agrees_with_itself_and_contradicts_others() {
        check("int", "int", Agrees);
        check("int", "str", Contradicts);
        check("int", "float", Contradicts);
        check("bool", "int", Contradicts);
        check("str", "None | str", Contradicts);
        check("None", "int", Contradicts);
        check("list[int]", "tuple[int, int]", Contradicts);
        check("set[int]", "frozenset[int]", Contradicts);
        check("list[float]", "float64[:]", Contradicts);
    }

    #[test]
    fn what_is_inside_is_compared_too() {
        check("list[int]", "list | list[int]", Agrees);
        check("list[int]", "list[int | str]", Contradicts);
        check("dict[str, list[int]]", "dict[str, list[str]]", Contradicts);
        check("dict[str, int]", "dict[int, int]", Contradicts);
        check("tuple[int, str]", "tuple[int, str]", Agrees);
        check("tuple[int, str]", "tuple[int, int]", Contradicts);
        check("tuple[int, str]", "tuple[int]", Contradicts);
        check("tuple[int, str]", "tuple[int, ...]", Contradicts);
    }

    #[test]
    fn the_numeric_tower_is_tolerated() {
        check("float", "int", Tolerated);
        check("float", "float | bool", Tolerated);
        check("int", "bool", Tolerated);
        check("list[float]", "list[int | float]", Tolerated);
        check("float", "int | str", Contradicts);
    }

    #[test]
    fn what_an_annotation_allows_does_not_contradict_it() {
        check("int | None", "None | int", Agrees);
        check("int | None", "str", Contradicts);
        check("int | str", "bytes | None", Agrees);
        check("int | str | None", "bytes", Agrees);
        check("Any", "None | list[int]", Agrees);
        check("list", "list[str]", Agrees);
        check("list", "dict", Contradicts);
    }

    #[test]
    fn a_type_that_may_be_a_subclass_contradicts_nothing() {
        check("int", "enum.IntEnum", Agrees);
        check("dict[str, int]", "collections.OrderedDict", Agrees);
        check("list[int]", "list[numpy.int64]", Agrees);
    }
}
