//! Functions and lambdas inside of a function that use its variables.

use crate::source::parse::Expr;
use crate::source::scope::{ScopeId, ScopeKind};
use crate::source::symbols::{Meaning, Node, SymbolTable};
use crate::source::{Pitfall, PitfallKind};
use std::collections::BTreeSet;

/// The closures that a function makes itself, each with the variables that it takes along.
pub(super) fn closures(table: &SymbolTable<'_>, function: ScopeId) -> Vec<Pitfall> {
    let inside = table.scopes.ids().skip(function.0 + 1);
    inside
        .take_while(|&id| table.scopes.outward(id).any(|around| around == function))
        .filter(|&id| is_own(table, function, id))
        .filter_map(|id| {
            let scope = table.scopes.get(id);
            let used = used(table, function, id);
            (!used.is_empty()).then(|| Pitfall {
                kind: PitfallKind::Closure,
                line: scope.def_line,
                text: format!("{} uses {}", scope.name, used.join(", ")),
                subject: None,
            })
        })
        .collect()
}

/// Whether the function makes it, rather than something that is defined in it.
fn is_own(table: &SymbolTable<'_>, function: ScopeId, id: ScopeId) -> bool {
    let is_code = |id: &ScopeId| {
        let kind = table.scopes.get(*id).kind;
        matches!(kind, ScopeKind::Function | ScopeKind::Lambda)
    };
    is_code(&id) && table.scopes.outward(id).skip(1).find(is_code) == Some(function)
}

fn used<'a>(table: &SymbolTable<'a>, function: ScopeId, id: ScopeId) -> Vec<&'a str> {
    let names = table.all_code(id).filter_map(|(scope, node)| {
        let Node::Expr(Expr::Name(name)) = node else {
            return None;
        };
        let name = name.id.as_str();
        let is_variable = table.meaning(scope, name) == Some(&Meaning::Value);
        (is_variable && table.owner(scope, name) == Some(function)).then_some(name)
    });
    names.collect::<BTreeSet<_>>().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::PitfallKind::Closure;

    #[test]
    fn a_function_that_uses_variables_around_it_is_a_closure() {
        check(
            "def f(n, xs):\n  def step(x): return x * n + len(xs)\n  return sorted(xs, key=lambda x: -n)\n",
            Closure,
            &["2 step uses n, xs", "3 <lambda> uses n"],
        );
    }

    #[test]
    fn one_that_uses_only_its_own_is_none() {
        check(
            "import m\nG = 1\ndef f(n):\n  def h(): return 1\n  def step(x): return x + G + m.y + h()\n  return [i for i in n]\n",
            Closure,
            &[],
        );
    }
}
