//! The table of instructions, which files have that were written from samples with instructions.

use super::file::position;
use super::tables::{check_length, damaged, line, look_up_some, together};
use crate::formats::ReadError;
use crate::profile::{Columns, Instruction, InstructionId, Line, Position, Profile, StringId};
use serde::{Deserialize, Serialize};

const LINES: &str = "`line` and `end_line` are known together or not at all";
const COLUMNS: &str = "`start` and `end` are known together or not at all";
const NO_LINES: &str = "columns, but no lines that they are of";

#[derive(Default, Serialize, Deserialize)]
pub(super) struct Instructions {
    opcode: Vec<Option<u32>>,
    line: Vec<Option<u32>>,
    end_line: Vec<Option<u32>>,
    /// Columns, as bytes from 0.
    start: Vec<Option<u32>>,
    end: Vec<Option<u32>>,
}

impl Instructions {
    pub(super) fn of(profile: &Profile) -> Self {
        let instructions = || profile.instructions().iter();
        let positions = || instructions().map(|one| one.position);
        let columns = || positions().map(|position| position?.columns);
        Self {
            opcode: (instructions().map(|one| one.opcode))
                .map(|opcode| opcode.map(|opcode| position(opcode.index())))
                .collect(),
            line: positions().map(|it| Some(it?.line.number())).collect(),
            end_line: positions().map(|it| Some(it?.end_line.number())).collect(),
            start: columns().map(|it| Some(it?.start)).collect(),
            end: columns().map(|it| Some(it?.end)).collect(),
        }
    }

    /// Whether there is none, so that the file has no such table.
    pub(super) fn is_empty(&self) -> bool {
        self.opcode.is_empty()
    }

    /// The ids that the instructions have in the profile, in the order of the file.
    pub(super) fn read(
        &self,
        strings: &[StringId],
        profile: &mut Profile,
    ) -> Result<Vec<InstructionId>, ReadError> {
        let rows = self.opcode.len();
        check_length("instructions.line", self.line.len(), rows)?;
        check_length("instructions.end_line", self.end_line.len(), rows)?;
        check_length("instructions.start", self.start.len(), rows)?;
        check_length("instructions.end", self.end.len(), rows)?;
        (0..rows)
            .map(|row| {
                let opcode = self.opcode[row];
                Ok(profile.intern_instruction(Instruction {
                    opcode: look_up_some(strings, opcode, "instructions.opcode", row)?,
                    position: self.position(row)?,
                }))
            })
            .collect()
    }

    fn position(&self, row: usize) -> Result<Option<Position>, ReadError> {
        let lines = self.lines(row)?;
        let columns = self.columns(row)?;
        if lines.is_none() && columns.is_some() {
            return Err(damaged("instructions.start", row, NO_LINES));
        }
        Ok(lines.map(|(line, end_line)| Position {
            line,
            end_line,
            columns,
        }))
    }

    fn lines(&self, row: usize) -> Result<Option<(Line, Line)>, ReadError> {
        let first = line(self.line[row], "instructions.line", row)?;
        let last = line(self.end_line[row], "instructions.end_line", row)?;
        together(first, last, LINES)
            .map_err(|problem| damaged("instructions.end_line", row, problem))
    }

    fn columns(&self, row: usize) -> Result<Option<Columns>, ReadError> {
        let columns = together(self.start[row], self.end[row], COLUMNS)
            .map_err(|problem| damaged("instructions.end", row, problem))?;
        Ok(columns.map(|(start, end)| Columns { start, end }))
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::native::tests::check_values as check;

    #[test]
    fn a_position_has_both_lines_and_columns_need_one() {
        check(
            "\"end_line\":[7,9,null,null]",
            "\"end_line\":[7,null,null,null]",
            "`instructions.end_line[1]`: `line` and `end_line` are known together or not at all",
        );
        check(
            "\"line\":[7,8,null,null]",
            "\"line\":[7,8,9,null]",
            "`instructions.end_line[2]`: `line` and `end_line` are known together or not at all",
        );
        check(
            "\"end\":[19,null,null,null]",
            "\"end\":[null,null,null,null]",
            "`instructions.end[0]`: `start` and `end` are known together or not at all",
        );
        check(
            "\"start\":[8,null,null,null],\"end\":[19,null,null,null]",
            "\"start\":[8,null,4,null],\"end\":[19,null,5,null]",
            "`instructions.start[2]`: columns, but no lines that they are of",
        );
        check(
            "\"line\":[7,8,null,null]",
            "\"line\":[7,0,null,null]",
            "`instructions.line[1]`: lines count from 1",
        );
    }

    #[test]
    fn ids_of_and_in_the_table_are_checked() {
        check(
            "\"opcode\":[4,4,5,null]",
            "\"opcode\":[4,9,5,null]",
            "`instructions.opcode[1]`: 9 is not below 6",
        );
        check(
            "\"instruction\":[0,1,2,3,null]",
            "\"instruction\":[0,1,4,3,null]",
            "`samples.instruction[2]`: 4 is not below 4",
        );
        check(
            "\"instruction\":[0,1,2,3,null]",
            "\"instruction\":[]",
            "`samples.instruction`: 0 entries, where the columns beside it have 5",
        );
        check(
            "\"start\":[8,null,null,null]",
            "\"start\":[8]",
            "`instructions.start`: 1 entries, where the columns beside it have 4",
        );
    }
}
