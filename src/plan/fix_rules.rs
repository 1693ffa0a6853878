//! When a pattern of the source counts: what values speak for it, and which time is its.

use super::catalog::{Catalog, Entry};
use super::entered::Entered;
use super::spots::Spot;
use crate::observation::{Seen, Type};
use crate::profile::Position;
use crate::source::{Extent, Origin, Pattern, PatternKind};

/// Below this many elements or characters a list is searched, moved or copied in no time: what took the time is
/// the call. 64 pointers are eight cache lines.
const SMALL: u64 = 64;

/// The same for a list that is compared element by element (8 ns each on 3.11, against 20 ns for a set).
const SHORT: u64 = 16;

/// Arrays of fewer elements gain little from one call for all: it costs a microsecond by itself.
const SMALL_ARRAY: u64 = 512;

/// What is done once is not worth a change. Only what takes longer the more there is can take much time in few calls.
pub(super) fn is_repeated(pattern: &Pattern, entered: Entered) -> bool {
    pattern.in_loop
        || match entered {
            Entered::Once => false,
            Entered::Repeatedly => true,
            Entered::Unknown => pattern.kind.is_quadratic(),
        }
}

/// The largest value that a variable was seen to have, if all are of the pattern's types and it is large enough.
pub(super) fn largest(pattern: &Pattern, seen: &Seen) -> Option<(Type, u64)> {
    let mut largest: Option<(Type, u64)> = None;
    for (of_type, _, size) in seen.types().filter(|(it, ..)| **it != Type::None) {
        if !is_of(pattern.kind, of_type) {
            return None;
        }
        let size = size.map_or(0, |size| size.largest);
        if largest.as_ref().is_none_or(|(_, known)| *known < size) {
            largest = Some((of_type.clone(), size));
        }
    }
    largest.filter(|(_, size)| *size >= least(pattern.kind))
}

/// Whether a pattern is one with values of this type.
fn is_of(kind: PatternKind, of_type: &Type) -> bool {
    match kind {
        PatternKind::ListMembership => matches!(of_type, Type::List(_) | Type::LongTuple(_)),
        PatternKind::FrontOfList | PatternKind::ListSearch | PatternKind::ListConcatenation => {
            matches!(of_type, Type::List(_))
        }
        PatternKind::TextConcatenation => matches!(of_type, Type::Str),
        PatternKind::BytesConcatenation => matches!(of_type, Type::Bytes),
        PatternKind::Rescan => matches!(
            of_type,
            Type::List(_) | Type::LongTuple(_) | Type::Set(_) | Type::FrozenSet(_) | Type::Dict(..)
        ),
        PatternKind::SliceCopy => matches!(
            of_type,
            Type::List(_) | Type::Tuple(_) | Type::LongTuple(_) | Type::Str | Type::Bytes
        ),
        PatternKind::KeysView => matches!(of_type, Type::Dict(..)),
        PatternKind::ElementLoop => matches!(of_type, Type::Array { .. }),
        PatternKind::Recompiled
        | PatternKind::ParsedConstant
        | PatternKind::DirLookup
        | PatternKind::RepeatedRecursion
        | PatternKind::RowWise
        | PatternKind::IsoDate
        | PatternKind::GrowingArray => true,
    }
}

/// From which size on a pattern is slow.
fn least(kind: PatternKind) -> u64 {
    match kind {
        PatternKind::ListMembership | PatternKind::ListSearch | PatternKind::Rescan => SHORT,
        PatternKind::FrontOfList
        | PatternKind::SliceCopy
        | PatternKind::ListConcatenation
        | PatternKind::TextConcatenation
        | PatternKind::BytesConcatenation => SMALL,
        PatternKind::ElementLoop => SMALL_ARRAY,
        _ => 0,
    }
}

pub(super) fn is_hashable(of_type: &Type) -> bool {
    !matches!(
        of_type,
        Type::List(_) | Type::Set(_) | Type::Dict(..) | Type::Array { .. }
    )
}

