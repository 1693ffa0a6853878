"""Python 3.9 to 3.11: functions are watched by code objects that call something at their entry, put in the place of
their own for a moment.
"""

import sys
from time import monotonic_ns, process_time_ns

GENERATOR, COROUTINE, ASYNC_GENERATOR = 0x20, 0x80, 0x200
AWAITED = COROUTINE | ASYNC_GENERATOR

_collections = _quietly("_collections")


class _Probe:
    """Watches by changed code objects."""

    wants_code = False

    def __init__(self):
        self.changed = []
        # Whether it is known that no profiler is at work.
        self.is_alone = False

    def cost(self):
        without = _nanoseconds_of_a_call()
        self.put(_nothing, _itertools.count().__next__)
        counting = _nanoseconds_of_a_call()
        self.shut()
        return max(1, round(counting - without))

    def watch(self, kind, targets, wait, nanoseconds):
        if not self.is_alone:
            self.is_alone = self.looks_for_profilers(targets)
        if kind == "calls":
            return self.count(targets, wait)
        conduct = _Conduct(len(targets))
        profile = _Profile(targets, conduct, self.shut)
        if not self.is_alone:
            # None of the functions was called yet: a profiler would see ours.
            return monotonic_ns(), monotonic_ns(), 0, conduct.text(), 0
        begun, used = monotonic_ns(), process_time_ns()
        # A profiler takes each value of a generator for a call and a return.
        self.put_all(targets, lambda place: profile.enter, leave=GENERATOR)
        wait()
        self.shut()
        profile.end()
        used = process_time_ns() - used
        return begun, monotonic_ns(), used, conduct.text(), profile.computed()

    def count(self, targets, wait):
        counters = [_itertools.count() for _ in targets]
        self.put_all(targets, lambda place: counters[place].__next__)
        open_, used = monotonic_ns(), process_time_ns()
        wait()
        shut, used = monotonic_ns(), process_time_ns() - used
        counts = [next(counter) for counter in counters]
        self.shut()
        return open_, shut, used, '"calls":' + _list([str(count) for count in counts]), 0

    def looks_for_profilers(self, targets):
        """Raises Trouble where one is at work, and says whether that is known now.

        A profiler is known to its thread alone: the functions themselves ask there, in C, which it does not see."""
        answered = True
        for ask in (sys.getprofile, sys.gettrace):
            seen = _collections.deque(maxlen=64)
            asks = map(seen.append, _itertools.starmap(ask, _itertools.repeat(())))
            self.put_all(targets, lambda place: asks.__next__)
            _pause(0.002)
            self.shut()
            if any(one is not None for one in seen):
                raise Trouble("a profiler")
            answered = answered and len(seen) > 0
        return answered

    def put_all(self, targets, entry, leave=0):
        """Where it can't be done, the function is no target any more; those of the kind to leave stay as they are."""
        for place, functions in enumerate(targets):
            kept = []
            for function in functions:
                if function.__code__.co_flags & leave or self.put(function, entry(place)):
                    kept.append(function)
            functions[:] = kept

    def put(self, function, entry):
        """Says whether it could be done."""
        original = function.__code__
        if original.co_flags & AWAITED:
            return False
        code = _with_entry(original, entry)
        if code is None:
            return False
        self.changed.append((function, original, code))
        function.__code__ = code
        return True

    def shut(self):
        while True:
            try:
                function, original, code = self.changed.pop()
            except IndexError:
                return
            # What somebody else has put there meanwhile is theirs.
            if function.__code__ is code:
                function.__code__ = original


def _pause(seconds):
    lock = _pause_lock
    lock.acquire(True, seconds)


_thread = _quietly("_thread")
_pause_lock = _thread.allocate_lock()
_pause_lock.acquire()

LOAD_CONST, EXTENDED_ARG, POP_TOP = 100, 144, 1
CALL_FUNCTION = 131
PUSH_NULL, PRECALL, CALL, RESUME = 2, 166, 171, 151
# JUMP_IF_FALSE_OR_POP to POP_JUMP_IF_TRUE, and JUMP_IF_NOT_EXC_MATCH: to a place from the beginning.
ABSOLUTE_JUMPS = (111, 112, 113, 114, 115, 121)


def _with_entry(code, entry):
    """The code object with a call of `entry` before all else; None where that can't be done safely."""
    constant = len(code.co_consts)
    if constant > 0xFFFF:
        return None
    load = bytes((EXTENDED_ARG, constant >> 8)) if constant > 0xFF else b""
    load += bytes((LOAD_CONST, constant & 0xFF))
    if sys.version_info >= (3, 11):
        call = bytes((PUSH_NULL, 0)) + load + bytes((PRECALL, 0, 0, 0, CALL, 0) + (0,) * 8 + (POP_TOP, 0))
        parts = _after_resume(code, call)
    else:
        parts = _at_beginning(code, load + bytes((CALL_FUNCTION, 0, POP_TOP, 0)))
    if parts is None:
        return None
    return code.replace(co_consts=code.co_consts + (entry,), co_stacksize=code.co_stacksize + 3, **parts)


