//! The fields of its object that a method works with.

use super::parse::Expr;
use super::scope::ScopeId;
use super::symbols::{Meaning, Node, SymbolTable};
use std::collections::BTreeSet;

/// The attributes of its first parameter that a method reads or writes, sorted; those that its class defines as
/// functions are no fields.
pub(super) fn fields(table: &SymbolTable<'_>, function: ScopeId) -> Vec<String> {
    let mut fields = BTreeSet::new();
    for (scope, node) in table.all_code(function) {
        let Node::Expr(Expr::Attribute(attribute)) = node else {
            continue;
        };
        let Expr::Name(object) = &*attribute.value else {
            continue;
        };
        let method = table.method_of_receiver(scope, object.id.as_str());
        let name = attribute.attr.as_str();
        if method == Some(function) && !is_method(table, function, name) {
            fields.insert(name);
        }
    }
    fields.into_iter().map(str::to_owned).collect()
}

fn is_method(table: &SymbolTable<'_>, function: ScopeId, name: &str) -> bool {
    let class = table.scopes.get(function).parent;
    let meaning = class.and_then(|class| table.of(class).meanings.get(name));
    matches!(meaning, Some(Meaning::Definition(_)))
}

#[cfg(test)]
mod tests {
    use crate::source::project::definition;

    #[test]
    fn fields_are_told_from_methods_and_from_other_objects() {
        let source = "\
class Grid:
    def step(self, other):
        self.cells[0] += self.width
        self.clear()
        other.height
        return [self.depth for _ in self.rows()]

    def clear(self): ...
    def rows(self): ...
";
        let step = definition(source, "Grid.step");
        assert_eq!(step.fields, ["cells", "depth", "width"]);
        let clear = definition(source, "Grid.clear");
        assert!(clear.fields.is_empty());
    }
}
