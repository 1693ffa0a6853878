"""Lets pytest find the program and the libraries that `cargo build` made, with nothing installed but pytest."""

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from pathlib import Path

import pytest

pytest.register_assert_rewrite("rustbound_testing")

HERE = Path(__file__).resolve().parent

# Where the program's modules are, seen from this folder. RUSTBOUND_SOURCE_ROOT takes their place where it is set.
SOURCE_ROOTS = [
    "../../../fixtures/programs",
]

# Modules that a plain import would run, or would not find: their files below a source root.
LOADED_FROM = {
}

# Those of them whose top level runs the program.
RUN_ON_IMPORT = {
}

PACKAGES = sorted(package.parent.name for package in HERE.glob("*/python/*/__init__.py"))


def source_roots():
    given = os.environ.get("RUSTBOUND_SOURCE_ROOT")
    roots = given.split(os.pathsep) if given else [HERE / root for root in SOURCE_ROOTS]
    return [os.path.abspath(root) for root in roots]


def libraries(package):
    """The extension modules of a package: what cargo built, and what maturin put beside the package's Python."""
    folder = os.environ.get("CARGO_TARGET_DIR") or os.environ.get("CARGO_BUILD_TARGET_DIR") or "target"
    for name in (f"lib{package}.so", f"lib{package}.dylib", f"{package}.dll"):
        for profile in ("*", "*/*"):  # The second is for builds with `--target`.
            yield from (HERE / folder).glob(f"{profile}/{name}")
    yield from HERE.glob(f"*/python/{package}/_native*.so")
    yield from HERE.glob(f"*/python/{package}/_native*.pyd")


class Extensions(importlib.abc.MetaPathFinder):
    """Finds `PACKAGE._native` where it was built last."""

    def find_spec(self, fullname, path=None, target=None):
        package, _, name = fullname.rpartition(".")
        if name != "_native" or package not in PACKAGES:
            return None
        built = list(libraries(package))
        if not built:
            raise ImportError(f"{package} is not built: run `cargo build` in {HERE} first")
        library = str(max(built, key=lambda library: library.stat().st_mtime_ns))
        loader = importlib.machinery.ExtensionFileLoader(fullname, library)
        return importlib.util.spec_from_file_location(fullname, library, loader=loader)


class Scripts(importlib.abc.MetaPathFinder):
    """Finds the program's modules that are scripts."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname not in LOADED_FROM:
            return None
        for root in source_roots():
            file = os.path.join(root, LOADED_FROM[fullname])
            if os.path.isfile(file):
                runs = fullname in RUN_ON_IMPORT
                loader = (Definitions if runs else importlib.machinery.SourceFileLoader)(fullname, file)
                return importlib.util.spec_from_file_location(fullname, file, loader=loader)
        return None


class Definitions(importlib.machinery.SourceFileLoader):
    """Loads a module without what its top level does: its functions, classes, imports and plain values are there."""

    leaves_out_calls = True

    def get_code(self, fullname):
        # Never the cached byte code: that is of the whole module.
        tree = ast.parse(self.get_data(self.path), self.path)
        own = {node.name for node in ast.walk(tree) if isinstance(node, DEFINITIONS)}
        pure = PURE_BUILTINS | pure_imports(tree)
        tree.body = defining(tree.body, own, pure, set())
        return compile(ast.fix_missing_locations(tree), self.path, "exec", dont_inherit=True)


DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
KEPT = (*DEFINITIONS, ast.Import, ast.ImportFrom, ast.Pass, ast.Global)
ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)

# What a value of the top level may call: it computes, and reaches nothing outside.
PURE_BUILTINS = set(
    "abs bool bytearray bytes chr complex dict divmod enumerate filter float frozenset hash int isinstance iter len "
    "list map max min next object ord pow range repr reversed round set slice sorted str sum tuple type zip".split()
)
PURE_MODULES = set(
    "array bisect collections copy dataclasses datetime decimal enum fractions functools itertools logging math "
    "numpy operator pathlib re string struct typing".split()
)


def pure_imports(tree):
    """The names by which a file knows modules that only compute, and what it takes from them."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.partition(".")[0] in PURE_MODULES:
                    names.add(alias.asname or alias.name.partition(".")[0])
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in PURE_MODULES:
            names.update(alias.asname or alias.name for alias in node.names)
    return names


def defining(statements, own, pure, missing):
    """The statements that define something; `missing` collects the names that others would have bound."""
    kept = []
    for statement in statements:
        if isinstance(statement, (ast.If, ast.Try)):
            keep = not isinstance(statement, ast.If) or is_plain(statement.test, own, pure, missing)
            for block in blocks(statement) if keep else []:
                block[:] = defining(block, own, pure, missing) or [ast.Pass()]
        elif isinstance(statement, ASSIGNMENTS):
            keep = is_plain(statement, own, pure, missing)
            if keep and not reads(statement) & own:
                # A value that only computing made: its methods compute too.
                pure |= bound_by(statement)
        elif isinstance(statement, ast.Expr):
            keep = isinstance(statement.value, ast.Constant)
        else:
            keep = isinstance(statement, KEPT)
        if keep:
            kept.append(statement)
        else:
            missing |= bound_by(statement)
    return kept


def blocks(statement):
    yield statement.body
    for handler in getattr(statement, "handlers", []):
        yield handler.body
    for block in (statement.orelse, getattr(statement, "finalbody", [])):
        if block:
            yield block


def is_plain(statement, own, pure, missing):
    """Whether it calls nothing but what computes, and reads nothing that was left out."""
    if reads(statement) & missing:
        return False
    for node in ast.walk(statement):
        if isinstance(node, ast.Call):
            called = node.func
            while isinstance(called, (ast.Attribute, ast.Subscript)):
                called = called.value
            is_method_of_value = called is not node.func and isinstance(called, (ast.Constant, ast.Call))
            if not is_method_of_value and not (isinstance(called, ast.Name) and called.id in pure - own):
                return False
    return True


def reads(statement):
    """The names that a statement reads."""
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def bound_by(statement):
    """The names that a statement would bind in the module."""
    names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return names | {node.name for node in ast.walk(statement) if isinstance(node, DEFINITIONS)}


def pytest_configure(config):
    if not any(library for package in PACKAGES for library in libraries(package)):
        raise pytest.UsageError(f"nothing is built: run `cargo build` in {HERE} first")
    missing = [root for root in source_roots() if not os.path.isdir(root)]
    if missing:
        raise pytest.UsageError(
            f"the program is not at {missing[0]}: set RUSTBOUND_SOURCE_ROOT to the folder that its modules are in"
        )


sys.meta_path[:0] = [Extensions(), Scripts()]
sys.path[:0] = [*source_roots(), *(str(HERE / package / "python") for package in PACKAGES), str(HERE)]
