//! What the Python says: files become definitions, functions get their names and origins.
//!
//! Source that is missing or broken is data, not failure: see [`Unreadable`].

mod annotation;
mod assignment;
mod callee;
mod calls;
mod classes;
mod decorated;
mod definition;
mod distribution;
mod docstring;
mod dynamic;
mod encoding;
mod facts;
mod fields;
mod files;
mod import_effects;
mod imports;
mod kind;
mod kind_sites;
mod kinds;
mod library;
mod loops;
mod mangling;
mod measures;
mod module;
mod module_name;
mod mutation;
mod nesting;
mod origin;
mod parameters;
mod parse;
mod patterns;
mod pitfall;
mod pitfalls;
mod place;
#[cfg(test)]
pub(crate) mod project;
mod qualify;
mod read;
mod results;
mod returned;
mod roots;
mod scope;
mod shape;
mod shapes;
mod sites;
mod sources;
mod symbol_builder;
mod symbols;
mod test_files;
mod text;
mod work;

pub use classes::{Class, Replacement};
pub use definition::{
    Annotation, Binding, Call, CallTarget, Default, Definition, Dynamic, DynamicFeature, Form,
    Literal, Parameter, ParameterKind, PythonType,
};
pub use distribution::Distribution;
pub use kind::CodeKind;
pub use kinds::{Found, KindSite, Kinds};
pub use mangling::mangled;
pub use module::Module;
pub use module_name::ModuleName;
pub use patterns::{Extent, Pattern, PatternKind, Proof};
pub use pitfall::{Pitfall, PitfallKind};
pub use qualify::qualify;
pub use roots::Roots;
pub use scope::{ScopeKind, ScopeName};
pub use shape::Shape;
pub use sites::{Site, Sites};
pub use sources::Sources;
pub use work::Work;

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
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// There is no such file.
    #[error("there is no such file")]
    Missing,
    /// Only compiled code is there (`.pyc`).
    #[error("only compiled code is there")]
    CompiledOnly,
    /// The file is inside a zip archive.
    #[error("the file is inside an archive")]
    Zipped,
    /// Code made at run time: `<string>`, `<stdin>`, a notebook cell.
    #[error("the code was made at run time")]
    Generated,
    /// The bytes are not text in the encoding that the file declares, which is named here.
    #[error("the file can't be decoded as {0}")]
    Encoding(String),
    /// It does not parse there; the message is the parser's.
    #[error("the file does not parse: {0}")]
    Syntax(String),
    /// The file can't be read; the message is the system's.
    #[error("the file can't be read: {0}")]
    Io(String),
    /// The file has no function of this name at this line: it changed since the run.
    #[error("the file has changed since the run")]
    Changed,
}
