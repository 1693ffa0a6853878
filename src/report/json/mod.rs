//! `plan.json`: the decision for programs, `"schema": "rustbound.plan/1"`.

mod candidate;
mod library;
mod number;
mod observed;

use super::words;
use crate::observation::Calls;
use crate::plan::boundary::CostsSource;
use crate::plan::{FunctionRow, Interval, ModuleRow, Plan, StateShares};
use crate::profile::{Hertz, Line, Share};
use candidate::CandidateEntry;
use library::LibraryEntry;
use number::{days, seconds, share, speedup};
use serde::Serialize;
use std::collections::BTreeMap;

/// The plan as `plan.json`. `crates` has the folder name of each candidate's crate, in the same order;
/// a candidate beyond them has none.
///
/// - Shares have six decimals; seconds and speed-ups have three, and are null where they are unknown or
///   without limit.
/// - `interpreter_share` and the shares after it are of own time, and that of library code called for it. What may be
///   the interpreter's or native code's is apart, in `uncertain_share`. Rows are ordered by the interpreter's share and
///   half of the uncertain one. `gil_share` is what held the interpreter lock. All these are of the time in which threads
///   worked. `gil_wait_share` is what waited for the lock, of the samples of all threads, those that waited too.
/// - `observed` of a parameter is there where values of it were seen. `smallest` and `largest` are lengths, of an `int`
///   bits, of an array all its elements; null for what has no size. `lengths` say how often which was seen, by powers of
///   two: pairs of the least length of one and how often it or one below the next was seen, of the `calls` that were
///   looked at, and of what was there when `samples` were taken, which fall the likelier on a call the longer it takes.
///   Their `mean` is that of one call.
/// - `speedup`, `migratable_share` and `boundary` of a candidate are what it gains beside those before it. `callbacks`
///   are the functions that would still be called in Python. `calls.source` says how it is known how often the root is
///   called.
/// - `risks` of a candidate are those of all functions of its unit, its own first; `line` is one of `file`.
/// - `libraries` are those that take the program's time in the interpreter, each with the `distribution` that brought it
///   (null where its metadata are not here), its `hottest` function, the place of the program that `asked` for most of it
///   (null where none was on a stack), and the `replacements` that are known: of what, of which kind, and why.
/// - `prediction` is what the first `candidates` of the list gain together: those that save enough. The rest comes after
///   the line. `money` of a candidate is there where a price was given, in its currency.
/// - `boundary_costs` says which figures of crossing between Python and Rust the plan is made with: `source` is
///   `shipped`, or `measured` where `rustbound calibrate` measured them.
/// - `calls` are null where nobody counted; the `source` of a candidate's says whether every call was counted (`counted`),
///   or those of some moments of the run (`windows`), for which `left_out_samples` are missing.
/// - `time` is in CPU seconds, and all but `gil_wait` and `idle` are together the run's; those are the time that threads
///   waited for the interpreter lock and for anything else, counted as the working threads' time is, so that they can
///   exceed the CPU seconds.
pub fn json(plan: &Plan, crates: &[String]) -> String {
    let document = Document::new(plan, crates);
    let mut text =
        serde_json::to_string_pretty(&document).expect("texts and numbers are always written");
    text.push('\n');
    text
}

#[derive(Serialize)]
struct Document<'p> {
    schema: &'static str,
    tool: Tool,
    program: ProgramEntry<'p>,
    run: RunEntry<'p>,
    time: TimeEntry,
    modules: Vec<ModuleEntry<'p>>,
    functions: Vec<FunctionEntry<'p>>,
    candidates: Vec<CandidateEntry<'p>>,
    libraries: Vec<LibraryEntry<'p>>,
    ceiling: Ceiling,
    prediction: Prediction,
    boundary_costs: CostsEntry<'p>,
    notes: Vec<&'p str>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct ProgramEntry<'p> {
    command: &'p [String],
    python: Option<&'p str>,
    exit_status: Option<i32>,
}

#[derive(Serialize)]
struct RunEntry<'p> {
    wall_seconds: Option<f64>,
    cpu_seconds: Option<f64>,
    samples: u64,
    lost_samples: u64,
    lost_by_reason: &'p BTreeMap<String, u64>,
    late_samples: u64,
    sampler_cpu_seconds: Option<f64>,
    left_out_samples: u64,
    agent_cpu_seconds: Option<f64>,
    rate_hz_requested: Option<f64>,
    rate_hz_achieved: Option<f64>,
    processes: usize,
    threads: usize,
}

#[derive(Serialize)]
struct TimeEntry {
    interpreter: Option<f64>,
    uncertain: Option<f64>,
    native: Option<f64>,
    regex: Option<f64>,
    system: Option<f64>,
    import: Option<f64>,
    gc: Option<f64>,
    gil_wait: Option<f64>,
    idle: Option<f64>,
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "they are the names in the file")]
struct StatesEntry {
    interpreter_share: f64,
    uncertain_share: f64,
    native_share: f64,
    regex_share: f64,
    system_share: f64,
}

