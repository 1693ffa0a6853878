//! The text of a file by place: lines, pieces, pieces on one line.

use super::parse::{Ranged, TextRange, TextSize, Token, TokenKind};
use crate::profile::Line;

/// Where the lines of a text start.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let ends = text.match_indices('\n').map(|(end, _)| end + 1);
        Self {
            starts: std::iter::once(0).chain(ends).collect(),
        }
    }

    /// The line that a byte is on.
    pub(super) fn line_at(&self, offset: usize) -> Line {
        let number = self.starts.partition_point(|&start| start <= offset);
        let number = u32::try_from(number).expect("a file has fewer lines than bytes");
        Line::new(number).expect("the first line starts at 0")
    }

    /// The text from one line to another, both whole.
    pub(super) fn slice<'a>(&self, text: &'a str, first: Line, last: Line) -> &'a str {
        let start = |number: u32| self.starts.get(number as usize).copied();
        let from = start(first.number() - 1).unwrap_or(text.len());
        let to = start(last.number()).unwrap_or(text.len());
        text.get(from..to).unwrap_or("")
    }
}

/// A parsed text: pieces of it by their range.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) source: &'a str,
    pub(super) lines: &'a Lines,
    pub(super) tokens: &'a [Token],
}

impl<'a> Text<'a> {
    pub(super) fn line_at(&self, offset: TextSize) -> Line {
        self.lines.line_at(offset.to_usize())
    }

    /// The line that something starts on.
    pub(super) fn line_of(&self, node: &impl Ranged) -> Line {
        self.line_at(node.start())
    }

    /// A piece of the text as it is written.
    pub(super) fn slice(&self, range: TextRange) -> &'a str {
        let range = range.start().to_usize()..range.end().to_usize();
        self.source.get(range).unwrap_or("")
    }

    /// The tokens that lie within a range.
    pub(super) fn tokens_in(&self, range: TextRange) -> &'a [Token] {
        let from = self
            .tokens
            .partition_point(|token| token.start() < range.start());
        let tokens = &self.tokens[from..];
        let to = tokens.partition_point(|token| token.end() <= range.end());
        &tokens[..to]
    }

    /// An expression on one line that means the same: comments go, and line ends become spaces, or
    /// `\n` inside of strings.
    pub(super) fn one_line(&self, node: &impl Ranged) -> String {
        self.joined(node.range(), usize::MAX)
    }

    /// The same for people: cut where it gets long.
    pub(super) fn brief(&self, node: &impl Ranged) -> String {
        const LONGEST: usize = 120;
        let mut text = self.joined(node.range(), LONGEST + 1);
        if let Some((end, _)) = text.char_indices().nth(LONGEST) {
            text.truncate(end);
            text.push('…');
        }
        text
    }

    /// The tokens of a range on one line, until it has `enough` bytes at least.
    fn joined(&self, range: TextRange, enough: usize) -> String {
        let mut joined = String::new();
        let mut end = range.start();
        for token in self.tokens_in(range) {
            let is_layout = token.kind().is_trivia() || token.kind() == TokenKind::Newline;
            if joined.len() >= enough {
                break;
            }
            if is_layout || token.range().is_empty() {
                continue;
            }
            // A piece of an f-string follows the piece before it without a gap, also over lines.
            let gap = self.slice(TextRange::new(end.min(token.start()), token.start()));
            if gap.contains('\n') && needs_space(&joined) {
                joined.push(' ');
            } else if !gap.contains('\n') {
                joined.push_str(gap);
            }
            joined.push_str(&on_one_line(self.slice(token.range())));
            end = token.end();
        }
        joined
    }
}

/// Whether a line end after this text has to become a space.
fn needs_space(text: &str) -> bool {
    !text.ends_with(['(', '[', '{', ' '])
}

/// A token that spans lines is a string, or a piece of one.
fn on_one_line(token: &str) -> String {
    token.replace("\\\n", "").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::parse::with_syntax;

    fn check(text: &str, expected: &str) {
        let lines = Lines::of(text);
        let found = with_syntax(text, |syntax| {
            let text = Text {
                source: text,
                lines: &lines,
                tokens: syntax.tokens,
            };
            text.one_line(&syntax.body[0])
        });
        assert_eq!(found.as_deref(), Ok(expected));
    }

    #[test]
    fn an_expression_over_lines_comes_on_one_line_without_its_comments() {
        check("f(\n    1,  # one\n\n    2,\n)", "f(1, 2, )");
        check("dict[\n  str,\n  int\n]", "dict[str, int ]");
        check("a  +  b", "a  +  b");
    }

    #[test]
    fn line_ends_in_strings_are_written_out() {
        check("'''a\nb'''", "'''a\\nb'''");
        check("'a\\\nb'", "'ab'");
        check("f'''{x}\n{y}'''", "f'''{x}\\n{y}'''");
    }

    #[test]
    fn long_pieces_are_cut_for_people() {
        let text = format!("'{}'", "é".repeat(300));
        let lines = Lines::of(&text);
        let brief = with_syntax(&text, |syntax| {
            Text {
                source: &text,
                lines: &lines,
                tokens: syntax.tokens,
            }
            .brief(&syntax.body[0])
        });
        assert_eq!(brief, Ok(format!("'{}…", "é".repeat(119))));
    }

    #[test]
    fn lines_are_counted_from_one_and_sliced_whole() {
        let text = "a\nb\n\nc";
        let lines = Lines::of(text);
        let line = |number| Line::new(number).expect("not 0");
        assert_eq!(lines.line_at(0), line(1));
        assert_eq!(lines.line_at(1), line(1));
        assert_eq!(lines.line_at(2), line(2));
        assert_eq!(lines.line_at(99), line(4));
        assert_eq!(lines.slice(text, line(2), line(3)), "b\n\n");
        assert_eq!(lines.slice(text, line(4), line(9)), "c");
        assert_eq!(lines.slice(text, line(8), line(9)), "");
    }
}
