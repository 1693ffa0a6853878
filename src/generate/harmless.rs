//! Whether a function can be called with made-up arguments: it must leave nothing behind and give the same twice.
//!
//! What can't be told counts against it.

use super::escape::code_span;
use super::names::bare;
use crate::plan::Candidate;
use crate::source::{Binding, Call, CallTarget, Definition, DynamicFeature, Form};

/// Builtins that reach outside, run other code, or tell two equal objects apart.
const HARMFUL_BUILTINS: [&str; 17] = [
    "__import__",
    "breakpoint",
    "compile",
    "delattr",
    "eval",
    "exec",
    "exit",
    "globals",
    "help",
    "id",
    "input",
    "locals",
    "open",
    "print",
    "quit",
    "setattr",
    "vars",
];

/// Modules of the standard library that only compute.
const PURE_MODULES: [&str; 28] = [
    "array",
    "base64",
    "binascii",
    "bisect",
    "calendar",
    "cmath",
    "collections",
    "copy",
    "dataclasses",
    "decimal",
    "difflib",
    "enum",
    "fractions",
    "functools",
    "hashlib",
    "heapq",
    "html",
    "itertools",
    "json",
    "math",
    "numbers",
    "operator",
    "re",
    "statistics",
    "string",
    "struct",
    "textwrap",
    "unicodedata",
];

/// Methods of Python's own types: harmless whatever object of the function they are called on.
const BUILTIN_METHODS: [&str; 86] = [
    "add",
    "append",
    "appendleft",
    "as_integer_ratio",
    "bit_count",
    "bit_length",
    "capitalize",
    "casefold",
    "center",
    "clear",
    "conjugate",
    "copy",
    "count",
    "decode",
    "difference",
    "difference_update",
    "discard",
    "elements",
    "encode",
    "end",
    "endswith",
    "expandtabs",
    "extend",
    "extendleft",
    "find",
    "findall",
    "finditer",
    "format",
    "format_map",
    "from_bytes",
    "fromhex",
    "fromkeys",
    "fullmatch",
    "get",
    "group",
    "groupdict",
    "groups",
    "hex",
    "index",
    "insert",
    "intersection",
    "intersection_update",
    "is_integer",
    "isalnum",
    "isalpha",
    "isascii",
    "isdecimal",
    "isdigit",
    "isdisjoint",
    "isidentifier",
    "islower",
    "isnumeric",
    "isprintable",
    "isspace",
    "issubset",
    "issuperset",
    "istitle",
    "isupper",
    "items",
    "join",
    "keys",
    "ljust",
    "lower",
    "lstrip",
    "match",
    "most_common",
    "partition",
    "pop",
    "popitem",
    "popleft",
    "remove",
    "replace",
    "reverse",
    "rfind",
    "rjust",
    "rpartition",
    "rsplit",
    "rstrip",
    "setdefault",
    "sort",
    "split",
    "splitlines",
    "startswith",
    "strip",
    "update",
    "values",
];

/// Why a candidate can't be called with made-up arguments, if so. What it calls in its own file is followed.
pub(super) fn objection(candidate: &Candidate) -> Option<String> {
    let definition = &candidate.definition;
    match definition.binding {
        Binding::Function | Binding::StaticMethod => {}
        Binding::Method | Binding::Property => {
            return Some("it needs an object of its class".to_owned());
        }
        Binding::ClassMethod => return Some("it needs its class".to_owned()),
    }
    if matches!(definition.form, Form::Coroutine | Form::AsyncGenerator) {
        return Some("it needs an event loop and what it awaits".to_owned());
    }
    let mut bodies = std::iter::once(definition).chain(&candidate.callees);
    bodies.find_map(|body| objection_to_body(body, candidate))
}

fn objection_to_body(body: &Definition, candidate: &Candidate) -> Option<String> {
    if let Some(name) = body.rebinds.first() {
        let name = code_span(name);
        return Some(format!("it assigns {name}, which outlives the call"));
    }
    let mut dynamic = body.dynamic.iter();
    if let Some(dynamic) = dynamic.find(|it| it.feature != DynamicFeature::Suspends) {
        return Some(format!("it uses {}", code_span(&dynamic.text)));
    }
    let mut calls = body.calls.iter();
    let call = calls.find(|call| !is_harmless(call, body, candidate))?;
    let name = code_span(&call.name);
    Some(format!("it calls {name}, which may do more than compute"))
}

