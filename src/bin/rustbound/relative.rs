//! A path as seen from a folder.

use std::path::{Component, Path, PathBuf};

/// `path` as seen from `folder`, both absolute: `..` as often as needed, then down.
pub(crate) fn relative(folder: &Path, path: &Path) -> PathBuf {
    let (from, to): (Vec<_>, Vec<_>) = (folder.components().collect(), path.components().collect());
    let shared = from
        .iter()
        .zip(&to)
        .take_while(|(one, other)| one == other)
        .count();
    let up = from[shared..].iter().map(|_| Component::ParentDir);
    let path: PathBuf = up.chain(to[shared..].iter().copied()).collect();
    if path.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(folder: &str, path: &str, expected: &str) {
        assert_eq!(
            relative(Path::new(folder), Path::new(path)),
            Path::new(expected)
        );
    }

    #[test]
    fn a_path_goes_up_to_what_is_shared_and_down_again() {
        check("/a/b/c", "/a/x/y", "../../x/y");
        check("/a", "/a/b", "b");
        check("/a/b", "/a/b", ".");
        check("/a", "/b", "../b");
    }
}
