//! The libraries that take the program's time: how much, for whom, and what is faster.

use super::FunctionName;
use super::judge::WORTH_MOVING;
use super::replacement::{Replacement, replacements_of};
use super::study::Study;
use crate::analysis::Tally;
use crate::profile::{FrameId, FunctionId, Line, Share, Weight};
use crate::source::{Distribution, Origin, Roots};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// At most this many libraries are told.
const MOST_TOLD: usize = 10;

/// A replacement is told when the code that it is for takes this part of the library's time.
const TOLD_PART: f64 = 0.1;

/// Top-level names that hold packages of many makers: there the second part of the name tells which it is.
const SHARED_NAMES: [&str; 6] = ["azure", "backports", "google", "jaraco", "ruamel", "zope"];

/// Library code that takes the program's time.
#[derive(Clone, Debug)]
pub struct Library {
    /// What is imported: `yaml`. Of the standard library what there is a replacement for: `csv.DictReader`.
    pub name: String,
    /// Whether it is installed, or the standard library's.
    pub origin: Origin,
    /// What brought it, where the metadata of that are here.
    pub distribution: Option<Distribution>,
    /// Its share of the program's time, in the interpreter.
    pub share: Share,
    /// The function in it that has most of that.
    pub hottest: FunctionName,
    /// That function's share of the program's time.
    pub hottest_share: Share,
    /// The place of the program that asks for most of it, where one was on the stack.
    pub asked: Option<Asked>,
    /// What is faster, for the code with most time first.
    pub replacements: Vec<Replacement>,
}

/// A place of the program that asks for library code.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The function.
    pub function: FunctionName,
    /// Its file, relative to its source root where it lies below one.
    pub file: String,
    /// The line of the call.
    pub line: Option<Line>,
    /// What of the program's time was asked for there.
    pub share: Share,
}

/// The time of a library while it is added up.
#[derive(Default)]
struct Sum {
    all: Tally,
    functions: BTreeMap<FunctionId, Tally>,
    places: BTreeMap<FrameId, Tally>,
    /// By what the tables name.
    replaced: BTreeMap<&'static str, Tally>,
}

impl Study<'_> {
    /// The libraries with so much of the time that it is worth something, the one with most first.
    pub(super) fn libraries(&self, roots: &Roots) -> Vec<Library> {
        let mut sums: BTreeMap<(String, Origin), Sum> = BTreeMap::new();
        for (function, asked, time) in self.library_calls.iter() {
            let entry = self.catalog.entry(function);
            let rows = replacements_of(&entry.name, entry.origin);
            let name = match (entry.origin, rows.first()) {
                (Origin::Stdlib, Some(row)) => row.of.to_owned(),
                _ => package(&entry.name.module),
            };
            let sum = sums.entry((name, entry.origin)).or_default();
            sum.all += *time;
            *sum.functions.entry(function).or_default() += *time;
            if let Some(asked) = asked {
                *sum.places.entry(asked).or_default() += *time;
            }
            if let Some(row) = rows.first() {
                *sum.replaced.entry(row.of).or_default() += *time;
            }
        }
        let mut libraries: Vec<Library> = (sums.into_iter())
            .filter_map(|((name, origin), sum)| self.library(name, origin, &sum, roots))
            .collect();
        libraries.sort_by(|one, other| {
            let descending = other.share.fraction().total_cmp(&one.share.fraction());
            descending.then_with(|| one.name.cmp(&other.name))
        });
        libraries.truncate(MOST_TOLD);
        libraries
    }

    fn library(&self, name: String, origin: Origin, sum: &Sum, roots: &Roots) -> Option<Library> {
        let share = self.share(sum.all.movable());
        let (hottest, hottest_weight) = most(&sum.functions)?;
        (share.fraction() >= WORTH_MOVING).then(|| Library {
            name,
            origin,
            distribution: self.distribution(hottest, roots),
            share,
            hottest: self.catalog.entry(hottest).name.clone(),
            hottest_share: self.share(hottest_weight),
            asked: most(&sum.places).map(|(frame, weight)| self.asked(frame, self.share(weight))),
            replacements: self.replacements(sum, origin),
        })
    }

    fn distribution(&self, function: FunctionId, roots: &Roots) -> Option<Distribution> {
        let file = self.profile.function(function).file?;
        roots.distribution(self.profile.strings.get(file))
    }

    fn replacements(&self, sum: &Sum, origin: Origin) -> Vec<Replacement> {
        let all = sum.all.movable();
        let mut told: Vec<(&str, Weight)> = (sum.replaced.iter())
            .map(|(of, time)| (*of, time.movable()))
            .filter(|(_, weight)| Share::of(*weight, all).fraction() >= TOLD_PART)
            .collect();
        told.sort_by_key(|&(of, weight)| (Reverse(weight), of));
        let rows = |of: &str| {
            let functions = sum.functions.keys();
            let mut names = functions.map(|&id| &self.catalog.entry(id).name);
            let rows = names.find_map(|name| {
                let rows = replacements_of(name, origin);
                (rows.first()?.of == of).then_some(rows)
            });
            rows.unwrap_or_default()
        };
        told.into_iter()
            .flat_map(|(of, _)| rows(of))
            .copied()
            .collect()
    }

    /// A place of the program.
    fn asked(&self, frame: FrameId, share: Share) -> Asked {
        let frame = self.profile.frame(frame);
        let entry = self.catalog.entry(frame.function);
        Asked {
            function: entry.name.clone(),
            file: entry.file.clone(),
            line: frame.line,
            share,
        }
    }

    /// Where the program asks for a library function most: `app.load at line 12`.
    pub(super) fn asked_most(&self, function: FunctionId) -> Option<String> {
        let frame = self.library_calls.asked_most(function)?;
        let Asked { function, line, .. } = self.asked(frame, Share::NONE);
        Some(match line {
            Some(line) => format!("{function} at line {line}"),
            None => function.to_string(),
        })
    }
}

