//! Kinds of code, by how much faster Rust does them: what an operator, an element, a call works on decides.

use super::shape::Shape;

/// A kind of code. What moves values about (loads, stores, jumps) is of no kind of its own: it
/// serves the code around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CodeKind {
    /// Arithmetic and comparisons of numbers, and loops that count.
    Number,
    /// Calls of functions, the program's own or builtin ones that do little: `len(x)`, `min(a, b)`.
    Call,
    /// Elements of lists and tuples, read or written by their number.
    Index,
    /// Text that is walked, indexed and compared character by character.
    Character,
    /// Methods, slices and formatting of `str` and `bytes`: C does most of it.
    Text,
    /// Lookups and inserts in `dict` and `set`.
    Table,
    /// Lists that are appended to, walked, sorted, sliced.
    List,
    /// Attributes and methods of objects that come from outside, and stay Python's.
    Object,
    /// Attributes and methods of objects that the moved code makes itself, or whose class moves as a whole.
    Field,
    /// Objects, lists, tuples and dicts that are made.
    Allocation,
}

impl CodeKind {
    /// All kinds, in the order of the enum.
    pub const ALL: [Self; 10] = [
        Self::Number,
        Self::Call,
        Self::Index,
        Self::Character,
        Self::Text,
        Self::Table,
        Self::List,
        Self::Object,
        Self::Field,
        Self::Allocation,
    ];

    /// Its place in [`CodeKind::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// What it is called in reports.
    pub fn words(self) -> &'static str {
        match self {
            Self::Number => "numbers",
            Self::Call => "calls",
            Self::Index => "list elements",
            Self::Character => "characters",
            Self::Text => "text methods",
            Self::Table => "dicts and sets",
            Self::List => "lists",
            Self::Object => "objects",
            Self::Field => "own objects",
            Self::Allocation => "allocation",
        }
    }
}

/// What the source does at a place, before it is known on what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// `a + b`, `-a`.
    Operator,
    /// `a < b`.
    Comparison,
    /// `a in b`: the shape is that of `b`.
    Contains,
    /// `a[i]`; whether the source tells `i` to be text.
    Element {
        /// Then `a` is no list.
        by_text: bool,
    },
    /// `a[1:]`.
    Slice,
    /// `for x in a`.
    Iteration,
    /// `a.name`, called or not: attributes of builtins are methods.
    Method(Box<str>),
    /// `Class()`: an object of a class of the file, by its bare name.
    Make(Box<str>),
    /// What is of one kind whatever it works on.
    Fixed(CodeKind),
}

impl Deed {
    /// The kind of code, where what it works on has this shape.
    pub(super) fn kind(&self, shape: &Shape) -> CodeKind {
        match self {
            Self::Operator => of_operator(shape),
            Self::Comparison => of_comparison(shape),
            Self::Contains => of_lookup(shape),
            Self::Element { by_text } => of_element(shape, *by_text),
            Self::Slice => match shape {
                Shape::Text => CodeKind::Text,
                _ => CodeKind::List,
            },
            Self::Iteration => match shape {
                Shape::Text => CodeKind::Character,
                Shape::Table(..) => CodeKind::Table,
                Shape::Number => CodeKind::Number,
                _ => CodeKind::List,
            },
            Self::Method(name) => of_method(name, shape),
            Self::Make(_) => CodeKind::Allocation,
            Self::Fixed(kind) => *kind,
        }
    }
}

fn of_operator(shape: &Shape) -> CodeKind {
    match shape {
        Shape::Text => CodeKind::Text,
        Shape::List(_) | Shape::Tuple(_) => CodeKind::Allocation,
        Shape::Table(..) => CodeKind::Table,
        Shape::Object(_) => CodeKind::Object,
        Shape::Number | Shape::Unknown => CodeKind::Number,
    }
}

fn of_comparison(shape: &Shape) -> CodeKind {
    match shape {
        Shape::Text => CodeKind::Character,
        Shape::Tuple(_) | Shape::List(_) => CodeKind::List,
        Shape::Table(..) => CodeKind::Table,
        Shape::Object(_) => CodeKind::Object,
        Shape::Number | Shape::Unknown => CodeKind::Number,
    }
}

fn of_lookup(within: &Shape) -> CodeKind {
    match within {
        Shape::Text => CodeKind::Text,
        Shape::List(_) | Shape::Tuple(_) => CodeKind::List,
        Shape::Object(_) => CodeKind::Object,
        Shape::Table(..) | Shape::Number | Shape::Unknown => CodeKind::Table,
    }
}

fn of_element(of: &Shape, by_text: bool) -> CodeKind {
    match of {
        Shape::Text => CodeKind::Character,
        Shape::Table(..) => CodeKind::Table,
        Shape::Object(_) => CodeKind::Object,
        Shape::Unknown if by_text => CodeKind::Table,
        _ => CodeKind::Index,
    }
}

