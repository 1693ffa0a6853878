//! Where measured boundary costs are kept: a file for each minor version of Python and version of `PyO3`.

use crate::generate::PYO3;
use std::ffi::OsString;
use std::path::PathBuf;

/// The folder of the user's for what can be made again, from the values of `XDG_CACHE_HOME` and `HOME`: as the XDG Base
/// Directory Specification says, a path that is not absolute counts as none.
pub fn cache_folder(xdg_cache_home: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let absolute = |path: Option<OsString>| path.map(PathBuf::from).filter(|it| it.is_absolute());
    let caches = absolute(xdg_cache_home).or_else(|| Some(absolute(home)?.join(".cache")));
    caches.map(|caches| caches.join("rustbound"))
}

/// The name of the file for a Python of this version (`3.11.7`); none for what is no version. Boundary costs change
/// with the minor version of Python and with `PyO3`.
pub fn file_name(python: &str) -> Option<String> {
    let mut numbers = python.split('.').map(str::parse::<u32>);
    let (Some(Ok(major)), Some(Ok(minor))) = (numbers.next(), numbers.next()) else {
        return None;
    };
    Some(format!(
        "boundary_costs-python{major}.{minor}-pyo3_{PYO3}.json"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_cache_is_where_the_specification_says() {
        let folder = |xdg: Option<&str>, home: Option<&str>| {
            cache_folder(xdg.map(OsString::from), home.map(OsString::from))
        };
        let in_home = Some(Path::new("/home/me/.cache/rustbound").to_owned());
        assert_eq!(
            folder(Some("/caches"), Some("/home/me")),
            Some("/caches/rustbound".into())
        );
        assert_eq!(folder(None, Some("/home/me")), in_home);
        assert_eq!(folder(Some(""), Some("/home/me")), in_home);
        assert_eq!(folder(Some("caches"), Some("/home/me")), in_home);
        assert_eq!(folder(None, None), None);
        assert_eq!(folder(None, Some("")), None);
    }

    #[test]
    fn versions_that_differ_in_the_last_number_share_a_file() {
        let name = file_name("3.11.7").expect("a version");
        assert!(
            name.starts_with("boundary_costs-python3.11-pyo3_"),
            "{name}"
        );
        assert_eq!(file_name("3.11.2"), Some(name));
        assert_ne!(file_name("3.12.2"), file_name("3.11.2"));
        for odd in ["", "3", "x.y", "../3.11", "3./x"] {
            assert_eq!(file_name(odd), None, "{odd}");
        }
    }
}
