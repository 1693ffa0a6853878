//! Where the root of a process's files is.

use super::process;
use crate::profile::{HeldRoot, Root};
use rustix::fs::{Mode, OFlags};
use std::borrow::Cow;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The root of a process's files; none when it is ours. `file` is one of its files, as it names it.
///
/// A chroot is a folder of ours. A process with a mount namespace of its own is held by descriptors, while
/// it can be: a folder of ours may show its root, but not what is mounted there.
pub(super) fn of(pid: u32, file: &Path) -> Option<Root> {
    let (of_process, ours) = (View::of(&pid.to_string()), View::of("self"));
    if of_process == ours {
        return None;
    }
    let shares_mounts = of_process.namespace.is_some() && of_process.namespace == ours.namespace;
    let here = of_process.folder_here(pid, file);
    let needs_hold = !shares_mounts || here.is_none();
    let held = needs_hold.then(|| hold(pid).ok()).flatten();
    Some(Root {
        folder: here.unwrap_or_else(|| of_process.name()),
        held: held.map(Arc::new),
    })
}

/// A folder that `/proc` names for a process, as the process names it itself.
pub(super) fn folder_below(pid: u32, folder: PathBuf) -> PathBuf {
    let below = process::root(pid).and_then(|root| {
        let rest = folder.strip_prefix(root).map_err(io::Error::other)?;
        Ok(Path::new("/").join(rest))
    });
    below.unwrap_or(folder)
}

/// How a process names a file or folder of ours; none if it doesn't see it.
pub(super) fn name_of(pid: u32, file: &Path) -> Option<PathBuf> {
    let file = file.canonicalize().ok()?;
    let below = folder_below(pid, file.clone());
    let is_it = |named: &PathBuf| {
        let rest = named.strip_prefix("/").unwrap_or(named);
        let seen = identity(&PathBuf::from(format!("/proc/{pid}/root")).join(rest));
        seen.is_some() && seen == identity(&file)
    };
    [below, file.clone()].into_iter().find(is_it)
}

/// What a process sees as `/`. Equal views are the same files.
#[derive(Debug, PartialEq, Eq)]
struct View {
    /// The name of its mount namespace.
    namespace: Option<PathBuf>,
    /// What `/proc` calls its root: a path of its namespace.
    link: Option<PathBuf>,
    /// The root's device and number there.
    identity: Option<(u64, u64)>,
}

impl View {
    fn of(process: &str) -> Self {
        let link = |name: &str| fs::read_link(format!("/proc/{process}/{name}")).ok();
        Self {
            namespace: link("ns/mnt"),
            link: link("root"),
            identity: identity(Path::new(&format!("/proc/{process}/root/"))),
        }
    }

    /// The folder of ours that is this root, and has its `file` too: what is mounted there may hide it, or
    /// have it alone.
    fn folder_here(&self, pid: u32, file: &Path) -> Option<String> {
        let mounts = |process| fs::read(format!("/proc/{process}/mountinfo")).unwrap_or_default();
        let (of_process, ours) = (mounts(pid), mounts(std::process::id()));
        let link = self.link.iter().cloned();
        let mut candidates = link.chain(folders_of_root(&of_process, &ours));
        let root = self.identity?;
        let file = file.strip_prefix("/").unwrap_or(file);
        let its_file = identity(&PathBuf::from(format!("/proc/{pid}/root")).join(file));
        let is_it = |folder: &PathBuf| {
            identity(folder) == Some(root) && identity(&folder.join(file)) == its_file
        };
        let folder = candidates.find(is_it)?;
        folder.into_os_string().into_string().ok()
    }

    /// A name for a root that no folder of ours shows.
    fn name(&self) -> String {
        let name = self.namespace.as_deref().map(Path::to_string_lossy);
        name.map_or_else(|| Root::unknown().folder, Cow::into_owned)
    }
}

