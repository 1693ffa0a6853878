//! The kinds of code of a file by place: what the source does where an instruction or a line stands.

use super::kind::{CodeKind, Deed};
use super::kind_sites::kind_sites;
use super::shape::Shape;
use super::sites::Place;
use super::symbols::SymbolTable;
use super::text::Text;
use crate::profile::{Line, Position};
use std::collections::BTreeSet;

/// A call at the end of a chain (`a.b().c()`) may start so many lines above what its instruction says.
const LONGEST_CHAIN: u32 = 50;

/// What the code of a file does, place by place.
#[derive(Clone, Debug, Default)]
pub struct Kinds {
    /// In order of place.
    sites: Vec<KindSite>,
}

/// Something that the source does at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindSite {
    pub(super) place: Place,
    pub(super) group: Group,
    pub(super) deed: Deed,
    /// On what, as far as the source tells.
    pub(super) shape: Shape,
    /// The variable that it works on, or on whose element, and the element of how many levels.
    pub(super) variable: Option<(String, u8)>,
    /// How many loops it stands in.
    pub(super) loop_depth: u32,
}

/// Which instructions may stand for what the source does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Operator,
    Element,
    Attribute,
    Call,
    Iteration,
    Display,
}

/// What an instruction does.
enum Meant {
    /// It moves values about.
    Move,
    Kind(CodeKind),
    /// What the source does there; and the kind where it does not tell.
    Source(&'static [Group], CodeKind),
}

/// What an instruction is, by kind of code.
#[derive(Clone, Debug, PartialEq)]
pub enum Found<'s> {
    /// It moves values about, and serves what is done around it.
    Move,
    /// The kind.
    Kind(CodeKind),
    /// One of these: what they work on decides.
    Sites(Vec<&'s KindSite>),
}

impl KindSite {
    /// The kind. `seen` knows what variables were seen to be: that counts more than the source. `made` are the bare
    /// names of the classes whose objects become Rust's: those that the moved code makes, or that move as a whole.
    pub fn kind(&self, seen: impl Fn(&str) -> Option<Shape>, made: &BTreeSet<String>) -> CodeKind {
        let variable = self.variable.as_ref();
        let seen = variable.and_then(|(name, levels)| {
            let whole = seen(name)?;
            Some((0..*levels).fold(whole, |whole, _| whole.element()))
        });
        let seen = seen.filter(|shape| *shape != Shape::Unknown);
        let shape = seen.as_ref().unwrap_or(&self.shape);
        match (self.deed.kind(shape), shape) {
            (CodeKind::Object, Shape::Object(class)) if made.contains(class) => CodeKind::Field,
            (kind, _) => kind,
        }
    }

    /// The bare name of the class of which it makes an object.
    pub fn makes(&self) -> Option<&str> {
        match &self.deed {
            Deed::Make(class) => Some(class),
            _ => None,
        }
    }

    /// How long it takes beside the others, roughly, in nanoseconds of `CPython` 3.11 (measured: an attribute 2.5, an
    /// addition with its loop 6, a call of a function 13 to 28, an object with three attributes 90).
    pub fn cost(&self) -> f64 {
        match (self.group, &self.deed) {
            (Group::Attribute, _) => 3.0,
            (Group::Operator | Group::Element | Group::Iteration, _) => 6.0,
            (Group::Call, Deed::Make(_)) => 90.0,
            (Group::Call | Group::Display, _) => 20.0,
        }
    }

    #[cfg(test)]
    pub(super) fn is_operator(&self) -> bool {
        self.group == Group::Operator
    }

    /// How many loops of its function it stands in.
    pub fn loop_depth(&self) -> u32 {
        self.loop_depth
    }
}

impl Kinds {
    pub(super) fn of(table: &SymbolTable<'_>, text: Text<'_>) -> Self {
        let mut sites = kind_sites(table, text);
        sites.sort_by_key(|site| (site.place.start, site.place.end));
        Self { sites }
    }

    /// What an instruction does.
    pub fn at(&self, opcode: &str, position: Option<Position>) -> Found<'_> {
        match meant(opcode) {
            Meant::Move => Found::Move,
            Meant::Kind(kind) => Found::Kind(kind),
            Meant::Source(groups, unknown) => {
                let find = |position| self.find(groups, position);
                let sites = position.map_or_else(Vec::new, find);
                if sites.is_empty() {
                    Found::Kind(unknown)
                } else {
                    Found::Sites(sites)
                }
            }
        }
    }

    /// All that starts on a line.
    pub fn on_line(&self, line: Line) -> Vec<&KindSite> {
        self.between(line, line)
    }

