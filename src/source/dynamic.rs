//! What a Rust version can't have: the dynamic features of a function.

use super::calls::{builtin, target};
use super::decorated::binding;
use super::parse::{Expr, Ranged, Stmt, TextSize, ast};
use super::scope::{ScopeId, ScopeKind};
use super::symbols::{Meaning, Node, SymbolTable, path};
use super::text::Text;
use super::{Binding, CallTarget, Dynamic, DynamicFeature};

/// The dynamic features of a function, in order of place.
pub(super) fn dynamic(table: &SymbolTable<'_>, text: Text<'_>, function: ScopeId) -> Vec<Dynamic> {
    let mut found: Vec<(TextSize, Dynamic)> = table
        .own_code(function)
        .filter_map(|(scope, node)| {
            let place = Place { table, scope };
            let (feature, start, written) = match node {
                Node::Stmt(statement) => (
                    place.of_statement(statement)?,
                    statement.start(),
                    header(text, statement),
                ),
                Node::Expr(expression) => (
                    place.of_expression(expression)?,
                    expression.start(),
                    text.brief(expression),
                ),
            };
            let dynamic = Dynamic {
                feature,
                line: text.line_at(start),
                text: written,
            };
            Some((start, dynamic))
        })
        .collect();
    found.sort_by_key(|(start, dynamic)| (*start, dynamic.feature));
    found.into_iter().map(|(_, dynamic)| dynamic).collect()
}

/// A statement's first line: the rest is a block.
fn header(text: Text<'_>, statement: &Stmt) -> String {
    let brief = text.slice(statement.range());
    let line = brief.lines().next().unwrap_or("");
    line.trim_end().chars().take(120).collect()
}

/// A scope to look from.
struct Place<'t, 'a> {
    table: &'t SymbolTable<'a>,
    scope: ScopeId,
}

impl Place<'_, '_> {
    fn of_statement(&self, statement: &Stmt) -> Option<DynamicFeature> {
        match statement {
            Stmt::ClassDef(_) => Some(DynamicFeature::MakesClass),
            Stmt::For(statement) if statement.is_async => self.suspends(),
            Stmt::With(statement) if statement.is_async => self.suspends(),
            _ => None,
        }
    }

    fn of_expression(&self, expression: &Expr) -> Option<DynamicFeature> {
        match expression {
            Expr::Yield(_) | Expr::YieldFrom(_) | Expr::Await(_) => self.suspends(),
            Expr::Call(call) => self.of_builtin(call).or_else(|| self.of_import(call)),
            Expr::Attribute(attribute) => {
                let changes = !matches!(attribute.ctx, ast::ExprContext::Load);
                (changes && self.is_shared(&attribute.value)).then_some(DynamicFeature::Monkeypatch)
            }
            Expr::Name(name) if name.id.as_str() == "__class__" => {
                let is_cell = self.table.owner(self.scope, "__class__").is_none();
                is_cell.then_some(DynamicFeature::ZeroArgumentSuper)
            }
            _ => None,
        }
    }

    /// A lambda suspends itself, not the function around it.
    fn suspends(&self) -> Option<DynamicFeature> {
        let is_lambda = self.table.scopes.get(self.scope).kind == ScopeKind::Lambda;
        (!is_lambda).then_some(DynamicFeature::Suspends)
    }

    fn of_builtin(&self, call: &ast::ExprCall) -> Option<DynamicFeature> {
        let arguments = &call.arguments;
        match builtin(self.table, self.scope, &call.func)? {
            "eval" | "exec" | "compile" => Some(DynamicFeature::Eval),
            "globals" | "locals" | "vars" | "dir" => Some(DynamicFeature::Namespaces),
            "type" if arguments.len() >= 3 => Some(DynamicFeature::MakesClass),
            "super" if arguments.is_empty() => Some(DynamicFeature::ZeroArgumentSuper),
            "__import__" if !is_text(arguments.find_argument_value("name", 0)) => {
                Some(DynamicFeature::ImportByName)
            }
            "getattr" | "setattr" | "delattr" | "hasattr"
                if !is_text(arguments.find_positional(1)) =>
            {
                Some(DynamicFeature::AttributeByName)
            }
            "setattr" | "delattr"
                if arguments
                    .args
                    .first()
                    .is_some_and(|one| self.is_shared(one)) =>
            {
                Some(DynamicFeature::Monkeypatch)
            }
            _ => None,
        }
    }

    fn of_import(&self, call: &ast::ExprCall) -> Option<DynamicFeature> {
        let CallTarget::Imported { name, .. } = target(self.table, self.scope, &call.func) else {
            return None;
        };
        match name.as_str() {
            "sys._getframe"
            | "sys._current_frames"
            | "sys.settrace"
            | "sys.setprofile"
            | "threading.settrace"
            | "threading.setprofile"
            | "inspect.stack"
            | "inspect.trace"
            | "inspect.currentframe"
            | "inspect.getouterframes"
            | "inspect.getinnerframes" => Some(DynamicFeature::Frames),
            "types.new_class" => Some(DynamicFeature::MakesClass),
            "importlib.import_module" | "importlib.__import__"
                if !is_text(call.arguments.find_argument_value("name", 0)) =>
            {
                Some(DynamicFeature::ImportByName)
            }
            _ => None,
        }
    }

