//! What the values of a file's expressions are, as far as assignments, annotations and literals tell.

use super::annotation::annotation;
use super::parse::{Expr, Ranged, Stmt, TextSize, ast};
use super::results::{of_builtin, of_method, of_operands};
use super::scope::{ScopeId, ScopeKind};
use super::shape::{Shape, common};
use super::symbols::{Meaning, Node, SymbolTable};
use super::text::Text;
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};

/// Expressions are looked into so deep: what stands deeper rarely tells more.
const MOST_STEPS: u32 = 8;

/// So many assignments of a name are looked at.
const MOST_VALUES: usize = 6;

/// Containers in containers are told apart so deep.
const MOST_LEVELS: u32 = 4;

/// Names that stand for names are followed so far: each takes stack.
const LONGEST_CHAIN: usize = 100;

/// What names and attributes of a file are given, and what follows of that.
pub(super) struct Shapes<'t, 'a> {
    table: &'t SymbolTable<'a>,
    /// The scopes of assigned names by place: those of a comprehension belong to it.
    scopes: FxHashMap<TextSize, ScopeId>,
    names: FxHashMap<Named<'a>, usize>,
    /// By the number of the name.
    given: Vec<Vec<Given<'a>>>,
    /// By the number of the name: what was found. Nothing while it is being looked for, so that circles end.
    known: RefCell<FxHashMap<usize, Shape>>,
    /// How many names are being looked for, each for the one before.
    open: Cell<usize>,
}

/// What can be given a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Named<'a> {
    Variable(ScopeId, &'a str),
    /// Of any object of the file's.
    Attribute(&'a str),
}

/// What a name is given.
enum Given<'a> {
    Annotated(Shape),
    Value {
        scope: ScopeId,
        value: &'a Expr,
        /// It is walked, and the name is each item.
        is_walked: bool,
        /// The places at which it is taken apart, outermost first.
        parts: Vec<usize>,
    },
}

impl<'t, 'a> Shapes<'t, 'a> {
    pub(super) fn new(table: &'t SymbolTable<'a>, text: Text<'_>) -> Self {
        let mut shapes = Self {
            table,
            scopes: FxHashMap::default(),
            names: FxHashMap::default(),
            given: Vec::new(),
            known: RefCell::default(),
            open: Cell::default(),
        };
        for &(scope, node) in &table.code {
            if let Node::Expr(Expr::Name(name)) = node {
                shapes.scopes.insert(name.start(), scope);
            }
        }
        for id in table.scopes.ids() {
            shapes.parameters(id, text);
        }
        for &(scope, node) in &table.code {
            shapes.assign(scope, node, text);
        }
        shapes
    }

    fn parameters(&mut self, id: ScopeId, text: Text<'_>) {
        let Some(function) = self.table.of(id).function else {
            return;
        };
        for parameter in function.parameters.iter_non_variadic_params() {
            let name = parameter.parameter.name.as_str();
            let around = self.table.scopes.get(id).parent.unwrap_or(ScopeId::MODULE);
            let shape = match &parameter.parameter.annotation {
                Some(written) => self.annotated(around, written, text),
                None if self.table.method_of_receiver(id, name) == Some(id) => {
                    Shape::object(self.table.scopes.get(around).name.as_ref())
                }
                None => Shape::Unknown,
            };
            self.give(Named::Variable(id, name), Given::Annotated(shape));
        }
    }

    /// A class of the file is an object's; what else is not builtin may be an alias.
    fn annotated(&self, scope: ScopeId, written: &Expr, text: Text<'_>) -> Shape {
        match Shape::of_annotation(&annotation(self.table, text, scope, written).python_type) {
            Shape::Unknown => self
                .class(scope, written)
                .map_or(Shape::Unknown, Shape::object),
            shape => shape,
        }
    }

    fn assign(&mut self, scope: ScopeId, node: Node<'a>, text: Text<'_>) {
        match node {
            Node::Stmt(Stmt::Assign(it)) => {
                for target in &it.targets {
                    self.bind(scope, target, &it.value, false, &[]);
                }
            }
            Node::Stmt(Stmt::AugAssign(it)) => self.bind(scope, &it.target, &it.value, false, &[]),
            Node::Stmt(Stmt::AnnAssign(it)) => {
                let shape = self.annotated(scope, &it.annotation, text);
                for named in self.named(scope, &it.target) {
                    self.give(named, Given::Annotated(shape.clone()));
                }
                if let Some(value) = &it.value {
                    self.bind(scope, &it.target, value, false, &[]);
                }
            }
            Node::Stmt(Stmt::For(it)) => self.bind(scope, &it.target, &it.iter, true, &[]),
            Node::Expr(Expr::Named(it)) => self.bind(scope, &it.target, &it.value, false, &[]),
            Node::Expr(expression) => {
                for generator in generators(expression) {
                    self.bind(scope, &generator.target, &generator.iter, true, &[]);
                }
            }
            Node::Stmt(_) => {}
        }
    }

