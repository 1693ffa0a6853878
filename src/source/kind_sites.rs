//! What a file does at each place, found in its syntax tree.

use super::calls::target;
use super::kind::{CodeKind, Deed, of_builtin, of_imported};
use super::kinds::{Group, KindSite};
use super::loops::Loops;
use super::parse::ast::{CmpOp, ExprContext, UnaryOp};
use super::parse::{Expr, Ranged, Stmt, TextRange, ast};
use super::scope::ScopeId;
use super::shape::{Shape, common};
use super::shapes::{Shapes, generators};
use super::sites::place;
use super::symbols::{Node, SymbolTable, path};
use super::text::Text;
use super::{CallTarget, Origin};
use rustc_hash::FxHashSet;

/// All that the source of a file does, but for moving values about.
pub(super) fn kind_sites(table: &SymbolTable<'_>, text: Text<'_>) -> Vec<KindSite> {
    let mut finder = Finder {
        shapes: Shapes::new(table, text),
        table,
        text,
        loops: Loops::of(table),
        swaps: FxHashSet::default(),
        sites: Vec::new(),
    };
    for &(scope, node) in &table.code {
        match node {
            Node::Stmt(statement) => finder.statement(scope, statement),
            Node::Expr(expression) => finder.expression(scope, expression),
        }
    }
    finder.sites
}

struct Finder<'t, 'a> {
    shapes: Shapes<'t, 'a>,
    table: &'t SymbolTable<'a>,
    text: Text<'t>,
    loops: Loops,
    /// Tuples that are taken apart at once (`a, b = b, a`): nothing makes them.
    swaps: FxHashSet<TextRange>,
    sites: Vec<KindSite>,
}

impl<'a> Finder<'_, 'a> {
    fn statement(&mut self, scope: ScopeId, statement: &'a Stmt) {
        match statement {
            Stmt::AugAssign(it) => {
                self.operator(scope, statement, &it.target, Some(&it.value));
            }
            Stmt::For(it) => self.iteration(scope, &it.iter),
            Stmt::Assign(it) => {
                let is_apart = it.targets.iter().any(Expr::is_tuple_expr);
                if is_apart && it.value.is_tuple_expr() {
                    self.swaps.insert(it.value.range());
                }
            }
            _ => {}
        }
    }

    fn expression(&mut self, scope: ScopeId, expression: &'a Expr) {
        for generator in generators(expression) {
            self.iteration(scope, &generator.iter);
        }
        match expression {
            Expr::BinOp(it) => self.operator(scope, expression, &it.left, Some(&it.right)),
            Expr::UnaryOp(it) if it.op == UnaryOp::Not => {
                let truth = Shape::Number;
                self.add(expression, Group::Operator, Deed::Comparison, truth, None);
            }
            Expr::UnaryOp(it) => self.operator(scope, expression, &it.operand, None),
            Expr::Compare(it) => self.comparison(scope, expression, it),
            Expr::Subscript(it) => self.element(scope, expression, it),
            Expr::Attribute(it) => self.attribute(scope, expression, it),
            Expr::Call(it) => self.call(scope, expression, it),
            Expr::Tuple(it) if self.swaps.contains(&it.range()) => {}
            _ => {
                if let Some(kind) = made_by(expression) {
                    let made = Deed::Fixed(kind);
                    self.add(expression, Group::Display, made, Shape::Unknown, None);
                }
            }
        }
    }

    fn operator(&mut self, scope: ScopeId, node: &impl Ranged, left: &Expr, right: Option<&Expr>) {
        let shape = self.of_operands(scope, [left, right.unwrap_or(left)]);
        let is_known = right.is_some_and(|right| is_no_number(&self.shapes.of(scope, right)));
        let on = (!is_known).then_some(left);
        self.add(node, Group::Operator, Deed::Operator, shape, on);
    }

    fn of_operands(&self, scope: ScopeId, operands: [&Expr; 2]) -> Shape {
        let shapes = operands.map(|it| self.shapes.of(scope, it));
        // `'%s' % x`, `x * [0]`: what is no number decides.
        let other = shapes.iter().find(|it| is_no_number(it));
        other.cloned().unwrap_or_else(|| common(shapes))
    }

    fn comparison(&mut self, scope: ScopeId, expression: &Expr, it: &ast::ExprCompare) {
        let is_contained = |op: &CmpOp| matches!(op, CmpOp::In | CmpOp::NotIn);
        match (&*it.ops, &*it.comparators) {
            ([op], [within]) if is_contained(op) => {
                let shape = self.shapes.of(scope, within);
                self.add(
                    expression,
                    Group::Operator,
                    Deed::Contains,
                    shape,
                    Some(within),
                );
            }
            ([CmpOp::Is | CmpOp::IsNot], _) => {
                self.add(
                    expression,
                    Group::Operator,
                    Deed::Comparison,
                    Shape::Number,
                    None,
                );
            }
            (_, [right, ..]) => {
                let shape = self.of_operands(scope, [&it.left, right]);
                self.add(
                    expression,
                    Group::Operator,
                    Deed::Comparison,
                    shape,
                    Some(&it.left),
                );
            }
            _ => {}
        }
    }

    fn element(&mut self, scope: ScopeId, expression: &Expr, it: &ast::ExprSubscript) {
        let deed = match &*it.slice {
            Expr::Slice(_) => Deed::Slice,
            index => Deed::Element {
                by_text: self.shapes.of(scope, index) == Shape::Text,
            },
        };
        let shape = self.shapes.of(scope, &it.value);
        self.add(expression, Group::Element, deed, shape, Some(&it.value));
    }

    /// Of a module it is no more than a name.
    fn attribute(&mut self, scope: ScopeId, expression: &Expr, it: &ast::ExprAttribute) {
        let (deed, shape, on) = if self.shapes.imported(scope, expression).is_some() {
            (Deed::Fixed(CodeKind::Number), Shape::Unknown, None)
        } else {
            let shape = self.shapes.of(scope, &it.value);
            (
                Deed::Method(it.attr.as_str().into()),
                shape,
                Some(&*it.value),
            )
        };
        self.add(expression, Group::Attribute, deed, shape, on);
    }

    fn call(&mut self, scope: ScopeId, expression: &Expr, it: &ast::ExprCall) {
        let of = |deed| (deed, Shape::Unknown, None);
        let made = self.shapes.class(scope, &it.func);
        let (deed, shape, on) = match (&*it.func, target(self.table, scope, &it.func)) {
            _ if made.is_some() => of(Deed::Make(made.unwrap_or_default().into())),
            (Expr::Name(name), CallTarget::Builtin) => {
                let takes_several = it.arguments.args.len() > 1;
                of(Deed::Fixed(of_builtin(name.id.as_str(), takes_several)))
            }
            (_, CallTarget::Imported { name, origin }) => of(imported(&name, origin)),
            (Expr::Attribute(method), _) => {
                let shape = self.shapes.of(scope, &method.value);
                let deed = Deed::Method(method.attr.as_str().into());
                (deed, shape, Some(&*method.value))
            }
            _ => of(Deed::Fixed(CodeKind::Call)),
        };
        self.add(expression, Group::Call, deed, shape, on);
    }

    /// `enumerate` and `reversed` walk what they are given.
    fn iteration(&mut self, scope: ScopeId, walked: &Expr) {
        let inner = match walked {
            Expr::Call(call) => match (path(&call.func), &*call.arguments.args) {
                (Some(("enumerate" | "reversed", _)), [inner, ..]) => inner,
                (Some(("range", _)), _) => {
                    return self.add(
                        walked,
                        Group::Iteration,
                        Deed::Iteration,
                        Shape::Number,
                        None,
                    );
                }
                (Some((_, attributes)), _)
                    if matches!(attributes.last(), Some(&("items" | "keys" | "values"))) =>
                {
                    let table = Deed::Fixed(CodeKind::Table);
                    return self.add(walked, Group::Iteration, table, Shape::Unknown, None);
                }
                _ => walked,
            },
            _ => walked,
        };
        let shape = self.shapes.of(scope, inner);
        self.add(
            walked,
            Group::Iteration,
            Deed::Iteration,
            shape,
            Some(inner),
        );
    }

    fn add(
        &mut self,
        node: &impl Ranged,
        group: Group,
        deed: Deed,
        shape: Shape,
        on: Option<&Expr>,
    ) {
        self.sites.push(KindSite {
            place: place(self.text, node),
            group,
            deed,
            shape,
            variable: on.and_then(variable),
            loop_depth: self.loops.depth_at(node.start()),
        });
    }
}

