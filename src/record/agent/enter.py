"""Puts the program's environment back as it would be without us, and leaves a thread asleep that waits for orders.

It needs no module that Python has not loaded by then. `folder` is given: where all our files are; `_Watch` comes before.
"""


def _enter(folder):
    import os
    import posix
    import sys

    while folder in sys.path:
        sys.path.remove(folder)
    sys.path_importer_cache.pop(folder, None)
    sys.modules.pop("sitecustomize", None)
    try:
        with open(folder + "/path", "rb") as file:
            os.environb[b"PYTHONPATH"] = file.read()
    except FileNotFoundError:
        os.environb.pop(b"PYTHONPATH", None)
    try:
        watch = _Watch(folder)
        if watch.has_lock:
            watch.begin()
            posix.register_at_fork(before=watch.before_fork, after_in_parent=watch.after_fork)
    except Exception:
        pass


_enter(folder)
