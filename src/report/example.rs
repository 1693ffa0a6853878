//! Plans for the tests of all reports: a shop's nightly job with two candidates, one with hostile
//! names, and an empty one.

use crate::observation::{CallSource, Calls, Seen, Size, Type};
use crate::plan::boundary::Costs;
use crate::plan::{
    Asked, Candidate, ChangedParameter, Code, FunctionName, FunctionRow, Interval, Library,
    ModuleImport, ModuleRow, Plan, Program, Reason, Replacement, ReplacementKind, Risk, RunSummary,
    SeenConduct, SeenParameter, SeenReturns, StateShares, TimeSummary, UnitRisk, Verdict,
};
use crate::profile::{CpuSeconds, Hertz, Line, Share};
use crate::source::{
    Annotation, Binding, Default, Definition, Distribution, Form, Literal, Origin, Parameter,
    ParameterKind, PythonType,
};

/// What a report has to survive in a name.
pub(super) const HOSTILE: &str =
    "a;b|c`d``e\n# f\x1b[31m<script>alert(1)</script>]]>&amp;\0\u{202e}数量🦀_[k]";

const NOTE: &str = "One sample in 200 fell to a second thread that held the lock: \
     run it again alone.";

const SOURCE: &str = "@traced
def total(self, lines):
    cents = 0
    for line in lines:
        cents += line
    return cents
";

/// A run with two candidates and with functions of most verdicts.
pub(super) fn plan() -> Plan {
    use Origin::{Builtin, FirstParty, Stdlib, ThirdParty};
    Plan {
        program: Program {
            command: ["python3", "nightly job.py", "--day", "2026-11-22"]
                .map(str::to_owned)
                .to_vec(),
            python: Some("3.11.7".to_owned()),
            interpreter: None,
            exit_status: Some(0),
        },
        run: run(),
        time: TimeSummary {
            interpreter: Share::new(0.7),
            uncertain: Share::new(0.038),
            native: Share::new(0.15),
            regex: Share::new(0.05),
            system: Share::new(0.05),
            gc: Share::default(),
            import: Share::new(0.012),
            gil_wait: Share::new(0.05),
            idle: Share::new(0.15),
        },
        modules: vec![
            module(
                "shop.basket",
                "shop/basket.py",
                FirstParty,
                [0.412, 0.951, 0.563],
                4,
            ),
            module(
                "shop.reports.monthly",
                "shop/reports/monthly.py",
                FirstParty,
                [0.183, 0.201, 0.192],
                7,
            ),
            module(
                "pandas.core.frame",
                "pandas/core/frame.py",
                ThirdParty,
                [0.04, 0.09, 0.04],
                11,
            ),
            module(
                "json.decoder",
                "json/decoder.py",
                Stdlib,
                [0.114, 0.114, 0.0],
                3,
            ),
            module("builtins", "", Builtin, [0.002, 0.002, 0.0], 1),
        ],
        functions: functions(),
        candidates: vec![
            candidate(
                1,
                ("shop.basket", "Basket.total", 61, 84),
                [0.38, 0.413, 0.4471],
            ),
            candidate(
                2,
                ("shop.reports.monthly", "fold_lines", 12, 40),
                [0.161, 0.192, 0.2274],
            ),
        ],
        libraries: vec![library()],
        ceiling: Interval {
            low: 2.1,
            expected: 2.53,
            high: 3.1,
        },
        gain: Interval {
            low: 1.5,
            expected: 1.8,
            high: 2.1,
        },
        effort: Interval {
            low: 1.2,
            expected: 2.4,
            high: 4.8,
        },
        price: None,
        boundary_costs: Costs::shipped().source().clone(),
        shortage: None,
        notes: vec![NOTE.to_owned()],
    }
}

/// A plan of a run in which nothing was seen.
pub(super) fn empty() -> Plan {
    Plan {
        program: Program::default(),
        run: RunSummary::default(),
        time: TimeSummary::default(),
        modules: Vec::new(),
        functions: Vec::new(),
        candidates: Vec::new(),
        libraries: Vec::new(),
        ceiling: Interval::exactly(1.0),
        gain: Interval::exactly(1.0),
        effort: Interval::exactly(0.0),
        price: None,
        boundary_costs: Costs::shipped().source().clone(),
        shortage: None,
        notes: Vec::new(),
    }
}

