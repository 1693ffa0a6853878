//! A program's frames, read from its memory.

#[cfg_attr(not(test), expect(dead_code, reason = "the reader of frames will ask"))]
mod opcodes;
#[cfg_attr(not(test), expect(dead_code, reason = "the reader of frames will ask"))]
mod positions;
