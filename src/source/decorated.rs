//! How a function is bound: what its place and its decorators make of it.

use super::Binding;
use super::parse::ast;
use super::symbols::path;

/// How a function is bound to its name.
pub(super) fn binding(function: &ast::StmtFunctionDef, is_in_class: bool) -> Binding {
    if !is_in_class {
        return Binding::Function;
    }
    let decorators = function.decorator_list.iter();
    let mut by_decorator = decorators.filter_map(|decorator| {
        let (name, attributes) = path(&decorator.expression)?;
        match attributes.last().copied().unwrap_or(name) {
            "staticmethod" | "abstractstaticmethod" => Some(Binding::StaticMethod),
            "classmethod" | "abstractclassmethod" => Some(Binding::ClassMethod),
            "property" | "cached_property" | "abstractproperty" | "getter" | "setter"
            | "deleter" => Some(Binding::Property),
            _ => None,
        }
    });
    // The outermost one decides what the class gets.
    let by_name = || match function.name.as_str() {
        "__new__" => Binding::StaticMethod,
        "__init_subclass__" | "__class_getitem__" => Binding::ClassMethod,
        _ => Binding::Method,
    };
    by_decorator.next().unwrap_or_else(by_name)
}

#[cfg(test)]
mod tests {
    use crate::source::Binding;
    use crate::source::project::definition;

    #[track_caller]
    fn check(decorator: &str, name: &str, expected: Binding) {
        let source = format!("class C:\n  {decorator}\n  def {name}(self): ...\n");
        assert_eq!(definition(&source, &format!("C.{name}")).binding, expected);
    }

    #[test]
    fn decorators_of_a_method_say_how_it_is_bound() {
        check("", "m", Binding::Method);
        check("@cache", "m", Binding::Method);
        check("@staticmethod", "m", Binding::StaticMethod);
        check("@classmethod", "m", Binding::ClassMethod);
        check("@property", "m", Binding::Property);
        check("@functools.cached_property", "m", Binding::Property);
        check("@m.setter", "m", Binding::Property);
    }

    #[test]
    fn some_methods_are_bound_by_their_name() {
        check("", "__new__", Binding::StaticMethod);
        check("", "__init_subclass__", Binding::ClassMethod);
    }

    #[test]
    fn decorators_outside_of_a_class_change_nothing() {
        let source = "@property\ndef f(): ...\n";
        assert_eq!(definition(source, "f").binding, Binding::Function);
    }
}
