//! How large and how branched a function is: lines, complexity, loops.

use super::parse::{Expr, Ranged, Stmt, TextRange, TokenKind, Visitor, ast, visitor};
use super::text::Text;

/// Branches and loops of a body, without those of functions and classes that are defined in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Measures {
    /// 1 plus the branches: `if`, `elif`, loops, handlers, cases, `assert`, conditions in
    /// expressions, and each `and` and `or`, since `McCabe` counts conditions.
    pub(super) complexity: u32,
    /// `for` and `while`, and each `for` of a comprehension.
    pub(super) loops: u32,
    /// How deep they are nested.
    pub(super) loop_depth: u32,
    /// The calls that are made again and again.
    pub(super) calls_in_loops: Vec<TextRange>,
}

pub(super) fn measures(body: &[Stmt]) -> Measures {
    let mut counter = Counter {
        measures: Measures {
            complexity: 1,
            ..Measures::default()
        },
        depth: 0,
    };
    counter.visit_body(body);
    counter.measures
}

/// Lines with code in a range: blank lines and comments don't count, lines of strings do.
pub(super) fn lines_of_code(text: Text<'_>, range: TextRange) -> u32 {
    let mut lines = 0;
    let mut counted = 0;
    for token in text.tokens_in(range) {
        use TokenKind::{Dedent, Indent, Newline};
        let kind = token.kind();
        if kind.is_trivia() || matches!(kind, Newline | Indent | Dedent) {
            continue;
        }
        let first = text.line_of(token).number();
        for (number, line) in (first..).zip(text.slice(token.range()).lines()) {
            if number > counted && !line.trim().is_empty() {
                lines += 1;
                counted = number;
            }
        }
    }
    lines
}

struct Counter {
    measures: Measures,
    depth: u32,
}

impl Counter {
    fn branches(&mut self, count: usize) {
        self.measures.complexity += u32::try_from(count).unwrap_or(u32::MAX);
    }

    fn enter_loop(&mut self) {
        self.depth += 1;
        self.measures.complexity += 1;
        self.measures.loops += 1;
        self.measures.loop_depth = self.measures.loop_depth.max(self.depth);
    }

    /// Each further iterable, and the elements, are evaluated inside of the loops before.
    fn comprehension(&mut self, generators: &[ast::Comprehension], elements: [Option<&Expr>; 2]) {
        let depth = self.depth;
        for generator in generators {
            self.visit_expr(&generator.iter);
            self.enter_loop();
            self.branches(generator.ifs.len());
            for condition in &generator.ifs {
                self.visit_expr(condition);
            }
        }
        for element in elements.into_iter().flatten() {
            self.visit_expr(element);
        }
        self.depth = depth;
    }

    fn match_case(&mut self, case: &ast::MatchCase) {
        let is_refutable = !case.pattern.is_irrefutable();
        self.branches(usize::from(is_refutable) + usize::from(case.guard.is_some()));
    }
}

impl<'a> Visitor<'a> for Counter {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::For(statement) => {
                self.visit_expr(&statement.iter);
                self.enter_loop();
                self.visit_body(&statement.body);
                self.depth -= 1;
                self.visit_body(&statement.orelse);
            }
            Stmt::While(statement) => {
                self.enter_loop();
                self.visit_expr(&statement.test);
                self.visit_body(&statement.body);
                self.depth -= 1;
                self.visit_body(&statement.orelse);
            }
            _ => {
                self.branches(branches_of(statement));
                visitor::walk_stmt(self, statement);
            }
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::ListComp(list) => self.comprehension(&list.generators, [Some(&list.elt), None]),
            Expr::SetComp(set) => self.comprehension(&set.generators, [Some(&set.elt), None]),
            Expr::DictComp(dict) => {
                let elements = [dict.key.as_deref(), Some(&*dict.value)];
                self.comprehension(&dict.generators, elements);
            }
            Expr::Generator(generator) => {
                self.comprehension(&generator.generators, [Some(&generator.elt), None]);
            }
            _ => {
                match expression {
                    Expr::If(_) => self.branches(1),
                    Expr::BoolOp(operation) => self.branches(operation.values.len() - 1),
                    Expr::Call(call) if self.depth > 0 => {
                        self.measures.calls_in_loops.push(call.range());
                    }
                    _ => {}
                }
                visitor::walk_expr(self, expression);
            }
        }
    }

    fn visit_match_case(&mut self, case: &'a ast::MatchCase) {
        self.match_case(case);
        visitor::walk_match_case(self, case);
    }
}

/// The branches of a statement that is no loop, without those of what is in it.
fn branches_of(statement: &Stmt) -> usize {
    match statement {
        Stmt::If(statement) => {
            let clauses = statement.elif_else_clauses.iter();
            1 + clauses.filter(|clause| clause.test.is_some()).count()
        }
        Stmt::Try(statement) => statement.handlers.len(),
        Stmt::Assert(_) => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use crate::source::project::definition;

    #[track_caller]
    fn check(body: &str, complexity: u32, loops: u32, depth: u32) {
        let definition = definition(&format!("def f(x, y):\n  {body}\n"), "f");
        let found = (
            definition.complexity,
            definition.loops,
            definition.loop_depth,
        );
        assert_eq!(found, (complexity, loops, depth), "{body}");
    }

    #[test]
    fn each_branch_adds_one() {
        check("pass", 1, 0, 0);
        check("if x: pass\n  elif y: pass\n  else: pass", 3, 0, 0);
        check(
            "try: pass\n  except A: pass\n  except B: pass\n  finally: pass",
            3,
            0,
            0,
        );
        check("assert x", 2, 0, 0);
        check("return 1 if x else 2", 2, 0, 0);
        check("return x and y and 1 or 2", 4, 0, 0);
        check(
            "match x:\n    case 1: pass\n    case 2 if y: pass\n    case _: pass",
            4,
            0,
            0,
        );
    }

    #[test]
    fn loops_are_counted_and_their_nesting_is_told() {
        check(
            "for a in x:\n    while y: pass\n  for b in y: pass",
            4,
            3,
            2,
        );
        check("for a in [b for b in x]: pass", 3, 2, 1);
        check("for a in x: pass\n  else:\n    for b in y: pass", 3, 2, 1);
    }

    #[test]
    fn each_for_of_a_comprehension_is_a_loop() {
        check("[a for a in x if a if y]", 4, 1, 1);
        check("{a: b for a in x for b in y}", 3, 2, 2);
        check("[[b for b in a] for a in x]", 3, 2, 2);
    }

    #[test]
    fn nested_definitions_are_measured_by_themselves() {
        check(
            "def g():\n    if x: pass\n  class A:\n    for b in y: pass",
            1,
            0,
            0,
        );
    }

    #[test]
    fn blank_lines_and_comments_are_no_code_and_lines_of_strings_are() {
        let source = "@d\ndef f(x):\n\n  # why\n  '''a\n\n  # b\n  '''\n  return (x +  # c\n\n    1)\n\n  # end\n";
        assert_eq!(definition(source, "f").lines, 6);
    }
}
