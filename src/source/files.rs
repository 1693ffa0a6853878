//! The program's files, reached through its root.

use crate::profile::Root;
use rustix::fs::{Mode, OFlags, ResolveFlags};
use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the file system of `/proc` calls itself.
const PROC: rustix::fs::FsWord = 0x9fa0;

/// The files that the program sees. Their paths are the program's: absolute, from its root.
///
/// A root that is not ours is never left, whatever links stand in it: what a link of the program names is its
/// own, and we may read more than it.
#[derive(Clone, Debug, Default)]
pub(super) struct Files(Option<Arc<Elsewhere>>);

/// A root that is not ours.
#[derive(Debug)]
struct Elsewhere {
    root: Root,
    /// Its folder; none where nothing leads there.
    folder: Option<OwnedFd>,
    /// What `/proc` calls the folder.
    name: PathBuf,
}

impl Files {
    /// The files below a root, ours without one.
    pub(super) fn below(root: Option<&Root>) -> Self {
        Self(root.map(|root| Arc::new(Elsewhere::new(root.clone()))))
    }

    /// Whether they are those that we see ourselves.
    pub(super) fn are_ours(&self) -> bool {
        self.0.is_none()
    }

    /// The path by which we see what the program calls `path`.
    pub(super) fn outside(&self, path: &Path) -> PathBuf {
        match &self.0 {
            Some(elsewhere) if path.is_absolute() => joined(&elsewhere.root.folder, path),
            _ => path.to_owned(),
        }
    }

    /// What the program calls a path of ours. One that isn't below its root is taken for its own.
    pub(super) fn inside(&self, path: &Path) -> PathBuf {
        self.below_root(path).unwrap_or_else(|| path.to_owned())
    }

    /// What the program calls a path of ours below its root, where that is not ours.
    pub(super) fn below_root(&self, path: &Path) -> Option<PathBuf> {
        let root = &self.0.as_ref()?.root.folder;
        Some(Path::new("/").join(path.strip_prefix(root).ok()?))
    }

    /// What stands there.
    pub(super) fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        match &self.0 {
            Some(elsewhere) => File::from(elsewhere.find(path)?).metadata(),
            None => fs::metadata(path),
        }
    }

    /// Whether anything stands there.
    pub(super) fn exists(&self, path: &Path) -> bool {
        self.metadata(path).is_ok()
    }

    /// Whether a regular file stands there.
    pub(super) fn is_file(&self, path: &Path) -> bool {
        self.metadata(path).is_ok_and(|metadata| metadata.is_file())
    }

    /// The path without symbolic links.
    pub(super) fn real(&self, path: &Path) -> io::Result<PathBuf> {
        match &self.0 {
            Some(elsewhere) => elsewhere.real(path),
            None => path.canonicalize(),
        }
    }

    /// Opens what stands there for reading.
    pub(super) fn open(&self, path: &Path) -> io::Result<File> {
        match &self.0 {
            Some(elsewhere) => File::open(link_of(&elsewhere.find(path)?)),
            None => File::open(path),
        }
    }

    /// What stands in a folder.
    pub(super) fn names_in(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        let entries = match &self.0 {
            Some(elsewhere) => fs::read_dir(link_of(&elsewhere.find(folder)?)),
            None => fs::read_dir(folder),
        };
        Ok(entries?.flatten().map(|entry| entry.file_name()).collect())
    }
}

impl Elsewhere {
    fn new(root: Root) -> Self {
        let folder = match &root.held {
            Some(held) => held.folder.try_clone().ok(),
            None => open_root(Path::new(&root.folder)).ok(),
        };
        let name = folder.as_ref().map(|folder| fs::read_link(link_of(folder)));
        Self {
            folder,
            name: name.and_then(Result::ok).unwrap_or_default(),
            root,
        }
    }

    /// What stands there, not opened for anything. `/proc` is not the program's: it shows whoever looks.
    fn find(&self, path: &Path) -> io::Result<OwnedFd> {
        let root = self.folder.as_ref().ok_or(io::ErrorKind::NotFound)?;
        let flags = OFlags::PATH | OFlags::CLOEXEC;
        let within = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
        let found = rustix::fs::openat2(root, path, flags, Mode::empty(), within)?;
        match rustix::fs::fstatfs(&found)?.f_type {
            PROC => Err(io::ErrorKind::NotFound.into()),
            _ => Ok(found),
        }
    }

