//! From a thread's innermost frame to its outermost.

use super::code::{Code, CodeTable};
use super::layout::{Frame, Layout, Progress};
use super::memory::{Address, Memory, int_in, word_in};
use super::snapshot::Snapshot;
use super::threads::DataStack;
use super::torn::Torn;
use crate::profile::{Line, Nanoseconds};

/// Deeper than this a stack is not read.
const DEEPEST: usize = 100_000;
/// A stack of more frames is another one when the last of them is read: there is nothing to settle.
const MOST_SETTLED: usize = 2000;
/// So many calls may be made between two words that are read one after the other.
const MOST_CALLED: usize = 4;
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

/// Whether nothing was run between two looks at a stack, or all that was is over.
pub(super) fn are_same(one: &[SeenFrame], other: &[SeenFrame]) -> bool {
    let place = |frame: &SeenFrame| (frame.at, frame.code, frame.offset);
    one.iter().map(place).eq(other.iter().map(place))
}

/// What a walk needs.
pub(super) struct Walk<'w> {
    pub(super) layout: &'w Layout,
    pub(super) snapshot: &'w mut Snapshot,
    pub(super) codes: &'w mut CodeTable,
    pub(super) memory: &'w dyn Memory,
    pub(super) now: Nanoseconds,
    /// More frames than this are not read.
    pub(super) most: usize,
    /// Where frames go that end with a generator: it was left while it was read. None where that is how a stack ends.
    pub(super) left: Option<&'w mut Vec<SeenFrame>>,
}

impl Walk<'_> {
    /// The frames from this one outward, innermost first.
    pub(super) fn frames(&mut self, innermost: Address) -> Result<Vec<SeenFrame>, Torn> {
        let mut frames = Vec::new();
        let mut at = innermost;
        for _ in 0..DEEPEST.min(self.most) {
            if at.is_null() {
                return self.ended(frames);
            }
            let head = self.head(at)?;
            if head.owner < OWNED_BY_INTERPRETER {
                frames.push(self.frame(at, head)?);
            }
            at = head.previous;
        }
        Err(Torn::Endless)
    }

    /// The frames of a stack that has come to its end. A generator may only be the last where that is allowed.
    fn ended(&mut self, frames: Vec<SeenFrame>) -> Result<Vec<SeenFrame>, Torn> {
        let last = frames.last().copied();
        let generator = last.filter(|last| self.codes.code(last.code).is_resumed);
        match (generator, &mut self.left) {
            (Some(generator), Some(left)) => {
                if left.is_empty() {
                    **left = frames;
                }
                Err(Torn::Left(generator.at))
            }
            _ => Ok(frames),
        }
    }

    /// The frames from the innermost one outward, where the thread state does not tell which that is but over a place
    /// that is read at another time. What it does tell is where the newest frame ends: so the frame that is told, or else
    /// the one of the look before, leads to the one that is the innermost now.
    pub(super) fn settled_frames(
        &mut self,
        told: Address,
        before: Option<Address>,
        data_stack: DataStack,
    ) -> Result<Vec<SeenFrame>, Torn> {
        let before = before.filter(|&frame| data_stack.holds(frame));
        let mut frames = self.frames(told);
        if let (false, Some(before)) = (frames.as_ref().is_ok_and(|it| !it.is_empty()), before) {
            frames = self.frames(before);
        }
        let mut frames = frames?;
        if frames.len() < MOST_SETTLED {
            self.settle(&mut frames, data_stack)?;
        }
        Ok(frames)
    }

    /// Leaves away what has returned, and adds what was called.
    fn settle(&mut self, frames: &mut Vec<SeenFrame>, data_stack: DataStack) -> Result<(), Torn> {
        let is_gone =
            |frame: &SeenFrame| data_stack.holds(frame.at) && frame.at.0 >= data_stack.top;
        let gone = frames.iter().take_while(|frame| is_gone(frame)).count();
        frames.drain(..gone);
        for _ in 0..MOST_CALLED {
            let Some(innermost) = frames.first().filter(|it| data_stack.holds(it.at)) else {
                break;
            };
            let end = self.end(innermost);
            if end.0 >= data_stack.top {
                break;
            }
            let mut head = self.head(end)?;
            if head.previous != innermost.at {
                head = self.head_now(end)?;
            }
            if head.previous != innermost.at {
                return Err(Torn::Instruction(end));
            }
            let called = self.frame(end, head)?;
            frames.insert(0, called);
        }
        Ok(())
    }

    /// Where a frame ends, and one that it calls begins.
    fn end(&self, frame: &SeenFrame) -> Address {
        let words = self.codes.code(frame.code).frame_words;
        frame.at.plus(self.layout.frame.locals + 8 * words)
    }

    fn head(&mut self, at: Address) -> Result<Head, Torn> {
        let length = self.layout.frame.head();
        let head = self.snapshot.bytes(at, length, self.memory)?;
        Ok(Head::of(head, &self.layout.frame))
    }

    /// The head of a frame that has only just begun, and was read before it had.
    fn head_now(&self, at: Address) -> Result<Head, Torn> {
        let head = at.vector(self.layout.frame.head(), self.memory)?;
        Ok(Head::of(&head, &self.layout.frame))
    }

    fn frame(&mut self, at: Address, head: Head) -> Result<SeenFrame, Torn> {
        let code = self.codes.find(head.code, self.now, self.memory)?;
        let (start, length) = (self.codes.code(code).start, self.codes.code(code).length());
        let offset = head.offset(start, self.layout);
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

/// Whether a frame, as it was read, is one of this code that has begun: before that its arguments may not be in their
/// places yet, and what stands there is another function's.
pub(super) fn has_begun(frame: &[u8], code: &Code, layout: &Layout) -> bool {
    let head = Head::of(frame, &layout.frame);
    let offset = u64::try_from(head.offset(code.start, layout));
    head.code == code.at && offset.is_ok_and(|offset| offset > 0 && offset < code.length())
}

impl Head {
    /// How far a frame is, in bytes of its bytecode; below 0 before its first instruction.
    fn offset(&self, start: Address, layout: &Layout) -> i64 {
        match layout.frame.progress {
            Progress::Bytes => i64::from(self.index),
            Progress::Units => i64::from(self.index) * 2,
            Progress::Pointer => self.pointer.0.wrapping_sub(start.0).cast_signed(),
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
