//! Floats that are rounded, or written as texts.

use super::{View, method};
use crate::source::parse::ast::Operator;
use crate::source::parse::{Expr, ast};
use crate::source::symbols::Node;
use crate::source::{Pitfall, PitfallKind};

const KIND: PitfallKind = PitfallKind::FloatText;

pub(super) fn float_text(view: &View<'_, '_>, node: Node<'_>) -> Option<Pitfall> {
    match node {
        Node::Expr(Expr::FString(written)) => {
            let strings = written.value.iter().filter_map(|part| match part {
                ast::FStringPart::FString(string) => Some(string),
                ast::FStringPart::Literal(_) => None,
            });
            let mut values = strings.flat_map(|string| string.elements.interpolations());
            values.find_map(|value| of_value(view, written, value))
        }
        Node::Expr(Expr::BinOp(operation)) if operation.op == Operator::Mod => {
            let format = operation.left.as_string_literal_expr()?;
            let writes_float = has_percent_of_float(format.value.to_str());
            writes_float.then(|| view.pitfall(KIND, operation))
        }
        Node::Expr(Expr::Call(call)) => of_call(view, call),
        _ => None,
    }
}

fn of_value(
    view: &View<'_, '_>,
    written: &ast::ExprFString,
    value: &ast::InterpolatedElement,
) -> Option<Pitfall> {
    match &value.format_spec {
        Some(spec) => {
            let end = spec.elements.literals().last()?;
            is_of_float(&end.value).then(|| view.pitfall(KIND, written))
        }
        None => view.of_parameter(KIND, written, &value.expression),
    }
}

fn of_call(view: &View<'_, '_>, call: &ast::ExprCall) -> Option<Pitfall> {
    let arguments = &call.arguments.args;
    if let Some((Expr::StringLiteral(format), "format")) = method(call) {
        let mut fields = format.value.to_str().split('}');
        let writes_float = fields.any(|field| {
            let spec = field.rsplit_once(':').map(|(_, spec)| spec);
            spec.is_some_and(is_of_float)
        });
        return writes_float.then(|| view.pitfall(KIND, call));
    }
    match view.builtin(call)? {
        "round" => Some(view.pitfall(KIND, call)),
        "format" => {
            let spec = arguments.get(1)?.as_string_literal_expr()?;
            is_of_float(spec.value.to_str()).then(|| view.pitfall(KIND, call))
        }
        "str" | "repr" => view.of_parameter(KIND, call, arguments.first()?),
        _ => None,
    }
}

/// Whether a format's specification is one of floats: `.2f`, `g`, `%`.
fn is_of_float(spec: &str) -> bool {
    spec.ends_with(['e', 'E', 'f', 'F', 'g', 'G', 'n', '%'])
}

/// Whether `%` formatting writes a float: `%.2f`, `%5g`.
fn has_percent_of_float(format: &str) -> bool {
    let mut fields = format.split('%').skip(1);
    fields.any(|field| {
        let kind = field.trim_start_matches(|c: char| "#0- +.*".contains(c) || c.is_ascii_digit());
        kind.starts_with(['e', 'E', 'f', 'F', 'g', 'G'])
    })
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::KIND;

    #[test]
    fn formats_of_floats_are_seen_in_every_way_to_write_them() {
        check(
            "def f(x):\n  a = f'{g(x):.2f}'\n  b = '%5.1f %d' % (x, 1)\n  c = '{:>8.3g}'.format(x)\n  d = format(x, '.0%')\n  return round(x, 2)\n",
            KIND,
            &[
                "2 f'{g(x):.2f}'",
                "3 '%5.1f %d' % (x, 1)",
                "4 '{:>8.3g}'.format(x)",
                "5 format(x, '.0%')",
                "6 round(x, 2)",
            ],
        );
    }

    #[test]
    fn other_formats_are_none() {
        check(
            "def f(x):\n  y = 3\n  return f'{y:>5}', '%d %s' % (x, y), '{:d}'.format(x), y % 2, '100 %'\n",
            KIND,
            &[],
        );
    }

    #[test]
    fn what_is_written_without_a_format_depends_on_the_type() {
        check(
            "def f(x):\n  return f'{x}', str(x), repr(x)\n",
            KIND,
            &["2 f'{x}' [x]", "2 str(x) [x]", "2 repr(x) [x]"],
        );
    }
}
