//! What imports bind: dotted names, and the origin of their modules.

use super::origin::is_stdlib_module;
use super::parse::ast;
use super::{ModuleName, Origin, Roots};

/// What a name means that an import has bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Import {
    /// The dotted name: `numpy` for `import numpy as np`, `json.loads` for `from json import loads`.
    pub(super) name: String,
    /// Bound by `import`, so that it is a module for sure.
    pub(super) is_module: bool,
    /// Where its module comes from.
    pub(super) origin: Origin,
}

/// Where a file stands among modules.
pub(super) struct Home<'a> {
    pub(super) roots: &'a Roots,
    pub(super) module: ModuleName,
    /// It is an `__init__.py`.
    pub(super) is_package: bool,
    /// It belongs to the program: what it defines may move.
    pub(super) is_first_party: bool,
}

impl Home<'_> {
    /// What `import a.b` and `import a.b as c` bind: each name, and what it means.
    pub(super) fn import<'s>(&self, statement: &'s ast::StmtImport) -> Vec<(&'s str, Import)> {
        let bind = |alias: &'s ast::Alias| {
            let dotted = alias.name.as_str();
            let first = dotted.split('.').next().unwrap_or(dotted);
            let (bound, name) = match &alias.asname {
                Some(asname) => (asname.as_str(), dotted),
                None => (first, first),
            };
            let import = Import {
                name: name.to_owned(),
                is_module: true,
                origin: self.origin(dotted),
            };
            (bound, import)
        };
        statement.names.iter().map(bind).collect()
    }

    /// What `from m import a, b as c` binds.
    pub(super) fn import_from<'s>(
        &self,
        statement: &'s ast::StmtImportFrom,
    ) -> Vec<(&'s str, Import)> {
        let module = statement
            .module
            .as_ref()
            .map_or("", ast::Identifier::as_str);
        let (module, origin) = match statement.level {
            0 => (module.to_owned(), self.origin(module)),
            level => (self.relative(level, module), Origin::FirstParty),
        };
        let bind = |alias: &'s ast::Alias| {
            let bound = alias.asname.as_ref().unwrap_or(&alias.name);
            let import = Import {
                name: join(&module, alias.name.as_str()),
                is_module: false,
                origin,
            };
            (bound.as_str(), import)
        };
        let aliases = statement.names.iter();
        let named = aliases.filter(|alias| alias.name.as_str() != "*");
        named.map(bind).collect()
    }

    /// Where an imported module comes from. The standard library comes first on any `sys.path` but
    /// that of a script whose neighbour has such a name, which breaks more than this.
    fn origin(&self, dotted: &str) -> Origin {
        let first = dotted.split('.').next().unwrap_or(dotted);
        if is_stdlib_module(first) {
            Origin::Stdlib
        } else if self.roots.has_module(first, &self.module) {
            Origin::FirstParty
        } else {
            Origin::ThirdParty
        }
    }

    /// The module that a relative import names: one dot is the file's package.
    fn relative(&self, level: u32, module: &str) -> String {
        let ups = level as usize - usize::from(self.is_package);
        let names: Vec<&str> = self.module.name.split('.').collect();
        match names.len().checked_sub(ups) {
            Some(kept) => join(&names[..kept].join("."), module),
            None => module.to_owned(),
        }
    }
}

fn join(module: &str, name: &str) -> String {
    match (module, name) {
        ("", name) => name.to_owned(),
        (module, "") => module.to_owned(),
        (module, name) => format!("{module}.{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::parse::{Stmt, with_syntax};
    use crate::source::project::Project;

    fn home(roots: &Roots, module: &str, is_package: bool) -> Vec<String> {
        let home = Home {
            roots,
            module: ModuleName {
                name: module.to_owned(),
                root: None,
            },
            is_package,
            is_first_party: true,
        };
        let text = "import a.b, a.b as c\nfrom m.n import d, e as f\nfrom . import g\nfrom ..h import i\nfrom j import *\n";
        let bound = with_syntax(text, |syntax| {
            let imports = syntax.body.iter().flat_map(|statement| match statement {
                Stmt::Import(statement) => home.import(statement),
                Stmt::ImportFrom(statement) => home.import_from(statement),
                _ => Vec::new(),
            });
            let line = |(bound, import): (&str, Import)| format!("{bound} {}", import.name);
            imports.map(line).collect()
        });
        bound.expect("the imports parse")
    }

    #[test]
    fn imports_bind_dotted_names_and_relative_ones_start_from_the_package() {
        let roots = Roots::default();
        let common = ["a a", "c a.b", "d m.n.d", "f m.n.e"];
        let in_module = home(&roots, "p.q.x", false);
        assert_eq!(in_module[..4], common);
        assert_eq!(in_module[4..], ["g p.q.g", "i p.h.i"]);
        let in_package = home(&roots, "p.q", true);
        assert_eq!(in_package[4..], ["g p.q.g", "i p.h.i"]);
    }

    #[test]
    fn a_relative_import_above_the_top_keeps_what_it_names() {
        let bound = home(&Roots::default(), "x", false);
        assert_eq!(bound[4..], ["g g", "i h.i"]);
    }

    #[test]
    fn modules_are_told_by_list_by_folder_and_otherwise_foreign() {
        let project = Project::of(&["run.py", "helpers.py"]);
        let roots = project.roots("run.py");
        let home = Home {
            roots: &roots,
            module: roots.module_name(&project.text("run.py")),
            is_package: false,
            is_first_party: true,
        };
        let check = |name, origin| assert_eq!(home.origin(name), origin, "{name}");
        check("json.decoder", Origin::Stdlib);
        check("helpers.f", Origin::FirstParty);
        check("numpy.dot", Origin::ThirdParty);
    }
}
