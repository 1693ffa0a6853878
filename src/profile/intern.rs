//! Names become ids: how a profile grows.

use super::{
    Frame, FrameId, Function, FunctionId, Instruction, InstructionId, Line, Profile,
    RawInstruction, Stack, StackId, Thread, ThreadId,
};
use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use std::hash::BuildHasher;

/// A frame as a sampler or a file tells it: names as texts, for the moment of one call only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RawFrame<'a> {
    /// The function's qualified name where known, otherwise its bare name.
    pub name: &'a str,
    /// The file, where known.
    pub file: Option<&'a str>,
    /// The function's first line, where known.
    pub first_line: Option<Line>,
    /// The line being executed, where known.
    pub line: Option<Line>,
}

/// What makes telling stacks by names fast: where each frame stands that was told so, one look-up
/// instead of four, and the stack told last, since the next mostly begins like it.
///
/// An index, not data: profiles are equal whatever theirs hold.
#[derive(Clone, Default)]
pub(super) struct RawIndex {
    frames: HashTable<(u64, FrameId)>,
    /// The last stack and the stacks below it, outermost first.
    last: Vec<StackId>,
}

impl PartialEq for RawIndex {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl std::fmt::Debug for RawIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawIndex").finish_non_exhaustive()
    }
}

impl Profile {
    /// The id of a function, new or known.
    pub fn intern_function(&mut self, function: Function) -> FunctionId {
        FunctionId::from_index(self.functions.intern(function))
    }

    /// The id of a frame, new or known.
    pub fn intern_frame(&mut self, frame: Frame) -> FrameId {
        FrameId::from_index(self.frames.intern(frame))
    }

    /// The id of a stack, new or known. The parent is an id of this profile, so it stands earlier.
    pub fn intern_stack(&mut self, stack: Stack) -> StackId {
        StackId::from_index(self.stacks.intern(stack))
    }

    /// The id of a thread, new or known.
    pub fn intern_thread(&mut self, thread: Thread) -> ThreadId {
        ThreadId::from_index(self.threads.intern(thread))
    }

    /// The id of an instruction, new or known.
    pub fn intern_instruction(&mut self, instruction: Instruction) -> InstructionId {
        InstructionId::from_index(self.instructions.intern(instruction))
    }

    /// The id of an instruction told by its name.
    pub fn intern_raw_instruction(&mut self, raw: RawInstruction<'_>) -> InstructionId {
        let RawInstruction { opcode, position } = raw;
        let opcode = opcode.map(|opcode| self.strings.intern(opcode));
        self.intern_instruction(Instruction { opcode, position })
    }

    /// The id of a frame told by names.
    pub fn intern_raw_frame(&mut self, raw: RawFrame<'_>) -> FrameId {
        let hash = FxBuildHasher.hash_one(raw);
        let is_it = |&(other, id): &(u64, FrameId)| other == hash && self.raw_frame(id) == raw;
        if let Some(&(_, id)) = self.raw_index.frames.find(hash, is_it) {
            return id;
        }
        let id = self.intern_frame_by_parts(raw);
        (self.raw_index.frames).insert_unique(hash, (hash, id), |&(hash, _)| hash);
        id
    }

