//! What a value is, as far as the kind of code asks: a number, a text, a container of such, an object.

use super::PythonType;
use crate::observation::{MOST_ELEMENTS, Seen, Type};

/// What a value is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// Nothing is known.
    #[default]
    Unknown,
    /// `int`, `float`, `bool`, `complex`.
    Number,
    /// `str`, `bytes`.
    Text,
    /// A list or what else is walked in order, with what its elements are.
    List(Box<Shape>),
    /// A tuple, with what each element is.
    Tuple(Vec<Shape>),
    /// A `dict` or `set`, with what keys and values are.
    Table(Box<Shape>, Box<Shape>),
    /// Any other object, with the bare name of its class; empty where that is not known.
    Object(String),
}

impl Shape {
    pub(super) fn list(of: Self) -> Self {
        Self::List(Box::new(of))
    }

    pub(super) fn object(class: &str) -> Self {
        Self::Object(class.to_owned())
    }

    pub(super) fn table(keys: Self, values: Self) -> Self {
        Self::Table(Box::new(keys), Box::new(values))
    }

    /// The same without what is inside of more levels: names that stand for pairs of names would double it each time.
    pub(super) fn pruned(self, levels: u32) -> Self {
        let Some(left) = levels.checked_sub(1) else {
            return Self::Unknown;
        };
        match self {
            Self::List(of) => Self::list(of.pruned(left)),
            Self::Tuple(of) => {
                let of = of.into_iter().take(MOST_ELEMENTS);
                Self::Tuple(of.map(|it| it.pruned(left)).collect())
            }
            Self::Table(keys, values) => Self::table(keys.pruned(left), values.pruned(left)),
            plain => plain,
        }
    }

    /// What walking it gives, one by one.
    pub(super) fn item(&self) -> Self {
        match self {
            Self::Text => Self::Text,
            Self::List(of) => (**of).clone(),
            Self::Tuple(of) => common(of.iter().cloned()),
            Self::Table(keys, _) => (**keys).clone(),
            Self::Unknown | Self::Number | Self::Object(_) => Self::Unknown,
        }
    }

    /// What `x[i]` gives.
    pub(super) fn element(&self) -> Self {
        match self {
            Self::Table(_, values) => (**values).clone(),
            _ => self.item(),
        }
    }

    /// What stands in a place of it, where it is taken apart: `a, b = x`.
    pub(super) fn part(&self, place: usize) -> Self {
        match self {
            Self::Tuple(of) => of.get(place).cloned().unwrap_or_default(),
            _ => self.item(),
        }
    }

    /// What a variable was seen to be most of the time, `None` apart.
    pub fn of_seen(seen: &Seen) -> Self {
        let some = seen.types().filter(|(of_type, ..)| **of_type != Type::None);
        // Of equally frequent ones the first in the order of types.
        let most = some.reduce(|most, one| if one.1 > most.1 { one } else { most });
        most.map_or(Self::Unknown, |(of_type, ..)| Self::of_type(of_type))
    }

    fn of_type(of_type: &Type) -> Self {
        let each = |types: &[Type]| common(types.iter().map(Self::of_type));
        match of_type {
            Type::None => Self::Unknown,
            Type::Bool | Type::Int | Type::Float => Self::Number,
            Type::Str | Type::Bytes => Self::Text,
            Type::List(of) | Type::LongTuple(of) => Self::list(each(of)),
            Type::Tuple(of) => Self::Tuple(of.iter().map(Self::of_type).collect()),
            Type::Set(of) | Type::FrozenSet(of) => Self::table(each(of), Self::Unknown),
            Type::Dict(keys, values) => Self::table(each(keys), each(values)),
            Type::Other(name) => Self::of_class(name),
            Type::Array { .. } => Self::object("ndarray"),
        }
    }

    /// Classes of the standard library that work as the builtins do.
    fn of_class(name: &str) -> Self {
        match name.rsplit('.').next().unwrap_or(name) {
            // `list` and `dict` where they are too deep inside of others to be looked into.
            "defaultdict" | "OrderedDict" | "Counter" | "dict" | "set" | "frozenset" => {
                Self::table(Self::Unknown, Self::Unknown)
            }
            "deque" | "array" | "range" | "list" | "tuple" => Self::list(Self::Unknown),
            "bytearray" | "memoryview" => Self::Text,
            "complex" => Self::Number,
            class => Self::object(class),
        }
    }

    /// What an annotation says; of a class that it names nothing, since that may be an alias.
    pub(super) fn of_annotation(annotation: &PythonType) -> Self {
        match annotation {
            PythonType::None | PythonType::Other => Self::Unknown,
            PythonType::Bool | PythonType::Int | PythonType::Float => Self::Number,
            PythonType::Str | PythonType::Bytes => Self::Text,
            PythonType::List(of) => Self::list(Self::of_annotation(of)),
            PythonType::Set(of) => Self::table(Self::of_annotation(of), Self::Unknown),
            PythonType::Tuple(of) => Self::Tuple(of.iter().map(Self::of_annotation).collect()),
            PythonType::Dict(keys, values) => {
                Self::table(Self::of_annotation(keys), Self::of_annotation(values))
            }
            PythonType::Optional(of) => Self::of_annotation(of),
        }
    }
}

/// What shapes have in common: what is unknown adds nothing, and what contradicts leaves nothing.
pub(super) fn common(shapes: impl IntoIterator<Item = Shape>) -> Shape {
    let shapes = shapes.into_iter().filter(|shape| *shape != Shape::Unknown);
    shapes.reduce(both).unwrap_or_default()
}

fn both(one: Shape, other: Shape) -> Shape {
    match (one, other) {
        (one, other) if one == other => one,
        (Shape::List(one), Shape::List(other)) => Shape::list(common([*one, *other])),
        (Shape::Table(keys, values), Shape::Table(other_keys, other_values)) => Shape::table(
            common([*keys, *other_keys]),
            common([*values, *other_values]),
        ),
        (Shape::Tuple(one), Shape::Tuple(other)) if one.len() == other.len() => {
            let pairs = one.into_iter().zip(other);
            Shape::Tuple(pairs.map(|(one, other)| common([one, other])).collect())
        }
        (Shape::Tuple(one), Shape::List(other)) | (Shape::List(other), Shape::Tuple(one)) => {
            Shape::list(common(one.into_iter().chain([*other])))
        }
        _ => Shape::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_most_often_counts_and_none_does_not() {
        let mut seen = Seen::default();
        seen.insert(Type::None, 90, None);
        seen.insert(Type::Int, 2, None);
        seen.insert(Type::List(vec![Type::Str]), 8, None);
        assert_eq!(Shape::of_seen(&seen), Shape::list(Shape::Text));
        assert_eq!(Shape::of_seen(&Seen::default()), Shape::Unknown);
    }

    #[test]
    fn classes_that_work_as_builtins_are_like_them() {
        let of = |name: &str| Shape::of_type(&Type::Other(name.to_owned()));
        assert_eq!(
            of("collections.defaultdict"),
            Shape::table(Shape::Unknown, Shape::Unknown)
        );
        assert_eq!(of("road.Lane"), Shape::object("Lane"));
    }

    #[test]
    fn what_contradicts_is_unknown_and_what_is_unknown_does_not_contradict() {
        let lists = [Shape::list(Shape::Unknown), Shape::list(Shape::Text)];
        assert_eq!(common(lists), Shape::list(Shape::Text));
        assert_eq!(common([Shape::Text, Shape::Number]), Shape::Unknown);
        assert_eq!(common([Shape::Unknown, Shape::Number]), Shape::Number);
    }
}
