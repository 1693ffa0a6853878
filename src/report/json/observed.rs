//! What was seen of a parameter, or of what a function returns, in `plan.json`.

use super::Estimate;
use super::number::length;
use crate::observation::{Lengths, Seen, Size};
use crate::plan::{Interval, SeenParameter, SeenReturns};
use serde::Serialize;

/// What was seen of a parameter.
#[derive(Serialize)]
pub(super) struct ObservedParameter {
    count: u64,
    /// The body assigns the parameter: some of the values may be what it was assigned.
    assigned: bool,
    types: Vec<ObservedType>,
}

/// What was seen of the values that a function returned.
#[derive(Serialize)]
pub(super) struct ObservedReturns {
    count: u64,
    types: Vec<ObservedType>,
}

#[derive(Serialize)]
struct ObservedType {
    #[serde(rename = "type")]
    of_type: String,
    count: u64,
    smallest: Option<u64>,
    largest: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lengths: Option<LengthsEntry>,
}

/// Pairs of the least length of a power of two, and how often one of it up to the next was seen.
#[derive(Serialize)]
struct LengthsEntry {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    calls: Vec<(u64, u64)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    samples: Vec<(u64, u64)>,
    mean: Estimate,
}

impl ObservedParameter {
    pub(super) fn of(seen: &SeenParameter) -> Self {
        Self {
            count: seen.values.times(),
            assigned: seen.is_assigned,
            types: types(&seen.values),
        }
    }
}

impl ObservedReturns {
    pub(super) fn of(seen: &SeenReturns) -> Self {
        Self {
            count: seen.values.times(),
            types: types(&seen.values),
        }
    }
}

fn types(values: &Seen) -> Vec<ObservedType> {
    let types = values.types().map(|(of_type, count, size)| ObservedType {
        of_type: of_type.to_string(),
        count,
        smallest: size.map(|size| size.smallest),
        largest: size.map(|size| size.largest),
        lengths: size.and_then(lengths),
    });
    types.collect()
}

/// None where only the smallest and the largest are known.
fn lengths(size: &Size) -> Option<LengthsEntry> {
    let pairs = |lengths: &Lengths| {
        let buckets = lengths.buckets();
        buckets.map(|it| (it.from, it.times)).collect()
    };
    let is_told = !size.calls.is_empty() || !size.samples.is_empty();
    is_told.then(|| LengthsEntry {
        calls: pairs(&size.calls),
        samples: pairs(&size.samples),
        mean: Estimate::of(Interval::mean_size(size), length),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::Type;

    #[test]
    fn lengths_are_told_with_their_mean_where_they_are_known() {
        let check = |size: Size, expected: &str| {
            let mut values = Seen::default();
            values.insert(Type::Str, 3, Some(size));
            let told = serde_json::to_string(&types(&values)[0].lengths);
            assert_eq!(told.expect("it is written"), expected);
        };
        check(Size::range(2, 9), "null");
        let mut size = Size {
            calls: Lengths::of([(2, 1)]).expect("it is a bucket"),
            ..Size::range(2, 2)
        };
        size.merge(&Size::sampled(2));
        check(
            size,
            r#"{"calls":[[2,1]],"samples":[[2,1]],"mean":{"low":2.0,"expected":2.0,"high":2.0}}"#,
        );
    }
}
