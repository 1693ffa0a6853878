//! Functions that call themselves with the same arguments again and again: what a cache ends.

use super::super::calls::builtin;
use super::super::parse::ast::Operator;
use super::super::parse::{Expr, Ranged, Stmt, ast};
use super::super::symbols::Node;
use super::body::Body;
use super::pattern::{Extent, Pattern, PatternKind};
use super::slice::{calls_itself, integer};

/// Builtins that neither change nor ask anything but their arguments.
const PURE: [&str; 14] = [
    "abs",
    "bool",
    "divmod",
    "float",
    "int",
    "isinstance",
    "len",
    "max",
    "min",
    "ord",
    "range",
    "round",
    "str",
    "tuple",
];

/// How an argument differs from the parameter in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// `n - 2`, `n + 1`, `n`.
    By(i64),
    /// `text[1:]`.
    Cut(i64),
}

/// A pure function whose calls of itself overlap: they go different ways by steps that add up to the same. Functions
/// only: with a method's result its object would be kept alive.
pub(super) fn find(body: &Body<'_, '_>) -> Option<Pattern> {
    let function = body.table.of(body.function).function?;
    if !function.decorator_list.is_empty() || !is_pure(body, function) {
        return None;
    }
    let statements = body.code.iter().filter_map(|&(_, node)| match node {
        Node::Stmt(statement) if !has_block(statement) => Some(statement),
        _ => None,
    });
    let mut overlapping = statements.filter(|statement| overlaps(body, function, statement));
    let statement = overlapping.next()?;
    let written = body.text.brief(statement);
    let fix = format!(
        "`{written}` asks for the same again and again: `@functools.lru_cache(maxsize=None)` above it, if its \
         arguments can be hashed"
    );
    Some(Pattern {
        text: format!("def {}", function.name),
        in_loop: true,
        extent: Extent::Throughout,
        ..body.found(PatternKind::RepeatedRecursion, function, fix)
    })
}

fn has_block(statement: &Stmt) -> bool {
    matches!(
        statement,
        Stmt::If(_)
            | Stmt::For(_)
            | Stmt::While(_)
            | Stmt::With(_)
            | Stmt::Try(_)
            | Stmt::Match(_)
            | Stmt::FunctionDef(_)
            | Stmt::ClassDef(_)
    )
}

/// Whether one statement makes two calls whose ways meet: by different steps, or by the same.
fn overlaps(body: &Body<'_, '_>, function: &ast::StmtFunctionDef, statement: &Stmt) -> bool {
    let within = body.code.iter().filter_map(|&(scope, node)| match node {
        Node::Expr(expression) if statement.range().contains_range(expression.range()) => {
            Some((scope, expression))
        }
        _ => None,
    });
    let mut calls = Vec::new();
    for (scope, expression) in within {
        match expression {
            // Only one of the branches is taken.
            Expr::If(_) | Expr::BoolOp(_) | Expr::Lambda(_) => return false,
            Expr::Call(call) if calls_itself(body, scope, call) => match steps(function, call) {
                Some(steps) => calls.push(steps),
                None => return false,
            },
            _ => {}
        }
    }
    calls.len() > 1
}

/// The steps that a call makes, parameter by parameter; none if it makes any other.
fn steps(function: &ast::StmtFunctionDef, call: &ast::ExprCall) -> Option<Vec<Step>> {
    let parameters = &function.parameters;
    let is_simple = parameters.vararg.is_none()
        && parameters.kwarg.is_none()
        && parameters.kwonlyargs.is_empty()
        && parameters.posonlyargs.is_empty()
        && call.func.is_name_expr()
        && call.arguments.keywords.is_empty()
        && call.arguments.args.len() == parameters.args.len();
    if !is_simple {
        return None;
    }
    let pairs = parameters.args.iter().zip(&call.arguments.args);
    let steps =
        pairs.map(|(parameter, argument)| step(parameter.parameter.name.as_str(), argument));
    let steps: Vec<Step> = steps.collect::<Option<_>>()?;
    let stands = |step: &Step| matches!(step, Step::By(0));
    (!steps.iter().all(stands)).then_some(steps)
}

