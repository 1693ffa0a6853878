//! The table since 3.11 (PEP 657), which tells columns too. `CPython` describes it in
//! `InternalDocs/code_objects.md`.

use super::{Stretch, line};
use crate::profile::{Columns, Position};

/// The bytes of a code unit. The table counts units: an instruction is one, and so is each of its caches.
const UNIT: u32 = 2;

/// Set in the first byte of an entry, and in no other.
const FIRST: u8 = 0x80;

/// Entries up to the first that can't be one.
pub(super) fn locations(bytes: &[u8], first_line: i32) -> impl Iterator<Item = Stretch> {
    let (mut rest, mut end, mut number) = (Rest(bytes), 0_u32, first_line);
    std::iter::from_fn(move || {
        let entry = rest.entry()?;
        end = end.saturating_add(entry.units * UNIT);
        number = number.saturating_add(entry.line_step);
        let position = entry.extent.and_then(|extent| extent.from(number));
        Some(Stretch { end, position })
    })
}

/// What the table says of some instructions in a row.
struct Entry {
    units: u32,
    /// From the line of the entry before to the line of this one.
    line_step: i32,
    extent: Option<Extent>,
}

/// How far a stretch of text goes that starts in a line known otherwise.
#[derive(Default)]
struct Extent {
    further_lines: u32,
    columns: Option<Columns>,
}

impl Extent {
    fn from(self, number: i32) -> Option<Position> {
        let is_forward = |columns: &Columns| self.further_lines > 0 || columns.start <= columns.end;
        Some(Position {
            line: line(number)?,
            end_line: line(number.checked_add_unsigned(self.further_lines)?)?,
            columns: self.columns.filter(is_forward),
        })
    }
}

impl From<Columns> for Extent {
    fn from(columns: Columns) -> Self {
        Self {
            further_lines: 0,
            columns: Some(columns),
        }
    }
}

