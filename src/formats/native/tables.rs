//! The tables of the file become those of a profile.
//!
//! Each gives the ids that its entries have in the profile, in the order of the file. Where a table says the same
//! twice, both places get one id. Each id is checked where it is used.

use super::activity::{NOTHING, activity};
use super::file;
use crate::formats::ReadError;
use crate::profile::{
    Frame, FrameId, Function, FunctionId, InstructionId, Line, Nanoseconds, Profile, Sample, Stack,
    StackId, StringId, Thread, ThreadId, Weight,
};

pub(super) fn functions(
    table: &file::Functions,
    strings: &[StringId],
    profile: &mut Profile,
) -> Result<Vec<FunctionId>, ReadError> {
    let rows = table.name.len();
    check_length("functions.file", table.file.len(), rows)?;
    check_length("functions.first_line", table.first_line.len(), rows)?;
    (0..rows)
        .map(|row| {
            Ok(profile.intern_function(Function {
                name: look_up(strings, table.name[row], "functions.name", row)?,
                file: look_up_some(strings, table.file[row], "functions.file", row)?,
                first_line: line(table.first_line[row], "functions.first_line", row)?,
            }))
        })
        .collect()
}

pub(super) fn frames(
    table: &file::Frames,
    functions: &[FunctionId],
    profile: &mut Profile,
) -> Result<Vec<FrameId>, ReadError> {
    let rows = table.function.len();
    check_length("frames.line", table.line.len(), rows)?;
    (0..rows)
        .map(|row| {
            Ok(profile.intern_frame(Frame {
                function: look_up(functions, table.function[row], "frames.function", row)?,
                line: line(table.line[row], "frames.line", row)?,
            }))
        })
        .collect()
}

pub(super) fn stacks(
    table: &file::Stacks,
    frames: &[FrameId],
    profile: &mut Profile,
) -> Result<Vec<StackId>, ReadError> {
    let rows = table.frame.len();
    check_length("stacks.parent", table.parent.len(), rows)?;
    let mut stacks = Vec::with_capacity(rows);
    for row in 0..rows {
        let frame = look_up(frames, table.frame[row], "stacks.frame", row)?;
        // Only the stacks before this one are known yet: a parent precedes its children.
        let parent = look_up_some(&stacks, table.parent[row], "stacks.parent", row)?;
        stacks.push(profile.intern_stack(Stack { frame, parent }));
    }
    Ok(stacks)
}

pub(super) fn threads(
    table: &file::Threads,
    strings: &[StringId],
    profile: &mut Profile,
) -> Result<Vec<ThreadId>, ReadError> {
    let rows = table.id.len();
    check_length("threads.process", table.process.len(), rows)?;
    check_length("threads.name", table.name.len(), rows)?;
    (0..rows)
        .map(|row| {
            let id = &table.id[row];
            Ok(profile.intern_thread(Thread {
                process: table.process[row],
                id: (id.parse())
                    .map_err(|_| damaged("threads.id", row, &format!("`{id}` is no thread id")))?,
                name: look_up_some(strings, table.name[row], "threads.name", row)?,
            }))
        })
        .collect()
}

pub(super) fn samples(
    table: &file::Samples,
    stacks: &[StackId],
    threads: &[ThreadId],
    instructions: &[InstructionId],
) -> Result<Vec<Sample>, ReadError> {
    let rows = table.time.len();
    check_length("samples.weight", table.weight.len(), rows)?;
    check_length("samples.thread", table.thread.len(), rows)?;
    check_length("samples.stack", table.stack.len(), rows)?;
    check_length("samples.activity", table.activity.len(), rows)?;
    let detail = table.detail.as_deref().map(str::as_bytes);
    check_length("samples.detail", detail.map_or(rows, <[u8]>::len), rows)?;
    let detail = |row: usize| detail.map_or(NOTHING, |letters| letters[row]);
    let instruction = match &table.instruction {
        Some(column) => column,
        None => &vec![None; rows],
    };
    check_length("samples.instruction", instruction.len(), rows)?;
    let instruction =
        |row: usize| look_up_some(instructions, instruction[row], "samples.instruction", row);
    (0..rows)
        .map(|row| {
            Ok(Sample {
                time: Nanoseconds(table.time[row]),
                weight: Weight(table.weight[row]),
                thread: look_up(threads, table.thread[row], "samples.thread", row)?,
                stack: look_up_some(stacks, table.stack[row], "samples.stack", row)?,
                activity: activity(table.activity.as_bytes()[row], detail(row))
                    .ok_or_else(|| damaged("samples.activity", row, "not one of g, r, i, u"))?,
                instruction: instruction(row)?,
            })
        })
        .collect()
}

pub(super) fn line(
    number: Option<u32>,
    column: &'static str,
    row: usize,
) -> Result<Option<Line>, ReadError> {
    let known =
        |number| Line::new(number).ok_or_else(|| damaged(column, row, "lines count from 1"));
    number.map(known).transpose()
}

fn look_up<Id: Copy>(
    ids: &[Id],
    index: u32,
    column: &'static str,
    row: usize,
) -> Result<Id, ReadError> {
    let id = ids.get(index as usize).copied();
    id.ok_or_else(|| damaged(column, row, &format!("{index} is not below {}", ids.len())))
}

pub(super) fn look_up_some<Id: Copy>(
    ids: &[Id],
    index: Option<u32>,
    column: &'static str,
    row: usize,
) -> Result<Option<Id>, ReadError> {
    let known = |index| look_up(ids, index, column, row);
    index.map(known).transpose()
}

/// Both or neither, or what is wrong if one only is known.
pub(super) fn together<T>(
    one: Option<T>,
    other: Option<T>,
    problem: &'static str,
) -> Result<Option<(T, T)>, &'static str> {
    if one.is_some() == other.is_some() {
        Ok(one.zip(other))
    } else {
        Err(problem)
    }
}

pub(super) fn check_length(
    column: &'static str,
    length: usize,
    rows: usize,
) -> Result<(), ReadError> {
    if length == rows {
        Ok(())
    } else {
        let problem = format!("{length} entries, where the columns beside it have {rows}");
        Err(ReadError::damaged(column, problem))
    }
}

pub(super) fn damaged(column: &'static str, row: usize, problem: &str) -> ReadError {
    ReadError::damaged(format!("{column}[{row}]"), problem)
}
