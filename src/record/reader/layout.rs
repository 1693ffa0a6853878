//! Where CPython keeps what: the offsets of one version.
//!
//! Read off the headers of 3.9.18, 3.10.13, 3.11.7, 3.12.1, 3.13.18, 3.14.10 and 3.15.2 with `offsetof`, for
//! 64-bit Linux without free threading. From 3.13 on most of them come from the running interpreter itself
//! ([`debug_offsets`](super::debug_offsets)); what it does not tell is as in the table.

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
    /// `gilstate.tstate_current`: the thread that has the interpreter lock, up to 3.11.
    pub(super) lock_holder: Option<u64>,
}

/// `PyInterpreterState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interpreter {
    pub(super) next: u64,
    pub(super) threads: u64,
    pub(super) modules: u64,
    /// `ceval.gil`, which points to the interpreter lock; from 3.12 on.
    pub(super) lock: Option<u64>,
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
    /// `pthread_self()`.
    pub(super) ident: u64,
    /// The kernel's number, from 3.11 on.
    pub(super) native_id: Option<u64>,
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

impl Layout {
    /// Of Python 3.`minor`; none of one that is not known.
    pub(super) fn of(minor: u32) -> Option<Self> {
        match minor {
            9 => Some(Self::of_3_9()),
            10 => Some(Self::of_3_10()),
            11 => Some(Self::of_3_11()),
            12 => Some(Self::of_3_12()),
            13 => Some(Self::of_3_13()),
            14 => Some(Self::of_3_14()),
            15 => Some(Self::of_3_15()),
            _ => None,
        }
    }

    fn of_3_9() -> Self {
        Self {
            minor: 9,
            runtime: Runtime {
                interpreters: 32,
                lock_holder: Some(568),
            },
            interpreter: Interpreter {
                next: 0,
                threads: 8,
                modules: 856,
                lock: None,
            },
            thread: Thread {
                next: 8,
                interpreter: 16,
                frame: 24,
                c_frame: None,
                ident: 176,
                native_id: None,
            },
            frame: Frame {
                previous: 24,
                code: 32,
                instruction: 104,
                progress: Progress::Bytes,
                owner: None,
                locals: 360,
                has_marks: false,
            },
            code: Code {
                argument_count: 16,
                keyword_only_count: 24,
                flags: 36,
                first_line: 40,
                name: 112,
                file: 104,
                qualified_name: None,
                lines: 120,
                local_names: 72,
                local_kinds: None,
                bytecode: 48,
            },
            object: Object {
                of_type: 8,
                size: 16,
                type_name: 24,
                type_flags: 168,
                type_dict_offset: 288,
                type_cached_keys: 864,
                tuple_items: 24,
                list_items: 24,
                bytes: 32,
                text_state: 32,
                ascii_head: 48,
                compact_head: 72,
                int_digits: 24,
            },
        }
    }

    fn of_3_10() -> Self {
        let mut layout = Self::of_3_9();
        layout.minor = 10;
        layout.frame.instruction = 96;
        layout.frame.progress = Progress::Units;
        layout.frame.locals = 352;
        layout.object.type_cached_keys = 872;
        layout
    }

    fn of_3_11() -> Self {
        Self {
            minor: 11,
            runtime: Runtime {
                interpreters: 40,
                lock_holder: Some(576),
            },
            interpreter: Interpreter {
                next: 0,
                threads: 16,
                modules: 888,
                lock: None,
            },
            thread: Thread {
                next: 8,
                interpreter: 16,
                frame: 56,
                c_frame: Some(8),
                ident: 152,
                native_id: Some(160),
            },
            frame: Frame {
                previous: 48,
                code: 32,
                instruction: 56,
                progress: Progress::Pointer,
                owner: Some(69),
                locals: 72,
                has_marks: false,
            },
            code: Code {
                argument_count: 56,
                keyword_only_count: 64,
                flags: 48,
                first_line: 72,
                name: 120,
                file: 112,
                qualified_name: Some(128),
                lines: 136,
                local_names: 96,
                local_kinds: Some(104),
                bytecode: 184,
            },
            ..Self::of_3_10()
        }
    }

    fn of_3_12() -> Self {
        let mut layout = Self {
            minor: 12,
            runtime: Runtime {
                interpreters: 40,
                lock_holder: None,
            },
            interpreter: Interpreter {
                next: 0,
                threads: 72,
                modules: 944,
                lock: Some(384),
            },
            thread: Thread {
                next: 8,
                interpreter: 16,
                frame: 56,
                c_frame: Some(0),
                ident: 136,
                native_id: Some(144),
            },
            frame: Frame {
                previous: 8,
                code: 0,
                instruction: 56,
                progress: Progress::Pointer,
                owner: Some(70),
                locals: 72,
                has_marks: false,
            },
            ..Self::of_3_11()
        };
        layout.code.argument_count = 52;
        layout.code.keyword_only_count = 60;
        layout.code.first_line = 68;
        layout.code.bytecode = 192;
        layout.object.type_cached_keys = 880;
        layout.object.ascii_head = 40;
        layout.object.compact_head = 56;
        layout
    }

    fn of_3_13() -> Self {
        let mut layout = Self {
            minor: 13,
            runtime: Runtime {
                interpreters: 632,
                lock_holder: None,
            },
            interpreter: Interpreter {
                next: 7264,
                threads: 7344,
                modules: 7656,
                lock: Some(16),
            },
            thread: Thread {
                next: 8,
                interpreter: 16,
                frame: 72,
                c_frame: None,
                ident: 152,
                native_id: Some(160),
            },
            ..Self::of_3_12()
        };
        layout.code.bytecode = 200;
        layout
    }

    fn of_3_14() -> Self {
        let mut layout = Self::of_3_13();
        layout.minor = 14;
        layout.runtime.interpreters = 808;
        layout.interpreter.next = 7272;
        layout.interpreter.modules = 7688;
        layout.frame.owner = Some(74);
        layout.frame.locals = 80;
        layout.frame.has_marks = true;
        layout.code.bytecode = 208;
        layout.object.tuple_items = 32;
        layout
    }

    fn of_3_15() -> Self {
        let mut layout = Self::of_3_14();
        layout.minor = 15;
        layout.runtime.interpreters = 936;
        layout.interpreter.next = 7264;
        layout.interpreter.threads = 7336;
        layout.interpreter.modules = 7592;
        layout.thread.ident = 176;
        layout.thread.native_id = Some(184);
        layout.object.type_cached_keys = 888;
        layout
    }
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
        head_up_to(places.into_iter().chain(self.native_id))
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
    fn each_version_has_its_own_number() {
        for minor in 9..=15 {
            assert_eq!(Layout::of(minor).map(|layout| layout.minor), Some(minor));
        }
        assert_eq!((Layout::of(8), Layout::of(16)), (None, None));
    }

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
