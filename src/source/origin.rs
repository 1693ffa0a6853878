//! Where code comes from, told from the path of its file.

use super::library::{LibraryKind, library_of};
use super::roots::is_generated;
use super::{Origin, Roots};
use rustc_hash::FxHashSet;
use std::path::Path;
use std::sync::LazyLock;

/// The modules of Python's standard library: `sys.stdlib_module_names` of 3.10 to 3.13 together,
/// and what other versions from 3.8 to 3.15 have beside them.
static STDLIB_MODULES: LazyLock<FxHashSet<&str>> =
    LazyLock::new(|| include_str!("stdlib_modules.txt").lines().collect());

impl Roots {
    /// Where a function comes from. The name counts where there is no file.
    pub fn origin(&self, file: Option<&str>, function_name: &str) -> Origin {
        match file.filter(|file| !file.is_empty()) {
            Some(file) if is_generated(file) => origin_of_generated(file),
            Some(file) => self.origin_of_file(file),
            None => origin_of_generated(function_name),
        }
    }

    /// Libraries are told by their folders. Those above a root don't count: who names a folder
    /// below `site-packages` means it.
    fn origin_of_file(&self, file: &str) -> Origin {
        let place = self.place(file);
        if let Some(below) = self.below(&place) {
            return library_of(&below.rest).map_or(Origin::FirstParty, |found| found.kind.into());
        }
        if let Some(library) = library_of(&place.named).or_else(|| library_of(&place.real)) {
            return library.kind.into();
        }
        let cut = Path::new(file).is_relative() && !place.exists;
        if cut && is_stdlib_module(first_name(file)) {
            Origin::Stdlib
        } else if self.are_known() {
            Origin::ThirdParty
        } else {
            Origin::FirstParty
        }
    }
}

impl From<LibraryKind> for Origin {
    fn from(kind: LibraryKind) -> Self {
        match kind {
            LibraryKind::Standard => Self::Stdlib,
            LibraryKind::Installed => Self::ThirdParty,
        }
    }
}

/// Whether a module without dots in its name belongs to the standard library.
pub(super) fn is_stdlib_module(name: &str) -> bool {
    STDLIB_MODULES.contains(name)
}

/// `<frozen importlib._bootstrap>` is the standard library's, everything else without a file is
/// nobody's.
fn origin_of_generated(file: &str) -> Origin {
    let module = file.strip_prefix("<frozen ");
    let module = module.and_then(|rest| rest.split(['>', '.', ' ']).next());
    match module {
        Some(module) if is_stdlib_module(module) => Origin::Stdlib,
        _ => Origin::Builtin,
    }
}

/// `json` of `json/decoder.py`, `threading` of `threading.py`.
fn first_name(file: &str) -> &str {
    let first = file.split('/').next().unwrap_or(file);
    first.strip_suffix(".py").unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::project::Project;
    use std::path::PathBuf;

    fn check(roots: &Roots, file: &str, origin: Origin) {
        assert_eq!(roots.origin(Some(file), "f"), origin, "{file}");
    }

    fn explicit(folders: &[&str]) -> Roots {
        let folders: Vec<PathBuf> = folders.iter().map(PathBuf::from).collect();
        Roots::new(&folders, None, None)
    }

    #[test]
    fn code_without_a_file_is_builtin_unless_it_is_a_frozen_module_of_python() {
        let roots = Roots::default();
        check(&roots, "<frozen importlib._bootstrap>", Origin::Stdlib);
        check(&roots, "<frozen runpy>", Origin::Stdlib);
        check(&roots, "<frozen my_app>", Origin::Builtin);
        check(&roots, "<string>", Origin::Builtin);
        check(&roots, "", Origin::Builtin);
        assert_eq!(roots.origin(None, "main"), Origin::Builtin);
        assert_eq!(roots.origin(None, "<frozen os>"), Origin::Stdlib);
    }

    #[test]
    fn known_roots_leave_the_rest_to_others() {
        let roots = explicit(&["/srv/app"]);
        check(&roots, "/srv/app/a.py", Origin::FirstParty);
        check(&roots, "/srv/application/a.py", Origin::ThirdParty);
        check(
            &roots,
            "/usr/lib/python3.11/json/decoder.py",
            Origin::Stdlib,
        );
        check(
            &roots,
            "/usr/lib/python3/dist-packages/a.py",
            Origin::ThirdParty,
        );
    }

    #[test]
    fn an_environment_and_an_interpreter_inside_the_root_stay_what_they_are() {
        let roots = explicit(&["/srv/app"]);
        let environment = "/srv/app/.venv/lib/python3.11/site-packages/numpy/a.py";
        check(&roots, environment, Origin::ThirdParty);
        check(&roots, "/srv/app/py/lib/python3.11/os.py", Origin::Stdlib);
    }

    #[test]
    fn a_root_inside_a_library_is_first_party() {
        let site = "/v/lib/python3.11/site-packages";
        let roots = explicit(&[&format!("{site}/mine"), "/opt/lib/python3.11/app"]);
        check(&roots, &format!("{site}/mine/a.py"), Origin::FirstParty);
        check(&roots, &format!("{site}/other/a.py"), Origin::ThirdParty);
        check(&roots, "/opt/lib/python3.11/app/a.py", Origin::FirstParty);
        check(&roots, "/opt/lib/python3.11/os.py", Origin::Stdlib);
        check(
            &explicit(&[site]),
            &format!("{site}/a.py"),
            Origin::FirstParty,
        );
    }

    #[test]
    fn a_script_inside_a_library_makes_no_root_of_it() {
        let script = "lib/python3.11/site-packages/tool/__main__.py";
        let project = Project::of(&[script, "app/a.py"]);
        let roots = project.roots(script);
        check(&roots, &project.text(script), Origin::ThirdParty);
        check(&roots, &project.text("app/a.py"), Origin::FirstParty);
    }

    #[test]
    fn cut_paths_are_told_by_their_first_name() {
        let roots = Roots::default();
        check(&roots, "json/decoder.py", Origin::Stdlib);
        check(&roots, "threading.py", Origin::Stdlib);
        check(&roots, "app/main.py", Origin::FirstParty);
        check(&roots, "/srv/app/main.py", Origin::FirstParty);
        check(&explicit(&["/srv/app"]), "numpy/a.py", Origin::ThirdParty);
    }

    #[test]
    fn a_cut_path_that_is_there_is_first_party_whatever_its_name() {
        let project = Project::of(&["run.py", "statistics/a.py"]);
        check(
            &project.roots("run.py"),
            "statistics/a.py",
            Origin::FirstParty,
        );
    }

    #[test]
    fn a_cut_path_into_a_root_that_is_a_package_is_first_party() {
        let project = Project::of(&["lib/mine/__init__.py", "lib/mine/a.py", "lib/other/a.py"]);
        let roots = Roots::new(&[project.path("lib/mine")], None, None);
        check(&roots, "mine/a.py", Origin::FirstParty);
        check(&roots, "other/a.py", Origin::ThirdParty);
    }

    #[test]
    fn a_file_behind_a_link_out_of_the_root_is_first_party() {
        let project = Project::of(&["app/run.py", "shared/a.py"]);
        project.link("shared", "app/linked");
        let roots = project.roots("app/run.py");
        check(&roots, &project.text("app/linked/a.py"), Origin::FirstParty);
        check(&roots, &project.text("shared/a.py"), Origin::ThirdParty);
    }
}
