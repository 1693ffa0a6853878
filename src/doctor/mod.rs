//! Can this machine sample, build and verify?
//!
//! [`Facts::gather`] asks the machine, and nothing else here does: it reads `/proc`, starts a Python that does
//! nothing to see whether it can be read, and asks the tools for their versions. It writes nothing and imports
//! no code of the user's. [`diagnose`] makes findings of the facts, each with its remedy.

mod diagnosis;
mod facts;
mod finding;
mod judgement;

pub use diagnosis::{Diagnosis, diagnose};
pub use facts::{
    Answer, Bytes, Container, Disk, Facts, Kernel, Packages, Python, Pythons, Seccomp, Silence,
    Tool, Tools, Trial,
};
pub use finding::{Ability, Check, Finding, Status};
