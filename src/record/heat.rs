//! Which functions are hot so far, while the recording lasts.

use crate::observation::Subject;
use crate::profile::{Function, Profile, Share, StackId, Weight};

/// A function is hot from this share of the time on as the innermost one,
const OWN: f64 = 0.01;
/// or from this one on anywhere on the stack.
const TOTAL: f64 = 0.05;

/// How much each stack weighs so far.
#[derive(Debug, Default)]
pub(super) struct Heat(Vec<Weight>);

impl Heat {
    /// A stack was seen at work.
    pub(super) fn add(&mut self, stack: StackId, weight: Weight) {
        let place = stack.index();
        if self.0.len() <= place {
            self.0.resize(place + 1, Weight::default());
        }
        self.0[place] += weight;
    }

    /// The hot functions of this profile, whose stacks were added, the hottest first: those with a file and a name of
    /// their own.
    pub(super) fn hottest(&self, profile: &Profile) -> Vec<Subject> {
        let all: Weight = self.0.iter().copied().sum();
        let mut weights = self.weights(profile);
        weights.retain(|&(_, own, total)| {
            Share::of(own, all).fraction() >= OWN || Share::of(total, all).fraction() >= TOTAL
        });
        weights.sort_by_key(|&(function, own, total)| (std::cmp::Reverse((own, total)), function));
        let functions = weights
            .into_iter()
            .map(|(place, ..)| profile.functions()[place]);
        functions
            .filter_map(|function| subject(profile, function))
            .collect()
    }

    /// For each function how much it weighs as the innermost one, and with all that it called. Of functions that call
    /// each other the latter is counted more than once: it only says whether to have a closer look.
    fn weights(&self, profile: &Profile) -> Vec<(usize, Weight, Weight)> {
        let mut below = self.0.clone();
        below.resize(profile.stacks().len(), Weight::default());
        let mut weights: Vec<(usize, Weight, Weight)> = (0..profile.functions().len())
            .map(|place| (place, Weight::default(), Weight::default()))
            .collect();
        let function = |stack: StackId| profile.frame(profile.stack(stack).frame).function;
        for place in (0..below.len()).rev() {
            let (stack, total) = (StackId::from_index(place), below[place]);
            let parent = profile.stack(stack).parent;
            let row = &mut weights[function(stack).index()];
            row.1 += self.0.get(place).copied().unwrap_or_default();
            if parent.is_none_or(|parent| function(parent) != function(stack)) {
                row.2 += total;
            }
            if let Some(parent) = parent {
                below[parent.index()] += total;
            }
        }
        weights
    }
}

/// Modules, comprehensions and what is in no file are nothing that is called by its name.
fn subject(profile: &Profile, function: Function) -> Option<Subject> {
    let (name, file) = (
        profile.strings.get(function.name),
        profile.strings.get(function.file?),
    );
    let is_named = !name.ends_with('>') && !file.starts_with('<');
    is_named.then_some(Subject {
        file: file.to_owned(),
        first_line: function.first_line?,
        name: name.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Line, RawFrame};

    fn check(stacks: &[(&str, u64)], expected: &[&str]) {
        let (mut profile, mut heat) = (Profile::default(), Heat::default());
        for (stack, weight) in stacks {
            let stack = profile.intern_raw_stack(stack.split(';').map(|name| RawFrame {
                name,
                file: Some("a.py"),
                first_line: Line::new(1),
                line: None,
            }));
            heat.add(stack.expect("it has frames"), Weight(*weight));
        }
        let names: Vec<String> = (heat.hottest(&profile).into_iter())
            .map(|subject| subject.name)
            .collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn own_time_comes_first_and_callers_behind() {
        check(
            &[
                ("<module>;main;f", 60),
                ("<module>;main;g", 39),
                ("<module>;main", 1),
            ],
            &["f", "g", "main"],
        );
    }

    #[test]
    fn what_is_cold_or_has_no_name_is_left_out() {
        check(
            &[
                ("main;f", 9900),
                ("main;cold", 5),
                ("main;g.<locals>.<genexpr>", 200),
            ],
            &["f", "main"],
        );
    }

    #[test]
    fn a_function_that_calls_itself_weighs_once() {
        check(&[("f;f;f", 10), ("g", 90)], &["g", "f"]);
    }
}
