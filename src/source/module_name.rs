//! A file's dotted module name, and what has to be on `sys.path` for it.

use super::Roots;
use super::files::Files;
use super::library::library_of;
use super::roots::{Below, is_generated};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// How a file is imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleName {
    /// The dotted name: `pkg.module`; the package's own for its `__init__.py`.
    pub name: String,
    /// The folder or archive that has to be on `sys.path`, as it is seen from here; none where the path
    /// doesn't tell.
    pub root: Option<PathBuf>,
}

impl Roots {
    /// The dotted module name of a file, and the folder that has to be on `sys.path`.
    pub fn module_name(&self, file: &str) -> ModuleName {
        let ModuleName { name, root } = self.name_inside(file);
        let root = root.map(|root| self.files().outside(&root));
        ModuleName { name, root }
    }

    /// The same, but the folder is as the program calls it.
    pub(super) fn name_inside(&self, file: &str) -> ModuleName {
        if is_generated(file) {
            return ModuleName {
                name: generated_name(file).to_owned(),
                root: None,
            };
        }
        let place = self.place(file);
        if let Some(below) = self
            .below(&place)
            .filter(|below| library_of(&below.rest).is_none())
        {
            return self.first_party_name(&below);
        }
        match library_of(&place.named) {
            Some(library) => name_below(&library.folder, &place.named),
            None if place.named.is_absolute() => foreign_name(self.files(), &place.named),
            None => ModuleName {
                name: dotted(&place.named),
                root: None,
            },
        }
    }

    /// Whether `import name` in the file of a module finds first-party code.
    pub(super) fn has_module(&self, name: &str, module: &ModuleName) -> bool {
        let own = module.root.iter().cloned();
        let own = own.filter(|folder| library_of(&folder.join("a.py")).is_none());
        own.chain(self.import_folders())
            .any(|folder| is_module_in(self.files(), &folder, name))
    }

    fn first_party_name(&self, below: &Below) -> ModuleName {
        let path = below.root.join(&below.rest);
        if let Some(folder) = above_package(self.files(), &path) {
            return name_below(folder, &path);
        }
        let above = |folder: &PathBuf| path.starts_with(folder);
        let folder = self
            .import_folders()
            .filter(above)
            .max_by_key(|folder| folder.components().count());
        name_below(&folder.unwrap_or_else(|| below.root.clone()), &path)
    }
}

/// `<frozen importlib._bootstrap>` is `importlib._bootstrap`; other code without a file has no
/// better name than what stands there.
fn generated_name(file: &str) -> &str {
    let inner = file.strip_prefix("<frozen ");
    inner
        .and_then(|rest| rest.strip_suffix('>'))
        .unwrap_or(file)
}

/// A file outside of all roots and libraries: its packages, otherwise its own name.
fn foreign_name(files: &Files, path: &Path) -> ModuleName {
    match above_package(files, path)
        .or(archive_above(path))
        .or(path.parent())
    {
        Some(folder) => name_below(folder, path),
        None => ModuleName {
            name: dotted(path),
            root: None,
        },
    }
}

/// The folder above the outermost package that the file is in.
pub(super) fn above_package<'p>(files: &Files, path: &'p Path) -> Option<&'p Path> {
    let is_package = |folder: &&Path| files.is_file(&folder.join("__init__.py"));
    let outermost = path.ancestors().skip(1).take_while(is_package).last()?;
    outermost.parent()
}

/// The archive that a path leads into.
fn archive_above(path: &Path) -> Option<&Path> {
    let is_archive = |folder: &&Path| {
        let extension = folder.extension().and_then(|extension| extension.to_str());
        matches!(extension, Some("zip" | "egg" | "pyz" | "whl"))
    };
    path.ancestors().skip(1).find(is_archive)
}

fn name_below(folder: &Path, path: &Path) -> ModuleName {
    ModuleName {
        name: dotted(path.strip_prefix(folder).unwrap_or(path)),
        root: Some(folder.to_owned()),
    }
}

/// `a.b` of `a/b.py`, `a` of `a/__init__.py`, `_x` of `_x.cpython-311-x86_64-linux-gnu.so`.
fn dotted(path: &Path) -> String {
    let mut names: Vec<String> = path
        .iter()
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| name != "/")
        .collect();
    if let Some(last) = names.last_mut() {
        *last = stem(last).to_owned();
    }
    if names.len() > 1 && names.last().is_some_and(|name| name == "__init__") {
        names.pop();
    }
    names.join(".")
}

