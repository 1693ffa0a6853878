//! What the source says of one function. Pure data, filled by `facts`.

use super::{Origin, Pattern, Pitfall};
use crate::profile::Line;

/// A function definition of a Python file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The bare name.
    pub name: String,
    /// The qualified name as `__qualname__` has it: `Class.method`, `outer.<locals>.inner`.
    pub qualname: String,
    /// The code object's first line: that of the first decorator, otherwise of the `def`.
    pub first_line: Line,
    /// The line of the `def`.
    pub def_line: Line,
    /// The last line of the body.
    pub end_line: Line,
    /// How it is bound.
    pub binding: Binding,
    /// What calling it gives.
    pub form: Form,
    /// The qualified name of the class that it is a method of.
    pub class: Option<String>,
    /// The qualified name of the function that it is defined in, for a nested function.
    pub enclosing: Option<String>,
    /// Names that it takes from enclosing functions (free variables), sorted.
    pub captures: Vec<String>,
    /// The parameters in order of the signature.
    pub parameters: Vec<Parameter>,
    /// The return annotation as written.
    pub returns: Option<Annotation>,
    /// The docstring, as `inspect.cleandoc` gives it.
    pub docstring: Option<String>,
    /// The decorators as written, without the `@`, outermost first.
    pub decorators: Vec<String>,
    /// Lines of code from the `def` to the end, without blank lines and comments.
    pub lines: u32,
    /// Cyclomatic complexity: 1 plus the branches (T. J. `McCabe`, "A Complexity Measure", 1976).
    pub complexity: u32,
    /// `for` and `while` loops and comprehensions, nested ones counted too.
    pub loops: u32,
    /// How deep loops are nested: 0 for none.
    pub loop_depth: u32,
    /// The calls it makes, in order of place.
    pub calls: Vec<Call>,
    /// What a Rust version can't have, in order of place.
    pub dynamic: Vec<Dynamic>,
    /// Parameters whose object the body changes in place (`xs.append`, `xs[i] = …`), sorted.
    pub mutated_parameters: Vec<String>,
    /// Parameters that the body assigns, so that their names stand for other values later, sorted.
    pub assigned_parameters: Vec<String>,
    /// Global and nonlocal names that it assigns, sorted.
    pub rebinds: Vec<String>,
    /// The fields of its object that a method reads or writes, sorted.
    pub fields: Vec<String>,
    /// The variables that it returns by themselves, sorted; none if it also returns anything else but `None`.
    pub returned_variables: Vec<String>,
    /// Whether a `return` of its gives anything but `None`.
    pub returns_value: bool,
    /// Where a Rust version easily does something else, in order of place.
    pub pitfalls: Vec<Pitfall>,
    /// Places whose fix in Python may beat a rewrite, in order of place; without those of functions inside.
    pub patterns: Vec<Pattern>,
}

impl Definition {
    /// Whether calling it gives `None` and nothing else, whatever it is given.
    pub fn gives_none(&self) -> bool {
        self.form == Form::Plain && !self.returns_value
    }

    /// The parameters that a caller passes: all but the instance of a method or the class of a class method.
    pub fn passed_parameters(&self) -> &[Parameter] {
        let bound = match self.binding {
            Binding::Method | Binding::ClassMethod | Binding::Property => 1,
            Binding::Function | Binding::StaticMethod => 0,
        };
        self.parameters.get(bound..).unwrap_or_default()
    }
}

/// How a function is bound to its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// A function of a module or of another function.
    Function,
    /// A method; its first parameter is the instance.
    Method,
    /// A `@classmethod`; its first parameter is the class.
    ClassMethod,
    /// A `@staticmethod`.
    StaticMethod,
    /// The getter, setter or deleter of a property (`@property`, `@cached_property`, `@x.setter`).
    Property,
}

/// What calling a function gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A value.
    Plain,
    /// A generator.
    Generator,
    /// A coroutine.
    Coroutine,
    /// An asynchronous generator.
    AsyncGenerator,
}

