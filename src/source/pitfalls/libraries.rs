//! Calls of libraries that copy objects or share them, and calls that pass arguments on as they came.

use super::View;
use crate::source::parse::Expr;
use crate::source::symbols::Node;
use crate::source::{Pitfall, PitfallKind};

/// Modules that pickle or copy, in this process or for others.
const PICKLING: [&str; 8] = [
    "cloudpickle",
    "concurrent.futures.ProcessPoolExecutor",
    "copy",
    "dill",
    "joblib",
    "multiprocessing",
    "pickle",
    "shelve",
];

/// Modules of threads. A pool of threads of `multiprocessing` is one of these.
const THREADING: [&str; 7] = [
    "_thread",
    "asyncio.to_thread",
    "concurrent.futures.ThreadPoolExecutor",
    "multiprocessing.dummy",
    "multiprocessing.pool.ThreadPool",
    "queue",
    "threading",
];

pub(super) fn library_call(view: &View<'_, '_>, node: Node<'_>) -> Vec<Pitfall> {
    let Node::Expr(Expr::Call(call)) = node else {
        return Vec::new();
    };
    let Some(called) = view.imported(call) else {
        return Vec::new();
    };
    let is_of = |modules: &[&str]| modules.iter().any(|module| is_below(&called, module));
    let kind = if is_of(&THREADING) {
        PitfallKind::Threading
    } else if is_of(&PICKLING) {
        PitfallKind::Pickling
    } else {
        return Vec::new();
    };
    vec![view.pitfall(kind, call)]
}

fn is_below(dotted: &str, module: &str) -> bool {
    let rest = dotted.strip_prefix(module);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

pub(super) fn forwarded_arguments(view: &View<'_, '_>, node: Node<'_>) -> Vec<Pitfall> {
    let Node::Expr(Expr::Call(call)) = node else {
        return Vec::new();
    };
    let arguments = &call.arguments;
    let has_keywords = arguments
        .keywords
        .iter()
        .any(|keyword| keyword.arg.is_none());
    // `f(*xs)` hands a list's items over; `f(*args)` what the caller passed.
    let has_arguments = arguments.args.iter().any(|argument| match argument {
        Expr::Starred(starred) => view.is_variadic(&starred.value),
        _ => false,
    });
    if has_keywords || has_arguments {
        vec![view.pitfall(PitfallKind::ForwardedArguments, call)]
    } else {
        Vec::new()
    }
}

impl View<'_, '_> {
    fn is_variadic(&self, expression: &Expr) -> bool {
        let function = self.table.of(self.function).function;
        let variadic = function.and_then(|function| function.parameters.vararg.as_deref());
        let name = self.parameter(expression);
        variadic.is_some_and(|variadic| name == Some(variadic.name.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::PitfallKind::{ForwardedArguments, Pickling, Threading};

    const SOURCE: &str = "\
import copy, threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import Pool, dummy
import copyright
def f(x):
  copy.deepcopy(x)
  threading.Thread(target=x).start()
  ThreadPoolExecutor(2)
  ProcessPoolExecutor(2)
  Pool()
  dummy.Pool()
  copyright.show()
  x.copy()
";

    #[test]
    fn copies_and_other_processes_pickle() {
        let expected = [
            "6 copy.deepcopy(x)",
            "9 ProcessPoolExecutor(2)",
            "10 Pool()",
        ];
        check(SOURCE, Pickling, &expected);
    }

    #[test]
    fn pools_of_threads_are_no_processes() {
        let expected = [
            "7 threading.Thread(target=x)",
            "8 ThreadPoolExecutor(2)",
            "11 dummy.Pool()",
        ];
        check(SOURCE, Threading, &expected);
    }

    #[test]
    fn arguments_that_are_passed_on_are_told_from_items() {
        check(
            "def f(x, *args, **kwargs):\n  g(*x)\n  g(*args)\n  return g(1, **kwargs), g(**x)\n",
            ForwardedArguments,
            &["3 g(*args)", "4 g(1, **kwargs)", "4 g(**x)"],
        );
    }
}
