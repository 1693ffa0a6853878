//! What kind of value an expression gives.

use super::super::calls::builtin;
use super::super::parse::ast::Operator;
use super::super::parse::{Expr, ast};
use super::super::scope::ScopeId;
use super::super::symbols::{Meaning, SymbolTable, path};
use super::key::Key;
use super::values::{Bound, Values};

/// Assignments are followed no further.
const MOST_STEPS: usize = 8;

/// A variable with more bindings is anything.
const MOST_BINDINGS: usize = 64;

/// So many variables are asked for the kind of one expression: they may ask for each other in all orders.
const MOST_ASKED: u32 = 256;

/// The variables that are asked for on the way to a kind.
struct Asked<'a> {
    /// Of which the answer is still open.
    open: Vec<Key<'a>>,
    /// So many more may be asked.
    left: u32,
}

/// A kind of value that the families tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    List,
    Str,
    Bytes,
    Set,
    Dict,
    Tuple,
    Number,
    Deque,
    /// Of `NumPy`.
    Array,
}

/// What is known of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Kind(Kind),
    /// What the variable holds that is asked for.
    Same,
    Nothing,
}

impl Known {
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Same, it) | (it, Self::Same) => it,
            (one, other) if one == other => one,
            _ => Self::Nothing,
        }
    }
}

/// The dotted name of what an import has bound, with attributes of it: `re.compile`.
pub(super) fn imported(
    table: &SymbolTable<'_>,
    scope: ScopeId,
    expression: &Expr,
) -> Option<String> {
    let (name, attributes) = path(expression)?;
    match table.meaning(scope, name)? {
        Meaning::Import(import) => Some([&[&*import.name], &attributes[..]].concat().join(".")),
        Meaning::Value | Meaning::Definition(_) => None,
    }
}

impl<'a> Values<'_, 'a> {
    /// The kind of value that an expression always gives.
    pub(super) fn kind(&self, scope: ScopeId, expression: &'a Expr) -> Option<Kind> {
        let mut asked = Asked {
            open: Vec::new(),
            left: MOST_ASKED,
        };
        match self.known(scope, expression, &mut asked) {
            Known::Kind(kind) => Some(kind),
            Known::Same | Known::Nothing => None,
        }
    }

    fn known(&self, scope: ScopeId, expression: &'a Expr, asked: &mut Asked<'a>) -> Known {
        match expression {
            Expr::List(_) | Expr::ListComp(_) => Known::Kind(Kind::List),
            Expr::StringLiteral(_) | Expr::FString(_) => Known::Kind(Kind::Str),
            Expr::BytesLiteral(_) => Known::Kind(Kind::Bytes),
            Expr::Dict(_) | Expr::DictComp(_) => Known::Kind(Kind::Dict),
            Expr::Set(_) | Expr::SetComp(_) => Known::Kind(Kind::Set),
            Expr::Tuple(_) => Known::Kind(Kind::Tuple),
            Expr::NumberLiteral(_) | Expr::BooleanLiteral(_) => Known::Kind(Kind::Number),
            Expr::Named(named) => self.known(scope, &named.value, asked),
            Expr::If(choice) => {
                let body = self.known(scope, &choice.body, asked);
                body.or(self.known(scope, &choice.orelse, asked))
            }
            Expr::BoolOp(operation) => {
                let values = operation.values.iter();
                let known = values.map(|value| self.known(scope, value, asked));
                known.reduce(Known::or).unwrap_or(Known::Nothing)
            }
            Expr::BinOp(operation) => self.of_operation(scope, operation, asked),
            Expr::Subscript(item) if item.slice.is_slice_expr() => {
                self.sequence(scope, &item.value, asked)
            }
            Expr::Call(call) => self.of_call(scope, call, asked),
            Expr::Name(_) | Expr::Attribute(_) => self.of_variable(scope, expression, asked),
            _ => Known::Nothing,
        }
    }

    fn of_variable(&self, scope: ScopeId, expression: &'a Expr, asked: &mut Asked<'a>) -> Known {
        let Some(key) = Key::of(self.table, scope, expression) else {
            return Known::Nothing;
        };
        if asked.open.contains(&key) {
            return Known::Same;
        }
        let bound = self.bound(key);
        if asked.open.len() == MOST_STEPS || asked.left == 0 || bound.len() > MOST_BINDINGS {
            return Known::Nothing;
        }
        asked.left -= 1;
        asked.open.push(key);
        let known = bound.iter().map(|bound| match *bound {
            Bound::Value(scope, value) => self.known(scope, value, asked),
            Bound::Kind(kind) => Known::Kind(kind),
            Bound::Unknown => Known::Nothing,
        });
        let known = known.reduce(Known::or).unwrap_or(Known::Nothing);
        asked.open.pop();
        known
    }

    /// What is left of an operator decides: to its right may stand what takes the operator over.
    fn of_operation(
        &self,
        scope: ScopeId,
        operation: &'a ast::ExprBinOp,
        asked: &mut Asked<'a>,
    ) -> Known {
        let left = self.known(scope, &operation.left, asked);
        match (operation.op, left) {
            (Operator::Add, Known::Kind(Kind::Number)) => {
                left.or(self.known(scope, &operation.right, asked))
            }
            // What is put before a text is a text.
            (Operator::Add, Known::Nothing) => match self.known(scope, &operation.right, asked) {
                Known::Same => Known::Same,
                Known::Kind(_) | Known::Nothing => Known::Nothing,
            },
            (Operator::Add, known) => known,
            (Operator::Mult, Known::Kind(Kind::List | Kind::Str | Kind::Bytes))
            | (Operator::Mod, Known::Kind(Kind::Str)) => left,
            _ => Known::Nothing,
        }
    }

    fn sequence(&self, scope: ScopeId, value: &'a Expr, asked: &mut Asked<'a>) -> Known {
        match self.known(scope, value, asked) {
            known @ (Known::Same
            | Known::Kind(Kind::List | Kind::Str | Kind::Bytes | Kind::Tuple)) => known,
            _ => Known::Nothing,
        }
    }

    fn of_call(&self, scope: ScopeId, call: &'a ast::ExprCall, asked: &mut Asked<'a>) -> Known {
        if let Some(name) = builtin(self.table, scope, &call.func) {
            return of_builtin(name);
        }
        if let Some(name) = imported(self.table, scope, &call.func) {
            return of_import(&name);
        }
        match &*call.func {
            Expr::Attribute(method) => {
                let object = self.known(scope, &method.value, asked);
                of_method(object, method, &call.arguments)
            }
            _ => Known::Nothing,
        }
    }
}

