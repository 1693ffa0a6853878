//! What the Python says: files become definitions, functions get their names and origins.
//!
//! Source that is missing or broken is data, not failure: see [`Unreadable`].

mod definition;

pub use definition::{
    Annotation, Binding, Call, CallTarget, Default, Definition, Dynamic, DynamicFeature, Form,
    Literal, Parameter, ParameterKind, PythonType,
};

/// Where code comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// The user's own: a file under a source root.
    FirstParty,
    /// Installed: under `site-packages` or `dist-packages`, or anywhere else outside the source roots.
    ThirdParty,
    /// Python's standard library.
    Stdlib,
    /// No file: `<frozen …>`, `<string>`, built in.
    Builtin,
}

/// Why the source of a function can't be used. The function stays in the ranking with this reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// There is no such file.
    Missing,
    /// Only compiled code is there (`.pyc`).
    CompiledOnly,
    /// The file is inside a zip archive.
    Zipped,
    /// Code made at run time: `<string>`, `<stdin>`, a notebook cell.
    Generated,
    /// The bytes are not text in the encoding that the file declares.
    Encoding(String),
    /// It does not parse there; the message is the parser's.
    Syntax(String),
    /// The file can't be read; the message is the system's.
    Io(String),
    /// The file has no function of this name at this line: it changed since the run.
    Changed,
}
