//! Memory of another process: bytes at addresses, which may be gone or change at any time.

/// A place in the memory of another process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(pub u64);

/// What can't be read, now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing can be read at {:#x}", .0.0)]
pub struct Unreadable(pub Address);

/// Memory of another process. What is read is as good as that process keeps it: it may change between two
/// reads and during one.
pub trait Memory {
    /// Fills `into` with what stands at `from`.
    fn read(&self, from: Address, into: &mut [u8]) -> Result<(), Unreadable>;

    /// Reads several stretches in their order, as close in time to each other as it can. Says how many were
    /// read, counted from the first; those behind hold anything.
    fn read_stretches(&self, stretches: &mut [(Address, &mut [u8])]) -> usize {
        let mut read = 0;
        for (from, into) in stretches {
            if self.read(*from, into).is_err() {
                break;
            }
            read += 1;
        }
        read
    }
}

impl Address {
    /// Whether it points nowhere.
    pub fn is_null(self) -> bool {
        self.0 == 0
    }

    /// So many bytes further on. Garbage wraps around, and then can't be read.
    #[must_use]
    pub fn plus(self, bytes: u64) -> Self {
        Self(self.0.wrapping_add(bytes))
    }

    /// Reads some bytes here.
    pub(super) fn bytes<const N: usize>(self, memory: &dyn Memory) -> Result<[u8; N], Unreadable> {
        let mut bytes = [0; N];
        memory.read(self, &mut bytes)?;
        Ok(bytes)
    }

    /// Reads a whole number of eight bytes here.
    pub(super) fn word(self, memory: &dyn Memory) -> Result<u64, Unreadable> {
        self.bytes(memory).map(u64::from_le_bytes)
    }

    /// Reads a pointer here.
    pub(super) fn pointer(self, memory: &dyn Memory) -> Result<Self, Unreadable> {
        self.word(memory).map(Self)
    }

    /// Reads a number of four bytes here.
    pub(super) fn int(self, memory: &dyn Memory) -> Result<u32, Unreadable> {
        self.bytes(memory).map(u32::from_le_bytes)
    }

    /// Reads so many bytes here.
    pub(super) fn vector(self, length: usize, memory: &dyn Memory) -> Result<Vec<u8>, Unreadable> {
        let mut bytes = vec![0; length];
        memory.read(self, &mut bytes)?;
        Ok(bytes)
    }
}

/// The eight bytes at `offset` of what was read.
///
/// Panics if it ends before: what is read of a structure holds all of its fields.
pub(super) fn word_in(bytes: &[u8], offset: u64) -> u64 {
    u64::from_le_bytes(array_in(bytes, offset))
}

/// The four bytes at `offset` of what was read, likewise.
pub(super) fn int_in(bytes: &[u8], offset: u64) -> u32 {
    u32::from_le_bytes(array_in(bytes, offset))
}

fn array_in<const N: usize>(bytes: &[u8], offset: u64) -> [u8; N] {
    let start = usize::try_from(offset).expect("a structure is smaller than the memory");
    (bytes[start..start + N].try_into()).expect("a slice of N bytes is an array of N bytes")
}
