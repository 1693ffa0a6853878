//! Items of sets and dictionaries that are taken in their order.

use super::{View, method};
use crate::source::parse::{Expr, Ranged, Stmt, ast};
use crate::source::symbols::Node;
use crate::source::{Pitfall, PitfallKind};

const KIND: PitfallKind = PitfallKind::ItemOrder;

pub(super) fn item_order(view: &View<'_, '_>, node: Node<'_>) -> Vec<Pitfall> {
    let ordered = match node {
        Node::Stmt(Stmt::For(statement)) => vec![&*statement.iter],
        Node::Expr(Expr::ListComp(it)) => it.generators.iter().map(|it| &it.iter).collect(),
        Node::Expr(Expr::DictComp(it)) => it.generators.iter().map(|it| &it.iter).collect(),
        Node::Expr(Expr::Generator(it)) => it.generators.iter().map(|it| &it.iter).collect(),
        Node::Expr(Expr::Call(call)) => {
            if method(call).is_some_and(|(_, name)| name == "popitem") {
                return vec![view.pitfall(KIND, call)];
            }
            let takes_in_order = takes_in_order(view, call);
            let arguments = call.arguments.args.iter();
            arguments.filter(|_| takes_in_order).collect()
        }
        _ => Vec::new(),
    };
    let ordered = ordered.into_iter();
    let harmful = ordered.filter(|items| !view.harmless.contains(*items));
    harmful.filter_map(|items| of_items(view, items)).collect()
}

/// Whether a call goes through its arguments in their order, so that this shows in the result.
fn takes_in_order(view: &View<'_, '_>, call: &ast::ExprCall) -> bool {
    match view.builtin(call) {
        Some("list" | "tuple" | "iter" | "next" | "enumerate" | "zip" | "map" | "filter") => true,
        // Of items with equal keys the first one wins.
        Some("max" | "min" | "sorted") => call.arguments.find_keyword("key").is_some(),
        _ => method(call).is_some_and(|(_, name)| name == "join"),
    }
}

fn of_items(view: &View<'_, '_>, items: &Expr) -> Option<Pitfall> {
    match items {
        Expr::Set(_) | Expr::SetComp(_) => Some(view.pitfall(KIND, items)),
        Expr::Call(call) => {
            let makes_set = matches!(view.builtin(call), Some("set" | "frozenset"));
            let of_dict =
                method(call).is_some_and(|(_, name)| matches!(name, "items" | "keys" | "values"));
            (makes_set || of_dict).then(|| view.pitfall(KIND, items))
        }
        Expr::Name(name) => view.of_parameter(KIND, items, items).or_else(|| {
            let is_set = view.is_set(name.id.as_str());
            is_set.then(|| view.named(KIND, items.start(), name.id.to_string()))
        }),
        _ => None,
    }
}

impl View<'_, '_> {
    /// Whether all that the function assigns to a name are sets.
    fn is_set(&self, name: &str) -> bool {
        let mut values = (self.table.own_code(self.function)).filter_map(|(_, node)| match node {
            Node::Stmt(Stmt::Assign(assign)) => {
                let is_it =
                    |target: &Expr| matches!(target, Expr::Name(it) if it.id.as_str() == name);
                assign.targets.iter().any(is_it).then_some(&*assign.value)
            }
            _ => None,
        });
        let is_set = |value: &Expr| match value {
            Expr::Set(_) | Expr::SetComp(_) => true,
            Expr::Call(call) => matches!(self.builtin(call), Some("set" | "frozenset")),
            _ => false,
        };
        values.next().is_some_and(is_set) && values.all(is_set)
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::KIND;

    #[test]
    fn going_through_a_set_or_the_items_of_a_dict_takes_their_order() {
        check(
            "def f(x):\n  seen = set()\n  for a in {1, 2}: pass\n  [b for b in x.y.items()]\n  for c in seen: pass\n  list(set(g()))\n  x.y.popitem()\n",
            KIND,
            &[
                "3 {1, 2}",
                "4 x.y.items()",
                "5 seen",
                "6 set(g())",
                "7 x.y.popitem()",
            ],
        );
    }

    #[test]
    fn a_parameter_is_one_by_its_type() {
        check("def f(x):\n  for a in x: pass\n", KIND, &["2 x [x]"]);
    }

    #[test]
    fn with_a_key_the_first_of_equals_wins() {
        check(
            "def f(x):\n  y = set()\n  return max(y, key=len), sorted(y), min(x.items(), key=g)\n",
            KIND,
            &["3 y", "3 x.items()"],
        );
    }

    #[test]
    fn where_any_order_does_there_is_no_pitfall() {
        check(
            "def f(x):\n  y = set()\n  z = [1]\n  for a in sorted(y): pass\n  for b in z: pass\n  return sum(x.y.values()), max(v for v in x.y.values()), {k for k in y}, 3 in y\n",
            KIND,
            &[],
        );
    }
}
