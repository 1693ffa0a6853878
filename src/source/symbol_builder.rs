//! One walk over a file fills its symbol table.

use super::imports::{Home, Import};
use super::parse::{Expr, Ranged, Stmt, TextRange, TextSize, TokenKind, Visitor, ast, visitor};
use super::scope::{Scope, ScopeId, ScopeKind, Scopes};
use super::symbols::{Meaning, Node, SymbolTable, Symbols};
use super::text::Text;
use std::borrow::Cow;

/// Scopes that are nested deeper belong to the one around them. `CPython`'s compiler takes no more
/// than 100 indentations, and qualified names grow with each level.
const DEEPEST_SCOPE: usize = 100;

/// The symbol table of a module.
pub(super) fn symbol_table<'a>(
    body: &'a [Stmt],
    text: Text<'a>,
    home: &'a Home<'a>,
) -> SymbolTable<'a> {
    let end = TextSize::of(text.source);
    let module = Scope {
        kind: ScopeKind::Module,
        name: Cow::Borrowed("<module>"),
        parent: None,
        is_global: false,
        first_line: text.line_at(TextSize::new(0)),
        def_line: text.line_at(TextSize::new(0)),
        end_line: text.line_at(end),
    };
    let mut builder = Builder {
        table: SymbolTable {
            scopes: Scopes::of(module),
            symbols: vec![Symbols::default()],
            code: Vec::new(),
            home,
        },
        text,
        scope: ScopeId::MODULE,
        depth: 0,
        only_argument: None,
    };
    builder.visit_body(body);
    builder.table.symbols[0].code = 0..builder.table.code.len();
    builder.table
}

struct Builder<'a> {
    table: SymbolTable<'a>,
    text: Text<'a>,
    scope: ScopeId,
    depth: usize,
    /// A generator that is the only argument of a call has the call's parentheses: where they open.
    only_argument: Option<(TextRange, TextSize)>,
}

/// A scope that is about to be entered.
struct Opening<'a> {
    kind: ScopeKind,
    name: Cow<'static, str>,
    function: Option<&'a ast::StmtFunctionDef>,
    first: TextSize,
    def: TextSize,
    end: TextSize,
}

impl<'a> Builder<'a> {
    /// Walks what is in a scope. Gives the scope, unless it is too deep to be one.
    fn within(&mut self, opening: Opening<'a>, walk: impl FnOnce(&mut Self)) -> Option<ScopeId> {
        if self.depth == DEEPEST_SCOPE {
            walk(self);
            return None;
        }
        let outer = self.scope;
        let id = self.open(opening);
        self.scope = id;
        self.depth += 1;
        walk(self);
        self.depth -= 1;
        self.scope = outer;
        self.table.symbols[id.0].code.end = self.table.code.len();
        Some(id)
    }

    fn open(&mut self, opening: Opening<'a>) -> ScopeId {
        let start = self.table.code.len();
        let is_global = self.symbols().globals.contains(&*opening.name);
        self.table.symbols.push(Symbols {
            function: opening.function,
            code: start..start,
            ..Symbols::default()
        });
        self.table.scopes.push(Scope {
            kind: opening.kind,
            is_global,
            name: opening.name,
            parent: Some(self.scope),
            first_line: self.text.line_at(opening.first),
            def_line: self.text.line_at(opening.def),
            end_line: self.text.line_at(opening.end),
        })
    }