#[derive(Serialize)]
struct ModuleEntry<'p> {
    module: &'p str,
    file: &'p str,
    origin: &'static str,
    self_share: f64,
    total_share: f64,
    gil_share: f64,
    gil_wait_share: f64,
    #[serde(flatten)]
    states: StatesEntry,
    functions: usize,
}

#[derive(Serialize)]
struct FunctionEntry<'p> {
    function: String,
    module: &'p str,
    qualname: &'p str,
    file: &'p str,
    line: Option<u32>,
    origin: &'static str,
    self_share: f64,
    total_share: f64,
    gil_share: f64,
    gil_wait_share: f64,
    #[serde(flatten)]
    states: StatesEntry,
    calls: Option<Count>,
    verdict: &'static str,
    reasons: Vec<&'static str>,
}

/// Where the costs of crossing between Python and Rust are from.
#[derive(Serialize)]
struct CostsEntry<'p> {
    source: &'static str,
    python: &'p str,
    pyo3: &'p str,
    machine: &'p str,
    date: &'p str,
}

/// How often a function was called.
#[derive(Serialize)]
struct Count {
    low: u64,
    expected: u64,
    high: u64,
}

impl Count {
    fn of(calls: Calls) -> Self {
        Self {
            low: calls.low,
            expected: calls.expected,
            high: calls.high,
        }
    }
}

#[derive(Serialize)]
struct Ceiling {
    everything_migrated: Estimate,
}

/// Of the candidates that are worthwhile.
#[derive(Serialize)]
struct Prediction {
    candidates: usize,
    program: Estimate,
    days: Estimate,
}

/// An estimate, rounded as its kind is.
#[derive(Serialize)]
struct Estimate {
    low: Option<f64>,
    expected: Option<f64>,
    high: Option<f64>,
}

impl Estimate {
    fn of(interval: Interval, round: impl Fn(f64) -> Option<f64>) -> Self {
        Self {
            low: round(interval.low),
            expected: round(interval.expected),
            high: round(interval.high),
        }
    }
}

impl<'p> Document<'p> {
    fn new(plan: &'p Plan, crates: &'p [String]) -> Self {
        let cpu = plan.run.cpu;
        let candidate =
            |(index, candidate)| CandidateEntry::new(candidate, crates.get(index), cpu, plan.price);
        Self {
            schema: "rustbound.plan/1",
            tool: Tool {
                name: env!("CARGO_PKG_NAME"),
                version: env!("CARGO_PKG_VERSION"),
            },
            program: ProgramEntry {
                command: &plan.program.command,
                python: plan.program.python.as_deref(),
                exit_status: plan.program.exit_status,
            },
            run: run(plan),
            time: time(plan),
            modules: plan.modules.iter().map(module).collect(),
            functions: plan.functions.iter().map(function).collect(),
            candidates: plan.candidates.iter().enumerate().map(candidate).collect(),
            libraries: plan.libraries.iter().map(LibraryEntry::new).collect(),
            ceiling: Ceiling {
                everything_migrated: Estimate::of(plan.ceiling, speedup),
            },
            prediction: prediction(plan),
            boundary_costs: costs(&plan.boundary_costs),
            notes: (plan.shortage.iter().chain(&plan.notes))
                .map(String::as_str)
                .collect(),
        }
    }
}

fn prediction(plan: &Plan) -> Prediction {
    let worthwhile = plan
        .candidates
        .iter()
        .filter(|it| it.prospect.is_worthwhile());
    Prediction {
        candidates: worthwhile.count(),
        program: Estimate::of(plan.gain, speedup),
        days: Estimate::of(plan.effort, days),
    }
}

fn run(plan: &Plan) -> RunEntry<'_> {
    let run = &plan.run;
    let rate = |rate: Option<Hertz>| rate.and_then(|rate| seconds(rate.0));
    RunEntry {
        wall_seconds: seconds(run.wall_seconds),
        cpu_seconds: run.cpu.and_then(|cpu| seconds(cpu.0)),
        samples: run.samples,
        lost_samples: run.lost_samples,
        lost_by_reason: &run.losses,
        late_samples: run.late_samples,
        sampler_cpu_seconds: run.sampler_cpu.and_then(|cpu| seconds(cpu.0)),
        left_out_samples: run.left_out_samples,
        agent_cpu_seconds: run.agent_cpu.and_then(|cpu| seconds(cpu.0)),
        rate_hz_requested: rate(run.rate_requested),
        rate_hz_achieved: rate(run.rate_achieved),
        processes: run.processes,
        threads: run.threads,
    }
}

/// Working samples stand for the CPU seconds, so those that waited stand for as many seconds each: with an idle
/// share of 3/4 there are three seconds of waiting for one of work.
fn time(plan: &Plan) -> TimeEntry {
    let cpu = plan.run.cpu.map(|cpu| cpu.0);
    let (gil_wait, idle) = (plan.time.gil_wait.fraction(), plan.time.idle.fraction());
    let waited = |share: f64| cpu.and_then(|cpu| seconds(cpu * share / (1.0 - gil_wait - idle)));
    let of = |share: Share| cpu.and_then(|cpu| seconds(cpu * share.fraction()));
    TimeEntry {
        interpreter: of(plan.time.interpreter),
        uncertain: of(plan.time.uncertain),
        native: of(plan.time.native),
        regex: of(plan.time.regex),
        system: of(plan.time.system),
        import: of(plan.time.import),
        gc: of(plan.time.gc),
        gil_wait: waited(gil_wait),
        idle: waited(idle),
    }
}

