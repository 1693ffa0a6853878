//! Functions get their qualified names and first lines from the source.

use super::{ScopeName, Sources};
use crate::profile::{
    Frame, FrameId, Function, InstructionId, Line, Profile, Stack, StackId, StringId, Thread,
    ThreadId,
};

/// Gives every function its qualified name and first line from the source, where the sampler could
/// not tell: Python before 3.11 has bare names only, and no sampler that reads them from outside
/// tells first lines. Functions whose source can't be read keep what they have, and samples keep
/// their order and weight. Doing it again changes nothing.
pub fn qualify(profile: Profile, sources: &mut Sources) -> Profile {
    let mut qualified = Profile::default();
    let frames: Vec<FrameId> = (profile.frames().iter())
        .map(|frame| qualify_frame(&profile, &mut qualified, *frame, sources))
        .collect();
    let mut stacks: Vec<StackId> = Vec::with_capacity(profile.stacks().len());
    for stack in profile.stacks() {
        stacks.push(qualified.intern_stack(Stack {
            frame: frames[stack.frame.index()],
            parent: stack.parent.map(|parent| stacks[parent.index()]),
        }));
    }
    let threads = copy_threads(&profile, &mut qualified);
    let instructions: Vec<InstructionId> = (0..profile.instructions().len())
        .map(|index| profile.raw_instruction(InstructionId::from_index(index)))
        .map(|raw| qualified.intern_raw_instruction(raw))
        .collect();
    qualified.weight_unit = profile.weight_unit;
    qualified.run = profile.run;
    qualified.samples = profile.samples;
    for sample in &mut qualified.samples {
        sample.thread = threads[sample.thread.index()];
        sample.stack = sample.stack.map(|stack| stacks[stack.index()]);
        sample.instruction = (sample.instruction).map(|id| instructions[id.index()]);
    }
    qualified
}

/// The frame in the new profile. One bare name may stand for several functions, which the lines of
/// its frames tell apart.
fn qualify_frame(
    profile: &Profile,
    qualified: &mut Profile,
    frame: Frame,
    sources: &mut Sources,
) -> FrameId {
    let function = profile.function(frame.function);
    let scope = scope_of(profile, function, frame.line, sources);
    let name = match &scope {
        Some(scope) => &scope.qualname,
        None => profile.strings.get(function.name),
    };
    let function = Function {
        name: qualified.strings.intern(name),
        file: function
            .file
            .map(|file| copy_text(profile, qualified, file)),
        first_line: scope
            .as_ref()
            .map_or(function.first_line, |scope| Some(scope.first_line)),
    };
    let function = qualified.intern_function(function);
    qualified.intern_frame(Frame {
        function,
        line: frame.line,
    })
}

fn scope_of(
    profile: &Profile,
    function: Function,
    line: Option<Line>,
    sources: &mut Sources,
) -> Option<ScopeName> {
    let name = profile.strings.get(function.name);
    let module = sources.module(profile.strings.get(function.file?)).ok()?;
    match function.first_line {
        Some(first_line) => module.scope_starting_at(name, first_line),
        None => module.scope_at(name, line),
    }
}

fn copy_threads(profile: &Profile, qualified: &mut Profile) -> Vec<ThreadId> {
    let copy = |thread: &Thread| {
        let name = thread.name.map(|name| copy_text(profile, qualified, name));
        qualified.intern_thread(Thread { name, ..*thread })
    };
    profile.threads().iter().map(copy).collect()
}

fn copy_text(profile: &Profile, qualified: &mut Profile, text: StringId) -> StringId {
    qualified.strings.intern(profile.strings.get(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::RawFrame;
    use crate::source::Roots;
    use crate::source::project::Project;
    use proptest::prelude::*;

    const SOURCE: &str = "def f():\n  return [x for x in g()]\nclass C:\n  @a\n  def f(self):\n    return lambda: 1\n";

    /// A function, its first line, and the line of the frame.
    type Told<'a> = (&'a str, Option<u32>, Option<u32>);

    fn profile(file: &str, told: &[Told<'_>]) -> Profile {
        let mut profile = Profile::default();
        let frames = told.iter().map(|&(name, first_line, line)| RawFrame {
            name,
            file: Some(file),
            first_line: first_line.and_then(Line::new),
            line: line.and_then(Line::new),
        });
        profile.intern_raw_stack(frames);
        profile
    }

    #[track_caller]
    fn check(told: Told<'_>, name: &str, first_line: Option<u32>) {
        let project = Project::of(&[]);
        project.write("a.py", SOURCE);
        let mut sources = Sources::new(Roots::default());
        let qualified = qualify(profile(&project.text("a.py"), &[told]), &mut sources);
        let function = qualified.functions()[0];
        let found = function.first_line.map(Line::number);
        assert_eq!(
            (qualified.strings.get(function.name), found),
            (name, first_line),
            "{told:?}"
        );
    }

    #[test]
    fn a_bare_name_is_told_by_its_line() {
        check(("f", None, Some(2)), "f", Some(1));
        check(("f", None, Some(6)), "C.f", Some(4));
        check(
            ("<lambda>", None, Some(6)),
            "C.f.<locals>.<lambda>",
            Some(6),
        );
        check(
            ("<listcomp>", None, Some(2)),
            "f.<locals>.<listcomp>",
            Some(2),
        );
        check(("C", None, Some(4)), "C", Some(3));
        check(("<module>", None, Some(3)), "<module>", Some(1));
    }

    #[test]
    fn a_qualified_name_gets_its_first_line() {
        check(("C.f", None, Some(6)), "C.f", Some(4));
        check(("C.f", None, None), "C.f", Some(4));
    }

    #[test]
    fn the_line_of_the_def_becomes_the_first_line() {
        check(("f", Some(5), None), "C.f", Some(4));
    }

    #[test]
    fn what_the_source_does_not_have_stays_as_it_was() {
        check(("g", None, Some(2)), "g", None);
        check(("f", Some(3), Some(2)), "f", Some(3));
        check(("f", None, None), "f", Some(1));
    }

    #[test]
    fn two_functions_of_one_bare_name_become_two() {
        let project = Project::of(&[]);
        project.write("a.py", SOURCE);
        let told = [("f", None, Some(2)), ("f", None, Some(6))];
        let profile = profile(&project.text("a.py"), &told);
        assert_eq!(profile.functions().len(), 1);
        let qualified = qualify(profile, &mut Sources::new(Roots::default()));
        assert_eq!(qualified.functions().len(), 2);
    }

    proptest! {
        #[test]
        fn doing_it_again_changes_nothing(
            told in prop::collection::vec(
                (
                    prop::sample::select(vec!["f", "C", "C.f", "g", "<lambda>", "<listcomp>", "<module>", "C.f.<locals>.<lambda>"]),
                    prop::option::of(0..8_u32),
                    prop::option::of(0..8_u32),
                ),
                0..12,
            )
        ) {
            let project = Project::of(&[]);
            project.write("a.py", SOURCE);
            let mut sources = Sources::new(Roots::default());
            let once = qualify(profile(&project.text("a.py"), &told), &mut sources);
            let twice = qualify(once.clone(), &mut sources);
            prop_assert_eq!(once, twice);
        }
    }
}
