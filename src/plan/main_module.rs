//! Which modules are the program itself, and which it imports.

use super::catalog::Kind;
use super::study::Study;
use crate::profile::{Stack, StringId};
use crate::source::Sources;

impl Study<'_> {
    /// Whether the program may have been started with this file. Whatever the top level of another module
    /// calls, the program calls too when it imports it.
    pub(super) fn is_main(&self, file: StringId, sources: &Sources) -> bool {
        let body = |stack: &&Stack| {
            let function = self.profile.frame(stack.frame).function;
            self.profile.function(function).file == Some(file)
                && self.catalog.entry(function).kind == Kind::ModuleBody
        };
        let mut bodies = self.profile.stacks().iter().filter(body).peekable();
        let was_seen = bodies.peek().is_some();
        if bodies.any(|stack| !self.is_importing(*stack)) {
            return true;
        }
        let is_script = sources.roots().is_script(self.profile.strings.get(file));
        is_script.unwrap_or(!was_seen)
    }

    /// Whether the machinery of `import` called this frame, directly or not.
    fn is_importing(&self, stack: Stack) -> bool {
        let callers =
            std::iter::successors(stack.parent, |&caller| self.profile.stack(caller).parent);
        callers
            .map(|caller| {
                self.profile
                    .frame(self.profile.stack(caller).frame)
                    .function
            })
            .any(|function| self.catalog.entry(function).kind == Kind::Import)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::Observation;
    use crate::plan::boundary::Costs;
    use crate::profile::{Profile, RawFrame};
    use crate::source::Roots;
    use std::path::Path;

    const IMPORT: &str = "<frozen importlib._bootstrap>!_find_and_load";

    /// Whether `/app/job.py` is the program of `script`, by a stack of frames `FILE!NAME`.
    #[track_caller]
    fn check(script: Option<&str>, stack: &str, expected: bool) {
        let mut profile = Profile::default();
        let file = profile.strings.intern("/app/job.py");
        profile.intern_raw_stack(stack.split(';').map(|frame| {
            let (file, name) = frame.split_once('!').expect("a file and a name");
            RawFrame {
                name,
                file: Some(file),
                first_line: None,
                line: None,
            }
        }));
        let roots = Roots::new(&["/app".into()], script.map(Path::new), None);
        let mut sources = Sources::new(roots);
        let observation = Observation::default();
        let costs = Costs::shipped();
        let study = Study::new(&profile, &observation, &mut sources, &costs);
        assert_eq!(study.is_main(file, &sources), expected, "{stack}");
    }

    #[test]
    fn the_script_is_the_program() {
        check(Some("/app/job.py"), "/app/job.py!work", true);
        check(Some("/app/other.py"), "/app/job.py!work", false);
    }

    #[test]
    fn a_body_that_nothing_imported_is_the_program() {
        check(None, "/app/job.py!<module>;/app/job.py!work", true);
        check(
            Some("/app/other.py"),
            "<frozen runpy>!_run_code;/app/job.py!<module>",
            true,
        );
    }

    #[test]
    fn a_body_that_was_imported_is_not() {
        let imported = format!("/app/run.py!<module>;{IMPORT};/app/job.py!<module>");
        check(None, &imported, false);
    }

    #[test]
    fn a_module_of_which_nothing_is_known_may_be_the_program() {
        check(None, "/app/job.py!work", true);
    }
}
