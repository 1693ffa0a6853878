//! Slices that copy all that is left, to be cut again.

use super::super::parse::{Expr, Ranged, Stmt, ast};
use super::super::scope::ScopeId;
use super::super::symbols::{Meaning, Node, path};
use super::body::{Body, is_same};
use super::kinds::Kind;
use super::pattern::{Pattern, PatternKind};

/// What a slice copies; of an array it is a view.
const COPIED: [Kind; 4] = [Kind::List, Kind::Str, Kind::Bytes, Kind::Tuple];

/// `xs = xs[1:]` in a loop, `f(xs[1:])` in `f`.
pub(super) fn find<'a>(body: &Body<'_, 'a>, scope: ScopeId, node: Node<'a>) -> Option<Pattern> {
    match node {
        Node::Stmt(Stmt::Assign(assign)) => {
            let ([target], Expr::Subscript(item)) = (&assign.targets[..], &*assign.value) else {
                return None;
            };
            if !is_same(target, &item.value) || !cuts_an_end(item) {
                return None;
            }
            let in_loop = body.stays(scope, target, assign.range())?;
            in_loop.then(|| at(body, scope, item))?
        }
        Node::Expr(Expr::Call(call)) if calls_itself(body, scope, call) => {
            let is_passed_on = |argument: &'a Expr| match argument {
                Expr::Subscript(item) if cuts_an_end(item) => {
                    let Expr::Name(name) = &*item.value else {
                        return None;
                    };
                    let is_parameter =
                        body.table
                            .is_parameter(scope, name.id.as_str(), body.function);
                    is_parameter.then_some(item)
                }
                _ => None,
            };
            let item = call.arguments.args.iter().find_map(is_passed_on)?;
            at(body, scope, item)
        }
        _ => None,
    }
}

fn at<'a>(body: &Body<'_, 'a>, scope: ScopeId, item: &'a ast::ExprSubscript) -> Option<Pattern> {
    let proof = body.proof(scope, &item.value, &COPIED)?;
    let name = body.text.brief(&*item.value);
    let fix = format!("an index into `{name}` that moves, in place of a copy of the rest");
    Some(Pattern {
        variable: body.variable(scope, &item.value),
        proof,
        // Recursion repeats it too.
        in_loop: true,
        ..body.found(PatternKind::SliceCopy, item, fix)
    })
}

/// `[1:]`, `[:-1]`, `[n:]`: halves, as a merge sort takes them, are another matter.
fn cuts_an_end(item: &ast::ExprSubscript) -> bool {
    let Expr::Slice(slice) = &*item.slice else {
        return false;
    };
    let bound = |it: &Option<Box<Expr>>| it.as_deref().map(integer);
    match (bound(&slice.lower), bound(&slice.upper), &slice.step) {
        (Some(Some(lower)), None, None) => lower > 0,
        (None, Some(Some(upper)), None) => upper < 0,
        _ => false,
    }
}

/// The value of an integer literal, with its sign.
pub(super) fn integer(expression: &Expr) -> Option<i64> {
    match expression {
        Expr::NumberLiteral(literal) => match &literal.value {
            ast::Number::Int(value) => value.as_i64(),
            _ => None,
        },
        Expr::UnaryOp(it) if it.op == ast::UnaryOp::USub => integer(&it.operand)?.checked_neg(),
        _ => None,
    }
}

/// Whether a call in the function calls the function: by its name, or `self.name`.
pub(super) fn calls_itself<'a>(
    body: &Body<'_, 'a>,
    scope: ScopeId,
    call: &'a ast::ExprCall,
) -> bool {
    let Some((name, attributes)) = path(&call.func) else {
        return false;
    };
    let own = Some(&Meaning::Definition(body.function));
    match attributes[..] {
        [] => body.table.meaning(scope, name) == own,
        [attribute] => {
            let method = body.table.method_of_receiver(scope, name);
            let class = method.and_then(|method| body.table.scopes.get(method).parent);
            class.is_some_and(|class| body.table.of(class).meanings.get(attribute) == own)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_none};

    #[test]
    fn rests_that_are_copied_are_found() {
        check(
            "def f(s: str):\n  while s:\n    s = s[1:]\n",
            "SliceCopy 3 s",
        );
        check(
            "def f(xs: list):\n  return 1 + f(xs[1:]) if xs else 0\n",
            "SliceCopy 2 xs",
        );
        check("def f(xs):\n  while xs: xs = xs[:-1]\n", "SliceCopy? 2 xs");
    }

    #[test]
    fn halves_arrays_and_what_is_done_once_are_left() {
        check_none("def f(xs: list):\n  m = len(xs) // 2\n  return f(xs[:m]) + f(xs[m:])\n");
        check_none("import numpy as np\ndef f(n):\n  a = np.zeros(n)\n  while len(a): a = a[1:]\n");
        check_none("def f(s: str):\n  s = s[1:]\n  return s\n");
        check_none("def f(s: str):\n  return g(s[1:])\n");
    }
}