/// The same plan with a hostile text wherever a program can put one.
pub(super) fn hostile() -> Plan {
    let mut plan = plan();
    let text = || HOSTILE.to_owned();
    plan.program.command.push(text());
    plan.modules[0].module = text();
    plan.modules[0].file = text();
    for row in &mut plan.functions {
        row.name.qualname = text();
        row.file = text();
        row.reasons[0].message = text();
    }
    let candidate = &mut plan.candidates[0];
    candidate.name.qualname = text();
    candidate.unit[0].qualname = text();
    candidate.file = text();
    candidate.source_text = format!("{HOSTILE}\n").repeat(20);
    candidate.risks[0].risk.message = text();
    for risk in &mut candidate.risks {
        risk.function.qualname = text();
        risk.file = text();
    }
    candidate.seen[0].common_type.text = text();
    let library = &mut plan.libraries[0];
    library.name = text();
    library.hottest.qualname = text();
    library.distribution = Some(Distribution {
        name: text(),
        version: text(),
        missing_extras: vec![text()],
    });
    library.asked = library.asked.take().map(|asked| Asked {
        function: name(HOSTILE, HOSTILE),
        file: text(),
        ..asked
    });
    candidate.seen_conduct = candidate.seen_conduct.take().map(|mut conduct| {
        conduct.callers[0].0.qualname = text();
        conduct
    });
    candidate.definition.parameters[1].default = Some(default("'```|'"));
    plan.notes.push(text());
    plan
}

/// The folders of the candidates' crates.
pub(super) fn crates() -> Vec<String> {
    ["shop_basket_total", "shop_reports_fold_lines"]
        .map(str::to_owned)
        .to_vec()
}

fn run() -> RunSummary {
    RunSummary {
        wall_seconds: 21.8004,
        cpu: Some(CpuSeconds(20.1)),
        samples: 3987,
        lost_samples: 12,
        losses: [("a frame | made <no> sense".to_owned(), 12)].into(),
        late_samples: 7,
        sampler_cpu: Some(CpuSeconds(0.25)),
        left_out_samples: 6,
        agent_cpu: Some(CpuSeconds(0.04)),
        rate_requested: Some(Hertz(200.0)),
        rate_achieved: Some(Hertz(198.71)),
        processes: 1,
        threads: 3,
    }
}

fn functions() -> Vec<FunctionRow> {
    use Verdict::{Migrate, NotFirstParty, TooDynamic, TooSmall};
    let (basket, monthly) = ("shop.basket", "shop.reports.monthly");
    let (pandas, json) = ("pandas.core.frame", "json.decoder");
    let raw = "JSONDecoder.raw_decode";
    let rows = [
        (
            basket,
            "Basket.total",
            [0.299, 0.421, 0.413],
            Migrate,
            Code::Hot,
        ),
        (
            monthly,
            "fold_lines",
            [0.183, 0.2, 0.192],
            Migrate,
            Code::Hot,
        ),
        (
            pandas,
            "DataFrame.itertuples",
            [0.04, 0.09, 0.04],
            NotFirstParty,
            Code::ThirdParty,
        ),
        (
            basket,
            "load.<locals>.parse",
            [0.02, 0.02, 0.02],
            TooDynamic,
            Code::Nested,
        ),
        (
            basket,
            "Basket.__len__",
            [0.009, 0.009, 0.009],
            TooSmall,
            Code::TooSmall,
        ),
        (
            basket,
            "main",
            [0.001, 0.951, 0.001],
            TooSmall,
            Code::Orchestrates,
        ),
        (json, raw, [0.114, 0.114, 0.0], NotFirstParty, Code::Stdlib),
    ];
    rows.map(function).to_vec()
}

