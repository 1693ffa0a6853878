//! Names become ids: how a profile grows.

use super::{
    Frame, FrameId, Function, FunctionId, Line, Profile, Stack, StackId, Thread, ThreadId,
};

/// A frame as a sampler or a file tells it: names as texts, for the moment of one call only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
}
