//! Definitions and candidates for tests, made by hand as the parser would make them.

use crate::observation::{Seen, Type};
use crate::plan::{
    Candidate, Code, FunctionName, Interval, ModuleImport, Risk, SeenParameter, UnitRisk,
};
use crate::profile::Line;
use crate::source::{
    Annotation, Binding, Default, Definition, Form, Literal, Parameter, ParameterKind, PythonType,
};

pub(super) fn parameter(name: &str, kind: ParameterKind) -> Parameter {
    Parameter {
        name: name.to_owned(),
        kind,
        annotation: None,
        default: None,
    }
}

pub(super) fn plain(name: &str) -> Parameter {
    parameter(name, ParameterKind::PositionalOrKeyword)
}

pub(super) fn annotated(name: &str, text: &str, python_type: PythonType) -> Parameter {
    Parameter {
        annotation: Some(annotation(text, python_type)),
        ..plain(name)
    }
}

pub(super) fn annotation(text: &str, python_type: PythonType) -> Annotation {
    Annotation {
        text: text.to_owned(),
        python_type,
    }
}

pub(super) fn with_literal(name: &str, literal: Literal) -> Parameter {
    let text = super::signature::literal(&literal);
    Parameter {
        default: Some(Default {
            text,
            literal: Some(literal),
        }),
        ..plain(name)
    }
}

pub(super) fn with_text(name: &str, text: &str) -> Parameter {
    Parameter {
        default: Some(Default {
            text: text.to_owned(),
            literal: None,
        }),
        ..plain(name)
    }
}

