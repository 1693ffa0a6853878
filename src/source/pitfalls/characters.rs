//! Work on the characters of texts: Python counts code points, Rust bytes.

use super::{View, method};
use crate::source::parse::Expr;
use crate::source::symbols::Node;
use crate::source::{Pitfall, PitfallKind};

const KIND: PitfallKind = PitfallKind::Characters;

/// Methods of texts that go by Unicode's properties of characters, or count them.
const METHODS: [&str; 22] = [
    "capitalize",
    "casefold",
    "center",
    "expandtabs",
    "isalnum",
    "isalpha",
    "isdecimal",
    "isdigit",
    "isidentifier",
    "islower",
    "isnumeric",
    "isprintable",
    "isspace",
    "istitle",
    "isupper",
    "ljust",
    "lower",
    "rjust",
    "swapcase",
    "title",
    "upper",
    "zfill",
];

pub(super) fn characters(view: &View<'_, '_>, node: Node<'_>) -> Option<Pitfall> {
    match node {
        Node::Expr(Expr::Call(call)) => {
            match method(call) {
                Some((_, name)) if METHODS.contains(&name) => {
                    return Some(view.pitfall(KIND, call));
                }
                Some((object, "find" | "index" | "rfind" | "rindex")) => {
                    return view.of_parameter(KIND, call, object);
                }
                _ => {}
            }
            let argument = call.arguments.args.first()?;
            let counts = matches!(view.builtin(call)?, "len" | "reversed" | "enumerate");
            view.of_parameter(KIND, call, argument).filter(|_| counts)
        }
        Node::Expr(Expr::Subscript(item)) => view.of_parameter(KIND, item, &item.value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::KIND;

    #[test]
    fn methods_of_texts_are_told_by_their_names() {
        check(
            "def f(x):\n  y = g(x).upper()\n  return y.isdigit(), y.split()\n",
            KIND,
            &["2 g(x).upper()", "3 y.isdigit()"],
        );
    }

    #[test]
    fn lengths_and_items_depend_on_the_type_of_the_parameter() {
        check(
            "def f(x, i):\n  y = list(x)\n  return len(x), x[i], x[1:], y[0], len(y), x.find(i)\n",
            KIND,
            &[
                "3 len(x) [x]",
                "3 x[i] [x]",
                "3 x[1:] [x]",
                "3 x.find(i) [x]",
            ],
        );
    }
}
