//! `in` where it looks at one element after another, or makes what it looks in first.

use super::super::calls::builtin;
use super::super::parse::ast::CmpOp;
use super::super::parse::{Expr, ast};
use super::super::scope::ScopeId;
use super::super::symbols::Node;
use super::body::Body;
use super::kinds::Kind;
use super::pattern::{Pattern, PatternKind};

/// Up to so many elements a list is searched about as fast as a set, which hashes first (measured on 3.11: a miss
/// takes 20 ns in a set of `int`, 12 ns and 8 ns an element in a list).
const SHORT: usize = 16;

/// `x in xs` with a list that stays.
pub(super) fn in_list<'a>(body: &Body<'_, 'a>, scope: ScopeId, node: Node<'a>) -> Option<Pattern> {
    let (test, container) = membership(node)?;
    let proof = body.proof(scope, container, &[Kind::List])?;
    let is_short = body
        .values
        .length(scope, container)
        .is_some_and(|it| it < SHORT);
    let in_loop = body
        .stays(scope, container, test.range)
        .filter(|_| !is_short)?;
    let name = body.text.brief(container);
    let fix = format!(
        "a set of its items finds it at once: `{name}_set = set({name})`, and `.add(…)` where it grows"
    );
    Some(Pattern {
        variable: body.variable(scope, container),
        proof,
        in_loop,
        ..body.found(PatternKind::ListMembership, test, fix)
    })
}

/// `x in list(y)`, `x in sorted(y)`.
pub(super) fn in_copy<'a>(body: &Body<'_, 'a>, scope: ScopeId, node: Node<'a>) -> Option<Pattern> {
    let (test, container) = membership(node)?;
    let (name, argument) = call_of_builtin(body, scope, container)?;
    if !matches!(name, "list" | "sorted" | "tuple") || !is_plain(argument) {
        return None;
    }
    let argument = body.text.brief(argument);
    let fix = format!("leave `{name}(…)` out, and make `{argument}` a set if it is none");
    Some(Pattern {
        extent: super::Extent::Throughout,
        ..body.found(PatternKind::ListMembership, test, fix)
    })
}

/// `x in d.keys()`, `x in d.values()`.
pub(super) fn in_view<'a>(body: &Body<'_, 'a>, scope: ScopeId, node: Node<'a>) -> Option<Pattern> {
    let (test, container) = membership(node)?;
    let Expr::Call(call) = container else {
        return None;
    };
    let Expr::Attribute(method) = &*call.func else {
        return None;
    };
    let proof = body.proof(scope, &method.value, &[Kind::Dict])?;
    let name = body.text.brief(&*method.value);
    let (kind, fix) = match method.attr.as_str() {
        _ if !call.arguments.is_empty() => return None,
        "keys" => (PatternKind::KeysView, format!("`in {name}` asks the same")),
        "values" if proof == super::Proof::Source => {
            let fix = format!("keep a set of the values: `set({name}.values())`");
            (PatternKind::ListMembership, fix)
        }
        _ => return None,
    };
    let is_view = kind == PatternKind::KeysView;
    let in_loop = match body.stays(scope, &method.value, test.range) {
        None if !is_view => return None,
        stays => stays,
    };
    let found = body.found(kind, test, fix);
    Some(Pattern {
        variable: body.variable(scope, &method.value).filter(|_| is_view),
        proof,
        in_loop: in_loop.unwrap_or(found.in_loop),
        // It saves a call of two.
        is_decisive: !is_view,
        extent: if is_view {
            super::Extent::Throughout
        } else {
            found.extent
        },
        ..found
    })
}

/// `name in dir(x)`.
pub(super) fn in_dir<'a>(body: &Body<'_, 'a>, scope: ScopeId, node: Node<'a>) -> Option<Pattern> {
    let (test, container) = membership(node)?;
    let ("dir", argument) = call_of_builtin(body, scope, container)? else {
        return None;
    };
    let (object, name) = (body.text.brief(argument), body.text.brief(&*test.left));
    let fix = format!("`hasattr({object}, {name})`");
    Some(Pattern {
        extent: super::Extent::Throughout,
        ..body.found(PatternKind::DirLookup, test, fix)
    })
}

