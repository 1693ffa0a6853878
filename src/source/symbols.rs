//! Which names each scope binds, and what each place in the code belongs to: Python's symbol table.

use super::imports::{Home, Import};
use super::parse::{Expr, Stmt, ast};
use super::scope::{ScopeId, ScopeKind, Scopes};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The names of a file, by scope, and its code in order of evaluation.
pub(super) struct SymbolTable<'a> {
    pub(super) scopes: Scopes,
    /// Beside the scopes: the names of each.
    pub(super) symbols: Vec<Symbols<'a>>,
    /// Every statement and expression, with the scope that runs it.
    pub(super) code: Vec<(ScopeId, Node<'a>)>,
    pub(super) home: &'a Home<'a>,
}

/// The names of a scope.
#[derive(Default)]
pub(super) struct Symbols<'a> {
    /// The `def`, for a function.
    pub(super) function: Option<&'a ast::StmtFunctionDef>,
    /// What the names mean that are bound in it.
    pub(super) meanings: BTreeMap<&'a str, Meaning>,
    /// The names that it declares `global`.
    pub(super) globals: BTreeSet<&'a str>,
    /// The names that it declares `nonlocal`.
    pub(super) nonlocals: BTreeSet<&'a str>,
    /// Its code and that of the scopes in it.
    pub(super) code: Range<usize>,
}

/// What a name was bound by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// An assignment, a parameter, a loop.
    Value,
    /// An import.
    Import(Import),
    /// A `def` or `class`.
    Definition(ScopeId),
}

/// A place in the code.
#[derive(Clone, Copy)]
pub(super) enum Node<'a> {
    Stmt(&'a Stmt),
    Expr(&'a Expr),
}

impl<'a> SymbolTable<'a> {
    pub(super) fn of(&self, scope: ScopeId) -> &Symbols<'a> {
        &self.symbols[scope.0]
    }

    /// The scope whose variable a name is, seen from `scope`; none for builtins and names that are
    /// bound elsewhere (`from m import *`).
    pub(super) fn owner(&self, scope: ScopeId, name: &str) -> Option<ScopeId> {
        let binds = |id: ScopeId| self.of(id).meanings.contains_key(name);
        let global = || Some(ScopeId::MODULE).filter(|&module| binds(module));
        for id in self.scopes.outward(scope) {
            // Functions in a class body don't see the names of the class.
            if id != scope && self.scopes.get(id).kind == ScopeKind::Class {
                continue;
            }
            let symbols = self.of(id);
            if symbols.globals.contains(name) {
                return global();
            }
            if binds(id) && !symbols.nonlocals.contains(name) {
                return Some(id);
            }
        }
        None
    }

    /// What a name means, seen from `scope`.
    pub(super) fn meaning(&self, scope: ScopeId, name: &str) -> Option<&Meaning> {
        self.of(self.owner(scope, name)?).meanings.get(name)
    }

    /// The code that a function runs itself: with its comprehensions and lambdas, without the
    /// functions and classes that are defined in it.
    pub(super) fn own_code(&self, function: ScopeId) -> impl Iterator<Item = (ScopeId, Node<'a>)> {
        let is_own = move |scope: ScopeId| {
            let mut outward = self.scopes.outward(scope);
            let is_named = |id: &ScopeId| {
                let kind = self.scopes.get(*id).kind;
                !matches!(kind, ScopeKind::Lambda | ScopeKind::Comprehension)
            };
            outward.find(is_named) == Some(function)
        };
        self.all_code(function)
            .filter(move |(scope, _)| is_own(*scope))
    }

    /// The code of a function and of all that is defined in it.
    pub(super) fn all_code(&self, function: ScopeId) -> impl Iterator<Item = (ScopeId, Node<'a>)> {
        self.code[self.of(function).code.clone()].iter().copied()
    }

    /// Whether a name, seen from `scope`, is this parameter of the function.
    pub(super) fn is_parameter(&self, scope: ScopeId, name: &str, function: ScopeId) -> bool {
        let definition = self.of(function).function;
        definition.is_some_and(|definition| definition.parameters.includes(name))
            && self.owner(scope, name) == Some(function)
    }

    /// The method whose first parameter a name is, seen from `scope`.
    pub(super) fn method_of_receiver(&self, scope: ScopeId, name: &str) -> Option<ScopeId> {
        let owner = self.owner(scope, name)?;
        let parameters = &self.of(owner).function?.parameters;
        let first = parameters.posonlyargs.first().or(parameters.args.first())?;
        let is_method = self.scopes.parent(owner)?.kind == ScopeKind::Class;
        (is_method && first.parameter.name.as_str() == name).then_some(owner)
    }
}

/// A dotted path: the name that it starts with, and the attributes.
pub(super) fn path(expression: &Expr) -> Option<(&str, Vec<&str>)> {
    let mut attributes = Vec::new();
    let mut expression = expression;
    loop {
        match expression {
            Expr::Attribute(attribute) => {
                attributes.push(attribute.attr.as_str());
                expression = &attribute.value;
            }
            Expr::Name(name) => {
                attributes.reverse();
                return Some((name.id.as_str(), attributes));
            }
            _ => return None,
        }
    }
}
