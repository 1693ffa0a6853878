//! Parameters that a function assigns: such a name may stand for something else than what was passed.

use super::parse::{Expr, ast};
use super::scope::ScopeId;
use super::symbols::{Node, SymbolTable};
use std::collections::BTreeSet;

/// The parameters that the body assigns, sorted: by `=`, `+=`, `:=`, `for` or `with`, also in a function inside
/// that declares them `nonlocal`.
pub(super) fn assigned_parameters(table: &SymbolTable<'_>, function: ScopeId) -> Vec<String> {
    let mut assigned = BTreeSet::new();
    for (scope, node) in table.all_code(function) {
        if let Node::Expr(Expr::Name(name)) = node
            && matches!(name.ctx, ast::ExprContext::Store)
            && table.is_parameter(scope, name.id.as_str(), function)
        {
            assigned.insert(name.id.as_str());
        }
    }
    assigned.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use crate::source::project::definition;

    #[track_caller]
    fn check(body: &str, expected: &[&str]) {
        let source = format!("def f(x, y, *args, z=None):\n  {body}\n");
        let found = definition(&source, "f").assigned_parameters;
        assert_eq!(found, expected, "{body}");
    }

    #[test]
    fn every_way_to_assign_a_parameter_counts() {
        check("x = list(x)", &["x"]);
        check("z += 1; x, (y, _) = y, (x, z)", &["x", "y", "z"]);
        check("for x in y: pass", &["x"]);
        check("with y as args: pass", &["args"]);
        check("[x := 1 for _ in y]", &["x"]);
        check("def g():\n    nonlocal x\n    x = 1", &["x"]);
    }

    #[test]
    fn a_change_in_place_and_another_name_do_not() {
        check("x[0] = 1; x.a = 2; del y; u = x", &[]);
        check("[x for x in y]", &[]);
        check("def g(x): x = 1", &[]);
    }
}
