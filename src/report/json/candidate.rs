//! A candidate in `plan.json`.

use super::Estimate;
use super::number::{cents, days, fraction, nanoseconds, seconds, speedup, whole};
use super::observed::{ObservedParameter, ObservedReturns};
use crate::generate::RustTypes;
use crate::plan::{
    Alternative, Candidate, Money, PerCall, Price, Prospect, SeenConduct, SeenParameter, UnitRisk,
    Verdict,
};
use crate::profile::{CpuSeconds, Line};
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
    migratable_share: Estimate,
    calls: Calls,
    #[serde(skip_serializing_if = "Option::is_none")]
    yields: Option<Yields>,
    boundary: Boundary,
    speedup: Speedup,
    effort: Effort,
    #[serde(skip_serializing_if = "Option::is_none")]
    money: Option<MoneyEntry>,
    risks: Vec<RiskEntry<'p>>,
    signature: Signature<'p>,
    #[serde(skip_serializing_if = "Option::is_none")]
    observed: Option<ObservedCalls<'p>>,
    alternatives: Vec<AlternativeEntry<'p>>,
    #[serde(rename = "crate", skip_serializing_if = "Option::is_none")]
    folder: Option<String>,
}

/// What some calls were seen to do.
#[derive(Serialize)]
struct ObservedCalls<'p> {
    count: u64,
    raised: u64,
    changed: Vec<ChangedEntry<'p>>,
    callers: Vec<CallerEntry>,
}

/// A container that was passed: in how many calls it was looked at, and in how many it was another at the end.
#[derive(Serialize)]
struct ChangedEntry<'p> {
    parameter: &'p str,
    count: u64,
    changed: u64,
}

#[derive(Serialize)]
struct CallerEntry {
    function: String,
    count: u64,
}

#[derive(Serialize)]
struct Speedup {
    function: Estimate,
    program: Estimate,
    /// With those before it.
    program_so_far: Estimate,
    ceiling: Option<f64>,
}

/// Of the calls from Python to its root.
#[derive(Serialize)]
struct Calls {
    count: Option<Estimate>,
    source: &'static str,
    nanoseconds_per_call: Estimate,
}

/// Of the values that it gives to Python, if it is a generator.
#[derive(Serialize)]
struct Yields {
    count: Option<Estimate>,
    source: &'static str,
    nanoseconds_per_yield: Estimate,
    crossing_nanoseconds: Estimate,
}

#[derive(Serialize)]
struct Boundary {
    seconds: Option<Estimate>,
    nanoseconds_per_call: Estimate,
    callbacks: Vec<String>,
}

#[derive(Serialize)]
struct AlternativeEntry<'p> {
    function: String,
    speedup: Estimate,
    why: &'p str,
}

#[derive(Serialize)]
struct Effort {
    days: Estimate,
    lines: u32,
    complexity: u32,
}

#[derive(Serialize)]
struct MoneyEntry {
    per_year: Estimate,
    pays_back_in_a_year_below_day_rate: Estimate,
}

#[derive(Serialize)]
struct RiskEntry<'p> {
    code: &'static str,
    message: &'p str,
    line: Option<u32>,
    /// Whose it is: the candidate's, or that of a function that moves with it.
    function: String,
    file: &'p str,
}

#[derive(Serialize)]
struct Signature<'p> {
    parameters: Vec<ParameterEntry<'p>>,
    returns: ReturnsEntry<'p>,
}

#[derive(Serialize)]
struct ReturnsEntry<'p> {
    #[serde(flatten)]
    of_type: TypeEntry<'p>,
    #[serde(skip_serializing_if = "Option::is_none")]
    observed: Option<ObservedReturns>,
}

#[derive(Serialize)]
struct ParameterEntry<'p> {
    name: &'p str,
    kind: &'static str,
    #[serde(flatten)]
    of_type: TypeEntry<'p>,
    default: Option<&'p str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    observed: Option<ObservedParameter>,
}

#[derive(Serialize)]
struct TypeEntry<'p> {
    python_type: Option<&'p str>,
    type_source: &'static str,
    rust_type: String,
}

impl<'p> CandidateEntry<'p> {
    /// `cpu` is the CPU time of the run.
    pub(super) fn new(
        candidate: &'p Candidate,
        folder: Option<&String>,
        cpu: Option<CpuSeconds>,
        price: Option<Price>,
    ) -> Self {
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
            migratable_share: Estimate::of(candidate.prospect.gain.migratable, fraction),
            calls: calls(&candidate.prospect.per_call),
            yields: yields(&candidate.prospect),
            boundary: boundary(candidate, cpu),
            speedup: Speedup {
                function: Estimate::of(candidate.prospect.gain.function, speedup),
                program: Estimate::of(candidate.prospect.gain.program, speedup),
                program_so_far: Estimate::of(candidate.prospect.so_far, speedup),
                ceiling: speedup(candidate.ceiling.expected),
            },
            effort: Effort {
                days: Estimate::of(candidate.prospect.effort, days),
                lines: definition.lines,
                complexity: definition.complexity,
            },
            money: price.map(|price| money(price.of(&candidate.prospect))),
            risks: candidate.risks.iter().map(risk).collect(),
            signature: signature(candidate),
            observed: candidate.seen_conduct.as_ref().map(observed_calls),
            alternatives: candidate
                .prospect
                .alternatives
                .iter()
                .map(alternative)
                .collect(),
            folder: folder.map(|folder| format!("crates/{folder}")),
        }
    }
}

