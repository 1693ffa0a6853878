//! Anything that may have been seen of values.

use super::{HOSTILE, text};
use crate::observation::{
    CallSource, Calls, Conduct, Lengths, MOST_ELEMENTS, Observation, Role, Seen, Size, Subject,
    Type, Variable,
};
use crate::profile::Line;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// Names that mean something to a reader which is careless about them.
const TYPE_NAMES: &[&str] = &["None", "int", "list", "other", "decimal.Decimal"];

/// Any valid observation, with types of every kind and hostile names.
pub(in crate::formats) fn any_observation() -> impl Strategy<Value = Observation> {
    let one = (
        subject(),
        variable(),
        seen(),
        option::of(seen()),
        option::of(calls()),
        option::of(calls()),
        conduct(),
    );
    vec(one, 0..6).prop_map(|all| {
        let mut observation = Observation::default();
        for (subject, variable, seen, returns, calls, yields, conduct) in all {
            observation.insert_conduct(&subject, &conduct);
            observation.insert(&subject, variable, seen);
            if let Some(returns) = returns {
                observation.insert_returns(&subject, &returns);
            }
            if let Some(calls) = calls {
                observation.insert_calls(&subject, calls);
            }
            if let Some(yields) = yields {
                observation.insert_yields(&subject, yields);
            }
        }
        observation
    })
}

fn conduct() -> impl Strategy<Value = Conduct> {
    let changed = proptest::collection::btree_map(name(), any::<(u64, u64)>(), 0..3);
    let callers = vec((subject(), any::<u64>()), 0..3);
    (any::<u64>(), any::<u64>(), changed, callers).prop_map(|(calls, raised, changed, callers)| {
        let mut conduct = Conduct::of(calls, raised);
        conduct.changed = changed;
        for (caller, times) in callers {
            conduct.call(caller, times);
        }
        conduct
    })
}

fn calls() -> impl Strategy<Value = Calls> {
    let sources = select(vec![CallSource::Counted, CallSource::Windows]);
    (any::<[u64; 3]>(), sources).prop_map(|(mut counts, source)| {
        counts.sort_unstable();
        let [low, expected, high] = counts;
        Calls {
            low,
            expected,
            high,
            source,
        }
    })
}

fn subject() -> impl Strategy<Value = Subject> {
    (text(), 1_u32.., name()).prop_map(|(file, first_line, name)| Subject {
        file,
        first_line: Line::new(first_line).expect("not 0"),
        name,
    })
}

fn variable() -> impl Strategy<Value = Variable> {
    let role = select(vec![Role::Argument, Role::Local]);
    (role, name()).prop_map(|(role, name)| Variable { role, name })
}

fn seen() -> impl Strategy<Value = Seen> {
    vec((of_type(), 1_u64.., option::of(size())), 0..5).prop_map(|types| {
        let mut seen = Seen::default();
        for (of_type, times, size) in types {
            let counted = size.as_ref().map_or(0, |size| {
                (size.calls.times()).saturating_add(size.samples.times())
            });
            seen.insert(of_type, times.max(counted), size);
        }
        seen
    })
}

/// Some sizes, of calls and of samples, and a range that holds more than them.
fn size() -> impl Strategy<Value = Size> {
    let range = (any::<u64>(), any::<u64>());
    let sizes = || vec(any::<u64>(), 0..6);
    (range, sizes(), sizes()).prop_map(|((one, other), calls, samples)| {
        let mut size = Size::range(one.min(other), one.max(other));
        for call in calls {
            size.merge(&Size {
                calls: Lengths::one(call),
                ..Size::range(call, call)
            });
        }
        for sample in samples {
            size.merge(&Size::sampled(sample));
        }
        size
    })
}

fn of_type() -> impl Strategy<Value = Type> {
    plain().prop_recursive(4, 24, 4, |inner| {
        let types = || vec(inner.clone(), 0..4);
        let set = || types().prop_map(each_once);
        let tuple = vec(inner.clone(), 0..=MOST_ELEMENTS);
        prop_oneof![
            set().prop_map(Type::List),
            tuple.prop_map(Type::Tuple),
            set().prop_map(Type::LongTuple),
            set().prop_map(Type::Set),
            set().prop_map(Type::FrozenSet),
            (set(), set()).prop_map(|(keys, values)| Type::Dict(keys, values)),
        ]
    })
}

fn plain() -> impl Strategy<Value = Type> {
    let array = |(dtype, dimensions)| Type::Array { dtype, dimensions };
    prop_oneof![
        select(vec![
            Type::None,
            Type::Bool,
            Type::Int,
            Type::Float,
            Type::Str,
            Type::Bytes,
        ]),
        (text(), any::<u64>()).prop_map(array),
        name().prop_map(Type::Other),
    ]
}

fn each_once(mut types: Vec<Type>) -> Vec<Type> {
    types.sort();
    types.dedup();
    types
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        select(TYPE_NAMES).prop_map(str::to_owned),
        select(HOSTILE).prop_map(str::to_owned),
        text(),
    ]
}
