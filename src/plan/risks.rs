//! What may go wrong when a function moves: first risks, from its definition and from what was seen of its parameters.

use super::pitfall_risks::pitfalls;
use super::surroundings::Surroundings;
use super::type_risks::{contradictions, integers, seen_types, unknown_types};
use super::{Code, FunctionName, ModuleImport, Risk, SeenParameter, judge};
use crate::profile::Line;
use crate::source::{
    Binding, CallTarget, Definition, Dynamic, DynamicFeature, Form, Origin, PitfallKind,
};
use std::collections::BTreeSet;

/// What is known of a function beside its definition.
#[derive(Clone, Copy)]
pub(super) struct Circumstances<'a> {
    pub(super) seen: &'a [SeenParameter],
    pub(super) module: &'a ModuleImport,
    /// In how many threads of a process it was seen.
    pub(super) threads: usize,
    pub(super) surroundings: &'a Surroundings,
    /// The functions that move with it, and itself.
    pub(super) moving: &'a BTreeSet<FunctionName>,
}

/// The risks of moving a function, in the order of their codes.
pub(super) fn risks(definition: &Definition, circumstances: Circumstances<'_>) -> Vec<Risk> {
    let Circumstances {
        seen,
        module,
        threads,
        surroundings,
        moving,
    } = circumstances;
    let name = &module.name;
    let each: [&dyn Fn() -> Vec<Risk>; 16] = [
        &|| integers(definition, seen),
        &|| mutated_arguments(definition),
        &|| forwarded_arguments(definition),
        &|| suspension(definition),
        &|| dynamic_features(definition),
        &|| decorators(definition),
        &|| object(definition),
        &|| unknown_types(definition, seen),
        &|| callees(definition, name, moving),
        &|| run_on_import(module),
        &|| seen_types(definition, seen),
        &|| contradictions(definition, seen),
        &|| monkeypatches(definition),
        &|| surroundings.replaced(name, definition),
        &|| surroundings.pickled(name, definition),
        &|| shared_by_threads(definition, threads),
    ];
    let mut risks: Vec<Risk> = each.iter().flat_map(|risks| risks()).collect();
    risks.extend(surroundings.relatives(name, definition));
    let kinds = PitfallKind::ALL.into_iter();
    let kinds = kinds.filter(|kind| *kind != PitfallKind::ChangedArgument);
    risks.extend(kinds.filter_map(|kind| pitfalls(kind, definition, seen)));
    // The order among those of a code is the one above.
    risks.sort_by_key(|risk| risk.code.text());
    risks
}

/// A risk of a function.
pub(super) fn risk(code: Code, line: Option<Line>, message: impl Into<String>) -> Risk {
    Risk {
        code,
        message: message.into(),
        line,
    }
}

/// A risk, where there is one.
pub(super) fn if_so(
    is_so: bool,
    code: Code,
    line: impl Into<Option<Line>>,
    message: &str,
) -> Vec<Risk> {
    if is_so {
        vec![risk(code, line.into(), message)]
    } else {
        Vec::new()
    }
}

fn mutated_arguments(definition: &Definition) -> Vec<Risk> {
    let message = |name: &String| format!("it changes its argument {name} in place");
    let changes = definition.pitfalls.iter();
    let changes = changes.filter(|it| it.kind == PitfallKind::ChangedArgument);
    changes
        .map(|it| risk(Code::MutatesArgument, Some(it.line), message(&it.text)))
        .collect()
}

fn forwarded_arguments(definition: &Definition) -> Vec<Risk> {
    let mut parameters = definition.parameters.iter();
    let is_variadic = parameters.any(|parameter| parameter.kind.is_star());
    if_so(
        is_variadic,
        Code::ForwardsArguments,
        definition.def_line,
        "it takes any number of arguments (*args or **kwargs)",
    )
}

fn suspension(definition: &Definition) -> Vec<Risk> {
    let message = "it is suspended half-way: Rust needs an object that remembers where it was";
    let suspends = |it: &&Dynamic| it.feature == DynamicFeature::Suspends;
    let place = definition.dynamic.iter().find(suspends);
    if definition.form == Form::Plain {
        return Vec::new();
    }
    vec![risk(Code::Suspends, place.map(|it| it.line), message)]
}

fn dynamic_features(definition: &Definition) -> Vec<Risk> {
    let tolerable = definition
        .dynamic
        .iter()
        .filter(|it| !judge::is_forbidding(it.feature))
        .filter(|it| !has_own_code(it.feature));
    tolerable
        .map(|it| risk(Code::DynamicFeature, Some(it.line), it.text.clone()))
        .collect()
}

/// Features that are risks of another code.
fn has_own_code(feature: DynamicFeature) -> bool {
    matches!(
        feature,
        DynamicFeature::Suspends | DynamicFeature::Monkeypatch
    )
}

fn monkeypatches(definition: &Definition) -> Vec<Risk> {
    let patches = definition.dynamic.iter();
    let patches = patches.filter(|it| it.feature == DynamicFeature::Monkeypatch);
    let message = |text: &String| format!("it assigns {text}, which all of the program sees");
    patches
        .map(|it| risk(Code::Replaced, Some(it.line), message(&it.text)))
        .collect()
}

fn shared_by_threads(definition: &Definition, threads: usize) -> Vec<Risk> {
    let message = format!("it was seen in {threads} threads of one process");
    let line = definition.def_line;
    if_so(threads > 1, Code::SharedByThreads, line, &message)
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
        definition.def_line,
        "it works on its object: every attribute that Rust reads or writes crosses the boundary",
    )
}

/// Calls to functions of the same file and to imported ones that are not Python's own and don't move too, each once.
fn callees(definition: &Definition, module: &str, moving: &BTreeSet<FunctionName>) -> Vec<Risk> {
    let moves = |called: &str| {
        let mut moving = moving.iter();
        moving.any(|it| called.strip_prefix(&*it.module) == Some(&*format!(".{}", it.qualname)))
    };
    let stays = |target: &CallTarget| match target {
        CallTarget::SameFile(name) => !moves(&format!("{module}.{name}")),
        CallTarget::Imported { name, origin } => *origin != Origin::Stdlib && !moves(name),
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

fn run_on_import(module: &ModuleImport) -> Vec<Risk> {
    if_so(
        module.runs_on_import,
        Code::RunsOnImport,
        None,
        "importing its module runs the program: put the calls under if __name__ == \"__main__\"",
    )
}

/// At most four names, and how many more.
pub(super) fn listed(names: &[String]) -> String {
    let shown = names[..names.len().min(4)].join(", ");
    match names.len().checked_sub(4) {
        Some(more) if more > 0 => format!("{shown} and {more} more"),
        _ => shown,
    }
}
