//! Expressions whose surroundings make up for what would be a pitfall elsewhere.

use crate::source::calls::builtin;
use crate::source::parse::ast::Operator;
use crate::source::parse::{Expr, Ranged, TextSize};
use crate::source::scope::ScopeId;
use crate::source::symbols::{Node, SymbolTable};
use std::collections::BTreeSet;

/// What these make of items is the same in any order, unless a `key` makes equals of different items.
const ORDERLESS: [&str; 9] = [
    "all",
    "any",
    "frozenset",
    "len",
    "max",
    "min",
    "set",
    "sorted",
    "sum",
];

/// The places of such expressions.
pub(super) struct Harmless(BTreeSet<(TextSize, TextSize)>);

impl Harmless {
    pub(super) fn of(table: &SymbolTable<'_>, function: ScopeId) -> Self {
        let mut harmless = Self(BTreeSet::new());
        for (scope, node) in table.own_code(function) {
            if let Node::Expr(expression) = node {
                harmless.look(table, scope, expression);
            }
        }
        harmless
    }

    pub(super) fn contains(&self, node: &impl Ranged) -> bool {
        self.0.contains(&(node.start(), node.end()))
    }

    fn insert(&mut self, node: &impl Ranged) {
        self.0.insert((node.start(), node.end()));
    }

    fn look(&mut self, table: &SymbolTable<'_>, scope: ScopeId, expression: &Expr) {
        match expression {
            // A mask cuts off what was shifted out.
            Expr::BinOp(operation) if operation.op == Operator::BitAnd => {
                if operation.right.is_number_literal_expr() {
                    self.insert(&*operation.left);
                }
                if operation.left.is_number_literal_expr() {
                    self.insert(&*operation.right);
                }
            }
            Expr::SetComp(set) => {
                for generator in &set.generators {
                    self.insert(&generator.iter);
                }
            }
            Expr::Call(call) => {
                let called = builtin(table, scope, &call.func);
                let has_key = call.arguments.find_keyword("key").is_some();
                if called.is_some_and(|name| ORDERLESS.contains(&name)) && !has_key {
                    for argument in &call.arguments.args {
                        self.insert(argument);
                        if let Expr::Generator(generator) = argument {
                            for generator in &generator.generators {
                                self.insert(&generator.iter);
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
}
