//! In how many loops each place of a file stands.

use super::parse::{Expr, Ranged, Stmt, TextRange, TextSize};
use super::shapes::generators;
use super::symbols::{Node, SymbolTable};

/// Where loops begin and end, and how many are open from there on.
pub(super) struct Loops(Vec<(TextSize, u32)>);

impl Loops {
    /// Those of a function that is defined in a loop count from its `def` on.
    pub(super) fn of(table: &SymbolTable<'_>) -> Self {
        let mut ends: Vec<(TextSize, bool)> = Vec::new();
        for (_, node) in &table.code {
            for range in repeated(*node) {
                ends.extend([(range.start(), true), (range.end(), false)]);
            }
        }
        // What ends where another begins ends before.
        ends.sort_unstable();
        let mut depth = 0_u32;
        let steps = ends.into_iter().map(|(offset, begins)| {
            depth = if begins {
                depth.saturating_add(1)
            } else {
                depth.saturating_sub(1)
            };
            (offset, depth)
        });
        Self(steps.collect())
    }

    pub(super) fn depth_at(&self, offset: TextSize) -> u32 {
        let next = self.0.partition_point(|(start, _)| *start <= offset);
        next.checked_sub(1).map_or(0, |last| self.0[last].1)
    }
}

/// What a statement or comprehension runs again and again. What a `for` walks is evaluated once.
fn repeated(node: Node<'_>) -> Vec<TextRange> {
    match node {
        Node::Stmt(Stmt::For(it)) => body(&it.body).into_iter().collect(),
        Node::Stmt(Stmt::While(it)) => {
            let test = Some(it.test.range());
            test.into_iter().chain(body(&it.body)).collect()
        }
        Node::Expr(expression) => in_comprehension(expression),
        Node::Stmt(_) => Vec::new(),
    }
}

fn body(body: &[Stmt]) -> Option<TextRange> {
    Some(TextRange::new(body.first()?.start(), body.last()?.end()))
}

/// Each `for` repeats what it stands beside, its conditions, and the `for`s behind it.
fn in_comprehension(expression: &Expr) -> Vec<TextRange> {
    let elements = match expression {
        Expr::ListComp(it) => vec![it.elt.range()],
        Expr::SetComp(it) => vec![it.elt.range()],
        Expr::Generator(it) => vec![it.elt.range()],
        Expr::DictComp(it) => {
            let key = it.key.iter().map(|key| key.range());
            key.chain([it.value.range()]).collect()
        }
        _ => return Vec::new(),
    };
    let mut ranges = Vec::new();
    for (place, generator) in generators(expression).iter().enumerate() {
        ranges.extend(elements.iter().copied());
        ranges.extend(generator.ifs.iter().map(Ranged::range));
        let behind = generators(expression).iter().skip(place + 1);
        for inner in behind {
            ranges.push(inner.iter.range());
            ranges.extend(inner.ifs.iter().map(Ranged::range));
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use crate::profile::Line;
    use crate::source::project::kinds;

    /// The loops around each `a + b` of the source, in order of place.
    #[track_caller]
    fn check(source: &str, expected: &[u32]) {
        let kinds = kinds(source);
        let lines = [Line::new(1), Line::new(99)].map(|it| it.expect("not 0"));
        let sites = kinds.between(lines[0], lines[1]);
        let operators = sites.iter().filter(|it| it.is_operator());
        let found: Vec<u32> = operators.map(|it| it.loop_depth()).collect();
        assert_eq!(found, expected, "{source}");
    }

    #[test]
    fn what_a_for_walks_is_evaluated_once_and_the_test_of_a_while_each_time() {
        check("for x in a + b:\n  a + b\na + b\n", &[0, 1, 0]);
        check(
            "while a + b:\n  for x in y: a + b\nelse:\n  a + b\n",
            &[1, 2, 0],
        );
    }

    #[test]
    fn each_for_of_a_comprehension_repeats_what_follows() {
        check("[a + b for x in a + b if a + b]", &[1, 0, 1]);
        check("{x: a + b for x in a + b for y in a + b}", &[2, 0, 1]);
        check("[[a + b for x in a + b] for y in a + b]", &[2, 1, 0]);
    }
}
