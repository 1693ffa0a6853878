//! What the moved work consists of: how much of it is of which kind of code.

use super::FunctionName;
use super::hot_places::HotPlace;
use super::study::Study;
use crate::observation::Observation;
use crate::profile::{FunctionId, Profile};
use crate::source::{CodeKind, Found, KindSite, Kinds, Shape, Sources};
use std::collections::BTreeSet;

/// A loop's body runs about so often for each time that the loop is entered: a loop branch is taken in 88 % of the
/// cases, measured over programs of all sorts (T. Ball, J. R. Larus, "Branch Prediction for Free", 1993).
const TIMES_ROUND: f64 = 8.0;

/// Deeper loops count as loops of this depth: what runs oftener has all the time anyway.
const DEEPEST_LOOP: u32 = 6;

/// How much of some work is of which kind of code.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mix([f64; CodeKind::ALL.len()]);

impl Mix {
    /// Work of one kind alone.
    pub fn only(kind: CodeKind) -> Self {
        let mut mix = Self::default();
        mix.add(kind, 1.0);
        mix
    }

    /// Adds work of a kind. Weights of a mix are all of one unit, whatever it is.
    pub fn add(&mut self, kind: CodeKind, weight: f64) {
        self.0[kind.index()] += weight;
    }

    /// All weights together.
    pub fn weight(&self) -> f64 {
        self.0.iter().sum()
    }

    /// The part of each kind; together they are 1. Work of which nothing is known counts as of all kinds alike.
    pub fn parts(&self) -> [(CodeKind, f64); CodeKind::ALL.len()] {
        let whole = self.weight();
        CodeKind::ALL.map(|kind| {
            let part = if whole > 0.0 {
                self.0[kind.index()] / whole
            } else {
                1.0 / CodeKind::ALL.len() as f64
            };
            (kind, part)
        })
    }

    /// The kind that most of it is of; none where nothing is known.
    pub fn main_kind(&self) -> Option<CodeKind> {
        let parts = self.parts().into_iter().rev();
        let most = parts.max_by(|one, other| one.1.total_cmp(&other.1));
        most.filter(|_| self.weight() > 0.0).map(|(kind, _)| kind)
    }

    /// The same proportions with this weight; nothing where nothing is known.
    fn scaled(mut self, weight: f64) -> Self {
        let whole = self.weight();
        if whole > 0.0 {
            self.0 = self.0.map(|part| part / whole * weight);
        }
        self
    }
}

impl std::ops::AddAssign for Mix {
    fn add_assign(&mut self, other: Self) {
        for (sum, part) in self.0.iter_mut().zip(other.0) {
            *sum += part;
        }
    }
}

impl std::iter::Sum for Mix {
    fn sum<I: Iterator<Item = Self>>(mixes: I) -> Self {
        mixes.fold(Self::default(), |mut sum, mix| {
            sum += mix;
            sum
        })
    }
}

/// The mix of the functions that move, which are chosen by name, and with them `classes` as a whole, by their bare
/// names. The weight is that of their samples.
pub fn mix(
    profile: &Profile,
    observation: &Observation,
    sources: &mut Sources,
    moves: impl Fn(&FunctionName) -> bool,
    classes: &[&str],
) -> Mix {
    let costs = super::boundary::Costs::shipped();
    let study = Study::new(profile, observation, sources, &costs);
    let all = (0..profile.functions().len()).map(FunctionId::from_index);
    let moved: Vec<FunctionId> = all
        .filter(|&id| moves(&study.catalog.entry(id).name))
        .collect();
    study.mix(&moved, classes, sources)
}

