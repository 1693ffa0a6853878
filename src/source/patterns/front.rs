//! Taking from and putting to the front of a list: all that follows moves.

use super::super::parse::{Expr, Ranged, Stmt};
use super::super::scope::ScopeId;
use super::super::symbols::Node;
use super::body::Body;
use super::kinds::Kind;
use super::pattern::{Pattern, PatternKind};

/// `xs.pop(0)`, `xs.insert(0, x)`, `del xs[0]`.
pub(super) fn find<'a>(body: &Body<'_, 'a>, scope: ScopeId, node: Node<'a>) -> Option<Pattern> {
    match node {
        Node::Expr(Expr::Call(call)) => {
            let Expr::Attribute(method) = &*call.func else {
                return None;
            };
            let instead = match (method.attr.as_str(), &*call.arguments.args) {
                ("pop", [place]) if is_zero(place) => "popleft()",
                ("insert", [place, _]) if is_zero(place) => "appendleft(…)",
                _ => return None,
            };
            let by_keyword = !call.arguments.keywords.is_empty();
            at(body, scope, &method.value, call, instead).filter(|_| !by_keyword)
        }
        Node::Stmt(Stmt::Delete(delete)) => match &delete.targets[..] {
            [Expr::Subscript(item)] if is_zero(&item.slice) => {
                at(body, scope, &item.value, item, "popleft()")
            }
            _ => None,
        },
        _ => None,
    }
}

fn at<'a>(
    body: &Body<'_, 'a>,
    scope: ScopeId,
    list: &'a Expr,
    place: &impl Ranged,
    instead: &str,
) -> Option<Pattern> {
    let proof = body.proof(scope, list, &[Kind::List])?;
    let in_loop = body.stays(scope, list, place.range())?;
    let name = body.text.brief(list);
    let fix = format!(
        "`{name} = collections.deque({name})`, and `{name}.{instead}`, which moves nothing"
    );
    Some(Pattern {
        variable: body.variable(scope, list),
        proof,
        in_loop,
        ..body.found(PatternKind::FrontOfList, place, fix)
    })
}

fn is_zero(expression: &Expr) -> bool {
    super::slice::integer(expression) == Some(0)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_none};

    #[test]
    fn taking_and_putting_in_front_are_found() {
        check(
            "def f(xs):\n  queue = [1]\n  while queue:\n    x = queue.pop(0)\n    queue.insert(0, x)\n    del queue[0]\n",
            "FrontOfList 4 queue\nFrontOfList 5 queue\nFrontOfList 6 queue",
        );
        check(
            "def f(queue):\n  while queue: queue.pop(0)\n",
            "FrontOfList? 2 queue",
        );
    }

    #[test]
    fn deques_dicts_the_end_and_what_is_done_once_are_left() {
        check_none(
            "from collections import deque\ndef f(xs):\n  q = deque(xs)\n  while q: q.pop(0)\n",
        );
        check_none("def f(xs):\n  d = {}\n  while xs: d.pop(0)\n");
        check_none("def f(xs):\n  q = list(xs)\n  while q: q.pop()\n  q.pop(0)\n");
        check_none(
            "def f(lines):\n  for line in lines:\n    words = line.split()\n    words.pop(0)\n",
        );
    }
}
