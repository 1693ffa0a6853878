//! Where a file of a profile is on this machine.

use super::files::Files;
use rustc_hash::FxHashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Where a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The path as it was named, absolute where that could be told.
    pub(super) named: PathBuf,
    /// The path without symbolic links; as it was named where it isn't there.
    pub(super) real: PathBuf,
    /// Whether anything is there.
    pub(super) exists: bool,
}

/// Places of files, each looked up once. Clones share what they know.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    files: Files,
    working_directory: Option<PathBuf>,
    known: Arc<Mutex<FxHashMap<String, Arc<Place>>>>,
}

impl Places {
    /// Relative paths are relative to the working directory of the run. While that is unknown, they are
    /// relative to this process's, or, where the files are not ours, to their root.
    pub(super) fn new(files: Files, working_directory: Option<&Path>) -> Self {
        let root = || (!files.are_ours()).then(|| PathBuf::from("/"));
        Self {
            working_directory: working_directory.map(normalized).or_else(root),
            known: Arc::default(),
            files,
        }
    }

    /// The files that the places are among.
    pub(super) fn files(&self) -> &Files {
        &self.files
    }

    /// The path seen from the working directory of the run.
    pub(super) fn absolute(&self, path: &Path) -> PathBuf {
        match &self.working_directory {
            Some(folder) => normalized(&folder.join(path)),
            None => normalized(&std::path::absolute(path).unwrap_or_else(|_| path.to_owned())),
        }
    }

    /// Where a file is. A relative one that isn't below the working directory is looked for in
    /// `folders`: samplers cut paths down to what follows the entry of `sys.path`.
    pub(super) fn of(&self, file: &str, folders: impl FnOnce() -> Vec<PathBuf>) -> Arc<Place> {
        // A panic elsewhere leaves the map whole: entries are only ever added.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = known.get(file) {
            return Arc::clone(place);
        }
        let place = Arc::new(self.look_up(Path::new(file), folders));
        known.insert(file.to_owned(), Arc::clone(&place));
        place
    }

    fn look_up(&self, path: &Path, folders: impl FnOnce() -> Vec<PathBuf>) -> Place {
        let named = self.absolute(path);
        let place = Place::at(&self.files, named);
        if place.exists || place.is_compiled(&self.files) || path.is_absolute() {
            return place;
        }
        let found = folders()
            .into_iter()
            .map(|folder| Place::at(&self.files, normalized(&folder.join(path))))
            .find(|place| place.exists || place.is_compiled(&self.files));
        found.unwrap_or(Place {
            named: path.to_owned(),
            real: path.to_owned(),
            exists: false,
        })
    }
}

impl Place {
    fn at(files: &Files, named: PathBuf) -> Self {
        let real = files.real(&named).ok();
        Self {
            exists: real.is_some(),
            real: real.unwrap_or_else(|| named.clone()),
            named,
        }
    }

    /// Whether the file that Python imports where there is no source stands in its place.
    fn is_compiled(&self, files: &Files) -> bool {
        let is_source = self.named.extension().is_some_and(|it| it == "py");
        is_source && files.is_file(&self.named.with_extension("pyc"))
    }
}

/// The path without `.` and `..`, by its text alone.
pub(super) fn normalized(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(last(&normal), Some(Component::Normal(_))) => {
                normal.pop();
            }
            Component::ParentDir if matches!(last(&normal), Some(Component::RootDir)) => {}
            other => normal.push(other),
        }
    }
    normal
}

fn last(path: &Path) -> Option<Component<'_>> {
    path.components().next_back()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::project::Project;

    #[test]
    fn dots_are_taken_out_of_a_path() {
        let check = |path: &str, normal: &str| {
            assert_eq!(normalized(Path::new(path)), Path::new(normal), "{path}");
        };
        check("/a/./b/../c.py", "/a/c.py");
        check("/../a", "/a");
        check("../a/../b", "../b");
    }

    #[test]
    fn a_relative_file_is_sought_in_the_working_directory_and_then_in_the_folders() {
        let project = Project::of(&["run/a.py", "src/pkg/b.py"]);
        let places = Places::new(Files::default(), Some(&project.path("run")));
        let named = |file| places.of(file, || vec![project.path("src")]).named.clone();
        assert_eq!(named("a.py"), project.path("run/a.py"));
        assert_eq!(named("./a.py"), project.path("run/a.py"));
        assert_eq!(named("pkg/b.py"), project.path("src/pkg/b.py"));
        assert_eq!(named("c.py"), Path::new("c.py"));
    }

    #[test]
    fn a_module_without_source_is_where_its_compiled_file_is() {
        let project = Project::of(&["lib/a.pyc", "lib/b.pyc.txt"]);
        let places = Places::new(Files::default(), Some(&project.path("")));
        let named = |file| places.of(file, || vec![project.path("lib")]).named.clone();
        assert_eq!(named("a.py"), project.path("lib/a.py"));
        assert_eq!(named("b.py"), Path::new("b.py"));
    }

    #[test]
    fn a_file_is_looked_up_once() {
        let project = Project::of(&["a.py"]);
        let places = Places::new(Files::default(), None);
        let file = project.text("a.py");
        assert!(places.of(&file, Vec::new).exists);
        std::fs::remove_file(&file).expect("the file was there");
        assert!(places.clone().of(&file, Vec::new).exists);
    }
}
