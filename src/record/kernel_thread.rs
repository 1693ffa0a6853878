//! The kernel's number of a thread that Python knows by its `pthread_t`.
//!
//! Python stores the kernel's number from 3.11 on. Before, it has the address of the C library's record
//! of the thread only, and in that record stands the number.

use super::process;
use rustc_hash::FxHashMap;
use std::fs::File;
use std::os::unix::fs::FileExt;

/// Where the number stands in the record. glibc: `struct pthread.tid` behind the thread control block,
/// which is larger on x86-64; musl: `struct pthread.tid`. What is found is believed only if it is a thread
/// of the process.
#[cfg(target_arch = "x86_64")]
const PLACES: [u64; 2] = [720, 48];
#[cfg(not(target_arch = "x86_64"))]
const PLACES: [u64; 2] = [208, 32];

/// The threads of a process, as far as they are known.
#[derive(Debug)]
pub(super) struct KernelThreads {
    pid: u32,
    memory: Option<File>,
    known: FxHashMap<u64, u32>,
}

impl KernelThreads {
    /// Of a process, none known yet.
    pub(super) fn new(pid: u32) -> Self {
        Self {
            pid,
            memory: File::open(format!("/proc/{pid}/mem")).ok(),
            known: FxHashMap::default(),
        }
    }

    /// The kernel's number of the thread whose record is at `record`.
    pub(super) fn number(&mut self, record: u64) -> Option<u32> {
        if let Some(&number) = self.known.get(&record) {
            // A record is used again for a later thread.
            if self.read(record, number) {
                return Some(number);
            }
        }
        let threads = process::threads(self.pid);
        let number = threads
            .into_iter()
            .find(|&thread| self.read(record, thread))?;
        self.known.insert(record, number);
        Some(number)
    }

    /// Whether `number` stands in the record.
    fn read(&self, record: u64, number: u32) -> bool {
        PLACES.iter().any(|place| {
            let mut bytes = [0; 4];
            let read = self
                .memory
                .as_ref()
                .map(|memory| memory.read_exact_at(&mut bytes, record.wrapping_add(*place)));
            matches!(read, Some(Ok(()))) && u32::from_ne_bytes(bytes) == number
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_no_record_is_no_thread() {
        let mut threads = KernelThreads::new(std::process::id());
        assert_eq!(threads.number(0), None);
        assert_eq!(threads.number(u64::MAX), None);
    }

    #[test]
    fn a_process_that_is_gone_has_no_threads() {
        assert_eq!(KernelThreads::new(u32::MAX).number(4096), None);
    }
}
