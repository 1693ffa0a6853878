//! What the variables of a file hold, as far as their assignments tell.

use super::super::PythonType;
use super::super::annotation::annotation;
use super::super::parse::ast::Operator;
use super::super::parse::{Expr, Ranged, Stmt, TextSize, ast};
use super::super::scope::{ScopeId, ScopeKind};
use super::super::symbols::{Meaning, Node, SymbolTable};
use super::super::text::Text;
use super::key::Key;
use super::kinds::Kind;
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, BTreeSet};

/// What was assigned to each variable of a file.
pub(in crate::source) struct Values<'t, 'a> {
    pub(super) table: &'t SymbolTable<'a>,
    bound: BTreeMap<Key<'a>, Vec<Bound<'a>>>,
    /// Variables whose list or text grows somewhere.
    grown: BTreeSet<Key<'a>>,
    /// The names and attributes that an assignment told of.
    told: FxHashSet<TextSize>,
}

/// What a variable was bound to at one place.
#[derive(Clone, Copy)]
pub(super) enum Bound<'a> {
    /// To the value of an expression.
    Value(ScopeId, &'a Expr),
    /// To a value of this kind.
    Kind(Kind),
    /// To what the source does not tell.
    Unknown,
}

impl<'t, 'a> Values<'t, 'a> {
    pub(in crate::source) fn new(table: &'t SymbolTable<'a>, text: Text<'_>) -> Self {
        let mut values = Self {
            table,
            bound: BTreeMap::new(),
            grown: BTreeSet::new(),
            told: FxHashSet::default(),
        };
        for scope in table.scopes.ids() {
            values.parameters(scope, text);
        }
        for &(scope, node) in &table.code {
            match node {
                Node::Stmt(statement) => values.statement(scope, statement, text),
                Node::Expr(expression) => values.expression(scope, expression),
            }
        }
        values
    }

    /// What a variable was bound to, place by place.
    pub(super) fn bound(&self, key: Key<'a>) -> &[Bound<'a>] {
        let is_value = match key {
            Key::Name(owner, name) => {
                self.table.of(owner).meanings.get(name) == Some(&Meaning::Value)
            }
            Key::Attribute(class, name) => !matches!(
                self.table.of(class).meanings.get(name),
                Some(Meaning::Definition(_) | Meaning::Import(_))
            ),
        };
        let bound = self.bound.get(&key).filter(|_| is_value);
        bound.map_or(&[], Vec::as_slice)
    }

    /// How many elements a list or tuple has that is written out and never grows.
    pub(super) fn length(&self, scope: ScopeId, expression: &'a Expr) -> Option<usize> {
        let key = Key::of(self.table, scope, expression)?;
        if self.grown.contains(&key) {
            return None;
        }
        let lengths = self.bound(key).iter().map(|bound| match bound {
            Bound::Value(_, Expr::List(list)) => Some(list.elts.len()),
            Bound::Value(_, Expr::Tuple(tuple)) => Some(tuple.elts.len()),
            Bound::Value(..) | Bound::Kind(_) | Bound::Unknown => None,
        });
        lengths.reduce(|one, other| Some(one?.max(other?)))?
    }

    fn parameters(&mut self, scope: ScopeId, text: Text<'_>) {
        let Some(function) = self.table.of(scope).function else {
            return;
        };
        let around = self.table.scopes.get(scope).parent.unwrap_or(scope);
        for parameter in &*function.parameters {
            let bound = match parameter.annotation() {
                _ if parameter.is_variadic() => Bound::Unknown,
                Some(written) => self.annotated(around, written, text),
                None => Bound::Unknown,
            };
            self.push(Key::Name(scope, parameter.name().as_str()), bound);
        }
    }

    fn annotated(&self, scope: ScopeId, written: &Expr, text: Text<'_>) -> Bound<'a> {
        let of_type = annotation(self.table, text, scope, written).python_type;
        kind_of_type(&of_type).map_or(Bound::Unknown, Bound::Kind)
    }

    fn statement(&mut self, scope: ScopeId, statement: &'a Stmt, text: Text<'_>) {
        match statement {
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.assign(scope, target, &assign.value);
                }
            }
            Stmt::AnnAssign(assign) => {
                let bound = self.annotated(scope, &assign.annotation, text);
                self.bind(scope, &assign.target, bound);
            }
            // It keeps its kind.
            Stmt::AugAssign(assign) => {
                self.told.insert(assign.target.start());
                if assign.op == Operator::Add
                    && let Some(key) = Key::of(self.table, scope, &assign.target)
                {
                    self.grown.insert(key);
                }
            }
            _ => {}
        }
    }

    fn assign(&mut self, scope: ScopeId, target: &'a Expr, value: &'a Expr) {
        let several = match target {
            Expr::Tuple(tuple) => Some(&tuple.elts),
            Expr::List(list) => Some(&list.elts),
            _ => None,
        };
        match (several, value) {
            (None, _) => self.bind(scope, target, Bound::Value(scope, value)),
            (Some(targets), Expr::Tuple(values)) if targets.len() == values.elts.len() => {
                for (target, value) in targets.iter().zip(&values.elts) {
                    self.assign(scope, target, value);
                }
            }
            // Their names come by themselves.
            _ => {}
        }
    }

    fn expression(&mut self, scope: ScopeId, expression: &'a Expr) {
        match expression {
            Expr::Named(named) => {
                self.bind(scope, &named.target, Bound::Value(scope, &named.value));
            }
            Expr::Name(name) if !is_load(name.ctx) => self.otherwise(scope, expression),
            Expr::Attribute(attribute) if !is_load(attribute.ctx) => {
                self.otherwise(scope, expression);
            }
            Expr::Call(call) => {
                if let Expr::Attribute(method) = &*call.func
                    && matches!(method.attr.as_str(), "append" | "extend" | "insert")
                    && let Some(key) = Key::of(self.table, scope, &method.value)
                {
                    self.grown.insert(key);
                }
            }
            _ => {}
        }
    }

    /// A name is bound by what is no assignment: a loop, an unpacking, `with`.
    fn otherwise(&mut self, scope: ScopeId, target: &'a Expr) {
        if !self.told.contains(&target.start()) {
            self.bind(scope, target, Bound::Unknown);
        }
    }

    fn bind(&mut self, scope: ScopeId, target: &'a Expr, bound: Bound<'a>) {
        let Some(key) = Key::of(self.table, scope, target) else {
            return;
        };
        self.told.insert(target.start());
        self.push(key, bound);
        // What the body of a class binds, its methods find at `self`.
        if let Key::Name(owner, name) = key
            && self.table.scopes.get(owner).kind == ScopeKind::Class
        {
            self.push(Key::Attribute(owner, name), bound);
        }
    }

    fn push(&mut self, key: Key<'a>, bound: Bound<'a>) {
        self.bound.entry(key).or_default().push(bound);
    }
}

fn is_load(context: ast::ExprContext) -> bool {
    matches!(context, ast::ExprContext::Load)
}

fn kind_of_type(of_type: &PythonType) -> Option<Kind> {
    match of_type {
        PythonType::List(_) => Some(Kind::List),
        PythonType::Str => Some(Kind::Str),
        PythonType::Bytes => Some(Kind::Bytes),
        PythonType::Set(_) => Some(Kind::Set),
        PythonType::Dict(..) => Some(Kind::Dict),
        PythonType::Tuple(_) => Some(Kind::Tuple),
        PythonType::Bool | PythonType::Int | PythonType::Float => Some(Kind::Number),
        PythonType::Optional(inner) => kind_of_type(inner),
        PythonType::None | PythonType::Other => None,
    }
}
