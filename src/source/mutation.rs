//! Parameters whose object a function changes in place.

use super::parse::ast::Operator;
use super::parse::{Expr, Ranged, Stmt, TextSize, ast};
use super::scope::ScopeId;
use super::symbols::{Node, SymbolTable};
use std::collections::BTreeMap;

/// Methods that change lists, dicts, sets, deques, counters, bytearrays and arrays in place.
pub(super) const CHANGING_METHODS: [&str; 24] = [
    "add",
    "append",
    "appendleft",
    "clear",
    "difference_update",
    "discard",
    "extend",
    "extendleft",
    "fill",
    "insert",
    "intersection_update",
    "move_to_end",
    "pop",
    "popitem",
    "popleft",
    "remove",
    "resize",
    "reverse",
    "rotate",
    "setdefault",
    "sort",
    "subtract",
    "symmetric_difference_update",
    "update",
];

/// The parameters whose object the body changes in place, sorted: through methods that change,
/// assignment and deletion of items and attributes, and augmented assignment. A parameter that was
/// rebound before stands for another object.
pub(super) fn mutated_parameters(table: &SymbolTable<'_>, function: ScopeId) -> Vec<String> {
    let places = mutations(table, function).into_keys();
    places.map(str::to_owned).collect()
}

/// The same with the place of the first change of each.
pub(super) fn mutations<'a>(
    table: &SymbolTable<'a>,
    function: ScopeId,
) -> BTreeMap<&'a str, TextSize> {
    let Some(definition) = table.of(function).function else {
        return BTreeMap::new();
    };
    let rebound = rebindings(definition);
    let mut aliases = BTreeMap::new();
    let mut mutated = BTreeMap::new();
    for (scope, node) in table.all_code(function) {
        let parameter_of = |expression| {
            let (name, place) = root(expression)?;
            if table.is_parameter(scope, name, function) {
                let is_rebound = rebound.get(name).is_some_and(|&rebound| rebound < place);
                (!is_rebound).then_some(name)
            } else {
                let known = table.owner(scope, name) == Some(function);
                aliases.get(name).copied().filter(|_| known)
            }
        };
        if let Some(object) = changed(definition, node)
            && let Some(parameter) = parameter_of(object)
        {
            mutated.entry(parameter).or_insert(object.start());
        }
        if let Some((alias, source)) = alias(node)
            && let Some(parameter) = parameter_of(source)
        {
            aliases.insert(alias, parameter);
        }
    }
    mutated
}

/// Where each parameter is bound to another object for sure: in a statement that always runs.
fn rebindings(function: &ast::StmtFunctionDef) -> BTreeMap<&str, TextSize> {
    let mut rebound = BTreeMap::new();
    for statement in &function.body {
        if let Stmt::Assign(assign) = statement {
            for target in &assign.targets {
                if let Expr::Name(name) = target
                    && !may_be(&assign.value, name.id.as_str())
                {
                    rebound.entry(name.id.as_str()).or_insert(assign.end());
                }
            }
        }
    }
    rebound
}

/// Whether an expression may give the object that a name has: `x or []`, `x if x else y`.
fn may_be(expression: &Expr, name: &str) -> bool {
    match expression {
        Expr::Name(other) => other.id.as_str() == name,
        Expr::BoolOp(operation) => operation.values.iter().any(|value| may_be(value, name)),
        Expr::If(choice) => may_be(&choice.body, name) || may_be(&choice.orelse, name),
        Expr::Named(named) => may_be(&named.value, name),
        _ => false,
    }
}

/// The name that an item, an attribute or an item of an attribute belongs to, and where it stands.
fn root(expression: &Expr) -> Option<(&str, TextSize)> {
    let mut expression = expression;
    loop {
        expression = match expression {
            Expr::Attribute(attribute) => &attribute.value,
            Expr::Subscript(subscript) => &subscript.value,
            Expr::Starred(starred) => &starred.value,
            Expr::Name(name) => return Some((name.id.as_str(), name.start())),
            _ => return None,
        };
    }
}

/// The object that a place in the code changes.
fn changed<'a>(function: &ast::StmtFunctionDef, node: Node<'a>) -> Option<&'a Expr> {
    let is_change = |context: ast::ExprContext| !matches!(context, ast::ExprContext::Load);
    match node {
        Node::Expr(Expr::Subscript(item)) if is_change(item.ctx) => Some(&item.value),
        Node::Expr(Expr::Attribute(attribute)) if is_change(attribute.ctx) => {
            Some(&attribute.value)
        }
        Node::Expr(Expr::Call(call)) => match &*call.func {
            Expr::Attribute(method) if CHANGING_METHODS.contains(&method.attr.as_str()) => {
                Some(&method.value)
            }
            _ => None,
        },
        Node::Stmt(Stmt::AugAssign(assign)) if assign.target.is_name_expr() => {
            let changes_in_place = has_in_place_form(assign.op)
                && !is_immutable(&assign.value)
                && !has_immutable_type(function, &assign.target);
            changes_in_place.then_some(&*assign.target)
        }
        _ => None,
    }
}

