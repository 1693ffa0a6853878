//! Arguments that are handed back or stored, so that two names stand for one object.

use super::{View, method};
use crate::source::parse::{Expr, Stmt, ast};
use crate::source::symbols::Node;
use crate::source::{Pitfall, PitfallKind};

/// Methods that put their argument into an object.
const STORING: [&str; 9] = [
    "add",
    "append",
    "appendleft",
    "insert",
    "put",
    "put_nowait",
    "push",
    "setdefault",
    "heappush",
];

pub(super) fn kept_argument(view: &View<'_, '_>, node: Node<'_>) -> Vec<Pitfall> {
    match node {
        Node::Stmt(Stmt::Return(statement)) => {
            // A lambda's value is none of the function's, and it has no `return`.
            of_values(view, statement, statement.value.as_deref())
        }
        Node::Expr(Expr::Yield(given)) => of_values(view, given, given.value.as_deref()),
        Node::Stmt(Stmt::Assign(assign)) if assign.targets.iter().any(is_part) => {
            of_values(view, assign, Some(&assign.value))
        }
        Node::Expr(Expr::Call(call)) => {
            let stores = method(call).is_some_and(|(_, name)| STORING.contains(&name));
            let last = call.arguments.args.last();
            of_values(view, call, last.filter(|_| stores))
        }
        _ => Vec::new(),
    }
}

fn is_part(target: &Expr) -> bool {
    target.is_attribute_expr() || target.is_subscript_expr()
}

/// The parameters that a value is, or that are parts of a tuple or list.
fn of_values(
    view: &View<'_, '_>,
    at: &impl crate::source::parse::Ranged,
    value: Option<&Expr>,
) -> Vec<Pitfall> {
    let values: Vec<&Expr> = match value {
        Some(Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. })) => {
            elts.iter().collect()
        }
        value => value.into_iter().collect(),
    };
    let values = values.into_iter();
    values
        .filter_map(|value| view.of_parameter(PitfallKind::KeptArgument, at, value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::PitfallKind::KeptArgument;

    #[test]
    fn an_argument_that_is_returned_or_stored_is_kept() {
        check(
            "def f(x, y, z):\n  x.a = y\n  x.list.append((y, 1))\n  if y: return x\n  yield z\n",
            KeptArgument,
            &[
                "2 x.a = y [y]",
                "3 x.list.append((y, 1)) [y]",
                "4 return x [x]",
                "5 yield z [z]",
            ],
        );
    }

    #[test]
    fn what_is_made_of_an_argument_is_something_else() {
        check(
            "def f(x, y):\n  z = y\n  x.a = y + 1\n  x.b(y)\n  g(lambda y: y)\n  return x[0], list(x)\n",
            KeptArgument,
            &[],
        );
    }
}
