//! What a function returns, as far as its `return` statements tell.

use super::parse::{Expr, Stmt};
use super::scope::ScopeId;
use super::symbols::{Node, SymbolTable};
use std::collections::BTreeSet;

/// The names of the variables that it returns by themselves, sorted: what is in them at last is its result. None if it
/// also returns anything else but `None`.
pub(super) fn returned_variables(table: &SymbolTable<'_>, function: ScopeId) -> Vec<String> {
    let names = returned(table, function).map(|value| match value {
        Expr::Name(name) => Some(name.id.to_string()),
        _ => None,
    });
    let names: Option<BTreeSet<String>> = names.collect();
    names.into_iter().flatten().collect()
}

/// Whether any of its `return` statements gives something else than `None`.
pub(super) fn returns_value(table: &SymbolTable<'_>, function: ScopeId) -> bool {
    returned(table, function).next().is_some()
}

/// What its `return` statements give, those left out that give `None`.
fn returned<'t>(table: &'t SymbolTable<'_>, function: ScopeId) -> impl Iterator<Item = &'t Expr> {
    let own = table
        .all_code(function)
        .filter(move |(scope, _)| *scope == function);
    let values = own.filter_map(|(_, node)| match node {
        Node::Stmt(Stmt::Return(returned)) => returned.value.as_deref(),
        _ => None,
    });
    values.filter(|value| !matches!(value, Expr::NoneLiteral(_)))
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

    #[test]
    fn a_function_that_returns_nothing_but_none_gives_no_value() {
        let gives = |body: &str| definition(&format!("def f(x):\n{body}"), "f").returns_value;
        assert!(gives("  if x: return 1\n") && gives("  return x\n"));
        assert!(!gives("  x.append(1)\n") && !gives("  if x: return\n  return None\n"));
        assert!(!gives("  def g():\n    return x\n  g()\n"));
    }
}
