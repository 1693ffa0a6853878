//! What an annotation says.

use super::parse::ast::Operator;
use super::parse::{Expr, parse_expression};
use super::scope::ScopeId;
use super::symbols::{Meaning, SymbolTable, path};
use super::text::Text;
use super::{Annotation, PythonType};

/// An annotation, with its names looked up from `scope`.
pub(super) fn annotation(
    table: &SymbolTable<'_>,
    text: Text<'_>,
    scope: ScopeId,
    expression: &Expr,
) -> Annotation {
    Annotation {
        text: text.one_line(expression),
        python_type: Names { table, scope }.type_of(expression),
    }
}

/// Where the names of an annotation are looked up.
struct Names<'t, 'a> {
    table: &'t SymbolTable<'a>,
    scope: ScopeId,
}

impl Names<'_, '_> {
    fn type_of(&self, expression: &Expr) -> PythonType {
        match expression {
            Expr::NoneLiteral(_) => PythonType::None,
            Expr::StringLiteral(quoted) => parse_expression(quoted.value.to_str())
                .map_or(PythonType::Other, |expression| self.type_of(&expression)),
            Expr::BinOp(operation) if operation.op == Operator::BitOr => {
                self.union(&[&operation.left, &operation.right])
            }
            Expr::Subscript(subscript) => {
                let arguments = match &*subscript.slice {
                    Expr::Tuple(tuple) => tuple.elts.iter().collect(),
                    one => vec![one],
                };
                self.generic(&subscript.value, &arguments)
            }
            _ => self.plain(expression),
        }
    }

    fn plain(&self, expression: &Expr) -> PythonType {
        let other = || Box::new(PythonType::Other);
        match self.name_of(expression).as_deref() {
            Some("bool") => PythonType::Bool,
            Some("int") => PythonType::Int,
            Some("float") => PythonType::Float,
            Some("str" | "Text") => PythonType::Str,
            Some("bytes") => PythonType::Bytes,
            Some("list" | "List") => PythonType::List(other()),
            Some("set" | "Set") => PythonType::Set(other()),
            Some("dict" | "Dict") => PythonType::Dict(other(), other()),
            _ => PythonType::Other,
        }
    }

    fn generic(&self, value: &Expr, arguments: &[&Expr]) -> PythonType {
        let boxed = |expression: &Expr| Box::new(self.type_of(expression));
        match (self.name_of(value).as_deref(), arguments) {
            (Some("list" | "List"), [element]) => PythonType::List(boxed(element)),
            (Some("set" | "Set"), [element]) => PythonType::Set(boxed(element)),
            (Some("dict" | "Dict"), [key, value]) => PythonType::Dict(boxed(key), boxed(value)),
            (Some("tuple" | "Tuple"), [.., Expr::EllipsisLiteral(_)]) => PythonType::Other,
            (Some("tuple" | "Tuple"), elements)
                if !elements.iter().any(|one| one.is_starred_expr()) =>
            {
                PythonType::Tuple(elements.iter().map(|one| self.type_of(one)).collect())
            }
            (Some("Optional"), [inner]) => optional(self.type_of(inner)),
            (Some("Union"), members) => self.union(members),
            (Some("Annotated"), [inner, ..]) => self.type_of(inner),
            _ => PythonType::Other,
        }
    }

    /// One type and `None` is that type or none; other unions have no Rust type.
    fn union(&self, members: &[&Expr]) -> PythonType {
        let types = members.iter().map(|member| self.type_of(member));
        let (nothing, some): (Vec<_>, Vec<_>) = types.partition(|one| *one == PythonType::None);
        let [one] = <[PythonType; 1]>::try_from(some).unwrap_or([PythonType::Other]);
        match (members.len() - nothing.len(), nothing.len()) {
            (0, _) => PythonType::None,
            (_, 0) if members.len() > 1 => PythonType::Other,
            (1, 0) => one,
            _ => optional(one),
        }
    }

    /// The name of a builtin, or of something of `typing` without the module. A name that nothing
    /// binds is taken at its word: it may come from `from typing import *`.
    fn name_of(&self, expression: &Expr) -> Option<String> {
        let (name, attributes) = path(expression)?;
        match self.table.meaning(self.scope, name) {
            None if attributes.is_empty() => Some(name.to_owned()),
            Some(Meaning::Import(import)) => {
                let dotted = [&[&*import.name], &attributes[..]].concat().join(".");
                let (module, name) = dotted.rsplit_once('.')?;
                let is_typing = matches!(module, "typing" | "typing_extensions" | "builtins");
                is_typing.then(|| name.to_owned())
            }
            _ => None,
        }
    }
}

fn optional(inner: PythonType) -> PythonType {
    match inner {
        PythonType::None | PythonType::Optional(_) => inner,
        _ => PythonType::Optional(Box::new(inner)),
    }
}

#[cfg(test)]
mod tests {
    use crate::source::project::definition;

    #[track_caller]
    fn check(annotation: &str, expected: &str) {
        let source = format!(
            "import typing as t\nfrom typing import List, Optional\nimport numpy as np\nclass int2: ...\nfloat = 1\ndef f() -> {annotation}: ...\n"
        );
        let returns = definition(&source, "f")
            .returns
            .expect("there is an annotation");
        assert_eq!(
            format!("{:?}", returns.python_type),
            expected,
            "{annotation}"
        );
    }

    #[test]
    fn builtin_types_are_themselves() {
        for (annotation, expected) in [
            ("None", "None"),
            ("bool", "Bool"),
            ("int", "Int"),
            ("str", "Str"),
            ("bytes", "Bytes"),
            ("object", "Other"),
            ("np.ndarray", "Other"),
            ("int2", "Other"),
        ] {
            check(annotation, expected);
        }
    }

    #[test]
    fn a_name_that_the_file_binds_itself_is_no_builtin() {
        check("float", "Other");
    }

    #[test]
    fn containers_have_their_elements() {
        check("list[int]", "List(Int)");
        check("List[t.Dict[str, bytes]]", "List(Dict(Str, Bytes))");
        check("set", "Set(Other)");
        check("tuple[int, str]", "Tuple([Int, Str])");
        check("tuple[()]", "Tuple([])");
        check("tuple[int, ...]", "Other");
        check("tuple", "Other");
        check("frozenset[int]", "Other");
    }

    #[test]
    fn optionals_are_told_in_every_spelling() {
        check("Optional[int]", "Optional(Int)");
        check("int | None", "Optional(Int)");
        check("None | list[int] | None", "Optional(List(Int))");
        check("t.Union[None, int]", "Optional(Int)");
        check("Optional[int | None]", "Optional(Int)");
        check("int | str", "Other");
        check("int | str | None", "Optional(Other)");
        check("t.Union[int]", "Int");
    }

    #[test]
    fn quoted_annotations_mean_what_they_quote() {
        check("'list[int]'", "List(Int)");
        check("list['int']", "List(Int)");
        check("'not an annotation'", "Other");
        check("t.Annotated[int, 'positive']", "Int");
    }
}
