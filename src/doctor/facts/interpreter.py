# Runs with -I -S: nothing is imported but the standard library, and no file of installed packages is run.
import json
import os
import sys


def prefixes():
    """Where packages are installed: in a virtual environment, or where Python is, or in both."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(sys.executable)))
    own = os.path.join(here, "pyvenv.cfg")
    if not os.path.isfile(own):
        return [sys.prefix], True
    with open(own) as lines:
        settings = [line.lower().replace(" ", "").strip() for line in lines]
    if "include-system-site-packages=true" in settings:
        return [here, sys.base_prefix], True
    return [here], False


def installed(name):
    from importlib.machinery import PathFinder
    import site

    folders, with_users = prefixes()
    version = "python%d.%d%s" % (sys.version_info[0], sys.version_info[1], "t" if free_threaded else "")
    # Debian's Python does not know that it is in a virtual environment before its site is there.
    paths = [os.path.join(folder, "lib", version, "site-packages") for folder in folders]
    paths += site.getsitepackages(folders)
    if with_users:
        paths.append(site.getusersitepackages())
    return PathFinder.find_spec(name, [path for path in paths if path]) is not None


def is_managed():
    """Whether the system keeps pip away from its own Python: PEP 668."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(sys.executable)))
    in_environment = os.path.isfile(os.path.join(here, "pyvenv.cfg"))
    return not in_environment and os.path.exists(os.path.join(os.path.dirname(os.__file__), "EXTERNALLY-MANAGED"))


def in_library(name):
    from importlib.machinery import PathFinder

    return PathFinder.find_spec(name, sys.path) is not None


free_threaded = "t" in getattr(sys, "abiflags", "")
answer = {
    "version": list(sys.version_info[:3]),
    "implementation": sys.implementation.name if hasattr(sys, "implementation") else "cpython",
    "free_threaded": free_threaded,
    "executable": sys.executable or "",
    "packages": {"pip": False, "venv": False, "pytest": False},
}
if sys.version_info >= (3, 4):
    answer["packages"] = {
        "pip": installed("pip") and not is_managed(),
        "venv": in_library("venv") and in_library("ensurepip"),
        "pytest": installed("pytest"),
    }
print(json.dumps(answer))
