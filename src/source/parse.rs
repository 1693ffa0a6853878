//! The parser: the only file that knows which one it is. Broken source gives what could be read.

use super::Unreadable;
use super::nesting::longest_chain;
use ruff_python_ast::visitor::source_order::{self, SourceOrderVisitor, TraversalSignal};
use ruff_python_ast::{AnyNodeRef, Mod, PythonVersion};
use ruff_python_parser::{Mode, ParseError, ParseOptions, Parsed, lexer, parse_unchecked};

pub(super) use ruff_python_ast::token::{Token, TokenKind};
pub(super) use ruff_python_ast::visitor::{self, Visitor};
pub(super) use ruff_python_ast::{self as ast, Expr, Stmt};
pub(super) use ruff_text_size::{Ranged, TextRange, TextSize};

/// Parsing, walking and dropping a syntax tree recurse. This stack (only what is used of it is ever
/// backed by memory) holds trees of [`DEEPEST_TREE`], also in a debug build.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// Trees that are deeper are refused. `CPython`'s own compiler gives up on fewer levels: it has limits
/// of 100 indentations, 200 parentheses and some thousand operators in a chain.
const DEEPEST_TREE: usize = 10_000;

/// Sources whose tokens could nest deeper are not even parsed: the parser takes stack as it needs
/// it, and would use up the memory.
const LONGEST_CHAIN: usize = 50_000;

/// How many problems of a file are kept.
const PROBLEMS_KEPT: usize = 20;

/// A parsed file.
pub(super) struct Syntax<'a> {
    /// The statements of the module, as far as they parse.
    pub(super) body: &'a [Stmt],
    /// All tokens, comments too, in order of place.
    pub(super) tokens: &'a [Token],
    /// What does not parse.
    pub(super) problems: &'a [Problem],
}

/// A place that does not parse.
pub(super) struct Problem {
    pub(super) place: TextSize,
    pub(super) message: String,
}

/// Parses a module and hands it to `read`. Both happen on a thread with a stack of its own: no
/// source must bring the process down, however deeply it is nested.
pub(super) fn with_syntax<T: Send>(
    text: &str,
    read: impl FnOnce(&Syntax<'_>) -> T + Send,
) -> Result<T, Unreadable> {
    let work = || {
        let parsed = parse(text, Mode::Module).ok_or_else(too_deep)?;
        let problems: Vec<Problem> = parsed
            .errors()
            .iter()
            .take(PROBLEMS_KEPT)
            .map(problem)
            .collect();
        Ok(read(&Syntax {
            body: body_of(parsed.syntax()),
            tokens: parsed.tokens(),
            problems: &problems,
        }))
    };
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .name("parse".to_owned())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, work)
            .map_err(|error| Unreadable::Io(error.to_string()))?
            .join()
            .unwrap_or_else(|_| Err(Unreadable::Syntax("the parser gave up".to_owned())))
    })
}

/// Parses an expression, as one stands in quotes in an annotation. To be called from within
/// [`with_syntax`], for its stack.
pub(super) fn parse_expression(text: &str) -> Option<Expr> {
    let parsed = parse(text, Mode::ParenthesizedExpression)?;
    match parsed.has_valid_syntax().then(|| parsed.into_syntax())? {
        Mod::Expression(expression) => Some(*expression.body),
        Mod::Module(_) => None,
    }
}

fn parse(text: &str, mode: Mode) -> Option<Parsed<Mod>> {
    if longest_chain(tokens(text)) > LONGEST_CHAIN {
        return None;
    }
    // The newest version flags no syntax as too new.
    let options = ParseOptions::from(mode).with_target_version(PythonVersion::PY315);
    let parsed = parse_unchecked(text, options);
    if is_deeper_than(DEEPEST_TREE, parsed.syntax()) {
        // Dropping would recurse as deep as the tree is.
        std::mem::forget(parsed);
        return None;
    }
    Some(parsed)
}

fn too_deep() -> Unreadable {
    Unreadable::Syntax("it is nested too deeply".to_owned())
}

fn problem(error: &ParseError) -> Problem {
    Problem {
        place: error.location.start(),
        message: error.error.to_string(),
    }
}

