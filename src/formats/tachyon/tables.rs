//! The texts and the frames, which are told once.

use super::bytes::Bytes;
use super::header::{FOOTER, Header};
use crate::formats::ReadError;
use crate::profile::{
    Columns, FrameId, InstructionId, Line, Opcodes, Position, Profile, RawFrame, RawInstruction,
};

/// The file of what is no Python code.
const NO_FILE: &str = "~";

/// The opcode where none was asked for.
const NO_OPCODE: u8 = 255;

/// The name and the file of the frame that the interpreter puts below a class's `__init__`, and that is nobody's code.
const SHIM: &str = "__init__";

/// A frame, and the instruction that it was at, where that was recorded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// None for one that is no code.
    pub(super) frame: Option<FrameId>,
    pub(super) instruction: Option<InstructionId>,
}

/// The frames, with their texts in the profile.
pub(super) fn read(
    bytes: &[u8],
    header: &Header,
    profile: &mut Profile,
) -> Result<Vec<Entry>, ReadError> {
    let mut source = &bytes[header.texts_at..header.frames_at];
    let mut table = Bytes::new(&mut source, header.big_endian, "byte", header.texts_at);
    let texts: Vec<String> = (0..header.texts)
        .map(|_| table.text())
        .collect::<Result<_, _>>()?;
    let mut source = &bytes[header.frames_at..bytes.len() - FOOTER];
    let mut table = Bytes::new(&mut source, header.big_endian, "byte", header.frames_at);
    // Only Python 3 writes such files.
    let [_, minor, _] = header.python;
    let opcodes = Opcodes::of(minor.into());
    (0..header.frames)
        .map(|_| entry(&mut table, &texts, opcodes.as_ref(), profile))
        .collect()
}

fn entry(
    table: &mut Bytes<'_>,
    texts: &[String],
    opcodes: Option<&Opcodes>,
    profile: &mut Profile,
) -> Result<Entry, ReadError> {
    let file = text(table, texts)?;
    let name = text(table, texts)?;
    let (line, lines) = (table.signed()?, table.signed()?);
    let (column, columns) = (table.signed()?, table.signed()?);
    let opcode = table.byte()?;
    let line = known(line);
    let is_code = (file, name) != (SHIM, SHIM);
    let frame = is_code.then(|| {
        profile.intern_raw_frame(RawFrame {
            name,
            file: Some(file).filter(|&file| file != NO_FILE && !file.is_empty()),
            first_line: None,
            line: line.and_then(Line::new),
        })
    });
    let position = position(line, lines, known(column), columns);
    // Without the opcodes of its version an instruction says nothing.
    let opcodes = opcodes.filter(|_| opcode != NO_OPCODE);
    let instruction = opcodes.map(|opcodes| {
        profile.intern_raw_instruction(RawInstruction {
            opcode: opcodes.name(opcode),
            position,
        })
    });
    Ok(Entry { frame, instruction })
}

fn text<'t>(table: &mut Bytes<'_>, texts: &'t [String]) -> Result<&'t str, ReadError> {
    let place = table.varint_u32()?;
    let text = texts.get(place as usize);
    text.map(String::as_str)
        .ok_or_else(|| table.damaged(format!("text {place} of {}", texts.len())))
}

/// A line or a column; below 0 it is not known.
fn known(number: i32) -> Option<u32> {
    number.try_into().ok()
}

fn position(line: Option<u32>, lines: i32, column: Option<u32>, columns: i32) -> Option<Position> {
    let end = |start: u32, length| start.checked_add_signed(length);
    Some(Position {
        line: Line::new(line?)?,
        end_line: Line::new(end(line?, lines)?)?,
        columns: column.and_then(|start| {
            Some(Columns {
                start,
                end: end(start, columns)?,
            })
        }),
    })
}