pub(super) fn function(name: &str, parameters: Vec<Parameter>) -> Definition {
    Definition {
        name: name.to_owned(),
        qualname: name.to_owned(),
        first_line: line(1),
        def_line: line(1),
        end_line: line(2),
        binding: Binding::Function,
        form: Form::Plain,
        class: None,
        enclosing: None,
        captures: Vec::new(),
        parameters,
        returns: None,
        docstring: None,
        decorators: Vec::new(),
        lines: 2,
        complexity: 1,
        loops: 0,
        loop_depth: 0,
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

pub(super) fn method(class: &str, definition: Definition) -> Definition {
    Definition {
        qualname: format!("{class}.{}", definition.name),
        binding: Binding::Method,
        class: Some(class.to_owned()),
        ..definition
    }
}

pub(super) fn candidate(module: &str, definition: Definition) -> Candidate {
    let file = format!("{}.py", module.replace('.', "/"));
    Candidate {
        rank: 1,
        name: FunctionName {
            module: module.to_owned(),
            qualname: definition.qualname.clone(),
        },
        unit: Vec::new(),
        source_text: format!("def {}(...):\n    ...", definition.name),
        callees: Vec::new(),
        definition,
        module: ModuleImport {
            name: module.to_owned(),
            path: format!("/program/{file}"),
            root: "/program".to_owned(),
            runs_on_import: false,
        },
        file,
        share: Interval::exactly(0.5),
        ceiling: Interval::exactly(2.0),
        prospect: crate::plan::Prospect::example(),
        hot_line: None,
        risks: Vec::new(),
        seen: Vec::new(),
        seen_returns: None,
        seen_conduct: None,
    }
}

/// What was seen of a parameter: values of one type, which is named as the text.
pub(super) fn seen(name: &str, of_type: Type, times: u64) -> SeenParameter {
    let python_type = match &of_type {
        Type::None => PythonType::None,
        Type::Int => PythonType::Int,
        Type::List(of) if **of == [Type::Int] => PythonType::List(Box::new(PythonType::Int)),
        _ => PythonType::Other,
    };
    let common_type = annotation(&of_type.to_string(), python_type);
    let mut values = Seen::default();
    values.insert(of_type, times, None);
    SeenParameter {
        name: name.to_owned(),
        values,
        common_type,
        is_assigned: false,
    }
}

/// The functions of `fixtures/crates/program`, as its sources have them.
pub(super) fn fixtures() -> Vec<Candidate> {
    vec![
        placed(
            candidate("prices", prices()),
            include_str!("../../fixtures/crates/program/prices.py"),
            6,
            26,
        ),
        placed(
            hostile(),
            include_str!("../../fixtures/crates/program/hostile.py"),
            8,
            10,
        ),
        placed(
            candidate("grid", grid()),
            include_str!("../../fixtures/crates/program/grid.py"),
            10,
            14,
        ),
    ]
}

fn prices() -> Definition {
    use ParameterKind::{KeywordOnly, PositionalOnly, VarKeyword, VarPositional};
    let list = |inner| PythonType::List(Box::new(inner));
    let dict = |value| PythonType::Dict(Box::new(PythonType::Str), Box::new(value));
    let of_kind = |kind, parameter| Parameter { kind, ..parameter };
    let typed = |text, python_type, parameter: Parameter| Parameter {
        annotation: Some(annotation(text, python_type)),
        ..parameter
    };
    let label = Literal::Str("*/ \"\"\" ''' {{ x }} λ".to_owned());
    let ratio = Literal::Float((-0.5_f64).to_bits());
    let ints = dict(PythonType::Int);
    let parameters = vec![
        of_kind(
            PositionalOnly,
            annotated("type", "list[float]", list(PythonType::Float)),
        ),
        of_kind(
            PositionalOnly,
            typed(
                "int",
                PythonType::Int,
                with_literal("maxN", Literal::Int(3)),
            ),
        ),
        typed("str", PythonType::Str, with_literal("label", label)),
        parameter("args", VarPositional),
        of_kind(
            KeywordOnly,
            typed("float", PythonType::Float, with_literal("ratio", ratio)),
        ),
        of_kind(
            KeywordOnly,
            typed("dict[str, int]", ints, with_text("limits", "LIMITS")),
        ),
        of_kind(
            KeywordOnly,
            typed(
                "list[str]",
                list(PythonType::Str),
                with_literal("names", Literal::None),
            ),
        ),
        parameter("kwargs", VarKeyword),
    ];
    Definition {
        returns: Some(annotation("dict[str, float]", dict(PythonType::Float))),
        docstring: Some(concat!(
            "Ends in a backslash \\\n\n  * a list\nwith a lazy line, ''' \"\"\" */ // {{ 7 * 7 }} {% raw %} ```\n",
            "# Safety\n<script>alert(1)</script> \u{202e}\u{2066} \u{7} \u{feff}",
        ).to_owned()),
        ..function("match", parameters)
    }
}

fn hostile() -> Candidate {
    let of_kind = |kind, parameter| Parameter { kind, ..parameter };
    let parameters = vec![
        plain("self"),
        plain("_"),
        plain("type"),
        with_literal("λ", Literal::Str("`` \\ \" \u{202e}".to_owned())),
        of_kind(
            ParameterKind::KeywordOnly,
            with_literal("crate", Literal::None),
        ),
        of_kind(
            ParameterKind::KeywordOnly,
            with_literal("Some", Literal::Int(1)),
        ),
    ];
    let definition = Definition {
        docstring: Some("Says 'nothing' with a \0 in it.".to_owned()),
        ..function("größe", parameters)
    };
    let mut candidate = candidate("hostile", definition);
    candidate.seen = vec![
        seen("_", Type::Other("``\n/// */ <b>".to_owned()), 1),
        seen("type", Type::List(vec![Type::Int]), 12),
    ];
    candidate.module.runs_on_import = true;
    candidate.risks = vec![UnitRisk {
        function: candidate.name.clone(),
        file: candidate.file.clone(),
        risk: Risk {
            code: Code::RunsOnImport,
            message: "importing `hostile` runs the program".to_owned(),
            line: Some(line(13)),
        },
    }];
    candidate
}

fn grid() -> Definition {
    let times = Parameter {
        annotation: Some(annotation("int", PythonType::Int)),
        ..with_literal("times", Literal::Int(1))
    };
    let wrap = Parameter {
        kind: ParameterKind::KeywordOnly,
        ..with_literal("__wrap", Literal::Bool(true))
    };
    let definition = Definition {
        returns: Some(annotation("None", PythonType::None)),
        docstring: Some("Add to each cell the one before it.".to_owned()),
        ..function("step", vec![plain("self"), times, wrap])
    };
    method("Grid", definition)
}

/// A candidate at its lines in a file.
fn placed(candidate: Candidate, file: &str, first: u32, last: u32) -> Candidate {
    let lines: Vec<&str> = file.lines().collect();
    let (start, end) = (first as usize - 1, last as usize);
    let text: Vec<&str> = lines[start..end]
        .iter()
        .map(|line| line.strip_prefix("    ").unwrap_or(line))
        .collect();
    let is_indented = lines[start].starts_with(' ');
    Candidate {
        source_text: if is_indented {
            text.join("\n")
        } else {
            lines[start..end].join("\n")
        },
        definition: Definition {
            first_line: line(first),
            def_line: line(first),
            end_line: line(last),
            ..candidate.definition
        },
        ..candidate
    }
}

fn line(number: u32) -> Line {
    Line::new(number).expect("a line")
}
