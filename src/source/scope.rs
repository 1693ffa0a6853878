//! The scopes of a file: what Python makes a code object of, and what it calls each.

use crate::profile::Line;
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// What a scope is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    /// The module itself: `<module>`.
    Module,
    /// A class body.
    Class,
    /// A `def`.
    Function,
    /// `<lambda>`.
    Lambda,
    /// `<listcomp>`, `<setcomp>`, `<dictcomp>`, `<genexpr>`.
    Comprehension,
}

/// A scope by its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeName {
    /// The qualified name as the code object's `co_qualname` has it.
    pub qualname: String,
    /// The code object's first line.
    pub first_line: Line,
    /// What it is.
    pub kind: ScopeKind,
}

/// A scope's place in [`Scopes`]. An outer scope stands before its inner ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ScopeId(pub(super) usize);

impl ScopeId {
    pub(super) const MODULE: Self = Self(0);
}

#[derive(Clone, Debug)]
pub(super) struct Scope {
    pub(super) kind: ScopeKind,
    pub(super) name: Cow<'static, str>,
    /// None for the module only.
    pub(super) parent: Option<ScopeId>,
    /// Its name is declared `global` around it, so that nothing qualifies it.
    pub(super) is_global: bool,
    /// The code object's first line: of the first decorator, otherwise of the `def` or expression.
    pub(super) first_line: Line,
    /// The line of the `def`.
    pub(super) def_line: Line,
    pub(super) end_line: Line,
}

/// The scopes of a file, in order of place.
#[derive(Clone, Debug)]
pub(super) struct Scopes {
    all: Vec<Scope>,
    /// The scopes of each bare name, in order of place: every frame of a profile asks for one.
    by_name: FxHashMap<Cow<'static, str>, Vec<ScopeId>>,
}

impl Scopes {
    /// The scope of a module, and none in it yet.
    pub(super) fn of(module: Scope) -> Self {
        let mut scopes = Self {
            all: Vec::new(),
            by_name: FxHashMap::default(),
        };
        scopes.push(module);
        scopes
    }

    pub(super) fn push(&mut self, scope: Scope) -> ScopeId {
        let id = ScopeId(self.all.len());
        self.by_name.entry(scope.name.clone()).or_default().push(id);
        self.all.push(scope);
        id
    }

    pub(super) fn get(&self, id: ScopeId) -> &Scope {
        &self.all[id.0]
    }

    pub(super) fn ids(&self) -> impl DoubleEndedIterator<Item = ScopeId> + use<> {
        (0..self.all.len()).map(ScopeId)
    }

    pub(super) fn parent(&self, id: ScopeId) -> Option<&Scope> {
        self.get(id).parent.map(|parent| self.get(parent))
    }

    /// The scope and those around it, from the inside out.
    pub(super) fn outward(&self, id: ScopeId) -> impl Iterator<Item = ScopeId> {
        std::iter::successors(Some(id), |&id| self.get(id).parent)
    }

    /// The qualified name, as `co_qualname` has it.
    pub(super) fn qualname(&self, id: ScopeId) -> String {
        self.qualified(id, |_| true)
    }

    /// The scope that `name`, bare or qualified, means at a line: the innermost one. Without a
    /// line, the only one, or the only one of this qualified name.
    pub(super) fn at(&self, name: &str, line: Option<Line>) -> Option<ScopeName> {
        match line {
            Some(line) => {
                let holds = |id: &ScopeId| self.get(*id).holds(line);
                self.named(name)
                    .rev()
                    .find(holds)
                    .map(|id| self.name_of(id, name))
            }
            None => only(self.named(name))
                .or_else(|| only(self.named(name).filter(|&id| self.qualname(id) == name)))
                .map(|id| self.name_of(id, name)),
        }
    }

    /// The scope of this name, bare or qualified, that starts at a line.
    pub(super) fn starting_at(&self, name: &str, line: Line) -> Option<ScopeName> {
        let starts = |id: &ScopeId| {
            let scope = self.get(*id);
            scope.kind == ScopeKind::Module || scope.first_line == line || scope.def_line == line
        };
        let mut exact = self.named(name).filter(starts);
        exact
            .find(|&id| self.name_of(id, name).qualname == name)
            .or_else(|| self.named(name).rev().find(starts))
            .map(|id| self.name_of(id, name))
    }

    /// The scopes that `name` may mean.
    fn named(&self, name: &str) -> impl DoubleEndedIterator<Item = ScopeId> {
        let bare = name.rsplit('.').next().unwrap_or(name);
        let ids = self.by_name.get(bare).map_or(&[][..], Vec::as_slice);
        ids.iter().copied().filter(move |&id| {
            bare == name || self.qualname(id) == name || self.is_inlined_name(id, name)
        })
    }

    fn name_of(&self, id: ScopeId, asked: &str) -> ScopeName {
        let scope = self.get(id);
        let qualname = if self.is_inlined_name(id, asked) {
            asked.to_owned()
        } else {
            self.qualname(id)
        };
        ScopeName {
            qualname,
            first_line: scope.first_line,
            kind: scope.kind,
        }
    }

    /// Whether this is the qualified name since Python 3.12, where list, set and dict comprehensions
    /// have no code object (PEP 709) and so don't qualify what is in them.
    fn is_inlined_name(&self, id: ScopeId, name: &str) -> bool {
        !self.get(id).is_inlined() && self.qualified(id, |around| !around.is_inlined()) == name
    }

