//! Regular expressions that are compiled, or looked up in the cache of `re`, at each turn.

use super::super::parse::Expr;
use super::super::scope::ScopeId;
use super::super::symbols::Node;
use super::body::Body;
use super::kinds::imported;
use super::pattern::{Extent, Pattern, PatternKind};

/// Functions of `re` that take an expression as text.
const OF_MODULE: [&str; 8] = [
    "findall",
    "finditer",
    "fullmatch",
    "match",
    "search",
    "split",
    "sub",
    "subn",
];

/// `re.compile("…")`, `re.match("…", text)`.
pub(super) fn find<'a>(body: &Body<'_, 'a>, scope: ScopeId, node: Node<'a>) -> Option<Pattern> {
    let Node::Expr(Expr::Call(call)) = node else {
        return None;
    };
    let name = imported(body.table, scope, &call.func)?;
    let function = name.strip_prefix("re.")?;
    if function != "compile" && !OF_MODULE.contains(&function) {
        return None;
    }
    let expression = call.arguments.args.get(..1)?;
    let in_loop = body.is_same_each_time(scope, call, expression)?;
    let compiled = if function == "compile" {
        body.text.brief(call)
    } else {
        let keywords = call.arguments.keywords.iter();
        let mut flags =
            keywords.filter(|it| it.arg.as_ref().is_some_and(|it| it.as_str() == "flags"));
        let flags = flags.next().map(|it| body.text.brief(&it.value));
        let written = [Some(body.text.brief(&expression[0])), flags];
        let written: Vec<String> = written.into_iter().flatten().collect();
        format!("re.compile({})", written.join(", "))
    };
    let fix = format!("`pattern = {compiled}` once, outside");
    Some(Pattern {
        in_loop,
        extent: Extent::Throughout,
        ..body.found(PatternKind::Recompiled, call, fix)
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_none};

    #[test]
    fn expressions_that_are_the_same_each_time_are_found() {
        check(
            "import re\ndef f(xs, p):\n  for x in xs:\n    re.compile('a').match(x)\n    re.sub(p, '', x)\n",
            "Recompiled 4\nRecompiled 5",
        );
        check(
            "from re import search\nP = 'a'\ndef f(x):\n  return search(P, x)\n",
            "Recompiled~ 4",
        );
    }

    #[test]
    fn flags_are_kept() {
        let source =
            "import re\ndef f(xs):\n  return [re.sub('a', '', x, flags=re.I) for x in xs]\n";
        let pattern = &crate::source::project::definition(source, "f").patterns[0];
        assert_eq!(
            pattern.fix,
            "`pattern = re.compile('a', re.I)` once, outside"
        );
    }

    #[test]
    fn expressions_that_differ_or_are_compiled_already_are_left() {
        check_none("import re\ndef f(xs):\n  return [re.match(x, 'a') for x in xs]\n");
        check_none(
            "import re\ndef f(xs, y):\n  p = re.compile(y)\n  return [p.match(x) for x in xs]\n",
        );
        check_none("import re\ndef f(x):\n  return re.compile(x)\n");
        check_none("import re\ndef f(xs):\n  return [re.match(f'{x}', x) for x in xs]\n");
    }
}
