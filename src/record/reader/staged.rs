//! An interpreter staged in memory, for tests and the fuzzer: whole, torn, or hostile.

use super::debug_offsets;
use super::layout::{Layout, Progress};
use super::memory::{Address, Memory, Unreadable};
use super::{Reader, SeenThread};
use crate::profile::Nanoseconds;
use std::cell::{Cell, RefCell};

/// Where the memory begins, and how large it is.
const BASE: u64 = 0x10_0000;
const SIZE: usize = 1 << 16;

/// Python 3.9 to 3.15.
#[cfg(test)]
pub(super) const VERSIONS: std::ops::RangeInclusive<u32> = 9..=15;

/// Memory of some ten thousand bytes. Changes can be laid out that happen while it is read.
#[derive(Debug)]
pub(super) struct Staged {
    bytes: RefCell<Vec<u8>>,
    end: u64,
    /// Places and what to put there, one at each read, the last first.
    changes: RefCell<Vec<(u16, u8)>>,
    reads: Cell<u64>,
}

impl Default for Staged {
    fn default() -> Self {
        Self {
            bytes: RefCell::new(vec![0; SIZE]),
            end: BASE + 64,
            changes: RefCell::default(),
            reads: Cell::default(),
        }
    }
}

impl Staged {
    /// Room for so many bytes.
    pub(super) fn room(&mut self, bytes: u64) -> u64 {
        let at = self.end;
        self.end = (at + bytes).next_multiple_of(16);
        at
    }

    /// Puts these bytes there.
    pub(super) fn put(&mut self, at: u64, bytes: &[u8]) {
        let start = usize::try_from(at - BASE).expect("it is staged behind the base");
        self.bytes.get_mut()[start..start + bytes.len()].copy_from_slice(bytes);
    }

    /// Puts a number of eight bytes there.
    pub(super) fn word(&mut self, at: u64, word: u64) {
        self.put(at, &word.to_le_bytes());
    }

    /// How often it was read.
    pub(super) fn reads(&self) -> u64 {
        self.reads.get()
    }
}

impl Memory for Staged {
    fn read(&self, from: Address, into: &mut [u8]) -> Result<(), Unreadable> {
        self.reads.set(self.reads.get() + 1);
        let mut bytes = self.bytes.borrow_mut();
        if let Some((at, byte)) = self.changes.borrow_mut().pop() {
            bytes[usize::from(at)] = byte;
        }
        let start = from
            .0
            .checked_sub(BASE)
            .and_then(|start| usize::try_from(start).ok());
        let stretch = start.and_then(|start| bytes.get(start..start.checked_add(into.len())?));
        into.copy_from_slice(stretch.ok_or(Unreadable(from))?);
        Ok(())
    }
}

/// An interpreter of Python 3.`minor` with one thread, which has the lock and runs `job.py`: `main` in line 10 has
/// called `work(xs)` of line 3, which is at its second instruction.
pub(super) struct Stage {
    pub(super) memory: Staged,
    pub(super) runtime: Address,
    layout: Layout,
    type_of_types: u64,
    /// The code object of `work`.
    work: u64,
    /// The interpreter, its lock, the thread's state and its outermost frame.
    interpreter: u64,
    lock: u64,
    thread: u64,
    outermost: u64,
    innermost: u64,
    /// The code object of `main`.
    main: u64,
}

impl Stage {
    /// Stages it.
    pub(super) fn new(minor: u32) -> Self {
        let layout = Layout::of(minor).expect("a version that is known");
        let mut stage = Self {
            memory: Staged::default(),
            runtime: Address::default(),
            layout,
            type_of_types: 0,
            work: 0,
            interpreter: 0,
            lock: 0,
            thread: 0,
            outermost: 0,
            innermost: 0,
            main: 0,
        };
        stage.type_of_types = stage.of_type("type");
        let code = stage.of_type("code");
        let main = stage.code(code, "main", 10, &[]);
        let work = stage.code(code, "work", 3, &["xs", "café"]);
        stage.work = work;
        stage.main = main;
        let list = stage.list();
        let outer = stage.frame(main, 0, 2, &[]);
        stage.outermost = outer;
        let inner = stage.frame(work, outer, 2, &[list, 0]);
        stage.innermost = inner;
        stage.thread(inner);
        stage
    }

    /// Stages it, and opens a reader for it.
    #[cfg(test)]
    pub(super) fn opened(minor: u32) -> (Self, Reader) {
        let stage = Self::new(minor);
        let reader = Reader::open(stage.runtime, minor, &stage.memory).expect("it is known");
        (stage, reader)
    }

