//! Risks that stand at a place of the source: what a Rust version easily does otherwise there.

use super::risks::{listed, risk};
use super::{Code, Risk, SeenParameter};
use crate::source::{Definition, Pitfall, PitfallKind, PythonType};

/// The risk of the pitfalls of a kind, at the line of the first; none where their parameters' types make them harmless.
pub(super) fn pitfalls(
    kind: PitfallKind,
    definition: &Definition,
    seen: &[SeenParameter],
) -> Option<Risk> {
    let harmful = definition
        .pitfalls
        .iter()
        .filter(|pitfall| pitfall.kind == kind && is_one(pitfall, definition, seen));
    let harmful: Vec<&Pitfall> = harmful.collect();
    let mut texts: Vec<String> = Vec::new();
    for pitfall in &harmful {
        let text = brief(&pitfall.text);
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    let (code, what) = said(kind);
    let message = format!("{what}: {}", listed(&texts));
    Some(risk(code, Some(harmful.first()?.line), message))
}

/// A text for a list of some.
fn brief(text: &str) -> String {
    const LONGEST: usize = 50;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn said(kind: PitfallKind) -> (Code, &'static str) {
    match kind {
        PitfallKind::ChangedArgument => (Code::MutatesArgument, "it changes arguments in place"),
        PitfallKind::ReboundName => (Code::RebindsGlobals, "it assigns names outside itself"),
        PitfallKind::GrowingInt => (Code::BigInt, "integers grow here, perhaps beyond 64 bit"),
        PitfallKind::ForwardedArguments => (
            Code::ForwardsArguments,
            "it passes arguments on as they came",
        ),
        PitfallKind::KeptArgument => (
            Code::KeepsArgument,
            "it hands back or stores an argument's object, not a copy",
        ),
        PitfallKind::GlobalVariable => (
            Code::ReadsGlobals,
            "it reads variables of its module that may change",
        ),
        PitfallKind::Closure => (
            Code::MakesClosure,
            "a function inside takes its variables along",
        ),
        PitfallKind::CaughtException => (Code::CatchesExceptions, "it goes on after an exception"),
        PitfallKind::FloatText => (
            Code::WritesFloats,
            "it rounds floats or writes them as text, which Rust does otherwise",
        ),
        PitfallKind::Characters => (
            Code::CountsCharacters,
            "it counts or tells apart characters, where Rust counts bytes",
        ),
        PitfallKind::ItemOrder => (
            Code::TakesOrder,
            "it takes items in the order of a set or dictionary, which a HashMap does not keep",
        ),
        PitfallKind::Pickling => (Code::Pickles, "it pickles or copies objects"),
        PitfallKind::Threading => (
            Code::SharedByThreads,
            "it starts threads or shares something between them",
        ),
    }
}

/// Whether the type of the parameter that it is about makes it a pitfall.
fn is_one(pitfall: &Pitfall, definition: &Definition, seen: &[SeenParameter]) -> bool {
    let Some(subject) = &pitfall.subject else {
        return true;
    };
    let is_variadic = || {
        let mut parameters = definition.parameters.iter();
        parameters.any(|it| it.name == *subject && it.kind.is_star())
    };
    let known = type_of(subject, definition, seen);
    match pitfall.kind {
        PitfallKind::GrowingInt => known != Some(&PythonType::Float),
        PitfallKind::FloatText => known == Some(&PythonType::Float),
        PitfallKind::Characters => known == Some(&PythonType::Str),
        PitfallKind::ItemOrder => {
            matches!(known, Some(PythonType::Set(_) | PythonType::Dict(..)))
        }
        PitfallKind::KeptArgument => !is_variadic() && !known.is_some_and(never_changes),
        _ => true,
    }
}

/// The type of a parameter as annotated, or as seen where the annotation says nothing.
fn type_of<'a>(
    name: &str,
    definition: &'a Definition,
    seen: &'a [SeenParameter],
) -> Option<&'a PythonType> {
    let parameter = definition.parameters.iter().find(|it| it.name == name)?;
    let annotated = parameter.annotation.as_ref().map(|it| &it.python_type);
    let observed = seen.iter().find(|it| it.name == name);
    let observed = observed.map(|it| &it.common_type.python_type);
    let known = annotated
        .filter(|it| **it != PythonType::Other)
        .or(observed)?;
    Some(match known {
        PythonType::Optional(inner) => inner,
        known => known,
    })
}

