//! What was sampled: ids, tables, samples, units. Pure data.
//!
//! Everything is stored once and named by a four-byte id. A stack is a frame above a parent stack,
//! and **a parent always stands before its children** in the table, so that any sum over the call
//! tree is one pass over it, backward.

#[cfg(test)]
mod folded;
mod id;
mod instruction;
mod intern;
mod interned;
mod merge;
mod opcodes;
#[cfg(test)]
mod piece;
mod root;
mod run;
mod string_table;
mod units;
mod wait;

#[cfg(test)]
pub(crate) use folded::{any_folded, folded};
pub use id::{FrameId, FunctionId, InstructionId, StackId, StringId, ThreadId};
pub use instruction::{Columns, Instruction, Position, RawInstruction};
pub use intern::RawFrame;
pub use interned::Interned;
pub use merge::MergeError;
pub use opcodes::Opcodes;
#[cfg(test)]
pub(crate) use piece::piece;
pub use root::{HeldRoot, Root};
pub use run::Run;
pub use string_table::StringTable;
pub use units::{CpuSeconds, Hertz, Line, Nanoseconds, Share, Weight};
pub use wait::Wait;

use intern::RawIndex;

/// The samples of one or more runs, with the tables that their ids point into.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// What is known of the run.
    pub run: Run,
    /// What a sample's weight counts.
    pub weight_unit: WeightUnit,
    /// All texts.
    pub strings: StringTable,
    functions: Interned<Function>,
    frames: Interned<Frame>,
    stacks: Interned<Stack>,
    threads: Interned<Thread>,
    instructions: Interned<Instruction>,
    raw_index: RawIndex,
    /// The samples, in the order in which they were taken.
    pub samples: Vec<Sample>,
}

/// What the weight of a sample counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WeightUnit {
    /// Time since the look before, in nanoseconds.
    #[default]
    Nanoseconds,
    /// Looks: a weight of 3 stands for three samples that were alike.
    Samples,
}

/// A function, never by its bare name: two files may have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Function {
    /// The qualified name, `Class.method`; the bare name where the sampler knew no better and the
    /// source was not read yet.
    pub name: StringId,
    /// The file as the interpreter names it; none where the format has no files.
    pub file: Option<StringId>,
    /// The code object's first line, which is that of the first decorator; none while unknown.
    pub first_line: Option<Line>,
}

/// A function and the line that it was executing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Frame {
    /// The function.
    pub function: FunctionId,
    /// The line that it was at, where known.
    pub line: Option<Line>,
}

/// A frame on top of a parent stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stack {
    /// The innermost frame.
    pub frame: FrameId,
    /// Its caller's stack, which stands earlier in the table; none for the outermost frame.
    pub parent: Option<StackId>,
}

/// A thread of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Thread {
    /// The process id; 0 where the format has none.
    pub process: u32,
    /// The thread's id: the kernel's where known, otherwise the interpreter's.
    pub id: u64,
    /// The thread's name, where it has one.
    pub name: Option<StringId>,
}

/// One observation of one thread's stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// When, since the start of the run; 0 where the format has no times.
    pub time: Nanoseconds,
    /// How much it counts.
    pub weight: Weight,
    /// Whose stack.
    pub thread: ThreadId,
    /// The stack; none when the thread had no Python frame.
    pub stack: Option<StackId>,
    /// What the thread was doing.
    pub activity: Activity,
    /// The instruction that its innermost frame was at, where the sampler can tell.
    pub instruction: Option<InstructionId>,
}

/// What a thread was doing when it was sampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Activity {
    /// It held the interpreter lock: Python was being run for it.
    HoldingGil,
    /// It held the lock while garbage was collected. Finalizers and callbacks that run meanwhile are in its stack.
    Collecting,
    /// It ran without the lock: native code that had let go of it, or a system call.
    Running,
    /// It stood still within the kernel, which worked for it: mostly a disk did.
    InKernel,
    /// It waited for the interpreter lock: it had something to do.
    WantsGil,
    /// It waited for this.
    Waiting(Wait),
    /// It waited; the format does not say for what.
    Idle,
    /// The format does not say; counts as work.
    Unknown,
}

impl Activity {
    /// Whether it held the interpreter lock, or may have.
    pub fn may_hold_gil(self) -> bool {
        matches!(self, Self::HoldingGil | Self::Collecting | Self::Unknown)
    }

    /// Whether nothing was done for it: it waited for the interpreter lock or for anything else.
    pub fn is_waiting(self) -> bool {
        matches!(self, Self::WantsGil | Self::Waiting(_) | Self::Idle)
    }
}

impl Profile {
    /// All functions, in order of id.
    pub fn functions(&self) -> &[Function] {
        self.functions.values()
    }

    /// All frames, in order of id.
    pub fn frames(&self) -> &[Frame] {
        self.frames.values()
    }

    /// All stacks, in order of id: a parent before its children.
    pub fn stacks(&self) -> &[Stack] {
        self.stacks.values()
    }

    /// All threads, in order of id.
    pub fn threads(&self) -> &[Thread] {
        self.threads.values()
    }

    /// All instructions, in order of id.
    pub fn instructions(&self) -> &[Instruction] {
        self.instructions.values()
    }

    /// The function of an id of this profile.
    pub fn function(&self, id: FunctionId) -> Function {
        self.functions.values()[id.index()]
    }

    /// The frame of an id of this profile.
    pub fn frame(&self, id: FrameId) -> Frame {
        self.frames.values()[id.index()]
    }

    /// The stack of an id of this profile.
    pub fn stack(&self, id: StackId) -> Stack {
        self.stacks.values()[id.index()]
    }

    /// The frames of a stack, innermost first.
    pub fn frames_of(&self, stack: StackId) -> impl Iterator<Item = Frame> {
        self.frame_ids_of(stack).map(|id| self.frame(id))
    }

    /// The ids of a stack's frames, innermost first.
    pub fn frame_ids_of(&self, stack: StackId) -> impl Iterator<Item = FrameId> {
        std::iter::successors(Some(self.stack(stack)), |stack| {
            Some(self.stack(stack.parent?))
        })
        .map(|stack| stack.frame)
    }

    /// The instruction of an id of this profile.
    pub fn instruction(&self, id: InstructionId) -> Instruction {
        self.instructions.values()[id.index()]
    }

    /// An instruction told by its name.
    pub fn raw_instruction(&self, id: InstructionId) -> RawInstruction<'_> {
        let Instruction { opcode, position } = self.instruction(id);
        RawInstruction {
            opcode: opcode.map(|opcode| self.strings.get(opcode)),
            position,
        }
    }

    /// A frame told by names.
    pub fn raw_frame(&self, id: FrameId) -> RawFrame<'_> {
        let frame = self.frame(id);
        let function = self.function(frame.function);
        RawFrame {
            name: self.strings.get(function.name),
            file: function.file.map(|file| self.strings.get(file)),
            first_line: function.first_line,
            line: frame.line,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_samples_are_32_megabytes() {
        assert_eq!(size_of::<Sample>(), 32);
        assert_eq!(size_of::<Activity>(), 1);
        assert_eq!(size_of::<Stack>(), 8);
    }
}
