//! Texts that are parsed again and again though they are the same, and dates of a form that C reads.

use super::super::parse::Expr;
use super::super::scope::ScopeId;
use super::super::symbols::Node;
use super::body::Body;
use super::kinds::imported;
use super::pattern::{Extent, Pattern, PatternKind};

/// Functions that make a value of a text, and nothing else.
const PARSERS: [&str; 8] = [
    "ast.literal_eval",
    "datetime.date.fromisoformat",
    "datetime.datetime.fromisoformat",
    "datetime.datetime.strptime",
    "json.loads",
    "time.strptime",
    "tomllib.loads",
    "yaml.safe_load",
];

/// Formats of `strptime` that `datetime.fromisoformat` reads since Python 3.7.
const ISO_FORMATS: [&str; 5] = [
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.%f",
];

/// `json.loads("…")` of the same text at each turn.
pub(super) fn same_text<'a>(
    body: &Body<'_, 'a>,
    scope: ScopeId,
    node: Node<'a>,
) -> Option<Pattern> {
    let Node::Expr(Expr::Call(call)) = node else {
        return None;
    };
    let name = imported(body.table, scope, &call.func)?;
    let has_arguments = !call.arguments.args.is_empty() && call.arguments.keywords.is_empty();
    if !has_arguments || !PARSERS.contains(&&*name) {
        return None;
    }
    let in_loop = body.is_same_each_time(scope, call, &call.arguments.args)?;
    let fix = "once, outside: it gives the same each time".to_owned();
    Some(Pattern {
        in_loop,
        extent: Extent::Throughout,
        ..body.found(PatternKind::ParsedConstant, call, fix)
    })
}

/// `strptime(text, "%Y-%m-%d")`, which is written in Python and looks the format up.
pub(super) fn iso_date<'a>(body: &Body<'_, 'a>, scope: ScopeId, node: Node<'a>) -> Option<Pattern> {
    let Node::Expr(Expr::Call(call)) = node else {
        return None;
    };
    let name = imported(body.table, scope, &call.func)?;
    let [text, Expr::StringLiteral(format)] = &*call.arguments.args else {
        return None;
    };
    let is_iso = ISO_FORMATS.contains(&format.value.to_str());
    if name != "datetime.datetime.strptime" || !is_iso || body.is_constant(scope, text) {
        return None;
    }
    let text = body.text.brief(text);
    let fix = format!("`datetime.fromisoformat({text})`, if other ISO forms may pass");
    Some(Pattern {
        extent: Extent::Throughout,
        ..body.found(PatternKind::IsoDate, call, fix)
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_none};

    #[test]
    fn texts_that_are_the_same_each_time_are_found() {
        check(
            "import json\nfrom datetime import datetime\nEPOCH = '1970'\ndef f(xs, y):\n  for x in xs:\n    json.loads(y)\n    datetime.strptime(EPOCH, '%Y')\n",
            "ParsedConstant 6\nParsedConstant 7",
        );
    }

    #[test]
    fn iso_dates_are_found_and_other_formats_left() {
        check(
            "import datetime as dt\ndef f(xs):\n  return [dt.datetime.strptime(x, '%Y-%m-%d') for x in xs]\n",
            "IsoDate 3",
        );
        check_none(
            "from datetime import datetime\ndef f(xs):\n  return [datetime.strptime(x, '%d.%m.%Y') for x in xs]\n",
        );
    }

    #[test]
    fn texts_that_differ_are_left() {
        check_none("import json\ndef f(xs):\n  return [json.loads(x) for x in xs]\n");
        check_none("import json\ndef f(x):\n  return json.loads(x)\n");
    }
}
