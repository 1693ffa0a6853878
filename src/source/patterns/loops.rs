//! Loops and comprehensions: what they evaluate again and again.

use super::super::parse::{Expr, Ranged, Stmt, TextRange, ast};
use super::super::symbols::Node;

/// A loop or comprehension.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loop {
    /// All of it that changes from turn to turn, its targets too.
    pub(super) whole: TextRange,
    /// What is evaluated at each turn.
    pub(super) repeated: TextRange,
    /// Within that, what is evaluated once.
    once: Option<TextRange>,
}

impl Loop {
    /// Whether it evaluates a place at each turn.
    pub(super) fn repeats(&self, place: TextRange) -> bool {
        let is_once = self.once.is_some_and(|once| once.contains_range(place));
        self.repeated.contains_range(place) && !is_once
    }
}

/// The loop that a place in the code is.
pub(super) fn loop_of(node: Node<'_>) -> Option<Loop> {
    let (whole, repeated, once) = match node {
        Node::Stmt(Stmt::For(it)) => {
            let body = block(&it.body)?;
            (TextRange::new(it.target.start(), body.end()), body, None)
        }
        Node::Stmt(Stmt::While(it)) => {
            let turn = TextRange::new(it.test.start(), block(&it.body)?.end());
            (turn, turn, None)
        }
        Node::Expr(Expr::ListComp(it)) => comprehension(it, &it.generators)?,
        Node::Expr(Expr::SetComp(it)) => comprehension(it, &it.generators)?,
        Node::Expr(Expr::DictComp(it)) => comprehension(it, &it.generators)?,
        Node::Expr(Expr::Generator(it)) => comprehension(it, &it.generators)?,
        _ => return None,
    };
    Some(Loop {
        whole,
        repeated,
        once,
    })
}

fn comprehension(
    whole: &impl Ranged,
    generators: &[ast::Comprehension],
) -> Option<(TextRange, TextRange, Option<TextRange>)> {
    let first = generators.first()?.iter.range();
    Some((whole.range(), whole.range(), Some(first)))
}

fn block(body: &[Stmt]) -> Option<TextRange> {
    let (first, last) = (body.first()?, body.last()?);
    Some(TextRange::new(first.start(), last.end()))
}
