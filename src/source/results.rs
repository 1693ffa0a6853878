//! What operators, builtin functions and methods give: the shapes of their results.

use super::parse::ast::Operator;
use super::shape::{Shape, common};

/// What an operator gives: `'%d' % x` and `'-' * 9` are text, `[0] * 9` a list.
pub(super) fn of_operands(operator: Operator, left: Shape, right: Shape) -> Shape {
    match (operator, left, right) {
        (Operator::Mod, Shape::Text, _) => Shape::Text,
        (Operator::Mult, Shape::Number | Shape::Unknown, other)
        | (Operator::Mult, other, Shape::Number | Shape::Unknown) => other,
        (Operator::Add | Operator::BitOr | Operator::BitAnd | Operator::Sub, left, right) => {
            common([left, right])
        }
        (_, Shape::Object(_), _) | (_, _, Shape::Object(_)) => Shape::Unknown,
        _ => Shape::Number,
    }
}

/// What a builtin function gives, by what its arguments are.
pub(super) fn of_builtin(name: &str, argument: impl Fn(usize) -> Shape) -> Shape {
    match name {
        "len" | "int" | "float" | "bool" | "abs" | "ord" | "round" | "pow" | "hash" | "sum"
        | "divmod" | "isinstance" | "id" => Shape::Number,
        "str" | "chr" | "repr" | "format" | "bytes" | "bytearray" | "hex" | "bin" | "oct"
        | "input" | "ascii" => Shape::Text,
        "range" => Shape::list(Shape::Number),
        "list" | "tuple" | "sorted" | "reversed" | "iter" => Shape::list(argument(0).item()),
        "set" | "frozenset" => Shape::table(argument(0).item(), Shape::Unknown),
        "dict" => common([argument(0), Shape::table(Shape::Unknown, Shape::Unknown)]),
        "enumerate" => Shape::list(Shape::Tuple(vec![Shape::Number, argument(0).item()])),
        "zip" => Shape::list(Shape::Tuple((0..4).map(|it| argument(it).item()).collect())),
        "min" | "max" => match argument(1) {
            Shape::Unknown => argument(0).item(),
            second => common([argument(0), second]),
        },
        "next" => argument(0).item(),
        _ => Shape::Unknown,
    }
}

/// What a method of an object of a shape gives.
pub(super) fn of_method(name: &str, object: &Shape) -> Shape {
    match (name, object) {
        ("items", Shape::Table(keys, values)) => {
            Shape::list(Shape::Tuple(vec![(**keys).clone(), (**values).clone()]))
        }
        ("keys", Shape::Table(keys, _)) => Shape::list((**keys).clone()),
        ("values", Shape::Table(_, values)) => Shape::list((**values).clone()),
        ("get" | "setdefault" | "pop", Shape::Table(_, values)) => (**values).clone(),
        ("pop" | "popleft", Shape::List(of)) => (**of).clone(),
        ("copy", object) => object.clone(),
        ("split" | "rsplit" | "splitlines", Shape::Text | Shape::Unknown) => {
            Shape::list(Shape::Text)
        }
        (
            "strip" | "lstrip" | "rstrip" | "lower" | "upper" | "replace" | "join" | "format"
            | "title" | "casefold" | "encode" | "decode" | "translate",
            Shape::Text | Shape::Unknown,
        ) => Shape::Text,
        ("partition" | "rpartition", Shape::Text | Shape::Unknown) => {
            Shape::Tuple(vec![Shape::Text; 3])
        }
        ("find" | "rfind" | "index" | "count" | "startswith" | "endswith" | "isdigit", _) => {
            Shape::Number
        }
        _ => Shape::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_lists_stay_what_they_are_under_operators() {
        let of = |operator, left, right| of_operands(operator, left, right);
        let text = || Shape::Text;
        assert_eq!(of(Operator::Mod, text(), Shape::Unknown), text());
        assert_eq!(of(Operator::Mult, text(), Shape::Number), text());
        let row = Shape::list(Shape::Number);
        assert_eq!(of(Operator::Mult, row.clone(), Shape::Unknown), row);
        assert_eq!(
            of(Operator::Div, Shape::Unknown, Shape::Unknown),
            Shape::Number
        );
    }

    #[test]
    fn what_is_walked_or_looked_up_is_handed_on() {
        let prices = Shape::table(Shape::Text, Shape::Number);
        let pair = Shape::Tuple(vec![Shape::Text, Shape::Number]);
        assert_eq!(of_method("items", &prices), Shape::list(pair));
        assert_eq!(of_method("get", &prices), Shape::Number);
        let numbered = Shape::Tuple(vec![Shape::Number, Shape::Text]);
        assert_eq!(
            of_builtin("enumerate", |_| prices.clone()),
            Shape::list(numbered)
        );
    }
}
