//! A Python file, read: its definitions, its scopes, its text.

use super::classes::{classes, replacements};
use super::facts::definitions;
use super::import_effects::runs_on_import;
use super::imports::Home;
use super::kinds::Kinds;
use super::parse::{Syntax, with_syntax};
use super::scope::{ScopeKind, ScopeName, Scopes};
use super::sites::Sites;
use super::symbol_builder::symbol_table;
use super::symbols::SymbolTable;
use super::text::{Lines, Text};
use super::{Class, Definition, Replacement, Unreadable};
use crate::profile::Line;

/// What a Python file says.
#[derive(Clone, Debug)]
pub struct Module {
    /// Its functions in order of place: methods and nested functions too. None of code that is not
    /// the program's: such code is not moved, and telling the facts of it would take as long as
    /// all that is done with it otherwise.
    pub definitions: Vec<Definition>,
    /// Its dotted name.
    pub name: String,
    /// Its classes, in order of place; none of code that is not the program's.
    pub classes: Vec<Class>,
    /// What it puts in the place of functions, in order of place; nothing of code that is not the program's.
    pub replacements: Vec<Replacement>,
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
        with_syntax(&text, |syntax| read(syntax, &text, &lines, home)).map(|said| Self {
            name: home.module.name.clone(),
            definitions: said.definitions,
            classes: said.classes,
            replacements: said.replacements,
            scopes: said.scopes,
            runs_on_import: said.runs_on_import,
            problems: said.problems,
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

    /// The calls and operators of the file. Parses it again: few files are asked for them.
    pub(super) fn sites(&self, home: &Home<'_>) -> Sites {
        self.reread(home, Sites::of)
    }

    /// The kinds of code of the file. Parses it again, too.
    pub(super) fn kinds(&self, home: &Home<'_>) -> Kinds {
        self.reread(home, Kinds::of)
    }

    fn reread<T: std::default::Default + Send>(
        &self,
        home: &Home<'_>,
        read: impl FnOnce(&SymbolTable<'_>, Text<'_>) -> T + Send,
    ) -> T {
        let read = |syntax: &Syntax<'_>| {
            let text = Text {
                source: &self.text,
                lines: &self.lines,
                tokens: syntax.tokens,
            };
            read(&symbol_table(syntax.body, text, home), text)
        };
        with_syntax(&self.text, read).unwrap_or_default()
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

/// What the syntax of a file says.
struct Said {
    definitions: Vec<Definition>,
    classes: Vec<Class>,
    replacements: Vec<Replacement>,
    scopes: Scopes,
    runs_on_import: bool,
    problems: Vec<String>,
}

fn read(syntax: &Syntax<'_>, text: &str, lines: &Lines, home: &Home<'_>) -> Said {
    let text = Text {
        source: text,
        lines,
        tokens: syntax.tokens,
    };
    let table = symbol_table(syntax.body, text, home);
    let (definitions, classes, replacements) = if home.is_first_party {
        let definitions = definitions(&table, text);
        (
            definitions,
            classes(&table, text),
            replacements(&table, text),
        )
    } else {
        Default::default()
    };
    let problems = syntax.problems.iter().map(|problem| {
        let line = text.line_at(problem.place);
        format!("line {line}: {}", problem.message)
    });
    Said {
        definitions,
        classes,
        replacements,
        runs_on_import: runs_on_import(&table, syntax.body),
        problems: problems.collect(),
        scopes: table.scopes,
    }
}

#[cfg(test)]
mod tests {
    use crate::profile::Line;
    use crate::source::Unreadable;
    use crate::source::project::{module, parse};

    #[test]
    fn definitions_come_in_order_of_place_at_all_levels() {
        let module =
            module("def a():\n  def b(): ...\nclass C:\n  def d(self): ...\ndef e(): ...\n");
        let names = module.definitions.iter().map(|one| one.qualname.as_str());
        assert_eq!(names.collect::<Vec<_>>(), ["a", "a.<locals>.b", "C.d", "e"]);
    }

    #[test]
    fn the_last_definition_of_a_name_counts_unless_the_line_is_known() {
        let module = module("def f(): ...\n@a\ndef f(): ...\n");
        let line_of = |line| {
            module
                .definition("f", line)
                .map(|one| one.first_line.number())
        };
        assert_eq!(line_of(None), Some(2));
        assert_eq!(line_of(Line::new(1)), Some(1));
        assert_eq!(line_of(Line::new(3)), Some(2));
        assert_eq!(line_of(Line::new(4)), None);
    }

    #[test]
    fn the_text_of_a_method_is_dedented_with_its_decorators() {
        let source = "class C:\n    @a(\n        1)\n    def f(self):\n        '''One.\n  two'''\n\n        return 1  # end\n    # no more\n";
        let module = module(source);
        let text = module.text_of(&module.definitions[0]);
        let expected = "@a(\n    1)\ndef f(self):\n    '''One.\n  two'''\n\n    return 1  # end\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn what_parses_of_a_broken_file_is_there() {
        let module =
            parse("def good(): ...\ndef bad(:\n  x = = 1\ndef fine(): ...\n").expect("it is read");
        assert!(module.definition("good", None).is_some());
        assert!(module.definition("fine", None).is_some());
        assert!(
            module.problems[0].starts_with("line 2: "),
            "{:?}",
            module.problems
        );
        assert!(matches!(module.why_missing(), Unreadable::Syntax(_)));
    }

    #[test]
    fn a_function_that_a_sound_file_lacks_was_changed() {
        assert_eq!(module("").why_missing(), Unreadable::Changed);
    }

    #[test]
    fn the_newest_syntax_is_no_problem() {
        module(
            "type A[T] = list[T]\ndef f[T: int = bool](x: T) -> T: ...\nx = t'{a!r:{b}}'\ny = f'{f\"{1}\"}'\ntry: ...\nexcept A, B: ...\nmatch x:\n  case [1, *rest]: ...\n",
        );
    }
}
