//! Whether importing a module runs the program.

use super::CallTarget;
use super::calls::{builtin, target};
use super::parse::{Expr, Stmt, Visitor, ast, visitor};
use super::scope::ScopeId;
use super::symbols::SymbolTable;

/// Whether the statements at module level, but for those below `if __name__ == "__main__":`, call a
/// function or class of the same file, or end the program.
pub(super) fn runs_on_import(table: &SymbolTable<'_>, body: &[Stmt]) -> bool {
    let mut search = Search {
        table,
        found: false,
    };
    search.visit_body(body);
    search.found
}

struct Search<'t, 'a> {
    table: &'t SymbolTable<'a>,
    found: bool,
}

impl Search<'_, '_> {
    fn runs_program(&self, call: &ast::ExprCall) -> bool {
        if let Some(name) = builtin(self.table, ScopeId::MODULE, &call.func) {
            return matches!(name, "exit" | "quit");
        }
        match target(self.table, ScopeId::MODULE, &call.func) {
            CallTarget::SameFile(_) => true,
            CallTarget::Imported { name, .. } => matches!(name.as_str(), "sys.exit" | "os._exit"),
            _ => false,
        }
    }

    fn ends_program(&self, raised: &Expr) -> bool {
        let raised = match raised {
            Expr::Call(call) => &*call.func,
            raised => raised,
        };
        builtin(self.table, ScopeId::MODULE, raised) == Some("SystemExit")
    }
}

impl<'a> Visitor<'a> for Search<'_, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::If(statement) if is_main_guard(&statement.test) => {
                for clause in &statement.elif_else_clauses {
                    self.visit_elif_else_clause(clause);
                }
            }
            _ => {
                if let Stmt::Raise(raise) = statement
                    && let Some(raised) = &raise.exc
                {
                    self.found |= self.ends_program(raised);
                }
                visitor::walk_stmt(self, statement);
            }
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Lambda(_) => {}
            Expr::Call(call) if self.runs_program(call) => self.found = true,
            _ => visitor::walk_expr(self, expression),
        }
    }
}

/// `__name__ == "__main__"` in both orders, also with further conditions.
fn is_main_guard(test: &Expr) -> bool {
    match test {
        Expr::BoolOp(operation) if operation.op == ast::BoolOp::And => {
            operation.values.iter().any(is_main_guard)
        }
        Expr::Compare(compare) => {
            let [ast::CmpOp::Eq] = *compare.ops else {
                return false;
            };
            let sides = [&*compare.left, &compare.comparators[0]];
            let is_name =
                |side: &&Expr| matches!(side, Expr::Name(name) if name.id.as_str() == "__name__");
            let is_main = |side: &&Expr| matches!(side, Expr::StringLiteral(name) if name.value.to_str() == "__main__");
            sides.iter().any(is_name) && sides.iter().any(is_main)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::source::project::module;

    #[track_caller]
    fn check(tail: &str, expected: bool) {
        let head = "import sys, functools\ndef main(x=1): ...\nclass C: ...\n";
        let found = module(&format!("{head}{tail}\n")).runs_on_import;
        assert_eq!(found, expected, "{tail}");
    }

    #[test]
    fn definitions_and_decorators_alone_run_nothing() {
        check("", false);
        check("@functools.cache\ndef f(): main()", false);
        check("class D(C):\n  x = main()", false);
        check("x = len('a'); y = lambda: main()", false);
        check("print('hello')", false);
    }

    #[test]
    fn calls_of_the_same_file_run_the_program() {
        check("main()", true);
        check("x = [C() for _ in 'a']", true);
        check("for x in 'ab':\n  main()", true);
        check("with open('a') as a:\n  main()", true);
        check("try:\n  main()\nfinally:\n  pass", true);
        check("print(main())", true);
    }

    #[test]
    fn what_ends_the_program_runs_it() {
        check("sys.exit(0)", true);
        check("exit()", true);
        check("raise SystemExit", true);
        check("raise SystemExit(1)", true);
        check("raise ValueError", false);
    }

    #[test]
    fn the_main_guard_keeps_its_block_from_running_and_no_other() {
        check("if __name__ == '__main__':\n  main()", false);
        check("if \"__main__\" == __name__:\n  sys.exit(main())", false);
        check("if __name__ == '__main__' and sys.argv:\n  main()", false);
        check("if __name__ == '__main__':\n  pass\nelse:\n  main()", true);
        check("if __name__ != '__main__':\n  main()", true);
        check("if sys.argv:\n  main()", true);
    }
}
