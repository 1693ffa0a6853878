//! The code of a function with its loops: what is repeated, and what changes meanwhile.

use super::super::mutation::CHANGING_METHODS;
use super::super::parse::{Expr, Ranged, Stmt, TextRange, ast};
use super::super::scope::{ScopeId, ScopeKind};
use super::super::symbols::{Node, SymbolTable};
use super::super::text::Text;
use super::key::Key;
use super::kinds::Kind;
use super::loops::{Loop, loop_of};
use super::pattern::{Extent, Pattern, PatternKind, Proof};
use super::values::Values;

/// A function's own code.
pub(super) struct Body<'t, 'a> {
    pub(super) table: &'t SymbolTable<'a>,
    pub(super) values: &'t Values<'t, 'a>,
    pub(super) text: Text<'t>,
    pub(super) function: ScopeId,
    pub(super) code: Vec<(ScopeId, Node<'a>)>,
    loops: Vec<Loop>,
}

/// Functions that change nothing that they are given.
const HARMLESS: [&str; 28] = [
    "abs",
    "all",
    "any",
    "bool",
    "dict",
    "enumerate",
    "filter",
    "float",
    "frozenset",
    "id",
    "int",
    "isinstance",
    "len",
    "list",
    "map",
    "max",
    "min",
    "print",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "sorted",
    "str",
    "sum",
    "tuple",
    "zip",
];

impl<'t, 'a> Body<'t, 'a> {
    pub(super) fn new(values: &'t Values<'t, 'a>, text: Text<'t>, function: ScopeId) -> Self {
        let code: Vec<_> = values.table.own_code(function).collect();
        let loops = code.iter().filter_map(|&(_, node)| loop_of(node)).collect();
        Self {
            table: values.table,
            values,
            text,
            function,
            code,
            loops,
        }
    }

    /// A place that was found, with what most of them have.
    pub(super) fn found(&self, kind: PatternKind, place: &impl Ranged, fix: String) -> Pattern {
        Pattern {
            kind,
            position: self.text.position(place),
            extent: Extent::Instruction,
            text: self.text.brief(place),
            variable: None,
            proof: Proof::Source,
            in_loop: self.innermost(place.range()).is_some(),
            is_decisive: true,
            fix,
        }
    }

    /// The innermost loop that repeats a place.
    pub(super) fn innermost(&self, place: TextRange) -> Option<Loop> {
        self.around(place).next()
    }

    /// The loops that repeat a place, from the inside out.
    pub(super) fn around(&self, place: TextRange) -> impl Iterator<Item = Loop> {
        let around = self.loops.iter().filter(|it| it.repeats(place));
        let mut around: Vec<Loop> = around.copied().collect();
        around.sort_by_key(|it| it.repeated.len());
        around.into_iter()
    }

    /// Whether an expression's value is of one of these kinds: as the source says, or perhaps as values tell.
    pub(super) fn proof(
        &self,
        scope: ScopeId,
        expression: &'a Expr,
        wanted: &[Kind],
    ) -> Option<Proof> {
        match self.values.kind(scope, expression) {
            Some(kind) => wanted.contains(&kind).then_some(Proof::Source),
            None => self.variable(scope, expression).map(|_| Proof::Values),
        }
    }

    /// The function's own variable that an expression is.
    pub(super) fn variable(&self, scope: ScopeId, expression: &'a Expr) -> Option<String> {
        match Key::of(self.table, scope, expression)? {
            Key::Name(owner, name) => (owner == self.function).then(|| name.to_owned()),
            Key::Attribute(..) => None,
        }
    }

    /// Whether the same object is asked again and again at a place: in a loop that does not make it anew, or
    /// because the function is called with it (`Some(false)`). None where each turn or call has its own.
    pub(super) fn stays(
        &self,
        scope: ScopeId,
        expression: &'a Expr,
        place: TextRange,
    ) -> Option<bool> {
        let key = Key::of(self.table, scope, expression)?;
        let mut around = self.around(place);
        if around.any(|it| !self.is_made_in(it.whole, key)) {
            return Some(true);
        }
        let comes_from_outside = match key {
            Key::Name(owner, name) => {
                let kind = self.table.scopes.get(owner).kind;
                let is_parameter = self.table.is_parameter(scope, name, self.function);
                owner < self.function && kind != ScopeKind::Class
                    || is_parameter && !self.is_made_in(self.whole(), key)
            }
            Key::Attribute(..) => !self.is_made_in(self.whole(), key),
        };
        comes_from_outside.then_some(false)
    }

    fn whole(&self) -> TextRange {
        let function = self.table.of(self.function).function;
        function.map_or(TextRange::default(), Ranged::range)
    }

    /// Whether a variable gets another object within a range. What adds to itself or cuts itself counts as the same.
    pub(super) fn is_made_in(&self, range: TextRange, key: Key<'a>) -> bool {
        let within = self.code.iter().filter(|(_, node)| match node {
            Node::Stmt(statement) => range.contains_range(statement.range()),
            Node::Expr(expression) => range.contains_range(expression.range()),
        });
        let mut kept = Vec::new();
        for &(scope, node) in within {
            match node {
                Node::Stmt(Stmt::AugAssign(assign)) => kept.push(assign.target.range()),
                Node::Stmt(Stmt::Assign(assign)) => {
                    if let [target] = &assign.targets[..]
                        && comes_from_itself(target, &assign.value)
                    {
                        kept.push(target.range());
                    }
                }
                Node::Expr(expression) => {
                    let is_made = is_bound(expression)
                        && !kept.contains(&expression.range())
                        && Key::of(self.table, scope, expression) == Some(key);
                    if is_made {
                        return true;
                    }
                }
                Node::Stmt(_) => {}
            }
        }
        false
    }

