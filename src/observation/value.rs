//! One value, as far as it is looked into.

use std::fmt;

/// So many elements of a container are looked at, at most.
pub const MOST_ELEMENTS: usize = 8;

/// A value: its type, and how large it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// Its type.
    pub of_type: Type,
    /// How many elements, characters or bytes it has; of an `int` how many bits its amount takes; of an array its
    /// elements in all dimensions. None where the type has no size.
    pub size: Option<u64>,
}

/// The exact type of a value. A subclass of a builtin is [`Type::Other`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// `None`.
    None,
    /// `bool`.
    Bool,
    /// `int`.
    Int,
    /// `float`.
    Float,
    /// `str`.
    Str,
    /// `bytes`.
    Bytes,
    /// `list`, with the types of the elements that were looked at, each once, in order of this enum.
    List(Vec<Type>),
    /// `tuple` of at most [`MOST_ELEMENTS`] elements, with the type of each.
    Tuple(Vec<Type>),
    /// A longer `tuple`, with the types of the elements that were looked at, each once, in order.
    LongTuple(Vec<Type>),
    /// `set`, likewise.
    Set(Vec<Type>),
    /// `frozenset`, likewise.
    FrozenSet(Vec<Type>),
    /// `dict`, with the types of keys and values, likewise.
    Dict(Vec<Type>, Vec<Type>),
    /// `numpy.ndarray`.
    Array {
        /// As NumPy names it: `float64`; `?` for one that is not a plain number.
        dtype: String,
        /// How many dimensions it has.
        dimensions: u64,
    },
    /// Any other, by its `tp_name`: `Decimal`, `collections.OrderedDict`; also a container too deep inside others
    /// to be looked into.
    Other(String),
}

impl fmt::Display for Type {
    /// As an annotation writes it: `dict[str, list[int]]`, `float64[:, :]` for an array.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Bool => f.write_str("bool"),
            Self::Int => f.write_str("int"),
            Self::Float => f.write_str("float"),
            Self::Str => f.write_str("str"),
            Self::Bytes => f.write_str("bytes"),
            Self::List(of) => container(f, "list", &[either(of)]),
            Self::Tuple(of) if of.is_empty() => f.write_str("tuple[()]"),
            Self::Tuple(of) => container(
                f,
                "tuple",
                &of.iter()
                    .map(|one| Some(one.to_string()))
                    .collect::<Vec<_>>(),
            ),
            Self::LongTuple(of) => container(f, "tuple", &[either(of), Some("...".into())]),
            Self::Set(of) => container(f, "set", &[either(of)]),
            Self::FrozenSet(of) => container(f, "frozenset", &[either(of)]),
            Self::Dict(keys, values) => container(f, "dict", &[either(keys), either(values)]),
            Self::Array { dtype, dimensions } => {
                let axes = usize::try_from(*dimensions).unwrap_or(0).min(MOST_ELEMENTS);
                write!(f, "{dtype}[{}]", vec![":"; axes].join(", "))
            }
            Self::Other(name) => f.write_str(name),
        }
    }
}

/// The bare name where nothing is known of what is inside.
fn container(f: &mut fmt::Formatter<'_>, name: &str, inside: &[Option<String>]) -> fmt::Result {
    let known: Option<Vec<&str>> = inside.iter().map(Option::as_deref).collect();
    match known {
        Some(known) => write!(f, "{name}[{}]", known.join(", ")),
        None => f.write_str(name),
    }
}

/// `int | None`, and nothing for nothing.
fn either(types: &[Type]) -> Option<String> {
    let texts: Vec<String> = types.iter().map(Type::to_string).collect();
    (!texts.is_empty()).then(|| texts.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_read_as_annotations() {
        let check = |of_type: &Type, expected: &str| assert_eq!(of_type.to_string(), expected);
        let ints = Type::List(vec![Type::None, Type::Int]);
        check(
            &Type::Dict(vec![Type::Str], vec![ints]),
            "dict[str, list[None | int]]",
        );
        check(&Type::List(vec![]), "list");
        check(&Type::Tuple(vec![]), "tuple[()]");
        check(&Type::Tuple(vec![Type::Int, Type::Str]), "tuple[int, str]");
        check(&Type::LongTuple(vec![Type::Int]), "tuple[int, ...]");
        let dtype = "float64".to_owned();
        check(
            &Type::Array {
                dtype,
                dimensions: 2,
            },
            "float64[:, :]",
        );
    }
}
