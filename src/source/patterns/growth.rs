//! Arrays and tables that grow by a copy of all at each turn.

use super::super::parse::{Expr, Stmt};
use super::super::scope::ScopeId;
use super::super::symbols::Node;
use super::body::{Body, is_same};
use super::kinds::imported;
use super::pattern::{Extent, Pattern, PatternKind};

/// Functions that put arrays or tables together.
const JOINS: [&str; 6] = [
    "numpy.append",
    "numpy.concatenate",
    "numpy.hstack",
    "numpy.vstack",
    "pandas.concat",
    "polars.concat",
];

/// `df = pd.concat([df, more])`, `a = np.append(a, x)` in a loop.
pub(super) fn find<'a>(body: &Body<'_, 'a>, scope: ScopeId, node: Node<'a>) -> Option<Pattern> {
    let Node::Stmt(Stmt::Assign(assign)) = node else {
        return None;
    };
    let ([target], Expr::Call(call)) = (&assign.targets[..], &*assign.value) else {
        return None;
    };
    let name = imported(body.table, scope, &call.func)?;
    if !JOINS.contains(&&*name) {
        return None;
    }
    let first = call.arguments.args.first()?;
    let parts = match first {
        Expr::List(list) => &list.elts[..],
        Expr::Tuple(tuple) => &tuple.elts[..],
        one => std::slice::from_ref(one),
    };
    if !parts.iter().any(|part| is_same(part, target)) {
        return None;
    }
    body.innermost(assign.range)?;
    let written = body.text.brief(target);
    let called = body.text.brief(&*call.func);
    let joined = if name == "numpy.append" {
        format!("once `{written} = np.array(parts)`")
    } else {
        format!("once `{written} = {called}(parts)`")
    };
    Some(Pattern {
        extent: Extent::Throughout,
        ..body.found(
            PatternKind::GrowingArray,
            call,
            format!("`parts.append(…)` at each turn, and {joined}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_none};

    #[test]
    fn arrays_and_tables_that_are_copied_to_grow_are_found() {
        check(
            "import numpy as np, pandas as pd\ndef f(xs, a, t):\n  for x in xs:\n    a = np.append(a, x)\n    t = pd.concat([t, x])\n",
            "GrowingArray 4\nGrowingArray 5",
        );
    }

    #[test]
    fn what_is_joined_once_is_left() {
        check_none("import numpy as np\ndef f(a, x):\n  a = np.append(a, x)\n");
        check_none("import numpy as np\ndef f(a, xs):\n  for x in xs:\n    b = np.append(a, x)\n");
    }
}
