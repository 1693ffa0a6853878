//! Integers that grow beyond 64 bit, where Rust's wrap or panic.

use super::View;
use crate::source::parse::ast::{Number, Operator};
use crate::source::parse::{Expr, Ranged, Stmt, ast};
use crate::source::symbols::Node;
use crate::source::{Pitfall, PitfallKind};

const KIND: PitfallKind = PitfallKind::GrowingInt;

/// Functions whose results grow fast.
const GROWING: [&str; 5] = [
    "math.comb",
    "math.factorial",
    "math.lcm",
    "math.perm",
    "math.prod",
];

pub(super) fn growing_int(view: &View<'_, '_>, node: Node<'_>) -> Option<Pitfall> {
    match node {
        Node::Expr(Expr::NumberLiteral(literal)) => match &literal.value {
            Number::Int(int) if int.as_i64().is_none() => Some(view.pitfall(KIND, literal)),
            _ => None,
        },
        Node::Expr(Expr::BinOp(operation)) => of_operation(view, operation),
        Node::Expr(Expr::Call(call)) => of_call(view, call),
        Node::Stmt(Stmt::AugAssign(assign)) => {
            let grows = matches!(assign.op, Operator::LShift)
                || (assign.op == Operator::Pow && !is_literal(&assign.value));
            grows.then(|| or_of_parameter(view, assign, &assign.target))
        }
        _ => None,
    }
}

fn of_operation(view: &View<'_, '_>, operation: &ast::ExprBinOp) -> Option<Pitfall> {
    let (base, by) = (&*operation.left, &*operation.right);
    match operation.op {
        Operator::LShift if !(is_literal(base) && is_literal(by)) => {
            let is_masked = view.harmless.contains(operation);
            (!is_masked).then(|| or_of_parameter(view, operation, base))
        }
        // `r ** 2` is a float's as often as not: it takes a parameter to tell.
        Operator::Pow if is_literal(by) => view
            .of_parameter(KIND, operation, base)
            .filter(|_| is_whole(by)),
        Operator::Pow if !is_literal(base) || is_whole(base) => {
            Some(or_of_parameter(view, operation, base))
        }
        _ => None,
    }
}

fn of_call(view: &View<'_, '_>, call: &ast::ExprCall) -> Option<Pitfall> {
    let grows = view.builtin(call) == Some("pow") && call.arguments.len() == 2
        || view
            .imported(call)
            .is_some_and(|name| GROWING.contains(&name.as_str()));
    grows.then(|| view.pitfall(KIND, call))
}

fn or_of_parameter(view: &View<'_, '_>, at: &impl Ranged, base: &Expr) -> Pitfall {
    let of_parameter = view.of_parameter(KIND, at, base);
    of_parameter.unwrap_or_else(|| view.pitfall(KIND, at))
}

fn is_literal(expression: &Expr) -> bool {
    match expression {
        Expr::UnaryOp(operation) => is_literal(&operation.operand),
        expression => expression.is_number_literal_expr(),
    }
}

fn is_whole(expression: &Expr) -> bool {
    let Expr::NumberLiteral(literal) = expression else {
        return false;
    };
    literal.value.is_int()
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::KIND;

    #[test]
    fn shifts_and_powers_grow_unless_they_are_bounded() {
        check("def f(n, k):\n  return n << k\n", KIND, &["2 n << k [n]"]);
        check(
            "def f(n):\n  n <<= 3\n  return 2 ** n\n",
            KIND,
            &["2 n <<= 3 [n]", "3 2 ** n"],
        );
        check("def f(n): return (n << 3) & 0xff, 1 << 4\n", KIND, &[]);
        check("def f(n): return n ** -1, n ** 0.5, 2.0 ** n\n", KIND, &[]);
    }

    #[test]
    fn a_power_by_a_literal_is_told_by_the_type_of_its_parameter() {
        check(
            "def f(n):\n  m = g()\n  return n ** 3 + m ** 3\n",
            KIND,
            &["3 n ** 3 [n]"],
        );
    }

    #[test]
    fn literals_beyond_64_bit_and_factorials_are_large() {
        check(
            "import math\ndef f(n):\n  x = 9223372036854775807\n  y = 0x8000000000000000\n  return math.factorial(n)\n",
            KIND,
            &["4 0x8000000000000000", "5 math.factorial(n)"],
        );
        check("def f(n): return pow(n, 3, 7)\n", KIND, &[]);
    }
}
