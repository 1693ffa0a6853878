//! Where in the program's own code the time was: place by place, for each function that gets it.

use super::catalog::Catalog;
use super::states::States;
use crate::analysis::{Credits, State};
use crate::profile::{FunctionId, InstructionId, Line, Position, Profile, StackId, Weight};
use crate::source::Origin;
use rustc_hash::FxHashMap;

/// A place in a file, and the time there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot<'p> {
    /// The line that was executed.
    pub(super) line: Line,
    /// The instruction, where the function itself was at work and the profile tells.
    pub(super) position: Option<Position>,
    /// Its name.
    pub(super) opcode: Option<&'p str>,
    /// The library's function that was called there, and was at work itself or through others.
    pub(super) called: Option<FunctionId>,
    /// It was in a regular expression.
    pub(super) is_regex: bool,
    /// The function gets this time: not so that of installed code.
    pub(super) is_credited: bool,
    pub(super) weight: Weight,
}

/// The spots of each function, in order of the profile.
pub(super) type Spots<'p> = FxHashMap<FunctionId, Vec<Spot<'p>>>;

/// The spots of all functions of the program.
pub(super) fn spots<'p>(
    profile: &'p Profile,
    states: &States,
    catalog: &Catalog,
    credits: &Credits,
) -> Spots<'p> {
    let own = own_code(profile, catalog);
    let mut spots = Spots::default();
    for ((stack, instruction, is_regex), weight) in weights(profile, states) {
        let (Some(payee), Some((at, called))) = (credits.payees[stack.index()], own[stack.index()])
        else {
            continue;
        };
        let (Some(function), Some(line)) = (
            credits.payees[at.index()],
            profile.frame(profile.stack(at).frame).line,
        ) else {
            continue;
        };
        let instruction = instruction.filter(|_| called.is_none());
        let instruction = instruction.map(|it| profile.raw_instruction(it));
        spots.entry(function).or_default().push(Spot {
            line,
            position: instruction.and_then(|it| it.position),
            opcode: instruction.and_then(|it| it.opcode),
            called,
            is_regex,
            is_credited: payee == function,
            weight,
        });
    }
    spots
}

/// Samples of a kind: the stack, the instruction at its top, and whether that was in a regular expression.
type Kind = (StackId, Option<InstructionId>, bool);

/// The samples at work, added up, in order.
fn weights(profile: &Profile, states: &States) -> Vec<(Kind, Weight)> {
    let mut weights: FxHashMap<Kind, Weight> = FxHashMap::default();
    for (sample, state) in profile.samples.iter().zip(&states.of_samples) {
        let Some(stack) = sample.stack.filter(|_| !sample.activity.is_waiting()) else {
            continue;
        };
        let kind = (stack, sample.instruction, *state == State::Regex);
        *weights.entry(kind).or_default() += sample.weight;
    }
    let mut weights: Vec<_> = weights.into_iter().collect();
    weights.sort_unstable();
    weights
}

/// For each stack the innermost part of it that ends in the program's own code, and what that called.
fn own_code(profile: &Profile, catalog: &Catalog) -> Vec<Option<(StackId, Option<FunctionId>)>> {
    let mut own: Vec<Option<(StackId, Option<FunctionId>)>> = Vec::new();
    for (index, stack) in profile.stacks().iter().enumerate() {
        let function = profile.frame(stack.frame).function;
        own.push(if catalog.entry(function).origin == Origin::FirstParty {
            Some((StackId::from_index(index), None))
        } else {
            // A parent stands before its children.
            let around = stack.parent.and_then(|parent| own[parent.index()]);
            around.map(|(at, called)| (at, called.or(Some(function))))
        });
    }
    own
}
