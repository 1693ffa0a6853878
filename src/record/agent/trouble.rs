//! What keeps the agent from counting.

use std::fmt;

/// What keeps the agent from counting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The command is not Python itself, but something that may start one.
    NotPython,
    /// Python was told to leave its environment alone.
    Sealed,
    /// A Python before 3.14 takes nothing in while it runs.
    Old {
        /// Its version: `3.13.1`.
        python: String,
    },
    /// It is a Python whose thread states are not known.
    Unknown,
    /// Python was told to let nobody in.
    Closed,
    /// Somebody else has asked it to run a script, which it did not yet.
    Asked,
    /// Another user, who can't read the agent's folder.
    Foreign,
    /// It has other files than we do.
    Unseen,
    /// The kernel filters its system calls.
    Filtered,
    /// It has no room for more open files.
    Full,
    /// An installed sampler looks.
    Sampler,
    /// It computed too little.
    Idle,
    /// Its main thread did not come to take it in.
    Waiting,
    /// The program puts functions of its own in the place of Python's.
    Replaced,
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
            Self::Old { python } => write!(
                f,
                "Python {python} takes no agent in while it runs, as Python 3.14 does"
            ),
            Self::Unknown => f.write_str("how this Python takes an agent in is not known"),
            Self::Closed => f.write_str("Python was started with remote debugging disabled"),
            Self::Asked => f.write_str("another tool has asked Python to run a script"),
            Self::Foreign => {
                f.write_str("the program is another user's, who can't read the agent's folder")
            }
            Self::Unseen => f.write_str(
                "the program has other files than rustbound, and none of them is the agent's folder",
            ),
            Self::Filtered => {
                f.write_str("the kernel filters the program's system calls, and may not let it in")
            }
            Self::Full => f.write_str("the program has almost no room for more open files"),
            Self::Sampler => f.write_str("an installed sampler looks from outside only"),
            Self::Idle => f.write_str("the program did not compute for long enough to afford it"),
            Self::Waiting => f.write_str(
                "the program's main thread ran no Python that could have taken the agent in",
            ),
            Self::Replaced => {
                f.write_str("the program runs other threads in the place of Python's")
            }
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
