//! The calls and operators of a file by place: what the source evaluates where an instruction stands.

use super::callee::Callees;
use super::parse::{Expr, Ranged, TextSize};
use super::symbols::{Node, SymbolTable};
use super::text::Text;
use super::work::Work;
use crate::profile::{Columns, Line, Position};
use std::collections::BTreeSet;

/// The calls and operators of a file.
#[derive(Clone, Debug, Default)]
pub struct Sites {
    calls: Vec<(Place, Site)>,
    operators: Vec<(Place, Site)>,
}

/// What is evaluated at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// What is called, as written; for an operator the expression.
    pub text: String,
    /// What it does as far as the source tells: of an operator only that `@` is native.
    pub work: Work,
    /// It is a call of an attribute, `x.f()`.
    pub is_of_attribute: bool,
    /// Variables: if one of them is an array, then the array's code does it.
    pub operands: BTreeSet<String>,
}

/// From where to where: line, and bytes from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) start: (Line, u32),
    pub(super) end: (Line, u32),
}

impl Place {
    /// Whether all of it lies in another.
    pub(super) fn is_within(self, other: Self) -> bool {
        other.start <= self.start && self.end <= other.end
    }
}

impl Sites {
    pub(super) fn of(table: &SymbolTable<'_>, text: Text<'_>) -> Self {
        let callees = Callees::new(table);
        let mut sites = Self::default();
        for &(scope, node) in &table.code {
            match node {
                Node::Expr(expression @ Expr::Call(call)) => {
                    let site = Site {
                        text: text.brief(&*call.func),
                        work: callees.work(scope, call),
                        is_of_attribute: call.func.is_attribute_expr(),
                        operands: receiver(&call.func),
                    };
                    sites.calls.push((place(text, expression), site));
                }
                Node::Expr(expression @ (Expr::BinOp(_) | Expr::UnaryOp(_) | Expr::Compare(_))) => {
                    let site = Site {
                        text: text.brief(expression),
                        work: of_operator(expression),
                        is_of_attribute: false,
                        operands: arrays(expression),
                    };
                    sites.operators.push((place(text, expression), site));
                }
                _ => {}
            }
        }
        sites
    }

    /// The call that an instruction makes. A call ends where no other does. Where the code tells lines only, all
    /// calls that start on the line.
    pub fn calls_at(&self, position: Position) -> Vec<&Site> {
        match position.columns {
            Some(columns) => {
                let end = (position.end_line, columns.end);
                find(&self.calls, |place| place.end == end)
            }
            None => find(&self.calls, |place| {
                (place.start.0..=place.end.0).contains(&position.line)
            }),
        }
    }

    /// The operators that an instruction may be.
    pub fn operators_at(&self, position: Position) -> Vec<&Site> {
        match position.columns {
            Some(columns) => {
                let start = (position.line, columns.start);
                let end = (position.end_line, columns.end);
                find(&self.operators, |place| {
                    place.start == start && place.end == end
                })
            }
            None => find(&self.operators, |place| place.start.0 == position.line),
        }
    }
}

fn find(sites: &[(Place, Site)], is_there: impl Fn(&Place) -> bool) -> Vec<&Site> {
    let there = sites.iter().filter(|(place, _)| is_there(place));
    there.map(|(_, site)| site).collect()
}

pub(super) fn place(text: Text<'_>, node: &impl Ranged) -> Place {
    Place {
        start: text.column_at(node.start()),
        end: text.column_at(node.end()),
    }
}

impl Text<'_> {
    /// Where something stands.
    pub(super) fn position(&self, node: &impl Ranged) -> Position {
        let (line, start) = self.column_at(node.start());
        let (end_line, end) = self.column_at(node.end());
        Position {
            line,
            end_line,
            columns: Some(Columns { start, end }),
        }
    }

    /// A line, and bytes from its start.
    fn column_at(&self, offset: TextSize) -> (Line, u32) {
        let before = &self.source.as_bytes()[..offset.to_usize()];
        let start = before.iter().rposition(|&byte| byte == b'\n');
        let column = before.len() - start.map_or(0, |end| end + 1);
        let column = u32::try_from(column).expect("a file is shorter than 4 GB");
        (self.line_at(offset), column)
    }
}