    fn qualified(&self, id: ScopeId, qualifies: impl Fn(&Scope) -> bool) -> String {
        let mut parts = vec![&*self.get(id).name];
        let mut scope = self.get(id);
        while let Some(parent) = scope.parent.map(|parent| self.get(parent)) {
            if parent.kind == ScopeKind::Module || scope.is_global {
                break;
            }
            if qualifies(parent) {
                if matches!(parent.kind, ScopeKind::Function | ScopeKind::Lambda) {
                    parts.push("<locals>");
                }
                parts.push(&parent.name);
            }
            scope = parent;
        }
        parts.reverse();
        parts.join(".")
    }
}

impl Scope {
    fn is_inlined(&self) -> bool {
        self.kind == ScopeKind::Comprehension && self.name != "<genexpr>"
    }

    fn holds(&self, line: Line) -> bool {
        self.kind == ScopeKind::Module || (self.first_line..=self.end_line).contains(&line)
    }
}

fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    items.next().filter(|_| items.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::project::module;

    const SOURCE: &str = "\
import a
@a.b
@a.c(1)
def f(x=lambda: 1):
  def f():
    return [y for y in (lambda: 2)() if [z for z in y]]
  class K:
    def f(self): return (i
      for i in self)
  return f(
    g(w) for w in x
  )
class C:
  def f(self): ...
  h = lambda self: {v for v in [3]}
";

    #[track_caller]
    fn check(name: &str, line: u32, expected: Option<(&str, u32)>) {
        let found = module(SOURCE).scope_at(name, Line::new(line));
        let found = found.as_ref();
        let found = found.map(|scope| (scope.qualname.as_str(), scope.first_line.number()));
        assert_eq!(found, expected, "{name} at {line}");
    }

    #[test]
    fn a_bare_name_means_the_innermost_scope_at_its_line() {
        check("<module>", 1, Some(("<module>", 1)));
        check("f", 11, Some(("f", 2)));
        check("f", 6, Some(("f.<locals>.f", 5)));
        check("f", 8, Some(("f.<locals>.K.f", 8)));
        check("K", 7, Some(("f.<locals>.K", 7)));
        check("f", 14, Some(("C.f", 14)));
        check("f", 1, None);
        check("g", 11, None);
    }

    #[test]
    fn a_qualified_name_means_itself() {
        check("f.<locals>.f", 6, Some(("f.<locals>.f", 5)));
        check("C.f", 14, Some(("C.f", 14)));
        check("C.f", 6, None);
    }

    #[test]
    fn anonymous_scopes_start_where_their_code_objects_do() {
        check("<lambda>", 4, Some(("<lambda>", 4)));
        check(
            "<genexpr>",
            9,
            Some(("f.<locals>.K.f.<locals>.<genexpr>", 8)),
        );
        check("<genexpr>", 11, Some(("f.<locals>.<genexpr>", 10)));
        check("<lambda>", 15, Some(("C.<lambda>", 15)));
    }

    #[test]
    fn the_first_iterable_of_a_comprehension_belongs_to_what_is_around_it() {
        check("<lambda>", 6, Some(("f.<locals>.f.<locals>.<lambda>", 6)));
        check("<setcomp>", 15, Some(("C.<lambda>.<locals>.<setcomp>", 15)));
    }

    #[test]
    fn comprehensions_nest_without_locals_between_them() {
        let nested = "f.<locals>.f.<locals>.<listcomp>.<listcomp>";
        check("<listcomp>", 6, Some((nested, 6)));
    }

    #[test]
    fn names_that_inlined_comprehensions_left_out_are_found() {
        let source = "def f():\n  return [\n    lambda: x for x in y\n  ]\n";
        let asked = "f.<locals>.<lambda>";
        let found = module(source).scope_at(asked, Line::new(3));
        assert_eq!(found.map(|scope| scope.qualname).as_deref(), Some(asked));
    }

    #[test]
    fn without_a_line_only_what_is_unique_is_told() {
        check("K", 0, Some(("f.<locals>.K", 7)));
        check("f", 0, Some(("f", 2)));
        check("<listcomp>", 0, None);
        check("C.f", 0, Some(("C.f", 14)));
    }

    #[test]
    fn a_start_may_be_given_by_decorator_or_def() {
        let module = module(SOURCE);
        for line in [2, 4] {
            let line = Line::new(line).expect("not 0");
            let found = module.scope_starting_at("f", line).expect("it starts here");
            assert_eq!(
                (found.qualname.as_str(), found.first_line.number()),
                ("f", 2)
            );
        }
        let line = Line::new(3).expect("not 0");
        assert_eq!(module.scope_starting_at("f", line), None);
    }

    #[test]
    fn the_kind_of_a_scope_is_told_by_its_name() {
        let module = module(SOURCE);
        assert_eq!(
            module.scope_kind("f.<locals>.K", None),
            Some(ScopeKind::Class)
        );
        assert_eq!(
            module.scope_kind("C.<lambda>", None),
            Some(ScopeKind::Lambda)
        );
        assert_eq!(
            module.scope_kind("C.f", Line::new(14)),
            Some(ScopeKind::Function)
        );
        assert_eq!(module.scope_kind("C.f", Line::new(13)), None);
    }
}