/// A test with `in` or `not in`, and what is looked in.
fn membership(node: Node<'_>) -> Option<(&ast::ExprCompare, &Expr)> {
    let Node::Expr(Expr::Compare(test)) = node else {
        return None;
    };
    match (&*test.ops, &*test.comparators) {
        ([CmpOp::In | CmpOp::NotIn], [container]) => Some((test, container)),
        _ => None,
    }
}

/// A call of a builtin with one argument.
fn call_of_builtin<'a>(
    body: &Body<'_, 'a>,
    scope: ScopeId,
    expression: &'a Expr,
) -> Option<(&'a str, &'a Expr)> {
    let Expr::Call(call) = expression else {
        return None;
    };
    let name = builtin(body.table, scope, &call.func)?;
    match (&*call.arguments.args, call.arguments.keywords.is_empty()) {
        ([argument], true) => Some((name, argument)),
        _ => None,
    }
}

/// A variable: what a call gives may be an iterator that the copy is there to keep.
fn is_plain(expression: &Expr) -> bool {
    expression.is_name_expr() || expression.is_attribute_expr()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_in, check_none};

    #[test]
    fn a_list_that_a_loop_searches_is_found() {
        check(
            "def f(xs):\n  seen = []\n  for x in xs:\n    if x not in seen:\n      seen.append(x)\n",
            "ListMembership 4 seen",
        );
        check(
            "def f(xs, ys: list[int]):\n  return [x for x in xs if x in ys]\n",
            "ListMembership 2 ys",
        );
        check(
            "def f(xs):\n  ys = sorted(xs)\n  while xs.pop() in ys: pass\n",
            "ListMembership 3 ys",
        );
    }

    #[test]
    fn where_the_source_does_not_tell_values_must() {
        check(
            "def f(xs, ys):\n  return [x for x in xs if x in ys]\n",
            "ListMembership? 2 ys",
        );
    }

    #[test]
    fn a_list_that_outlives_the_call_is_searched_by_each_call() {
        let long = "1, ".repeat(20);
        check(
            &format!("WORDS = [{long}]\ndef f(x):\n  return x in WORDS\n"),
            "ListMembership~ 3",
        );
        check_in(
            "class C:\n  def __init__(self):\n    self.seen = []\n  def add(self, x):\n    if x not in self.seen: self.seen.append(x)\n",
            "C.add",
            "ListMembership~ 5",
        );
        check_none("def f(x):\n  xs = list(x)\n  return 1 in xs\n");
    }

    #[test]
    fn sets_dicts_texts_and_short_lists_are_left() {
        check_none("def f(xs):\n  seen = set()\n  for x in xs:\n    if x in seen: pass\n");
        check_none("def f(xs):\n  seen = {}\n  for x in xs:\n    if x in seen: pass\n");
        check_none("def f(xs):\n  s = 'aeiou'\n  return [x for x in xs if x in s]\n");
        check_none("def f(xs):\n  return [x for x in xs if x in (1, 2, 3)]\n");
        check_none("KINDS = ['a', 'b', 'c']\ndef f(xs):\n  return [x for x in xs if x in KINDS]\n");
        check_none("def f(xs, ys: set[int]):\n  return [x for x in xs if x in ys]\n");
    }

    #[test]
    fn a_list_that_each_turn_makes_anew_is_left() {
        check_none(
            "def f(lines):\n  for line in lines:\n    words = line.split()\n    if 'x' in words: pass\n",
        );
        check_none("def f(lists):\n  for xs in lists:\n    if 1 in xs: pass\n");
        check(
            "def f(lines, keys):\n  for line in lines:\n    words = line.split()\n    for key in keys:\n      if key in words: pass\n",
            "ListMembership 5 words",
        );
    }

    #[test]
    fn what_is_made_to_be_looked_in_is_found() {
        check(
            "def f(xs, d):\n  for x in xs:\n    if x in list(d): pass\n",
            "ListMembership 3",
        );
        check(
            "def f(xs):\n  d = {}\n  for x in xs:\n    if x in d.keys() or x in d.values(): pass\n",
            "KeysView 4 d\nListMembership 4",
        );
        check(
            "def f(xs):\n  return ['a' in dir(x) for x in xs]\n",
            "DirLookup 2",
        );
        check_none("def f(xs, d):\n  for x in xs:\n    if x in list(d()): pass\n");
    }
}
