//! Where a piece of a source stands, for tests.

use super::{Columns, Line, Position};

/// The first place of a piece in the lines that are asked about.
pub(crate) fn piece(source: &str, text: &str, is_asked: impl Fn(&str) -> bool) -> Position {
    let mut lines = (1..).zip(source.lines()).filter(|(_, line)| is_asked(line));
    let found = lines.find_map(|(number, line)| Some((number, line.find(text)?)));
    let (line, start) = found.expect("the source has it");
    let line = Line::new(line).expect("from 1");
    let column = |column: usize| u32::try_from(column).expect("a small number");
    Position {
        line,
        end_line: line,
        columns: Some(Columns {
            start: column(start),
            end: column(start + text.len()),
        }),
    }
}
