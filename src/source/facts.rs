//! The facts of a function, put together from what each part of the stage says.

use super::annotation::annotation;
use super::assignment::assigned_parameters;
use super::calls::calls;
use super::decorated::binding;
use super::docstring::docstring;
use super::dynamic::dynamic;
use super::fields::fields;
use super::measures::{lines_of_code, measures};
use super::mutation::mutated_parameters;
use super::parameters::parameters;
use super::parse::{Expr, Ranged, Stmt, TextRange, ast};
use super::patterns::{Values, patterns};
use super::pitfalls::{Globals, pitfalls};
use super::returned::{returned_variables, returns_value};
use super::scope::{ScopeId, ScopeKind};
use super::symbols::{Node, SymbolTable};
use super::text::Text;
use super::{Definition, Form};
use std::collections::BTreeSet;

/// The definitions of a file, in order of place.
pub(super) fn definitions(table: &SymbolTable<'_>, text: Text<'_>) -> Vec<Definition> {
    let values = Values::new(table, text);
    let functions = table
        .scopes
        .ids()
        .filter_map(|id| Some((id, table.of(id).function?)));
    let globals = Globals::of(table);
    functions
        // What does not parse may leave a `def` without its name.
        .filter(|(_, function)| !function.name.as_str().is_empty())
        .map(|(id, function)| definition(table, &globals, &values, text, id, function))
        .collect()
}

fn definition(
    table: &SymbolTable<'_>,
    globals: &Globals<'_>,
    values: &Values<'_, '_>,
    text: Text<'_>,
    id: ScopeId,
    function: &ast::StmtFunctionDef,
) -> Definition {
    let scope = table.scopes.get(id);
    let around = scope.parent.unwrap_or(ScopeId::MODULE);
    let is_in_class = table.scopes.get(around).kind == ScopeKind::Class;
    let measures = measures(&function.body);
    let returns = function.returns.as_deref();
    let decorators = function.decorator_list.iter();
    Definition {
        name: function.name.to_string(),
        qualname: table.scopes.qualname(id),
        first_line: scope.first_line,
        def_line: scope.def_line,
        end_line: scope.end_line,
        binding: binding(function, is_in_class),
        form: form(table, id, function),
        class: is_in_class.then(|| table.scopes.qualname(around)),
        enclosing: enclosing(table, id),
        captures: captures(table, id),
        parameters: parameters(table, text, around, &function.parameters),
        returns: returns.map(|expression| annotation(table, text, around, expression)),
        docstring: docstring(&function.body),
        decorators: decorators
            .map(|decorator| text.one_line(&decorator.expression))
            .collect(),
        lines: lines_of_code(text, undecorated(function)),
        complexity: measures.complexity,
        loops: measures.loops,
        loop_depth: measures.loop_depth,
        calls: calls(table, text, id, &measures.calls_in_loops),
        dynamic: dynamic(table, text, id),
        mutated_parameters: mutated_parameters(table, id),
        assigned_parameters: assigned_parameters(table, id),
        rebinds: rebinds(table, id),
        fields: fields(table, id),
        returned_variables: returned_variables(table, id),
        returns_value: returns_value(table, id),
        pitfalls: pitfalls(table, globals, text, id),
        patterns: patterns(values, text, id),
    }
}

fn undecorated(function: &ast::StmtFunctionDef) -> TextRange {
    let decorators = function.decorator_list.last();
    let start = decorators.map_or(function.start(), Ranged::end);
    TextRange::new(start, function.end().max(start))
}

fn form(table: &SymbolTable<'_>, id: ScopeId, function: &ast::StmtFunctionDef) -> Form {
    let yields = table.all_code(id).any(|(scope, node)| {
        scope == id && matches!(node, Node::Expr(Expr::Yield(_) | Expr::YieldFrom(_)))
    });
    match (function.is_async, yields) {
        (false, false) => Form::Plain,
        (false, true) => Form::Generator,
        (true, false) => Form::Coroutine,
        (true, true) => Form::AsyncGenerator,
    }
}

/// The nearest function around, also around the class of a method.
fn enclosing(table: &SymbolTable<'_>, id: ScopeId) -> Option<String> {
    let mut around = table.scopes.outward(id).skip(1);
    let function = around.find(|&id| table.scopes.get(id).kind == ScopeKind::Function)?;
    Some(table.scopes.qualname(function))
}