    /// Whether a variable's object may change within a loop: it is altered, or passed to a function that may alter it.
    pub(super) fn changes_in(&self, within: Loop, key: Key<'a>) -> bool {
        let is_passed = |(scope, node)| match node {
            Node::Expr(Expr::Call(call)) => {
                let is_harmless =
                    matches!(&*call.func, Expr::Name(name) if HARMLESS.contains(&name.id.as_str()));
                let mut arguments = call.arguments.args.iter();
                !is_harmless && arguments.any(|it| Key::of(self.table, scope, it) == Some(key))
            }
            _ => false,
        };
        self.is_altered_in(within, key) || self.turns(within).any(is_passed)
    }

    /// Whether a variable is bound within a loop, or its object altered: by a method, or by assignment of its items.
    fn is_altered_in(&self, within: Loop, key: Key<'a>) -> bool {
        let is_key = |scope, it: &'a Expr| Key::of(self.table, scope, it) == Some(key);
        self.turns(within).any(|(scope, node)| match node {
            Node::Expr(Expr::Subscript(item)) => {
                !matches!(item.ctx, ast::ExprContext::Load) && is_key(scope, &item.value)
            }
            Node::Expr(Expr::Call(call)) => match &*call.func {
                Expr::Attribute(method) => {
                    CHANGING_METHODS.contains(&method.attr.as_str()) && is_key(scope, &method.value)
                }
                _ => false,
            },
            Node::Expr(expression) => is_bound(expression) && is_key(scope, expression),
            Node::Stmt(_) => false,
        })
    }

    /// The code of a loop, and of what is defined in it.
    fn turns(&self, within: Loop) -> impl Iterator<Item = (ScopeId, Node<'a>)> {
        let code = self.table.all_code(self.function);
        code.filter(move |(_, node)| match node {
            Node::Stmt(statement) => within.whole.contains_range(statement.range()),
            Node::Expr(expression) => within.whole.contains_range(expression.range()),
        })
    }

    /// Whether all variables that an expression reads stay the same within a loop.
    pub(super) fn is_invariant(&self, place: TextRange, within: Loop) -> bool {
        let code = self.table.all_code(self.function);
        let mut read = code.filter_map(|(scope, node)| match node {
            Node::Expr(expression) if place.contains_range(expression.range()) => {
                Some((scope, expression))
            }
            _ => None,
        });
        read.all(|(scope, expression)| match expression {
            Expr::Name(_) => match Key::of(self.table, scope, expression) {
                Some(key @ Key::Name(owner, _)) => {
                    // A lambda's parameters, a comprehension's targets.
                    let is_inner = owner > self.function && !self.is_made_in(self.whole(), key);
                    is_inner || !self.is_altered_in(within, key)
                }
                Some(Key::Attribute(..)) | None => true,
            },
            Expr::Attribute(_) => Key::of(self.table, scope, expression)
                .is_none_or(|key| !self.is_altered_in(within, key)),
            _ => true,
        })
    }

    /// Whether an expression is a constant: literals, and names that the module binds once.
    pub(super) fn is_constant(&self, scope: ScopeId, expression: &'a Expr) -> bool {
        match expression {
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::BooleanLiteral(_) => true,
            Expr::Name(_) => match Key::of(self.table, scope, expression) {
                Some(key @ Key::Name(ScopeId::MODULE, _)) => self.values.bound(key).len() == 1,
                _ => false,
            },
            Expr::Attribute(_) => super::kinds::imported(self.table, scope, expression).is_some(),
            Expr::BinOp(it) => {
                self.is_constant(scope, &it.left) && self.is_constant(scope, &it.right)
            }
            _ => false,
        }
    }

    /// Whether a call has only arguments that are the same each time it is made: in a loop, or in each call of the
    /// function (`Some(false)`).
    pub(super) fn is_same_each_time(
        &self,
        scope: ScopeId,
        call: &'a ast::ExprCall,
        arguments: &'a [Expr],
    ) -> Option<bool> {
        if let Some(within) = self.innermost(call.range())
            && arguments
                .iter()
                .all(|it| self.is_invariant(it.range(), within))
        {
            return Some(true);
        }
        let are_constant = arguments.iter().all(|it| self.is_constant(scope, it));
        are_constant.then_some(false)
    }
}

/// `s = s + x`, `s = x + s`, `xs = xs[1:]`.
fn comes_from_itself(target: &Expr, value: &Expr) -> bool {
    match value {
        Expr::BinOp(sum) => {
            is_same(target, &sum.left)
                || is_same(target, &sum.right)
                || comes_from_itself(target, &sum.left)
        }
        Expr::Subscript(item) => item.slice.is_slice_expr() && is_same(target, &item.value),
        _ => false,
    }
}

/// Whether two expressions are the same variable or attribute.
pub(super) fn is_same(one: &Expr, other: &Expr) -> bool {
    match (one, other) {
        (Expr::Name(one), Expr::Name(other)) => one.id == other.id,
        (Expr::Attribute(one), Expr::Attribute(other)) => {
            one.attr.as_str() == other.attr.as_str() && is_same(&one.value, &other.value)
        }
        _ => false,
    }
}

fn is_bound(expression: &Expr) -> bool {
    match expression {
        Expr::Name(name) => !matches!(name.ctx, ast::ExprContext::Load),
        Expr::Attribute(attribute) => !matches!(attribute.ctx, ast::ExprContext::Load),
        _ => false,
    }
}
