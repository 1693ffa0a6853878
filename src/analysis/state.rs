//! Where a sampled thread really was.

use crate::profile::Activity;

/// Where a thread was. Importing is no state: it is whose time it was ([`super::Credits::import`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// In the interpreter, or in small work for it that a rewrite removes.
    Interpreter,
    /// In the interpreter or in native code: what it called is not known.
    Uncertain,
    /// In native code that Rust would run no faster.
    Native,
    /// In a regular expression: native code, but another engine may be faster.
    Regex,
    /// In the kernel.
    System,
    /// Collecting garbage.
    Gc,
    /// Waiting for the interpreter lock: neither work, nor time that the program leaves unused.
    WantsGil,
    /// Waiting for anything else.
    Idle,
}

impl State {
    /// All that is known without the instruction: who has the interpreter lock counts as the interpreter's.
    pub fn of(activity: Activity) -> Self {
        match activity {
            Activity::HoldingGil | Activity::Unknown => Self::Interpreter,
            Activity::Collecting => Self::Gc,
            Activity::Running => Self::Native,
            Activity::InKernel => Self::System,
            Activity::WantsGil => Self::WantsGil,
            Activity::Waiting(_) | Activity::Idle => Self::Idle,
        }
    }
}