    /// All that starts on these lines and those between them.
    pub fn between(&self, first: Line, last: Line) -> Vec<&KindSite> {
        let from = self.sites.partition_point(|it| it.place.start.0 < first);
        let to = self.sites.partition_point(|it| it.place.start.0 <= last);
        self.sites[from..to.max(from)].iter().collect()
    }

    /// Of the first group that has something there. Where the code tells lines only, all that starts on the line.
    fn find(&self, groups: &[Group], position: Position) -> Vec<&KindSite> {
        let first = position.line.number().saturating_sub(LONGEST_CHAIN).max(1);
        let first = Line::new(first).unwrap_or(position.line);
        let lines = self.between(first, position.end_line);
        let of = |group| lines.iter().copied().filter(move |it| it.group == group);
        let Some(columns) = position.columns else {
            let starts = |it: &&KindSite| it.place.start.0 == position.line;
            let all = groups.iter().flat_map(|group| of(*group));
            return all.filter(starts).collect();
        };
        let range = Place {
            start: (position.line, columns.start),
            end: (position.end_line, columns.end),
        };
        let here = groups
            .iter()
            .find_map(|group| of(*group).find(|it| it.is_at(range)));
        let inside = || {
            let is_walked = groups.contains(&Group::Iteration);
            is_walked.then(|| of(Group::Iteration).find(|it| it.place.is_within(range)))?
        };
        here.or_else(inside).into_iter().collect()
    }
}

impl KindSite {
    /// A call ends where no other does, and an attribute too: what is spread over lines may start elsewhere than its
    /// instruction says.
    fn is_at(&self, range: Place) -> bool {
        match self.group {
            Group::Call | Group::Attribute => self.place.end == range.end,
            _ => self.place == range,
        }
    }
}

