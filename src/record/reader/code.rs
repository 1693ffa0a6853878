//! Code objects, each read once: what a frame's code is called, and which line an instruction belongs to.

use super::frames::SeenFrame;
use super::layout::{Layout, Progress};
use super::locals::{self, Local};
use super::memory::{Address, Memory, int_in, word_in};
use super::positions::Table;
use super::text::{self, NotSo};
use super::torn::Torn;
use crate::profile::{Line, Nanoseconds, Opcodes, Position, RawInstruction};
use rustc_hash::FxHashMap;

/// A program that makes code in ever new places gets a new table now and then.
const MOST_CODES: usize = 1 << 15;
/// Code is smaller than this.
const LONGEST_BYTECODE: u64 = 1 << 22;

/// The code objects that were seen.
///
/// Code may be freed, and other code made in its place. So each is looked at again and again: the longer it has
/// been the same, the more seldom.
#[derive(Debug)]
pub(super) struct CodeTable {
    layout: Layout,
    opcodes: Opcodes,
    /// The type `code`, once it is known.
    of_type: Option<Address>,
    places: FxHashMap<Address, usize>,
    codes: Vec<Code>,
}

/// A code object.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) name: String,
    pub(super) file: String,
    pub(super) first_line: Option<Line>,
    /// How many words its frame has behind its head.
    pub(super) frame_words: u64,
    /// It is a generator's, a coroutine's or an asynchronous generator's: its frame is suspended and resumed.
    pub(super) is_resumed: bool,
    /// Where its bytecode stands in the process; from 3.11 on frames point into it.
    pub(super) start: Address,
    bytecode: Vec<u8>,
    /// Which instruction belongs to which place in the source.
    table: Vec<u8>,
    positions: FxHashMap<u32, Option<Position>>,
    /// Read when somebody asks for them.
    locals: Option<Vec<Local>>,
    pub(super) at: Address,
    stamp: Stamp,
    since: Nanoseconds,
    checked: Nanoseconds,
}

/// `CO_GENERATOR`, `CO_COROUTINE` and `CO_ASYNC_GENERATOR` of `co_flags`.
const RESUMED: u32 = 0x20 | 0x80 | 0x200;

/// What tells code from other code at the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    of_type: u64,
    size: u64,
    name: u64,
    file: u64,
    lines: u64,
    first_line: u32,
}

impl CodeTable {
    /// Of an interpreter of this layout.
    pub(super) fn new(layout: &Layout) -> Self {
        Self {
            layout: *layout,
            opcodes: Opcodes::of(layout.minor)
                .expect("a version whose layout is known has its opcodes"),
            of_type: None,
            places: FxHashMap::default(),
            codes: Vec::new(),
        }
    }

    /// Begins a look: the codes that it finds stay where they are until a look begins with none, which it says.
    pub(super) fn begin(&mut self) -> bool {
        let is_full = self.codes.len() >= MOST_CODES;
        if is_full {
            self.codes.clear();
            self.places.clear();
        }
        is_full
    }

    /// The place of the code object at `at`, read if it is new or might have changed.
    pub(super) fn find(
        &mut self,
        at: Address,
        now: Nanoseconds,
        memory: &dyn Memory,
    ) -> Result<usize, Torn> {
        let known = self.places.get(&at).copied();
        if let Some(place) = known {
            if !self.codes[place].is_due(now) {
                return Ok(place);
            }
            let stamp = Stamp::of(&at.vector(self.layout.code.head(), memory)?, &self.layout);
            if self.codes[place].stamp == stamp {
                self.codes[place].checked = now;
                return Ok(place);
            }
        }
        let code = self.read(at, now, memory)?;
        Ok(self.put(at, code))
    }

    /// In the place of the code that was there: a program may make code without end.
    fn put(&mut self, at: Address, code: Code) -> usize {
        if let Some(&place) = self.places.get(&at) {
            self.codes[place] = code;
            return place;
        }
        self.codes.push(code);
        let place = self.codes.len() - 1;
        self.places.insert(at, place);
        place
    }

    /// The code object of a place.
    pub(super) fn code(&self, place: usize) -> &Code {
        &self.codes[place]
    }

