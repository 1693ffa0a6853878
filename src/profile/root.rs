//! The root of a program's files.

use std::os::fd::OwnedFd;
use std::sync::Arc;

/// The root of a program's files, where it is not ours: of a chroot or a container. The program's
/// `/job.py` is not our `/job.py` then.
#[derive(Clone, Debug)]
pub struct Root {
    /// The folder as it is seen from here. Where none shows it, the name of its mount namespace,
    /// `mnt:[4026532177]`.
    pub folder: String,
    /// What leads there although no folder does, or has more than the folder: a container's volumes.
    pub held: Option<Arc<HeldRoot>>,
}

/// A root that stays reachable while it is held, also when the program has ended.
#[derive(Debug)]
pub struct HeldRoot {
    /// The root.
    pub folder: OwnedFd,
    /// Its mount namespace: with the last who holds it all that is mounted below the root goes.
    pub namespace: OwnedFd,
}

impl Root {
    /// A root that is a folder of ours.
    pub fn at(folder: impl Into<String>) -> Self {
        Self {
            folder: folder.into(),
            held: None,
        }
    }

    /// A root of which nothing is known but that it isn't ours.
    pub fn unknown() -> Self {
        Self::at("mnt:[unknown]")
    }
}

impl Eq for Root {}

/// A root is what can be written down of it.
impl PartialEq for Root {
    fn eq(&self, other: &Self) -> bool {
        self.folder == other.folder
    }
}
