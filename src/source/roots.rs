//! The folders where first-party code is.

use super::files::Files;
use super::library::library_of;
use super::module_name::above_package;
use super::place::{Place, Places, normalized};
use crate::profile::Run;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Files and folders that stand in the root of a project.
const PROJECT_MARKS: [&str; 4] = ["pyproject.toml", "setup.py", "setup.cfg", ".git"];

/// Where first-party code is and how modules are named.
///
/// A root holds for a file as the interpreter names it and for where that leads through symbolic
/// links. Without any root, where code comes from is told by the names in its path alone.
#[derive(Clone, Debug, Default)]
pub struct Roots {
    folders: Vec<Root>,
    script: Option<Root>,
    script_folder: Option<Root>,
    places: Places,
}

/// A folder or file as it was named, and as it is without symbolic links.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Root {
    named: PathBuf,
    real: PathBuf,
}

/// A file below a root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Below {
    /// The root, in the form that the file's path has too.
    pub(super) root: PathBuf,
    /// The rest of the path.
    pub(super) rest: PathBuf,
}

impl Roots {
    /// The explicit folders, relative to here; if there are none, the project root of the script:
    /// the nearest folder at or above the script's that has `pyproject.toml`, `setup.py`,
    /// `setup.cfg` or `.git`, otherwise the script's own. A script that is itself library code
    /// (`-m pytest`) stands for the folder that it was started in. Without script and folders the
    /// roots are unknown.
    pub fn new(
        explicit: &[PathBuf],
        script: Option<&Path>,
        working_directory: Option<&Path>,
    ) -> Self {
        Self::among(&Files::default(), explicit, script, working_directory)
    }

    /// The same among files that may not be ours. Explicit folders and the working directory are then seen
    /// from here; what is not below the program's root is taken for a name of the program's.
    fn among(
        files: &Files,
        explicit: &[PathBuf],
        script: Option<&Path>,
        working_directory: Option<&Path>,
    ) -> Self {
        let working_directory = working_directory.map(|folder| files.inside(folder));
        let working_directory = working_directory.as_deref();
        let places = Places::new(files.clone(), working_directory);
        let script = script.map(|script| places.absolute(script));
        let is_library = |script: &PathBuf| library_of(script).is_some();
        let script_folder = match &script {
            Some(script) if is_library(script) => working_directory.map(normalized),
            Some(script) => script.parent().map(Path::to_owned),
            None => None,
        };
        let folders: Vec<PathBuf> = if explicit.is_empty() {
            script_folder
                .iter()
                .map(|folder| project_root(files, folder))
                .collect()
        } else {
            let inside = |folder: &PathBuf| {
                let below_root = files.below_root(folder);
                below_root.unwrap_or_else(|| files.inside(&from_here(folder)))
            };
            explicit.iter().map(inside).collect()
        };
        let root = |named| Root::new(files, named);
        Self {
            folders: folders.into_iter().map(root).collect(),
            script: script.map(root),
            script_folder: script_folder.map(root),
            places,
        }
    }

    /// The roots from what a profile says of its run; explicit ones win.
    pub fn of_run(run: &Run, explicit: &[PathBuf]) -> Self {
        let recorded: Vec<PathBuf> = run.source_roots.iter().map(PathBuf::from).collect();
        let folders = if explicit.is_empty() {
            &recorded
        } else {
            explicit
        };
        let script = run.script.as_deref().map(Path::new);
        let working_directory = run.working_directory.as_deref().map(Path::new);
        let files = Files::below(run.root.as_ref());
        Self::among(&files, folders, script, working_directory)
    }

    /// The roots as absolute paths, as they are seen from here.
    pub fn folders(&self) -> Vec<String> {
        let outside = |root: &Root| self.files().outside(&root.named);
        let text = |root: &Root| outside(root).to_string_lossy().into_owned();
        self.folders.iter().map(text).collect()
    }

    /// A file's path for people: relative to its root where it lies below one.
    pub fn shown(&self, file: &str) -> String {
        if is_generated(file) {
            return file.to_owned();
        }
        let below = self.below(&self.place(file));
        below.map_or_else(
            || file.to_owned(),
            |below| below.rest.to_string_lossy().into_owned(),
        )
    }

    /// Where a file of the run is on this machine, absolute where that can be told.
    pub fn located(&self, file: &str) -> PathBuf {
        self.files().outside(&self.place(file).named)
    }

    /// Whether a file is the script, or the file by which a folder or an archive is run; unknown without
    /// a script.
    pub fn is_script(&self, file: &str) -> Option<bool> {
        let script = self.script.as_ref()?;
        let place = self.place(file);
        let is_at = |path: &Path, script: &Path| {
            path == script || path.strip_prefix(script) == Ok(Path::new("__main__.py"))
        };
        Some(is_at(&place.named, &script.named) || is_at(&place.real, &script.real))
    }

