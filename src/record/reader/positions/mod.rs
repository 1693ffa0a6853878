//! Which stretch of source text an instruction was compiled from.
//!
//! A code object has a table that says so, in a form of its own up to 3.9, in 3.10, and since 3.11. It comes
//! from the memory of another process: any bytes have an answer, and work is linear in their number.

mod lines;
mod locations;

use crate::profile::{Line, Position};

/// A code object's table of positions.
#[derive(Clone, Copy, Debug)]
pub(super) enum Table<'a> {
    /// `co_lnotab`, up to 3.9.
    Lnotab(&'a [u8]),
    /// `co_linetable` of 3.10.
    Lines(&'a [u8]),
    /// `co_linetable` since 3.11.
    Locations(&'a [u8]),
}

impl Table<'_> {
    /// What the instruction comes from that begins, or has its caches, at this offset: bytes from the first
    /// instruction, so twice the `f_lasti` of 3.10. `first_line` is the code object's `co_firstlineno`.
    ///
    /// None where the table names no line, and behind its end; the last line of a `Lnotab` has none.
    pub(super) fn position(self, first_line: i32, offset: u32) -> Option<Position> {
        let reaches = |stretch: &Stretch| offset < stretch.end;
        let stretch = match self {
            Self::Lnotab(bytes) => lines::lnotab(bytes, first_line).find(reaches),
            Self::Lines(bytes) => lines::line_table(bytes, first_line).find(reaches),
            Self::Locations(bytes) => locations::locations(bytes, first_line).find(reaches),
        };
        stretch?.position
    }
}

/// Instructions in a row that come from the same place.
struct Stretch {
    /// The offset behind the last of them, not below that of the stretch before.
    end: u32,
    position: Option<Position>,
}

/// A line as the tables count it; module code begins in line 0, which is none.
fn line(number: i32) -> Option<Line> {
    Line::new(u32::try_from(number).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Columns;
    use proptest::prelude::*;

    /// What every version made of some functions, and what it says itself of every instruction:
    /// `tests/pythons/positions.py` prints it.
    const TABLES: &str = include_str!("tables.txt");

    fn table(minor: u32, bytes: &[u8]) -> Table<'_> {
        match minor {
            ..=9 => Table::Lnotab(bytes),
            10 => Table::Lines(bytes),
            11.. => Table::Locations(bytes),
        }
    }

    fn bytes(hexadecimal: &str) -> Vec<u8> {
        let (digits, _) = hexadecimal.as_bytes().as_chunks::<2>();
        let byte = |pair: &[u8; 2]| str::from_utf8(pair).map(|pair| u8::from_str_radix(pair, 16));
        digits
            .iter()
            .map(|pair| byte(pair).expect("ASCII").expect("digits"))
            .collect()
    }

    fn pair(text: &str) -> (u32, u32) {
        let (one, other) = text.split_once('-').expect("two numbers");
        (
            one.parse().expect("a number"),
            other.parse().expect("a number"),
        )
    }

    /// `2-3:4-5`: from line 2 to line 3, from column 4 to column 5.
    fn position(text: &str) -> Option<Position> {
        let (lines, columns) = text
            .split_once(':')
            .map_or((text, None), |(lines, columns)| (lines, Some(columns)));
        let (line, end_line) = (!lines.is_empty()).then(|| pair(lines))?;
        Some(Position {
            line: Line::new(line)?,
            end_line: Line::new(end_line)?,
            columns: columns.map(pair).map(|(start, end)| Columns { start, end }),
        })
    }

    /// A line of the file: every offset is where the version says, and behind them there is nothing.
    fn check(case: &str) {
        let mut words = case.split(' ');
        let mut word = || words.next().expect("a version, a name, a line, a table");
        let (version, name, first_line, table_bytes) = (word(), word(), word(), word());
        let minor = version[2..].parse().expect("a number");
        let table_bytes = bytes(table_bytes);
        let table = table(minor, &table_bytes);
        let first_line = first_line.parse().expect("a line");
        let mut offset = 0;
        for stretch in words {
            let (end, expected) = stretch.split_once('=').expect("an end and a position");
            let (end, expected) = (end.parse().expect("an offset"), position(expected));
            for offset in offset..end {
                let found = table.position(first_line, offset);
                assert_eq!(found, expected, "{version} {name}, offset {offset}");
            }
            offset = end;
        }
        let behind = table.position(first_line, offset);
        assert!(
            behind.is_none() || minor == 9,
            "{version} {name}: {behind:?}"
        );
    }

    #[test]
    fn every_version_agrees_on_what_it_compiled() {
        for minor in 9..=15 {
            let version = format!("3.{minor} ");
            let mut cases = TABLES
                .lines()
                .filter(|line| line.starts_with(&version))
                .peekable();
            assert!(cases.peek().is_some(), "there is none of {version}");
            cases.for_each(check);
        }
    }

    fn any_table() -> impl Strategy<Value = (u32, Vec<u8>)> {
        let real = TABLES
            .lines()
            .map(|line| line.split(' ').nth(3).expect("a table"));
        let real: Vec<Vec<u8>> = real.map(bytes).collect();
        let torn = (
            prop::sample::select(real),
            any::<prop::sample::Index>(),
            any::<u8>(),
        );
        let torn = torn.prop_map(|(mut bytes, place, byte)| {
            let place = place.index(bytes.len());
            bytes[place] = byte;
            bytes
        });
        let garbage = prop::collection::vec(any::<u8>(), 0..64);
        (9..=11_u32, prop_oneof![torn, garbage])
    }

    proptest! {
        #[test]
        fn any_bytes_have_an_answer(
            (minor, bytes) in any_table(),
            first_line in prop_oneof![any::<i32>(), 0..1000],
            offset in prop_oneof![any::<u32>(), 0..1000_u32],
        ) {
            if let Some(found) = table(minor, &bytes).position(first_line, offset) {
                prop_assert!(found.line <= found.end_line);
                let is_one_line = found.line == found.end_line;
                if let Some(columns) = found.columns {
                    prop_assert!(!is_one_line || columns.start <= columns.end);
                }
            }
        }
    }
}