fn step(parameter: &str, argument: &Expr) -> Option<Step> {
    let is_parameter = |it: &Expr| matches!(it, Expr::Name(name) if name.id.as_str() == parameter);
    match argument {
        it if is_parameter(it) => Some(Step::By(0)),
        Expr::BinOp(it) if is_parameter(&it.left) => match it.op {
            Operator::Add => Some(Step::By(integer(&it.right)?)),
            Operator::Sub => Some(Step::By(integer(&it.right)?.checked_neg()?)),
            _ => None,
        },
        Expr::Subscript(it) if is_parameter(&it.value) => match &*it.slice {
            Expr::Slice(slice) if slice.upper.is_none() && slice.step.is_none() => {
                Some(Step::Cut(integer(slice.lower.as_deref()?)?))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether a function only computes: it calls itself and builtins that are pure, and changes no object. It may read
/// names around it that are bound once.
fn is_pure(body: &Body<'_, '_>, function: &ast::StmtFunctionDef) -> bool {
    if function.is_async {
        return false;
    }
    body.code.iter().all(|&(scope, node)| match node {
        Node::Stmt(statement) => !matches!(
            statement,
            Stmt::Global(_)
                | Stmt::Nonlocal(_)
                | Stmt::Delete(_)
                | Stmt::With(_)
                | Stmt::Raise(_)
                | Stmt::FunctionDef(_)
                | Stmt::ClassDef(_)
                | Stmt::Import(_)
                | Stmt::ImportFrom(_)
        ),
        Node::Expr(Expr::Call(call)) => {
            calls_itself(body, scope, call)
                || builtin(body.table, scope, &call.func).is_some_and(|it| PURE.contains(&it))
        }
        Node::Expr(Expr::Yield(_) | Expr::YieldFrom(_) | Expr::Await(_) | Expr::Attribute(_)) => {
            false
        }
        Node::Expr(Expr::Subscript(item)) => matches!(item.ctx, ast::ExprContext::Load),
        Node::Expr(_) => true,
    }) && is_closed(body)
}

/// Whether it reads no variable that may change meanwhile.
fn is_closed(body: &Body<'_, '_>) -> bool {
    body.code.iter().all(|&(scope, node)| match node {
        Node::Expr(expression @ Expr::Name(name)) => {
            match body.table.owner(scope, name.id.as_str()) {
                Some(owner) if owner < body.function => {
                    let is_definition = body.table.meaning(scope, name.id.as_str())
                        == Some(&super::super::symbols::Meaning::Definition(body.function));
                    is_definition || body.is_constant(scope, expression)
                }
                _ => true,
            }
        }
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_none};

    #[test]
    fn steps_that_add_up_to_the_same_are_found() {
        check(
            "def f(n):\n  if n < 2: return n\n  return f(n - 1) + f(n - 2)\n",
            "RepeatedRecursion 1",
        );
        check(
            "def f(a, b, i, j):\n  if a[i] == b[j]: return 0\n  return min(f(a, b, i + 1, j), f(a, b, i, j + 1))\n",
            "RepeatedRecursion 1",
        );
        check(
            "def f(a, b):\n  if not a: return len(b)\n  return min(f(a[1:], b), f(a, b[1:]))\n",
            "RepeatedRecursion 1\nSliceCopy? 3 a\nSliceCopy? 3 b",
        );
    }

    #[test]
    fn trees_branches_and_what_has_effects_are_left() {
        check_none("def f(t):\n  return f(t.left) + f(t.right)\n");
        check_none("def f(n):\n  return f(n - 1) if n % 2 else f(n - 2)\n");
        check_none("def f(n):\n  if n: return f(n - 1)\n  return f(n - 2)\n");
        check_none("def f(n):\n  print(n)\n  return f(n - 1) + f(n - 2)\n");
        check_none("import functools\n@functools.cache\ndef f(n):\n  return f(n - 1) + f(n - 2)\n");
        check_none("def f(n, memo):\n  memo[n] = f(n - 1, memo) + f(n - 2, memo)\n");
        check_none("def f(n):\n  return f(n // 2) + f(n // 3)\n");
    }
}