    /// Python 3.11, in which `work` stands right behind `main`, and the way to the innermost frame was read when that was
    /// `main` or `work`, but the end of the newest frame when `work` ran or not.
    #[cfg(test)]
    pub(super) fn in_a_call(way_to_work: bool, work_runs: bool) -> (Self, Reader) {
        let (mut stage, reader) = Self::opened(11);
        let (outer, inner) = (stage.outermost, stage.innermost);
        let words = (inner - outer - stage.layout.frame.locals) / 8;
        let [_, stack_size] = stage.layout.code.frame_words.expect("3.11 has it");
        stage.memory.word(stage.main + stack_size, words);
        let place = stage.thread + stage.layout.thread.data_stack.expect("3.11 has it");
        let top = if work_runs { inner + 8 } else { inner };
        stage.memory.word(place, outer);
        stage.memory.word(place + 8, top);
        stage.memory.word(place + 16, inner + 4096);
        stage.lead(stage.thread, if way_to_work { inner } else { outer });
        (stage, reader)
    }

    /// Puts a function `play` in the place of `work`.
    #[cfg(test)]
    pub(super) fn rename_work(&mut self) {
        let code = self.layout.code;
        let text = self.of_type("str");
        let name = self.text(text, "play");
        self.memory
            .word(self.work + code.qualified_name.unwrap_or(code.name), name);
    }

    /// `work` is a generator. Gives the place in its frame that leads to who resumed it.
    #[cfg(test)]
    pub(super) fn make_work_a_generator(&mut self) -> Address {
        const GENERATOR: u32 = 0x20;
        let place = self.work + self.layout.code.flags;
        self.memory.put(place, &GENERATOR.to_le_bytes());
        Address(self.innermost + self.layout.frame.previous)
    }

    /// The thread is its own successor.
    #[cfg(test)]
    pub(super) fn make_threads_endless(&mut self) {
        self.memory
            .word(self.thread + self.layout.thread.next, self.thread);
    }

    /// The first thread is the last.
    #[cfg(test)]
    pub(super) fn make_threads_end_with_the_first(&mut self) {
        self.memory.word(self.thread + self.layout.thread.next, 0);
    }

    /// The outermost frame was called by itself.
    #[cfg(test)]
    pub(super) fn make_stack_endless(&mut self) {
        self.memory
            .word(self.outermost + self.layout.frame.previous, self.outermost);
    }

    /// A second thread behind the first, which runs `work` by itself and has the lock from now on. Gives its state.
    #[cfg(test)]
    pub(super) fn add_thread(&mut self) -> u64 {
        let frame = self.frame(self.work, 0, 2, &[0, 0]);
        let at = self.memory.room(1024);
        self.memory.word(self.thread + self.layout.thread.next, at);
        self.thread_state(at, frame, 9);
        self.give_lock(at, 2);
        at
    }

    /// Puts another frame in the place of a thread's frames: `work` at its third instruction.
    #[cfg(test)]
    pub(super) fn advance(&mut self, thread_at: u64) {
        let frame = self.frame(self.work, 0, 4, &[0, 0]);
        self.lead(thread_at, frame);
    }

    /// The first thread.
    #[cfg(test)]
    pub(super) fn first_thread(&self) -> u64 {
        self.thread
    }

    /// The lock is with this thread, and came to another so often.
    pub(super) fn give_lock(&mut self, thread_at: u64, switches: u64) {
        self.memory.word(self.lock + 8, thread_at);
        self.memory.word(self.lock + 16, 1);
        self.memory.word(self.lock + 24, switches);
    }

    /// The interpreter collects garbage from now on, or does not.
    #[cfg(test)]
    pub(super) fn collect_garbage(&mut self, is_collecting: bool) {
        let interpreter = self.layout.interpreter;
        let at = self.interpreter + interpreter.garbage + interpreter.collecting;
        self.memory.put(at, &u32::from(is_collecting).to_le_bytes());
    }

    fn thread_state(&mut self, at: u64, frame: u64, ident: u64) {
        let thread = self.layout.thread;
        self.memory.word(at + thread.interpreter, self.interpreter);
        self.memory.word(at + thread.ident, ident);
        if let Some(native_id) = thread.native_id {
            self.memory.word(at + native_id, ident + 1);
        }
        self.lead(at, frame);
    }

