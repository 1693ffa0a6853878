//! The calls of a function, and where what they call comes from.

use super::parse::{Expr, Ranged, TextRange};
use super::scope::{ScopeId, ScopeKind};
use super::symbols::{Meaning, Node, SymbolTable, path};
use super::text::Text;
use super::{Call, CallTarget};
use rustc_hash::FxHashSet;
use std::sync::LazyLock;

/// The names that every module sees: `dir(builtins)` of 3.8 to 3.13 together.
static BUILTINS: LazyLock<FxHashSet<&str>> =
    LazyLock::new(|| include_str!("builtins.txt").lines().collect());

/// The calls that a function makes, in order of place; `in_loops` are those that it repeats.
pub(super) fn calls(
    table: &SymbolTable<'_>,
    text: Text<'_>,
    function: ScopeId,
    in_loops: &[TextRange],
) -> Vec<Call> {
    let mut calls: Vec<_> = table
        .own_code(function)
        .filter_map(|(scope, node)| match node {
            Node::Expr(Expr::Call(call)) => Some((scope, call)),
            _ => None,
        })
        .collect();
    // `a().b()` starts where `a()` does, and ends later.
    calls.sort_by_key(|(_, call)| (call.start(), call.end()));
    calls
        .into_iter()
        .map(|(scope, call)| Call {
            name: written(text, &call.func),
            line: text.line_of(call),
            in_loop: in_loops.contains(&call.range()),
            target: target(table, scope, &call.func),
        })
        .collect()
}

/// Where what a call calls comes from, as far as the file tells.
pub(super) fn target(table: &SymbolTable<'_>, scope: ScopeId, called: &Expr) -> CallTarget {
    let Some((name, attributes)) = path(called) else {
        return of_literal(called);
    };
    match table.meaning(scope, name) {
        None if BUILTINS.contains(name) => CallTarget::Builtin,
        None => CallTarget::Unknown,
        Some(Meaning::Import(import)) => {
            let dotted = [&[&*import.name], &attributes[..]].concat().join(".");
            CallTarget::Imported {
                name: dotted,
                origin: import.origin,
            }
        }
        Some(Meaning::Definition(id)) => match attributes[..] {
            [] => CallTarget::SameFile(table.scopes.qualname(*id)),
            [attribute] => member(table, *id, attribute),
            _ => CallTarget::Unknown,
        },
        Some(Meaning::Value) => match attributes[..] {
            [attribute] => of_receiver(table, scope, name, attribute),
            _ => CallTarget::Unknown,
        },
    }
}

/// The name of a builtin that an expression means: `eval`, also as `builtins.eval`.
pub(super) fn builtin<'e>(
    table: &SymbolTable<'_>,
    scope: ScopeId,
    expression: &'e Expr,
) -> Option<&'e str> {
    let (name, attributes) = path(expression)?;
    match (table.meaning(scope, name), &attributes[..]) {
        (None, []) if BUILTINS.contains(name) => Some(name),
        (Some(Meaning::Import(import)), [attribute]) if import.name == "builtins" => {
            Some(attribute)
        }
        _ => None,
    }
}

/// `self.method`, `cls.method`: a method of the class around.
fn of_receiver(table: &SymbolTable<'_>, scope: ScopeId, name: &str, attribute: &str) -> CallTarget {
    let method = table.method_of_receiver(scope, name);
    let class = method.and_then(|method| table.scopes.get(method).parent);
    class.map_or(CallTarget::Unknown, |class| member(table, class, attribute))
}

/// A method of a class of the file.
fn member(table: &SymbolTable<'_>, class: ScopeId, attribute: &str) -> CallTarget {
    let is_class = table.scopes.get(class).kind == ScopeKind::Class;
    match table.of(class).meanings.get(attribute) {
        Some(Meaning::Definition(id)) if is_class => {
            CallTarget::SameFile(table.scopes.qualname(*id))
        }
        _ => CallTarget::Unknown,
    }
}

/// `", ".join(…)`: the type of a literal is known.
fn of_literal(called: &Expr) -> CallTarget {
    let Expr::Attribute(attribute) = called else {
        return CallTarget::Unknown;
    };
    match &*attribute.value {
        Expr::StringLiteral(_)
        | Expr::BytesLiteral(_)
        | Expr::FString(_)
        | Expr::List(_)
        | Expr::Tuple(_)
        | Expr::Dict(_)
        | Expr::Set(_)
        | Expr::NumberLiteral(_) => CallTarget::Builtin,
        _ => CallTarget::Unknown,
    }
}

/// What is called, as written; of a longer expression the beginning.
fn written(text: Text<'_>, called: &Expr) -> String {
    match path(called) {
        Some((name, attributes)) => [&[name], &attributes[..]].concat().join("."),
        None => text.brief(called),
    }
}