/// A class is known by its capital letter.
fn imported(name: &str, origin: Origin) -> Deed {
    let last = name.rsplit('.').next().unwrap_or(name);
    match origin {
        Origin::FirstParty if last.starts_with(char::is_uppercase) => Deed::Make(last.into()),
        Origin::FirstParty => Deed::Fixed(CodeKind::Call),
        _ => Deed::Fixed(of_imported(name)),
    }
}

fn is_no_number(shape: &Shape) -> bool {
    !matches!(shape, Shape::Number | Shape::Unknown)
}

/// What kind of code a display is: it makes what it stands for.
fn made_by(expression: &Expr) -> Option<CodeKind> {
    match expression {
        Expr::Tuple(it) => is_made(it).then_some(CodeKind::Allocation),
        Expr::List(it) => (it.ctx == ExprContext::Load).then_some(CodeKind::Allocation),
        Expr::Dict(_) | Expr::Set(_) | Expr::Lambda(_) | Expr::Generator(_) => {
            Some(CodeKind::Allocation)
        }
        Expr::ListComp(_) => Some(CodeKind::List),
        Expr::DictComp(_) | Expr::SetComp(_) => Some(CodeKind::Table),
        Expr::FString(_) => Some(CodeKind::Text),
        _ => None,
    }
}

/// Constants are made once, and what is assigned to is not made.
fn is_made(tuple: &ast::ExprTuple) -> bool {
    let is_constant = |it: &Expr| it.is_literal_expr();
    tuple.ctx == ExprContext::Load && !tuple.elts.iter().all(is_constant)
}

/// The variable that an expression is a part of: `x[i][1:]` is an element of `x`.
fn variable(expression: &Expr) -> Option<(String, u8)> {
    let mut levels = 0_u8;
    let mut rest = expression;
    loop {
        match rest {
            Expr::Name(name) => return Some((name.id.to_string(), levels)),
            Expr::Subscript(it) => {
                let is_element = !it.slice.is_slice_expr();
                levels = levels.saturating_add(u8::from(is_element));
                rest = &it.value;
            }
            _ => return None,
        }
    }
}