/// Whether the time of a spot is that of a pattern.
pub(super) fn holds(pattern: &Pattern, spot: &Spot<'_>, catalog: &Catalog) -> bool {
    let place = pattern.position;
    let is_on_its_lines = (place.line..=place.end_line).contains(&spot.line);
    // Matching is not compiling.
    let is_matching = pattern.kind == PatternKind::Recompiled && spot.is_regex;
    match (pattern.extent, spot.called) {
        (Extent::Instruction, Some(_)) => false,
        (Extent::Instruction, None) => match spot.position.and_then(edges) {
            Some((start, end)) => {
                edges(place).is_some_and(|(first, last)| end == last && start >= first)
            }
            None => is_on_its_lines && spot.opcode.is_none_or(|it| is_done_by(pattern.kind, it)),
        },
        (Extent::Throughout, Some(called)) => {
            is_on_its_lines && does_its_work(pattern.kind, catalog.entry(called)) && !is_matching
        }
        (Extent::Throughout, None) => match spot.position.and_then(edges) {
            Some((start, end)) => {
                edges(place).is_some_and(|(first, last)| start >= first && end <= last)
            }
            None => {
                is_on_its_lines
                    && !is_matching
                    && spot.opcode.is_none_or(|it| is_done_by(pattern.kind, it))
            }
        },
    }
}

type Edge = (u32, u32);

/// Where a position starts and ends, where its columns are known.
fn edges(position: Position) -> Option<(Edge, Edge)> {
    let columns = position.columns?;
    Some((
        (position.line.number(), columns.start),
        (position.end_line.number(), columns.end),
    ))
}

/// Whether this instruction does what a pattern is slow by: up to Python 3.10 it has a line only.
fn is_done_by(kind: PatternKind, opcode: &str) -> bool {
    let starts = |names: &[&str]| names.iter().any(|name| opcode.starts_with(name));
    match kind {
        PatternKind::ListMembership => starts(&["CONTAINS_OP", "COMPARE_OP"]),
        PatternKind::DirLookup => starts(&["CALL", "CONTAINS_OP", "COMPARE_OP"]),
        PatternKind::FrontOfList => starts(&["CALL", "DELETE_SUBSCR"]),
        PatternKind::ListSearch
        | PatternKind::Recompiled
        | PatternKind::Rescan
        | PatternKind::ParsedConstant
        | PatternKind::IsoDate
        | PatternKind::GrowingArray => starts(&["CALL"]),
        PatternKind::TextConcatenation
        | PatternKind::BytesConcatenation
        | PatternKind::ListConcatenation => starts(&["INPLACE_ADD", "BINARY_ADD", "BINARY_OP"]),
        PatternKind::SliceCopy => starts(&["BINARY_SUBSCR", "BINARY_SLICE"]),
        _ => true,
    }
}

/// Whether library code that was called on a pattern's line is the pattern's.
fn does_its_work(kind: PatternKind, called: &Entry) -> bool {
    let module = called.name.module.split('.').next().unwrap_or_default();
    match kind {
        PatternKind::Recompiled => matches!(module, "re" | "sre_compile" | "sre_parse" | "enum"),
        PatternKind::ParsedConstant | PatternKind::IsoDate => matches!(
            module,
            "_strptime" | "ast" | "datetime" | "json" | "tomllib" | "yaml"
        ),
        PatternKind::RowWise | PatternKind::GrowingArray | PatternKind::ElementLoop => {
            called.origin == Origin::ThirdParty
        }
        PatternKind::DirLookup | PatternKind::RepeatedRecursion => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_columns_the_instruction_tells_what_is_done_on_a_line() {
        let done = |kind, opcode| is_done_by(kind, opcode);
        assert!(done(PatternKind::ListMembership, "CONTAINS_OP"));
        assert!(done(PatternKind::ListMembership, "COMPARE_OP"));
        assert!(!done(PatternKind::ListMembership, "CALL_METHOD"));
        assert!(done(PatternKind::FrontOfList, "CALL_METHOD"));
        assert!(done(PatternKind::TextConcatenation, "INPLACE_ADD"));
        assert!(!done(PatternKind::SliceCopy, "LOAD_FAST"));
    }
}