fn observed_calls(seen: &SeenConduct) -> ObservedCalls<'_> {
    let changed = seen.changed.iter().map(|it| ChangedEntry {
        parameter: &it.name,
        count: it.looked,
        changed: it.changed,
    });
    let callers = seen.callers.iter().map(|(caller, count)| CallerEntry {
        function: caller.to_string(),
        count: *count,
    });
    ObservedCalls {
        count: seen.calls,
        raised: seen.raised,
        changed: changed.collect(),
        callers: callers.collect(),
    }
}

fn yields(prospect: &Prospect) -> Option<Yields> {
    let per_value = prospect.per_value.as_ref()?;
    Some(Yields {
        count: per_value.count.map(|count| Estimate::of(count, whole)),
        source: per_value.source.word(),
        nanoseconds_per_yield: Estimate::of(per_value.nanoseconds, nanoseconds),
        crossing_nanoseconds: Estimate::of(prospect.value_crossing, nanoseconds),
    })
}

fn calls(per_call: &PerCall) -> Calls {
    Calls {
        count: per_call.count.map(|count| Estimate::of(count, whole)),
        source: per_call.source.word(),
        nanoseconds_per_call: Estimate::of(per_call.nanoseconds, nanoseconds),
    }
}

fn boundary(candidate: &Candidate, cpu: Option<CpuSeconds>) -> Boundary {
    let of_run =
        |cpu: CpuSeconds| Estimate::of(candidate.prospect.gain.boundary, |it| seconds(it * cpu.0));
    Boundary {
        seconds: cpu.map(of_run),
        nanoseconds_per_call: Estimate::of(candidate.prospect.crossing, nanoseconds),
        callbacks: candidate
            .prospect
            .callbacks
            .iter()
            .map(ToString::to_string)
            .collect(),
    }
}

fn money(money: Money) -> MoneyEntry {
    MoneyEntry {
        per_year: Estimate::of(money.per_year, cents),
        pays_back_in_a_year_below_day_rate: Estimate::of(money.day_rate, cents),
    }
}

fn alternative(alternative: &Alternative) -> AlternativeEntry<'_> {
    AlternativeEntry {
        function: alternative.function.to_string(),
        speedup: Estimate::of(alternative.speedup, speedup),
        why: &alternative.why,
    }
}

fn risk(it: &UnitRisk) -> RiskEntry<'_> {
    RiskEntry {
        code: it.risk.code.text(),
        message: &it.risk.message,
        line: it.risk.line.map(Line::number),
        function: it.function.to_string(),
        file: &it.file,
    }
}

fn signature(candidate: &Candidate) -> Signature<'_> {
    let definition = &candidate.definition;
    let types = RustTypes::of(candidate);
    Signature {
        parameters: (definition.parameters.iter().zip(types.parameters))
            .map(|(it, rust_type)| parameter(it, candidate.seen_of(&it.name), rust_type))
            .collect(),
        returns: returns(candidate, types.returns),
    }
}

fn returns(candidate: &Candidate, rust_type: String) -> ReturnsEntry<'_> {
    let seen = candidate.seen_returns.as_ref();
    let common_type = seen.map(|seen| &seen.common_type);
    let definition = &candidate.definition;
    let of_type = match definition.returns.as_ref() {
        None if definition.gives_none() => TypeEntry {
            python_type: Some("None"),
            type_source: "source",
            rust_type,
        },
        annotation => of_type(annotation, common_type, rust_type),
    };
    ReturnsEntry {
        of_type,
        observed: seen.map(ObservedReturns::of),
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
        of_type: of_type(
            parameter.annotation.as_ref(),
            seen.map(|seen| &seen.common_type),
            rust_type,
        ),
        default: parameter.default.as_ref().map(|default| &*default.text),
        observed: seen.map(ObservedParameter::of),
    }
}

/// An annotation wins over what was seen.
fn of_type<'p>(
    annotation: Option<&'p Annotation>,
    seen: Option<&'p Annotation>,
    rust_type: String,
) -> TypeEntry<'p> {
    let (python_type, type_source) = match (annotation, seen) {
        (Some(annotation), _) => (Some(&*annotation.text), "annotation"),
        (None, Some(seen)) => (Some(&*seen.text), "observed"),
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
