//! What the rest of the program does to a function: replaces it, derives from its class.

use super::catalog::Catalog;
use super::risks::{if_so, listed, risk};
use super::{Code, Risk};
use crate::profile::Profile;
use crate::source::{Class, Definition, Origin, Replacement, Sources};
use std::collections::BTreeSet;

/// Members of a class that say how its objects are pickled or copied.
const PICKLING: [&str; 9] = [
    "__copy__",
    "__deepcopy__",
    "__getnewargs__",
    "__getnewargs_ex__",
    "__getstate__",
    "__reduce__",
    "__reduce_ex__",
    "__replace__",
    "__setstate__",
];

/// The classes and replacements of the program's files of which a function was seen.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    classes: Vec<Class>,
    /// Each with the module that makes it.
    replacements: Vec<(String, Replacement)>,
}

impl Surroundings {
    pub(super) fn new(profile: &Profile, catalog: &Catalog, sources: &mut Sources) -> Self {
        let functions = profile.functions().iter().zip(&catalog.entries);
        let ours = functions.filter(|(_, entry)| entry.origin == Origin::FirstParty);
        let files: BTreeSet<&str> = ours
            .filter_map(|(function, _)| Some(profile.strings.get(function.file?)))
            .collect();
        let mut surroundings = Self::default();
        for file in files {
            if let Ok(module) = sources.module(file) {
                surroundings.classes.extend(module.classes.iter().cloned());
                let replacements = module.replacements.iter();
                let of_module = replacements.map(|it| (module.name.clone(), it.clone()));
                surroundings.replacements.extend(of_module);
            }
        }
        surroundings
    }

    /// The places where something else is put in the place of a function.
    pub(super) fn replaced(&self, module: &str, definition: &Definition) -> Vec<Risk> {
        let name = format!("{module}.{}", definition.qualname);
        let replacements = self.replacements.iter().filter(|(_, it)| it.name == name);
        replacements
            .map(|(by, replacement)| {
                let line = replacement.line;
                let message = format!("{by} puts something else in its place at line {line}");
                risk(Code::Replaced, (by == module).then_some(line), message)
            })
            .collect()
    }

    /// The parents and children of a method's class.
    pub(super) fn relatives(&self, module: &str, definition: &Definition) -> Option<Risk> {
        let class = self.class_of(module, definition)?;
        let children = self.children(&class.name);
        let overriding = children.iter().filter(|it| has(it, &definition.name));
        let names = |classes: Vec<&Class>| listed_names(classes.iter().map(|it| &*it.name));
        let parents = (!class.parents.is_empty()).then(|| {
            let parents = listed_names(class.parents.iter().map(String::as_str));
            format!("derives from {parents}")
        });
        let heirs =
            (!children.is_empty()).then(|| format!("is the parent of {}", names(children.clone())));
        let overriding: Vec<&Class> = overriding.copied().collect();
        let overridden = (!overriding.is_empty())
            .then(|| format!("has the method overridden in {}", names(overriding)));
        let said: Vec<String> = [parents, heirs, overridden].into_iter().flatten().collect();
        let message = format!("its class {}", said.join(", "));
        (!said.is_empty()).then(|| risk(Code::HasRelatives, Some(class.line), message))
    }

    /// How the class of a method says that it is pickled.
    pub(super) fn pickled(&self, module: &str, definition: &Definition) -> Vec<Risk> {
        let class = self.class_of(module, definition);
        let members = class.map_or(&[][..], |class| &class.members);
        let members: Vec<String> = (members.iter())
            .filter(|member| PICKLING.contains(&member.as_str()))
            .cloned()
            .collect();
        let message = format!(
            "its class says how it is pickled or copied: {}",
            listed(&members)
        );
        let line = class.map(|class| class.line);
        if_so(!members.is_empty(), Code::Pickles, line, &message)
    }

    fn class_of(&self, module: &str, definition: &Definition) -> Option<&Class> {
        let name = format!("{module}.{}", definition.class.as_ref()?);
        self.classes.iter().find(|class| class.name == name)
    }