/// What an instruction does, by its name in any version of `CPython`.
fn meant(opcode: &str) -> Meant {
    use CodeKind::{Allocation, Call, Index, List, Number, Object, Table, Text};
    const OPERATOR: &[Group] = &[Group::Operator, Group::Element];
    let starts_with = |starts: &[&str]| starts.iter().any(|start| opcode.starts_with(start));
    match opcode {
        "BINARY_SUBSCR" | "BINARY_SLICE" | "STORE_SUBSCR" | "STORE_SLICE" | "DELETE_SUBSCR" => {
            Meant::Source(&[Group::Element], Index)
        }
        "LIST_APPEND" => Meant::Kind(List),
        "SET_ADD" | "MAP_ADD" => Meant::Kind(Table),
        "FOR_ITER" | "GET_ITER" => Meant::Source(&[Group::Iteration], List),
        "BUILD_STRING" | "BUILD_INTERPOLATION" | "BUILD_TEMPLATE" | "CONVERT_VALUE" => {
            Meant::Kind(Text)
        }
        _ if starts_with(&["CALL_INTRINSIC"]) => Meant::Move,
        _ if starts_with(&["CALL", "PRECALL"]) => Meant::Source(&[Group::Call], Call),
        _ if starts_with(&["LOAD_ATTR", "LOAD_METHOD", "STORE_ATTR", "DELETE_ATTR"]) => {
            Meant::Source(&[Group::Attribute], Object)
        }
        _ if starts_with(&["LOAD_SUPER"]) => Meant::Kind(Object),
        // From Python 3.14 on `x[i]` is a BINARY_OP.
        _ if starts_with(&[
            "BINARY_",
            "INPLACE_",
            "UNARY_",
            "COMPARE_OP",
            "CONTAINS_OP",
            "IS_OP",
        ]) =>
        {
            Meant::Source(OPERATOR, Number)
        }
        _ if starts_with(&["FORMAT_"]) => Meant::Kind(Text),
        _ if starts_with(&["BUILD_", "MAKE_FUNCTION", "LIST_", "SET_", "DICT_"]) => {
            Meant::Kind(Allocation)
        }
        _ if starts_with(&["UNPACK_"]) => Meant::Kind(List),
        _ => Meant::Move,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::piece;
    use crate::source::project::kinds;

    /// The place of a piece of a source, below its `def`.
    fn position(source: &str, text: &str) -> Position {
        piece(source, text, |line| !line.starts_with("def"))
    }

    fn found(source: &str, opcode: &str, position: Position) -> Option<CodeKind> {
        match kinds(source).at(opcode, Some(position)) {
            Found::Move => None,
            Found::Kind(kind) => Some(kind),
            Found::Sites(sites) => Some(sites[0].kind(|_| None, &BTreeSet::new())),
        }
    }

    #[track_caller]
    fn check(source: &str, opcode: &str, piece: &str, expected: CodeKind) {
        let found = found(source, opcode, position(source, piece));
        assert_eq!(found, Some(expected), "{opcode} at {piece}");
    }

    #[test]
    fn an_operator_is_of_the_kind_of_its_operands() {
        let source = "def f(a, b: str, c: list[int]):\n  a + 1\n  b + a\n  c + a\n  b == a\n  a in b\n  a in c\n  a in a\n  a += 1\n  b += a\n";
        check(source, "BINARY_OP", "a + 1", CodeKind::Number);
        check(source, "BINARY_OP", "b + a", CodeKind::Text);
        check(source, "BINARY_OP", "c + a", CodeKind::Allocation);
        check(source, "COMPARE_OP", "b == a", CodeKind::Character);
        check(source, "CONTAINS_OP", "a in b", CodeKind::Text);
        check(source, "CONTAINS_OP", "a in c", CodeKind::List);
        check(source, "CONTAINS_OP", "a in a", CodeKind::Table);
        check(source, "BINARY_OP", "a += 1", CodeKind::Number);
        check(source, "INPLACE_ADD", "b += a", CodeKind::Text);
    }

    #[test]
    fn an_element_is_of_the_kind_of_its_container_in_every_version() {
        let source = "def f(a, b: str, c: dict[str, str]):\n  a[1]\n  b[2]\n  c[3]\n  a['k']\n  a[5:]\n  b[6:]\n  a[7] = 1\n  c[8][9]\n";
        for opcode in ["BINARY_SUBSCR", "BINARY_OP"] {
            check(source, opcode, "a[1]", CodeKind::Index);
            check(source, opcode, "b[2]", CodeKind::Character);
            check(source, opcode, "c[3]", CodeKind::Table);
            check(source, opcode, "a['k']", CodeKind::Table);
            check(source, opcode, "c[8][9]", CodeKind::Character);
        }
        check(source, "BINARY_SLICE", "a[5:]", CodeKind::List);
        check(source, "BINARY_SLICE", "b[6:]", CodeKind::Text);
        check(source, "STORE_SUBSCR", "a[7]", CodeKind::Index);
    }

    #[test]
    fn what_is_walked_tells_the_kind_of_a_loop() {
        let source = "def f(rows, b: str):\n  for x in range(9): pass\n  for x in b: pass\n  for x in rows: pass\n  for x in enumerate(b): pass\n  for x, y in rows.items(): pass\n";
        check(source, "FOR_ITER", "range(9)", CodeKind::Number);
        check(source, "FOR_ITER", "b", CodeKind::Character);
        check(source, "FOR_ITER", "rows", CodeKind::List);
        check(source, "FOR_ITER", "enumerate(b)", CodeKind::Character);
        check(source, "FOR_ITER", "rows.items()", CodeKind::Table);
        // The whole statement, as Python 3.11 has it.
        check(
            source,
            "FOR_ITER",
            "for x in range(9): pass",
            CodeKind::Number,
        );
    }

    #[test]
    fn calls_are_of_the_kind_of_what_they_work_on() {
        let source = "import math\nclass C: ...\ndef f(a, b: str, c: set[int]):\n  a.append(1)\n  b.split(2)\n  c.add(3)\n  a.engage(4)\n  C(5)\n  f(6)\n  math.sqrt(7)\n  list(8)\n  len(9)\n  a.pop(10)\n  c.pop(11)\n  b.isdigit()\n  max(12, a)\n  max(b)\n";
        for (piece, kind) in [
            ("a.append(1)", CodeKind::List),
            ("b.split(2)", CodeKind::Text),
            ("c.add(3)", CodeKind::Table),
            ("a.engage(4)", CodeKind::Object),
            ("C(5)", CodeKind::Allocation),
            ("f(6)", CodeKind::Call),
            ("math.sqrt(7)", CodeKind::Call),
            ("list(8)", CodeKind::Allocation),
            ("len(9)", CodeKind::Call),
            ("a.pop(10)", CodeKind::List),
            ("c.pop(11)", CodeKind::Table),
            ("b.isdigit()", CodeKind::Character),
            ("max(12, a)", CodeKind::Call),
            ("max(b)", CodeKind::List),
        ] {
            check(source, "CALL", piece, kind);
        }
    }

    #[test]
    fn attributes_of_objects_are_told_from_methods_and_modules() {
        let source = "import math\ndef f(a):\n  a.x\n  a.append\n  math.pi\n  a.y = 1\n";
        check(source, "LOAD_ATTR", "a.x", CodeKind::Object);
        check(source, "LOAD_METHOD", "a.append", CodeKind::List);
        check(source, "STORE_ATTR", "a.y", CodeKind::Object);
        let place = position(source, "math.pi");
        assert_eq!(found(source, "LOAD_ATTR", place), Some(CodeKind::Number));
    }

    #[test]
    fn assignments_tell_what_variables_and_attributes_are() {
        let source = "class C:\n  def __init__(self):\n    self.names = {}\n  def f(self, text):\n    parts = text.split()\n    for i, part in enumerate(parts):\n      part + 'x'\n      parts[i]\n      self.names[part]\n      part[i]\n";
        check(source, "BINARY_OP", "part + 'x'", CodeKind::Text);
        check(source, "BINARY_SUBSCR", "parts[i]", CodeKind::Index);
        check(source, "BINARY_SUBSCR", "self.names[part]", CodeKind::Table);
        check(source, "BINARY_SUBSCR", "part[i]", CodeKind::Character);
    }

    #[test]
    fn what_was_seen_counts_more_than_the_source() {
        let source = "def f(x: list[int], y):\n  x[1]\n  y[2][3]\n";
        let of = |piece: &str, seen: Shape| {
            let kinds = kinds(source);
            match kinds.at("BINARY_SUBSCR", Some(position(source, piece))) {
                Found::Sites(sites) => sites[0].kind(|_| Some(seen.clone()), &BTreeSet::new()),
                other => panic!("{other:?}"),
            }
        };
        let table = Shape::table(Shape::Text, Shape::Text);
        assert_eq!(of("x[1]", table.clone()), CodeKind::Table);
        assert_eq!(of("x[1]", Shape::Unknown), CodeKind::Index);
        assert_eq!(of("y[2]", table.clone()), CodeKind::Table);
        assert_eq!(of("y[2][3]", table), CodeKind::Character);
    }

    #[test]
    fn objects_that_the_moved_code_makes_are_told_from_others() {
        let source = "class C: ...\nclass D: ...\ndef f(a: D):\n  c = C()\n  c.x\n  a.x\n";
        let made = BTreeSet::from(["C".to_owned()]);
        let kinds = kinds(source);
        let of = |piece| match kinds.at("LOAD_ATTR", Some(position(source, piece))) {
            Found::Sites(sites) => sites[0].kind(|_| None, &made),
            other => panic!("{other:?}"),
        };
        assert_eq!(of("c.x"), CodeKind::Field);
        assert_eq!(of("a.x"), CodeKind::Object);
    }

    #[test]
    fn instructions_that_move_values_about_are_of_no_kind() {
        let source = "def f(a):\n  return a\n";
        let place = position(source, "a");
        for opcode in ["LOAD_FAST", "STORE_FAST", "JUMP_BACKWARD", "RETURN_VALUE"] {
            assert_eq!(found(source, opcode, place), None, "{opcode}");
        }
    }

    #[test]
    fn without_columns_all_of_the_line_may_be_meant() {
        let source = "def f(a, b: str):\n  a[1] + b[2]\n";
        let place = Position {
            columns: None,
            ..position(source, "a[1] + b[2]")
        };
        let kinds = kinds(source);
        match kinds.at("BINARY_SUBSCR", Some(place)) {
            Found::Sites(sites) => assert_eq!(sites.len(), 2),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_chain_of_calls_over_lines_is_found_from_its_last_line() {
        let source = "def f(text: str):\n  return (text\n    .strip()\n    .isdigit())\n";
        check(source, "CALL", ".isdigit()", CodeKind::Character);
        check(source, "LOAD_METHOD", ".strip", CodeKind::Text);
    }

    #[test]
    fn a_long_chain_of_assignments_is_not_followed_to_its_end() {
        let chain = (1..50_000).rev().map(|it| format!("a{it} = a{}\n", it - 1));
        let source = format!("a0 = 'x'\n{}a9[1]\na49999[2]\n", chain.collect::<String>());
        check(&source, "BINARY_SUBSCR", "a9[1]", CodeKind::Character);
        check(&source, "BINARY_SUBSCR", "a49999[2]", CodeKind::Index);
    }

    #[test]
    fn pairs_of_pairs_do_not_grow_without_end() {
        let pairs = (1..90).map(|it| format!("a{it} = (a{0}, a{0})\n", it - 1));
        let source = format!("a0 = 'x'\n{}a1[0][1]\na89[2]\n", pairs.collect::<String>());
        check(&source, "BINARY_SUBSCR", "a1[0][1]", CodeKind::Character);
        check(&source, "BINARY_SUBSCR", "a89[2]", CodeKind::Index);
    }

    #[test]
    fn a_circle_of_assignments_ends() {
        let source = "def f():\n  a = b\n  b = a\n  a[1]\n";
        check(source, "BINARY_SUBSCR", "a[1]", CodeKind::Index);
    }
}
