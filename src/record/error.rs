//! Why nothing could be recorded, and what to do about it.

use super::{Installed, Options, Tracer};
use crate::profile::Hertz;
use std::io;
use std::path::PathBuf;

/// Why nothing could be recorded.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such program.
    #[error("the program {program:?} was not found")]
    ProgramNotFound {
        /// As it was given.
        program: String,
    },
    /// It is there and can't be run.
    #[error("the program {program:?} can't be run")]
    ProgramNotRunnable {
        /// As it was given.
        program: String,
        /// What the system says.
        source: io::Error,
    },
    /// The system could start nothing at all.
    #[error("no process could be started for {program:?}")]
    Spawn {
        /// As it was given.
        program: String,
        /// What the system says.
        source: io::Error,
    },
    /// There is no such script.
    #[error("the script {script:?} was not found")]
    ScriptNotFound {
        /// As it was given.
        script: PathBuf,
    },
    /// The script can't be read.
    #[error("the script {script:?} can't be read")]
    ScriptUnreadable {
        /// As it was given.
        script: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A folder is a script only with a `__main__.py`.
    #[error("{script:?} is a folder without a __main__.py")]
    ScriptIsFolder {
        /// As it was given.
        script: PathBuf,
    },
    /// There is no such interpreter.
    #[error("the interpreter {path:?} was not found")]
    InterpreterNotFound {
        /// As it was given.
        path: PathBuf,
    },
    /// No process has this number.
    #[error("there is no process {pid}")]
    NoProcess {
        /// As it was given.
        pid: u32,
    },
    /// It ended, before or while it was looked for.
    #[error("process {pid} has ended")]
    Ended {
        /// As it was given.
        pid: u32,
    },
    /// Only one can stop it, and somebody else does.
    #[error("process {pid} is being debugged by {tracer}")]
    Debugged {
        /// As it was given.
        pid: u32,
        /// By whom.
        tracer: Tracer,
    },
    /// The system does not let us stop the process.
    #[error("process {pid} may not be stopped")]
    HoldDenied {
        /// As it was given.
        pid: u32,
        /// What the system says.
        source: io::Error,
    },
    /// The number is rustbound's own.
    #[error("process {pid} is rustbound itself")]
    OwnProcess {
        /// As it was given.
        pid: u32,
    },
    /// No py-spy is installed where programs are looked for.
    #[error("there is no `py-spy` on the path")]
    PySpyNotFound,
    /// A Python before 3.15, or one without that part of its library.
    #[error("{python} has no sampling profiler of its own")]
    NoProfiler {
        /// What it is: `python3` as it was given, or its version.
        python: String,
    },
    /// The Python that runs the program is not one of ours, and no other of its version is here.
    #[error("there is no `{name}` here whose profiler could sample process {pid}")]
    ProfilerNotFound {
        /// As it was given.
        pid: u32,
        /// As it would be called: `python3.15`.
        name: String,
    },
    /// An installed sampler could not sample.
    #[error("{sampler} could not sample process {pid}: {reason}")]
    SamplerFailed {
        /// Which.
        sampler: Installed,
        /// As it was given.
        pid: u32,
        /// What it says.
        reason: String,
    },
    /// The process runs no Python.
    #[error("process {pid} ({program}) is not Python")]
    NotPython {
        /// As it was given.
        pid: u32,
        /// What it runs.
        program: String,
        /// The Python processes below it.
        python_descendants: Vec<u32>,
    },
    /// The system does not let us read the process.
    #[error("process {pid} may not be read")]
    Denied {
        /// As it was given.
        pid: u32,
        /// Whether it belongs to another user.
        foreign: bool,
        /// What the system says.
        source: io::Error,
    },
    /// Its Python has no interpreter lock.
    #[error("process {pid} is a free-threaded Python {version}, which can't be sampled yet")]
    FreeThreaded {
        /// As it was given.
        pid: u32,
        /// Its version.
        version: String,
    },
    /// It is Python, and its stacks could not be found.
    #[error("the Python of process {pid} could not be read: {reason}")]
    Unreadable {
        /// As it was given.
        pid: u32,
        /// What the sampler says.
        reason: String,
    },
    /// The sampling rate makes no sense.
    #[error("{} samples per second can't be taken", .rate.0)]
    Rate {
        /// As it was given.
        rate: Hertz,
    },
    /// The system refused a handle that is needed to watch the program.
    #[error("the program can't be watched")]
    Watch {
        /// What the system says.
        #[from]
        source: io::Error,
    },
}