fn never_changes(python_type: &PythonType) -> bool {
    match python_type {
        PythonType::None
        | PythonType::Bool
        | PythonType::Int
        | PythonType::Float
        | PythonType::Str
        | PythonType::Bytes => true,
        PythonType::Tuple(items) => items.iter().all(never_changes),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample_types::{definition, observation};
    use super::super::seen_parameter::seen_parameters;
    use super::*;

    /// Checks `CODE line message` of the risk that `f` has by its pitfalls of a kind.
    #[track_caller]
    fn check(source: &str, seen: &[&str], kind: PitfallKind, expected: Option<&str>) {
        let definition = definition(source);
        let observation = observation("job.py", &definition, seen);
        let seen = seen_parameters(&observation, "job.py", &definition);
        let found = pitfalls(kind, &definition, &seen).map(|risk| {
            let line = risk.line.expect("it stands somewhere");
            format!("{} {line} {}", risk.code, risk.message)
        });
        assert_eq!(found.as_deref(), expected, "{source}");
    }

    #[test]
    fn a_risk_stands_at_the_first_place_and_names_the_others() {
        check(
            "def f(x):\n  y = round(x)\n  return f'{y:.1f}', round(x)\n",
            &[],
            PitfallKind::FloatText,
            Some(
                "RB118 2 it rounds floats or writes them as text, which Rust does otherwise: round(x), f'{y:.1f}'",
            ),
        );
        check("def f(x): return x\n", &[], PitfallKind::FloatText, None);
    }

    #[test]
    fn a_long_text_is_cut() {
        let source = format!("def f(x): return round(x + {})\n", "é".repeat(60));
        let cut = format!(
            "RB118 1 it rounds floats or writes them as text, which Rust does otherwise: round(x + {}…",
            "é".repeat(40)
        );
        check(&source, &[], PitfallKind::FloatText, Some(&cut));
    }

    #[test]
    fn a_type_that_is_annotated_or_seen_decides() {
        let characters =
            "RB119 1 it counts or tells apart characters, where Rust counts bytes: len(x)";
        let kind = PitfallKind::Characters;
        check(
            "def f(x: str): return len(x)\n",
            &[],
            kind,
            Some(characters),
        );
        check(
            "def f(x): return len(x)\n",
            &["x: str"],
            kind,
            Some(characters),
        );
        check("def f(x): return len(x)\n", &["x: list[str]"], kind, None);
        check("def f(x): return len(x)\n", &[], kind, None);
        let order = "RB120 1 it takes items in the order of a set or dictionary, which a HashMap does not keep: x";
        let source = "def f(x: 'set[int]'): return list(x)\n";
        check(source, &[], PitfallKind::ItemOrder, Some(order));
        let source = "def f(x: 'list[int]'): return list(x)\n";
        check(source, &[], PitfallKind::ItemOrder, None);
    }

    #[test]
    fn a_number_that_is_handed_back_is_no_alias() {
        let kept = "RB114 1 it hands back or stores an argument's object, not a copy: return x";
        let kind = PitfallKind::KeptArgument;
        check("def f(x): return x\n", &[], kind, Some(kept));
        check("def f(x: 'int | None'): return x\n", &[], kind, None);
        check("def f(x): return x\n", &["x: int"], kind, None);
        check("def f(*x): return x\n", &[], kind, None);
    }

    #[test]
    fn a_float_does_not_outgrow_64_bit() {
        let grows = "RB101 1 integers grow here, perhaps beyond 64 bit: x ** 2";
        let kind = PitfallKind::GrowingInt;
        check("def f(x): return x ** 2\n", &[], kind, Some(grows));
        check("def f(x): return x ** 2\n", &["x: float"], kind, None);
    }
}
