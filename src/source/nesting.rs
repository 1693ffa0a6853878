//! How deeply a source may be nested, told from its tokens before anything recurses.

use super::parse::TokenKind;

/// The most tokens that stand between a place and the separators around it, over all levels of
/// brackets and indentation. No syntax tree is deeper than that: whatever nests takes a token, and
/// what a separator ends no longer nests.
pub(super) fn longest_chain(tokens: impl Iterator<Item = TokenKind>) -> usize {
    let mut chains = Chains::default();
    for kind in tokens {
        chains.add(kind);
    }
    chains.longest
}

/// Chains of tokens that are open at a place, one for each level.
#[derive(Default)]
struct Chains {
    /// Each level with what opened it, and the tokens since its last separator.
    levels: Vec<(Level, usize)>,
    /// The same below all levels.
    outermost: usize,
    /// All of them together.
    open: usize,
    longest: usize,
    /// The token before was a line end inside of brackets.
    is_at_line_start: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Bracket,
    Block,
    /// `lambda` and `yield`, which a comma does not end.
    Prefix,
}

impl Chains {
    fn add(&mut self, kind: TokenKind) {
        use TokenKind::{
            Comma, Comment, Dedent, Indent, Lambda, Lbrace, Lpar, Lsqb, Newline, NonLogicalNewline,
            Rbrace, Rpar, Rsqb, Semi, Yield,
        };
        match kind {
            Comment => return,
            NonLogicalNewline => {}
            Comma => self.restart(),
            Newline | Semi => {
                self.close_while(|level| level == Level::Prefix);
                self.restart();
            }
            Lpar | Lsqb | Lbrace => self.enter(Level::Bracket),
            Lambda | Yield => self.enter(Level::Prefix),
            Indent => self.enter(Level::Block),
            Rpar | Rsqb | Rbrace => self.leave(Level::Bracket),
            Dedent => self.leave(Level::Block),
            _ if self.is_at_line_start && starts_statement(kind) => self.end_expressions(),
            _ => self.grow(1),
        }
        self.is_at_line_start = kind == NonLogicalNewline;
    }

    /// The innermost chain.
    fn chain(&mut self) -> &mut usize {
        let level = self.levels.last_mut();
        level.map_or(&mut self.outermost, |(_, count)| count)
    }

    fn grow(&mut self, tokens: usize) {
        *self.chain() += tokens;
        self.open += tokens;
        self.longest = self.longest.max(self.open);
    }

    fn restart(&mut self) {
        self.open -= std::mem::take(self.chain());
    }

    /// What opens a level counts outside of it, for as long as it is open.
    fn enter(&mut self, level: Level) {
        self.grow(1);
        self.levels.push((level, 0));
    }

    fn leave(&mut self, level: Level) {
        self.close_while(|inner| inner == Level::Prefix);
        if let Some((_, count)) = self.levels.pop_if(|(open, _)| *open == level) {
            self.open -= count;
        }
        self.grow(1);
    }

    fn close_while(&mut self, is_closed: impl Fn(Level) -> bool) {
        while let Some((_, count)) = self.levels.pop_if(|(level, _)| is_closed(*level)) {
            self.open -= count;
        }
    }

    /// A line that starts a statement ends every expression, closed or not. The parser may take the
    /// statement for the body of the one that was never closed: then it is a level deeper, for good,
    /// and such a level costs the parser as much as some of expressions.
    fn end_expressions(&mut self) {
        const LEVEL_OF_STATEMENTS: usize = 5;
        self.close_while(|level| level != Level::Block);
        self.restart();
        self.open += LEVEL_OF_STATEMENTS;
        self.longest = self.longest.max(self.open);
    }
}

fn starts_statement(kind: TokenKind) -> bool {
    use TokenKind::{
        Assert, Break, Class, Continue, Def, Del, Global, Import, Nonlocal, Pass, Raise, Return,
        Try, While, With,
    };
    matches!(
        kind,
        Assert
            | Break
            | Class
            | Continue
            | Def
            | Del
            | Global
            | Import
            | Nonlocal
            | Pass
            | Raise
            | Return
            | Try
            | While
            | With
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::parse::tokens;

    #[track_caller]
    fn check(text: &str, longest: usize) {
        assert_eq!(longest_chain(tokens(text)), longest, "{text}");
    }

    #[test]
    fn what_is_not_separated_may_nest() {
        check("a + b", 3);
        check("((1))", 3);
        check("-(-(1))", 5);
    }

    #[test]
    fn separators_end_what_is_between_them_and_not_what_is_around_them() {
        check("a, b, c, d", 1);
        check("a\nb\nc\n", 1);
        check("[1, [1, [1, [1, ", 5);
        check("f(\n  1,\n  2,\n)", 3);
    }

    #[test]
    fn a_comma_ends_neither_lambda_nor_yield() {
        check("lambda a, : lambda b, : 1", 5);
        check("yield a, yield b", 3);
        check("yield a\nyield b\n", 2);
    }

    #[test]
    fn blocks_are_levels() {
        check("if a:\n if b:\n  c\nd\n", 4);
    }

    #[test]
    fn a_statement_ends_open_brackets_but_may_be_deeper_itself() {
        // The lexer gives a token more where the text ends within a bracket.
        check("(\ndef f\n", 6 + 1);
        check("(\ndef f(\ndef g(\ndef", 15 + 1);
    }
}
