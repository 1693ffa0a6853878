//! `sorted`, `sum`, `min` and `max` of one collection at each turn of a loop.

use super::super::calls::builtin;
use super::super::parse::{Expr, Ranged, ast};
use super::super::scope::ScopeId;
use super::super::symbols::Node;
use super::body::Body;
use super::key::Key;
use super::kinds::Kind;
use super::pattern::{Extent, Pattern, PatternKind};

/// What these functions go through.
const COLLECTIONS: [Kind; 4] = [Kind::List, Kind::Tuple, Kind::Set, Kind::Dict];

/// A collection that is gone through at each turn.
pub(super) fn find<'a>(body: &Body<'_, 'a>, scope: ScopeId, node: Node<'a>) -> Option<Pattern> {
    let Node::Expr(Expr::Call(call)) = node else {
        return None;
    };
    let (name, collection) = scan(body, scope, call)?;
    let key = Key::of(body.table, scope, collection)?;
    let within = body.innermost(call.range())?;
    if body.is_made_in(within.whole, key) {
        return None;
    }
    let proof = body.proof(scope, collection, &COLLECTIONS)?;
    let written = body.text.brief(collection);
    let fix = if body.changes_in(within, key) {
        of_changing(name, &written)?
    } else if name != "sort" && body.is_invariant(call.range(), within) {
        format!("once before the loop: `{written}` does not change in it")
    } else {
        return None;
    };
    Some(Pattern {
        variable: body.variable(scope, collection),
        proof,
        extent: Extent::Throughout,
        ..body.found(PatternKind::Rescan, call, fix)
    })
}

/// The function's name and what it goes through, of `sorted(xs)` and `xs.sort()`.
fn scan<'a>(
    body: &Body<'_, 'a>,
    scope: ScopeId,
    call: &'a ast::ExprCall,
) -> Option<(&'a str, &'a Expr)> {
    if let Expr::Attribute(method) = &*call.func {
        let is_sort = method.attr.as_str() == "sort" && call.arguments.args.is_empty();
        return is_sort.then_some(("sort", &*method.value));
    }
    let name = builtin(body.table, scope, &call.func)?;
    match &*call.arguments.args {
        [collection] if matches!(name, "sorted" | "sum" | "min" | "max") => {
            Some((name, collection))
        }
        _ => None,
    }
}

fn of_changing(name: &str, collection: &str) -> Option<String> {
    match name {
        "min" | "max" => Some(format!(
            "`heapq.heappush({collection}, …)` and `heapq.heappop({collection})`, which find it without looking at all"
        )),
        "sort" | "sorted" => Some(format!(
            "`bisect.insort({collection}, …)` keeps it in order, or `heapq` where only the least is taken"
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_none};

    #[test]
    fn what_does_not_change_is_summed_up_once() {
        check(
            "def f(ys):\n  xs = list(ys)\n  return [y / sum(xs) for y in ys]\n",
            "Rescan 3 xs",
        );
        check(
            "def f(ys, xs):\n  for y in ys:\n    for x in sorted(xs): pass\n",
            "Rescan? 3 xs",
        );
    }

    #[test]
    fn the_least_of_what_changes_is_the_work_of_a_heap() {
        check(
            "def f(ys):\n  xs = list(ys)\n  while xs:\n    y = min(xs)\n    xs.remove(y)\n",
            "Rescan 4 xs\nListSearch 5 xs",
        );
        check(
            "def f(ys):\n  xs = []\n  for y in ys:\n    xs.append(y)\n    xs.sort()\n",
            "Rescan 5 xs",
        );
    }

    #[test]
    fn what_depends_on_the_turn_or_is_done_once_is_left() {
        check_none("def f(ys):\n  xs = list(ys)\n  return sum(xs)\n");
        check_none("def f(yss):\n  for ys in yss:\n    xs = list(ys)\n    sum(xs)\n");
        check_none(
            "def f(ys):\n  xs = list(ys)\n  return [min(xs, key=lambda x: x - y) for y in ys]\n",
        );
        check_none(
            "def f(ys):\n  xs = list(ys)\n  for y in ys:\n    xs.append(y)\n    print(sum(xs))\n",
        );
        check_none(
            "def f(ys):\n  xs = list(ys)\n  return [min(1, y) + max(y for x in xs) for y in ys]\n",
        );
    }
}
