//! Names become ids: how a profile grows.

use super::{
    Frame, FrameId, Function, FunctionId, Line, Profile, Stack, StackId, Thread, ThreadId,
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

/// Where the frames stand that were told by names: one look-up for a known frame instead of four.
///
/// An index, not data: profiles are equal whatever theirs hold.
#[derive(Clone, Default)]
pub(super) struct RawFrames(HashTable<(u64, FrameId)>);

impl PartialEq for RawFrames {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl std::fmt::Debug for RawFrames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("RawFrames").field(&self.0.len()).finish()
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

    /// The id of a frame told by names.
    pub fn intern_raw_frame(&mut self, raw: RawFrame<'_>) -> FrameId {
        let hash = FxBuildHasher.hash_one(raw);
        let is_it = |&(other, id): &(u64, FrameId)| other == hash && self.raw_frame(id) == raw;
        if let Some(&(_, id)) = self.raw_frames.0.find(hash, is_it) {
            return id;
        }
        let id = self.intern_frame_by_parts(raw);
        (self.raw_frames.0).insert_unique(hash, (hash, id), |&(hash, _)| hash);
        id
    }

    /// The id of the stack of these frames, **outermost first**; none for no frames.
    pub fn intern_raw_stack<'a>(
        &mut self,
        frames: impl IntoIterator<Item = RawFrame<'a>>,
    ) -> Option<StackId> {
        frames.into_iter().fold(None, |parent, raw| {
            let frame = self.intern_raw_frame(raw);
            Some(self.intern_stack(Stack { frame, parent }))
        })
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
