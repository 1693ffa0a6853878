//! A place where Python and Rust do different things for what looks the same. Pure data, filled by `pitfalls`.

use crate::profile::Line;

/// A place in a function that a Rust version easily gets wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pitfall {
    /// What is done there.
    pub kind: PitfallKind,
    /// Where.
    pub line: Line,
    /// What stands there, on one line.
    pub text: String,
    /// The parameter whose type decides whether it is one: `len(x)` is one if `x` is a text.
    pub subject: Option<String>,
}

/// What is done at a pitfall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PitfallKind {
    /// The parameter of this name is changed in place.
    ChangedArgument,
    /// The global or nonlocal variable of this name is assigned.
    ReboundName,
    /// An integer grows: `<<`, `**`, a literal beyond 64 bit, `math.factorial`. Not of a subject that is a float.
    GrowingInt,
    /// Arguments are passed on as they came: `f(*args)`, `f(**kwargs)`.
    ForwardedArguments,
    /// An argument's object is returned or stored. Not of a subject that never changes.
    KeptArgument,
    /// A variable of the module is read that is no constant.
    GlobalVariable,
    /// A function or lambda inside uses variables of this one.
    Closure,
    /// An exception is caught, and the function goes on.
    CaughtException,
    /// A float is rounded, or written as a text. With a subject only if it is a float.
    FloatText,
    /// Characters are counted, picked or told apart. With a subject only if it is a text.
    Characters,
    /// Items of a set or dictionary are taken in their order. With a subject only if it is one.
    ItemOrder,
    /// Objects are pickled, copied or sent to another process.
    Pickling,
    /// Threads are started, or something is shared between them.
    Threading,
}

impl PitfallKind {
    /// All of them, in order.
    pub const ALL: [Self; 13] = [
        Self::ChangedArgument,
        Self::ReboundName,
        Self::GrowingInt,
        Self::ForwardedArguments,
        Self::KeptArgument,
        Self::GlobalVariable,
        Self::Closure,
        Self::CaughtException,
        Self::FloatText,
        Self::Characters,
        Self::ItemOrder,
        Self::Pickling,
        Self::Threading,
    ];
}
