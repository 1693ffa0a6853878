//! A running program becomes a profile.
//!
//! [`run`] starts a program or attaches to one, looks at it at a rate, and gives back what it saw. It
//! **only reads** the memory of the program, starts it once, and never stops it unless [`Options::blocking`] asks for
//! that. Where [`Options::agent`] asks for it, an agent inside the program counts calls for moments: the Python of one
//! that runs already is asked to take it in, by the few bytes that it has for that, and nothing else is ever written.
//! What it starts keeps its input, output, folder, environment, terminal, process group and signals.
//! [`run_installed`] does so with a sampler that is installed, and [`replay`] does the same from a recorded profile,
//! without a program and without a clock.
//!
//! The library doesn't print: what happens goes to a [`Progress`], what should be known to
//! [`Recording::notes`].

mod agent;
mod child;
mod cpu_meter;
mod embedded;
mod error;
mod family;
mod finder;
mod follower;
mod followers;
mod frame_sampler;
mod glance;
mod guard;
mod heat;
mod hold;
mod installed;
mod interpreter;
mod kernel_thread;
mod live;
mod missed;
mod note;
mod opened;
mod options;
mod outcome;
mod pace;
mod probe;
mod process;
mod processor;
mod progress;
mod py_spy;
pub mod reader;
mod recorder;
mod recording;
mod replay;
mod root;
mod run;
mod sample_log;
mod sampler;
mod session;
mod sightings;
mod signals;
mod sleepers;
mod stat;
mod stop;
mod subject;
mod system_call;
mod target;
mod thread_files;
mod thread_names;
mod thread_states;
mod tracer;

pub use agent::Trouble;
pub use error::Error;
pub use installed::{Installed, run_installed};
pub use interpreter::{Interpreter, Surroundings};
pub use note::Note;
pub use options::Options;
pub use probe::{Probe, probe};
pub use process::command_line;
pub use progress::{Event, Progress};
pub use recorder::Recorder;
pub use recording::{End, Recording};
pub use replay::{Replay, replay};
pub use run::run;
pub use sampler::{LookError, Moment, Observed, Sampler, Tick};
pub use target::{Command, Stdout, Target};
pub use tracer::Tracer;

pub(crate) use signals::Signals;
