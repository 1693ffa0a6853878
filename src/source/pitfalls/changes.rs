//! What a function changes outside of itself: objects of its arguments, variables around it.

use crate::profile::Line;
use crate::source::mutation::mutations;
use crate::source::parse::{Expr, ast};
use crate::source::scope::ScopeId;
use crate::source::symbols::{Node, SymbolTable};
use crate::source::text::Text;
use crate::source::{Pitfall, PitfallKind};

/// The parameters whose objects are changed, each where that is done first.
pub(super) fn changed_arguments(
    table: &SymbolTable<'_>,
    text: Text<'_>,
    function: ScopeId,
) -> Vec<Pitfall> {
    let mutations = mutations(table, function).into_iter();
    mutations
        .map(|(name, place)| of_name(PitfallKind::ChangedArgument, text.line_at(place), name))
        .collect()
}

/// The variables around the function that it assigns, each as often as that is done.
pub(super) fn rebound_names(
    table: &SymbolTable<'_>,
    text: Text<'_>,
    function: ScopeId,
) -> Vec<Pitfall> {
    let symbols = table.of(function);
    let stores = table.own_code(function).filter_map(|(_, node)| match node {
        Node::Expr(Expr::Name(name)) if !matches!(name.ctx, ast::ExprContext::Load) => Some(name),
        _ => None,
    });
    let outside = stores.filter(|name| {
        let name = name.id.as_str();
        symbols.globals.contains(name) || symbols.nonlocals.contains(name)
    });
    outside
        .map(|name| {
            of_name(
                PitfallKind::ReboundName,
                text.line_of(name),
                name.id.as_str(),
            )
        })
        .collect()
}

fn of_name(kind: PitfallKind, line: Line, name: &str) -> Pitfall {
    Pitfall {
        kind,
        line,
        text: name.to_owned(),
        subject: None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::PitfallKind::{ChangedArgument, ReboundName};

    #[test]
    fn a_change_stands_where_it_is_made_first() {
        check(
            "def f(x, y):\n  z = x[0]\n  x.append(1)\n  z.a = 1\n  x.clear()\n  y += [1]\n",
            ChangedArgument,
            &["3 x", "6 y"],
        );
    }

    #[test]
    fn variables_around_it_are_assigned_where_they_are_declared() {
        check(
            "def f():\n  global a, b\n  c = 1\n  a += 1\n  b = a = 2\n",
            ReboundName,
            &["4 a", "5 b"],
        );
    }
}
