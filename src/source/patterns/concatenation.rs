//! Texts, bytes and lists that grow by a copy.

use super::super::parse::ast::Operator;
use super::super::parse::{Expr, Ranged, Stmt, TextRange};
use super::super::scope::ScopeId;
use super::super::symbols::Node;
use super::body::{Body, is_same};
use super::key::Key;
use super::kinds::Kind;
use super::pattern::{Pattern, PatternKind};

/// A variable that is made of itself and more.
struct Growth<'a> {
    target: &'a Expr,
    /// Where it is put together.
    place: TextRange,
    is_augmented: bool,
    /// What is there comes last: `s = x + s`.
    is_in_front: bool,
}

/// `s += x`. `CPython` lets a local text grow in place where nothing else refers to it, which costs little; that of
/// an attribute is copied, and so is what stands behind.
pub(super) fn of_text<'a>(body: &Body<'_, 'a>, scope: ScopeId, node: Node<'a>) -> Option<Pattern> {
    let growth = growth(node)?;
    let name = body.text.brief(growth.target);
    let fix = format!("`parts.append(…)` at each turn, and once `{name} = ''.join(parts)`");
    let is_copied = growth.is_in_front || !is_local(body, scope, growth.target);
    Some(Pattern {
        is_decisive: is_copied,
        ..at(
            body,
            scope,
            &growth,
            PatternKind::TextConcatenation,
            Kind::Str,
            fix,
        )?
    })
}

/// `b += x`, which copies in any case.
pub(super) fn of_bytes<'a>(body: &Body<'_, 'a>, scope: ScopeId, node: Node<'a>) -> Option<Pattern> {
    let growth = growth(node)?;
    let name = body.text.brief(growth.target);
    let fix = format!("`{name} = bytearray()`, which grows in place with `+=`");
    at(
        body,
        scope,
        &growth,
        PatternKind::BytesConcatenation,
        Kind::Bytes,
        fix,
    )
}

/// `xs = xs + [x]`; `xs += [x]` is in place.
pub(super) fn of_list<'a>(body: &Body<'_, 'a>, scope: ScopeId, node: Node<'a>) -> Option<Pattern> {
    let growth = growth(node).filter(|it| !it.is_augmented)?;
    let name = body.text.brief(growth.target);
    let fix = if growth.is_in_front {
        format!("`{name}.append(…)` and at the end `{name}.reverse()`, or a `collections.deque`")
    } else {
        format!("`{name}.append(…)` or `{name}.extend(…)`, in place")
    };
    at(
        body,
        scope,
        &growth,
        PatternKind::ListConcatenation,
        Kind::List,
        fix,
    )
}

fn at<'a>(
    body: &Body<'_, 'a>,
    scope: ScopeId,
    growth: &Growth<'a>,
    kind: PatternKind,
    wanted: Kind,
    fix: String,
) -> Option<Pattern> {
    let proof = body.proof(scope, growth.target, &[wanted])?;
    let in_loop = body.stays(scope, growth.target, growth.place)?;
    Some(Pattern {
        variable: body.variable(scope, growth.target),
        proof,
        in_loop,
        ..body.found(kind, &growth.place, fix)
    })
}

fn growth(node: Node<'_>) -> Option<Growth<'_>> {
    match node {
        Node::Stmt(Stmt::AugAssign(assign)) if assign.op == Operator::Add => Some(Growth {
            target: &assign.target,
            place: assign.range(),
            is_augmented: true,
            is_in_front: false,
        }),
        Node::Stmt(Stmt::Assign(assign)) => {
            let ([target], Expr::BinOp(sum)) = (&assign.targets[..], &*assign.value) else {
                return None;
            };
            let is_in_front = is_same(target, &sum.right);
            let grows = sum.op == Operator::Add && (is_in_front || is_same(target, &sum.left));
            grows.then_some(Growth {
                target,
                place: sum.range(),
                is_augmented: false,
                is_in_front,
            })
        }
        _ => None,
    }
}

fn is_local<'a>(body: &Body<'_, 'a>, scope: ScopeId, target: &'a Expr) -> bool {
    matches!(Key::of(body.table, scope, target), Some(Key::Name(owner, _)) if owner == body.function)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_in, check_none};
    use crate::source::project::definition;

    #[test]
    fn texts_bytes_and_lists_that_are_copied_are_found() {
        check(
            "def f(xs):\n  s = ''\n  b = b''\n  l = []\n  for x in xs:\n    s += x\n    b += x\n    l = l + [x]\n",
            "TextConcatenation 6 s\nBytesConcatenation 7 b\nListConcatenation 8 l",
        );
        check(
            "def f(xs):\n  s = f''\n  for x in xs: s = x + s\n",
            "TextConcatenation 3 s",
        );
        check_in(
            "class C:\n  def __init__(self): self.text = ''\n  def write(self, x): self.text += x\n",
            "C.write",
            "TextConcatenation~ 3",
        );
    }

    #[test]
    fn a_local_text_grows_in_place_and_is_only_a_hint() {
        let decisive = |source: &str, name: &str| definition(source, name).patterns[0].is_decisive;
        assert!(!decisive(
            "def f(xs):\n  s = ''\n  for x in xs: s += x\n",
            "f"
        ));
        assert!(decisive(
            "def f(xs):\n  s = ''\n  for x in xs: s = x + s\n",
            "f"
        ));
        assert!(decisive(
            "class C:\n  text = ''\n  def f(self, xs):\n    for x in xs: self.text += x\n",
            "C.f"
        ));
    }

    #[test]
    fn numbers_lists_in_place_and_what_is_done_once_are_left() {
        check_none("def f(xs):\n  n = 0\n  l = []\n  for x in xs:\n    n += x\n    l += [x]\n");
        check_none("def f(xs):\n  s = ''\n  s += 'a'\n  return s\n");
        check_none("def f(xs):\n  for x in xs:\n    s = ''\n    s += x\n");
    }
}