fn library() -> Library {
    Library {
        name: "pandas".to_owned(),
        origin: Origin::ThirdParty,
        distribution: Some(Distribution {
            name: "pandas".to_owned(),
            version: "3.0.1".to_owned(),
            missing_extras: vec!["performance".to_owned()],
        }),
        share: Share::new(0.04),
        hottest: name("pandas.core.frame", "DataFrame.itertuples"),
        hottest_share: Share::new(0.03),
        asked: Some(Asked {
            function: name("shop.basket", "load"),
            file: "shop/basket.py".to_owned(),
            line: Line::new(12),
            share: Share::new(0.035),
        }),
        replacements: vec![Replacement {
            of: "pandas.core.apply",
            kind: ReplacementKind::Option,
            name: "methods of whole columns",
            why: "apply calls a function for each row",
        }],
    }
}

fn module(name: &str, file: &str, origin: Origin, shares: [f64; 3], functions: usize) -> ModuleRow {
    let [self_share, total_share, ranked_share] = shares.map(Share::new);
    ModuleRow {
        module: name.to_owned(),
        file: file.to_owned(),
        origin,
        self_share,
        total_share,
        ranked_share,
        states: StateShares {
            holding: ranked_share,
            interpreter: ranked_share,
            ..StateShares::default()
        },
        functions,
    }
}

fn function(
    (module, qualname, shares, verdict, code): (&str, &str, [f64; 3], Verdict, Code),
) -> FunctionRow {
    let [self_share, total_share, ranked_share] = shares.map(Share::new);
    let origin = match code {
        Code::Stdlib => Origin::Stdlib,
        Code::ThirdParty => Origin::ThirdParty,
        _ => Origin::FirstParty,
    };
    FunctionRow {
        name: name(module, qualname),
        file: format!("{}.py", module.replace('.', "/")),
        line: Line::new(if origin == Origin::Stdlib { 0 } else { 61 }),
        origin,
        self_share,
        total_share,
        ranked_share,
        states: StateShares {
            holding: ranked_share,
            interpreter: ranked_share,
            ..StateShares::default()
        },
        calls: (qualname == "Basket.total").then_some(CALLS),
        verdict,
        reasons: vec![Reason {
            code,
            message: format!("{qualname} was judged by {code}"),
        }],
    }
}

fn candidate(
    rank: usize,
    (module, qualname, first, last): (&str, &str, u32, u32),
    share: [f64; 3],
) -> Candidate {
    let [low, expected, high] = share;
    let file = format!("{}.py", module.replace('.', "/"));
    let bare = qualname.rsplit('.').next().expect("a name has a last part");
    Candidate {
        rank,
        name: name(module, qualname),
        unit: if rank == 1 {
            vec![name(module, "Basket.tax")]
        } else {
            Vec::new()
        },
        callees: Vec::new(),
        definition: definition(bare, qualname, first, last),
        source_text: SOURCE.to_owned(),
        module: ModuleImport {
            name: module.to_owned(),
            path: format!("/srv/{file}"),
            root: "/srv".to_owned(),
            runs_on_import: false,
        },
        risks: risks(module, qualname, &file, first),
        file,
        share: Interval {
            low,
            expected,
            high,
        },
        ceiling: Interval {
            low: 1.0 / (1.0 - low),
            expected: 1.0 / (1.0 - expected),
            high: 1.0 / (1.0 - high),
        },
        prospect: crate::plan::Prospect::example(),
        hot_line: Line::new(first + 4),
        seen: if rank == 1 { seen() } else { Vec::new() },
        seen_returns: (rank == 1).then(|| {
            let parameter =
                seen_parameter("return", "float", PythonType::Float, (Type::Float, 9, None));
            SeenReturns {
                values: parameter.values,
                common_type: parameter.common_type,
            }
        }),
        seen_conduct: (rank == 1).then(conduct),
    }
}

/// Two of the function itself, and of the first candidate one of the function that moves with it.
fn risks(module: &str, qualname: &str, file: &str, first: u32) -> Vec<UnitRisk> {
    let uses = "reads self.rate and writes self.cents";
    let outgrows = "an int of 64 bit may be too small for cents";
    let of = |qualname, code, message: &str, line| UnitRisk {
        function: name(module, qualname),
        file: file.to_owned(),
        risk: Risk {
            code,
            message: message.to_owned(),
            line: Line::new(line),
        },
    };
    let mut risks = vec![
        of(qualname, Code::UsesObject, uses, first + 4),
        of(qualname, Code::BigInt, outgrows, 0),
    ];
    if qualname == "Basket.total" {
        risks.push(of("Basket.tax", Code::BigInt, outgrows, 97));
    }
    risks
}

