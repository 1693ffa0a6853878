"""What functions do in a window: what they are given and return, what they raise and change, and who calls them.

All of it becomes texts and numbers at once: no value is kept. Whether an argument is still the same at the end is told by
the addresses of some of its elements.
"""

import sys
from time import thread_time_ns

# So many calls of a function are looked at in a window, and so many of its parameters. A window opens while a long call is
# on more often than not: of the calls after it, so many hold what comes once in ten or twenty.
MOST_CALLS = 32
# So many calls are asked for their caller, which costs less: of a recursion one in thousands comes from outside.
MOST_CALLED = 128
MOST_PARAMETERS = 8
MOST_CALLERS = 16

# Flags of a code object: it has `*args`, `**kwargs`.
STAR, STARS = 0x04, 0x08


class _Types:
    """Types, how often each was seen, the smallest and largest size, and how often sizes of so many binary digits."""

    def __init__(self):
        self.seen = {}

    def add(self, value):
        of_type, size = _describe(value, 0)
        known = self.seen.get(of_type)
        if known is None:
            known = self.seen[of_type] = [0, size, size, {}]
        known[0] += 1
        if size is not None:
            known[1], known[2] = min(known[1], size), max(known[2], size)
            digits, lengths = size.bit_length(), known[3]
            lengths[digits] = lengths.get(digits, 0) + 1

    def rows(self):
        # A thread of the program may be amid a value: what it has not counted yet is not told.
        for of_type, (times, smallest, largest, lengths) in list(self.seen.items()):
            sizes = "null"
            if smallest is not None:
                lengths = lengths.copy()
                times = sum(lengths.values())
                buckets = ["[%d,%d]" % (1 << digits >> 1, lengths[digits]) for digits in sorted(lengths)]
                sizes = "[%d,%d,%s]" % (smallest, largest, _list(buckets))
            if times:
                yield "%s,%d,%s" % (of_type, times, sizes)


class _Seen:
    """What is known of one function."""

    def __init__(self):
        self.called = self.begun = self.returned = self.ended = self.raised = 0
        self.returns = _Types()
        self.arguments = {}
        self.changed = {}
        self.callers = {}


class _Conduct:
    """The functions of a window."""

    def __init__(self, count):
        self.functions = [_Seen() for _ in range(count)]
        # By address of the frame: the place of its function, and what its arguments were.
        self.entered = {}
        # CPU time that this took of the program's threads.
        self.computed = 0

    def enter(self, place, frame):
        """A call begins. Says whether more are wanted, if only to see that an earlier one is over."""
        begun = thread_time_ns()
        function = self.functions[place]
        if id(frame) in self.entered:
            # One frame in the place of another, which did not return.
            self.leave_by_exception(id(frame))
        if function.called < MOST_CALLED:
            function.called += 1
            self.called_by(function, frame.f_back)
        if function.begun >= MOST_CALLS:
            self.computed += thread_time_ns() - begun
            return function.called < MOST_CALLED or any(one == place for one, _ in list(self.entered.values()))
        function.begun += 1
        before = {}
        for name, value in _arguments(frame):
            function.arguments.setdefault(name, _Types()).add(value)
            mark = _mark(value)
            if mark is not None:
                before[name] = mark
        self.entered[id(frame)] = place, before
        self.computed += thread_time_ns() - begun
        return True

    def called_by(self, function, frame):
        if frame is None:
            return
        code = frame.f_code
        name = code.co_qualname if sys.version_info >= (3, 11) else code.co_name
        caller = code.co_firstlineno, code.co_filename, name
        if caller in function.callers or len(function.callers) < MOST_CALLERS:
            function.callers[caller] = function.callers.get(caller, 0) + 1

    def leave(self, place, frame, value):
        """A call returns. Says whether more are wanted."""
        begun = thread_time_ns()
        function = self.functions[place]
        if function.returned < 2 * MOST_CALLS:
            function.returned += 1
            function.returns.add(value)
        self.end(frame)
        self.computed += thread_time_ns() - begun
        return function.returned < 2 * MOST_CALLS or len(self.entered) > 0

    def end(self, frame, raised=False):
        place, before = self.entered.pop(id(frame), (None, None))
        if place is None:
            return
        function = self.functions[place]
        function.ended += 1
        function.raised += raised
        if not before:
            return
        for name, value in _arguments(frame):
            mark = before.get(name)
            # Another object by that name: what became of the first is not known.
            if mark is not None and mark[0] == id(value):
                counts = function.changed.setdefault(name, [0, 0])
                counts[0] += 1
                counts[1] += _mark(value) != mark

    def missing(self):
        """What neither returned nor goes on was left by an exception."""
        alive = set()
        for frame in sys._current_frames().values():
            depth = 0
            while frame is not None and depth < MOST_FRAMES:
                alive.add(id(frame))
                frame = frame.f_back
                depth += 1
            if frame is not None:
                return
        for frame in [frame for frame in list(self.entered) if frame not in alive]:
            self.leave_by_exception(frame)

    def leave_by_exception(self, frame):
        place, _ = self.entered.pop(frame)
        self.functions[place].ended += 1
        self.functions[place].raised += 1

    def text(self):
        returns, arguments, conduct = [], [], []
        for place, function in enumerate(self.functions):
            returns += ["[%d,%s]" % (place, row) for row in function.returns.rows()]
            for name, types in list(function.arguments.items()):
                rows = types.rows()
                arguments += ['[%d,"%s",%s]' % (place, _hex(name), row) for row in rows]
            if function.begun:
                conduct.append(self.conduct(place, function))
        lists = _list(returns), _list(arguments), _list(conduct)
        return '"returns":%s,"arguments":%s,"conduct":%s' % lists

    def conduct(self, place, function):
        changed = [
            '["%s",%d,%d]' % (_hex(name), looked, changed)
            for name, (looked, changed) in list(function.changed.items())
        ]
        callers = [
            '[%d,"%s","%s",%d]' % (line, _hex(file), _hex(name), times)
            for (line, file, name), times in list(function.callers.items())
        ]
        numbers = place, function.ended, function.raised
        return "[%d,%d,%d,%s,%s]" % (*numbers, _list(changed), _list(callers))


def _hex(text):
    return text.encode("utf-8", "replace").hex()


def _arguments(frame):
    """The parameters of a frame by name, with their values now."""
    code = frame.f_code
    stars = (code.co_flags & STAR != 0) + (code.co_flags & STARS != 0)
    count = min(code.co_argcount + code.co_kwonlyargcount + stars, MOST_PARAMETERS)
    values = frame.f_locals
    found = [(name, values[name]) for name in code.co_varnames[:count] if name in values]
    if sys.version_info[:2] == (3, 12):
        # The frame would keep this copy, and with it the values. Before, the copy is written back; later, there is none.
        values.clear()
    return found


def _mark(value):
    """What changes when a list, dict, set or bytearray does, mostly; None for what else there is."""
    kind = type(value)
    if kind is list:
        return id(value), len(value), [id(one) for one in _spread(value)]
    if kind is dict:
        items = _first(value.items())
        return id(value), len(value), [(id(key), id(one)) for key, one in items]
    if kind is set:
        return id(value), len(value), [id(one) for one in _first(value)]
    if kind is bytearray:
        return id(value), len(value), _spread(value)
    return None