/// Names that belong to a function around, and are used in this one or in what is defined in it.
fn captures(table: &SymbolTable<'_>, function: ScopeId) -> Vec<String> {
    let mut captures = BTreeSet::new();
    for (scope, node) in table.all_code(function) {
        let names: Vec<&str> = match node {
            Node::Expr(Expr::Name(name)) => vec![name.id.as_str()],
            Node::Stmt(Stmt::Nonlocal(nonlocal)) => {
                nonlocal.names.iter().map(ast::Identifier::as_str).collect()
            }
            _ => continue,
        };
        captures.extend(names.into_iter().filter(|name| {
            table.owner(scope, name).is_some_and(|owner| {
                // An owner is around the scope: it is around the function if it stands before it.
                let kind = table.scopes.get(owner).kind;
                owner < function && !matches!(kind, ScopeKind::Module | ScopeKind::Class)
            })
        }));
    }
    captures.into_iter().map(str::to_owned).collect()
}

/// Names of other scopes that the function assigns.
fn rebinds(table: &SymbolTable<'_>, function: ScopeId) -> Vec<String> {
    let symbols = table.of(function);
    let declared = symbols.globals.union(&symbols.nonlocals);
    let assigned = declared.filter(|name| symbols.meanings.contains_key(*name));
    assigned.map(|name| (*name).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::project::definition;

    #[track_caller]
    fn check(source: &str, qualname: &str, fact: impl Fn(Definition) -> String, expected: &str) {
        assert_eq!(fact(definition(source, qualname)), expected, "{qualname}");
    }

    #[test]
    fn lines_are_told_with_and_without_decorators() {
        let source = "\n@a\n@b(\n  1)\n# why\nasync def f(x):\n  pass\n  # end\n\nx = 1\n";
        let lines =
            |one: Definition| format!("{} {} {}", one.first_line, one.def_line, one.end_line);
        check(source, "f", lines, "2 6 7");
        check(source, "f", |one| one.decorators.join(" "), "a b(1)");
    }

    #[test]
    fn a_function_knows_what_it_is_defined_in() {
        let source = "class C:\n  class D:\n    def m(self):\n      def g(): ...\n      class E:\n        def h(self): ...\n";
        let place = |one: Definition| {
            let [class, enclosing] =
                [one.class, one.enclosing].map(|name| name.unwrap_or("-".to_owned()));
            format!("{:?} {class} {enclosing}", one.binding)
        };
        check(source, "C.D.m", place, "Method C.D -");
        check(source, "C.D.m.<locals>.g", place, "Function - C.D.m");
        let method = "Method C.D.m.<locals>.E C.D.m";
        check(source, "C.D.m.<locals>.E.h", place, method);
    }

    #[test]
    fn yield_and_async_say_what_calling_gives() {
        let form = |one: Definition| format!("{:?}", one.form);
        check("def f(): return 1\n", "f", form, "Plain");
        check("def f():\n  x = yield\n", "f", form, "Generator");
        check("def f(): yield from x\n", "f", form, "Generator");
        check("async def f(): await x\n", "f", form, "Coroutine");
        check("async def f(): yield 1\n", "f", form, "AsyncGenerator");
        let inner = "def f():\n  def g(): yield\n  return lambda: (yield)\n";
        check(inner, "f", form, "Plain");
    }

    #[test]
    fn captures_are_the_names_of_functions_around() {
        let source = "G = 1\ndef f(a, b, c, d):\n  e = 1\n  class K:\n    c = 1\n    def m(self):\n      return a, c, G, len, e\n  def g(b):\n    nonlocal d\n    d = [b + e for _ in a]\n    def h(): return c\n";
        let captures = |one: Definition| one.captures.join(" ");
        check(source, "f", captures, "");
        check(source, "f.<locals>.K.m", captures, "a c e");
        check(source, "f.<locals>.g", captures, "a c d e");
        check(source, "f.<locals>.g.<locals>.h", captures, "c");
    }

    #[test]
    fn names_of_other_scopes_that_are_assigned_are_rebound() {
        let source = "def f():\n  global a, b, c\n  a = 1\n  b.x = 1\n  import c\n  d = 2\n  def g():\n    nonlocal d\n    d += 1\n";
        let rebinds = |one: Definition| one.rebinds.join(" ");
        check(source, "f", rebinds, "a c");
        check(source, "f.<locals>.g", rebinds, "d");
    }

    #[test]
    fn a_function_that_is_declared_global_is_not_qualified() {
        let source = "def f():\n  global g\n  def g(): ...\n";
        check(source, "g", |one| one.enclosing.unwrap_or_default(), "f");
    }

    #[test]
    fn the_docstring_is_the_first_text_of_the_body() {
        let docstring = |one: Definition| one.docstring.unwrap_or("none".to_owned());
        check(
            "def f():\n  '''One.\n\n  Two.\n  '''\n",
            "f",
            docstring,
            "One.\n\nTwo.",
        );
        check("def f():\n  f'One.'\n", "f", docstring, "none");
        check("def f():\n  pass\n  'One.'\n", "f", docstring, "none");
    }
}
