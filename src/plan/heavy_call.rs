//! The calls that take a function's time outside of the interpreter.

use super::catalog::Catalog;
use super::states::States;
use crate::analysis::{Credits, Role, State};
use crate::profile::{FunctionId, Line, Profile, Weight};
use rustc_hash::FxHashMap;

/// A call in a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HeavyCall {
    /// What is called, as written.
    pub(super) text: String,
    pub(super) line: Line,
}

/// For each function the call with most time in native code or the system, where it has one.
pub(super) fn heaviest_calls(
    profile: &Profile,
    states: &States,
    catalog: &Catalog,
    credits: &Credits,
) -> Vec<Option<HeavyCall>> {
    let mut weights: FxHashMap<(FunctionId, u32, Line), Weight> = FxHashMap::default();
    let places = states.of_samples.iter().zip(&states.call_of_samples);
    for (sample, (state, call)) in profile.samples.iter().zip(places) {
        let is_native = matches!(state, State::Native | State::Regex | State::System);
        let frame = sample.stack.map(|stack| profile.stack(stack).frame);
        let (Some(frame), Some(call), true) = (frame, *call, is_native) else {
            continue;
        };
        let frame = profile.frame(frame);
        let Some(line) = frame.line else { continue };
        let function = caller(frame.function, catalog, credits);
        *weights.entry((function, call, line)).or_default() += sample.weight;
    }
    heaviest(weights, states, profile.functions().len())
}

/// A comprehension's calls are those of the function that it is part of.
fn caller(function: FunctionId, catalog: &Catalog, credits: &Credits) -> FunctionId {
    let is_part = catalog.entry(function).role == Role::Part;
    let payee = credits.functions[function.index()].passed_to;
    payee.filter(|_| is_part).unwrap_or(function)
}

fn heaviest(
    weights: FxHashMap<(FunctionId, u32, Line), Weight>,
    states: &States,
    functions: usize,
) -> Vec<Option<HeavyCall>> {
    let mut rows: Vec<_> = weights.into_iter().collect();
    // The last one stays: the largest, and of equal ones the first in the file.
    rows.sort_unstable_by_key(|&((function, call, line), weight)| {
        (function, weight, std::cmp::Reverse((line, call)))
    });
    let mut calls = vec![None; functions];
    for ((function, call, line), _) in rows {
        calls[function.index()] = Some(HeavyCall {
            text: states.calls[call as usize].clone(),
            line,
        });
    }
    calls
}
