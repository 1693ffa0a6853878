//! The scopes of a file: what Python makes a code object of, and what it calls each.

use crate::profile::Line;
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
pub(super) struct Scopes(pub(super) Vec<Scope>);

impl Scopes {
    pub(super) fn get(&self, id: ScopeId) -> &Scope {
        &self.0[id.0]
    }

    pub(super) fn ids(&self) -> impl DoubleEndedIterator<Item = ScopeId> + use<> {
        (0..self.0.len()).map(ScopeId)
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
        self.ids().filter(move |&id| {
            let bare = &*self.get(id).name;
            bare == name
                || (name.ends_with(bare)
                    && (self.qualname(id) == name || self.inlined_qualname(id) == name))
        })
    }

    fn name_of(&self, id: ScopeId, asked: &str) -> ScopeName {
        let scope = self.get(id);
        let qualname = self.qualname(id);
        let is_inlined = qualname != asked && self.inlined_qualname(id) == asked;
        ScopeName {
            qualname: if is_inlined {
                asked.to_owned()
            } else {
                qualname
            },
            first_line: scope.first_line,
            kind: scope.kind,
        }
    }

    /// The qualified name since Python 3.12, where list, set and dict comprehensions have no code
    /// object of their own (PEP 709) and so don't qualify what is in them.
    fn inlined_qualname(&self, id: ScopeId) -> String {
        self.qualified(id, |scope| {
            scope.kind != ScopeKind::Comprehension || scope.name == "<genexpr>"
        })
    }

    fn qualified(&self, id: ScopeId, qualifies: impl Fn(&Scope) -> bool) -> String {
        let mut parts = vec![&*self.get(id).name];
        let mut scope = self.get(id);
        while let Some(parent) = scope.parent.map(|parent| self.get(parent)) {
            if parent.kind == ScopeKind::Module || scope.is_global {
                break;
            }
            if qualifies(parent) {
                if parent.kind != ScopeKind::Class {
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
    fn holds(&self, line: Line) -> bool {
        self.kind == ScopeKind::Module || (self.first_line..=self.end_line).contains(&line)
    }
}

fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    items.next().filter(|_| items.next().is_none())
}