    /// The classes that derive from this one, directly or not, each once.
    fn children(&self, name: &str) -> Vec<&Class> {
        let mut families = vec![name];
        let mut children: Vec<&Class> = Vec::new();
        while let Some(parent) = families.pop() {
            for class in &self.classes {
                let derives = class.parents.iter().any(|it| it == parent);
                let is_known = children.iter().any(|it| it.name == class.name);
                if derives && !is_known && class.name != name {
                    children.push(class);
                    families.push(&class.name);
                }
            }
        }
        children.sort_by(|one, other| one.name.cmp(&other.name));
        children
    }
}

fn has(class: &Class, member: &str) -> bool {
    class.members.iter().any(|it| it == member)
}

fn listed_names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(str::to_owned).collect();
    listed(&names)
}

#[cfg(test)]
mod tests {
    use super::super::sample_types::{definition, module};
    use super::*;
    use crate::profile::RawFrame;
    use crate::source::Roots;

    /// Checks `CODE [line] message` of the risks of a definition of `job.py` that come from outside of it.
    #[track_caller]
    fn check(source: &str, qualname: &str, expected: &[&str]) {
        let module = module(source);
        let surroundings = Surroundings {
            classes: module.classes.clone(),
            replacements: (module.replacements.iter())
                .map(|it| ("job".to_owned(), it.clone()))
                .collect(),
        };
        let definition = module.definition(qualname, None).expect("it is there");
        let mut risks = surroundings.replaced("job", definition);
        risks.extend(surroundings.pickled("job", definition));
        risks.extend(surroundings.relatives("job", definition));
        let found = risks.iter().map(|risk| {
            let line = risk
                .line
                .map_or_else(String::new, |line| format!(" {line}"));
            format!("{}{line} {}", risk.code, risk.message)
        });
        assert_eq!(found.collect::<Vec<_>>(), expected, "{source}");
    }

    #[test]
    fn what_is_put_in_its_place_is_found() {
        check(
            "def f(): ...\nclass C:\n  def f(self): ...\nC.f = len\n",
            "C.f",
            &["RB121 4 job puts something else in its place at line 4"],
        );
        check(
            "def f(): ...\nclass C:\n  def f(self): ...\nC.f = len\n",
            "f",
            &[],
        );
    }

    #[test]
    fn another_file_replaces_it_too() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let mut profile = Profile::default();
        for (module, text) in [
            ("a", "def f(): ...\n"),
            ("b", "import a\ndef f(): ...\na.f = f\n"),
        ] {
            let file = folder.path().join(format!("{module}.py"));
            std::fs::write(&file, text).expect("a file is written");
            profile.intern_raw_stack([RawFrame {
                name: "f",
                file: Some(&file.display().to_string()),
                first_line: None,
                line: None,
            }]);
        }
        let mut sources = Sources::new(Roots::new(&[folder.path().to_owned()], None, None));
        let catalog = Catalog::new(&profile, &mut sources);
        let surroundings = Surroundings::new(&profile, &catalog, &mut sources);
        let replaced = surroundings.replaced("a", &definition("def f(): ...\n"));
        let message = "b puts something else in its place at line 3";
        assert_eq!(replaced, [risk(Code::Replaced, None, message)]);
    }

    #[test]
    fn a_method_knows_the_family_of_its_class() {
        let source = "class A(list):\n  def f(self): ...\nclass B(A): ...\nclass C(B):\n  def f(self): ...\n";
        check(
            source,
            "A.f",
            &[
                "RB123 1 its class derives from list, is the parent of job.B, job.C, has the method overridden in job.C",
            ],
        );
        check(source, "C.f", &["RB123 4 its class derives from job.B"]);
        check("class A:\n  def f(self): ...\n", "A.f", &[]);
    }

    #[test]
    fn a_class_that_derives_from_itself_ends() {
        check(
            "class A(A):\n  def f(self): ...\n",
            "A.f",
            &["RB123 1 its class derives from job.A"],
        );
    }

    #[test]
    fn a_class_says_how_it_is_pickled() {
        check(
            "class A:\n  def f(self): ...\n  def __reduce__(self): ...\n",
            "A.f",
            &["RB122 1 its class says how it is pickled or copied: __reduce__"],
        );
    }
}