fn identity(folder: &Path) -> Option<(u64, u64)> {
    let metadata = fs::metadata(folder).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

fn hold(pid: u32) -> io::Result<HeldRoot> {
    let root = format!("/proc/{pid}/root");
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(HeldRoot {
        namespace: OwnedFd::from(File::open(format!("/proc/{pid}/ns/mnt"))?),
        folder: rustix::fs::open(root, flags, Mode::empty())?,
    })
}

/// The folders in which our mounts show what the process's mounts have at `/`.
fn folders_of_root(of_process: &[u8], ours: &[u8]) -> Vec<PathBuf> {
    // The last mount at a place hides those before it.
    let root = mounts(of_process).filter(|mount| mount.place == Path::new("/"));
    let Some(root) = root.last() else {
        return Vec::new();
    };
    let shown = mounts(ours).filter(|mount| mount.device == root.device);
    let folder = |mount: Mount| {
        let rest = root.subtree.strip_prefix(&mount.subtree).ok()?;
        Some(mount.place.join(rest).components().collect())
    };
    shown.filter_map(folder).collect()
}

/// A line of `/proc/PID/mountinfo`.
struct Mount {
    device: Vec<u8>,
    /// What of the file system is mounted.
    subtree: PathBuf,
    /// Where.
    place: PathBuf,
}

fn mounts(text: &[u8]) -> impl Iterator<Item = Mount> {
    text.split(|&byte| byte == b'\n').filter_map(|line| {
        let mut words = line.split(|&byte| byte == b' ').skip(2);
        Some(Mount {
            device: words.next()?.to_owned(),
            subtree: path(words.next()?),
            place: path(words.next()?),
        })
    })
}

/// Blanks, newlines and backslashes stand there as `\040`.
fn path(word: &[u8]) -> PathBuf {
    let mut bytes = Vec::new();
    let mut rest = word;
    while let [first, after @ ..] = rest {
        let octal = after
            .get(..3)
            .and_then(|digits| str::from_utf8(digits).ok());
        let octal = octal.and_then(|digits| u8::from_str_radix(digits, 8).ok());
        let escaped = octal.filter(|_| *first == b'\\');
        bytes.push(escaped.unwrap_or(*first));
        rest = &after[if escaped.is_some() { 3 } else { 0 }..];
    }
    PathBuf::from(OsString::from_vec(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_beside_us_has_our_root() {
        assert_eq!(of(std::process::id(), Path::new("/")), None);
    }

    #[test]
    fn a_process_that_is_not_there_has_not_our_root() {
        assert_eq!(of(u32::MAX, Path::new("/")), Some(Root::unknown()));
    }

    #[test]
    fn a_process_beside_us_names_our_files_as_we_do() {
        let (here, pid) = (tempfile::tempdir().expect("a folder"), std::process::id());
        let absolute = here.path().canonicalize().expect("it is there");
        assert_eq!(name_of(pid, here.path()), Some(absolute));
        assert_eq!(name_of(pid, &here.path().join("none")), None);
        assert_eq!(name_of(u32::MAX, here.path()), None);
    }

    #[test]
    fn a_folder_is_named_from_the_root_of_the_process() {
        let here = std::env::current_dir().expect("it is there");
        assert_eq!(folder_below(std::process::id(), here.clone()), here);
    }

    const CONTAINER: &str = "\
        630 600 0:51 / / rw,relatime - overlay overlay rw\n\
        631 630 0:23 / /proc rw - proc proc rw\n";

    fn check(of_process: &str, ours: &str, expected: &[&str]) {
        let folders = folders_of_root(of_process.as_bytes(), ours.as_bytes());
        let expected: Vec<_> = expected.iter().map(PathBuf::from).collect();
        assert_eq!(folders, expected, "{of_process}");
    }

    #[test]
    fn a_containers_root_is_where_we_have_mounted_the_same() {
        let ours = "\
            22 1 254:0 / / rw - ext4 /dev/vda rw\n\
            90 22 0:51 / /var/lib/c\\040d/merged rw - overlay overlay rw\n";
        check(CONTAINER, ours, &["/var/lib/c d/merged"]);
    }

    #[test]
    fn a_folder_that_is_mounted_as_root_is_below_our_mount_of_its_file_system() {
        let bound = "63 42 254:0 /srv/sid / rw - ext4 /dev/vda rw\n";
        let ours = "\
            22 1 254:0 / / rw - ext4 /dev/vda rw\n\
            23 22 254:0 /home /home rw - ext4 /dev/vda rw\n\
            24 22 254:0 /srv/sid /mnt rw - ext4 /dev/vda rw\n";
        check(bound, ours, &["/srv/sid", "/mnt"]);
    }

    #[test]
    fn a_root_that_we_have_not_mounted_is_nowhere() {
        check(CONTAINER, "22 1 254:0 / / rw - ext4 /dev/vda rw\n", &[]);
        check("", "22 1 254:0 / / rw - ext4 /dev/vda rw\n", &[]);
        check("garbage\n\\0 1 2\n", "x", &[]);
    }
}