fn is_harmless(call: &Call, body: &Definition, candidate: &Candidate) -> bool {
    match &call.target {
        CallTarget::Builtin => !HARMFUL_BUILTINS.contains(&call.name.as_str()),
        CallTarget::Imported { name, .. } => is_pure(name),
        CallTarget::Unknown => {
            is_made_up(&call.name, body, candidate) || is_method_of_values(&call.name)
        }
        CallTarget::SameFile(qualname) => {
            let mut known = std::iter::once(&candidate.definition).chain(&candidate.callees);
            known.any(|callee| callee.qualname == *qualname)
        }
    }
}

fn is_pure(dotted: &str) -> bool {
    let module = dotted.split('.').next().unwrap_or(dotted);
    PURE_MODULES.contains(&module)
}

/// An argument of the candidate itself, or a method of one: it is made up, and can do no harm.
fn is_made_up(name: &str, body: &Definition, candidate: &Candidate) -> bool {
    let object = name.split('.').next().unwrap_or(name);
    let mut parameters = candidate.definition.parameters.iter();
    *body == candidate.definition && parameters.any(|parameter| parameter.name == object)
}

/// A method that Python's own types have.
fn is_method_of_values(name: &str) -> bool {
    name.contains('.') && BUILTIN_METHODS.contains(&bare(name))
}

#[cfg(test)]
mod tests {
    use super::super::samples::{candidate, function, parameter};
    use super::*;
    use crate::profile::Line;
    use crate::source::{Dynamic, Origin, ParameterKind};

    fn calling(name: &str, target: CallTarget) -> Candidate {
        let mut definition = function(
            "f",
            vec![parameter("xs", ParameterKind::PositionalOrKeyword)],
        );
        definition.calls = vec![Call {
            name: name.to_owned(),
            line: Line::new(2).expect("a line"),
            in_loop: false,
            target,
        }];
        candidate("m", definition)
    }

    fn check(name: &str, target: CallTarget, is_harmless: bool) {
        let candidate = calling(name, target);
        assert_eq!(objection(&candidate).is_none(), is_harmless, "{name}");
    }

    fn imported(name: &str) -> CallTarget {
        CallTarget::Imported {
            name: name.to_owned(),
            origin: Origin::Stdlib,
        }
    }

    #[test]
    fn computing_is_harmless() {
        check("len", CallTarget::Builtin, true);
        check("math.sqrt", imported("math.sqrt"), true);
        check("out.append", CallTarget::Unknown, true);
        check("xs.anything", CallTarget::Unknown, true);
        check("xs", CallTarget::Unknown, true);
    }

    #[test]
    fn reaching_outside_and_the_unknown_are_not() {
        check("open", CallTarget::Builtin, false);
        check("remove", imported("os.remove"), false);
        check("time.time", imported("time.time"), false);
        check("db.execute", CallTarget::Unknown, false);
        check("callback", CallTarget::Unknown, false);
        check("save", CallTarget::SameFile("save".to_owned()), false);
    }

    #[test]
    fn what_it_calls_in_its_file_is_followed() {
        let mut outer = calling("g", CallTarget::SameFile("g".to_owned()));
        let mut inner = calling("f", CallTarget::SameFile("f".to_owned())).definition;
        inner.qualname = "g".to_owned();
        outer.callees = vec![inner];
        assert_eq!(objection(&outer), None);

        outer.callees[0].rebinds = vec!["total".to_owned()];
        assert!(objection(&outer).is_some_and(|why| why.contains("`total`")));
    }

    #[test]
    fn an_argument_of_a_callee_may_be_anything() {
        let mut outer = calling("g", CallTarget::SameFile("g".to_owned()));
        let mut inner = calling("xs.anything", CallTarget::Unknown).definition;
        inner.qualname = "g".to_owned();
        outer.callees = vec![inner];
        assert!(objection(&outer).is_some_and(|why| why.contains("`xs.anything`")));
    }

    #[test]
    fn a_method_needs_its_object() {
        let mut candidate = calling("len", CallTarget::Builtin);
        candidate.definition.binding = Binding::Method;
        assert!(objection(&candidate).is_some());
    }

    #[test]
    fn a_dynamic_feature_counts_against_it_and_a_yield_does_not() {
        let mut candidate = calling("len", CallTarget::Builtin);
        let feature = |feature| Dynamic {
            feature,
            line: Line::new(2).expect("a line"),
            text: "exec(x)".to_owned(),
        };
        candidate.definition.dynamic = vec![feature(DynamicFeature::Suspends)];
        assert_eq!(objection(&candidate), None);
        candidate
            .definition
            .dynamic
            .push(feature(DynamicFeature::Eval));
        assert!(objection(&candidate).is_some());
    }

    #[test]
    fn the_lists_are_sorted_and_say_nothing_twice() {
        for list in [&HARMFUL_BUILTINS[..], &PURE_MODULES, &BUILTIN_METHODS] {
            assert!(list.is_sorted_by(|before, after| before < after));
        }
    }
}
