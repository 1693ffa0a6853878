//! Files and modules for tests.

use super::imports::Home;
use super::{Definition, Kinds, Module, ModuleName, Roots, Sites, Unreadable};
use std::fs;
use std::path::{Path, PathBuf};

/// A temporary folder with files in it.
pub(super) struct Project(tempfile::TempDir);

impl Project {
    /// Empty files at these paths.
    pub(super) fn of(files: &[&str]) -> Self {
        let project = Self(tempfile::tempdir().expect("a temporary folder can be made"));
        for file in files {
            project.write(file, "");
        }
        project
    }

    /// A file with this text.
    pub(super) fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        let folder = path.parent().expect("a file has a folder");
        fs::create_dir_all(folder).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }

    /// A symbolic link.
    pub(super) fn link(&self, target: &str, link: &str) {
        std::os::unix::fs::symlink(self.path(target), self.path(link)).expect("a link can be made");
    }

    /// The absolute path of a file in it.
    pub(super) fn path(&self, file: &str) -> PathBuf {
        let root = self.0.path().canonicalize().expect("the folder is there");
        match file {
            "" => root,
            _ => root.join(file),
        }
    }

    /// The same as text.
    pub(super) fn text(&self, file: &str) -> String {
        self.path(file).to_string_lossy().into_owned()
    }

    /// The roots of a script in it that was started in it.
    pub(super) fn roots(&self, script: &str) -> Roots {
        Roots::new(&[], Some(Path::new(script)), Some(&self.path("")))
    }
}

/// What this source says as a module `mod` that stands nowhere.
pub(super) fn parse(source: &str) -> Result<Module, Unreadable> {
    Module::parse(source.to_owned(), &home(&Roots::default()))
}

fn home(roots: &Roots) -> Home<'_> {
    Home {
        roots,
        module: ModuleName {
            name: "mod".to_owned(),
            root: None,
        },
        is_package: false,
        is_first_party: true,
    }
}

/// The calls and operators of a source without mistakes.
#[track_caller]
pub(super) fn sites(source: &str) -> Sites {
    module(source).sites(&home(&Roots::default()))
}

/// The kinds of code of a source without mistakes.
#[track_caller]
pub(super) fn kinds(source: &str) -> Kinds {
    module(source).kinds(&home(&Roots::default()))
}

/// The same of a source without mistakes.
#[track_caller]
pub(super) fn module(source: &str) -> Module {
    let module = parse(source).expect("the source is read");
    assert_eq!(module.problems, [] as [String; 0], "{source}");
    module
}

/// The definition of this qualified name in a source.
#[track_caller]
pub(crate) fn definition(source: &str, qualname: &str) -> Definition {
    let module = module(source);
    let found = module.definition(qualname, None);
    found.expect("the source has this definition").clone()
}
