//! rustbound's own file, `rustbound.profile/1`: JSON with a column for each field of each table.
//!
//! Ids are positions in a table, from 0; `null` stands for what is not known. Nothing of a profile
//! is lost. A file is trusted as little as any other: each id is checked where it is used.

mod file;

use super::{Format, ReadError, WriteError};
use crate::profile::{
    Activity, Frame, FrameId, Function, FunctionId, Line, Nanoseconds, Profile, Sample, Stack,
    StackId, StringId, Thread, ThreadId, Weight, WeightUnit,
};
use file::{File, Head, Unit};
use std::io;

pub(super) const SCHEMA: &str = "rustbound.profile/1";

/// The profile of a file.
pub(super) fn read(bytes: &[u8]) -> Result<Profile, ReadError> {
    let file = parse(bytes)?;
    let mut profile = Profile::default();
    profile.run = file.run.read()?;
    profile.weight_unit = match file.weight_unit {
        Unit::Nanoseconds => WeightUnit::Nanoseconds,
        Unit::Samples => WeightUnit::Samples,
    };
    let strings: Vec<_> = (file.strings.iter())
        .map(|text| profile.strings.intern(text))
        .collect();
    let functions = functions(&file.functions, &strings, &mut profile)?;
    let frames = frames(&file.frames, &functions, &mut profile)?;
    let stacks = stacks(&file.stacks, &frames, &mut profile)?;
    let threads = threads(&file.threads, &strings, &mut profile)?;
    profile.samples = samples(&file.samples, &stacks, &threads)?;
    Ok(profile)
}

/// Writes all of a profile, on one line.
pub(super) fn write(profile: &Profile, sink: &mut impl io::Write) -> Result<(), WriteError> {
    serde_json::to_writer(&mut *sink, &File::of(profile))?;
    Ok(sink.write_all(b"\n")?)
}

fn parse(bytes: &[u8]) -> Result<File, ReadError> {
    let json = |error| ReadError::json(Format::Native, error);
    let file = serde_json::from_slice::<File>(bytes);
    // Another version may have another shape, and then its schema is what is wrong with it.
    let schema = match &file {
        Ok(file) => file.schema.clone(),
        Err(_) => serde_json::from_slice::<Head>(bytes).map_err(json)?.schema,
    };
    if schema == SCHEMA {
        file.map_err(json)
    } else {
        Err(ReadError::Schema { found: schema })
    }
}

// The tables: each gives the ids that its entries have in the profile, in the order of the file.
// Where a table says the same twice, both places get one id.

fn functions(
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

fn frames(
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

fn stacks(
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

fn threads(
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

fn samples(
    table: &file::Samples,
    stacks: &[StackId],
    threads: &[ThreadId],
) -> Result<Vec<Sample>, ReadError> {
    let rows = table.time.len();
    check_length("samples.weight", table.weight.len(), rows)?;
    check_length("samples.thread", table.thread.len(), rows)?;
    check_length("samples.stack", table.stack.len(), rows)?;
    check_length("samples.activity", table.activity.len(), rows)?;
    (0..rows)
        .map(|row| {
            Ok(Sample {
                time: Nanoseconds(table.time[row]),
                weight: Weight(table.weight[row]),
                thread: look_up(threads, table.thread[row], "samples.thread", row)?,
                stack: look_up_some(stacks, table.stack[row], "samples.stack", row)?,
                activity: activity(table.activity.as_bytes()[row])
                    .ok_or_else(|| damaged("samples.activity", row, "not one of g, r, i, u"))?,
            })
        })
        .collect()
}

fn activity(letter: u8) -> Option<Activity> {
    Some(match letter {
        b'g' => Activity::HoldingGil,
        b'r' => Activity::Running,
        b'i' => Activity::Idle,
        b'u' => Activity::Unknown,
        _ => return None,
    })
}

fn line(number: Option<u32>, column: &'static str, row: usize) -> Result<Option<Line>, ReadError> {
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

fn look_up_some<Id: Copy>(
    ids: &[Id],
    index: Option<u32>,
    column: &'static str,
    row: usize,
) -> Result<Option<Id>, ReadError> {
    let known = |index| look_up(ids, index, column, row);
    index.map(known).transpose()
}

fn check_length(column: &'static str, length: usize, rows: usize) -> Result<(), ReadError> {
    if length == rows {
        Ok(())
    } else {
        let problem = format!("{length} entries, where the columns beside it have {rows}");
        Err(ReadError::damaged(column, problem))
    }
}

fn damaged(column: &'static str, row: usize, problem: &str) -> ReadError {
    ReadError::damaged(format!("{column}[{row}]"), problem)
}
