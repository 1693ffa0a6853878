//! The memory of a process of this machine, through the kernel. Nothing is stopped, and nothing written but where its
//! Python wants to be asked.

use super::memory::{Address, Memory, Unreadable};
use nix::sys::uio::{RemoteIoVec, process_vm_readv, process_vm_writev};
use nix::unistd::Pid;
use std::io::{IoSlice, IoSliceMut};

/// `IOV_MAX`: the kernel takes so many stretches at a time.
const MOST_AT_ONCE: usize = 1024;

/// The memory of a process.
#[derive(Clone, Copy, Debug)]
pub(in crate::record) struct ProcessMemory(Pid);

impl ProcessMemory {
    /// Of the process of this number. Reading takes the right to trace it.
    pub(in crate::record) fn of(pid: u32) -> Self {
        // A number beyond is no process, as 0 is none that can be read.
        Self(Pid::from_raw(i32::try_from(pid).unwrap_or(0)))
    }

    /// Writes there. Whoever calls it knows what these bytes are for.
    pub(super) fn write(self, to: Address, bytes: &[u8]) -> Result<(), Unreadable> {
        let remote = RemoteIoVec {
            base: usize::try_from(to.0).map_err(|_| Unreadable(to))?,
            len: bytes.len(),
        };
        match process_vm_writev(self.0, &[IoSlice::new(bytes)], &[remote]) {
            Ok(length) if length == bytes.len() => Ok(()),
            _ => Err(Unreadable(to)),
        }
    }

    /// How many of at most [`MOST_AT_ONCE`] stretches could be read.
    fn read_some(self, stretches: &mut [(Address, &mut [u8])]) -> usize {
        let length = |bytes: &[u8]| bytes.len();
        let remote: Vec<RemoteIoVec> = (stretches.iter())
            .map(|(from, into)| RemoteIoVec {
                base: usize::try_from(from.0).unwrap_or(0),
                len: length(into),
            })
            .collect();
        let mut local: Vec<IoSliceMut<'_>> = (stretches.iter_mut())
            .map(|(_, into)| IoSliceMut::new(into))
            .collect();
        let mut filled = process_vm_readv(self.0, &mut local, &remote).unwrap_or(0);
        // A stretch that could not be read ends the call; what stands before it was read.
        let is_whole = |stretch: &&RemoteIoVec| {
            let whole = filled >= stretch.len;
            filled = filled.saturating_sub(stretch.len);
            whole
        };
        remote.iter().take_while(is_whole).count()
    }
}

impl Memory for ProcessMemory {
    fn read(&self, from: Address, into: &mut [u8]) -> Result<(), Unreadable> {
        match self.read_some(&mut [(from, into)]) {
            0 => Err(Unreadable(from)),
            _ => Ok(()),
        }
    }

    fn read_stretches(&self, stretches: &mut [(Address, &mut [u8])]) -> usize {
        let mut read = 0;
        for some in stretches.chunks_mut(MOST_AT_ONCE) {
            let read_here = self.read_some(some);
            read += read_here;
            if read_here < some.len() {
                break;
            }
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here(bytes: &[u8]) -> Address {
        Address(bytes.as_ptr().addr() as u64)
    }

    fn memory() -> ProcessMemory {
        ProcessMemory::of(std::process::id())
    }

    #[test]
    fn our_own_memory_reads_as_it_is() {
        let text = *b"as it is";
        assert_eq!(here(&text).bytes(&memory()), Ok(text));
    }

    #[test]
    fn what_is_not_there_is_an_error() {
        for address in [
            Address(0),
            Address(8),
            Address(u64::MAX),
            Address(u64::MAX - 3),
        ] {
            assert_eq!(address.word(&memory()), Err(Unreadable(address)));
        }
        let nobody = ProcessMemory::of(u32::MAX);
        assert!(here(b"x").bytes::<1>(&nobody).is_err());
    }

    #[test]
    fn stretches_before_a_missing_one_are_read() {
        let (one, two) = (*b"one", *b"twos");
        let mut read = [[0; 4]; 3];
        let [first, second, third] = &mut read;
        let mut stretches = [
            (here(&one), &mut first[..3]),
            (Address(0), &mut second[..]),
            (here(&two), &mut third[..]),
        ];
        assert_eq!(memory().read_stretches(&mut stretches), 1);
        assert_eq!(&read[0][..3], b"one");
    }

    #[test]
    fn more_stretches_than_the_kernel_takes_at_once_are_read() {
        let text = *b"again";
        let mut read = vec![[0; 5]; 2 * MOST_AT_ONCE + 1];
        let mut stretches: Vec<_> = read
            .iter_mut()
            .map(|it| (here(&text), &mut it[..]))
            .collect();
        assert_eq!(
            memory().read_stretches(&mut stretches),
            2 * MOST_AT_ONCE + 1
        );
        assert!(read.iter().all(|it| *it == text));
    }
}