    fn real(&self, path: &Path) -> io::Result<PathBuf> {
        let found = fs::read_link(link_of(&self.find(path)?))?;
        let below = found.strip_prefix(&self.name).map_err(io::Error::other)?;
        Ok(Path::new("/").join(below))
    }
}

/// A relative name is the name of something else than a folder.
fn open_root(folder: &Path) -> io::Result<OwnedFd> {
    if !folder.is_absolute() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(folder, flags, Mode::empty())?)
}

fn link_of(open: &OwnedFd) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", open.as_raw_fd()))
}

fn joined(root: &str, path: &Path) -> PathBuf {
    Path::new(root).join(path.strip_prefix("/").unwrap_or(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::project::Project;
    use std::io::Read;
    use std::os::unix::fs::symlink;

    fn files(project: &Project) -> Files {
        Files::below(Some(&Root::at(project.text("root"))))
    }

    fn text(files: &Files, path: &str) -> Option<String> {
        let mut text = String::new();
        let mut file = files.open(Path::new(path)).ok()?;
        file.read_to_string(&mut text).ok()?;
        Some(text)
    }

    fn linked(target: &str) -> (Project, Files) {
        let project = Project::of(&["root/a/b.py"]);
        project.write("root/x.py", "theirs");
        project.write("x.py", "ours");
        symlink(target, project.path("root/a/link.py")).expect("linked");
        let files = files(&project);
        (project, files)
    }

    #[test]
    fn a_path_is_the_programs() {
        let (project, files) = linked("b.py");
        assert_eq!(text(&files, "/x.py").as_deref(), Some("theirs"));
        assert_eq!(text(&files, "/../x.py").as_deref(), Some("theirs"));
        assert_eq!(text(&files, &project.text("x.py")), None);
        let real = files.real(Path::new("/a/link.py")).ok();
        assert_eq!(real.as_deref(), Some(Path::new("/a/b.py")));
        let names = files.names_in(Path::new("/")).map(|names| names.len());
        assert_eq!(names.ok(), Some(2));
    }

    #[test]
    fn no_link_leads_out_of_the_root() {
        for target in ["/x.py", "../../x.py", "../../../../../x.py"] {
            let (_project, files) = linked(target);
            assert_eq!(
                text(&files, "/a/link.py").as_deref(),
                Some("theirs"),
                "{target}"
            );
            let real = files.real(Path::new("/a/link.py")).ok();
            assert_eq!(real.as_deref(), Some(Path::new("/x.py")), "{target}");
        }
    }

    #[test]
    fn a_link_to_a_file_of_ours_leads_nowhere() {
        let (project, files) = linked("/etc/passwd");
        assert!(!files.exists(Path::new("/a/link.py")));
        symlink(project.path("x.py"), project.path("root/y.py")).expect("linked");
        assert!(!files.exists(Path::new("/y.py")));
    }

    #[test]
    fn a_root_that_no_folder_shows_has_no_files() {
        for name in ["mnt:[4026532177]", "", "/nowhere/at/all"] {
            let files = Files::below(Some(&Root::at(name)));
            assert!(!files.exists(Path::new("/etc/passwd")), "{name}");
            assert!(!files.exists(Path::new("Cargo.toml")), "{name}");
        }
    }

    #[test]
    fn what_proc_says_is_nobodys_source() {
        let files = Files::below(Some(&Root::at("/")));
        assert!(files.exists(Path::new("/etc/passwd")));
        assert!(!files.exists(Path::new("/proc/self/environ")));
        assert!(!files.exists(Path::new("/proc/self/root/etc/passwd")));
    }

    #[test]
    fn paths_are_told_from_here_and_from_there() {
        let check = |root: &str, inside: &str, outside: &str| {
            let files = Files::below(Some(&Root::at(root)));
            assert_eq!(files.outside(Path::new(inside)), Path::new(outside));
            assert_eq!(files.inside(Path::new(outside)), Path::new(inside));
        };
        check("/srv/sid", "/app/x.py", "/srv/sid/app/x.py");
        check("/srv", "/srv/x.py", "/srv/srv/x.py");
        check("/", "/app/x.py", "/app/x.py");
        check("mnt:[1]", "/app", "mnt:[1]/app");
        let ours = Files::default();
        assert_eq!(ours.outside(Path::new("/app")), Path::new("/app"));
    }

    #[test]
    fn a_folder_that_is_not_below_the_root_is_taken_for_the_programs_own() {
        let files = Files::below(Some(&Root::at("/srv/sid")));
        assert_eq!(files.inside(Path::new("/srv/app")), Path::new("/srv/app"));
    }
}
