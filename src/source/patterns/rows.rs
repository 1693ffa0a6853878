//! Tables of pandas, row by row.

use super::super::parse::{Expr, Ranged, Stmt, ast};
use super::super::scope::ScopeId;
use super::super::symbols::Node;
use super::body::Body;
use super::pattern::{Extent, Pattern, PatternKind};

/// `for i, row in df.iterrows()`, `df.apply(f, axis=1)`.
pub(super) fn find<'a>(body: &Body<'_, 'a>, _: ScopeId, node: Node<'a>) -> Option<Pattern> {
    match node {
        Node::Stmt(Stmt::For(it)) => {
            let table = body.text.brief(receiver(&it.iter, "iterrows")?);
            let fix = format!(
                "whole columns (`{table}[\"a\"] * {table}[\"b\"]`, `.groupby`, `.map`), or `{table}.itertuples()`"
            );
            let found = body.found(PatternKind::RowWise, it, fix);
            Some(Pattern {
                text: body.text.brief(&*it.iter),
                in_loop: true,
                extent: Extent::Throughout,
                ..found
            })
        }
        Node::Expr(expression @ Expr::Call(call)) => {
            let table = body.text.brief(receiver(expression, "apply")?);
            if !call.arguments.keywords.iter().any(is_by_row) {
                return None;
            }
            let fix = format!("whole columns in place of rows: `{table}[\"a\"] * {table}[\"b\"]`");
            Some(Pattern {
                in_loop: true,
                extent: Extent::Throughout,
                ..body.found(PatternKind::RowWise, &expression.range(), fix)
            })
        }
        _ => None,
    }
}

/// The object of a call of this method.
fn receiver<'e>(expression: &'e Expr, method: &str) -> Option<&'e Expr> {
    let Expr::Call(call) = expression else {
        return None;
    };
    match &*call.func {
        Expr::Attribute(called) if called.attr.as_str() == method => Some(&called.value),
        _ => None,
    }
}

fn is_by_row(keyword: &ast::Keyword) -> bool {
    let is_axis = keyword.arg.as_ref().is_some_and(|it| it.as_str() == "axis");
    let is_row = match &keyword.value {
        Expr::StringLiteral(axis) => axis.value.to_str() == "columns",
        value => super::slice::integer(value) == Some(1),
    };
    is_axis && is_row
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_none};

    #[test]
    fn rows_are_found() {
        check(
            "def f(df):\n  for i, row in df.iterrows():\n    print(row['a'])\n",
            "RowWise 2",
        );
        check(
            "def f(df):\n  return df.apply(lambda row: row['a'], axis=1)\n",
            "RowWise 2",
        );
    }

    #[test]
    fn columns_are_left() {
        check_none("def f(df):\n  return df.apply(sum), df.apply(sum, axis=0), df.iterrows()\n");
    }
}