fn conduct() -> SeenConduct {
    SeenConduct {
        calls: 24,
        raised: 1,
        changed: vec![ChangedParameter {
            name: "lines".to_owned(),
            looked: 24,
            changed: 0,
        }],
        callers: vec![(name("shop.basket", "main"), 24)],
    }
}

const CALLS: Calls = Calls {
    low: 88_000,
    expected: 97_000,
    high: 110_000,
    source: CallSource::Windows,
};

fn seen() -> Vec<SeenParameter> {
    let floats = || PythonType::List(Box::new(PythonType::Float));
    let flag = PythonType::Optional(Box::new(PythonType::Bool));
    let size = |smallest, largest| Some(Size::range(smallest, largest));
    let list = Type::List(vec![Type::Float]);
    let rounded = seen_parameter("rounded", "bool | None", flag, (Type::Bool, 1, None));
    vec![
        seen_parameter("lines", "list[float]", floats(), (list, 41, size(0, 1000))),
        seen_parameter("rate", "int", PythonType::Int, (Type::Int, 12, size(1, 7))),
        SeenParameter {
            is_assigned: true,
            ..rounded
        },
    ]
}

fn seen_parameter(
    name: &str,
    text: &str,
    python_type: PythonType,
    (of_type, times, size): (Type, u64, Option<Size>),
) -> SeenParameter {
    let mut values = Seen::default();
    values.insert(of_type, times, size);
    SeenParameter {
        name: name.to_owned(),
        values,
        common_type: annotation(text, python_type),
        is_assigned: false,
    }
}

fn name(module: &str, qualname: &str) -> FunctionName {
    FunctionName {
        module: module.to_owned(),
        qualname: qualname.to_owned(),
    }
}

/// A decorated method with parameters of several kinds.
pub(super) fn definition(bare: &str, qualname: &str, first: u32, last: u32) -> Definition {
    use ParameterKind::{KeywordOnly, PositionalOrKeyword};
    let line = |number| Line::new(number).expect("lines count from 1");
    let floats = PythonType::List(Box::new(PythonType::Float));
    Definition {
        name: bare.to_owned(),
        qualname: qualname.to_owned(),
        first_line: line(first),
        def_line: line(first + 1),
        end_line: line(last),
        binding: Binding::Method,
        form: Form::Plain,
        class: Some("Basket".to_owned()),
        enclosing: None,
        captures: Vec::new(),
        parameters: vec![
            parameter("self", PositionalOrKeyword, None, None),
            parameter(
                "lines",
                PositionalOrKeyword,
                Some(annotation("list[float]", floats)),
                None,
            ),
            parameter(
                "rate",
                PositionalOrKeyword,
                Some(annotation("float", PythonType::Float)),
                Some(default("0.19")),
            ),
            parameter("rounded", KeywordOnly, None, Some(default("True"))),
        ],
        returns: Some(annotation("float", PythonType::Float)),
        docstring: None,
        decorators: vec!["traced".to_owned()],
        lines: 21,
        complexity: 6,
        loops: 2,
        loop_depth: 2,
        calls: Vec::new(),
        dynamic: Vec::new(),
        mutated_parameters: Vec::new(),
        assigned_parameters: Vec::new(),
        fields: Vec::new(),
        returned_variables: Vec::new(),
        returns_value: true,
        rebinds: Vec::new(),
        pitfalls: Vec::new(),
        patterns: Vec::new(),
    }
}

/// A parameter.
pub(super) fn parameter(
    name: &str,
    kind: ParameterKind,
    annotation: Option<Annotation>,
    default: Option<Default>,
) -> Parameter {
    Parameter {
        name: name.to_owned(),
        kind,
        annotation,
        default,
    }
}

fn annotation(text: &str, python_type: PythonType) -> Annotation {
    Annotation {
        text: text.to_owned(),
        python_type,
    }
}

fn default(text: &str) -> Default {
    Default {
        text: text.to_owned(),
        literal: Some(Literal::Str(text.to_owned())),
    }
}