    /// The roots without symbolic links, as the program names them.
    pub(super) fn real_folders(&self) -> impl Iterator<Item = &Path> {
        self.folders.iter().map(|root| &*root.real)
    }

    /// Whether it is known where first-party code is.
    pub(super) fn are_known(&self) -> bool {
        !self.folders.is_empty()
    }

    /// The files that the program sees.
    pub(super) fn files(&self) -> &Files {
        self.places.files()
    }

    /// Where a file is. The file system is asked once for each file.
    pub(super) fn place(&self, file: &str) -> Arc<Place> {
        let folders = || self.import_folders().chain(self.above_packages()).collect();
        self.places.of(file, folders)
    }

    /// For each root that is a package the folder that its files' paths were cut at. Other packages there
    /// are not the program's.
    fn above_packages(&self) -> impl Iterator<Item = PathBuf> {
        let above = |root: &Root| {
            above_package(self.files(), &root.named.join("__init__.py")).map(Path::to_owned)
        };
        self.folders.iter().filter_map(above)
    }

    /// The file seen from the deepest root above it.
    pub(super) fn below(&self, place: &Place) -> Option<Below> {
        let as_named = self.folders.iter().filter_map(|root| {
            let forms = [(&root.named, &place.named), (&root.real, &place.named)];
            forms.into_iter().find_map(|(root, path)| below(root, path))
        });
        let deepest = |found: &Below| std::cmp::Reverse(found.rest.components().count());
        as_named.max_by_key(deepest).or_else(|| {
            let real = self
                .folders
                .iter()
                .filter_map(|root| below(&root.real, &place.real));
            real.max_by_key(deepest)
        })
    }

    /// The folders that are on `sys.path` for first-party code, as far as their places tell: the
    /// script's folder, and of each root its `src` and itself.
    pub(super) fn import_folders(&self) -> impl Iterator<Item = PathBuf> {
        let script = self.script_folder.iter();
        let roots = self.folders.iter();
        let forms = |root: &Root| [root.named.clone(), root.real.clone()];
        let of_script = script.flat_map(forms);
        let of_roots = roots.flat_map(forms);
        of_script.chain(of_roots.flat_map(|root| [root.join("src"), root]))
    }
}

impl Root {
    fn new(files: &Files, named: PathBuf) -> Self {
        let real = files.real(&named).unwrap_or_else(|_| named.clone());
        Self { named, real }
    }
}

/// Whether a file name stands for code that was in no file: `<string>`, `<frozen os>`, or nothing. Some
/// number what they make: `<class 'argmap'> compilation 22`. Python's own frame below a call of `__init__`
/// (3.12 and later) calls its file so too.
pub(super) fn is_generated(file: &str) -> bool {
    let is_bracketed = || file.starts_with('<') && file.contains('>');
    let is_python = || Path::new(file).extension().is_some_and(|it| it == "py");
    matches!(file, "" | "__init__") || (is_bracketed() && !is_python())
}

fn below(root: &Path, path: &Path) -> Option<Below> {
    Some(Below {
        root: root.to_owned(),
        rest: path.strip_prefix(root).ok()?.to_owned(),
    })
}

fn project_root(files: &Files, folder: &Path) -> PathBuf {
    let is_marked = |folder: &&Path| {
        let mut marks = PROJECT_MARKS.iter();
        marks.any(|mark| files.exists(&folder.join(mark)))
    };
    folder
        .ancestors()
        .find(is_marked)
        .unwrap_or(folder)
        .to_owned()
}