/// A method is what its object is; where that is not known, the name tells builtin types from others.
fn of_method(name: &str, shape: &Shape) -> CodeKind {
    match shape {
        Shape::Number => CodeKind::Number,
        Shape::Text => match of_method_name(name) {
            CodeKind::Character => CodeKind::Character,
            _ => CodeKind::Text,
        },
        Shape::List(_) | Shape::Tuple(_) => CodeKind::List,
        Shape::Table(..) => CodeKind::Table,
        Shape::Object(_) => CodeKind::Object,
        Shape::Unknown => of_method_name(name),
    }
}

/// Names that `list`, `dict`, `set` and `str` have, and hardly another class.
fn of_method_name(name: &str) -> CodeKind {
    match name {
        "append" | "extend" | "insert" | "sort" | "reverse" | "pop" | "popleft" | "appendleft" => {
            CodeKind::List
        }
        "get" | "setdefault" | "items" | "keys" | "values" | "popitem" | "discard" | "add"
        | "union" | "intersection" | "difference" | "issubset" | "issuperset" | "update" => {
            CodeKind::Table
        }
        "split" | "rsplit" | "strip" | "lstrip" | "rstrip" | "lower" | "upper" | "title"
        | "casefold" | "startswith" | "endswith" | "removeprefix" | "removesuffix" | "replace"
        | "partition" | "rpartition" | "splitlines" | "join" | "find" | "rfind" | "encode"
        | "decode" | "format" | "zfill" | "ljust" | "rjust" | "translate" => CodeKind::Text,
        "isdigit" | "isalpha" | "isalnum" | "isspace" | "isupper" | "islower" | "isdecimal"
        | "isnumeric" | "isidentifier" => CodeKind::Character,
        _ => CodeKind::Object,
    }
}

/// What calling a builtin function is: `max(a, b)` compares two numbers, `max(a)` walks a list.
pub(super) fn of_builtin(name: &str, takes_several: bool) -> CodeKind {
    match name {
        "min" | "max" if takes_several => CodeKind::Call,
        "list" | "tuple" | "dict" | "set" | "frozenset" | "bytearray" | "object" | "zip"
        | "slice" | "map" | "filter" => CodeKind::Allocation,
        "sorted" | "reversed" | "sum" | "min" | "max" | "any" | "all" | "next" | "iter"
        | "enumerate" => CodeKind::List,
        "str" | "repr" | "format" | "bytes" | "ascii" | "hex" | "bin" | "oct" | "print" => {
            CodeKind::Text
        }
        "ord" | "chr" => CodeKind::Character,
        "getattr" | "setattr" | "hasattr" | "delattr" | "super" | "vars" => CodeKind::Object,
        "hash" => CodeKind::Table,
        _ => CodeKind::Call,
    }
}

/// What calling a function of an installed module is, by its dotted name. One that is not known stays Python's.
pub(super) fn of_imported(name: &str) -> CodeKind {
    match name.split('.').next() {
        Some("math" | "cmath" | "operator" | "random" | "time") => CodeKind::Call,
        Some("heapq" | "bisect" | "itertools" | "functools") => CodeKind::List,
        Some("collections" | "array" | "copy") => CodeKind::Allocation,
        Some("re" | "json" | "string" | "struct" | "textwrap" | "unicodedata") => CodeKind::Text,
        _ => CodeKind::Object,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_all_kinds_is_that_of_the_enum() {
        for (place, kind) in CodeKind::ALL.into_iter().enumerate() {
            assert_eq!(kind.index(), place);
        }
    }

    #[test]
    fn what_an_operator_works_on_decides() {
        let of = |shape: Shape| Deed::Operator.kind(&shape);
        assert_eq!(of(Shape::Number), CodeKind::Number);
        assert_eq!(of(Shape::Unknown), CodeKind::Number);
        assert_eq!(of(Shape::Text), CodeKind::Text);
        assert_eq!(of(Shape::list(Shape::Number)), CodeKind::Allocation);
        assert_eq!(of(Shape::object("C")), CodeKind::Object);
    }

    #[test]
    fn a_text_as_index_is_a_key() {
        let element = Deed::Element { by_text: true };
        assert_eq!(element.kind(&Shape::Unknown), CodeKind::Table);
        assert_eq!(element.kind(&Shape::Text), CodeKind::Character);
        let element = Deed::Element { by_text: false };
        assert_eq!(element.kind(&Shape::Unknown), CodeKind::Index);
    }

    #[test]
    fn the_object_tells_more_than_the_name_of_its_method() {
        let pop = Deed::Method("pop".into());
        assert_eq!(pop.kind(&Shape::Unknown), CodeKind::List);
        let table = Shape::table(Shape::Text, Shape::Number);
        assert_eq!(pop.kind(&table), CodeKind::Table);
        assert_eq!(pop.kind(&Shape::object("C")), CodeKind::Object);
    }
}