fn of_builtin(name: &str) -> Known {
    Known::Kind(match name {
        "list" | "sorted" => Kind::List,
        "str" | "repr" | "chr" | "hex" | "bin" | "oct" | "ascii" | "format" | "input" => Kind::Str,
        "bytes" => Kind::Bytes,
        "set" | "frozenset" => Kind::Set,
        "dict" => Kind::Dict,
        "tuple" => Kind::Tuple,
        "int" | "float" | "len" | "ord" | "hash" | "id" | "bool" => Kind::Number,
        _ => return Known::Nothing,
    })
}

fn of_import(name: &str) -> Known {
    Known::Kind(match name {
        "collections.deque" => Kind::Deque,
        "collections.Counter" | "collections.defaultdict" | "collections.OrderedDict" => Kind::Dict,
        "numpy.arange" | "numpy.array" | "numpy.asarray" | "numpy.empty" | "numpy.full"
        | "numpy.linspace" | "numpy.ones" | "numpy.zeros" => Kind::Array,
        _ => return Known::Nothing,
    })
}

/// Methods that only texts have, and those of a known object. `x.split(",")` gives a list also where x is not known:
/// what else splits is not asked so, but for `x.str` of pandas.
fn of_method(object: Known, method: &ast::ExprAttribute, arguments: &ast::Arguments) -> Known {
    let is_text = matches!(object, Known::Kind(Kind::Str | Kind::Bytes));
    let of_texts = arguments.args.iter().all(Expr::is_string_literal_expr);
    let is_accessor =
        matches!(&*method.value, Expr::Attribute(inner) if inner.attr.as_str() == "str");
    match method.attr.as_str() {
        "split" | "rsplit" | "splitlines" if is_text || (of_texts && !is_accessor) => {
            Known::Kind(Kind::List)
        }
        "readlines" => Known::Kind(Kind::List),
        "encode" if object == Known::Kind(Kind::Str) => Known::Kind(Kind::Bytes),
        "decode" if object == Known::Kind(Kind::Bytes) => Known::Kind(Kind::Str),
        "copy" => object,
        "join" | "strip" | "lstrip" | "rstrip" | "lower" | "upper" | "title" | "replace"
        | "format" | "ljust" | "rjust" | "zfill"
            if is_text =>
        {
            object
        }
        _ => Known::Nothing,
    }
}