    fn bind(
        &mut self,
        scope: ScopeId,
        target: &'a Expr,
        value: &'a Expr,
        is_walked: bool,
        parts: &[usize],
    ) {
        let elements = match target {
            Expr::Tuple(tuple) => &tuple.elts,
            Expr::List(list) => &list.elts,
            _ => {
                for named in self.named(scope, target) {
                    let given = Given::Value {
                        scope,
                        value,
                        is_walked,
                        parts: parts.to_vec(),
                    };
                    self.give(named, given);
                }
                return;
            }
        };
        for (place, element) in elements.iter().enumerate() {
            self.bind(
                scope,
                element,
                value,
                is_walked,
                &[parts, &[place]].concat(),
            );
        }
    }

    fn give(&mut self, named: Named<'a>, given: Given<'a>) {
        let next = self.given.len();
        let number = *self.names.entry(named).or_insert(next);
        if number == next {
            self.given.push(Vec::new());
        }
        self.given[number].push(given);
    }

    /// What a target names: a variable in the body of a class is an attribute too.
    fn named(&self, scope: ScopeId, target: &'a Expr) -> Vec<Named<'a>> {
        match target {
            Expr::Name(name) => {
                let scope = self.scopes.get(&name.start()).copied().unwrap_or(scope);
                let name = name.id.as_str();
                let owner = self.table.owner(scope, name).unwrap_or(scope);
                let variable = Named::Variable(owner, name);
                if self.table.scopes.get(owner).kind == ScopeKind::Class {
                    vec![variable, Named::Attribute(name)]
                } else {
                    vec![variable]
                }
            }
            Expr::Attribute(it) => vec![Named::Attribute(it.attr.as_str())],
            _ => Vec::new(),
        }
    }

    /// What an expression gives.
    pub(super) fn of(&self, scope: ScopeId, expression: &Expr) -> Shape {
        self.within(scope, expression, MOST_STEPS)
    }

    fn within(&self, scope: ScopeId, expression: &Expr, steps: u32) -> Shape {
        let Some(steps) = steps.checked_sub(1) else {
            return Shape::Unknown;
        };
        let of = |inner: &Expr| self.within(scope, inner, steps);
        let each = |elements: &[Expr]| common(elements.iter().map(of));
        match expression {
            Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::Compare(_)
            | Expr::UnaryOp(_) => Shape::Number,
            Expr::StringLiteral(_) | Expr::BytesLiteral(_) | Expr::FString(_) => Shape::Text,
            Expr::List(it) => Shape::list(each(&it.elts)),
            Expr::Tuple(it) => Shape::Tuple(it.elts.iter().map(of).collect()),
            Expr::Set(it) => Shape::table(each(&it.elts), Shape::Unknown),
            Expr::Dict(it) => Shape::table(
                common(it.items.iter().filter_map(|item| item.key.as_ref()).map(of)),
                common(it.items.iter().map(|item| of(&item.value))),
            ),
            Expr::ListComp(it) => Shape::list(of(&it.elt)),
            Expr::Generator(it) => Shape::list(of(&it.elt)),
            Expr::SetComp(it) => Shape::table(of(&it.elt), Shape::Unknown),
            Expr::DictComp(it) => {
                Shape::table(it.key.as_deref().map_or(Shape::Unknown, of), of(&it.value))
            }
            Expr::BinOp(it) => of_operands(it.op, of(&it.left), of(&it.right)),
            Expr::BoolOp(it) => each(&it.values),
            Expr::If(it) => common([of(&it.body), of(&it.orelse)]),
            Expr::Named(it) => of(&it.value),
            Expr::Subscript(it) if it.slice.is_slice_expr() => of(&it.value),
            Expr::Subscript(it) => of(&it.value).element(),
            Expr::Name(it) => self.of_name(scope, it.id.as_str()),
            Expr::Attribute(it) => self.of_named(Named::Attribute(it.attr.as_str())),
            Expr::Call(it) => self.of_call(scope, it, steps),
            _ => Shape::Unknown,
        }
    }

    fn of_name(&self, scope: ScopeId, name: &str) -> Shape {
        let Some(owner) = self.table.owner(scope, name) else {
            return Shape::Unknown;
        };
        self.of_named(Named::Variable(owner, name))
    }

    fn of_named(&self, named: Named<'_>) -> Shape {
        let Some(&number) = self.names.get(&named) else {
            return Shape::Unknown;
        };
        if let Some(known) = self.known.borrow().get(&number) {
            return known.clone();
        }
        if self.open.get() == LONGEST_CHAIN {
            return Shape::Unknown;
        }
        self.known.borrow_mut().insert(number, Shape::Unknown);
        self.open.set(self.open.get() + 1);
        let given = &self.given[number];
        let annotated = given.iter().find_map(|given| match given {
            Given::Annotated(shape) if *shape != Shape::Unknown => Some(shape.clone()),
            _ => None,
        });
        let values = given.iter().take(MOST_VALUES);
        let shape = annotated.unwrap_or_else(|| common(values.map(|it| self.of_given(it))));
        let shape = shape.pruned(MOST_LEVELS);
        self.open.set(self.open.get() - 1);
        self.known.borrow_mut().insert(number, shape.clone());
        shape
    }

    fn of_given(&self, given: &Given<'_>) -> Shape {
        match given {
            Given::Annotated(shape) => shape.clone(),
            Given::Value {
                scope,
                value,
                is_walked,
                parts,
            } => {
                let value = self.of(*scope, value);
                let whole = if *is_walked { value.item() } else { value };
                parts.iter().fold(whole, |whole, place| whole.part(*place))
            }
        }
    }

    fn of_call(&self, scope: ScopeId, call: &ast::ExprCall, steps: u32) -> Shape {
        let argument = |place: usize| {
            let argument = call.arguments.args.get(place);
            argument.map_or(Shape::Unknown, |it| self.within(scope, it, steps))
        };
        match &*call.func {
            Expr::Name(name) if self.table.owner(scope, name.id.as_str()).is_none() => {
                of_builtin(name.id.as_str(), argument)
            }
            Expr::Attribute(it) => {
                let object = self.within(scope, &it.value, steps);
                match of_method(it.attr.as_str(), &object) {
                    Shape::Unknown => self.of_imported(scope, &call.func),
                    shape => shape,
                }
            }
            called => match self.class(scope, called) {
                Some(class) => Shape::object(class),
                None => self.of_imported(scope, called),
            },
        }
    }

    /// What well-known functions and classes of the standard library give.
    fn of_imported(&self, scope: ScopeId, called: &Expr) -> Shape {
        let unknown = || Shape::table(Shape::Unknown, Shape::Unknown);
        match self.imported(scope, called).as_deref() {
            Some("collections.defaultdict" | "collections.OrderedDict") => unknown(),
            Some("collections.Counter") => Shape::table(Shape::Unknown, Shape::Number),
            Some("collections.deque" | "array.array") => Shape::list(Shape::Unknown),
            Some(name) if name.starts_with("math.") || name.starts_with("random.") => Shape::Number,
            _ => Shape::Unknown,
        }
    }

    /// The dotted name of something imported.
    pub(super) fn imported(&self, scope: ScopeId, called: &Expr) -> Option<String> {
        let (name, attributes) = super::symbols::path(called)?;
        match self.table.meaning(scope, name)? {
            Meaning::Import(import) => Some([&[&*import.name], &attributes[..]].concat().join(".")),
            _ => None,
        }
    }

    /// The bare name of the class of the file that an expression is.
    pub(super) fn class<'e>(&self, scope: ScopeId, expression: &'e Expr) -> Option<&'e str> {
        let Expr::Name(name) = expression else {
            return None;
        };
        let name = name.id.as_str();
        let Some(Meaning::Definition(id)) = self.table.meaning(scope, name) else {
            return None;
        };
        let is_class = self.table.scopes.get(*id).kind == ScopeKind::Class;
        is_class.then_some(name)
    }
}

/// The `for`s of a comprehension.
pub(super) fn generators(expression: &Expr) -> &[ast::Comprehension] {
    match expression {
        Expr::ListComp(it) => &it.generators,
        Expr::SetComp(it) => &it.generators,
        Expr::DictComp(it) => &it.generators,
        Expr::Generator(it) => &it.generators,
        _ => &[],
    }
}
