"""Counts the calls of a few functions for a moment, and looks at what they return, when rustbound orders it.

Nothing of the program is called: values are only looked into where their type is exactly a builtin one, and none is kept.
An order is a line, and so is its report. The files of the agent share their names, in the order in which `enter.py` reads
them.
"""

import sys
from time import monotonic_ns, process_time_ns, thread_time_ns


# A function that was not found is looked for again after so many windows.
SEARCHES = 8


class Trouble(Exception):
    """Something else in the program watches it: it is left alone for good."""


class Agent:
    """What works on orders."""

    def __init__(self, report, stop, computed):
        self.report = report
        # CPU time that is not reported yet, in nanoseconds.
        self.computed = computed
        self.stop = stop
        self.names = []
        self.targets = []
        self.is_found = False
        self.nanoseconds = None
        self.searched = 0
        self.is_off = False
        # Whether a window is open, and whether it was ended before its time: then it tells nothing.
        self.is_open = False
        self.is_cut = False
        self.probe = _Probe()

    def follow(self, order):
        """`functions LINE:FILE:NAME …` in hexadecimal, or `calls NUMBER MICROSECONDS`, or `values …` likewise."""
        words = order.split()
        if not words or self.is_off:
            return
        if words[0] == "functions":
            self.names = [_name(word) for word in words[1:]]
            self.is_found = False
        else:
            self.window(words[0], int(words[1]), int(words[2]) / 1e6)

    def window(self, kind, number, seconds):
        begun, computed = monotonic_ns(), thread_time_ns()
        self.is_open = True
        try:
            _look_for_others()
            if self.nanoseconds is None:
                self.nanoseconds = self.probe.cost()
            self.find()
            wait = lambda: self.stop.acquire(True, seconds)
            watched = self.probe.watch(kind, self.targets, wait, int(seconds * 1e9))
            open_, shut, used, seen, spent = watched
        except Trouble as trouble:
            self.is_off = True
            self.report('{"trouble":"watched","name":"%s"}' % _plain(trouble.args[0]))
            return
        finally:
            self.probe.shut()
            self.is_open = False
        if self.is_cut:
            self.is_cut = False
            return
        self.report(
            '{"window":%d,"begun":%d,"open":%d,"shut":%d,"done":%d,"computed":%d,"used":%d,"event":%d,"found":%s,%s}'
            % (
                number,
                begun,
                open_,
                shut,
                monotonic_ns(),
                thread_time_ns() - computed + self.computed + spent,
                used,
                self.nanoseconds,
                _list([str(place) for place, target in enumerate(self.targets) if target]),
                seen,
            )
        )
        self.computed = 0

    def cut(self):
        """Leaves the program as it is without us: another thread wants it so, now."""
        self.is_cut = self.is_open
        self.probe.shut()

    def find(self):
        self.searched += 1
        if self.is_found and (all(self.targets) or self.searched % SEARCHES):
            return
        self.targets = _Search(self.names).found(self.probe.wants_code)
        self.is_found = True


def _name(word):
    line, file, name = word.split(":")
    text = lambda digits: bytes.fromhex(digits).decode("utf-8", "surrogateescape")
    return text(file), int(line), text(name)


def _look_for_others():
    """Raises Trouble where a tracer, a profiler or a debugger is at work."""
    monitoring = getattr(sys, "monitoring", None)
    if monitoring is not None:
        for tool in range(6):
            name = monitoring.get_tool(tool)
            if name is not None:
                raise Trouble(name if type(name) is str else "a tool")
    for frame in sys._current_frames().values():
        depth = 0
        while frame is not None and depth < 50:
            if frame.f_trace is not None:
                raise Trouble("a tracer")
            frame = frame.f_back
            depth += 1
    threading = sys.modules.get("threading")
    if type(threading) is _Module:
        hooks = threading.__dict__
        if hooks.get("_trace_hook") is not None or hooks.get("_profile_hook") is not None:
            raise Trouble("a tracer of all threads")