/// What was not read yet.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn entry(&mut self) -> Option<Entry> {
        let head = self.0.split_off_first()?;
        if head & FIRST == 0 {
            return None;
        }
        let (line_step, extent) = match (head & !FIRST) >> 3 {
            form @ 0..=9 => (0, Some(self.near_columns(form)?.into())),
            form @ 10..=12 => (i32::from(form) - 10, Some(self.columns()?.into())),
            13 => (self.signed()?, Some(Extent::default())),
            14 => (self.signed()?, Some(self.extent()?)),
            _ => (0, None),
        };
        Some(Entry {
            units: u32::from(head & 7) + 1,
            line_step,
            extent,
        })
    }

    /// Form and byte are the start, below 80, and how far the end is from there, at most 15.
    fn near_columns(&mut self, form: u8) -> Option<Columns> {
        let byte = self.byte()?;
        let start = u32::from(form << 3 | byte >> 4);
        let end = start + u32::from(byte & 15);
        Some(Columns { start, end })
    }

    fn columns(&mut self) -> Option<Columns> {
        Some(Columns {
            start: self.byte()?.into(),
            end: self.byte()?.into(),
        })
    }

    /// Here a column is one more than it is, and 0 where it is not known.
    fn extent(&mut self) -> Option<Extent> {
        let further_lines = self.number()?;
        let ends = (self.number()?.checked_sub(1), self.number()?.checked_sub(1));
        let columns = match ends {
            (Some(start), Some(end)) => Some(Columns { start, end }),
            _ => None,
        };
        Some(Extent {
            further_lines,
            columns,
        })
    }

    /// The lowest bit is the sign.
    fn signed(&mut self) -> Option<i32> {
        let number = self.number()?;
        let size = (number >> 1).cast_signed();
        Some(if number & 1 == 0 { size } else { -size })
    }

    /// Six bits a byte, the lowest first; another byte follows where the seventh is set.
    fn number(&mut self) -> Option<u32> {
        let mut number = 0_u64;
        for shift in (0..u32::BITS).step_by(6) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x3f) << shift;
            if byte & 0x40 == 0 {
                return u32::try_from(number).ok();
            }
        }
        None
    }

    /// One that is not the first of an entry.
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.0.split_off_first()?;
        (byte & FIRST == 0).then_some(byte)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Table;
    use super::*;
    use crate::profile::Line;

    /// What a table says of an offset; the first line is 10.
    fn at(table: &[u8], offset: u32) -> Option<Position> {
        Table::Locations(table).position(10, offset)
    }

    fn lines(line: u32, end_line: u32) -> Option<Position> {
        Some(Position {
            line: Line::new(line)?,
            end_line: Line::new(end_line)?,
            columns: None,
        })
    }

    fn text(line: u32, end_line: u32, start: u32, end: u32) -> Option<Position> {
        Some(Position {
            columns: Some(Columns { start, end }),
            ..lines(line, end_line)?
        })
    }

    #[test]
    fn the_near_form_has_columns_of_the_same_line() {
        assert_eq!(at(&[0x80, 0x00], 0), text(10, 10, 0, 0));
        assert_eq!(at(&[0xc8, 0x7f], 1), text(10, 10, 79, 94));
    }

    #[test]
    fn the_one_line_forms_go_up_to_two_lines_on() {
        assert_eq!(at(&[0xd0, 4, 127], 0), text(10, 10, 4, 127));
        assert_eq!(at(&[0xd8, 4, 9], 0), text(11, 11, 4, 9));
        assert_eq!(at(&[0xe0, 4, 9], 0), text(12, 12, 4, 9));
    }

    #[test]
    fn the_form_without_columns_goes_both_ways() {
        assert_eq!(at(&[0xe8, 4], 0), lines(12, 12));
        assert_eq!(at(&[0xe8, 5], 0), lines(8, 8));
        assert_eq!(at(&[0xe8, 0x7f, 0x1f], 0), None, "1023 lines back");
        assert_eq!(at(&[0xe8, 0x7e, 0x1f], 0), lines(1033, 1033));
    }

    #[test]
    fn the_long_form_tells_everything() {
        assert_eq!(at(&[0xf0, 2, 3, 5, 6], 0), text(11, 14, 4, 5));
        let wide = [0xf0, 0, 0, 0x49, 0x03, 0x4a, 0x03];
        assert_eq!(at(&wide, 0), text(10, 10, 200, 201));
        assert_eq!(at(&[0xf0, 0, 1, 9, 2], 0), text(10, 11, 8, 1));
    }

    #[test]
    fn a_column_that_is_not_known_leaves_none() {
        assert_eq!(at(&[0xf0, 0, 1, 0, 2], 0), lines(10, 11));
        assert_eq!(at(&[0xf0, 0, 1, 2, 0], 0), lines(10, 11));
    }

    #[test]
    fn columns_that_go_back_in_a_line_are_none() {
        assert_eq!(at(&[0xd0, 9, 4], 0), lines(10, 10));
    }

    #[test]
    fn instructions_without_a_place_do_not_move_the_next() {
        let table = [0xf8, 0xf9, 0xd8, 1, 2];
        assert_eq!(at(&table, 0), None);
        assert_eq!(at(&table, 5), None);
        assert_eq!(at(&table, 6), text(11, 11, 1, 2));
    }

    #[test]
    fn an_entry_covers_up_to_eight_units() {
        let table = [0x87, 0x00, 0xd8, 1, 2];
        assert_eq!(at(&table, 15), at(&table, 0));
        assert_eq!(at(&table, 16), text(11, 11, 1, 2));
        assert_eq!(at(&table, 18), None);
    }

    #[test]
    fn a_torn_entry_ends_the_table() {
        let good = [0x80, 0x00];
        for torn in [
            &[0x00, 0x00][..],
            &[0x80],
            &[0x80, 0x80],
            &[0xf0, 0, 0, 1],
            &[0xe8, 0xf8],
        ] {
            let table = [&good, torn, &good].concat();
            assert_eq!(at(&table, 0), text(10, 10, 0, 0), "{torn:x?}");
            assert_eq!(at(&table, 2), None, "{torn:x?}");
            assert_eq!(at(&table, 4), None, "{torn:x?}");
        }
    }

    #[test]
    fn a_number_has_32_bits_at_most() {
        let largest = [0xe8, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x03];
        assert_eq!(at(&largest, 0), None, "a line far below 0");
        let upward = [0xe8, 0x7e, 0x7f, 0x7f, 0x7f, 0x7f, 0x03];
        let last = i32::MAX.unsigned_abs();
        assert_eq!(at(&upward, 0), lines(last, last));
        let too_large = [0xf8, 0xe8, 0x7e, 0x7f, 0x7f, 0x7f, 0x7f, 0x04];
        assert_eq!(at(&too_large, 2), None);
        let endless = [[0xe8].as_slice(), &[0x7f; 100]].concat();
        assert_eq!(at(&endless, 0), None);
    }

    #[test]
    fn a_stretch_that_ends_behind_the_last_line_is_none() {
        let table = [0xf0, 0, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x01, 1, 1];
        assert_eq!(at(&table, 0), None);
    }
}