    fn symbols(&mut self) -> &mut Symbols<'a> {
        &mut self.table.symbols[self.scope.0]
    }

    fn bind(&mut self, name: &'a str, meaning: Meaning) {
        self.bind_in(self.scope, name, meaning);
    }

    fn bind_in(&mut self, scope: ScopeId, name: &'a str, meaning: Meaning) {
        let symbols = &mut self.table.symbols[scope.0];
        let is_global = symbols.globals.contains(name);
        merge(&mut symbols.meanings, name, meaning.clone());
        if is_global {
            merge(&mut self.table.symbols[0].meanings, name, meaning);
        }
    }

    fn bind_imports(&mut self, imports: Vec<(&'a str, Import)>) {
        for (name, import) in imports {
            self.bind(name, Meaning::Import(import));
        }
    }

    fn bind_parameters(&mut self, parameters: &'a ast::Parameters) {
        for parameter in parameters {
            self.bind(parameter.name().as_str(), Meaning::Value);
        }
    }

    fn function(&mut self, function: &'a ast::StmtFunctionDef) {
        for decorator in &function.decorator_list {
            self.visit_decorator(decorator);
        }
        if let Some(type_params) = &function.type_params {
            self.visit_type_params(type_params);
        }
        self.visit_parameters(&function.parameters);
        if let Some(returns) = &function.returns {
            self.visit_annotation(returns);
        }
        let def = self.keyword(&function.decorator_list, function.range());
        let opening = Opening {
            kind: ScopeKind::Function,
            name: Cow::Owned(function.name.to_string()),
            function: Some(function),
            first: first(&function.decorator_list, def),
            def,
            end: function.end(),
        };
        let scope = self.within(opening, |builder| {
            builder.bind_parameters(&function.parameters);
            builder.visit_body(&function.body);
        });
        let meaning = scope.map_or(Meaning::Value, Meaning::Definition);
        self.bind(function.name.as_str(), meaning);
    }

    fn class(&mut self, class: &'a ast::StmtClassDef) {
        for decorator in &class.decorator_list {
            self.visit_decorator(decorator);
        }
        if let Some(type_params) = &class.type_params {
            self.visit_type_params(type_params);
        }
        if let Some(arguments) = &class.arguments {
            self.visit_arguments(arguments);
        }
        let def = self.keyword(&class.decorator_list, class.range());
        let opening = Opening {
            kind: ScopeKind::Class,
            name: Cow::Owned(class.name.to_string()),
            function: None,
            first: first(&class.decorator_list, def),
            def,
            end: class.end(),
        };
        let scope = self.within(opening, |builder| builder.visit_body(&class.body));
        let meaning = scope.map_or(Meaning::Value, Meaning::Definition);
        self.bind(class.name.as_str(), meaning);
    }

    /// Where the `def`, `async` or `class` stands, after the decorators.
    fn keyword(&self, decorators: &[ast::Decorator], range: TextRange) -> TextSize {
        let after = decorators.last().map_or(range.start(), Ranged::end);
        let tokens = self
            .text
            .tokens_in(TextRange::new(after, range.end().max(after)));
        let is_keyword =
            |kind| matches!(kind, TokenKind::Def | TokenKind::Async | TokenKind::Class);
        let keyword = tokens.iter().find(|token| is_keyword(token.kind()));
        keyword.map_or(after, Ranged::start)
    }

    fn lambda(&mut self, lambda: &'a ast::ExprLambda) {
        if let Some(parameters) = &lambda.parameters {
            self.visit_parameters(parameters);
        }
        self.within(
            anonymous(ScopeKind::Lambda, "<lambda>", lambda.range()),
            |builder| {
                if let Some(parameters) = &lambda.parameters {
                    builder.bind_parameters(parameters);
                }
                builder.visit_expr(&lambda.body);
            },
        );
    }

    /// The first iterable belongs to the scope around.
    fn comprehension(
        &mut self,
        name: &'static str,
        range: TextRange,
        generators: &'a [ast::Comprehension],
        elements: [Option<&'a Expr>; 2],
    ) {
        if let Some(generator) = generators.first() {
            self.visit_expr(&generator.iter);
        }
        self.within(
            anonymous(ScopeKind::Comprehension, name, range),
            |builder| {
                for (index, generator) in generators.iter().enumerate() {
                    if index > 0 {
                        builder.visit_expr(&generator.iter);
                    }
                    builder.visit_expr(&generator.target);
                    for condition in &generator.ifs {
                        builder.visit_expr(condition);
                    }
                }
                for element in elements.into_iter().flatten() {
                    builder.visit_expr(element);
                }
            },
        );
    }

    fn generator(&mut self, generator: &'a ast::ExprGenerator) {
        let range = match self.only_argument {
            Some((range, parenthesis)) if range == generator.range() => {
                TextRange::new(parenthesis, range.end())
            }
            _ => generator.range(),
        };
        let elements = [Some(&*generator.elt), None];
        self.comprehension("<genexpr>", range, &generator.generators, elements);
    }

    /// `:=` binds outside of comprehensions.
    fn named(&mut self, named: &'a ast::ExprNamed) {
        self.visit_expr(&named.value);
        let Expr::Name(target) = &*named.target else {
            return self.visit_expr(&named.target);
        };
        let is_comprehension =
            |id: &ScopeId| self.table.scopes.get(*id).kind == ScopeKind::Comprehension;
        let scope = self
            .table
            .scopes
            .outward(self.scope)
            .find(|id| !is_comprehension(id));
        self.bind_in(
            scope.unwrap_or(ScopeId::MODULE),
            target.id.as_str(),
            Meaning::Value,
        );
        self.table
            .code
            .push((self.scope, Node::Expr(&named.target)));
    }
}

impl<'a> Visitor<'a> for Builder<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.table.code.push((self.scope, Node::Stmt(statement)));
        match statement {
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::Import(import) => self.bind_imports(self.table.home.import(import)),
            Stmt::ImportFrom(import) => self.bind_imports(self.table.home.import_from(import)),
            Stmt::Global(global) => {
                let names = global.names.iter().map(ast::Identifier::as_str);
                self.symbols().globals.extend(names);
            }
            Stmt::Nonlocal(nonlocal) => {
                let names = nonlocal.names.iter().map(ast::Identifier::as_str);
                self.symbols().nonlocals.extend(names);
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        self.table.code.push((self.scope, Node::Expr(expression)));
        match expression {
            Expr::Lambda(lambda) => self.lambda(lambda),
            Expr::ListComp(list) => {
                self.comprehension(
                    "<listcomp>",
                    list.range(),
                    &list.generators,
                    [Some(&list.elt), None],
                );
            }
            Expr::SetComp(set) => {
                self.comprehension(
                    "<setcomp>",
                    set.range(),
                    &set.generators,
                    [Some(&set.elt), None],
                );
            }
            Expr::DictComp(dict) => {
                let elements = [dict.key.as_deref(), Some(&*dict.value)];
                self.comprehension("<dictcomp>", dict.range(), &dict.generators, elements);
            }
            Expr::Generator(generator) => self.generator(generator),
            Expr::Named(named) => self.named(named),
            Expr::Name(name) => {
                if !matches!(name.ctx, ast::ExprContext::Load) {
                    self.bind(name.id.as_str(), Meaning::Value);
                }
            }
            _ => visitor::walk_expr(self, expression),
        }
    }

    fn visit_arguments(&mut self, arguments: &'a ast::Arguments) {
        if let [Expr::Generator(generator)] = &*arguments.args
            && !generator.parenthesized
        {
            self.only_argument = Some((generator.range(), arguments.start()));
        }
        visitor::walk_arguments(self, arguments);
    }

    fn visit_except_handler(&mut self, handler: &'a ast::ExceptHandler) {
        let ast::ExceptHandler::ExceptHandler(clause) = handler;
        if let Some(name) = &clause.name {
            self.bind(name.as_str(), Meaning::Value);
        }
        visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a ast::Pattern) {
        let name = match pattern {
            ast::Pattern::MatchAs(pattern) => pattern.name.as_ref(),
            ast::Pattern::MatchStar(pattern) => pattern.name.as_ref(),
            ast::Pattern::MatchMapping(pattern) => pattern.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.bind(name.as_str(), Meaning::Value);
        }
        visitor::walk_pattern(self, pattern);
    }
}

fn anonymous<'a>(kind: ScopeKind, name: &'static str, range: TextRange) -> Opening<'a> {
    Opening {
        kind,
        name: Cow::Borrowed(name),
        function: None,
        first: range.start(),
        def: range.start(),
        end: range.end(),
    }
}

/// Where the code object of a definition starts: at its first decorator's expression.
fn first(decorators: &[ast::Decorator], def: TextSize) -> TextSize {
    decorators
        .first()
        .map_or(def, |decorator| decorator.expression.start())
}

/// A definition says more of a name than an import, and an import more than an assignment: both
/// often have a fallback beside them (`try: import numpy as np` … `np = None`).
fn merge<'a>(
    meanings: &mut std::collections::BTreeMap<&'a str, Meaning>,
    name: &'a str,
    meaning: Meaning,
) {
    let weight = |meaning: &Meaning| match meaning {
        Meaning::Value => 0,
        Meaning::Import(_) => 1,
        Meaning::Definition(_) => 2,
    };
    match meanings.get(name) {
        Some(known) if weight(known) > weight(&meaning) => {}
        _ => {
            meanings.insert(name, meaning);
        }
    }
}
