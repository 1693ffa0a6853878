//! Exceptions that are caught, after which the function goes on.

use super::View;
use crate::source::parse::{Ranged, Stmt, ast};
use crate::source::symbols::Node;
use crate::source::{Pitfall, PitfallKind};

pub(super) fn caught_exception(view: &View<'_, '_>, node: Node<'_>) -> Option<Pitfall> {
    let Node::Stmt(Stmt::Try(statement)) = node else {
        return None;
    };
    let handlers = statement.handlers.iter().map(|handler| {
        let ast::ExceptHandler::ExceptHandler(handler) = handler;
        handler
    });
    // What is raised again, or as something else, is an error in Rust too.
    let mut goes_on = handlers.filter(|handler| !handler.body.iter().any(Stmt::is_raise_stmt));
    let handler = goes_on.next()?;
    let caught = match &handler.type_ {
        Some(caught) => view.text.brief(&**caught),
        None => "every exception".to_owned(),
    };
    Some(view.named(PitfallKind::CaughtException, handler.start(), caught))
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::PitfallKind::CaughtException;

    #[test]
    fn a_handler_that_goes_on_steers_the_function() {
        check(
            "def f(x):\n  try:\n    return x[0]\n  except (KeyError, IndexError):\n    return None\n",
            CaughtException,
            &["4 (KeyError, IndexError)"],
        );
        check(
            "def f(x):\n  try: g()\n  except: pass\n",
            CaughtException,
            &["3 every exception"],
        );
    }

    #[test]
    fn an_exception_that_is_raised_again_does_not_steer() {
        check(
            "def f(x):\n  try: g()\n  except KeyError as error:\n    raise ValueError from error\n  finally: h()\n",
            CaughtException,
            &[],
        );
        check(
            "def f(x):\n  try: g()\n  finally: h()\n",
            CaughtException,
            &[],
        );
    }
}
