//! The pitfalls of a function: where a rewrite in Rust easily does something else.

mod arithmetic;
mod caught;
mod changes;
mod characters;
mod closures;
mod float_text;
mod globals;
mod harmless;
mod item_order;
mod kept;
mod libraries;

pub(super) use globals::Globals;

use super::calls::{builtin, target};
use super::parse::{Expr, Ranged, TextSize, ast};
use super::scope::ScopeId;
use super::symbols::SymbolTable;
use super::text::Text;
use super::{CallTarget, Pitfall, PitfallKind};
use harmless::Harmless;
use std::collections::BTreeSet;

/// The pitfalls of a function, in order of place; each text of a kind once.
pub(super) fn pitfalls(
    table: &SymbolTable<'_>,
    globals: &Globals<'_>,
    text: Text<'_>,
    function: ScopeId,
) -> Vec<Pitfall> {
    let harmless = Harmless::of(table, function);
    let of_one_thing = [
        arithmetic::growing_int,
        caught::caught_exception,
        characters::characters,
        float_text::float_text,
    ];
    let of_several = [
        item_order::item_order,
        kept::kept_argument,
        libraries::library_call,
        libraries::forwarded_arguments,
    ];
    let mut found: Vec<Pitfall> = closures::closures(table, function);
    found.extend(changes::changed_arguments(table, text, function));
    found.extend(changes::rebound_names(table, text, function));
    for (scope, node) in table.own_code(function) {
        let view = View {
            table,
            text,
            function,
            scope,
            harmless: &harmless,
        };
        found.extend(of_one_thing.iter().filter_map(|seek| seek(&view, node)));
        found.extend(of_several.iter().flat_map(|seek| seek(&view, node)));
        found.extend(globals.read(&view, node));
    }
    found.sort_by_key(|pitfall| (pitfall.line, pitfall.kind));
    let mut known = BTreeSet::new();
    found.retain(|pitfall| known.insert((pitfall.kind, pitfall.text.clone())));
    found
}

/// A place to look from.
struct View<'t, 'a> {
    table: &'t SymbolTable<'a>,
    text: Text<'t>,
    function: ScopeId,
    scope: ScopeId,
    harmless: &'t Harmless,
}

impl View<'_, '_> {
    fn pitfall(&self, kind: PitfallKind, at: &impl Ranged) -> Pitfall {
        self.named(kind, at.start(), self.text.brief(at))
    }

    fn named(&self, kind: PitfallKind, start: TextSize, text: String) -> Pitfall {
        Pitfall {
            kind,
            line: self.text.line_at(start),
            text,
            subject: None,
        }
    }

    /// The same, if the subject is a parameter that still stands for what was passed.
    fn of_parameter(&self, kind: PitfallKind, at: &impl Ranged, subject: &Expr) -> Option<Pitfall> {
        let subject = Some(self.parameter(subject)?.to_owned());
        Some(Pitfall {
            subject,
            ..self.pitfall(kind, at)
        })
    }

    /// The parameter that an expression is.
    fn parameter<'e>(&self, expression: &'e Expr) -> Option<&'e str> {
        let name = expression.as_name_expr()?.id.as_str();
        let is_one = self.table.is_parameter(self.scope, name, self.function);
        is_one.then_some(name)
    }

    /// The builtin that a call calls.
    fn builtin<'e>(&self, call: &'e ast::ExprCall) -> Option<&'e str> {
        builtin(self.table, self.scope, &call.func)
    }

    /// The dotted name of something imported that a call calls.
    fn imported(&self, call: &ast::ExprCall) -> Option<String> {
        match target(self.table, self.scope, &call.func) {
            CallTarget::Imported { name, .. } => Some(name),
            _ => None,
        }
    }
}

/// The attribute of an object that a call calls, and the object.
fn method(call: &ast::ExprCall) -> Option<(&Expr, &str)> {
    let attribute = call.func.as_attribute_expr()?;
    Some((&attribute.value, attribute.attr.as_str()))
}

/// Checks `KIND line text [subject]` of the pitfalls of `f` that are of one kind.
#[cfg(test)]
#[track_caller]
fn check(source: &str, kind: PitfallKind, expected: &[&str]) {
    let found = super::project::definition(source, "f").pitfalls.into_iter();
    let found = found.filter(|pitfall| pitfall.kind == kind).map(|pitfall| {
        let subject = pitfall.subject.map(|subject| format!(" [{subject}]"));
        format!(
            "{} {}{}",
            pitfall.line,
            pitfall.text,
            subject.unwrap_or_default()
        )
    });
    assert_eq!(found.collect::<Vec<_>>(), expected, "{source}");
}
