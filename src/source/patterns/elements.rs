//! Loops over the elements of `NumPy` arrays in which no turn needs another: one expression over whole arrays.

use super::super::calls::builtin;
use super::super::parse::{Expr, Stmt, ast};
use super::super::scope::ScopeId;
use super::super::symbols::Node;
use super::body::{Body, is_same};
use super::kinds::{Kind, imported};
use super::pattern::{Extent, Pattern, PatternKind};

/// `for i in range(n): total += a[i] * b[i]`, `for i in range(n): out[i] = 2 * a[i]`.
pub(super) fn find<'a>(body: &Body<'_, 'a>, scope: ScopeId, node: Node<'a>) -> Option<Pattern> {
    let Node::Stmt(Stmt::For(it)) = node else {
        return None;
    };
    let (Expr::Name(index), Expr::Call(range)) = (&*it.target, &*it.iter) else {
        return None;
    };
    if builtin(body.table, scope, &range.func) != Some("range") {
        return None;
    }
    let mut turn = Turn {
        body,
        scope,
        index: index.id.as_str(),
        written: it.body.iter().filter_map(target).collect(),
        read: Vec::new(),
    };
    if !it.body.iter().all(|statement| turn.is_apart(statement)) {
        return None;
    }
    let arrays = turn.read.iter().filter_map(|&array| {
        let proof = body.proof(scope, array, &[Kind::Array])?;
        Some((array, proof))
    });
    let (array, proof) = arrays.min_by_key(|(_, proof)| *proof == super::Proof::Values)?;
    let fix = "whole arrays in one expression, as `(a * b).sum()` or `out[:] = 2 * a`".to_owned();
    Some(Pattern {
        variable: body.variable(scope, array),
        text: format!("for {} in {}", turn.index, body.text.brief(&*it.iter)),
        proof,
        in_loop: true,
        extent: Extent::Throughout,
        ..body.found(PatternKind::ElementLoop, it, fix)
    })
}

/// A turn of such a loop.
struct Turn<'b, 't, 'a> {
    body: &'b Body<'t, 'a>,
    scope: ScopeId,
    index: &'a str,
    written: Vec<&'a Expr>,
    /// What is read at the loop's index.
    read: Vec<&'a Expr>,
}

impl<'a> Turn<'_, '_, 'a> {
    /// Whether a statement needs nothing of other turns but a sum.
    fn is_apart(&mut self, statement: &'a Stmt) -> bool {
        match statement {
            Stmt::Assign(assign) => match &assign.targets[..] {
                [Expr::Subscript(item)] => self.has_index(item) && self.is_of_turn(&assign.value),
                _ => false,
            },
            Stmt::AugAssign(assign) => match &*assign.target {
                Expr::Subscript(item) => self.has_index(item) && self.is_of_turn(&assign.value),
                Expr::Name(_) => self.is_of_turn(&assign.value),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether an expression is made of elements at the index, and of what stays.
    fn is_of_turn(&mut self, expression: &'a Expr) -> bool {
        match expression {
            Expr::NumberLiteral(_) => true,
            // The index itself would be an `arange`.
            Expr::Name(name) => {
                let is_written = self.written.iter().any(|it| is_same(it, expression));
                name.id.as_str() != self.index && !is_written
            }
            Expr::BinOp(it) => self.is_of_turn(&it.left) && self.is_of_turn(&it.right),
            Expr::UnaryOp(it) => self.is_of_turn(&it.operand),
            Expr::Subscript(item) => {
                let is_written = |it: &&Expr| match it {
                    Expr::Subscript(other) => is_same(&other.value, &item.value),
                    _ => false,
                };
                if !self.has_index(item) || self.written.iter().any(is_written) {
                    return false;
                }
                self.read.push(&item.value);
                true
            }
            Expr::Call(call) => {
                let name = builtin(self.body.table, self.scope, &call.func);
                let module = imported(self.body.table, self.scope, &call.func);
                let is_known = name == Some("abs")
                    || module.is_some_and(|it| it.starts_with("math.") || it.starts_with("numpy."));
                is_known
                    && call.arguments.keywords.is_empty()
                    && call.arguments.args.iter().all(|it| self.is_of_turn(it))
            }
            _ => false,
        }
    }

    /// `a[i]`, `a[i, j]`, `a[j, i]`: plain names, the loop's among them.
    fn has_index(&self, item: &ast::ExprSubscript) -> bool {
        let places = match &*item.slice {
            Expr::Tuple(tuple) => &tuple.elts[..],
            one => std::slice::from_ref(one),
        };
        let name = |it: &Expr| match it {
            Expr::Name(name) => Some(name.id.as_str() == self.index),
            _ => None,
        };
        let names: Option<Vec<bool>> = places.iter().map(name).collect();
        item.value.is_name_expr() && names.is_some_and(|it| it.contains(&true))
    }
}

fn target(statement: &Stmt) -> Option<&Expr> {
    match statement {
        Stmt::Assign(assign) => assign.targets.first(),
        Stmt::AugAssign(assign) => Some(&assign.target),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_none};

    #[test]
    fn sums_and_maps_of_arrays_are_found() {
        check(
            "def f(a, b):\n  t = 0\n  for i in range(9):\n    t += a[i] * abs(b[i])\n",
            "ElementLoop? 3 a",
        );
        check(
            "import numpy as np\ndef f(a, n):\n  out = np.zeros(n)\n  b = np.ones(n)\n  for i in range(n):\n    for j in range(n):\n      out[i, j] = a[i, j] + 2 * b[j]\n",
            "ElementLoop 6 b",
        );
    }

    #[test]
    fn turns_that_need_others_are_left() {
        check_none("def f(a, b):\n  for i in range(9):\n    a[i] = a[i - 1] + b[i]\n");
        check_none("def f(a, b):\n  for i in range(9):\n    a[i] = a[i] + b[i + 1]\n");
        check_none("def f(a, b):\n  t = 0\n  for i in range(9):\n    t += a[i] * t\n");
        check_none("def f(a):\n  for i in range(9):\n    if a[i]: break\n");
        check_none("def f(a, b):\n  t = 0\n  for k in b: t += a[k]\n");
        check_none("def f(a):\n  xs = [1]\n  t = 0\n  for i in range(9): t += xs[i]\n");
    }
}
