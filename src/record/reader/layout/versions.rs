//! The offsets of each version.
//!
//! Read off the headers of 3.9.18, 3.10.13, 3.11.7, 3.12.1, 3.13.18, 3.14.10 and 3.15.2 with `offsetof`, for
//! 64-bit Linux without free threading. From 3.13 on most of them come from the running interpreter itself
//! ([`debug_offsets`](super::super::debug_offsets)); what it does not tell is as here.

use super::{Code, Frame, Interpreter, Layout, Object, Progress, Runtime, Thread};

impl Layout {
    /// Of Python 3.`minor`; none of one that is not known.
    pub(in super::super) fn of(minor: u32) -> Option<Self> {
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
                lock: Some(352),
            },
            interpreter: Interpreter {
                next: 0,
                threads: 8,
                modules: 856,
                lock: None,
                garbage: 616,
                collecting: 200,
            },
            thread: Thread {
                next: 8,
                interpreter: 16,
                frame: 24,
                c_frame: None,
                data_stack: None,
                ident: 176,
                native_id: None,
                hooks: Some([56, 64]),
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
                frame_words: None,
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
                lock: Some(360),
            },
            interpreter: Interpreter {
                next: 0,
                threads: 16,
                modules: 888,
                lock: None,
                garbage: 648,
                collecting: 200,
            },
            thread: Thread {
                next: 8,
                interpreter: 16,
                frame: 56,
                c_frame: Some(8),
                data_stack: Some(296),
                ident: 152,
                native_id: Some(160),
                hooks: Some([64, 72]),
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
                frame_words: Some([76, 68]),
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
                lock: None,
            },
            interpreter: Interpreter {
                next: 0,
                threads: 72,
                modules: 944,
                lock: Some(384),
                garbage: 112,
                collecting: 200,
            },
            thread: Thread {
                next: 8,
                interpreter: 16,
                frame: 56,
                c_frame: Some(0),
                data_stack: None,
                ident: 136,
                native_id: Some(144),
                hooks: None,
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
        layout.code.frame_words = None;
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
                lock: None,
            },
            interpreter: Interpreter {
                next: 7264,
                threads: 7344,
                modules: 7656,
                lock: Some(16),
                garbage: 7400,
                collecting: 200,
            },
            thread: Thread {
                next: 8,
                interpreter: 16,
                frame: 72,
                c_frame: None,
                data_stack: None,
                ident: 152,
                native_id: Some(160),
                hooks: None,
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
        layout.interpreter.garbage = 7408;
        layout.interpreter.collecting = 192;
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
        layout.interpreter.garbage = 7400;
        layout.interpreter.collecting = 112;
        layout.thread.ident = 176;
        layout.thread.native_id = Some(184);
        layout.object.type_cached_keys = 888;
        layout
    }
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
}
