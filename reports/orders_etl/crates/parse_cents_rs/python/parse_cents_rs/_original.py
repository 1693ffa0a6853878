"Finds the Python function that this package stands for, `orders_etl.parse_cents`, and keeps it."

import importlib.util
import inspect
import os
import sys
from types import CoroutineType, FunctionType

PACKAGE = "parse_cents_rs"
MODULE = "orders_etl"
FILE = "orders_etl.py"
NAME = "parse_cents"
QUALNAME = "parse_cents"
# The attributes that lead to it, and the one of a property that holds it.
WAY = ["parse_cents"]
ACCESSOR = "fget"
RUNS_ON_IMPORT = False

# The original, once it was found or given. Whatever callable a test puts here gets the calls that Rust does not take.
function = None

# The default objects of its parameters, by name.
defaults = {}


def keep(original):
    """Makes `original` the function that gets the calls that Rust does not take.

    The first one stays, unless its module was loaded anew: a program that is both `__main__` and imported has two.
    """
    global function
    if not is_original(original):
        raise TypeError(f"{PACKAGE} replaces {MODULE}.{QUALNAME}, which {original!r} is not")
    if function is not None and function.__globals__ is not original.__globals__:
        return
    function = original
    code = original.__code__
    positional = code.co_varnames[: code.co_argcount]
    values = original.__defaults__ or ()
    defaults.clear()
    defaults.update(zip(positional[len(positional) - len(values) :], values))
    defaults.update(original.__kwdefaults__ or {})


def resolve():
    """The original. It is looked for at the first call that needs it, so that the program can import this package."""
    if function is None:
        found = find()
        # A module that is switched over has given it while it was imported.
        if function is None:
            keep(found)
    return function


def find():
    """The original in the running program, or in its module."""
    main = sys.modules.get("__main__")
    if is_program(main):
        found = find_in(main)
        if found is not None:
            return found
    if RUNS_ON_IMPORT and MODULE not in sys.modules and not is_made_safe():
        raise ImportError(
            f"{PACKAGE} needs {MODULE}.{QUALNAME}, and importing {MODULE} would run the program: "
            f"put its calls under `if __name__ == '__main__':`, or decorate the function with `{PACKAGE}.replacing`"
        )
    found = find_in(importlib.import_module(MODULE))
    if function is None and found is None:
        raise ImportError(
            f"{PACKAGE} found no function {QUALNAME} in {MODULE}: was it renamed, or replaced without `{PACKAGE}.replacing`?"
        )
    return found


def is_program(main):
    """Whether the running program is the file that the function is in."""
    spec = getattr(main, "__spec__", None)
    if spec is not None:
        return spec.name == MODULE
    running = os.path.abspath(getattr(main, "__file__", None) or os.curdir)
    return running.endswith(os.path.join(os.sep, os.path.normpath(FILE)))


def is_made_safe():
    """Whether what would import the module leaves out the calls that run the program, as the tests do."""
    spec = importlib.util.find_spec(MODULE)
    return getattr(spec and spec.loader, "leaves_out_calls", False)


def find_in(module):
    """The function in a module, below what its decorators made of it; None where there is none."""
    layer = module
    for name in WAY:
        layer = inspect.getattr_static(layer, name, None)
    layers, seen = [layer], set()
    while layers:
        layer = layers.pop(0)
        if is_original(layer):
            return layer
        if id(layer) not in seen and not inspect.isclass(layer) and not inspect.ismodule(layer):
            seen.add(id(layer))
            layers.extend(wrapped_by(layer))
    return None


def wrapped_by(layer):
    """What a decorator may have put into the object that it made."""
    yield from (getattr(layer, name, None) for name in ("__func__", "func", ACCESSOR))
    yield from list(getattr(layer, "__dict__", {}).values())
    for cell in getattr(layer, "__closure__", None) or ():
        try:
            yield cell.cell_contents
        except ValueError:  # The variable has no value yet.
            pass


def is_original(candidate):
    """Whether this is the Python function itself: of its name, and not of this package."""
    if not isinstance(candidate, FunctionType) or candidate.__globals__.get("__name__") == PACKAGE:
        return False
    code = candidate.__code__
    return code.co_name == NAME and getattr(code, "co_qualname", QUALNAME) == QUALNAME


async def settled(result):
    """What a call gave, awaited where it is the original's coroutine."""
    return await result if type(result) is CoroutineType else result
