"""Runs the Python of each lesson as it is, and again with its Rust functions and classes instead of the Python ones."""

import ast
import importlib.machinery
import importlib.util
import sys
from pathlib import Path

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def load(library):
    name = "rustbound_lessons"
    loader = importlib.machinery.ExtensionFileLoader(name, library)
    spec = importlib.util.spec_from_file_location(name, library, loader=loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def run(tree, file, names):
    exec(compile(tree, file, "exec"), {"__name__": "lesson", **names})


def check(file, native):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    run(tree, file, {})
    shown = {name: value for name, value in vars(native).items() if not name.startswith("__")}
    kept = [node for node in tree.body if not (isinstance(node, DEFINITIONS) and node.name in shown)]
    if len(kept) == len(tree.body):
        sys.exit(f"{file.stem}: Rust replaces nothing of {sorted(shown)}")
    tree.body = kept
    try:
        run(tree, file, shown)
    except BaseException:
        print(f"{file.stem}: with Rust", file=sys.stderr)
        raise


def main():
    library, folder = sys.argv[1:]
    lessons = load(library)
    files = sorted(Path(folder).glob("*.py"))
    for file in files:
        check(file, getattr(lessons, file.stem))
    print(f"{len(files)} lessons hold")


if __name__ == "__main__":
    main()
