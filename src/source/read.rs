//! A path becomes the text of a Python file, or the reason why it can't.

use super::files::Files;
use super::{Unreadable, encoding};
use std::io::{ErrorKind, Read};
use std::path::Path;

/// The longest file that is read. `CPython`'s own longest module has 0.5 MB; generated tables have a few.
const LONGEST: u64 = 16 * 1024 * 1024;

/// The text of the Python file that the program calls `path`. Only regular files are opened: a pipe would
/// block, and a device may act.
pub(super) fn read(files: &Files, path: &Path) -> Result<String, Unreadable> {
    let metadata = (files.metadata(path)).map_err(|error| reason(files, path, &error))?;
    if metadata.is_dir() {
        return Err(Unreadable::Io("it is a directory".to_owned()));
    }
    if !metadata.is_file() {
        return Err(Unreadable::Io("it is not a regular file".to_owned()));
    }
    if has_extension(path, &["pyc", "pyo", "so", "pyd"]) {
        return Err(Unreadable::CompiledOnly);
    }
    if has_extension(path, &["zip", "egg", "pyz", "whl"]) {
        return Err(Unreadable::Zipped);
    }
    encoding::decode(&bytes(files, path)?)
}

fn bytes(files: &Files, path: &Path) -> Result<Vec<u8>, Unreadable> {
    let mut bytes = Vec::new();
    (files.open(path))
        .and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes))
        .map_err(|error| reason(files, path, &error))?;
    if bytes.len() as u64 > LONGEST {
        let mebibytes = LONGEST / (1024 * 1024);
        return Err(Unreadable::Io(format!("it is over {mebibytes} MiB long")));
    }
    Ok(bytes)
}

fn reason(files: &Files, path: &Path, error: &std::io::Error) -> Unreadable {
    match error.kind() {
        // Something above it is a file: the module came out of an archive.
        ErrorKind::NotADirectory => Unreadable::Zipped,
        ErrorKind::NotFound if is_notebook_cell(path) => Unreadable::Generated,
        ErrorKind::NotFound if has_compiled(files, path) => Unreadable::CompiledOnly,
        ErrorKind::NotFound => Unreadable::Missing,
        _ => Unreadable::Io(error.to_string()),
    }
}

/// `IPython` names a cell's code after a file that it doesn't write: `/tmp/ipykernel_12/34.py`.
fn is_notebook_cell(path: &Path) -> bool {
    path.parent()
        .and_then(Path::file_name)
        .is_some_and(|folder| folder.to_string_lossy().starts_with("ipykernel_"))
}

/// Whether `x.pyc` or `__pycache__/x.*.pyc` is there for `x.py`.
fn has_compiled(files: &Files, path: &Path) -> bool {
    if files.is_file(&path.with_extension("pyc")) {
        return true;
    }
    let (Some(folder), Some(stem)) = (path.parent(), path.file_stem()) else {
        return false;
    };
    let prefix = format!("{}.", stem.to_string_lossy());
    (files.names_in(&folder.join("__pycache__"))).is_ok_and(|names| {
        names.iter().any(|name| {
            let name = name.to_string_lossy();
            name.starts_with(&prefix) && name.ends_with(".pyc")
        })
    })
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension()
        .is_some_and(|extension| extensions.iter().any(|one| extension == *one))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, File};
    use std::os::unix::fs::symlink;
    use std::process::Command;

    fn read(path: &Path) -> Result<String, Unreadable> {
        super::read(&Files::default(), path)
    }

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a temporary folder can be made")
    }

    fn write(path: &Path, bytes: &[u8]) {
        fs::create_dir_all(path.parent().expect("the path has a folder")).expect("made");
        fs::write(path, bytes).expect("written");
    }

    #[test]
    fn a_regular_file_is_read_also_through_a_link() {
        let folder = folder();
        write(&folder.path().join("a.py"), b"x = 1\r\n");
        symlink(folder.path().join("a.py"), folder.path().join("b.py")).expect("linked");
        assert_eq!(read(&folder.path().join("b.py")).as_deref(), Ok("x = 1\n"));
    }

    #[test]
    fn a_file_that_is_not_there_is_told_from_one_that_is_only_compiled() {
        let folder = folder();
        let cache = folder.path().join("__pycache__");
        write(&cache.join("a.cpython-311.pyc"), b"");
        write(&folder.path().join("b.pyc"), b"");
        let read = |name| read(&folder.path().join(name));
        assert_eq!(read("a.py"), Err(Unreadable::CompiledOnly));
        assert_eq!(read("b.py"), Err(Unreadable::CompiledOnly));
        assert_eq!(read("b.pyc"), Err(Unreadable::CompiledOnly));
        assert_eq!(read("c.py"), Err(Unreadable::Missing));
        assert_eq!(read("ipykernel_7/1.py"), Err(Unreadable::Generated));
    }

    #[test]
    fn a_path_through_a_file_is_zipped() {
        let folder = folder();
        write(&folder.path().join("app.pyz"), b"PK");
        let read = |name| read(&folder.path().join(name));
        assert_eq!(read("app.pyz/pkg/a.py"), Err(Unreadable::Zipped));
        assert_eq!(read("app.pyz"), Err(Unreadable::Zipped));
    }

    #[test]
    fn what_is_no_regular_file_is_refused_and_nothing_blocks() {
        let folder = folder();
        let pipe = folder.path().join("pipe.py");
        let made = Command::new("mkfifo").arg(&pipe).status();
        assert!(made.is_ok_and(|status| status.success()));
        let refused = Err(Unreadable::Io("it is not a regular file".to_owned()));
        assert_eq!(read(&pipe), refused);
        assert_eq!(read(Path::new("/dev/zero")), refused);
        let directory = Err(Unreadable::Io("it is a directory".to_owned()));
        assert_eq!(read(folder.path()), directory);
    }

    #[test]
    fn a_file_over_the_limit_is_refused() {
        let folder = folder();
        let path = folder.path().join("long.py");
        let file = File::create(&path).expect("created");
        file.set_len(LONGEST + 1).expect("a hole takes no room");
        assert!(matches!(read(&path), Err(Unreadable::Io(_))));
    }

    #[test]
    fn a_name_that_no_file_can_have_is_the_systems_answer() {
        assert!(matches!(read(Path::new("a\0b")), Err(Unreadable::Io(_))));
    }
}