#[cfg(test)]
mod tests {
    use crate::source::project::definition;
    use crate::source::{CallTarget, Origin};

    /// The calls of `f`, one a line: name, line, target.
    #[track_caller]
    fn check(source: &str, expected: &str) {
        let calls = definition(source, "f").calls;
        let lines = calls.iter().map(|call| {
            let target = match &call.target {
                CallTarget::SameFile(qualname) => format!("file:{qualname}"),
                CallTarget::Builtin => "builtin".to_owned(),
                CallTarget::Imported { name, origin } => match origin {
                    Origin::Stdlib => format!("stdlib:{name}"),
                    Origin::FirstParty => format!("ours:{name}"),
                    Origin::ThirdParty => format!("theirs:{name}"),
                    Origin::Builtin => format!("builtin:{name}"),
                },
                CallTarget::Unknown => "?".to_owned(),
            };
            format!("{} {} {target}", call.name, call.line)
        });
        assert_eq!(lines.collect::<Vec<_>>().join("\n"), expected);
    }

    #[test]
    fn calls_come_in_order_of_place() {
        check(
            "def f(x):\n  len(str(x))\n  x.a().b()\n",
            "len 2 builtin\nstr 2 builtin\nx.a 3 ?\nx.a().b 3 ?",
        );
    }

    #[test]
    fn functions_and_classes_of_the_file_are_told_by_qualified_name() {
        check(
            "def g(): ...\nclass C:\n  def m(self): ...\ndef f():\n  g()\n  C()\n  C.m(1)\n  C.n()\n  g.x()\n",
            "g 5 file:g\nC 6 file:C\nC.m 7 file:C.m\nC.n 8 ?\ng.x 9 ?",
        );
    }

    #[test]
    fn calls_in_loops_and_comprehensions_are_told_from_those_made_once() {
        let source = "def f(x):\n  a()\n  for i in b():\n    c()\n  while d(): pass\n  [e() for _ in g() for _ in h()]\n";
        let calls = definition(source, "f").calls;
        let repeated = calls
            .iter()
            .filter(|call| call.in_loop)
            .map(|call| &*call.name);
        assert_eq!(repeated.collect::<Vec<_>>(), ["c", "d", "e", "h"]);
    }

    #[test]
    fn nested_functions_are_told_by_qualified_name() {
        check("def f():\n  def g(): h()\n  g()\n", "g 3 file:f.<locals>.g");
    }

    #[test]
    fn imports_are_told_by_dotted_name_and_origin() {
        check(
            "import numpy as np, os.path\nfrom json import loads as read\nfrom .near import x\ndef f():\n  np.dot()\n  os.path.join()\n  read()\n  x.y()\n",
            "np.dot 5 theirs:numpy.dot\nos.path.join 6 stdlib:os.path.join\nread 7 stdlib:json.loads\nx.y 8 ours:near.x.y",
        );
    }

    #[test]
    fn an_import_with_a_fallback_is_the_import() {
        check(
            "try:\n  import ujson as json\nexcept ImportError:\n  json = None\ndef f(): json.loads()\n",
            "json.loads 5 theirs:ujson.loads",
        );
    }

    #[test]
    fn what_shadows_a_name_is_what_is_called() {
        check(
            "def g(): ...\ndef f(len, xs):\n  len()\n  [g() for g in xs]\n  (lambda max: max())\n  sum = 1\n  sum()\n",
            "len 3 ?\ng 4 ?\nmax 5 ?\nsum 7 ?",
        );
    }

    #[test]
    fn methods_of_literals_and_builtin_types_are_builtin() {
        check(
            "def f(x):\n  ', '.join(x)\n  dict.fromkeys(x)\n  [].append(x)\n",
            "', '.join 2 builtin\ndict.fromkeys 3 builtin\n[].append 4 builtin",
        );
    }

    #[test]
    fn methods_of_the_own_class_are_told_through_the_receiver() {
        let source = "class C:\n  def m(self):\n    self.n()\n    self.x.n()\n    self.o()\n  def n(this):\n    [this.m() for _ in 'a']\n  @classmethod\n  def c(cls):\n    cls.n()\n  @staticmethod\n  def s(a):\n    a.b()\n";
        let targets = |qualname| -> Vec<_> {
            let calls = definition(source, qualname).calls.into_iter();
            calls.map(|call| call.target).collect()
        };
        let file = |qualname: &str| CallTarget::SameFile(qualname.to_owned());
        assert_eq!(
            targets("C.m"),
            [file("C.n"), CallTarget::Unknown, CallTarget::Unknown]
        );
        assert_eq!(targets("C.n"), [file("C.m")]);
        assert_eq!(targets("C.c"), [file("C.n")]);
        assert_eq!(targets("C.s"), [CallTarget::Unknown]);
    }
}
