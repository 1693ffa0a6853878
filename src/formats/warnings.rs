//! What a reader skipped or mended: one text for each kind of problem, however often it came.

use std::fmt::Display;

/// The problems of a file so far, in the order in which each kind first came.
#[derive(Debug, Default)]
pub(super) struct Warnings(Vec<Warning>);

#[derive(Debug)]
struct Warning {
    problem: &'static str,
    first: String,
    further: usize,
}

impl Warnings {
    /// Notes a problem at a place, such as `line 3`.
    pub(super) fn add(&mut self, place: impl Display, problem: &'static str) {
        let known = self.0.iter_mut().find(|known| known.problem == problem);
        match known {
            Some(known) => known.further += 1,
            None => self.0.push(Warning {
                problem,
                first: place.to_string(),
                further: 0,
            }),
        }
    }

    /// `line 3: no count; skipped`, or `line 3 and 12 more: no count; skipped`.
    pub(super) fn texts(&self) -> Vec<String> {
        self.0.iter().map(Warning::text).collect()
    }
}

impl Warning {
    fn text(&self) -> String {
        let Self {
            problem,
            first,
            further,
        } = self;
        match further {
            0 => format!("{first}: {problem}"),
            _ => format!("{first} and {further} more: {problem}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_problem_is_told_once_with_its_first_place() {
        let mut warnings = Warnings::default();
        for line in [3, 5, 9] {
            warnings.add(format_args!("line {line}"), "no count; skipped");
        }
        warnings.add("line 4", "not UTF-8");
        assert_eq!(
            warnings.texts(),
            ["line 3 and 2 more: no count; skipped", "line 4: not UTF-8"]
        );
    }
}
