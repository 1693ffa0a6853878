//! A Python process that may be asked to take the agent in: whether that can do it no harm.

use super::Trouble;
use crate::record::process;
use crate::record::reader::Address;

/// The first version that can be asked is Python 3.14.
const FIRST: u32 = 14;
/// Python opens the script, the agent seven texts one after the other, a pipe and a file; others open some meanwhile.
const FILES: u64 = 16;

/// A Python process that may be asked.
#[derive(Clone, Debug)]
pub(in crate::record) struct Host {
    pub(in crate::record) pid: u32,
    /// Where its `_PyRuntime` is, if that is known.
    pub(in crate::record) runtime: Option<Address>,
    /// It is Python 3.`minor`.
    pub(in crate::record) minor: u32,
    /// Its version: `3.14.0`.
    pub(in crate::record) python: String,
}

impl Host {
    /// Where its `_PyRuntime` is, if it may be asked at all.
    pub(super) fn check(&self) -> Result<Address, Trouble> {
        if self.minor < FIRST {
            return Err(Trouble::Old {
                python: self.python.clone(),
            });
        }
        if process::is_foreign(self.pid) {
            return Err(Trouble::Foreign);
        }
        // A filter may end a process that opens a file or starts a thread.
        if process::is_filtered(self.pid) {
            return Err(Trouble::Filtered);
        }
        self.runtime.ok_or(Trouble::Unknown)
    }

    /// Whether it can open some more files. If it can't, Python would say so of the script.
    pub(super) fn has_room(&self) -> bool {
        process::room_for_files(self.pid).is_some_and(|room| room >= FILES)
    }
}
