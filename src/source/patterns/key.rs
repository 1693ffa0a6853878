//! A variable of a file: a name in its scope, or an attribute of the class around.

use super::super::parse::Expr;
use super::super::scope::ScopeId;
use super::super::symbols::SymbolTable;

/// A variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key<'a> {
    /// A name, and the scope that it belongs to.
    Name(ScopeId, &'a str),
    /// `self.name` in a method, and the class.
    Attribute(ScopeId, &'a str),
}

impl<'a> Key<'a> {
    /// The variable that an expression is; none for all else.
    pub(super) fn of(
        table: &SymbolTable<'_>,
        scope: ScopeId,
        expression: &'a Expr,
    ) -> Option<Self> {
        match expression {
            Expr::Name(name) => {
                let name = name.id.as_str();
                Some(Self::Name(table.owner(scope, name)?, name))
            }
            Expr::Attribute(attribute) => {
                let Expr::Name(object) = &*attribute.value else {
                    return None;
                };
                let method = table.method_of_receiver(scope, object.id.as_str())?;
                let class = table.scopes.get(method).parent?;
                Some(Self::Attribute(class, attribute.attr.as_str()))
            }
            _ => None,
        }
    }
}