    /// Leads a thread to its innermost frame.
    fn lead(&mut self, thread_at: u64, frame: u64) {
        let thread = self.layout.thread;
        let way = match thread.c_frame {
            Some(place) => {
                let c_frame = self.memory.room(32);
                self.memory.word(c_frame + place, frame);
                c_frame
            }
            None => frame,
        };
        self.memory.word(thread_at + thread.frame, way);
    }

    fn thread(&mut self, frame: u64) {
        let Layout {
            runtime,
            interpreter,
            ..
        } = self.layout;
        let runtime_at = self.memory.room(1024);
        let interpreter_at = self.memory.room(8192);
        let thread_at = self.memory.room(1024);
        self.thread = thread_at;
        if self.layout.minor >= 13 {
            self.memory
                .put(runtime_at, &debug_offsets::head_of(self.layout.minor));
        }
        self.memory
            .word(runtime_at + runtime.interpreters, interpreter_at);
        self.memory
            .word(interpreter_at + interpreter.threads, thread_at);
        self.interpreter = interpreter_at;
        self.thread_state(thread_at, frame, 7);
        let lock_at = match runtime.lock {
            Some(place) => runtime_at + place,
            None => self.memory.room(32),
        };
        if let Some(place) = interpreter.lock {
            self.memory.word(interpreter_at + place, lock_at);
        }
        self.lock = lock_at;
        self.give_lock(thread_at, 1);
        let modules = self.dict(&[]);
        self.memory
            .word(interpreter_at + interpreter.modules, modules);
        self.runtime = Address(runtime_at);
    }

    fn frame(&mut self, code: u64, previous: u64, offset: u64, locals: &[u64]) -> u64 {
        let frame = self.layout.frame;
        let at = self
            .memory
            .room(frame.locals + 8 * locals.len() as u64 + 64);
        self.memory.word(at + frame.previous, previous);
        self.memory.word(at + frame.code, code);
        let progress = match frame.progress {
            Progress::Bytes => offset,
            Progress::Units => offset / 2,
            Progress::Pointer => code + self.layout.code.bytecode + offset,
        };
        self.memory.word(at + frame.instruction, progress);
        for (place, local) in (0..).zip(locals) {
            self.memory.word(at + frame.locals + 8 * place, *local);
        }
        at
    }

    fn code(&mut self, of_type: u64, name: &str, first_line: u32, locals: &[&str]) -> u64 {
        let Layout { code, object, .. } = self.layout;
        let text = self.of_type("str");
        let at = self.memory.room(code.bytecode + 64);
        self.memory.word(at + object.of_type, of_type);
        self.memory
            .put(at + code.first_line, &first_line.to_le_bytes());
        self.memory
            .put(at + code.argument_count, &1_u32.to_le_bytes());
        let (name, file) = (self.text(text, name), self.text(text, "/srv/job.py"));
        self.memory.word(at + code.name, name);
        self.memory
            .word(at + code.qualified_name.unwrap_or(code.name), name);
        self.memory.word(at + code.file, file);
        let lines = self.lines();
        self.memory.word(at + code.lines, lines);
        let names: Vec<u64> = locals.iter().map(|local| self.text(text, local)).collect();
        let tuple = self.tuple(&names);
        self.memory.word(at + code.local_names, tuple);
        if let Some(kinds) = code.local_kinds {
            let kinds_at = self.bytes(&vec![0x20; locals.len()]);
            self.memory.word(at + kinds, kinds_at);
        }
        if code.qualified_name.is_some() {
            self.memory.word(at + object.size, 4);
        } else {
            let bytecode = self.bytes(&[100, 0, 83, 0, 83, 0, 83, 0]);
            self.memory.word(at + code.bytecode, bytecode);
        }
        at
    }

    /// A table in which each instruction has a line of its own.
    fn lines(&mut self) -> u64 {
        match self.layout.minor {
            9 => self.bytes(&[2, 1, 2, 1, 2, 1]),
            10 => self.bytes(&[2, 0, 2, 1, 2, 1, 2, 1]),
            // One instruction each, on this line and on the next, in columns 4 to 8.
            _ => self.bytes(&[0xd0, 4, 8, 0xd8, 4, 8, 0xd8, 4, 8, 0xd8, 4, 8]),
        }
    }

    fn of_type(&mut self, name: &str) -> u64 {
        const READY: u64 = 1 << 12;
        let object = self.layout.object;
        let at = self.memory.room(1024);
        let name_at = self.memory.room(name.len() as u64 + 32);
        self.memory.put(name_at, name.as_bytes());
        self.memory.word(at + object.of_type, self.type_of_types);
        self.memory.word(at + object.type_name, name_at);
        self.memory.word(at + object.type_flags, READY);
        at
    }

