//! What a call calls, by one name: through imports, assignments and attributes of objects.

use super::parse::{Expr, Stmt, ast};
use super::scope::ScopeId;
use super::symbols::{Meaning, Node, SymbolTable};
use super::work::{Work, work_of};
use std::collections::BTreeMap;

/// Assignments are followed no further: they may go in a circle.
const MOST_STEPS: u32 = 8;

/// So many assignments of a name are looked at, at most.
const MOST_VALUES: usize = 4;

/// An object whose type the source does not tell.
const ANY: &str = "?";

/// The names of a file, and what was assigned to them.
pub(super) struct Callees<'t, 'a> {
    table: &'t SymbolTable<'a>,
    variables: BTreeMap<(ScopeId, &'a str), Vec<(ScopeId, &'a Expr)>>,
    /// Assigned to `self.name`, or in the body of a class.
    attributes: BTreeMap<&'a str, Vec<(ScopeId, &'a Expr)>>,
}

impl<'t, 'a> Callees<'t, 'a> {
    pub(super) fn new(table: &'t SymbolTable<'a>) -> Self {
        let mut callees = Self {
            table,
            variables: BTreeMap::new(),
            attributes: BTreeMap::new(),
        };
        for &(scope, node) in &table.code {
            callees.assign(scope, node);
        }
        callees
    }

    fn assign(&mut self, scope: ScopeId, node: Node<'a>) {
        match node {
            Node::Stmt(Stmt::Assign(assign)) => {
                for target in &assign.targets {
                    self.bind(scope, target, &assign.value);
                }
            }
            Node::Stmt(Stmt::AnnAssign(assign)) => {
                if let Some(value) = &assign.value {
                    self.bind(scope, &assign.target, value);
                }
            }
            Node::Stmt(Stmt::With(with)) => {
                for item in &with.items {
                    if let Some(target) = &item.optional_vars {
                        self.bind(scope, target, &item.context_expr);
                    }
                }
            }
            Node::Expr(Expr::Named(named)) => self.bind(scope, &named.target, &named.value),
            _ => {}
        }
    }

    fn bind(&mut self, scope: ScopeId, target: &'a Expr, value: &'a Expr) {
        match target {
            Expr::Name(name) => {
                let name = name.id.as_str();
                let owner = self.table.owner(scope, name).unwrap_or(scope);
                self.variables
                    .entry((owner, name))
                    .or_default()
                    .push((scope, value));
                if self.table.scopes.get(owner).kind == super::ScopeKind::Class {
                    self.attributes
                        .entry(name)
                        .or_default()
                        .push((scope, value));
                }
            }
            Expr::Attribute(attribute) if attribute.value.is_name_expr() => {
                let values = self.attributes.entry(attribute.attr.as_str());
                values.or_default().push((scope, value));
            }
            _ => {}
        }
    }

    /// What a call does.
    pub(super) fn work(&self, scope: ScopeId, call: &ast::ExprCall) -> Work {
        let names = self.names(scope, &call.func, MOST_STEPS);
        let works = names.iter().map(|called| match called {
            Called::Python => Work::Python,
            Called::Named(name) => as_called(name, &call.arguments),
        });
        together(works)
    }

    /// All that an expression may stand for.
    fn names(&self, scope: ScopeId, expression: &Expr, steps: u32) -> Vec<Called> {
        let any = || vec![Called::Named(ANY.to_owned())];
        let Some(steps) = steps.checked_sub(1) else {
            return any();
        };
        match expression {
            Expr::Name(name) => self.of_name(scope, name.id.as_str(), steps),
            Expr::Attribute(attribute) => self.of_attribute(scope, attribute, steps),
            Expr::Call(call) => with_end(self.names(scope, &call.func, steps), "()"),
            Expr::BoolOp(either) => self.names(scope, &either.values[0], steps),
            _ => any(),
        }
    }

    fn of_name(&self, scope: ScopeId, name: &str, steps: u32) -> Vec<Called> {
        let Some(owner) = self.table.owner(scope, name) else {
            return vec![Called::Named(name.to_owned())];
        };
        match self.table.of(owner).meanings.get(name) {
            Some(Meaning::Import(import)) => vec![Called::Named(import.name.clone())],
            Some(Meaning::Definition(id)) => {
                let module = &self.table.home.module.name;
                let name = format!("{module}.{}", self.table.scopes.qualname(*id));
                // A few functions of the standard library are known to hand out C.
                let given = [format!("{name}()"), format!("{name}().x")];
                let is_known = given.iter().any(|it| work_of(it) != Work::Unknown);
                vec![if is_known {
                    Called::Named(name)
                } else {
                    Called::Python
                }]
            }
            _ => self.of_values(self.variables.get(&(owner, name)), steps),
        }
    }

    fn of_attribute(
        &self,
        scope: ScopeId,
        attribute: &ast::ExprAttribute,
        steps: u32,
    ) -> Vec<Called> {
        let name = attribute.attr.as_str();
        if let Expr::Name(object) = &*attribute.value
            && let Some(method) = self.table.method_of_receiver(scope, object.id.as_str())
        {
            let class = self.table.scopes.get(method).parent;
            let meanings = class.map(|class| &self.table.of(class).meanings);
            let meaning = meanings.and_then(|meanings| meanings.get(name));
            if let Some(Meaning::Definition(_)) = meaning {
                return vec![Called::Python];
            }
            return self.of_values(self.attributes.get(name), steps);
        }
        let object = self.names(scope, &attribute.value, steps);
        with_end(object, &format!(".{name}"))
    }

    fn of_values(&self, values: Option<&Vec<(ScopeId, &'a Expr)>>, steps: u32) -> Vec<Called> {
        let values = values.map_or(&[][..], Vec::as_slice);
        if values.is_empty() || values.len() > MOST_VALUES {
            return vec![Called::Named(ANY.to_owned())];
        }
        let each = values.iter();
        each.flat_map(|(scope, value)| self.names(*scope, value, steps))
            .take(MOST_VALUES)
            .collect()
    }
}

/// What an expression stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Called {
    /// A function, class or method that is written in Python.
    Python,
    /// By its name; `()` behind what is called for it.
    Named(String),
}

fn with_end(called: Vec<Called>, end: &str) -> Vec<Called> {
    let longer = |called| match called {
        // What a function of the program gives may be anything.
        Called::Python => Called::Named(format!("{ANY}{end}")),
        Called::Named(name) => Called::Named(name + end),
    };
    called.into_iter().map(longer).collect()
}

/// What a function does with these arguments: `max(a, b)` is light, and so is adding up what Python makes one by one.
fn as_called(name: &str, arguments: &ast::Arguments) -> Work {
    let positional = &arguments.args;
    let method = name.rsplit('.').next();
    let takes_items = matches!(name, "sum" | "min" | "max") || method == Some("join");
    let is_light = match &positional[..] {
        [Expr::Generator(_)] => takes_items,
        [_, _, ..] => matches!(name, "min" | "max"),
        _ => false,
    };
    if is_light { Work::Light } else { work_of(name) }
}

/// A call of which one of several things is meant. Calls of Python don't take time where they are made.
fn together(works: impl Iterator<Item = Work>) -> Work {
    let either = |one: Work, other: Work| match (one, other) {
        (Work::Python, it) | (it, Work::Python) => it,
        (one, other) if one == other => one,
        _ => Work::Unknown,
    };
    works.reduce(either).unwrap_or(Work::Unknown)
}
