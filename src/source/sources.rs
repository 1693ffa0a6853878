//! The files of a run, each read once.

use super::imports::Home;
use super::module::Module;
use super::read::read;
use super::roots::is_generated;
use super::{Roots, Unreadable};
use rustc_hash::FxHashMap;

/// Parsed files, each read once. Paths are as the interpreter names them; relative ones are looked
/// for in the working directory of the run, then in the roots.
#[derive(Debug, Default)]
pub struct Sources {
    roots: Roots,
    modules: FxHashMap<String, Result<Module, Unreadable>>,
}

impl Sources {
    /// Nothing read yet.
    pub fn new(roots: Roots) -> Self {
        Self {
            roots,
            modules: FxHashMap::default(),
        }
    }

    /// Where first-party code is.
    pub fn roots(&self) -> &Roots {
        &self.roots
    }

    /// The parsed file, read at the first call.
    pub fn module(&mut self, file: &str) -> Result<&Module, &Unreadable> {
        if !self.modules.contains_key(file) {
            let module = load(&self.roots, file);
            self.modules.insert(file.to_owned(), module);
        }
        self.modules[file].as_ref()
    }
}

fn load(roots: &Roots, file: &str) -> Result<Module, Unreadable> {
    if is_generated(file) {
        return Err(Unreadable::Generated);
    }
    let text = read(&roots.place(file).named)?;
    let home = Home {
        roots,
        module: roots.module_name(file),
        is_package: file.ends_with("/__init__.py"),
    };
    Module::parse(text, &home)
}