    fn text(&mut self, of_type: u64, text: &str) -> u64 {
        let object = self.layout.object;
        let is_ascii = text.is_ascii();
        let head = if is_ascii {
            object.ascii_head
        } else {
            object.compact_head
        };
        let units: Vec<u8> = text
            .chars()
            .map(|c| u8::try_from(u32::from(c)).expect("Latin-1"))
            .collect();
        let at = self.memory.room(head + units.len() as u64);
        self.memory.word(at + object.of_type, of_type);
        self.memory.word(at + object.size, units.len() as u64);
        let state: u32 = 1 << 2 | 1 << 5 | u32::from(is_ascii) << 6;
        self.memory
            .put(at + object.text_state, &state.to_le_bytes());
        self.memory.put(at + head, &units);
        at
    }

    fn bytes(&mut self, bytes: &[u8]) -> u64 {
        let object = self.layout.object;
        let at = self.memory.room(object.bytes + bytes.len() as u64);
        self.memory.word(at + object.size, bytes.len() as u64);
        self.memory.put(at + object.bytes, bytes);
        at
    }

    fn tuple(&mut self, items: &[u64]) -> u64 {
        let object = self.layout.object;
        let at = self
            .memory
            .room(object.tuple_items + 8 * items.len() as u64);
        self.memory.word(at + object.size, items.len() as u64);
        for (place, item) in (0..).zip(items) {
            self.memory.word(at + object.tuple_items + 8 * place, *item);
        }
        at
    }

    /// `[None, {}]`.
    fn list(&mut self) -> u64 {
        let object = self.layout.object;
        let (list_type, none_type) = (self.of_type("list"), self.of_type("NoneType"));
        let none = self.memory.room(48);
        self.memory.word(none + object.of_type, none_type);
        let dict = self.dict(&[]);
        let items = self.memory.room(16);
        self.memory.word(items, none);
        self.memory.word(items + 8, dict);
        let at = self.memory.room(64);
        self.memory.word(at + object.of_type, list_type);
        self.memory.word(at + object.size, 2);
        self.memory.word(at + object.list_items, items);
        at
    }

    fn dict(&mut self, entries: &[(u64, u64)]) -> u64 {
        let dict_type = self.of_type("dict");
        let keys = self.memory.room(64 + 24 * entries.len() as u64);
        let at = self.memory.room(64);
        self.memory.word(at + self.layout.object.of_type, dict_type);
        self.memory.word(at + 32, keys);
        at
    }
}

/// Reads an interpreter whose memory the input spoils: its first byte chooses the version, two bytes say how many
/// changes are made at once, and each three bytes behind are a change; those that are left happen while it is read.
///
/// Panics if reading takes more work than it may. Nothing that is read may make it panic otherwise.
pub fn read_spoiled(input: &[u8]) {
    let Some((head, changes)) = input.split_at_checked(3) else {
        return;
    };
    let Stage {
        mut memory,
        runtime,
        ..
    } = Stage::new(9 + u32::from(head[0] % 7));
    let mut changes: Vec<(u16, u8)> = (changes.chunks_exact(3))
        .map(|change| (u16::from_le_bytes([change[0], change[1]]), change[2]))
        .collect();
    let later =
        changes.split_off(usize::from(u16::from_le_bytes([head[1], head[2]])).min(changes.len()));
    for (at, byte) in changes {
        memory.put(BASE + u64::from(at), &[byte]);
    }
    memory.changes = RefCell::new(later);
    let Ok(mut reader) = Reader::open(runtime, 9 + u32::from(head[0] % 7), &memory) else {
        return;
    };
    for round in 0..3 {
        read_once(&mut reader, Nanoseconds(round), &memory);
    }
}

fn read_once(reader: &mut Reader, now: Nanoseconds, memory: &Staged) {
    /// Far above what a look at the largest structures in so little memory takes.
    const MOST_READS: u64 = 1 << 22;
    let before = memory.reads();
    let threads = reader
        .look(now, memory)
        .map(<[SeenThread]>::to_vec)
        .unwrap_or_default();
    for thread in threads.iter().take(3) {
        reader.frames(thread);
        reader.observe(thread, memory);
    }
    reader.thread_names(memory);
    assert!(memory.reads() - before < MOST_READS, "work without bounds");
}
