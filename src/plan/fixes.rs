//! What a function does that a change in Python would make faster, and the time that it takes there.

use super::entered::Entered;
use super::fix_rules::{holds, is_hashable, is_repeated, largest};
use super::seen_parameter::seen_variable;
use super::study::Study;
use super::{Code, Reason};
use crate::observation::Type;
use crate::profile::{FunctionId, Share, Weight};
use crate::source::{Definition, Extent, Module, Pattern, PatternKind, Proof, mangled};

/// From this part of a function's time on a fix is worth a word.
const HINT_PART: f64 = 0.1;

/// So many are told of a function.
const MOST_TOLD: usize = 3;

/// A place that could be written better.
#[derive(Clone, Debug)]
pub(super) struct Fix {
    pub(super) pattern: Pattern,
    /// Its part of the function's time.
    pub(super) part: Share,
    /// Its share of the program's time.
    pub(super) share: Share,
    /// What was seen of its variable.
    seen: Option<(Type, u64)>,
}

impl Fix {
    /// What it is, and what to write instead.
    pub(super) fn reason(&self) -> Reason {
        let Pattern {
            text,
            position,
            fix,
            ..
        } = &self.pattern;
        let seen = self.seen_words();
        Reason {
            code: Code::Slow(self.pattern.kind),
            message: format!(
                "{} of its time is in `{text}` at line {}{seen}: {fix}",
                self.part, position.line
            ),
        }
    }

    /// Whether nobody knows how large what it works on is, so that a small one may be all there is.
    pub(super) fn has_unknown_size(&self) -> bool {
        self.seen.is_none()
            && self.pattern.kind.is_quadratic()
            && self.pattern.kind != PatternKind::RepeatedRecursion
    }

    fn seen_words(&self) -> String {
        let (Some(variable), Some((of_type, size))) = (&self.pattern.variable, &self.seen) else {
            return String::new();
        };
        let (what, unit) = match of_type {
            Type::List(_) => ("a list", "elements"),
            Type::Tuple(_) | Type::LongTuple(_) => ("a tuple", "elements"),
            Type::Set(_) | Type::FrozenSet(_) => ("a set", "elements"),
            Type::Dict(..) => ("a dict", "keys"),
            Type::Str => ("a text", "characters"),
            Type::Bytes => ("`bytes`", "bytes"),
            Type::Array { .. } => ("an array", "elements"),
            _ => return String::new(),
        };
        let keys = match (self.pattern.kind, of_type) {
            (PatternKind::ListMembership, Type::List(of) | Type::LongTuple(of))
                if !of.iter().all(is_hashable) =>
            {
                ", which a set holds as tuples"
            }
            _ => "",
        };
        format!(", where `{variable}` is {what} of up to {size} {unit}{keys}")
    }
}

impl Study<'_> {
    /// The fixes of a function and of those defined in it, the one with most time first. Without those that take less
    /// than a tenth of its time.
    pub(super) fn fixes(
        &self,
        id: FunctionId,
        definition: &Definition,
        module: &Module,
        entered: Entered,
    ) -> Vec<Fix> {
        let mut places = self.places(id, definition, module, entered);
        if places.is_empty() {
            return Vec::new();
        }
        let mut handed = Weight::default();
        for spot in self.spots.get(&id).into_iter().flatten() {
            let mut places = places.iter_mut();
            if let Some(place) = places.find(|it| holds(&it.pattern, spot, &self.catalog)) {
                place.weight += spot.weight;
                if !spot.is_credited {
                    handed += spot.weight;
                }
            }
        }
        let whole = self.credits.functions[id.index()].time.working + handed;
        places.sort_by_key(|it| std::cmp::Reverse(it.weight));
        let fixes = places.into_iter().map(|place| Fix {
            part: Share::of(place.weight, whole),
            share: self.share(place.weight),
            pattern: place.pattern,
            seen: place.seen,
        });
        let told = fixes.filter(|fix| fix.part.fraction() >= HINT_PART);
        told.take(MOST_TOLD).collect()
    }

    /// The patterns that what was seen does not speak against, those first whose time is told most exactly.
    fn places(
        &self,
        id: FunctionId,
        definition: &Definition,
        module: &Module,
        entered: Entered,
    ) -> Vec<Place> {
        let file = self.profile.function(id).file;
        let file = file.map_or("", |file| self.profile.strings.get(file));
        let inside = format!("{}.<locals>.", definition.qualname);
        let nested = module.definitions.iter();
        let nested = nested.filter(|it| it.qualname.starts_with(&inside));
        let nested = nested.map(|it| (it, Entered::Unknown));
        let all = std::iter::once((definition, entered)).chain(nested);
        let mut places: Vec<Place> = all
            .flat_map(|(definition, entered)| {
                let patterns = definition.patterns.iter();
                let repeated = patterns.filter(move |it| is_repeated(it, entered));
                repeated.filter_map(move |it| self.place(it, file, definition))
            })
            .collect();
        places.sort_by_key(|it| {
            let position = it.pattern.position;
            let lines = position.end_line.number() - position.line.number();
            (it.pattern.extent == Extent::Throughout, lines, position)
        });
        places
    }

    fn place(&self, pattern: &Pattern, file: &str, definition: &Definition) -> Option<Place> {
        let class = definition.class.as_deref();
        let name = (pattern.variable.as_deref()).map(|name| mangled(name, class));
        let seen = name.and_then(|name| seen_variable(self.observation, file, definition, &name));
        let known = seen.as_ref().map(|seen| largest(pattern, seen));
        let seen = match (pattern.proof, known) {
            (Proof::Source, None) => None,
            (_, Some(largest)) => Some(largest?),
            (Proof::Values, None) => return None,
        };
        Some(Place {
            pattern: pattern.clone(),
            seen,
            weight: Weight::default(),
        })
    }
}

/// A pattern with the time that is found there.
struct Place {
    pattern: Pattern,
    seen: Option<(Type, u64)>,
    weight: Weight,
}