    /// Whether an expression is a module or a class, so that all see a change of its attributes.
    fn is_shared(&self, expression: &Expr) -> bool {
        if let Expr::Call(call) = expression {
            return builtin(self.table, self.scope, &call.func) == Some("type");
        }
        let Some((name, attributes)) = path(expression) else {
            return false;
        };
        if attributes.last() == Some(&"__class__") {
            return true;
        }
        match self.table.meaning(self.scope, name) {
            Some(Meaning::Import(import)) => import.is_module,
            Some(Meaning::Definition(id)) => {
                let kind = self.table.scopes.get(*id).kind;
                kind == ScopeKind::Class && attributes.is_empty()
            }
            Some(Meaning::Value) => attributes.is_empty() && self.is_class_parameter(name),
            None => false,
        }
    }

    /// `cls` of a class method.
    fn is_class_parameter(&self, name: &str) -> bool {
        let method = self.table.method_of_receiver(self.scope, name);
        let function = method.and_then(|method| self.table.of(method).function);
        function.is_some_and(|function| binding(function, true) == Binding::ClassMethod)
    }
}

fn is_text(argument: Option<&Expr>) -> bool {
    matches!(argument, Some(Expr::StringLiteral(_)))
}

#[cfg(test)]
mod tests {
    use crate::source::project::definition;

    /// The features of `f` (or `C.f`), one a line: feature, line, text.
    #[track_caller]
    fn check(source: &str, expected: &str) {
        let name = if source.contains("class C") {
            "C.f"
        } else {
            "f"
        };
        let found = definition(source, name).dynamic.into_iter();
        let lines = found.map(|one| format!("{:?} {} {}", one.feature, one.line, one.text));
        assert_eq!(lines.collect::<Vec<_>>().join("\n"), expected);
    }

    #[test]
    fn evaluation_is_told_from_functions_of_the_same_name() {
        check(
            "import re, builtins\ndef f(x):\n  eval(x)\n  re.compile(x)\n  builtins.exec(x)\n  x.eval()\n",
            "Eval 3 eval(x)\nEval 5 builtins.exec(x)",
        );
        check("def f(eval): eval('x')\n", "");
    }

    #[test]
    fn attributes_by_name_count_unless_the_name_is_a_literal() {
        check(
            "def f(x, n):\n  getattr(x, n)\n  getattr(x, 'n')\n  hasattr(x, n + '')\n",
            "AttributeByName 2 getattr(x, n)\nAttributeByName 4 hasattr(x, n + '')",
        );
    }

    #[test]
    fn namespaces_and_frames_are_seen() {
        check(
            "import sys\nfrom inspect import stack\ndef f():\n  globals()\n  sys._getframe(1)\n  stack()\n",
            "Namespaces 4 globals()\nFrames 5 sys._getframe(1)\nFrames 6 stack()",
        );
    }

    #[test]
    fn making_a_class_is_dynamic_and_asking_for_one_is_not() {
        check(
            "def f(x):\n  type(x)\n  type('A', (), {})\n  class B(x):\n    pass\n",
            "MakesClass 3 type('A', (), {})\nMakesClass 4 class B(x):",
        );
    }

    #[test]
    fn imports_by_a_computed_name_count() {
        check(
            "import importlib\ndef f(n):\n  importlib.import_module(n)\n  importlib.import_module('a')\n  __import__(n)\n",
            "ImportByName 3 importlib.import_module(n)\nImportByName 5 __import__(n)",
        );
    }

    #[test]
    fn assigning_attributes_of_modules_and_classes_is_monkeypatching() {
        check(
            "import m\nclass K: ...\ndef f(x):\n  m.a = 1\n  K.b += 1\n  x.c = 1\n  type(x).d = 1\n  x.__class__.e = 1\n  setattr(m, 'g', 1)\n  del m.a\n",
            "Monkeypatch 4 m.a\nMonkeypatch 5 K.b\nMonkeypatch 7 type(x).d\nMonkeypatch 8 x.__class__.e\nMonkeypatch 9 setattr(m, 'g', 1)\nMonkeypatch 10 m.a",
        );
    }

    #[test]
    fn a_class_method_that_assigns_to_its_class_monkeypatches() {
        check(
            "class C:\n  @classmethod\n  def f(cls):\n    cls.count = 1\n",
            "Monkeypatch 4 cls.count",
        );
        check("class C:\n  def f(self):\n    self.count = 1\n", "");
    }

    #[test]
    fn a_function_suspends_itself_but_not_what_is_around_it() {
        check("def f():\n  yield 1\n", "Suspends 2 yield 1");
        check("def f():\n  def g(): yield 1\n  lambda: (yield)\n", "");
        check(
            "async def f(x):\n  await x\n  async with x: pass\n",
            "Suspends 2 await x\nSuspends 3 async with x: pass",
        );
    }

    #[test]
    fn super_without_arguments_needs_the_class_around() {
        check(
            "class C:\n  def f(self):\n    super().f()\n    super(C, self).f()\n    __class__\n",
            "ZeroArgumentSuper 3 super()\nZeroArgumentSuper 5 __class__",
        );
    }
}