impl Error {
    /// What the user could do next.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::ProgramNotFound { .. } => {
                "check the name, or give the path with a slash, as ./program".into()
            }
            Self::ProgramNotRunnable { program, .. } => {
                format!(
                    "it must be an executable file whose interpreter exists: `chmod +x {program}`, \
                     or `rustbound run {program}` if it is a Python script"
                )
            }
            Self::Spawn { .. } => "the system is short of processes or memory: see `ulimit -a`".into(),
            Self::ScriptNotFound { .. } => {
                "check the path; a module is run with `rustbound run -m MODULE`, any other command with \
                 `rustbound run -- COMMAND`"
                    .into()
            }
            Self::ScriptUnreadable { .. } => "check who may read it with `ls -l`".into(),
            Self::ScriptIsFolder { .. } => {
                "name the script inside, or run the package with `rustbound run -m PACKAGE`".into()
            }
            Self::InterpreterNotFound { .. } => {
                "give the path of a Python executable or of a virtual environment to --python".into()
            }
            Self::NoProcess { .. } => "list Python processes with `pgrep -af python`".into(),
            Self::Ended { .. } => "nothing is left to sample: start it with `rustbound run` to see it all".into(),
            Self::Debugged { tracer, .. } => {
                format!("end process {}, or leave out --blocking", tracer.pid)
            }
            Self::HoldDenied { .. } => "leave out --blocking: reading is allowed".into(),
            Self::PySpyNotFound => {
                "install it with `pip install py-spy`, or leave out --sampler: rustbound has a sampler of its own".into()
            }
            Self::NoProfiler { .. } => {
                "Python has one from 3.15 on: run it with that, or leave out --sampler: rustbound has a sampler of \
                 its own"
                    .into()
            }
            Self::ProfilerNotFound { .. } => {
                "put one on the path, or leave out --sampler: rustbound has a sampler of its own".into()
            }
            Self::SamplerFailed { .. } => {
                "leave out --sampler: rustbound has a sampler of its own".into()
            }
            Self::OwnProcess { .. } => "give the number of the program to look at".into(),
            Self::NotPython { python_descendants, .. } => not_python_hint(python_descendants),
            Self::Denied { pid, foreign, .. } => denied_hint(*pid, *foreign),
            Self::Unreadable { .. } => {
                "Python 3.8 to 3.15 can be read; a process that is just starting can be tried again".into()
            }
            Self::FreeThreaded { .. } => {
                "run it with a Python that has the interpreter lock: python3.14 instead of python3.14t".into()
            }
            Self::Rate { .. } => format!(
                "choose a rate from {} to {}",
                Options::LOWEST_RATE.0,
                Options::HIGHEST_RATE.0
            ),
            Self::Watch { .. } => return None,
        };
        Some(hint)
    }
}

fn not_python_hint(descendants: &[u32]) -> String {
    match descendants {
        [] => "list Python processes with `pgrep -af python`".into(),
        [pid, ..] => format!("it started one that is: `rustbound attach {pid}`"),
    }
}

fn denied_hint(pid: u32, foreign: bool) -> String {
    if foreign {
        format!("it belongs to another user: `sudo rustbound attach {pid}`")
    } else {
        format!(
            "the system lets nobody but a parent read it: `sudo rustbound attach {pid}`, start it with \
             `rustbound run`, set kernel.yama.ptrace_scope to 0, or give the container SYS_PTRACE"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_that_started_python_points_to_it() {
        let error = Error::NotPython {
            pid: 4,
            program: "sh".into(),
            python_descendants: vec![17, 18],
        };
        let hint = error.hint().expect("this error has a hint");
        assert_eq!(hint, "it started one that is: `rustbound attach 17`");
    }

    #[test]
    fn a_foreign_process_asks_for_another_user() {
        assert!(denied_hint(4, true).contains("another user"));
        assert!(denied_hint(4, false).contains("ptrace_scope"));
    }

    #[test]
    fn a_newline_in_a_name_stays_on_one_line() {
        let error = Error::ScriptNotFound {
            script: "a\nb;c.py".into(),
        };
        assert_eq!(error.to_string(), r#"the script "a\nb;c.py" was not found"#);
    }
}
