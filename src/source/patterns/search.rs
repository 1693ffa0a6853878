//! `xs.index(x)`, `xs.count(x)` and `xs.remove(x)` of a list that stays: each looks from the start.

use super::super::parse::{Expr, Ranged};
use super::super::scope::ScopeId;
use super::super::symbols::Node;
use super::body::Body;
use super::kinds::Kind;
use super::pattern::{Pattern, PatternKind};

/// A search in a list.
pub(super) fn find<'a>(body: &Body<'_, 'a>, scope: ScopeId, node: Node<'a>) -> Option<Pattern> {
    let Node::Expr(Expr::Call(call)) = node else {
        return None;
    };
    let Expr::Attribute(method) = &*call.func else {
        return None;
    };
    let list = &*method.value;
    let name = body.text.brief(list);
    let fix = match (method.attr.as_str(), call.arguments.args.len()) {
        // The first of equal items counts, as it does for `index`.
        ("index", 1) => format!(
            "`places = {{}}` and `for i, x in enumerate({name}): places.setdefault(x, i)` once, and `places[x]`"
        ),
        ("count", 1) => format!("`counts = collections.Counter({name})` once, and `counts[x]`"),
        ("remove", 1) => {
            format!("a set or dict in place of `{name}`, or one pass that keeps the rest")
        }
        _ => return None,
    };
    let proof = body.proof(scope, list, &[Kind::List])?;
    let in_loop = body.stays(scope, list, call.range())?;
    Some(Pattern {
        variable: body.variable(scope, list),
        proof,
        in_loop,
        ..body.found(PatternKind::ListSearch, call, fix)
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_none};
    use crate::source::project::definition;

    #[test]
    fn searches_of_a_list_that_stays_are_found() {
        check(
            "def f(ys):\n  xs = list(ys)\n  return [(xs.index(y), xs.count(y), xs.remove(y)) for y in ys]\n",
            "ListSearch 3 xs\nListSearch 3 xs\nListSearch 3 xs",
        );
    }

    #[test]
    fn the_advice_keeps_the_first_of_equal_items() {
        let source = "def f(ys):\n  xs = list(ys)\n  return [xs.index(y) for y in ys]\n";
        let fix = &definition(source, "f").patterns[0].fix;
        let filled = "`for i, x in enumerate(xs): places.setdefault(x, i)` once";
        assert!(fix.contains(filled), "{fix}");
    }

    #[test]
    fn texts_sets_and_what_is_done_once_are_left() {
        check_none("def f(ys):\n  xs = 'abc'\n  return [xs.count(y) for y in ys]\n");
        check_none("def f(ys):\n  xs = set(ys)\n  for y in ys: xs.remove(y)\n");
        check_none("def f(ys):\n  xs = list(ys)\n  return xs.index(1)\n");
    }
}
