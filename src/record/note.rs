//! What a reader of a recording should know: each a sentence.

use super::{Installed, Tracer, Trouble};
use crate::profile::{Hertz, Nanoseconds};
use std::fmt;

/// What a reader of a recording should know.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// No process of the program was Python.
    NeverPython,
    /// What looks like Python was there and could not be read at any time.
    Unreadable {
        /// Which process.
        pid: u32,
        /// What the sampler or the system says.
        reason: String,
    },
    /// The program was over too soon for a ranking.
    Short {
        /// How long it ran.
        ran: Nanoseconds,
        /// How many looks that allowed.
        ticks: u64,
    },
    /// Most looks brought nothing.
    Lost {
        /// Why, at the last one.
        reason: String,
    },
    /// A debugger was at the program.
    Debugged {
        /// Which process.
        pid: u32,
        /// By whom.
        tracer: Tracer,
    },
    /// Looking was done more seldom than asked.
    Slow {
        /// How often, in looks per second.
        reached: Hertz,
        /// Whether the machine left no time for it: looking itself took little.
        machine_was_busy: bool,
    },
    /// The process replaced itself by a program that isn't Python.
    Replaced {
        /// What it became.
        program: String,
    },
    /// Other Python processes of the program were left alone, as nobody asked for them.
    NotFollowed {
        /// How many were seen.
        processes: usize,
    },
    /// Other Python processes were to be sampled, and could not be read.
    NotReadable {
        /// How many.
        processes: usize,
        /// Why, at the last one.
        reason: String,
    },
    /// Other Python processes were to be sampled, and were too many at once.
    Crowded {
        /// How many were never sampled.
        processes: usize,
    },
    /// Other Python processes were over too soon.
    Missed {
        /// How many were seen.
        processes: usize,
    },
    /// Other processes were not Python.
    NotPython {
        /// How many were seen.
        processes: usize,
    },
    /// The program's first process ended, and left one behind that goes on.
    Background {
        /// Which.
        pid: u32,
    },
    /// An installed sampler gave no samples.
    Sampler {
        /// Which.
        sampler: Installed,
        /// What it says.
        reason: String,
    },
    /// The sampler was asked for threads that run.
    WaitingUnseen,
    /// Calls were to be counted, and were not, or no longer.
    NotCounted {
        /// Why.
        trouble: Trouble,
        /// For how many moments they were.
        windows: usize,
    },
    /// Nobody was ever seen to hold the interpreter lock.
    NoGil,
    /// A name that is not UTF-8 hides the source of its file.
    NameNotUtf8,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeverPython => write!(f, "the program never ran Python"),
            Self::Unreadable { pid, reason } => {
                write!(
                    f,
                    "process {pid} looks like Python and could not be read: {reason}"
                )
            }
            Self::Short { ran, ticks } => write!(
                f,
                "the program ran for {:.0} ms only, time for {ticks} looks at it",
                ran.seconds() * 1000.0
            ),
            Self::Lost { reason } => write!(
                f,
                "most looks at the program brought nothing, the last because {reason}"
            ),
            Self::Debugged { pid, tracer } => write!(
                f,
                "process {pid} is being debugged by {tracer}: it stands still whenever that stops it"
            ),
            Self::Slow {
                reached,
                machine_was_busy: true,
            } => write!(
                f,
                "{:.0} looks a second were taken only, as the machine was busy: a longer run gives more samples",
                reached.0
            ),
            Self::Slow { reached, .. } => write!(
                f,
                "{:.0} looks a second were taken only: looking at deep stacks or at many threads takes \
                 long; a longer run gives more samples",
                reached.0
            ),
            Self::Replaced { program } => write!(
                f,
                "the program replaced itself by {program}, which is not Python; samples end there"
            ),
            Self::NotFollowed { processes: 1 } => write!(
                f,
                "1 other Python process was not followed: `--subprocesses` samples it too"
            ),
            Self::NotFollowed { processes } => write!(
                f,
                "{processes} other Python processes were not followed: `--subprocesses` samples them too"
            ),
            Self::NotReadable { processes, reason } => write!(
                f,
                "{} could not be read, the last because {reason}",
                others(*processes, "Python process")
            ),
            Self::Crowded { processes } => write!(
                f,
                "{} got no turn: too many ran at once",
                others(*processes, "Python process")
            ),
            Self::Missed { processes } => write!(
                f,
                "{} ended before samples could be taken",
                others(*processes, "Python process")
            ),
            Self::NotPython { processes } => write!(
                f,
                "{} ran no Python and left no samples",
                others(*processes, "process")
            ),
            Self::Background { pid } => write!(
                f,
                "the program goes on in the background as process {pid}: `rustbound attach {pid}`"
            ),
            Self::Sampler { sampler, reason } => write!(f, "{sampler} took no samples: {reason}"),
            Self::WaitingUnseen => write!(
                f,
                "how long threads waited is not known: Python's own profiler was asked for those that run"
            ),
            Self::NotCounted {
                trouble,
                windows: 0,
            } => write!(f, "calls were not counted: {trouble}"),
            Self::NotCounted { trouble, .. } => {
                write!(f, "calls were counted in a part of the run only: {trouble}")
            }
            Self::NoGil => write!(
                f,
                "the interpreter lock could not be seen: which thread ran Python is not known"
            ),
            Self::NameNotUtf8 => write!(
                f,
                "a path of the program is not UTF-8: the sources of files of such names are not found"
            ),
        }
    }
}

fn others(processes: usize, kind: &str) -> String {
    let plural = if processes == 1 { "" } else { "es" };
    format!("{processes} other {kind}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_process_is_singular() {
        let note = |processes| Note::NotFollowed { processes }.to_string();
        let one = "1 other Python process was not followed: `--subprocesses` samples it too";
        assert_eq!(note(1), one);
        let two = "2 other Python processes were not followed: `--subprocesses` samples them too";
        assert_eq!(note(2), two);
        let note = |processes| Note::NotPython { processes }.to_string();
        assert_eq!(note(1), "1 other process ran no Python and left no samples");
        assert_eq!(
            note(2),
            "2 other processes ran no Python and left no samples"
        );
    }

    #[test]
    fn a_short_run_says_how_long_it_was() {
        let note = Note::Short {
            ran: Nanoseconds(23_400_000),
            ticks: 0,
        };
        assert_eq!(
            note.to_string(),
            "the program ran for 23 ms only, time for 0 looks at it"
        );
    }
}
