//! The classes of a file and what it replaces: what one file does to the functions of others.

use super::parse::{Expr, Ranged, Stmt, ast};
use super::scope::{ScopeId, ScopeKind};
use super::symbols::{Meaning, Node, SymbolTable, path};
use super::text::Text;
use crate::profile::Line;

/// A class of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// The dotted name: `module.qualname`.
    pub name: String,
    /// Its parents by dotted name where that is known, otherwise as written; `object` is none.
    pub parents: Vec<String>,
    /// The names that its body binds, sorted: methods and class attributes.
    pub members: Vec<String>,
    /// Where.
    pub line: Line,
}

/// A function, class or method that a file puts something else in the place of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// The dotted name of what is replaced.
    pub name: String,
    /// Where.
    pub line: Line,
}

/// The classes of a file, in order of place.
pub(super) fn classes(table: &SymbolTable<'_>, text: Text<'_>) -> Vec<Class> {
    let statements = table.code.iter().filter_map(|(scope, node)| match node {
        Node::Stmt(Stmt::ClassDef(class)) => Some((*scope, class)),
        _ => None,
    });
    let classes = statements.filter_map(|(scope, statement)| class(table, text, scope, statement));
    classes.collect()
}

fn class(
    table: &SymbolTable<'_>,
    text: Text<'_>,
    around: ScopeId,
    statement: &ast::StmtClassDef,
) -> Option<Class> {
    let id = scope_of(table, around, statement)?;
    let arguments = statement.arguments.as_deref();
    let parents = arguments.map_or(&[][..], |arguments| &arguments.args);
    let parents = parents.iter().map(|parent| {
        let parent = without_parameters(parent);
        name_of(table, around, parent).unwrap_or_else(|| text.brief(parent))
    });
    let members = table.of(id).meanings.keys();
    Some(Class {
        name: dotted(table, &table.scopes.qualname(id)),
        parents: parents.filter(|parent| parent != "object").collect(),
        members: members.map(|name| (*name).to_owned()).collect(),
        line: table.scopes.get(id).def_line,
    })
}

/// `Generic` of `Generic[T]`.
fn without_parameters(parent: &Expr) -> &Expr {
    match parent {
        Expr::Subscript(generic) => &generic.value,
        parent => parent,
    }
}

/// The scope that a class statement opens.
fn scope_of(
    table: &SymbolTable<'_>,
    around: ScopeId,
    class: &ast::StmtClassDef,
) -> Option<ScopeId> {
    match table.of(around).meanings.get(class.name.as_str()) {
        Some(Meaning::Definition(id)) if table.scopes.get(*id).kind == ScopeKind::Class => {
            Some(*id)
        }
        _ => None,
    }
}

/// What a file replaces: it assigns an attribute of an imported module or class, or of a class of its own, or a name
/// that a `def` of it has bound.
pub(super) fn replacements(table: &SymbolTable<'_>, text: Text<'_>) -> Vec<Replacement> {
    let targets = table.code.iter().filter_map(|(scope, node)| match node {
        Node::Expr(Expr::Attribute(it)) if matches!(it.ctx, ast::ExprContext::Store) => {
            let name = name_of(table, *scope, &Expr::Attribute(it.clone()))?;
            Some((name, it.start()))
        }
        Node::Expr(Expr::Name(it)) if matches!(it.ctx, ast::ExprContext::Store) => {
            let name = it.id.as_str();
            let Some(Meaning::Definition(id)) = table.meaning(*scope, name) else {
                return None;
            };
            Some((dotted(table, &table.scopes.qualname(*id)), it.start()))
        }
        Node::Expr(Expr::Call(call)) => {
            let name = set_attribute(table, *scope, call)?;
            Some((name, call.start()))
        }
        _ => None,
    });
    let replacement = |(name, place)| Replacement {
        name,
        line: text.line_at(place),
    };
    targets.map(replacement).collect()
}

/// `setattr(module, "name", …)`.
fn set_attribute(table: &SymbolTable<'_>, scope: ScopeId, call: &ast::ExprCall) -> Option<String> {
    let is_it = super::calls::builtin(table, scope, &call.func) == Some("setattr");
    let object = call.arguments.args.first().filter(|_| is_it)?;
    let attribute = call.arguments.args.get(1)?.as_string_literal_expr()?;
    let object = name_of(table, scope, object)?;
    Some(format!("{object}.{}", attribute.value.to_str()))
}

/// The dotted name of something imported, or of a function or class of the file, or of an attribute of those.
fn name_of(table: &SymbolTable<'_>, scope: ScopeId, expression: &Expr) -> Option<String> {
    let (name, attributes) = path(expression)?;
    let start = match table.meaning(scope, name) {
        Some(Meaning::Import(import)) => import.name.clone(),
        Some(Meaning::Definition(id)) => dotted(table, &table.scopes.qualname(*id)),
        // A builtin class: `list`.
        None if attributes.is_empty() => name.to_owned(),
        Some(Meaning::Value) | None => return None,
    };
    Some([&[&*start], &attributes[..]].concat().join("."))
}

fn dotted(table: &SymbolTable<'_>, qualname: &str) -> String {
    format!("{}.{qualname}", table.home.module.name)
}

#[cfg(test)]
mod tests {
    use crate::source::project::module;

    #[test]
    fn a_class_has_parents_by_dotted_name_and_the_names_of_its_body() {
        let source = "import a.b\nfrom c import D\nclass E(object):\n  x = 1\n  def m(self): ...\nclass F(E, D, a.b.G[int], list, k=1): ...\n";
        let classes = module(source).classes;
        let lines = classes.iter().map(|it| {
            format!(
                "{} {} ({}) {}",
                it.line,
                it.name,
                it.parents.join(" "),
                it.members.join(" ")
            )
        });
        assert_eq!(
            lines.collect::<Vec<_>>(),
            ["3 mod.E () m x", "6 mod.F (mod.E c.D a.b.G list) "]
        );
    }

    #[test]
    fn what_takes_the_place_of_a_function_or_attribute_is_a_replacement() {
        let source = "import a.b\nfrom c import D\ndef f(x):\n  a.b.g = x\n  x.y = 1\ndef h(): ...\nh = f(h)\nclass K:\n  def m(self): self.z = 1\nK.m = h\nD.n, y = 1, 2\nsetattr(a, 'k', 1)\n";
        let found = module(source).replacements;
        let lines = found.iter().map(|it| format!("{} {}", it.line, it.name));
        assert_eq!(
            lines.collect::<Vec<_>>(),
            ["4 a.b.g", "7 mod.h", "10 mod.K.m", "11 c.D.n", "12 a.k"]
        );
    }
}
