//! What may go wrong when a function moves: first risks, from its definition.

use super::{Code, ModuleImport, Risk, judge};
use crate::profile::Line;
use crate::source::{Binding, CallTarget, Definition, Form, Origin, ParameterKind, PythonType};

/// The risks of moving a function, in the order of their codes.
pub(super) fn risks(definition: &Definition, module: &ModuleImport) -> Vec<Risk> {
    let each: [&dyn Fn() -> Vec<Risk>; 10] = [
        &|| integers(definition),
        &|| mutated_arguments(definition),
        &|| rebound_names(definition),
        &|| forwarded_arguments(definition),
        &|| suspension(definition),
        &|| dynamic_features(definition),
        &|| decorators(definition),
        &|| object(definition),
        &|| unknown_types(definition),
        &|| callees(definition),
    ];
    let mut risks: Vec<Risk> = each.iter().flat_map(|risks| risks()).collect();
    if module.runs_on_import {
        risks.push(risk(
            Code::RunsOnImport,
            None,
            "importing its module runs the program: put the calls under if __name__ == \"__main__\"",
        ));
    }
    risks
}

fn risk(code: Code, line: Option<Line>, message: impl Into<String>) -> Risk {
    Risk {
        code,
        message: message.into(),
        line,
    }
}

fn if_so(is_so: bool, code: Code, message: &str) -> Vec<Risk> {
    if is_so {
        vec![risk(code, None, message)]
    } else {
        Vec::new()
    }
}

fn integers(definition: &Definition) -> Vec<Risk> {
    let parameters = definition
        .parameters
        .iter()
        .filter_map(|it| it.annotation.as_ref());
    let mut annotations = parameters.chain(&definition.returns);
    if_so(
        annotations.any(|it| mentions_int(&it.python_type)),
        Code::BigInt,
        "an int beyond 64 bit does not fit an i64: such a call must go to the original",
    )
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

fn mutated_arguments(definition: &Definition) -> Vec<Risk> {
    let message = |name: &String| format!("it changes its argument {name} in place");
    let names = definition.mutated_parameters.iter();
    names
        .map(|name| risk(Code::MutatesArgument, None, message(name)))
        .collect()
}

fn rebound_names(definition: &Definition) -> Vec<Risk> {
    let message = format!(
        "it assigns names outside itself: {}",
        listed(&definition.rebinds)
    );
    if_so(
        !definition.rebinds.is_empty(),
        Code::RebindsGlobals,
        &message,
    )
}

fn forwarded_arguments(definition: &Definition) -> Vec<Risk> {
    if_so(
        definition
            .parameters
            .iter()
            .any(|parameter| is_star(parameter.kind)),
        Code::ForwardsArguments,
        "it takes any number of arguments (*args or **kwargs)",
    )
}

fn is_star(kind: ParameterKind) -> bool {
    matches!(
        kind,
        ParameterKind::VarPositional | ParameterKind::VarKeyword
    )
}

fn suspension(definition: &Definition) -> Vec<Risk> {
    if_so(
        definition.form != Form::Plain,
        Code::Suspends,
        "it is suspended half-way: Rust needs an object that remembers where it was",
    )
}

fn dynamic_features(definition: &Definition) -> Vec<Risk> {
    let tolerable = definition
        .dynamic
        .iter()
        .filter(|it| !judge::is_forbidding(it.feature));
    tolerable
        .map(|it| risk(Code::DynamicFeature, Some(it.line), it.text.clone()))
        .collect()
}

fn decorators(definition: &Definition) -> Vec<Risk> {
    let wrapping = definition
        .decorators
        .iter()
        .filter(|text| !says_binding(text));
    let message = |text: &String| format!("@{text} wraps it: the crate has the function inside");
    let line = Some(definition.first_line);
    wrapping
        .map(|text| risk(Code::Decorated, line, message(text)))
        .collect()
}

/// Decorators that only say how the function is bound.
fn says_binding(text: &str) -> bool {
    matches!(text, "staticmethod" | "classmethod" | "property")
        || text.ends_with(".setter")
        || text.ends_with(".deleter")
}

fn object(definition: &Definition) -> Vec<Risk> {
    if_so(
        matches!(definition.binding, Binding::Method | Binding::Property),
        Code::UsesObject,
        "it works on its object: every attribute that Rust reads or writes crosses the boundary",
    )
}

fn unknown_types(definition: &Definition) -> Vec<Risk> {
    let bound = match definition.binding {
        Binding::Method | Binding::ClassMethod | Binding::Property => 1,
        Binding::Function | Binding::StaticMethod => 0,
    };
    let names: Vec<String> = (definition.parameters.iter().skip(bound))
        .filter(|parameter| parameter.annotation.is_none() && !is_star(parameter.kind))
        .map(|parameter| parameter.name.clone())
        .collect();
    let message = format!("no type is known for {}", listed(&names));
    if_so(!names.is_empty(), Code::Untyped, &message)
}

/// Calls to functions of the same file and to imported ones that are not Python's own, each once.
fn callees(definition: &Definition) -> Vec<Risk> {
    let stays = |target: &CallTarget| match target {
        CallTarget::SameFile(name) => *name != definition.qualname,
        CallTarget::Imported { origin, .. } => *origin != Origin::Stdlib,
        CallTarget::Builtin | CallTarget::Unknown => false,
    };
    let calls: Vec<_> = definition
        .calls
        .iter()
        .filter(|call| stays(&call.target))
        .collect();
    let mut names: Vec<String> = Vec::new();
    for call in &calls {
        if !names.contains(&call.name) {
            names.push(call.name.clone());
        }
    }
    let message = format!("it calls code that stays Python: {}", listed(&names));
    let first = calls
        .first()
        .map(|call| risk(Code::CallsBack, Some(call.line), message));
    first.into_iter().collect()
}

/// At most four names, and how many more.
fn listed(names: &[String]) -> String {
    let shown = names[..names.len().min(4)].join(", ");
    match names.len().checked_sub(4) {
        Some(more) if more > 0 => format!("{shown} and {more} more"),
        _ => shown,
    }
}
