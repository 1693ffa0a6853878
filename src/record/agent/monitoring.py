"""Python 3.12 and later: functions are watched by local events of `sys.monitoring`."""

import sys
from time import monotonic_ns, process_time_ns, thread_time_ns

GENERATOR, COROUTINE, ASYNC_GENERATOR = 0x20, 0x80, 0x200
RESUMED = GENERATOR | COROUTINE | ASYNC_GENERATOR


class _Probe:
    """Watches by events."""

    wants_code = True
    TOOL = 4

    def __init__(self):
        self.watched = None

    def cost(self):
        """What counting one call takes, in nanoseconds."""
        without = _nanoseconds_of_a_call()
        with_ = []
        self.watch("calls", [[_nothing.__code__]], lambda: with_.append(_nanoseconds_of_a_call()), None)
        return max(1, round(with_[0] - without))

    def watch(self, kind, targets, wait, nanoseconds):
        monitoring = sys.monitoring
        events = monitoring.events
        places = {id(code): place for place, codes in enumerate(targets) for code in codes}
        codes = [code for codes in targets for code in codes]
        monitoring.use_tool_id(self.TOOL, "rustbound")
        self.watched = codes
        if kind == "calls":
            counts = dict.fromkeys(places, 0)
            yields = dict.fromkeys([id(code) for code in codes if code.co_flags & RESUMED == GENERATOR], 0)
            end = _End(self, counts, yields)
            monitoring.register_callback(self.TOOL, events.PY_START, _counter(counts, end))
            monitoring.register_callback(self.TOOL, events.PY_YIELD, _counter(yields, end))
            event = events.PY_START
        else:
            conduct = _Conduct(len(targets))
            started, returned = _lookers(places, conduct)
            monitoring.register_callback(self.TOOL, events.PY_START, started)
            monitoring.register_callback(self.TOOL, events.PY_RETURN, returned)
            event = events.PY_START | events.PY_RETURN
            codes = [code for code in codes if not code.co_flags & RESUMED]
        for code in codes:
            yielding = events.PY_YIELD if kind == "calls" and id(code) in yields else 0
            monitoring.set_local_events(self.TOOL, code, event | yielding)
        open_, before = monotonic_ns(), process_time_ns()
        if kind == "calls" and nanoseconds is not None:
            end.due = open_ + nanoseconds
        wait()
        if kind != "calls":
            shut, used = monotonic_ns(), process_time_ns() - before
            self.shut()
            conduct.missing()
            return open_, shut, used, conduct.text(), conduct.computed
        end.come()
        counted = '"calls":%s,"yields":%s' % (_sums(targets, end.counts), _sums(targets, end.yields))
        return open_, end.shut, end.used - before, counted, end.computed

    def shut(self):
        watched, self.watched = self.watched, None
        if watched is None:
            return
        monitoring = sys.monitoring
        try:
            for code in watched:
                monitoring.set_local_events(self.TOOL, code, 0)
            events = monitoring.events
            for event in (events.PY_START, events.PY_RETURN, events.PY_YIELD):
                monitoring.register_callback(self.TOOL, event, None)
            monitoring.free_tool_id(self.TOOL)
        except ValueError:
            # Another thread was here first.
            pass


class _End:
    """The end of a window: when its time is over, in the thread that notices first.

    Ours would have to wait for the interpreter lock, while the program pays for each call.
    """

    def __init__(self, probe, counts, yields):
        self.probe = probe
        self.running = counts, yields
        self.counts = None
        self.yields = None
        self.computed = 0
        self.due = float("inf")

    def come(self):
        if self.counts is None:
            begun = thread_time_ns()
            self.counts, self.yields = [counts.copy() for counts in self.running]
            self.shut, self.used = monotonic_ns(), process_time_ns()
            self.probe.shut()
            self.computed = thread_time_ns() - begun


def _counter(counts, end, id=id, now=monotonic_ns):
    def counted(code, offset, value=None):
        key = id(code)
        count = counts[key] = counts[key] + 1
        if not count & 63 and now() >= end.due:
            try:
                end.come()
            except Exception:
                pass

    return counted


def _sums(targets, counts):
    """For each target what was counted of its code objects."""
    return _list([str(sum(counts.get(id(code), 0) for code in codes)) for codes in targets])


def _lookers(places, conduct, id=id, frame=sys._getframe):
    """What is called at the start and at the return of functions."""
    disable = sys.monitoring.DISABLE

    def started(code, offset):
        try:
            return None if conduct.enter(places[id(code)], frame(1)) else disable
        except Exception:
            return disable

    def returned(code, offset, value):
        try:
            return None if conduct.leave(places[id(code)], frame(1), value) else disable
        except Exception:
            return disable

    return started, returned
