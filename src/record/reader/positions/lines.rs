//! The tables that tell lines only: pairs of a length in bytes and a signed step in lines. `CPython` describes
//! both in `Objects/lnotab_notes.txt`.

use super::{Stretch, line};
use crate::profile::Position;

/// A step that is none: these instructions have no line (3.10).
const NO_LINE: i8 = -128;

/// Up to 3.9: so many bytes behind the step before, the line changes by so many.
pub(super) fn lnotab(bytes: &[u8], first_line: i32) -> impl Iterator<Item = Stretch> {
    let (mut end, mut number) = (0_u32, first_line);
    let steps = pairs(bytes).map(Some).chain([None]);
    steps.map(move |step| {
        let position = whole_line(number);
        let (length, delta) = step.unwrap_or((u32::MAX, 0));
        end = end.saturating_add(length);
        number = number.saturating_add(delta.into());
        Stretch { end, position }
    })
}

/// 3.10 and PEP 626: the line changes by so many, and the next so many bytes are from there.
pub(super) fn line_table(bytes: &[u8], first_line: i32) -> impl Iterator<Item = Stretch> {
    let (mut end, mut number) = (0_u32, first_line);
    pairs(bytes).map(move |(length, delta)| {
        end = end.saturating_add(length);
        if delta == NO_LINE {
            return Stretch {
                end,
                position: None,
            };
        }
        number = number.saturating_add(delta.into());
        Stretch {
            end,
            position: whole_line(number),
        }
    })
}

fn pairs(bytes: &[u8]) -> impl Iterator<Item = (u32, i8)> {
    let (pairs, _torn) = bytes.as_chunks();
    pairs
        .iter()
        .map(|&[length, delta]| (length.into(), delta.cast_signed()))
}

fn whole_line(number: i32) -> Option<Position> {
    let line = line(number)?;
    Some(Position {
        line,
        end_line: line,
        columns: None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::Table;

    #[track_caller]
    fn check(table: Table<'_>, first_line: i32, offset: u32, expected: Option<u32>) {
        let found = table.position(first_line, offset);
        assert_eq!(found.map(|it| it.line.number()), expected);
        assert_eq!(found.map(|it| it.end_line.number()), expected);
        assert_eq!(found.and_then(|it| it.columns), None);
    }

    #[test]
    fn a_table_without_pairs_is_one_line_up_to_3_9_and_none_in_3_10() {
        check(Table::Lnotab(&[]), 7, 0, Some(7));
        check(Table::Lnotab(&[]), 7, u32::MAX - 1, Some(7));
        check(Table::Lines(&[]), 7, 0, None);
    }

    #[test]
    fn half_a_pair_is_none() {
        check(Table::Lnotab(&[2, 1, 2]), 7, 4, Some(8));
        check(Table::Lines(&[2, 1, 2]), 7, 0, Some(8));
        check(Table::Lines(&[2, 1, 2]), 7, 2, None);
    }

    #[test]
    fn instructions_without_a_line_do_not_move_the_next() {
        let table = Table::Lines(&[2, 1, 2, 0x80, 2, 1]);
        check(table, 7, 1, Some(8));
        check(table, 7, 2, None);
        check(table, 7, 4, Some(9));
    }

    #[test]
    fn a_step_of_128_lines_back_is_one_up_to_3_9() {
        check(Table::Lnotab(&[2, 0x80]), 200, 2, Some(72));
    }

    #[test]
    fn a_line_before_the_first_is_none() {
        check(Table::Lnotab(&[2, 0xf0]), 7, 2, None);
        check(Table::Lines(&[2, 0xf0]), 7, 0, None);
        check(Table::Lnotab(&[]), 0, 0, None);
        check(Table::Lnotab(&[2, 0xf0]), i32::MIN, 2, None);
    }

    #[test]
    fn lines_end_at_the_last_that_there_can_be() {
        let last = i32::MAX.unsigned_abs();
        check(Table::Lnotab(&[2, 0x7f]), i32::MAX, 2, Some(last));
        check(Table::Lines(&[2, 0x7f]), i32::MAX, 0, Some(last));
    }
}
