//! The instruction that the innermost frame of a sample was at.

use super::{Line, StringId};

/// An instruction of a code object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instruction {
    /// Its name as `dis` gives it, `CALL`; of a specialised form that of the instruction which it stands for.
    /// None where the interpreter was about to leave it or ran a form of its own.
    pub opcode: Option<StringId>,
    /// What it was compiled from; none where the code object does not say.
    pub position: Option<Position>,
}

/// A stretch of source text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line of its first character.
    pub line: Line,
    /// The line of its last character.
    pub end_line: Line,
    /// From which to which column; none where the code object tells lines only.
    pub columns: Option<Columns>,
}

/// Columns count bytes of UTF-8 from 0, as `co_positions()` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Columns {
    /// That of the first character, in the first line.
    pub start: u32,
    /// That behind the last character, in the last line.
    pub end: u32,
}

/// An instruction as a sampler tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawInstruction<'a> {
    /// See [`Instruction::opcode`].
    pub opcode: Option<&'a str>,
    /// See [`Instruction::position`].
    pub position: Option<Position>,
}
