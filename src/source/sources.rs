//! The files of a run, each read once.

use super::imports::Home;
use super::module::Module;
use super::read::read;
use super::roots::is_generated;
use super::test_files::TestFiles;
use super::{Kinds, Origin, Roots, Sites, Unreadable};
use rustc_hash::FxHashMap;

/// Parsed files, each read once. Paths are as the interpreter names them; relative ones are looked
/// for in the working directory of the run, then in the roots.
#[derive(Debug, Default)]
pub struct Sources {
    roots: Roots,
    modules: FxHashMap<String, Result<Module, Unreadable>>,
    sites: FxHashMap<String, Option<Sites>>,
    kinds: FxHashMap<String, Option<Kinds>>,
    tests: Option<TestFiles>,
}

impl Sources {
    /// Nothing read yet.
    pub fn new(roots: Roots) -> Self {
        Self {
            roots,
            modules: FxHashMap::default(),
            sites: FxHashMap::default(),
            tests: None,
            kinds: FxHashMap::default(),
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

    /// The calls and operators of a file, found at the first call; none of a file that can't be read.
    pub fn sites(&mut self, file: &str) -> Option<&Sites> {
        if !self.sites.contains_key(file) {
            let _ = self.module(file);
            let module = self.modules[file].as_ref().ok();
            let sites = module.map(|module| module.sites(&home(&self.roots, file)));
            self.sites.insert(file.to_owned(), sites);
        }
        self.sites[file].as_ref()
    }

    /// The kinds of code of a file, found at the first call; none of a file that can't be read.
    pub fn kinds(&mut self, file: &str) -> Option<&Kinds> {
        if !self.kinds.contains_key(file) {
            let _ = self.module(file);
            let module = self.modules[file].as_ref().ok();
            let kinds = module.map(|module| module.kinds(&home(&self.roots, file)));
            self.kinds.insert(file.to_owned(), kinds);
        }
        self.kinds[file].as_ref()
    }

    /// Whether a test below the source roots names a function and its owner: its class, or the last part of its
    /// module's name. Tests are read at the first call.
    pub fn tests_name(&mut self, function: &str, owner: &str) -> bool {
        let tests = self
            .tests
            .get_or_insert_with(|| TestFiles::read(&self.roots));
        tests.name(function, owner)
    }
}

fn load(roots: &Roots, file: &str) -> Result<Module, Unreadable> {
    if is_generated(file) {
        return Err(Unreadable::Generated);
    }
    let text = read(roots.files(), &roots.place(file).named)?;
    Module::parse(text, &home(roots, file))
}

fn home<'r>(roots: &'r Roots, file: &str) -> Home<'r> {
    Home {
        roots,
        module: roots.name_inside(file),
        is_package: file.ends_with("/__init__.py"),
        is_first_party: roots.origin(Some(file), "") == Origin::FirstParty,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Line;
    use crate::source::CallTarget;
    use crate::source::project::{Project, definition};
    use proptest::prelude::*;

    fn fixture(name: &str) -> String {
        format!("{}/fixtures/sources/{name}", env!("CARGO_MANIFEST_DIR"))
    }

    fn sources() -> Sources {
        Sources::new(Roots::default())
    }

    #[test]
    fn a_file_is_read_once() {
        let project = Project::of(&[]);
        project.write("a.py", "def f(): ...\n");
        let mut sources = sources();
        let file = project.text("a.py");
        for text in ["", "def g(): ...\n"] {
            let module = sources.module(&file).expect("it is read");
            assert_eq!(module.definitions[0].qualname, "f");
            project.write("a.py", text);
        }
    }

    #[test]
    fn relative_files_are_found_from_the_working_directory_and_the_roots() {
        let project = Project::of(&["setup.py", "src/pkg/a.py", "run.py"]);
        let mut sources = Sources::new(project.roots("run.py"));
        assert!(sources.module("run.py").is_ok());
        assert!(sources.module("pkg/a.py").is_ok());
        assert_eq!(sources.module("pkg/b.py").err(), Some(&Unreadable::Missing));
    }

    #[test]
    fn code_without_a_file_has_no_source() {
        for file in ["<string>", "<frozen os>", "<ipython-input-1-a>", ""] {
            assert_eq!(sources().module(file).err(), Some(&Unreadable::Generated));
        }
    }

    #[test]
    fn each_fixture_is_read_or_refused_with_its_reason() {
        let mut sources = sources();
        let latin_1 = sources
            .module(&fixture("latin_1.py"))
            .expect("it is decoded");
        let docstring = latin_1.definitions[0].docstring.as_deref();
        assert_eq!(docstring, Some("Größe in Zoll."));
        let broken = sources
            .module(&fixture("broken.py"))
            .expect("what parses is there");
        assert!(broken.definition("after", None).is_some());
        assert_eq!(broken.problems.len(), 1);
        let undeclared = sources.module(&fixture("undeclared.py")).err();
        assert_eq!(undeclared, Some(&Unreadable::Encoding("utf-8".to_owned())));
    }

    #[test]
    fn imports_of_neighbours_are_first_party() {
        let project = Project::of(&["pkg/__init__.py", "pkg/near.py", "helpers.py"]);
        let text = "import helpers, numpy\nfrom . import near\ndef f():\n  helpers.a(); near.b(); numpy.c()\n";
        project.write("pkg/a.py", text);
        project.write("run.py", "");
        let mut sources = Sources::new(project.roots("run.py"));
        let module = sources
            .module(&project.text("pkg/a.py"))
            .expect("it is read");
        let targets: Vec<_> = (module.definitions[0].calls.iter())
            .map(|call| match &call.target {
                CallTarget::Imported { name, origin } => (name.as_str(), *origin),
                other => panic!("{other:?} is not imported"),
            })
            .collect();
        let expected = [
            ("helpers.a", Origin::FirstParty),
            ("pkg.near.b", Origin::FirstParty),
            ("numpy.c", Origin::ThirdParty),
        ];
        assert_eq!(targets, expected);
    }

    #[test]
    fn library_code_has_names_but_no_facts() {
        let project = Project::of(&["run.py"]);
        let library = "venv/lib/python3.11/site-packages/b.py";
        for file in ["a.py", library] {
            project.write(file, "class C:\n  def f(self): ...\n");
        }
        let mut sources = Sources::new(project.roots("run.py"));
        for (file, facts) in [("a.py", 1), (library, 0)] {
            let module = (sources.module(&project.text(file))).expect("it is read");
            let scope = module.scope_at("f", Line::new(2)).expect("it is there");
            assert_eq!(scope.qualname, "C.f");
            assert_eq!(module.definitions.len(), facts, "{file}");
        }
    }

    /// Pieces of Python, so that what is drawn nests and breaks in every way.
    fn pieces() -> impl Strategy<Value = String> {
        let pieces = [
            "def f(",
            "x",
            "):",
            "\n",
            "  ",
            "    ",
            "class C",
            ":",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "lambda ",
            "for x in ",
            "yield ",
            "await ",
            "async ",
            "f'{",
            "}'",
            "'''",
            "'",
            "global x",
            "nonlocal x",
            "import a.b as c",
            "from . import ",
            "*",
            "**",
            "@",
            "match x:",
            "case ",
            "_",
            "if ",
            "else",
            "=",
            ":=",
            ",",
            ".",
            "...",
            "1",
            "-",
            "\\\n",
            "#",
            "\t",
            "é",
            "\u{c}",
            "try",
            "except ",
            "x.append(1)",
            "super()",
            "type X[T] = ",
            "return ",
            "del ",
            "None",
        ];
        prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..60)
            .prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn no_bytes_make_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let project = Project::of(&[]);
            std::fs::write(project.path("a.py"), bytes).expect("written");
            let mut sources = sources();
            // A panic on the parser's thread would come back as this reason.
            let gave_up = Unreadable::Syntax("the parser gave up".to_owned());
            prop_assert_ne!(sources.module(&project.text("a.py")).err(), Some(&gave_up));
        }

        #[test]
        fn no_source_makes_reading_panic(source in pieces()) {
            let module = crate::source::project::parse(&source);
            let module = module.map_err(|reason| TestCaseError::fail(reason.to_string()))?;
            for definition in &module.definitions {
                prop_assert!(definition.first_line <= definition.def_line);
                prop_assert!(definition.def_line <= definition.end_line);
                let found = module.definition(&definition.qualname, Some(definition.first_line));
                prop_assert!(found.is_some());
                module.text_of(definition);
            }
        }

        #[test]
        fn the_docstring_of_any_text_is_found(text in "[a-zA-Z0-9 ]{1,40}") {
            let definition = definition(&format!("def f():\n  '{text}'\n"), "f");
            prop_assert_eq!(definition.docstring, Some(text.trim_start().to_owned()));
        }
    }
}
