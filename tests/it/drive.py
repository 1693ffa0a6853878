"""Drives the agent's files in this folder as rustbound does, with a window in which a known number of calls is made."""

import os
import sys

names = {"__name__": "<rustbound>"}
probe = "monitoring" if sys.version_info >= (3, 12) else "rewriting"
for part in ("values", "conduct", "search", "cost", probe, "agent"):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), part + ".py")) as file:
        exec(compile(file.read(), "<rustbound>", "exec"), names)


def watched(rows, n):
    for _ in range(2):
        n += 1
    rows.append(n)
    if n % 10 == 0:
        raise KeyError(n)
    return {n: str(n)}


def yielding(n):
    for part in range(3):
        try:
            yield n + part
        except ValueError:
            yield -1


left = []


class Stop:
    """In the place of the lock that a window waits at."""

    def acquire(self, *how):
        for n in range(1000):
            try:
                watched([], n)
            except KeyError:
                pass
            assert list(yielding(n)) == [n, n + 1, n + 2]
        # One that never begins, one that goes on after the window, and one that is thrown into.
        left[:] = yielding(1), yielding(5), yielding(7)
        assert next(left[1]) == 5 and next(left[2]) == 7
        assert left[2].throw(ValueError) == -1
        return False


def name(function):
    code = function.__code__
    words = code.co_firstlineno, code.co_filename.encode().hex(), function.__qualname__.encode().hex()
    return "%d:%s:%s" % words


reports = []
before = watched.__code__, yielding.__code__
agent = names["Agent"](reports.append, Stop(), 0)
agent.follow("functions " + name(watched) + " " + name(yielding))
# A fork between windows does not cost the next one.
agent.cut()
agent.follow("calls 1 1000000000")
# The functions answer whether a profiler is at work only when they are called meanwhile.
agent.probe.is_alone = True
agent.follow("values 2 1000000000")
assert '"calls":[1000,1002]' in reports[0], reports
assert sys.version_info < (3, 12) or '"yields":[0,3003]' in reports[0], reports
assert '[0,{"dict":[["int"],["str"]]},' in reports[1], reports
assert '"arguments":[[0,"726f7773",{"list":[]},32,[0,0,[[0,32]]]],[0,"6e","int",32,[' in reports[1], reports
# Numbers from 0 or 1 on, by how many bits their numbers of bits take.
digits = "[[0,1],[1,1],[2,6],[4,24]]" if sys.version_info >= (3, 12) else "[[1,1],[2,6],[4,25]]"
assert digits in reports[1], reports
# Three of them raise. All change what they were given, which from 3.12 on is told of those that return.
looked = 29 if sys.version_info >= (3, 12) else 32
assert '"conduct":[[0,32,3,[["726f7773",%d,%d]]' % (looked, looked) in reports[1], reports
assert (watched.__code__, yielding.__code__) == before
assert watched.__code__ is before[0]
assert list(left[0]) == [1, 2, 3] and list(left[1]) == [6, 7] and list(left[2]) == [8, 9]
assert not hasattr(sys, "monitoring") or sys.monitoring.get_tool(4) is None
print("driven")
