//! What a recording is: the profile, the values seen, how it ended, what is worth knowing about it.

use super::Note;
use crate::observation::Observation;
use crate::profile::Profile;

/// A recorded run.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// The samples, with what is known of the run.
    pub profile: Profile,
    /// What was seen of values. [`replay`](super::replay()) leaves it empty: a profile holds none.
    pub observation: Observation,
    /// How it ended.
    pub end: End,
    /// What a reader of the profile should know, in order of weight.
    pub notes: Vec<Note>,
}

/// How a recording ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The program that was started exited with this status.
    Exited(i32),
    /// The program that was started was killed by this signal.
    Killed(i32),
    /// The process attached to ended; only its parent knows its status.
    Ended,
    /// The time was up; the process goes on.
    TimeUp,
    /// A signal to rustbound ended the sampling; the process goes on.
    Interrupted,
    /// A recorded profile was served to its end.
    Replayed,
}

impl End {
    /// The status as a shell says it: N, or 128 + signal; none for a program that was not ours.
    pub fn exit_status(self) -> Option<i32> {
        match self {
            Self::Exited(status) => Some(status),
            Self::Killed(signal) => Some(128 + signal),
            Self::Ended | Self::TimeUp | Self::Interrupted | Self::Replayed => None,
        }
    }
}
