//! What attaching to a process would meet, without sampling it.

use super::run::{check_process, open_python};
use super::{Error, Options, process};

/// A process, and whether its Python can be read.
#[derive(Debug)]
pub struct Probe {
    /// The process.
    pub pid: u32,
    /// What it runs: `python3.11`; empty where that can't be seen.
    pub program: String,
    /// Whether it belongs to another user than we do.
    pub foreign: bool,
    /// Its Python version, `3.11.7`, or why it can't be sampled.
    pub python: Result<String, Error>,
}

/// Opens a process as attaching would, and lets it go. An error says that there is no process to ask about.
pub fn probe(pid: u32) -> Result<Probe, Error> {
    check_process(pid)?;
    let program = process::name(pid).unwrap_or_default();
    let foreign = process::is_foreign(pid);
    match open_python(pid, Options::default().manner()) {
        Err(error @ (Error::Ended { .. } | Error::NoProcess { .. })) => Err(error),
        opened => Ok(Probe {
            pid,
            program,
            foreign,
            python: opened.map(|sampler| sampler.python()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_not_there_can_not_be_asked_about() {
        for pid in [0, u32::MAX] {
            let error = probe(pid).err();
            assert!(matches!(error, Some(Error::NoProcess { .. })), "{error:?}");
        }
        let error = probe(std::process::id()).err();
        assert!(matches!(error, Some(Error::OwnProcess { .. })), "{error:?}");
    }
}
