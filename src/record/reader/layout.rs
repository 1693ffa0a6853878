//! Where CPython keeps what: the structures whose offsets are known ([`versions`]) or told.

mod versions;

/// The offsets of one version of `CPython`, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Of Python 3.`minor`.
    pub(super) minor: u32,
    pub(super) runtime: Runtime,
    pub(super) interpreter: Interpreter,
    pub(super) thread: Thread,
    pub(super) frame: Frame,
    pub(super) code: Code,
    pub(super) object: Object,
}

/// `_PyRuntimeState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Runtime {
    pub(super) interpreters: u64,
    /// `ceval.gil`, the interpreter lock itself, up to 3.11.
    pub(super) lock: Option<u64>,
}

/// `PyInterpreterState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interpreter {
    pub(super) next: u64,
    pub(super) threads: u64,
    pub(super) modules: u64,
    /// `ceval.gil`, which points to the interpreter lock; from 3.12 on.
    pub(super) lock: Option<u64>,
    /// `gc`, and in it `collecting`, an `int`.
    pub(super) garbage: u64,
    pub(super) collecting: u64,
}

/// `PyThreadState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Thread {
    pub(super) next: u64,
    pub(super) interpreter: u64,
    /// Where the way to the innermost frame begins.
    pub(super) frame: u64,
    /// In 3.11 and 3.12 it leads over a `_PyCFrame`, in which the frame stands at this place.
    pub(super) c_frame: Option<u64>,
    /// Where such ways change at most calls, in 3.11, three words that say where its newest frames stand:
    /// `datastack_chunk`, `datastack_top`, `datastack_limit`.
    pub(super) data_stack: Option<u64>,
    /// `pthread_self()`.
    pub(super) ident: u64,
    /// The kernel's number, from 3.11 on.
    pub(super) native_id: Option<u64>,
    /// `c_profilefunc` and `c_tracefunc`, up to 3.11: later they don't tell of all that watches.
    pub(super) hooks: Option<[u64; 2]>,
}

/// `_PyInterpreterFrame` from 3.11 on, `PyFrameObject` before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) previous: u64,
    pub(super) code: u64,
    pub(super) instruction: u64,
    pub(super) progress: Progress,
    /// Who owns it, one byte.
    pub(super) owner: Option<u64>,
    pub(super) locals: u64,
    /// Whether its references to objects have marks in their two lowest bits, from 3.14 on.
    pub(super) has_marks: bool,
}

/// How a frame says how far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// A 32-bit offset in bytes from the beginning of the bytecode, -1 before it.
    Bytes,
    /// Likewise in instructions of two bytes.
    Units,
    /// A pointer into the bytecode, one instruction before it at the earliest.
    Pointer,
}

/// `PyCodeObject`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) argument_count: u64,
    pub(super) keyword_only_count: u64,
    pub(super) flags: u64,
    pub(super) first_line: u64,
    /// `co_nlocalsplus` and `co_stacksize`: how many words a frame has behind its head, where it is needed.
    pub(super) frame_words: Option<[u64; 2]>,
    pub(super) name: u64,
    pub(super) file: u64,
    /// `co_qualname`, from 3.11 on.
    pub(super) qualified_name: Option<u64>,
    /// `co_lnotab` in 3.9, `co_linetable` later.
    pub(super) lines: u64,
    /// The names of the locals, a tuple: `co_varnames`, later `co_localsplusnames`.
    pub(super) local_names: u64,
    /// What each of them is, one byte each, from 3.11 on.
    pub(super) local_kinds: Option<u64>,
    /// A `bytes` object up to 3.10; from 3.11 on the bytecode itself stands here.
    pub(super) bytecode: u64,
}

/// The builtin types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Object {
    pub(super) of_type: u64,
    /// `ob_size`, and what stands in its place in types that have no such: `lv_tag`, `length`.
    pub(super) size: u64,
    pub(super) type_name: u64,
    pub(super) type_flags: u64,
    pub(super) type_dict_offset: u64,
    pub(super) type_cached_keys: u64,
    pub(super) tuple_items: u64,
    pub(super) list_items: u64,
    pub(super) bytes: u64,
    pub(super) text_state: u64,
    /// The size of the head of an ASCII text, behind which its characters stand.
    pub(super) ascii_head: u64,
    /// The same of any other compact text.
    pub(super) compact_head: u64,
    pub(super) int_digits: u64,
}

/// No field of a structure that is read as a whole stands further on.
const FARTHEST: u64 = 2048;

impl Layout {
    /// Whether these offsets can be those of an interpreter: each structure ends somewhere, and what all objects have
    /// stands in their first bytes.
    pub(super) fn is_plausible(&self) -> bool {
        let Self {
            thread,
            frame,
            code,
            object,
            ..
        } = self;
        let heads = [thread.head(), frame.head(), code.head()];
        heads.into_iter().all(|head| head as u64 <= FARTHEST)
            && frame.locals <= FARTHEST
            && object.of_type <= Object::HEAD - 8
            && object.size <= Object::HEAD - 8
            && object.text_state <= Object::HEAD - 4
            && object.type_flags <= FARTHEST
            && object.type_name <= object.type_flags
    }
}

impl Thread {
    /// How much of a thread state has to be read.
    pub(super) fn head(&self) -> usize {
        let places = [self.next, self.interpreter, self.frame, self.ident];
        let data_stack = self.data_stack.map(|place| place + 16);
        head_up_to(places.into_iter().chain(self.native_id).chain(data_stack))
    }
}

impl Frame {
    /// The bits of a reference that are marks.
    pub(super) fn marks(&self) -> u64 {
        if self.has_marks { 3 } else { 0 }
    }

    /// How much of a frame has to be read, its locals not counted.
    pub(super) fn head(&self) -> usize {
        let places = [self.previous, self.code, self.instruction];
        head_up_to(places.into_iter().chain(self.owner))
    }
}

impl Code {
    /// How much of a code object has to be read, the bytecode not counted.
    pub(super) fn head(&self) -> usize {
        let counts = [
            self.argument_count,
            self.keyword_only_count,
            self.flags,
            self.first_line,
        ];
        let places = [
            self.name,
            self.file,
            self.lines,
            self.local_names,
            self.bytecode,
        ];
        let optional = self.qualified_name.into_iter().chain(self.local_kinds);
        head_up_to(counts.into_iter().chain(places).chain(optional))
    }
}

impl Object {
    /// So much of an object is read to tell what it is.
    pub(super) const HEAD: u64 = 40;
}

/// Up to the end of the last of these fields, of eight bytes at most.
fn head_up_to(places: impl Iterator<Item = u64>) -> usize {
    let last = places.max().unwrap_or(0);
    usize::try_from(last).unwrap_or(usize::MAX - 8) + 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_of_a_structure_holds_its_fields() {
        for minor in 9..=15 {
            let layout = Layout::of(minor).expect("it is known");
            assert!(layout.is_plausible(), "3.{minor}");
            assert!(layout.thread.head() as u64 >= layout.thread.ident + 8);
            assert!(layout.frame.head() as u64 > layout.frame.owner.unwrap_or(0));
            assert!(layout.code.head() as u64 >= layout.code.lines + 8);
        }
    }
}
