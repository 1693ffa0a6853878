//! Where libraries lie: the folders of a path that say standard library or installed.

use std::path::{Path, PathBuf};

/// A folder of modules that belong to Python or were installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Library {
    pub(super) kind: LibraryKind,
    /// The folder or archive that is on `sys.path`.
    pub(super) folder: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LibraryKind {
    /// `lib/python3.11`, `python311.zip`.
    Standard,
    /// `site-packages`, `dist-packages`.
    Installed,
}

/// The library that a path lies in, by the names of its folders; the innermost where libraries
/// nest, but what lies below an installed one is installed, whatever its folders are called.
pub(super) fn library_of(path: &Path) -> Option<Library> {
    let mut folders: Vec<&Path> = path.parent()?.ancestors().collect();
    folders.reverse();
    folders.into_iter().fold(None, enter)
}

/// The library that one is in after a step down into `folder`.
fn enter(library: Option<Library>, folder: &Path) -> Option<Library> {
    match (kind_of(folder), library) {
        (Some(LibraryKind::Standard), Some(library)) if library.kind == LibraryKind::Installed => {
            Some(library)
        }
        (Some(kind), _) => Some(Library {
            kind,
            folder: folder.to_owned(),
        }),
        (None, Some(library)) if is_on_path_below(&library, folder) => Some(Library {
            kind: library.kind,
            folder: folder.to_owned(),
        }),
        (None, library) => library,
    }
}

fn kind_of(folder: &Path) -> Option<LibraryKind> {
    let name = name_of(folder);
    if name == "site-packages" || name == "dist-packages" {
        return Some(LibraryKind::Installed);
    }
    let in_lib = matches!(folder.parent().map(name_of), Some("lib" | "lib64"));
    let standard = (in_lib && is_python_folder(name)) || is_python_archive(name);
    standard.then_some(LibraryKind::Standard)
}

/// An installed egg, and the folder of extension modules, are on `sys.path` themselves.
fn is_on_path_below(library: &Library, folder: &Path) -> bool {
    let egg = folder
        .extension()
        .is_some_and(|extension| extension == "egg");
    (egg || name_of(folder) == "lib-dynload") && folder.parent() == Some(&library.folder)
}

fn name_of(folder: &Path) -> &str {
    folder
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or("")
}

/// `python3.11`, `python3.13t`, `pypy3.10`; not `python3`, where Debian keeps `dist-packages`.
fn is_python_folder(name: &str) -> bool {
    let version = name
        .strip_prefix("python")
        .or_else(|| name.strip_prefix("pypy"));
    version
        .and_then(|version| version.split_once('.'))
        .is_some_and(|(major, minor)| {
            let minor = minor.strip_suffix('t').unwrap_or(minor);
            is_number(major) && is_number(minor)
        })
}

/// `python311.zip`, `python3.11.zip`.
fn is_python_archive(name: &str) -> bool {
    name.strip_prefix("python")
        .and_then(|name| name.strip_suffix(".zip"))
        .is_some_and(|version| is_number(&version.replace('.', "")))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: Option<(LibraryKind, &str)>) {
        let found = library_of(Path::new(path));
        let expected = expected.map(|(kind, folder)| Library {
            kind,
            folder: PathBuf::from(folder),
        });
        assert_eq!(found, expected, "{path}");
    }

    #[test]
    fn installed_packages_lie_in_site_packages_or_dist_packages() {
        use LibraryKind::Installed;
        let site = "/v/lib/python3.11/site-packages";
        check(
            "/v/lib/python3.11/site-packages/numpy/core/a.py",
            Some((Installed, site)),
        );
        check(
            "/usr/lib/python3/dist-packages/yaml/a.py",
            Some((Installed, "/usr/lib/python3/dist-packages")),
        );
        check("site-packages/six.py", Some((Installed, "site-packages")));
    }

    #[test]
    fn the_standard_library_lies_below_lib_or_in_an_archive() {
        use LibraryKind::Standard;
        for (path, folder) in [
            ("/usr/lib/python3.11/json/decoder.py", "/usr/lib/python3.11"),
            ("/usr/lib64/python3.9/os.py", "/usr/lib64/python3.9"),
            ("/o/lib/python3.13t/os.py", "/o/lib/python3.13t"),
            ("/o/lib/pypy3.10/os.py", "/o/lib/pypy3.10"),
            ("/o/lib/python311.zip/os.py", "/o/lib/python311.zip"),
        ] {
            check(path, Some((Standard, folder)));
        }
    }

    #[test]
    fn an_installed_egg_is_on_the_path_itself() {
        let egg = "/v/site-packages/six-1.0-py3.8.egg";
        check(
            "/v/site-packages/six-1.0-py3.8.egg/six/a.py",
            Some((LibraryKind::Installed, egg)),
        );
    }

    #[test]
    fn names_that_only_resemble_a_library_are_none() {
        for path in [
            "/home/me/python3.11/a.py",
            "/home/me/lib/pythonic/a.py",
            "/home/me/lib/python3/a.py",
            "/home/me/site-packages.py",
            "/home/me/pythons.zip/a.py",
            "",
        ] {
            check(path, None);
        }
    }
}
