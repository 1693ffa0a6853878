//! What a thread waits for.

/// What a thread that waited wanted to happen. The interpreter lock is none of these: who waits for that could work
/// ([`Activity::WantsGil`](super::Activity::WantsGil)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wait {
    /// A lock of the program's own: a mutex, a condition, a semaphore, a queue, a lock on a file.
    Lock,
    /// A time to pass.
    Timer,
    /// A socket: something to read, a connection, room to send.
    Socket,
    /// One of several things, or of those that an event loop waits for.
    Event,
    /// The end of a child process.
    Child,
    /// A pipe, a terminal or another file.
    File,
}

impl Wait {
    /// All of them, in order.
    pub const ALL: [Self; 6] = [
        Self::Lock,
        Self::Timer,
        Self::Socket,
        Self::Event,
        Self::Child,
        Self::File,
    ];

    /// Its place among all.
    pub fn index(self) -> usize {
        self as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_place_among_all() {
        for (place, wait) in Wait::ALL.into_iter().enumerate() {
            assert_eq!(wait.index(), place);
        }
    }
}
