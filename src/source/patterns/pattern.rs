//! A place in a function whose fix in Python may beat a rewrite. Pure data.

use crate::profile::Position;

/// A place in a function whose fix in Python may beat a rewrite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// What it is.
    pub kind: PatternKind,
    /// Where.
    pub position: Position,
    /// Which time is its.
    pub extent: Extent,
    /// As written, on one line.
    pub text: String,
    /// The function's variable that it works on, as the source names it, where it is one.
    pub variable: Option<String>,
    /// How it is known that the variable is of such a type.
    pub proof: Proof,
    /// Whether a loop of the function repeats it.
    pub in_loop: bool,
    /// Whether the fix gains more than a rewrite, where this takes most of the time.
    pub is_decisive: bool,
    /// What to write instead, with code between backticks.
    pub fix: String,
}

/// What a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PatternKind {
    /// `x in xs` with a list, which is compared one by one.
    ListMembership,
    /// `xs.pop(0)`, `xs.insert(0, x)`, `del xs[0]`, which move all that follows.
    FrontOfList,
    /// `s += x` with a text, which may copy what is there.
    TextConcatenation,
    /// `b += x` with `bytes`, which copies what is there.
    BytesConcatenation,
    /// `xs.index(x)`, `xs.count(x)`, `xs.remove(x)`, which look from the start.
    ListSearch,
    /// A regular expression that is compiled, or looked up, at each turn.
    Recompiled,
    /// `sorted`, `sum`, `min` or `max` of the same collection at each turn.
    Rescan,
    /// `xs = xs[1:]`, `f(xs[1:])`, which copy all that is left.
    SliceCopy,
    /// `x in d.keys()`, which makes a view first.
    KeysView,
    /// A constant text that is parsed at each turn.
    ParsedConstant,
    /// `name in dir(x)`, which collects and sorts all names.
    DirLookup,
    /// A function that calls itself with the same arguments again and again.
    RepeatedRecursion,
    /// A table of pandas, row by row.
    RowWise,
    /// Arrays of `NumPy`, element by element.
    ElementLoop,
    /// `xs = xs + [x]`, which copies what is there.
    ListConcatenation,
    /// `strptime` of a date that `fromisoformat` reads.
    IsoDate,
    /// A table or array that grows by a copy of all at each turn.
    GrowingArray,
}

impl PatternKind {
    /// Whether its time grows with the square of the input.
    pub fn is_quadratic(self) -> bool {
        !matches!(
            self,
            Self::Recompiled
                | Self::KeysView
                | Self::ParsedConstant
                | Self::DirLookup
                | Self::RowWise
                | Self::ElementLoop
                | Self::IsoDate
        )
    }
}

/// Which of a function's time is that of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Its last instruction: what is evaluated for it is not its time.
    Instruction,
    /// All from its start to its end, and library code that is called there.
    Throughout,
}

/// How a type is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The source says so.
    Source,
    /// It doesn't: the pattern holds only if all values that the variable was seen to have are of the type.
    Values,
}