/// The key with most time that a rewrite could have; of equal ones the first.
fn most<K: Copy + Ord>(times: &BTreeMap<K, Tally>) -> Option<(K, Weight)> {
    let weights = times.iter().map(|(key, time)| (*key, time.movable()));
    weights.reduce(|one, other| if other.1 > one.1 { other } else { one })
}

/// The name that a package is imported by.
pub(super) fn package(module: &str) -> String {
    let mut parts = module.split('.');
    let first = parts.next().unwrap_or_default();
    match parts.next() {
        Some(second) if SHARED_NAMES.contains(&first) => format!("{first}.{second}"),
        _ => first.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::programs::{JOB, plan_of};

    const SITE: &str = "/v/lib/python3.11/site-packages";
    const STDLIB: &str = "/usr/lib/python3.11";

    /// `name share asker@line replacement…` of each library.
    fn told(stacks: &str) -> Vec<String> {
        let stacks = stacks.replace("SITE", SITE).replace("STD", STDLIB);
        let libraries = plan_of(JOB, &stacks).libraries;
        let line = |it: &Library| {
            let asked = it.asked.as_ref().map(|asked| {
                let line = asked.line.map_or(0, Line::number);
                format!(" {}@{line} {}", asked.function.qualname, asked.share)
            });
            let replacements = it
                .replacements
                .iter()
                .map(|it| format!(" {}", it.kind.word()));
            let replacements: String = replacements.collect();
            format!(
                "{} {}{}{replacements}",
                it.name,
                it.share,
                asked.unwrap_or_default()
            )
        };
        libraries.iter().map(line).collect()
    }

    #[test]
    fn the_functions_of_a_package_are_one_library_with_the_place_that_asks_most() {
        let stacks = "main@22;load@8;SITE/yaml/reader.py!Reader.peek@9 30\n\
                      main@22;load@7;SITE/yaml/scanner.py!Scanner.scan@9 50\n\
                      main@22;score@4 20";
        assert_eq!(told(stacks), ["yaml 80.0 % load@7 50.0 % option"]);
    }

    #[test]
    fn what_installed_code_does_with_python_and_other_packages_is_told_of_who_does_it() {
        let stacks = "load@8;SITE/left/a.py!one@9;STD/copy.py!deepcopy@9 30\n\
                      load@8;SITE/left/a.py!one@9;SITE/right/b.py!two@9 40\n\
                      score@4 30";
        assert_eq!(
            told(stacks),
            ["right 40.0 % load@8 40.0 %", "left 30.0 % load@8 30.0 %"]
        );
    }

    #[test]
    fn the_standard_library_is_told_by_what_the_program_calls() {
        let stacks = "load@8;STD/copy.py!deepcopy@9;STD/enum.py!EnumType.__call__@9 60\nload@8 40";
        assert_eq!(
            told(stacks),
            ["copy 60.0 % load@8 60.0 % own_code standard_library"]
        );
        assert_eq!(told("load@8;STD/abc.py!f@9 60\nload@8 40"), [""; 0]);
    }

    #[test]
    fn a_replacement_is_told_where_its_code_has_the_time() {
        let stacks = "load@8;SITE/pandas/core/frame.py!DataFrame.insert@9 95\n\
                      load@8;SITE/pandas/core/apply.py!Apply.run@9 5";
        assert_eq!(told(stacks), ["pandas 100.0 % load@8 100.0 %"]);
        let stacks = "load@8;SITE/pandas/core/frame.py!DataFrame.insert@9 50\n\
                      load@8;SITE/pandas/core/apply.py!Apply.run@9 50";
        assert_eq!(told(stacks), ["pandas 100.0 % load@8 100.0 % option"]);
    }

    #[test]
    fn a_name_that_many_share_is_told_with_its_second_part() {
        let stacks = "load@8;SITE/google/protobuf/internal/python_message.py!f@9 60\n\
                      load@8;SITE/google/cloud/a.py!f@9 40";
        assert_eq!(
            told(stacks),
            [
                "google.protobuf 60.0 % load@8 60.0 % option",
                "google.cloud 40.0 % load@8 40.0 %"
            ]
        );
    }

    #[test]
    fn little_time_is_not_told_and_neither_are_native_code_and_imports() {
        let importing = "<frozen importlib._bootstrap>!_find_and_load@1176";
        assert_eq!(told("score@4 99\nload@8;SITE/yaml/a.py!f@9 1"), [""; 0]);
        assert_eq!(told("score@4 50\nload@8;SITE/yaml/a.py!f@9 +50"), [""; 0]);
        let stacks = format!("score@4 50\nload@8;{importing};SITE/yaml/a.py!f@9 50");
        assert_eq!(told(&stacks), [""; 0]);
    }
}
