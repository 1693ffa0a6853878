//! Why a look made no sense: the memory changed while it was read, or it is not what it was taken for.

use super::memory::{Address, Unreadable};
use super::text::NotSo;

/// Why a look made no sense. Another one, a moment later, may be good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Torn {
    /// Something is gone.
    #[error("something that was to be read was gone")]
    Unreadable(#[from] Unreadable),
    /// A thread state that isn't one.
    #[error("a thread made no sense")]
    Thread(Address),
    /// A frame whose code isn't code.
    #[error("a frame's code made no sense")]
    Code(Address),
    /// A frame that is at no instruction of its code.
    #[error("a frame was at no instruction of its code")]
    Instruction(Address),
    /// A generator that nobody has resumed, at the end of a stack: it gave a value meanwhile.
    #[error("a generator was left")]
    Left(Address),
    /// A list that doesn't end: it has changed while it was walked, or it is longer than any that is known.
    #[error("a stack or a list of threads did not end")]
    Endless,
}

impl From<NotSo> for Torn {
    fn from(error: NotSo) -> Self {
        match error {
            NotSo::Unreadable(unreadable) => Self::Unreadable(unreadable),
            NotSo::Other => Self::Code(Address::default()),
        }
    }
}
