"""What counting a call costs: measured on a function that does nothing."""

from time import thread_time_ns


def _nothing():
    pass


def _nanoseconds_of_a_call(calls=400):
    """The fastest of some rounds: what disturbs a round only makes it longer."""
    best = None
    for _ in range(4):
        begun = thread_time_ns()
        for _ in range(calls):
            _nothing()
        took = (thread_time_ns() - begun) / calls
        best = took if best is None else min(best, took)
    return best