/// A parameter of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The name, without stars.
    pub name: String,
    /// The kind.
    pub kind: ParameterKind,
    /// The annotation, where there is one.
    pub annotation: Option<Annotation>,
    /// The default, where there is one.
    pub default: Option<Default>,
}

/// The kinds of `inspect.Parameter`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// Before a `/`.
    PositionalOnly,
    /// By place or by name.
    PositionalOrKeyword,
    /// `*args`.
    VarPositional,
    /// After a `*`.
    KeywordOnly,
    /// `**kwargs`.
    VarKeyword,
}

impl ParameterKind {
    /// Whether it takes any number of arguments.
    pub fn is_star(self) -> bool {
        matches!(self, Self::VarPositional | Self::VarKeyword)
    }
}

/// An annotation: the text, and what it says where it is one of the types that map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// As written, on one line.
    pub text: String,
    /// What it means.
    pub python_type: PythonType,
}

/// The Python types that an annotation can name and that have a Rust type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PythonType {
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
    /// `list[T]`, `List[T]`; a bare `list` has [`PythonType::Other`] elements.
    List(Box<PythonType>),
    /// `set[T]`, `Set[T]`.
    Set(Box<PythonType>),
    /// `tuple[A, B]`; `tuple[T, ...]` and a bare `tuple` are [`PythonType::Other`].
    Tuple(Vec<PythonType>),
    /// `dict[K, V]`, `Dict[K, V]`.
    Dict(Box<PythonType>, Box<PythonType>),
    /// `Optional[T]`, `T | None`.
    Optional(Box<PythonType>),
    /// Anything else.
    Other,
}

/// A parameter's default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Default {
    /// As written, on one line.
    pub text: String,
    /// Its value where it is a literal.
    pub literal: Option<Literal>,
}

/// A literal that Rust can write too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// `None`.
    None,
    /// `True`, `False`.
    Bool(bool),
    /// An integer within 64 bit.
    Int(i64),
    /// A float, by its bits (equality of literals must not depend on NaN).
    Float(u64),
    /// A string without lone surrogates.
    Str(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// A call in the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// What is called, as written: `json.loads`, `self.step`.
    pub name: String,
    /// Where.
    pub line: Line,
    /// Whether it is made again and again: in a loop or a comprehension of the function.
    pub in_loop: bool,
    /// Where what is called comes from, as far as the file tells.
    pub target: CallTarget,
}

/// Where a called name comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallTarget {
    /// A function or class of the same file, by qualified name.
    SameFile(String),
    /// A builtin of Python: `len`.
    Builtin,
    /// Something imported: the dotted name, and the origin of its module.
    Imported {
        /// `numpy.dot`.
        name: String,
        /// Of the module; none when the file can't tell (a relative import is first-party).
        origin: Origin,
    },
    /// A method of an object whose type the source does not say.
    Unknown,
}

/// Something dynamic at a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dynamic {
    /// What.
    pub feature: DynamicFeature,
    /// Where.
    pub line: Line,
    /// The name or expression, on one line.
    pub text: String,
}

/// Features that a Rust version can't have, or only by calling back into Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DynamicFeature {
    /// `eval`, `exec`, `compile`.
    Eval,
    /// `getattr`, `setattr`, `delattr`, `hasattr` with a name that is no literal.
    AttributeByName,
    /// `globals()`, `locals()`, `vars()`, `dir()`.
    Namespaces,
    /// `sys._getframe`, `inspect.stack`, `sys.settrace`.
    Frames,
    /// `type(name, bases, dict)`, a class defined in the function, a metaclass.
    MakesClass,
    /// `__import__`, `importlib.import_module` with a name that is no literal.
    ImportByName,
    /// An attribute of a module or class is assigned (monkeypatching).
    Monkeypatch,
    /// `yield`, `await`: the function stops half-way.
    Suspends,
    /// `super()` without arguments, `__class__`.
    ZeroArgumentSuper,
}
