//! The parameters of a signature, and their defaults.

use super::annotation::annotation;
use super::parse::ast::{AnyParameterRef, Number, UnaryOp};
use super::parse::{Expr, ast};
use super::scope::ScopeId;
use super::symbols::SymbolTable;
use super::text::Text;
use super::{Default, Literal, Parameter, ParameterKind};

/// The parameters in order of the signature. Annotations are looked up from `scope`.
pub(super) fn parameters(
    table: &SymbolTable<'_>,
    text: Text<'_>,
    scope: ScopeId,
    parameters: &ast::Parameters,
) -> Vec<Parameter> {
    let parameter = |(parameter, kind): (AnyParameterRef<'_>, ParameterKind)| Parameter {
        name: parameter.name().to_string(),
        kind,
        annotation: parameter
            .annotation()
            .map(|expression| annotation(table, text, scope, expression)),
        default: parameter
            .default()
            .map(|expression| default(text, expression)),
    };
    in_order(parameters).map(parameter).collect()
}

fn in_order(
    parameters: &ast::Parameters,
) -> impl Iterator<Item = (AnyParameterRef<'_>, ParameterKind)> {
    let variadic = |parameter, kind| (AnyParameterRef::Variadic(parameter), kind);
    let args = parameters.vararg.as_deref();
    let kwargs = parameters.kwarg.as_deref();
    plain(&parameters.posonlyargs, ParameterKind::PositionalOnly)
        .chain(plain(&parameters.args, ParameterKind::PositionalOrKeyword))
        .chain(args.map(move |one| variadic(one, ParameterKind::VarPositional)))
        .chain(plain(&parameters.kwonlyargs, ParameterKind::KeywordOnly))
        .chain(kwargs.map(move |one| variadic(one, ParameterKind::VarKeyword)))
}

fn plain(
    parameters: &[ast::ParameterWithDefault],
    kind: ParameterKind,
) -> impl Iterator<Item = (AnyParameterRef<'_>, ParameterKind)> {
    let parameters = parameters.iter();
    parameters.map(move |parameter| (AnyParameterRef::NonVariadic(parameter), kind))
}

fn default(text: Text<'_>, expression: &Expr) -> Default {
    Default {
        text: text.one_line(expression),
        literal: literal(expression),
    }
}

/// The value of an expression that is a literal.
fn literal(expression: &Expr) -> Option<Literal> {
    match expression {
        Expr::NoneLiteral(_) => Some(Literal::None),
        Expr::BooleanLiteral(literal) => Some(Literal::Bool(literal.value)),
        Expr::NumberLiteral(literal) => number(&literal.value, 1),
        Expr::UnaryOp(operation) if operation.op == UnaryOp::USub => match &*operation.operand {
            Expr::NumberLiteral(literal) => number(&literal.value, -1),
            _ => None,
        },
        Expr::StringLiteral(literal) => {
            // The parser puts this character where a lone surrogate was escaped.
            let text = literal.value.to_str();
            (!text.contains(char::REPLACEMENT_CHARACTER)).then(|| Literal::Str(text.to_owned()))
        }
        Expr::BytesLiteral(literal) => Some(Literal::Bytes(literal.value.bytes().collect())),
        _ => None,
    }
}

fn number(number: &Number, sign: i8) -> Option<Literal> {
    match number {
        Number::Int(int) => {
            let value = i128::from(int.as_u64()?) * i128::from(sign);
            i64::try_from(value).ok().map(Literal::Int)
        }
        Number::Float(float) => Some(Literal::Float((float * f64::from(sign)).to_bits())),
        Number::Complex { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::source::project::definition;
    use crate::source::{Literal, ParameterKind};

    #[test]
    fn every_kind_of_parameter_is_told() {
        let found = definition("def f(a, /, b, *args, c=1, **kwargs): ...\n", "f").parameters;
        let found: Vec<_> = found
            .iter()
            .map(|one| (one.name.as_str(), one.kind))
            .collect();
        let expected = [
            ("a", ParameterKind::PositionalOnly),
            ("b", ParameterKind::PositionalOrKeyword),
            ("args", ParameterKind::VarPositional),
            ("c", ParameterKind::KeywordOnly),
            ("kwargs", ParameterKind::VarKeyword),
        ];
        assert_eq!(found, expected);
    }

    #[track_caller]
    fn check(default: &str, text: &str, literal: Option<Literal>) {
        let source = format!("def f(a={default}): ...\n");
        let mut definition = definition(&source, "f");
        let found = definition
            .parameters
            .remove(0)
            .default
            .expect("there is a default");
        assert_eq!((found.text.as_str(), found.literal), (text, literal));
    }

    #[test]
    fn literals_have_their_value() {
        let text = |text: &str| Some(Literal::Str(text.to_owned()));
        check("None", "None", Some(Literal::None));
        check("True", "True", Some(Literal::Bool(true)));
        check("0x_ff", "0x_ff", Some(Literal::Int(255)));
        check("-1.5", "-1.5", Some(Literal::Float((-1.5_f64).to_bits())));
        check("-0.0", "-0.0", Some(Literal::Float((-0.0_f64).to_bits())));
        check("'a' \"\\n\"", "'a' \"\\n\"", text("a\n"));
        check("b'\\xff'", "b'\\xff'", Some(Literal::Bytes(vec![255])));
    }

    #[test]
    fn integers_are_literals_within_64_bit() {
        check(
            "-9223372036854775808",
            "-9223372036854775808",
            Some(Literal::Int(i64::MIN)),
        );
        check("9223372036854775808", "9223372036854775808", None);
        check("99999999999999999999999", "99999999999999999999999", None);
    }

    #[test]
    fn what_rust_cannot_write_is_no_literal() {
        check("'\\ud800'", "'\\ud800'", None);
        check("1j", "1j", None);
        check("[]", "[]", None);
        check("{\n  'a': 1,\n}", "{'a': 1, }", None);
    }
}
