//! What crossing the boundary costs each call of a function that moves: the call, its arguments, its result.

use super::Interval;
use super::boundary::Costs;
use super::result::{ResultValue, results};
use super::seen_parameter::seen_parameters;
use super::study::Study;
use crate::observation::Type;
use crate::profile::FunctionId;
use crate::source::{Definition, Parameter, PythonType};

/// The size of a value that was not seen: nothing is known of it, and an order of magnitude more or less is likely.
const UNSEEN: Interval = Interval {
    low: 1.0,
    expected: 10.0,
    high: 1_000.0,
};

/// Nanoseconds for each call of a function, by the values that its parameters were seen to have, or else by its
/// annotations.
pub(super) fn crossing(
    study: &Study<'_>,
    id: FunctionId,
    definition: Option<&Definition>,
) -> Interval {
    let costs = study.costs;
    let Some(definition) = definition else {
        return costs.call(1);
    };
    let file = study.file(id);
    let seen = seen_parameters(study.observation, file, definition);
    let call = costs.call(definition.parameters.len());
    let arguments = definition.passed_parameters().iter().map(|parameter| {
        let seen = seen.iter().find(|it| it.name == parameter.name);
        let cost = seen.map_or_else(|| unseen(costs, parameter), |it| costs.seen(&it.values));
        if definition.mutated_parameters.contains(&parameter.name) {
            return sum([cost, costs.write_back(UNSEEN)]);
        }
        cost
    });
    let result = results(study.observation, file, definition).map(|it| returned(costs, &it));
    let result = result.unwrap_or_else(|| unseen_result(costs, definition));
    sum(arguments.chain([call, result]))
}

/// Nanoseconds for each value that Python takes from a generator in Rust: nothing is known of what they are.
pub(super) fn of_value(costs: &Costs) -> Interval {
    sum([costs.call(0), costs.result(&unknown(), UNSEEN)])
}

fn unseen(costs: &Costs, parameter: &Parameter) -> Interval {
    let annotated = parameter
        .annotation
        .as_ref()
        .map(|it| of_annotation(&it.python_type));
    let of_type = annotated.unwrap_or_else(unknown);
    costs.argument(&of_type, unseen_size(&of_type))
}

/// An int has bits: more than 64 are rare.
fn unseen_size(of_type: &Type) -> Interval {
    match of_type {
        Type::Int => Interval {
            high: 63.0,
            ..UNSEEN
        },
        _ => UNSEEN,
    }
}

fn unseen_result(costs: &Costs, definition: &Definition) -> Interval {
    let annotated = definition
        .returns
        .as_ref()
        .map(|it| of_annotation(&it.python_type));
    let untold = if definition.gives_none() {
        Type::None
    } else {
        unknown()
    };
    let of_type = annotated.unwrap_or(untold);
    costs.result(&of_type, unseen_size(&of_type))
}

/// What is returned: each value as often as it is.
fn returned(costs: &Costs, values: &[ResultValue]) -> Interval {
    let cost = |it: &ResultValue| {
        let cost = costs.result(&it.of_type, it.size);
        cost.map(|cost| cost * it.part)
    };
    sum(values.iter().map(cost))
}

fn unknown() -> Type {
    Type::Other(String::new())
}

/// The type that an annotation promises; of an optional one the type that is not `None`.
fn of_annotation(annotated: &PythonType) -> Type {
    let one = |of: &PythonType| vec![of_annotation(of)];
    match annotated {
        PythonType::None => Type::None,
        PythonType::Bool => Type::Bool,
        PythonType::Int => Type::Int,
        PythonType::Float => Type::Float,
        PythonType::Str => Type::Str,
        PythonType::Bytes => Type::Bytes,
        PythonType::List(of) => Type::List(one(of)),
        PythonType::Set(of) => Type::Set(one(of)),
        PythonType::Tuple(of) => Type::Tuple(of.iter().map(of_annotation).collect()),
        PythonType::Dict(keys, values) => Type::Dict(one(keys), one(values)),
        PythonType::Optional(of) => of_annotation(of),
        PythonType::Other => unknown(),
    }
}

fn sum(costs: impl IntoIterator<Item = Interval>) -> Interval {
    costs
        .into_iter()
        .fold(Interval::exactly(0.0), |sum, it| Interval {
            low: sum.low + it.low,
            expected: sum.expected + it.expected,
            high: sum.high + it.high,
        })
}