/// `@` is defined for arrays only; what else defines it runs Python.
fn of_operator(expression: &Expr) -> Work {
    let is_product = matches!(expression, Expr::BinOp(it) if it.op.as_str() == "@");
    if is_product {
        Work::Native
    } else {
        Work::Light
    }
}

fn receiver(called: &Expr) -> BTreeSet<String> {
    match called {
        Expr::Attribute(attribute) => arrays(&attribute.value),
        _ => BTreeSet::new(),
    }
}

/// The variables that an expression is an array by: `a * 2`, `a[1:]`, `a.T`; not `a[i]`, which is a number.
fn arrays(expression: &Expr) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut rest = vec![expression];
    while let Some(expression) = rest.pop() {
        match expression {
            Expr::Name(name) => drop(names.insert(name.id.to_string())),
            Expr::BinOp(it) => rest.extend([&*it.left, &*it.right]),
            Expr::UnaryOp(it) => rest.push(&it.operand),
            Expr::Compare(it) => rest.extend(std::iter::once(&*it.left).chain(&it.comparators)),
            Expr::Attribute(it) if it.attr.as_str() == "T" => rest.push(&it.value),
            Expr::Subscript(it) if is_slice(&it.slice) => rest.push(&it.value),
            _ => {}
        }
    }
    names
}

fn is_slice(index: &Expr) -> bool {
    match index {
        Expr::Slice(_) => true,
        Expr::Tuple(tuple) => tuple.elts.iter().any(Expr::is_slice_expr),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::profile::{Columns, Line, Position};
    use crate::source::Work;
    use crate::source::project::sites;

    /// Checks what the call of the last line does.
    #[track_caller]
    fn check(source: &str, expected: Work) {
        let line = source.trim_end().lines().count();
        let line = Line::new(u32::try_from(line).expect("few")).expect("a line");
        let last = source.trim_end().lines().last().expect("a line");
        let position = Position {
            line,
            end_line: line,
            columns: Some(Columns {
                start: 0,
                end: u32::try_from(last.len()).expect("short"),
            }),
        };
        let sites = sites(source);
        let found: Vec<_> = sites.calls_at(position).iter().map(|it| it.work).collect();
        assert_eq!(found, [expected], "{source}");
    }

    #[test]
    fn builtins_are_light_or_heavy() {
        check("len(x)", Work::Light);
        check("sorted(x)", Work::Native);
        check("max(x)", Work::Native);
        check("max(x, y)", Work::Light);
        check("sum(a * b for a, b in x)", Work::Light);
        check("x.append(1)", Work::Light);
        check("x.sort()", Work::Native);
        check("x.something()", Work::Unknown);
    }

    #[test]
    fn imports_are_followed() {
        check("import hashlib as h\nh.sha256(x)", Work::Native);
        check("from json import loads as read\nread(x)", Work::Native);
        check("from math import sqrt\nsqrt(x)", Work::Light);
        check("import gc\ngc.collect()", Work::Gc);
    }

    #[test]
    fn compiled_expressions_are_found_wherever_they_are_kept() {
        check(
            "import re\nW = re.compile('x')\ndef f(x):\n  W.match(x)",
            Work::Regex,
        );
        check(
            "from re import compile\nfind = compile('x').findall\nfind(x)",
            Work::Regex,
        );
        check(
            "import re\nclass C:\n  W = re.compile('x')\n  def f(self):\n    self.W.match(x)",
            Work::Regex,
        );
        check(
            "import re\nclass C:\n  def __init__(self):\n    self.w = re.compile('x')\n  def f(self):\n    self.w.sub(x, y)",
            Work::Regex,
        );
        check(
            "import re\ndef f(x):\n  w = re.compile('x')\n  w.split(x)",
            Work::Regex,
        );
    }

    #[test]
    fn files_are_known_by_how_they_were_opened() {
        check("with open(x) as f:\n  f.read()", Work::System);
        check("f = open(x)\nf.seek(1)", Work::System);
    }

    #[test]
    fn what_is_written_in_python_takes_no_time_where_it_is_called() {
        check("def g(): ...\ng()", Work::Python);
        check(
            "class C:\n  def g(self): ...\n  def f(self):\n    self.g()",
            Work::Python,
        );
    }

    #[test]
    fn a_circle_of_assignments_ends() {
        check("a = b\nb = a\na.c()", Work::Unknown);
    }
}
