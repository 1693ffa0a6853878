"""Python 3.12 and later: functions are watched by local events of `sys.monitoring`."""

import sys
from time import monotonic_ns, process_time_ns

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
        self.watch("calls", [[_nothing.__code__]], lambda: with_.append(_nanoseconds_of_a_call()))
        return max(1, round(with_[0] - without))

    def watch(self, kind, targets, wait):
        monitoring = sys.monitoring
        events = monitoring.events
        places = {id(code): place for place, codes in enumerate(targets) for code in codes}
        codes = [code for codes in targets for code in codes]
        monitoring.use_tool_id(self.TOOL, "rustbound")
        self.watched = codes
        if kind == "calls":
            counts = dict.fromkeys(places, 0)
            monitoring.register_callback(self.TOOL, events.PY_START, _counter(counts))
            event = events.PY_START
        else:
            conduct = _Conduct(len(targets))
            started, returned = _lookers(places, conduct)
            monitoring.register_callback(self.TOOL, events.PY_START, started)
            monitoring.register_callback(self.TOOL, events.PY_RETURN, returned)
            event = events.PY_START | events.PY_RETURN
            codes = [code for code in codes if not code.co_flags & RESUMED]
        for code in codes:
            monitoring.set_local_events(self.TOOL, code, event)
        open_, used = monotonic_ns(), process_time_ns()
        wait()
        shut, used = monotonic_ns(), process_time_ns() - used
        if kind != "calls":
            self.shut()
            conduct.missing()
            return open_, shut, used, conduct.text(), conduct.computed
        counts = counts.copy()
        self.shut()
        sums = [sum(counts[id(code)] for code in codes) for codes in targets]
        return open_, shut, used, '"calls":' + _list([str(count) for count in sums]), 0

    def shut(self):
        watched, self.watched = self.watched, None
        if watched is None:
            return
        monitoring = sys.monitoring
        try:
            for code in watched:
                monitoring.set_local_events(self.TOOL, code, 0)
            for event in (monitoring.events.PY_START, monitoring.events.PY_RETURN):
                monitoring.register_callback(self.TOOL, event, None)
            monitoring.free_tool_id(self.TOOL)
        except ValueError:
            # Another thread was here first.
            pass


def _counter(counts, id=id):
    def started(code, offset):
        counts[id(code)] += 1

    return started


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
