//! What may go wrong when a function moves: first risks, from its definition.

use super::{Code, ModuleImport, Risk, judge};
use crate::profile::Line;
use crate::source::{Binding, CallTarget, Definition, Form, Origin, ParameterKind, PythonType};

/// The risks of moving a function, in the order of their codes.
pub(super) fn risks(definition: &Definition, module: &ModuleImport) -> Vec<Risk> {
    let mut risks = Vec::new();
    let mut add = |code, line, message: String| {
        risks.push(Risk {
            code,
            message,
            line,
        })
    };
    if has_integers(definition) {
        let message =
            "an int beyond 64 bit does not fit an i64: such a call must go to the original";
        add(Code::BigInt, None, message.to_owned());
    }
    for name in &definition.mutated_parameters {
        add(
            Code::MutatesArgument,
            None,
            format!("it changes its argument {name} in place"),
        );
    }
    if !definition.rebinds.is_empty() {
        let names = listed(&definition.rebinds);
        add(
            Code::RebindsGlobals,
            None,
            format!("it assigns names outside itself: {names}"),
        );
    }
    if definition
        .parameters
        .iter()
        .any(|parameter| is_star(parameter.kind))
    {
        add(
            Code::ForwardsArguments,
            None,
            "it takes *args or **kwargs".to_owned(),
        );
    }
    if definition.form != Form::Plain {
        let message = "it is suspended half-way: Rust needs an object that remembers where it was";
        add(Code::Suspends, None, message.to_owned());
    }
    for dynamic in definition
        .dynamic
        .iter()
        .filter(|it| !judge::is_forbidding(it.feature))
    {
        add(
            Code::DynamicFeature,
            Some(dynamic.line),
            format!("{}", dynamic.text),
        );
    }
    if let Some(decorator) = definition
        .decorators
        .iter()
        .find(|text| !is_plain_decorator(text))
    {
        let message = format!("@{decorator} wraps it: the crate replaces the function inside");
        add(Code::Decorated, Some(definition.first_line), message);
    }
    if matches!(definition.binding, Binding::Method | Binding::Property) {
        let message = "it works on its object: every attribute that Rust reads or writes crosses the boundary";
        add(Code::UsesObject, None, message.to_owned());
    }
    let untyped = untyped(definition);
    if !untyped.is_empty() {
        add(
            Code::Untyped,
            None,
            format!("no type is known for {}", listed(&untyped)),
        );
    }
    let callees = calls_that_stay(definition);
    if let Some((_, line)) = callees.first() {
        let names: Vec<String> = callees.iter().map(|(name, _)| name.clone()).collect();
        add(
            Code::CallsBack,
            Some(*line),
            format!("it calls code that stays Python: {}", listed(&names)),
        );
    }
    if module.runs_on_import {
        let message = "importing its module runs the program: put the calls under if __name__ == \"__main__\":";
        add(Code::RunsOnImport, None, message.to_owned());
    }
    risks
}

fn has_integers(definition: &Definition) -> bool {
    let parameters = definition
        .parameters
        .iter()
        .filter_map(|it| it.annotation.as_ref());
    parameters
        .chain(&definition.returns)
        .any(|it| mentions_int(&it.python_type))
}

fn mentions_int(python_type: &PythonType) -> bool {
    match python_type {
        PythonType::Int => true,
        PythonType::List(inner) | PythonType::Set(inner) | PythonType::Optional(inner) => {
            mentions_int(inner)
        }
        PythonType::Tuple(items) => items.iter().any(mentions_int),
        PythonType::Dict(key, value) => mentions_int(key) || mentions_int(value),
        _ => false,
    }
}

fn is_star(kind: ParameterKind) -> bool {
    matches!(
        kind,
        ParameterKind::VarPositional | ParameterKind::VarKeyword
    )
}

/// Decorators that only say how the function is bound.
fn is_plain_decorator(text: &str) -> bool {
    matches!(text, "staticmethod" | "classmethod" | "property")
        || text.ends_with(".setter")
        || text.ends_with(".deleter")
}

fn untyped(definition: &Definition) -> Vec<String> {
    let bound = match definition.binding {
        Binding::Method | Binding::ClassMethod | Binding::Property => 1,
        Binding::Function | Binding::StaticMethod => 0,
    };
    (definition.parameters.iter().skip(bound))
        .filter(|parameter| parameter.annotation.is_none() && !is_star(parameter.kind))
        .map(|parameter| parameter.name.clone())
        .collect()
}

/// Calls to functions of the same file and to imported ones that are not Python's own, each once.
fn calls_that_stay(definition: &Definition) -> Vec<(String, Line)> {
    let mut callees: Vec<(String, Line)> = Vec::new();
    for call in &definition.calls {
        let stays = match &call.target {
            CallTarget::SameFile(name) => *name != definition.qualname,
            CallTarget::Imported { origin, .. } => *origin != Origin::Stdlib,
            CallTarget::Builtin | CallTarget::Unknown => false,
        };
        if stays && callees.iter().all(|(name, _)| *name != call.name) {
            callees.push((call.name.clone(), call.line));
        }
    }
    callees
}

/// At most four names, and how many more.
fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(4).map(|name| format!("{name}")).collect();
    match names.len().checked_sub(4) {
        Some(more) if more > 0 => format!("{} and {more} more", shown.join(", ")),
        _ => shown.join(", "),
    }
}