    /// The id of the stack of these frames, **outermost first**; none for no frames.
    pub fn intern_raw_stack<'a>(
        &mut self,
        frames: impl IntoIterator<Item = RawFrame<'a>>,
    ) -> Option<StackId> {
        let mut last = std::mem::take(&mut self.raw_index.last);
        let mut frames = frames.into_iter().peekable();
        let shared = (last.iter())
            .take_while(|&&stack| {
                let frame = self.raw_frame(self.stack(stack).frame);
                frames.next_if(|raw| *raw == frame).is_some()
            })
            .count();
        last.truncate(shared);
        for raw in frames {
            last.push(self.intern_raw_child(last.last().copied(), raw));
        }
        let stack = last.last().copied();
        self.raw_index.last = last;
        stack
    }

    fn intern_raw_child(&mut self, parent: Option<StackId>, raw: RawFrame<'_>) -> StackId {
        // The child that came first stands right after its parent, and most have one child.
        let first_child = parent.map_or(0, |parent| parent.index() + 1);
        match self.stacks().get(first_child) {
            Some(stack) if stack.parent == parent && self.raw_frame(stack.frame) == raw => {
                StackId::from_index(first_child)
            }
            _ => {
                let frame = self.intern_raw_frame(raw);
                self.intern_stack(Stack { frame, parent })
            }
        }
    }

    fn intern_frame_by_parts(&mut self, raw: RawFrame<'_>) -> FrameId {
        let function = Function {
            name: self.strings.intern(raw.name),
            file: raw.file.map(|file| self.strings.intern(file)),
            first_line: raw.first_line,
        };
        let function = self.intern_function(function);
        self.intern_frame(Frame {
            function,
            line: raw.line,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn raw(name: &str) -> RawFrame<'_> {
        RawFrame {
            name,
            file: Some("a.py"),
            first_line: Line::new(1),
            line: Line::new(2),
        }
    }

    #[test]
    fn no_frames_are_no_stack() {
        let mut profile = Profile::default();
        assert_eq!(profile.intern_raw_stack([]), None);
        assert!(profile.stacks().is_empty());
    }

    #[test]
    fn every_part_of_a_frame_tells_it_from_others() {
        let mut profile = Profile::default();
        let known = raw("f");
        let frames = [
            known,
            raw("g"),
            RawFrame {
                file: None,
                ..known
            },
            RawFrame {
                file: Some("b.py"),
                ..known
            },
            RawFrame {
                first_line: None,
                ..known
            },
            RawFrame {
                line: Line::new(3),
                ..known
            },
        ];
        let ids: Vec<_> = frames
            .iter()
            .map(|&raw| profile.intern_raw_frame(raw))
            .collect();
        assert_eq!(profile.frames().len(), frames.len());
        for (id, frame) in ids.into_iter().zip(frames) {
            assert_eq!(profile.raw_frame(id), frame);
            assert_eq!(profile.intern_raw_frame(frame), id);
        }
    }

    #[test]
    fn a_frame_made_of_ids_is_found_by_names() {
        let mut profile = Profile::default();
        let name = profile.strings.intern("f");
        let function = profile.intern_function(Function {
            name,
            file: None,
            first_line: None,
        });
        let frame = profile.intern_frame(Frame {
            function,
            line: None,
        });
        let raw = RawFrame {
            name: "f",
            file: None,
            first_line: None,
            line: None,
        };
        assert_eq!(profile.intern_raw_frame(raw), frame);
    }

    proptest! {
        #[test]
        fn stacks_come_back_as_told_and_are_stored_once(
            stacks in proptest::collection::vec(proptest::collection::vec("[abc]", 0..6), 0..12),
        ) {
            let mut profile = Profile::default();
            let mut intern = |stack: &[String]| {
                let id = profile.intern_raw_stack(stack.iter().map(|name| raw(name)));
                (id, profile.stacks().len())
            };
            let first: Vec<_> = stacks.iter().map(|stack| intern(stack).0).collect();
            let (_, count) = intern(&[]);
            for (stack, &id) in stacks.iter().zip(&first) {
                prop_assert_eq!(intern(stack), (id, count));
            }
            for (stack, id) in stacks.iter().zip(first) {
                let frames = id.into_iter().flat_map(|id| profile.frame_ids_of(id));
                let mut names: Vec<_> = frames.map(|frame| profile.raw_frame(frame).name).collect();
                names.reverse();
                prop_assert_eq!(names, stack.iter().map(|name| &**name).collect::<Vec<_>>());
            }
            for (index, stack) in profile.stacks().iter().enumerate() {
                prop_assert!(stack.parent.is_none_or(|parent| parent.index() < index));
            }
        }
    }
}
