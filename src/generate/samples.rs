//! Definitions and candidates for tests, made by hand as the parser would make them.

use crate::plan::{Candidate, FunctionName, Interval, ModuleImport};
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
        rebinds: Vec::new(),
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
        hot_line: None,
        risks: Vec::new(),
    }
}

fn line(number: u32) -> Line {
    Line::new(number).expect("a line")
}
