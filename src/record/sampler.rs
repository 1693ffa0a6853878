//! What a sampler is: something that is asked to look, and answers with stacks.

use super::reader::Glimpse;
use crate::profile::{Activity, CpuSeconds, Nanoseconds, RawFrame, RawInstruction, Weight};
use std::time::Duration;

/// When a look was taken and how much it counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// Since the start of the run.
    pub time: Nanoseconds,
    /// What the samples of this look weigh.
    pub weight: Weight,
}

/// What one look brought: the stacks of all threads at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick<'a> {
    /// When, and how much it counts.
    pub moment: Moment,
    /// The threads, in the sampler's order.
    pub threads: Vec<Observed<'a>>,
    /// What was seen of values; nothing at most looks.
    pub values: Vec<Glimpse>,
}

/// One thread at one look. Names live until the next look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed<'a> {
    /// The process id; 0 where it is not known.
    pub process: u32,
    /// The thread's id: the kernel's where known, otherwise the interpreter's.
    pub thread: u64,
    /// The thread's name, where it has one.
    pub name: Option<&'a str>,
    /// What the thread was doing.
    pub activity: Activity,
    /// Its Python frames, **outermost first**; empty when it had none.
    pub frames: Vec<RawFrame<'a>>,
    /// The instruction that its innermost frame was at, where the sampler can tell.
    pub instruction: Option<RawInstruction<'a>>,
}

/// Why a look brought nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LookError {
    /// The memory changed while it was read: this look is lost, the next may be good.
    #[error("the stacks could not be read: {0}")]
    Torn(String),
    /// The process runs another program image now (`exec`): open it again.
    #[error("the process became another program")]
    Replaced,
    /// There is nothing more to look at.
    #[error("the process ended")]
    Gone,
}

/// Something that can be asked for the stacks of a program.
pub trait Sampler {
    /// Looks once. `now` is what the caller's clock says; a sampler that replays a recording
    /// answers with the recorded moment instead.
    fn look(&mut self, now: Moment) -> Result<Tick<'_>, LookError>;

    /// How long to let the program alone after a look that computed for so long.
    fn rest(&self, computed: Duration) -> Duration {
        computed
    }

    /// CPU time that the program used since this sampler began, where it can tell.
    fn cpu(&mut self) -> Option<CpuSeconds> {
        None
    }
}