def _at_beginning(code, call):
    """Before 3.11: jumps that count from the beginning go as much further as the call is long."""
    # From 3.10 on they count instructions.
    unit = 2 if sys.version_info >= (3, 10) else 1
    further = len(call) // unit
    text = bytearray(code.co_code)
    place = 0
    while place < len(text):
        begun, argument = place, 0
        while text[place] == EXTENDED_ARG:
            argument = argument << 8 | text[place + 1]
            place += 2
        opcode, argument = text[place], argument << 8 | text[place + 1]
        if opcode in ABSOLUTE_JUMPS:
            if argument < 0:
                return None
            argument += further
            if argument >> 8 * ((place - begun) // 2 + 1):
                # It would take another EXTENDED_ARG, and that other jumps go further.
                return None
            for at in range(place, begun - 1, -2):
                text[at + 1] = argument & 0xFF
                argument >>= 8
        place += 2
    parts = {"co_code": call + bytes(text)}
    lines = bytes((len(call), 0))
    if sys.version_info >= (3, 10):
        parts["co_linetable"] = lines + code.co_linetable
    else:
        parts["co_lnotab"] = lines + code.co_lnotab
    return parts


def _after_resume(code, call):
    """3.11: jumps are relative, and none crosses this place."""
    text = code.co_code
    place = 0
    while text[place] != RESUME:
        place += 2
        if place >= len(text):
            return None
    place += 2
    units = len(call) // 2
    lines = _lines_with(code.co_linetable, place // 2, units)
    handlers = _handlers_with(code.co_exceptiontable, place // 2, units)
    if lines is None or handlers is None:
        return None
    return {
        "co_code": text[:place] + call + text[place:],
        "co_linetable": lines,
        "co_exceptiontable": handlers,
    }


def _lines_with(table, place, units):
    """The table of positions with an entry without one for so many instructions."""
    at, unit = 0, 0
    while at < len(table) and unit < place:
        unit += (table[at] & 7) + 1
        at += 1
        while at < len(table) and not table[at] & 0x80:
            at += 1
    if unit != place:
        return None
    none = b""
    while units > 0:
        length = min(units, 8)
        none += bytes((0x80 | 15 << 3 | length - 1,))
        units -= length
    return table[:at] + none + table[at:]


def _handlers_with(table, place, units):
    """The table of exception handlers, of which all are further on."""
    numbers, number = [], 0
    for byte in table:
        number = number << 6 | byte & 63
        if not byte & 64:
            numbers.append(number)
            number = 0
    moved = bytearray()
    for row in range(0, len(numbers) - 3, 4):
        start, length, target, rest = numbers[row : row + 4]
        if start < place or target < place:
            return None
        first = len(moved)
        for number in (start + units, length, target + units, rest):
            moved += _varint(number)
        moved[first] |= 128
    return bytes(moved)


def _varint(number):
    digits = [number & 63]
    while number > 63:
        number >>= 6
        digits.append(number & 63 | 64)
    return bytes(reversed(digits))


class _Profile:
    """Before 3.12: a profile function in the thread that first calls one of the functions, for some calls."""

    MOST_EVENTS = 2000
    LONGEST = 20_000_000
    # What one event costs beyond what is measured inside, in nanoseconds: measured as 200 to 330 for an empty function.
    EVENT = 330

    def __init__(self, targets, conduct, shut):
        self.places = {
            id(function.__code__): place
            for place, functions in enumerate(targets)
            for function in functions
            if not function.__code__.co_flags & GENERATOR
        }
        self.conduct = conduct
        self.shut = shut
        self.events = 0
        self.until = None
        self.is_over = False

    def computed(self):
        return self.conduct.computed + self.events * self.EVENT

    def enter(self):
        """Called at the entry of the functions."""
        if self.until is not None or self.is_over:
            return
        try:
            self.until = monotonic_ns() + self.LONGEST
            self.shut()
            if sys.getprofile() is None and sys.gettrace() is None:
                sys.setprofile(self.event)
        except Exception:
            self.is_over = True

    def event(self, frame, event, value):
        self.events += 1
        try:
            place = self.places.get(id(frame.f_code))
            if place is not None and event == "call":
                self.conduct.enter(place, frame)
            elif place is not None and event == "return":
                self.returned(place, frame, value)
        except Exception:
            self.is_over = True
        if self.is_over or self.events >= self.MOST_EVENTS or monotonic_ns() >= self.until:
            sys.setprofile(None)

    def returned(self, place, frame, value):
        # None is given for an exception too: then it did not stand at a return.
        if value is None and frame.f_code.co_code[frame.f_lasti] != RETURN_VALUE:
            self.conduct.end(frame, raised=True)
        elif not self.conduct.leave(place, frame, value):
            functions = self.conduct.functions
            self.is_over = all(one.begun >= MOST_CALLS and one.called >= MOST_CALLED for one in functions)

    def end(self):
        self.is_over = True


RETURN_VALUE = 83
