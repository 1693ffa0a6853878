//! A folder that will be written: how much room there is, and whether we may.

use rustix::fs::{Access, access, statvfs};
use std::fmt;
use std::path::{Path, PathBuf};

/// A size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

impl Bytes {
    /// So many millions of bytes.
    pub const fn megabytes(count: u64) -> Self {
        Self(count * 1_000_000)
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0..1_000_000_000 => write!(f, "{} MB", self.0 / 1_000_000),
            bytes => write!(f, "{:.1} GB", bytes as f64 / 1e9),
        }
    }
}

/// A folder that will be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disk {
    /// The folder, or the nearest around it that is there.
    pub folder: PathBuf,
    /// Whether we may write there.
    pub writable: bool,
    /// The room that is left for us, where the system says it.
    pub free: Option<Bytes>,
}

impl Disk {
    pub(super) fn of(folder: &Path) -> Self {
        let mut around = folder.ancestors();
        let folder = around.find(|folder| folder.exists()).unwrap_or(folder);
        let free = statvfs(folder).ok();
        Self {
            folder: folder.to_owned(),
            writable: folder.is_dir() && access(folder, Access::WRITE_OK | Access::EXEC_OK).is_ok(),
            free: free.map(|it| Bytes(it.f_bavail.saturating_mul(it.f_frsize))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_yet_is_made_in_the_nearest_that_is() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let disk = Disk::of(&folder.path().join("a/b"));
        assert_eq!(disk.folder, folder.path());
        assert!(disk.writable && disk.free.is_some(), "{disk:?}");
    }

    #[test]
    fn in_a_file_nothing_can_be_written() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        assert!(!Disk::of(file.path()).writable);
    }

    #[test]
    fn sizes_are_told_in_the_unit_that_fits() {
        assert_eq!(Bytes::megabytes(57).to_string(), "57 MB");
        assert_eq!(Bytes(57_900_000_000).to_string(), "57.9 GB");
    }
}