fn stem(name: &str) -> &str {
    let python = [".py", ".pyw", ".pyc", ".pyx"];
    let stem = python.iter().find_map(|suffix| name.strip_suffix(suffix));
    let native = || {
        name.strip_suffix(".so")
            .and_then(|name| name.split('.').next())
    };
    stem.or_else(native)
        .filter(|stem| !stem.is_empty())
        .unwrap_or(name)
}

fn is_module_in(files: &Files, folder: &Path, name: &str) -> bool {
    let package = folder.join(name);
    files.is_file(&folder.join(format!("{name}.py")))
        || files.is_file(&package.join("__init__.py"))
        || has_python_file(files, &package)
}

/// Whether a folder can be a package without `__init__.py`, and not just a folder of that name.
fn has_python_file(files: &Files, folder: &Path) -> bool {
    let is_python = |name: &OsString| Path::new(name).extension() == Some("py".as_ref());
    (files.names_in(folder)).is_ok_and(|names| names.iter().any(is_python))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::project::Project;

    fn check(roots: &Roots, file: &str, name: &str, root: Option<&Path>) {
        let found = roots.module_name(file);
        assert_eq!(found.name, name, "{file}");
        assert_eq!(found.root.as_deref(), root, "{file}");
    }

    #[test]
    fn libraries_are_named_from_their_folder() {
        let roots = Roots::default();
        let site = "/v/lib/python3.11/site-packages";
        let below = |file: &str| format!("{site}/{file}");
        let root = Some(Path::new(site));
        check(&roots, &below("numpy/core/a.py"), "numpy.core.a", root);
        check(&roots, &below("numpy/__init__.py"), "numpy", root);
        check(
            &roots,
            &below("a.cpython-311-x86_64-linux-gnu.so"),
            "a",
            root,
        );
        let stdlib = Some(Path::new("/usr/lib/python3.11"));
        check(
            &roots,
            "/usr/lib/python3.11/json/decoder.py",
            "json.decoder",
            stdlib,
        );
    }

    #[test]
    fn code_without_a_file_has_the_name_that_stands_there() {
        let roots = Roots::default();
        check(
            &roots,
            "<frozen importlib._bootstrap>",
            "importlib._bootstrap",
            None,
        );
        check(&roots, "<string>", "<string>", None);
    }

    #[test]
    fn packages_are_walked_up_to_the_first_folder_without_init() {
        let project = Project::of(&[
            "setup.py",
            "lib/pkg/__init__.py",
            "lib/pkg/sub/__init__.py",
            "lib/pkg/sub/a.py",
            "lib/pkg/__main__.py",
            "run.py",
        ]);
        let roots = project.roots("run.py");
        let root = project.path("lib");
        let check = |file, name| check(&roots, &project.text(file), name, Some(&root));
        check("lib/pkg/sub/a.py", "pkg.sub.a");
        check("lib/pkg/sub/__init__.py", "pkg.sub");
        check("lib/pkg/__main__.py", "pkg.__main__");
    }

    #[test]
    fn files_outside_of_packages_are_named_from_the_deepest_import_folder() {
        let project = Project::of(&[
            "setup.py",
            "src/ns/a.py",
            "tools/run it.py",
            "tools/b/c.py",
            "d/e.py",
        ]);
        let roots = project.roots("tools/run it.py");
        let check = |file, name, root| {
            check(&roots, &project.text(file), name, Some(&project.path(root)));
        };
        check("src/ns/a.py", "ns.a", "src");
        check("tools/run it.py", "run it", "tools");
        check("tools/b/c.py", "b.c", "tools");
        check("d/e.py", "d.e", "");
    }

    #[test]
    fn foreign_files_have_their_own_name_and_archives_are_on_the_path() {
        let roots = Roots::default();
        check(&roots, "/srv/app/x.py", "x", Some(Path::new("/srv/app")));
        check(
            &roots,
            "/srv/a.pyz/pkg/x.py",
            "pkg.x",
            Some(Path::new("/srv/a.pyz")),
        );
        check(&roots, "app/none/x.py", "app.none.x", None);
    }

    #[test]
    fn a_folder_is_a_first_party_module_only_with_python_in_it() {
        let project = Project::of(&[
            "run.py",
            "a.py",
            "b/__init__.py",
            "c/x.py",
            "docker/Dockerfile",
        ]);
        let roots = project.roots("run.py");
        let module = roots.module_name(&project.text("run.py"));
        for (name, expected) in [
            ("a", true),
            ("b", true),
            ("c", true),
            ("docker", false),
            ("d", false),
        ] {
            assert_eq!(roots.has_module(name, &module), expected, "{name}");
        }
    }
}
