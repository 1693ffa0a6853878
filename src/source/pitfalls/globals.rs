//! Variables of a module that are no constants.

use super::View;
use crate::source::parse::{Expr, Ranged, Stmt, TextSize, ast};
use crate::source::scope::ScopeId;
use crate::source::symbols::{Meaning, Node, SymbolTable};
use crate::source::{Pitfall, PitfallKind};
use std::collections::BTreeMap;

/// The variables of a module.
pub(in crate::source) struct Globals<'a>(BTreeMap<&'a str, Assigned>);

/// What is assigned to a variable.
#[derive(Default)]
struct Assigned {
    times: usize,
    constants: usize,
}

impl<'a> Globals<'a> {
    pub(in crate::source) fn of(table: &SymbolTable<'a>) -> Self {
        let mut globals = Self(BTreeMap::new());
        // A statement stands before its targets.
        let mut constants: BTreeMap<TextSize, bool> = BTreeMap::new();
        for &(scope, node) in &table.code {
            match node {
                Node::Stmt(Stmt::Assign(assign)) => {
                    for target in &assign.targets {
                        constants.insert(target.start(), is_constant(target, &assign.value));
                    }
                }
                Node::Stmt(Stmt::AnnAssign(assign)) => {
                    let value = assign.value.as_deref();
                    let is_constant = value.is_some_and(|it| is_constant(&assign.target, it));
                    constants.insert(assign.target.start(), is_constant);
                }
                Node::Expr(Expr::Name(name))
                    if !matches!(name.ctx, ast::ExprContext::Load)
                        && table.owner(scope, name.id.as_str()) == Some(ScopeId::MODULE) =>
                {
                    let assigned = globals.0.entry(name.id.as_str()).or_default();
                    assigned.times += 1;
                    let is_constant = constants.get(&name.start()) == Some(&true);
                    assigned.constants += usize::from(is_constant);
                }
                _ => {}
            }
        }
        globals
    }

    /// The read of a variable that is no constant.
    pub(super) fn read(&self, view: &View<'_, '_>, node: Node<'_>) -> Option<Pitfall> {
        let Node::Expr(Expr::Name(name)) = node else {
            return None;
        };
        let text = name.id.as_str();
        let is_read = matches!(name.ctx, ast::ExprContext::Load)
            && self.may_change(text)
            && view.table.owner(view.scope, text) == Some(ScopeId::MODULE)
            && view.table.meaning(view.scope, text) == Some(&Meaning::Value);
        is_read.then(|| view.named(PitfallKind::GlobalVariable, name.start(), text.to_owned()))
    }

    fn may_change(&self, name: &str) -> bool {
        let assigned = self.0.get(name);
        assigned.is_some_and(|it| it.times != 1 || it.constants != 1)
    }
}

/// Whether a value never changes: by its looks, or by convention where the name is in capitals.
fn is_constant(target: &Expr, value: &Expr) -> bool {
    let is_constant = |value: &Expr| is_constant(target, value);
    match value {
        Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::BytesLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::NoneLiteral(_) => true,
        Expr::UnaryOp(operation) => is_constant(&operation.operand),
        Expr::BinOp(operation) => is_constant(&operation.left) && is_constant(&operation.right),
        Expr::Tuple(tuple) => tuple.elts.iter().all(is_constant),
        Expr::List(_)
        | Expr::Dict(_)
        | Expr::Set(_)
        | Expr::ListComp(_)
        | Expr::DictComp(_)
        | Expr::SetComp(_) => false,
        _ => target.as_name_expr().is_some_and(|name| {
            let name = name.id.as_str();
            name.to_uppercase() == name
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::PitfallKind::GlobalVariable;

    #[test]
    fn what_is_mutable_or_assigned_again_is_a_variable() {
        check(
            "RATES = {1: 2}\nlimit = 3\nlimit = 4\nmode = g()\ndef h():\n  global calls\n  calls += 1\ncalls = 0\ndef f():\n  return RATES, limit, mode, calls, RATES\n",
            GlobalVariable,
            &["10 RATES", "10 limit", "10 mode", "10 calls"],
        );
    }

    #[test]
    fn constants_modules_and_functions_are_none() {
        check(
            "import m\nMINUTE = 60\nday: int = 24 * MINUTE\nPATTERN = m.compile('x')\nnames = ('a', -1)\ndef g(): ...\ndef f(limit):\n  MINUTE2 = 1\n  return MINUTE, PATTERN, names, g, m, limit, MINUTE2\n",
            GlobalVariable,
            &[],
        );
    }
}
