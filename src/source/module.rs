//! A Python file, read: its definitions, its scopes, its text.

use super::facts::definitions;
use super::import_effects::runs_on_import;
use super::imports::Home;
use super::parse::{Syntax, with_syntax};
use super::scope::{ScopeKind, ScopeName, Scopes};
use super::symbol_builder::symbol_table;
use super::text::{Lines, Text};
use super::{Definition, Unreadable};
use crate::profile::Line;

/// What a Python file says.
#[derive(Clone, Debug)]
pub struct Module {
    /// Its functions in order of place: methods and nested functions too.
    pub definitions: Vec<Definition>,
    /// Importing it runs the program: statements outside of `if __name__ == "__main__":` call what
    /// it defines, or exit.
    pub runs_on_import: bool,
    /// What does not parse, a sentence each with its line. What does parse is here all the same.
    pub problems: Vec<String>,
    scopes: Scopes,
    text: String,
    lines: Lines,
}

impl Module {
    /// Reads the text of a file.
    pub(super) fn parse(text: String, home: &Home<'_>) -> Result<Self, Unreadable> {
        let lines = Lines::of(&text);
        with_syntax(&text, |syntax| read(syntax, &text, &lines, home)).map(|read| Self {
            definitions: read.0,
            scopes: read.1,
            runs_on_import: read.2,
            problems: read.3,
            text,
            lines,
        })
    }

    /// The definition of this qualified name at this first line (that of the first decorator, or of
    /// the `def`). Without a line, the last of the name, which is the one that an import finds.
    pub fn definition(&self, qualname: &str, first_line: Option<Line>) -> Option<&Definition> {
        self.definitions.iter().rev().find(|definition| {
            let starts = |line| definition.first_line == line || definition.def_line == line;
            definition.qualname == qualname && first_line.is_none_or(starts)
        })
    }

    /// Why a function of the run has no definition here.
    pub fn why_missing(&self) -> Unreadable {
        match self.problems.first() {
            Some(problem) => Unreadable::Syntax(problem.clone()),
            None => Unreadable::Changed,
        }
    }

    /// The text of a definition with its decorators. The indentation of its first line is taken
    /// from every line that has it.
    pub fn text_of(&self, definition: &Definition) -> String {
        let lines = self
            .lines
            .slice(&self.text, definition.first_line, definition.end_line);
        let indentation = lines.len() - lines.trim_start_matches([' ', '\t']).len();
        let indentation = &lines[..indentation];
        lines
            .split_inclusive('\n')
            .map(|line| line.strip_prefix(indentation).unwrap_or(line))
            .collect()
    }

    /// The scope that a name, bare or qualified, means at a line: the innermost one that holds the
    /// line. Of scopes that are alike on one line (two lambdas, say) it is the last.
    pub fn scope_at(&self, name: &str, line: Option<Line>) -> Option<ScopeName> {
        self.scopes.at(name, line)
    }

    /// The scope of this name, bare or qualified, that starts at a line.
    pub fn scope_starting_at(&self, name: &str, first_line: Line) -> Option<ScopeName> {
        self.scopes.starting_at(name, first_line)
    }

    /// What the scope of a qualified name is.
    pub fn scope_kind(&self, qualname: &str, first_line: Option<Line>) -> Option<ScopeKind> {
        let scope = match first_line {
            Some(line) => self.scopes.starting_at(qualname, line),
            None => self.scopes.at(qualname, None),
        };
        scope.map(|scope| scope.kind)
    }
}

fn read(
    syntax: &Syntax<'_>,
    text: &str,
    lines: &Lines,
    home: &Home<'_>,
) -> (Vec<Definition>, Scopes, bool, Vec<String>) {
    let text = Text {
        source: text,
        lines,
        tokens: syntax.tokens,
    };
    let table = symbol_table(syntax.body, text, home);
    let definitions = definitions(&table, text);
    let runs_on_import = runs_on_import(&table, syntax.body);
    let problems = syntax.problems.iter().map(|problem| {
        let line = text.line_at(problem.place);
        format!("line {line}: {}", problem.message)
    });
    (
        definitions,
        table.scopes,
        runs_on_import,
        problems.collect(),
    )
}
