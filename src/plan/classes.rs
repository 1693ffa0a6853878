//! Methods of one class that share its fields move together: a field can be Python's or Rust's, not both.

use super::Alternative;
use super::unit::{Hot, Unit};
use super::weigh::{Group, Scales};
use crate::analysis::Region;
use crate::profile::{FunctionId, StringId};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Joins the units that are entered at methods of one class which share fields, directly or through others.
pub(super) fn by_class(scales: &mut Scales<'_, '_>, units: Vec<Unit>, hot: &Hot<'_>) -> Vec<Unit> {
    let mut classes: Vec<(Option<Fields>, Vec<Unit>)> = Vec::new();
    for unit in units {
        let mut fields = Fields::of(scales, unit.group.root);
        let mut units = vec![unit];
        let (related, others) = (classes.into_iter())
            .partition(|(other, _)| Fields::meet(fields.as_ref(), other.as_ref()));
        classes = others;
        let related: Vec<(Option<Fields>, Vec<Unit>)> = related;
        for (other, more) in related {
            fields = Fields::joined(fields, other);
            units.extend(more);
        }
        classes.push((fields, units));
    }
    classes
        .into_iter()
        .map(|(_, units)| join(scales, units, hot))
        .collect()
}

/// The fields that methods of a class work with.
struct Fields {
    file: Option<StringId>,
    class: String,
    names: BTreeSet<String>,
}

impl Fields {
    /// None for what is no method or has no fields.
    fn of(scales: &mut Scales<'_, '_>, method: FunctionId) -> Option<Self> {
        let file = scales.study.profile.function(method).file;
        let definition = scales.movable(method)?;
        let names: BTreeSet<String> = definition.fields.iter().cloned().collect();
        Some(Self {
            file,
            class: definition.class.clone()?,
            names,
        })
    }

    fn meet(one: Option<&Self>, other: Option<&Self>) -> bool {
        one.zip(other).is_some_and(|(one, other)| {
            let same = one.file == other.file && one.class == other.class;
            same && !one.names.is_disjoint(&other.names)
        })
    }

    fn joined(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        let (mut one, other) = (one?, other?);
        one.names.extend(other.names);
        Some(one)
    }
}

fn join(scales: &mut Scales<'_, '_>, mut units: Vec<Unit>, hot: &Hot<'_>) -> Unit {
    units.sort_by_key(|unit| (Reverse(unit.weighed.time.movable()), unit.root));
    if units.len() == 1 {
        return units.remove(0);
    }
    let all = |of: fn(&Group) -> &BTreeSet<FunctionId>| -> BTreeSet<FunctionId> {
        units
            .iter()
            .flat_map(|unit| of(&unit.group))
            .copied()
            .collect()
    };
    let group = Group {
        root: units[0].group.root,
        entries: all(|group| &group.entries),
        members: all(|group| &group.members),
    };
    let root = units[0].root;
    let is_callee = |&place: &usize| place != root && group.members.contains(&hot.ids[place]);
    Unit {
        root,
        callees: (0..hot.ids.len()).filter(is_callee).collect(),
        weighed: scales.weigh(&group, &Region::default()),
        alternatives: units.iter().map(|unit| alone(unit, hot)).collect(),
        group,
    }
}

fn alone(unit: &Unit, hot: &Hot<'_>) -> Alternative {
    Alternative {
        function: hot.rows[unit.root].name.clone(),
        speedup: unit.weighed.gain.program,
        why: "alone, the fields that it shares with the other methods would stay Python's, and each use of them cross"
            .to_owned(),
    }
}
