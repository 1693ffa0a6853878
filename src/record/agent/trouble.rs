//! What keeps the agent from counting.

use std::fmt;

/// What keeps the agent from counting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The command is not Python itself, but something that may start one.
    NotPython,
    /// Python was told to leave its environment alone.
    Sealed,
    /// Its folder can't be made.
    Folder {
        /// What the system says.
        reason: String,
    },
    /// Python started without it.
    Silent,
    /// Something else in the program watches it.
    Watched {
        /// What.
        by: String,
    },
    /// The program forks again and again, and the agent stands aside each time.
    Forks,
    /// The agent came upon something unforeseen.
    Failed {
        /// The exception's name.
        with: String,
    },
    /// It doesn't take orders any more.
    Deaf,
    /// What came as its reports made no sense.
    Garbled,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPython => {
                f.write_str("the command is not Python itself: start the script or module directly")
            }
            Self::Sealed => f.write_str("Python was started with -I, -E or -S"),
            Self::Folder { reason } => write!(f, "its folder could not be made: {reason}"),
            Self::Silent => f.write_str("this Python did not take the agent in"),
            Self::Watched { by } => write!(f, "{by} is at work in the program"),
            Self::Forks => f.write_str("the program forks again and again"),
            Self::Failed { with } => write!(f, "the agent failed with {with}"),
            Self::Deaf => f.write_str("the agent took no more orders"),
            Self::Garbled => f.write_str("the agent's reports made no sense"),
        }
    }
}
