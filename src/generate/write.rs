//! Rendered files come to a folder. What a person edited stays, and nothing lands outside.

use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use super::{Error, RenderedFile};

/// What happens to a file that is there with another text than ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edited {
    /// It stays: a person may have written it.
    Keep,
    /// It is replaced.
    Overwrite,
}

/// What became of the files, by their paths in the folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// New, or replaced.
    pub written: Vec<String>,
    /// There already, with the same text.
    pub unchanged: Vec<String>,
    /// There with another text, and kept.
    pub kept: Vec<String>,
}

/// Writes the files below the folder, which is made where it is missing. Each file is there whole or not at all.
pub fn write(files: &[RenderedFile], folder: &Path, edited: Edited) -> Result<Written, Error> {
    let mut written = Written::default();
    for file in files {
        let path = path_inside(folder, &file.path)?;
        let there = existing(&path)?;
        let fate = match there {
            Some(bytes) if bytes == file.text.as_bytes() => &mut written.unchanged,
            Some(_) if edited == Edited::Keep => &mut written.kept,
            _ => {
                replace(&path, &file.text)?;
                &mut written.written
            }
        };
        fate.push(file.path.clone());
    }
    Ok(written)
}

/// The path of a file in the folder, whose parents are there and are folders, not links that lead elsewhere.
fn path_inside(folder: &Path, relative: &str) -> Result<PathBuf, Error> {
    let outside = || Error::Outside {
        path: relative.to_owned(),
    };
    let mut components = Vec::new();
    for component in Path::new(relative).components() {
        match component {
            Component::Normal(name) => components.push(name),
            _ => return Err(outside()),
        }
    }
    let name = components.pop().ok_or_else(outside)?;
    let mut parent = folder.to_owned();
    fs::create_dir_all(&parent).map_err(|source| at(&parent, source))?;
    for component in components {
        parent.push(component);
        make_folder(&parent)?;
    }
    Ok(parent.join(name))
}

fn make_folder(path: &Path) -> Result<(), Error> {
    match fs::create_dir(path) {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(source) => return Err(at(path, source)),
    }
    let there = fs::symlink_metadata(path).map_err(|source| at(path, source))?;
    if there.is_dir() {
        Ok(())
    } else {
        Err(Error::NoFolder {
            path: path.to_owned(),
        })
    }
}

/// What is there; a link is something, whatever it leads to.
fn existing(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    let there = match fs::symlink_metadata(path) {
        Ok(there) => there,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(at(path, source)),
    };
    if there.is_symlink() {
        return Ok(Some(fs::read(path).unwrap_or_default()));
    }
    fs::read(path).map(Some).map_err(|source| at(path, source))
}

/// Through a new file beside it, so that nobody ever sees half of it; a link is replaced, not followed.
fn replace(path: &Path, text: &str) -> Result<(), Error> {
    let mut beside = OsString::from(path);
    beside.push(format!(".{}.new", std::process::id()));
    let beside = PathBuf::from(beside);
    let result = fs::write(&beside, text).and_then(|()| fs::rename(&beside, path));
    result.map_err(|source| {
        // It may not be there: what went wrong is already known.
        let _ = fs::remove_file(&beside);
        at(path, source)
    })
}

fn at(path: &Path, source: io::Error) -> Error {
    Error::Write {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> RenderedFile {
        RenderedFile {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a temporary folder")
    }

    fn text(folder: &Path, path: &str) -> String {
        fs::read_to_string(folder.join(path)).expect("a file")
    }

    #[test]
    fn files_are_written_once_and_then_are_unchanged() {
        let folder = folder();
        let files = [file("a.txt", "one"), file("b/c/d.txt", "two")];
        let written = write(&files, folder.path(), Edited::Keep).expect("written");
        assert_eq!(written.written, ["a.txt", "b/c/d.txt"]);
        assert_eq!(text(folder.path(), "b/c/d.txt"), "two");

        let again = write(&files, folder.path(), Edited::Keep).expect("written");
        assert_eq!(again.unchanged, ["a.txt", "b/c/d.txt"]);
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2);
    }

    #[test]
    fn an_edited_file_is_kept_unless_told_otherwise() {
        let folder = folder();
        fs::write(folder.path().join("native.rs"), "mine").expect("written");
        let files = [file("native.rs", "ours")];

        let kept = write(&files, folder.path(), Edited::Keep).expect("written");
        assert_eq!(kept.kept, ["native.rs"]);
        assert_eq!(text(folder.path(), "native.rs"), "mine");

        let replaced = write(&files, folder.path(), Edited::Overwrite).expect("written");
        assert_eq!(replaced.written, ["native.rs"]);
        assert_eq!(text(folder.path(), "native.rs"), "ours");
    }

    #[test]
    fn no_path_leads_outside() {
        let folder = folder();
        for path in ["../x", "/x", "a/../../x", "", ".", "a/.."] {
            let result = write(&[file(path, "")], folder.path(), Edited::Overwrite);
            assert!(matches!(result, Err(Error::Outside { .. })), "{path}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn no_link_leads_outside() {
        let (folder, elsewhere) = (folder(), folder());
        std::os::unix::fs::symlink(elsewhere.path(), folder.path().join("link")).expect("a link");
        let through = write(&[file("link/x", "")], folder.path(), Edited::Overwrite);
        assert!(matches!(through, Err(Error::NoFolder { .. })));

        let target = elsewhere.path().join("target");
        fs::write(&target, "theirs").expect("written");
        std::os::unix::fs::symlink(&target, folder.path().join("file")).expect("a link");
        write(&[file("file", "ours")], folder.path(), Edited::Overwrite).expect("written");
        assert_eq!(text(folder.path(), "file"), "ours");
        assert_eq!(text(elsewhere.path(), "target"), "theirs");
    }
}