impl Study<'_> {
    /// What the time of functions that move together consists of, as far as a rewrite can have it, and that of library
    /// code which works for them. Objects of `classes` become Rust's too.
    ///
    /// Each sample counts for what its instruction does; where the profile has no instructions, for what its line
    /// does. What moves values about serves what is around it, and counts for it. Where samples tell nothing, the
    /// source does: what stands in more loops counts more.
    pub(super) fn mix(
        &self,
        functions: &[FunctionId],
        classes: &[&str],
        sources: &mut Sources,
    ) -> Mix {
        let mut made = self.made(functions, sources);
        made.extend(classes.iter().map(|&class| class.to_owned()));
        let mixes = functions.iter().map(|&function| {
            let places = self.hot_places.of(function);
            let weight = places.iter().map(|(_, weight)| weight).sum();
            let known: Mix = (places.iter())
                .map(|&(place, weight)| self.mix_at(place, &made, sources).scaled(weight))
                .sum();
            let known = if known.weight() > 0.0 {
                known
            } else {
                self.mix_of_source(function, &made, sources)
            };
            known.scaled(weight)
        });
        mixes.sum()
    }

    /// The classes that functions make objects of, by their bare names.
    fn made(&self, functions: &[FunctionId], sources: &mut Sources) -> BTreeSet<String> {
        let mut made = BTreeSet::new();
        for &function in functions {
            let sites = self.sites(function, sources);
            made.extend(sites.iter().filter_map(|it| it.makes()).map(str::to_owned));
        }
        made
    }

    /// All that the source of a function does.
    fn sites<'s>(&self, function: FunctionId, sources: &'s mut Sources) -> Vec<&'s KindSite> {
        let definition = self.definition(function, sources);
        let Ok(lines) = definition.map(|(it, _)| (it.def_line, it.end_line)) else {
            return Vec::new();
        };
        let kinds = self.kinds(function, sources);
        kinds.map_or_else(Vec::new, |kinds| kinds.between(lines.0, lines.1))
    }

    fn kinds<'s>(&self, function: FunctionId, sources: &'s mut Sources) -> Option<&'s Kinds> {
        let file = self.profile.function(function).file?;
        sources.kinds(self.profile.strings.get(file))
    }

    fn mix_at(&self, place: HotPlace, made: &BTreeSet<String>, sources: &mut Sources) -> Mix {
        let Some(kinds) = self.kinds(place.function, sources) else {
            return Mix::default();
        };
        let instruction = place.instruction.map(|id| self.profile.raw_instruction(id));
        let opcode = instruction.and_then(|it| it.opcode);
        let position = instruction.and_then(|it| it.position);
        let sites = match (opcode, place.line) {
            (Some(opcode), _) => match kinds.at(opcode, position) {
                Found::Move => return Mix::default(),
                Found::Kind(kind) => return Mix::only(kind),
                Found::Sites(sites) => sites,
            },
            (None, Some(line)) => kinds.on_line(line),
            (None, None) => Vec::new(),
        };
        let sites = sites.into_iter().map(|site| (site, site.cost()));
        self.of_sites(sites, place.function, made)
    }

    fn mix_of_source(
        &self,
        function: FunctionId,
        made: &BTreeSet<String>,
        sources: &mut Sources,
    ) -> Mix {
        let sites = self.sites(function, sources).into_iter();
        let sites = sites.map(|site| {
            let depth = site.loop_depth().min(DEEPEST_LOOP);
            (site, site.cost() * TIMES_ROUND.powf(f64::from(depth)))
        });
        self.of_sites(sites, function, made)
    }

    fn of_sites<'s>(
        &self,
        sites: impl Iterator<Item = (&'s KindSite, f64)>,
        function: FunctionId,
        made: &BTreeSet<String>,
    ) -> Mix {
        let mut mix = Mix::default();
        for (site, weight) in sites {
            mix.add(site.kind(|name| self.seen(function, name), made), weight);
        }
        mix
    }

    /// What a variable of a function was seen to be.
    fn seen(&self, function: FunctionId, name: &str) -> Option<Shape> {
        let function = self.profile.function(function);
        let file = self.profile.strings.get(function.file?);
        let mut subjects = self.observation.subjects();
        let subject = subjects.find(|subject| {
            Some(subject.first_line) == function.first_line && subject.file == file
        })?;
        let mut variables = self.observation.variables_of(subject);
        let (_, seen) = variables.find(|(variable, _)| variable.name == name)?;
        Some(Shape::of_seen(seen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::{Role, Subject, Type, Value, Variable};
    use crate::profile::{
        Activity, Line, Nanoseconds, Position, RawFrame, RawInstruction, Sample, Thread, Weight,
        piece,
    };
    use crate::source::Roots;

    /// A program with one function `f`, and samples of it.
    struct Run {
        folder: tempfile::TempDir,
        source: &'static str,
        profile: Profile,
        observation: Observation,
    }

    impl Run {
        fn of(source: &'static str) -> Self {
            let folder = tempfile::tempdir().expect("a temporary folder can be made");
            std::fs::write(folder.path().join("job.py"), source).expect("a file is written");
            Self {
                folder,
                source,
                profile: Profile::default(),
                observation: Observation::default(),
            }
        }

        fn file(&self) -> String {
            self.folder.path().join("job.py").display().to_string()
        }

        /// A sample at this line, and at an instruction.
        fn sample(mut self, line: Option<u32>, instruction: Option<(&str, &str)>) -> Self {
            let file = self.file();
            let instruction = instruction.map(|(opcode, piece)| {
                self.profile.intern_raw_instruction(RawInstruction {
                    opcode: Some(opcode),
                    position: Some(position(self.source, piece)),
                })
            });
            let thread = self.profile.intern_thread(Thread {
                process: 1,
                id: 1,
                name: None,
            });
            let stack = self.profile.intern_raw_stack(std::iter::once(RawFrame {
                name: "f",
                file: Some(&file),
                first_line: Line::new(1),
                line: line.and_then(Line::new),
            }));
            self.profile.samples.push(Sample {
                time: Nanoseconds(0),
                weight: Weight(1),
                thread,
                stack,
                activity: Activity::HoldingGil,
                instruction,
            });
            self
        }

        fn see(mut self, variable: &str, of_type: Type) -> Self {
            let subject = Subject {
                file: self.file(),
                first_line: Line::new(1).expect("from 1"),
                name: "f".to_owned(),
            };
            let variable = Variable {
                role: Role::Argument,
                name: variable.to_owned(),
            };
            let value = Value {
                of_type,
                size: None,
            };
            self.observation.see(&subject, variable, value);
            self
        }

        fn mix(&self) -> Mix {
            let folder = self.folder.path();
            let roots = Roots::new(&[folder.to_owned()], None, Some(folder));
            let mut sources = Sources::new(roots);
            mix(
                &self.profile,
                &self.observation,
                &mut sources,
                |_| true,
                &[],
            )
        }
    }

    fn position(source: &str, text: &str) -> Position {
        piece(source, text, |_| true)
    }

    fn parts(mix: &Mix) -> Vec<(CodeKind, f64)> {
        let parts = mix.parts().into_iter();
        parts.filter(|(_, part)| *part > 0.0).collect()
    }

    /// Without samples that tell more, the source decides.
    #[track_caller]
    fn check(source: &'static str, expected: CodeKind) {
        let mix = Run::of(source).sample(None, None).mix();
        assert_eq!(mix.main_kind(), Some(expected), "{source}\n{mix:?}");
    }

    #[test]
    fn the_source_tells_the_main_kind() {
        check(
            "def f(xs):\n  s = 0.0\n  for x in xs:\n    s = s * 0.5 + x * x\n  return s\n",
            CodeKind::Number,
        );
        check(
            "def f(n):\n  row = [0] * n\n  for i in range(n):\n    row[i] = row[i - 1]\n",
            CodeKind::Index,
        );
        check(
            "def f(text: str):\n  n = 0\n  for c in text:\n    if c == ' ' or c == ',': n += 1\n",
            CodeKind::Character,
        );
        check(
            "def f(lines):\n  for line in lines:\n    line.strip().split(',')\n",
            CodeKind::Text,
        );
        check(
            "def f(words):\n  d = {}\n  for w in words:\n    d[w] = d.get(w, 0) + 1\n",
            CodeKind::Table,
        );
        check(
            "def f(xs):\n  out = []\n  for x in xs:\n    out.append(x)\n",
            CodeKind::List,
        );
        check(
            "def f(ps):\n  for p in ps:\n    p.x = p.y\n    p.step()\n",
            CodeKind::Object,
        );
        check(
            "def f(xs):\n  return [(x, [x]) for x in xs]\n",
            CodeKind::Allocation,
        );
    }

    #[test]
    fn what_stands_in_inner_loops_counts_more() {
        let source = "def f(d: dict, n: int):\n  d['a']; d['b']; d['c']; d['d']\n  for i in range(n):\n    n * n\n";
        check(source, CodeKind::Number);
    }

    #[test]
    fn samples_tell_more_than_the_source() {
        let run = Run::of("def f(d: dict, n: int):\n  d[n]\n  for i in range(n):\n    n * n\n");
        let run = (run.sample(Some(2), Some(("BINARY_SUBSCR", "d[n]"))))
            .sample(Some(2), Some(("BINARY_SUBSCR", "d[n]")))
            .sample(Some(2), Some(("LOAD_FAST", "d")))
            .sample(Some(4), Some(("BINARY_OP", "n * n")));
        let mix = run.mix();
        assert_eq!(
            parts(&mix),
            [(CodeKind::Number, 1.0 / 3.0), (CodeKind::Table, 2.0 / 3.0)]
        );
        assert!(
            (mix.weight() - 4.0).abs() < 1e-9,
            "moves count for what is around them"
        );
    }

    #[test]
    fn without_instructions_the_line_of_a_sample_counts() {
        let run = Run::of("def f(d: dict, n: int):\n  d[n]\n  for i in range(n):\n    n * n\n");
        assert_eq!(
            parts(&run.sample(Some(2), None).mix()),
            [(CodeKind::Table, 1.0)]
        );
    }

    #[test]
    fn values_that_were_seen_tell_the_kind_where_nothing_is_annotated() {
        let run = |seen| {
            let run = Run::of("def f(x, i):\n  while i:\n    x[i]\n");
            let run = run.sample(Some(3), Some(("BINARY_SUBSCR", "x[i]")));
            run.see("x", seen).mix().main_kind()
        };
        assert_eq!(run(Type::Str), Some(CodeKind::Character));
        assert_eq!(run(Type::List(vec![])), Some(CodeKind::Index));
        let table = Type::Dict(vec![Type::Str], vec![Type::Int]);
        assert_eq!(run(table), Some(CodeKind::Table));
    }

    #[test]
    fn of_code_without_source_every_kind_is_as_likely() {
        let mut run = Run::of("def f(): ...\n").sample(None, None);
        run.folder = tempfile::tempdir().expect("a temporary folder can be made");
        let mix = run.mix();
        assert_eq!(mix.main_kind(), None);
        assert_eq!(parts(&mix).len(), CodeKind::ALL.len());
    }
}
