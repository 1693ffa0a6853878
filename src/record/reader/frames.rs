//! From a thread's innermost frame to its outermost.

use super::code::CodeTable;
use super::layout::{Frame, Layout, Progress};
use super::memory::{Address, Memory, int_in, word_in};
use super::snapshot::Snapshot;
use super::torn::Torn;
use crate::profile::{Line, Nanoseconds};

/// Deeper than this a stack is not read.
const DEEPEST: usize = 100_000;
/// A look does not read more frames than this, of all threads together.
const MOST_FRAMES: usize = 1 << 20;
/// A frame of the interpreter's own, between a frame of C and the Python that it runs: `FRAME_OWNED_BY_CSTACK`, later
/// `FRAME_OWNED_BY_INTERPRETER`.
const OWNED_BY_INTERPRETER: u8 = 3;

/// A frame as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SeenFrame {
    /// Where it stands.
    pub(super) at: Address,
    /// The place of its code.
    pub(super) code: usize,
    /// How far it is, in bytes of its bytecode; none before its first instruction.
    pub(super) offset: Option<u32>,
    pub(super) line: Option<Line>,
}

/// What a walk needs.
pub(super) struct Walk<'w> {
    pub(super) layout: &'w Layout,
    pub(super) snapshot: &'w mut Snapshot,
    pub(super) codes: &'w mut CodeTable,
    pub(super) memory: &'w dyn Memory,
    pub(super) now: Nanoseconds,
}

impl Walk<'_> {
    /// Adds the frames from this one outward, innermost first.
    pub(super) fn frames(
        &mut self,
        innermost: Address,
        frames: &mut Vec<SeenFrame>,
    ) -> Result<(), Torn> {
        let mut at = innermost;
        for _ in 0..DEEPEST {
            if at.is_null() {
                return Ok(());
            }
            if frames.len() >= MOST_FRAMES {
                break;
            }
            let head = self
                .snapshot
                .bytes(at, self.layout.frame.head(), self.memory)?;
            let head = Head::of(head, &self.layout.frame);
            if head.owner < OWNED_BY_INTERPRETER {
                frames.push(self.frame(at, head)?);
            }
            at = head.previous;
        }
        Err(Torn::Endless)
    }

    fn frame(&mut self, at: Address, head: Head) -> Result<SeenFrame, Torn> {
        let code = self.codes.find(head.code, self.now, self.memory)?;
        let (start, length) = (self.codes.code(code).start, self.codes.code(code).length());
        let offset = match self.layout.frame.progress {
            Progress::Bytes => i64::from(head.index),
            Progress::Units => i64::from(head.index) * 2,
            Progress::Pointer => head.pointer.0.wrapping_sub(start.0).cast_signed(),
        };
        match u32::try_from(offset) {
            Ok(offset) if u64::from(offset) < length => Ok(SeenFrame {
                at,
                code,
                offset: Some(offset),
                line: None,
            }),
            Err(_) if (-2..0).contains(&offset) => Ok(SeenFrame {
                at,
                code,
                offset: None,
                line: None,
            }),
            _ => Err(Torn::Instruction(at)),
        }
    }
}

/// What a frame says.
#[derive(Clone, Copy)]
struct Head {
    previous: Address,
    code: Address,
    pointer: Address,
    index: i32,
    owner: u8,
}

impl Head {
    fn of(head: &[u8], frame: &Frame) -> Self {
        let owner = frame
            .owner
            .and_then(|owner| head.get(usize::try_from(owner).ok()?));
        Self {
            previous: Address(word_in(head, frame.previous)),
            code: Address(word_in(head, frame.code) & !frame.marks()),
            pointer: Address(word_in(head, frame.instruction)),
            index: int_in(head, frame.instruction).cast_signed(),
            owner: owner.copied().unwrap_or(0),
        }
    }
}