/// A folder that was typed here, so that it is relative to here, wherever the program ran.
fn from_here(folder: &Path) -> PathBuf {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    normalized(&absolute)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::project::Project;

    #[test]
    fn the_nearest_marked_folder_above_the_script_is_the_root() {
        let project = Project::of(&["pyproject.toml", "tools/setup.py", "tools/bin/run.py"]);
        let roots = project.roots("tools/bin/run.py");
        assert_eq!(roots.folders(), [project.text("tools")]);
    }

    #[test]
    fn without_a_mark_the_scripts_own_folder_is_the_root() {
        let project = Project::of(&["a/b/run.py"]);
        let roots = project.roots("a/b/run.py");
        assert_eq!(roots.folders(), [project.text("a/b")]);
    }

    #[test]
    fn a_script_in_a_library_stands_for_the_folder_that_it_was_started_in() {
        let project = Project::of(&["setup.cfg", "v/lib/python3.11/site-packages/pytest.py"]);
        let roots = project.roots("v/lib/python3.11/site-packages/pytest.py");
        assert_eq!(roots.folders(), [project.text("")]);
    }

    #[test]
    fn the_script_is_told_from_other_files_and_from_no_script() {
        let project = Project::of(&["run.py", "tool/__main__.py", "tool/a.py"]);
        project.link("run.py", "link.py");
        let is_script = |script: &str, file: &str| project.roots(script).is_script(file);
        assert_eq!(is_script("run.py", "run.py"), Some(true));
        assert_eq!(is_script("link.py", &project.text("run.py")), Some(true));
        assert_eq!(is_script("run.py", "tool/a.py"), Some(false));
        assert_eq!(is_script("tool", "tool/__main__.py"), Some(true));
        assert_eq!(is_script("tool", "tool/a.py"), Some(false));
        assert_eq!(Roots::default().is_script("run.py"), None);
    }

    #[test]
    fn explicit_folders_win_and_recorded_ones_come_before_the_scripts() {
        let project = Project::of(&["setup.py", "a/x.py", "b/y.py"]);
        let run = Run {
            source_roots: vec![project.text("a")],
            script: Some(project.text("b/y.py")),
            ..Run::default()
        };
        assert_eq!(Roots::of_run(&run, &[]).folders(), [project.text("a")]);
        let explicit = [project.path("b")];
        assert_eq!(
            Roots::of_run(&run, &explicit).folders(),
            [project.text("b")]
        );
    }

    /// The roots of a script in the folder `root` of a project, which is the program's root.
    fn elsewhere(project: &Project, script: &str, explicit: &[PathBuf]) -> Roots {
        let run = Run {
            root: Some(crate::profile::Root::at(project.text("root"))),
            script: Some(script.to_owned()),
            working_directory: Some(project.text("root/srv")),
            ..Run::default()
        };
        Roots::of_run(&run, explicit)
    }

    #[test]
    fn in_another_root_files_have_the_programs_names_and_folders_ours() {
        let project = Project::of(&[
            "setup.py",
            "root/srv/setup.py",
            "root/srv/app/run.py",
            "root/srv/pkg/__init__.py",
            "root/srv/pkg/a.py",
        ]);
        let roots = elsewhere(&project, "/srv/app/run.py", &[]);
        assert_eq!(roots.folders(), [project.text("root/srv")]);
        assert_eq!(roots.shown("/srv/pkg/a.py"), "pkg/a.py");
        assert_eq!(roots.located("pkg/a.py"), project.path("root/srv/pkg/a.py"));
        assert_eq!(roots.is_script("app/run.py"), Some(true));
        let module = roots.module_name("/srv/pkg/a.py");
        assert_eq!(module.name, "pkg.a");
        assert_eq!(module.root, Some(project.path("root/srv")));
        let theirs = project.text("setup.py");
        assert_eq!(
            roots.located(&theirs),
            project.path("root").join(&theirs[1..])
        );
    }

    #[test]
    fn explicit_folders_of_another_root_are_seen_from_here() {
        let project = Project::of(&["root/srv/app/run.py", "root/srv/pkg/a.py"]);
        let folders = [project.path("root/srv/pkg")];
        let roots = elsewhere(&project, "/srv/app/run.py", &folders);
        assert_eq!(roots.folders(), [project.text("root/srv/pkg")]);
        assert_eq!(roots.shown("/srv/pkg/a.py"), "a.py");
        let as_the_program = elsewhere(&project, "/srv/app/run.py", &["/srv/pkg".into()]);
        assert_eq!(as_the_program.folders(), roots.folders());
    }

    #[test]
    fn brackets_stand_for_code_in_no_file() {
        for name in [
            "",
            "<string>",
            "<frozen os>",
            "<class 'a.b'> compilation 22",
        ] {
            assert!(is_generated(name), "{name}");
        }
        for name in ["a.py", "<a>.py", "<a", "/srv/<a>/b"] {
            assert!(!is_generated(name), "{name}");
        }
    }

    #[test]
    fn nothing_known_gives_no_roots() {
        assert!(Roots::of_run(&Run::default(), &[]).folders().is_empty());
    }

    #[test]
    fn files_are_shown_relative_to_the_deepest_root() {
        let project = Project::of(&["a/b/x.py"]);
        let explicit = [project.path(""), project.path("a")];
        let roots = Roots::new(&explicit, None, None);
        assert_eq!(roots.shown(&project.text("a/b/x.py")), "b/x.py");
        assert_eq!(roots.shown("/usr/lib/x.py"), "/usr/lib/x.py");
        assert_eq!(roots.shown("<string>"), "<string>");
    }

    #[test]
    fn a_linked_folder_is_the_same_root() {
        let project = Project::of(&["real/x.py"]);
        project.link("real", "linked");
        let linked = Roots::new(&[project.path("linked")], None, None);
        assert_eq!(linked.shown(&project.text("real/x.py")), "x.py");
        let real = Roots::new(&[project.path("real")], None, None);
        assert_eq!(real.shown(&project.text("linked/x.py")), "x.py");
    }
}