/// Operators that a list, set, dict, deque or bytearray takes in place.
fn has_in_place_form(operator: Operator) -> bool {
    use Operator::{Add, BitAnd, BitOr, BitXor, MatMult, Mult, Sub};
    matches!(
        operator,
        Add | BitAnd | BitOr | BitXor | MatMult | Mult | Sub
    )
}

/// Whether an expression is a number or a text by its looks. `x += 1` then makes a new object.
fn is_immutable(expression: &Expr) -> bool {
    match expression {
        Expr::NumberLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::BytesLiteral(_)
        | Expr::FString(_)
        | Expr::Tuple(_)
        | Expr::Compare(_) => true,
        Expr::UnaryOp(operation) => is_immutable(&operation.operand),
        Expr::BinOp(operation) => is_immutable(&operation.left) || is_immutable(&operation.right),
        _ => false,
    }
}

/// Whether a parameter is a number, a text or a tuple by its annotation or default.
fn has_immutable_type(function: &ast::StmtFunctionDef, target: &Expr) -> bool {
    let Expr::Name(target) = target else {
        return false;
    };
    let Some(parameter) = function.parameters.find(target.id.as_str()) else {
        return false;
    };
    let by_annotation = match parameter.annotation() {
        Some(Expr::Name(name)) => {
            let immutable = [
                "int",
                "float",
                "complex",
                "bool",
                "str",
                "bytes",
                "tuple",
                "frozenset",
            ];
            immutable.contains(&name.id.as_str())
        }
        _ => false,
    };
    by_annotation || parameter.default().is_some_and(is_immutable)
}

/// A name that is bound to an object out of another one: `for row in rows`, `row = rows[0]`.
fn alias(node: Node<'_>) -> Option<(&str, &Expr)> {
    let (target, source) = match node {
        Node::Stmt(Stmt::For(statement)) => (&*statement.target, &*statement.iter),
        Node::Stmt(Stmt::Assign(assign)) => match &assign.targets[..] {
            [target] => (target, &*assign.value),
            _ => return None,
        },
        _ => return None,
    };
    let Expr::Name(name) = target else {
        return None;
    };
    Some((name.id.as_str(), source))
}

#[cfg(test)]
mod tests {
    use crate::source::project::definition;

    #[track_caller]
    fn check(body: &str, expected: &[&str]) {
        let source = format!("def f(xs, ys, n=0, k: int = None):\n  {body}\n");
        assert_eq!(
            definition(&source, "f").mutated_parameters,
            expected,
            "{body}"
        );
    }

    #[test]
    fn items_attributes_and_changing_methods_change_a_parameter() {
        check("xs[0] = 1", &["xs"]);
        check("del xs[0], ys.a", &["xs", "ys"]);
        check("xs.a = ys.b", &["xs"]);
        check("xs[0] += 1", &["xs"]);
        check("ys.append(xs)", &["ys"]);
        check("xs.count(1); ys[0]; n.a", &[]);
    }

    #[test]
    fn what_is_inside_of_a_parameter_belongs_to_it() {
        check("xs[0][1] = 1", &["xs"]);
        check("xs.a.b.sort()", &["xs"]);
        check("for x in xs: x.a = 1", &["xs"]);
        check("row = ys[0]; row.append(1)", &["ys"]);
    }

    #[test]
    fn a_parameter_that_was_rebound_is_another_object() {
        check("xs = list(xs); xs.append(1)", &[]);
        check("xs.append(1); xs = []", &["xs"]);
        check("xs = xs or []; xs.append(1)", &["xs"]);
        check("if not xs:\n    xs = []\n  xs.append(1)", &["xs"]);
    }

    #[test]
    fn augmented_assignment_changes_what_is_no_number_or_text() {
        check("xs += ys", &["xs"]);
        check("xs += 1; ys += 'a'; n += xs; k -= xs", &[]);
        check("xs /= ys", &[]);
    }

    #[test]
    fn names_that_shadow_a_parameter_are_others() {
        check("[xs.pop() for xs in ys]", &[]);
        check("lambda xs: xs.pop()", &[]);
        check("lambda: xs.pop()", &["xs"]);
        check("def g(): xs.append(1)", &["xs"]);
        check("zs = []; zs.append(xs)", &[]);
    }
}