fn body_of(syntax: &Mod) -> &[Stmt] {
    match syntax {
        Mod::Module(module) => &module.body,
        Mod::Expression(_) => &[],
    }
}

/// The kinds of the tokens of a text, without parsing it.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = TokenKind> {
    let mut lexer = lexer::lex(text, Mode::Module);
    std::iter::from_fn(move || {
        let kind = lexer.next_token();
        (kind != TokenKind::EndOfFile).then_some(kind)
    })
}

fn is_deeper_than(limit: usize, syntax: &Mod) -> bool {
    struct Depth {
        now: usize,
        limit: usize,
        exceeded: bool,
    }
    impl<'a> SourceOrderVisitor<'a> for Depth {
        fn enter_node(&mut self, _: AnyNodeRef<'a>) -> TraversalSignal {
            self.now += 1;
            self.exceeded |= self.now > self.limit;
            if self.exceeded {
                TraversalSignal::Skip
            } else {
                TraversalSignal::Traverse
            }
        }
        fn leave_node(&mut self, _: AnyNodeRef<'a>) {
            self.now -= 1;
        }
    }
    let mut depth = Depth {
        now: 0,
        limit,
        exceeded: false,
    };
    source_order::walk_module(&mut depth, syntax);
    depth.exceeded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statements(text: &str) -> Result<usize, Unreadable> {
        with_syntax(text, |syntax| syntax.body.len())
    }

    /// Sources that nest by repeating a piece: before it, the piece, after it, its end.
    const NESTED: [(&str, &str, &str, &str); 21] = [
        ("x = ", "(", "1", ")"),
        ("x = ", "[", "1", "]"),
        ("x = ", "{1:", "1", "}"),
        ("x = ", "-", "1", ""),
        ("x = ", "not ", "1", ""),
        ("x = ", "lambda: ", "1", ""),
        ("x = ", "1**", "1", ""),
        ("x = ", "1+", "1", ""),
        ("x = ", "1 if 1 else ", "1", ""),
        ("x = a", ".b", "", ""),
        ("x = a", "()", "", ""),
        ("x = ", "[", "1", " for x in y]"),
        ("x = ", "f'{", "1", "}'"),
        ("", "while 1: ", "pass", ""),
        ("", "async ", "", ""),
        ("", "(-\ndef f(\n", "", ""),
        ("x = ", "[1, ", "1", "]"),
        ("x = ", "lambda x, : ", "1", ""),
        ("", "yield a, ", "", ""),
        ("match x:\n case ", "(", "y", ")"),
        ("def f(x: '", "(", "int", ")'): ..."),
    ];

    #[test]
    fn no_nesting_brings_the_process_down() {
        for (head, open, middle, close) in NESTED {
            for depth in [DEEPEST_TREE - 100, 100_000] {
                let text = [head, &open.repeat(depth), middle, &close.repeat(depth)].concat();
                let found = statements(&text);
                assert!(
                    matches!(found, Ok(_) | Err(Unreadable::Syntax(_))),
                    "{open} {depth}: {found:?}"
                );
            }
        }
    }

    #[test]
    fn sources_that_are_long_but_flat_are_read() {
        let table = format!("x = [{}]\n", "(1, 'a', -2.5),\n".repeat(100_000));
        assert_eq!(statements(&table), Ok(1));
        let branches = format!("if x: pass\n{}", "elif y: pass\n".repeat(10_000));
        assert_eq!(statements(&branches), Ok(1));
        assert_eq!(statements(&"f(x)\n".repeat(10_000)), Ok(10_000));
    }

    #[test]
    fn an_open_bracket_does_not_hide_the_rest_of_a_file() {
        let text = format!("x = (\n{}", "def f():\n  return g(1, 2)\n".repeat(1_000));
        assert!(statements(&text).is_ok_and(|count| count > 900));
    }

    #[test]
    fn expressions_parse_as_they_stand_in_annotations() {
        let parses = |text: &str| with_syntax("", |_| parse_expression(text).is_some());
        assert_eq!(parses("list[int]"), Ok(true));
        assert_eq!(parses("dict[\n  str, int\n]"), Ok(true));
        assert_eq!(parses("not an annotation"), Ok(false));
        assert_eq!(parses(&"(".repeat(100_000)), Ok(false));
    }
}