    /// Finds out where in the source these frames are, innermost first, and at which instruction the first one is.
    /// Nothing is read for it.
    pub(super) fn locate(&mut self, frames: &mut [SeenFrame]) -> Option<RawInstruction<'static>> {
        for frame in frames.iter_mut() {
            frame.line = self.line(frame.code, frame.offset);
        }
        let innermost = frames.first()?;
        let is_internal = self.code(innermost.code).is_internal();
        let offset = innermost.offset.filter(|_| !is_internal)?;
        Some(self.instruction(innermost.code, offset))
    }

    /// The line of the instruction at `offset` bytes; that of the `def` before the first instruction.
    fn line(&mut self, place: usize, offset: Option<u32>) -> Option<Line> {
        match offset {
            Some(offset) => self.position(place, offset).map(|position| position.line),
            None => self.codes[place].first_line,
        }
    }

    /// The instruction at `offset` bytes.
    fn instruction(&mut self, place: usize, offset: u32) -> RawInstruction<'static> {
        let byte = self.codes[place].bytecode.get(offset as usize);
        RawInstruction {
            opcode: byte.and_then(|&byte| self.opcodes.name(byte)),
            position: self.position(place, offset),
        }
    }

    /// The local variables of the code of a place.
    pub(super) fn locals(&mut self, place: usize, memory: &dyn Memory) -> Result<&[Local], NotSo> {
        let code = &mut self.codes[place];
        if code.locals.is_none() {
            code.locals = Some(locals::locals(code.at, &self.layout, memory)?);
        }
        Ok(code.locals.as_deref().unwrap_or_default())
    }

    fn position(&mut self, place: usize, offset: u32) -> Option<Position> {
        let minor = self.layout.minor;
        let Code {
            table,
            positions,
            stamp,
            ..
        } = &mut self.codes[place];
        let find = || table_of(minor, table).position(stamp.first_line.cast_signed(), offset);
        *positions.entry(offset).or_insert_with(find)
    }

    fn read(&mut self, at: Address, now: Nanoseconds, memory: &dyn Memory) -> Result<Code, Torn> {
        let Layout { code, object, .. } = self.layout;
        let head = at.vector(code.head(), memory)?;
        let stamp = Stamp::of(&head, &self.layout);
        self.check_type(Address(stamp.of_type), memory)
            .map_err(|_| Torn::Code(at))?;
        let pointer = |offset| Address(word_in(&head, offset));
        let words = |places: [u64; 2]| places.iter().map(|&it| u64::from(int_in(&head, it))).sum();
        let read = || -> Result<Code, NotSo> {
            let (start, bytecode) = self.bytecode(at, &head, memory)?;
            let table = text::bytes(pointer(code.lines), &object, memory)?;
            Ok(Code {
                name: text::text(
                    pointer(code.qualified_name.unwrap_or(code.name)),
                    &object,
                    memory,
                )?,
                file: text::text(pointer(code.file), &object, memory)?,
                first_line: Line::new(stamp.first_line),
                frame_words: code.frame_words.map_or(0, words),
                is_resumed: int_in(&head, code.flags) & RESUMED != 0,
                start,
                bytecode,
                table,
                positions: FxHashMap::default(),
                locals: None,
                at,
                stamp,
                since: now,
                checked: now,
            })
        };
        read().map_err(|_| Torn::Code(at))
    }

    /// Where the bytecode stands, and what it is.
    fn bytecode(
        &self,
        at: Address,
        head: &[u8],
        memory: &dyn Memory,
    ) -> Result<(Address, Vec<u8>), NotSo> {
        let Layout {
            code,
            object,
            frame,
            ..
        } = self.layout;
        if frame.progress != Progress::Pointer {
            let object_at = Address(word_in(head, code.bytecode));
            return Ok((object_at, text::bytes(object_at, &object, memory)?));
        }
        // The object's size counts instructions of two bytes.
        let length = word_in(head, object.size)
            .checked_mul(2)
            .filter(|&length| length <= LONGEST_BYTECODE);
        let length = length
            .and_then(|length| usize::try_from(length).ok())
            .ok_or(NotSo::Other)?;
        let start = at.plus(code.bytecode);
        Ok((start, start.vector(length, memory)?))
    }

    /// Code is an object whose type is named `code`: the first that is met tells which type that is.
    fn check_type(&mut self, of_type: Address, memory: &dyn Memory) -> Result<(), NotSo> {
        if let Some(known) = self.of_type {
            return if known == of_type {
                Ok(())
            } else {
                Err(NotSo::Other)
            };
        }
        let name = of_type.plus(self.layout.object.type_name).pointer(memory)?;
        if text::c_text(name, memory)? != "code" {
            return Err(NotSo::Other);
        }
        self.of_type = Some(of_type);
        Ok(())
    }
}

impl Code {
    /// How many bytes of bytecode it has.
    pub(super) fn length(&self) -> u64 {
        self.bytecode.len() as u64
    }

    /// Python 3.12 and later put a frame of their own below each `__init__` that they call in a shorter way.
    pub(super) fn is_internal(&self) -> bool {
        self.name == "__init__" && self.file == "__init__"
    }

    /// Whether it must be looked at again: after a quarter of the time for which it has been the same.
    fn is_due(&self, now: Nanoseconds) -> bool {
        const AT_THE_LATEST: u64 = 250_000_000;
        let stood = self.checked.0.saturating_sub(self.since.0);
        now.0.saturating_sub(self.checked.0) > (stood / 4).min(AT_THE_LATEST)
    }
}

fn table_of(minor: u32, table: &[u8]) -> Table<'_> {
    match minor {
        ..=9 => Table::Lnotab(table),
        10 => Table::Lines(table),
        _ => Table::Locations(table),
    }
}

impl Stamp {
    fn of(head: &[u8], layout: &Layout) -> Self {
        let Layout { code, object, .. } = layout;
        Self {
            of_type: word_in(head, object.of_type),
            size: word_in(head, object.size),
            name: word_in(head, code.qualified_name.unwrap_or(code.name)),
            file: word_in(head, code.file),
            lines: word_in(head, code.lines),
            first_line: int_in(head, code.first_line),
        }
    }
}
