//! The variables that a function returns by themselves: what is in them at last is its result.

use super::parse::{Expr, Stmt};
use super::scope::ScopeId;
use super::symbols::{Node, SymbolTable};
use std::collections::BTreeSet;

/// The names of them, sorted; none if it also returns anything else but `None`.
pub(super) fn returned_variables(table: &SymbolTable<'_>, function: ScopeId) -> Vec<String> {
    let own = table
        .all_code(function)
        .filter(|(scope, _)| *scope == function);
    let mut names = BTreeSet::new();
    for (_, node) in own {
        let Node::Stmt(Stmt::Return(returned)) = node else {
            continue;
        };
        match returned.value.as_deref() {
            Some(Expr::Name(name)) => drop(names.insert(name.id.as_str())),
            None | Some(Expr::NoneLiteral(_)) => {}
            Some(_) => return Vec::new(),
        }
    }
    names.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use crate::source::project::definition;

    #[track_caller]
    fn check(body: &str, expected: &[&str]) {
        let source = format!("def f(x):\n{body}");
        assert_eq!(definition(&source, "f").returned_variables, expected);
    }

    #[test]
    fn a_result_that_is_a_variable_is_known_by_its_name() {
        check("  if x:\n    return\n  y = [x]\n  return y\n", &["y"]);
        check("  if x: return x\n  y = 1\n  return y\n", &["x", "y"]);
        check("  y = 1\n  return y + 1\n", &[]);
        check("  def g():\n    return x\n  return g\n", &["g"]);
        check("  pass\n", &[]);
    }
}