fn costs(source: &CostsSource) -> CostsEntry<'_> {
    let measurement = source.measurement();
    CostsEntry {
        source: match source {
            CostsSource::Shipped(_) => "shipped",
            CostsSource::Measured(_) => "measured",
        },
        python: &measurement.python,
        pyo3: &measurement.pyo3,
        machine: &measurement.machine,
        date: &measurement.date,
    }
}

fn states(shares: &StateShares) -> StatesEntry {
    StatesEntry {
        interpreter_share: share(shares.interpreter),
        uncertain_share: share(shares.uncertain),
        native_share: share(shares.native),
        regex_share: share(shares.regex),
        system_share: share(shares.system),
    }
}

fn module(row: &ModuleRow) -> ModuleEntry<'_> {
    ModuleEntry {
        module: &row.module,
        file: &row.file,
        origin: words::origin_word(row.origin),
        self_share: share(row.self_share),
        total_share: share(row.total_share),
        gil_share: share(row.states.holding),
        gil_wait_share: share(row.states.gil_wait),
        states: states(&row.states),
        functions: row.functions,
    }
}

fn function(row: &FunctionRow) -> FunctionEntry<'_> {
    FunctionEntry {
        function: row.name.to_string(),
        module: &row.name.module,
        qualname: &row.name.qualname,
        file: &row.file,
        line: row.line.map(Line::number),
        origin: words::origin_word(row.origin),
        self_share: share(row.self_share),
        total_share: share(row.total_share),
        gil_share: share(row.states.holding),
        gil_wait_share: share(row.states.gil_wait),
        states: states(&row.states),
        calls: row.calls.map(Count::of),
        verdict: row.verdict.word(),
        reasons: row
            .reasons
            .iter()
            .map(|reason| reason.code.text())
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;
    use crate::profile::CpuSeconds;

    fn written(plan: &Plan) -> serde_json::Value {
        serde_json::from_str(&json(plan, &example::crates())).expect("plan.json is JSON")
    }

    #[test]
    fn a_plan_is_written_as_the_contract_says() {
        let expected = include_str!("../../../fixtures/plans/shop.json");
        let expected = expected.replace(
            "\"VERSION\"",
            concat!("\"", env!("CARGO_PKG_VERSION"), "\""),
        );
        assert_eq!(json(&example::plan(), &example::crates()), expected);
    }

    #[test]
    fn what_is_not_known_is_null() {
        let document = written(&example::empty());
        for path in [
            "/program/python",
            "/program/exit_status",
            "/run/cpu_seconds",
            "/run/rate_hz_achieved",
            "/time/import",
        ] {
            assert!(
                document
                    .pointer(path)
                    .is_some_and(serde_json::Value::is_null),
                "{path}"
            );
        }
        assert_eq!(document["candidates"], serde_json::json!([]));
    }

    #[test]
    fn of_a_generator_it_is_told_how_many_values_cross() {
        let mut plan = example::plan();
        assert!(written(&plan)["candidates"][0].get("yields").is_none());
        let prospect = &mut plan.candidates[0].prospect;
        prospect.per_value = Some(prospect.per_call);
        let yields = &written(&plan)["candidates"][0]["yields"];
        assert_eq!(yields["count"]["expected"], 3e5);
        assert_eq!(yields["source"], "estimated");
        assert_eq!(yields["nanoseconds_per_yield"]["expected"], 3000.0);
        assert_eq!(yields["crossing_nanoseconds"]["low"], 15.0);
    }

    #[test]
    fn waiting_is_counted_in_seconds_like_work() {
        let mut plan = example::plan();
        plan.run.cpu = Some(CpuSeconds(2.0));
        plan.time.gil_wait = Share::new(0.5);
        plan.time.idle = Share::new(0.25);
        assert_eq!(written(&plan)["time"]["gil_wait"], 4.0);
        assert_eq!(written(&plan)["time"]["idle"], 2.0);
        plan.time.gil_wait = Share::NONE;
        plan.time.idle = Share::ALL;
        assert_eq!(written(&plan)["time"]["idle"], serde_json::Value::Null);
    }

    #[test]
    fn hostile_names_come_back_as_they_were() {
        let document = written(&example::hostile());
        assert_eq!(document["functions"][0]["qualname"], example::HOSTILE);
        assert_eq!(
            document["candidates"][0]["risks"][0]["message"],
            example::HOSTILE
        );
    }

    #[test]
    fn a_ceiling_without_limit_is_null() {
        let mut plan = example::plan();
        plan.ceiling.high = f64::INFINITY;
        assert_eq!(
            written(&plan)["ceiling"]["everything_migrated"]["high"],
            serde_json::Value::Null
        );
    }
}
