//! A candidate in `plan.json`.

use super::Estimate;
use super::number::{fraction, speedup};
use crate::generate::RustTypes;
use crate::plan::{Candidate, Risk, SeenParameter, Verdict};
use crate::profile::Line;
use crate::source::{Annotation, Parameter, ParameterKind};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct CandidateEntry<'p> {
    rank: usize,
    function: String,
    module: &'p str,
    qualname: &'p str,
    file: &'p str,
    line: u32,
    end_line: u32,
    unit: Vec<String>,
    verdict: &'static str,
    share: Estimate,
    speedup: Speedup,
    effort: Effort,
    risks: Vec<RiskEntry<'p>>,
    signature: Signature<'p>,
    #[serde(rename = "crate", skip_serializing_if = "Option::is_none")]
    folder: Option<String>,
}

#[derive(Serialize)]
struct Speedup {
    ceiling: Option<f64>,
}

#[derive(Serialize)]
struct Effort {
    lines: u32,
    complexity: u32,
}

#[derive(Serialize)]
struct RiskEntry<'p> {
    code: &'static str,
    message: &'p str,
    line: Option<u32>,
}

#[derive(Serialize)]
struct Signature<'p> {
    parameters: Vec<ParameterEntry<'p>>,
    returns: TypeEntry<'p>,
}

#[derive(Serialize)]
struct ParameterEntry<'p> {
    name: &'p str,
    kind: &'static str,
    #[serde(flatten)]
    of_type: TypeEntry<'p>,
    default: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    observed: Option<ObservedEntry>,
}

/// What was seen of a parameter.
#[derive(Serialize)]
struct ObservedEntry {
    count: u64,
    /// The body assigns the parameter: some of the values may be what it was assigned.
    assigned: bool,
    types: Vec<ObservedType>,
}

#[derive(Serialize)]
struct ObservedType {
    #[serde(rename = "type")]
    of_type: String,
    count: u64,
    smallest: Option<u64>,
    largest: Option<u64>,
}

#[derive(Serialize)]
struct TypeEntry<'p> {
    python_type: Option<&'p str>,
    type_source: &'static str,
    rust_type: String,
}

impl<'p> CandidateEntry<'p> {
    pub(super) fn new(candidate: &'p Candidate, folder: Option<&String>) -> Self {
        let definition = &candidate.definition;
        Self {
            rank: candidate.rank,
            function: candidate.name.to_string(),
            module: &candidate.name.module,
            qualname: &candidate.name.qualname,
            file: &candidate.file,
            line: definition.first_line.number(),
            end_line: definition.end_line.number(),
            unit: candidate.unit.iter().map(ToString::to_string).collect(),
            verdict: Verdict::Migrate.word(),
            share: Estimate::of(candidate.share, fraction),
            speedup: Speedup {
                ceiling: speedup(candidate.ceiling.expected),
            },
            effort: Effort {
                lines: definition.lines,
                complexity: definition.complexity,
            },
            risks: candidate.risks.iter().map(risk).collect(),
            signature: signature(candidate),
            folder: folder.map(|folder| format!("crates/{folder}")),
        }
    }
}

fn risk(risk: &Risk) -> RiskEntry<'_> {
    RiskEntry {
        code: risk.code.text(),
        message: &risk.message,
        line: risk.line.map(Line::number),
    }
}

fn signature(candidate: &Candidate) -> Signature<'_> {
    let definition = &candidate.definition;
    let types = RustTypes::of(candidate);
    Signature {
        parameters: (definition.parameters.iter().zip(types.parameters))
            .map(|(it, rust_type)| parameter(it, candidate.seen_of(&it.name), rust_type))
            .collect(),
        returns: of_type(definition.returns.as_ref(), None, types.returns),
    }
}

fn parameter<'p>(
    parameter: &'p Parameter,
    seen: Option<&'p SeenParameter>,
    rust_type: String,
) -> ParameterEntry<'p> {
    ParameterEntry {
        name: &parameter.name,
        kind: kind_word(parameter.kind),
        of_type: of_type(parameter.annotation.as_ref(), seen, rust_type),
        default: parameter.default.as_ref().map(|default| &*default.text),
        observed: seen.map(observed),
    }
}

fn observed(seen: &SeenParameter) -> ObservedEntry {
    let types = seen.values.types();
    ObservedEntry {
        count: seen.values.times(),
        assigned: seen.is_assigned,
        types: types
            .map(|(of_type, count, size)| ObservedType {
                of_type: of_type.to_string(),
                count,
                smallest: size.map(|size| size.smallest),
                largest: size.map(|size| size.largest),
            })
            .collect(),
    }
}

/// An annotation wins over what was seen.
fn of_type<'p>(
    annotation: Option<&'p Annotation>,
    seen: Option<&'p SeenParameter>,
    rust_type: String,
) -> TypeEntry<'p> {
    let (python_type, type_source) = match (annotation, seen) {
        (Some(annotation), _) => (Some(&*annotation.text), "annotation"),
        (None, Some(seen)) => (Some(&*seen.common_type.text), "observed"),
        (None, None) => (None, "none"),
    };
    TypeEntry {
        python_type,
        type_source,
        rust_type,
    }
}

/// The kinds of `inspect.Parameter`, in lower case.
fn kind_word(kind: ParameterKind) -> &'static str {
    match kind {
        ParameterKind::PositionalOnly => "positional_only",
        ParameterKind::PositionalOrKeyword => "positional_or_keyword",
        ParameterKind::VarPositional => "var_positional",
        ParameterKind::KeywordOnly => "keyword_only",
        ParameterKind::VarKeyword => "var_keyword",
    }
}
