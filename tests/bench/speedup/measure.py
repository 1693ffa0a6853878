"""Times one function in Python and in Rust, in turn: measure.py ROUNDS PROGRAM NATIVE [CLASS].

Prints a JSON object: CPU seconds of each round, by what was timed.
"""

import gc
import importlib
import json
import math
import sys
import time

SHORTEST = 0.02


def same(one, other):
    if isinstance(one, float):
        return math.isclose(one, other, rel_tol=1e-12)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return one == other


def timed(call):
    """Seconds of CPU time of one call, of as many as take long enough to be timed."""
    calls = 0
    start = time.process_time()
    while True:
        call()
        calls += 1
        passed = time.process_time() - start
        if passed >= SHORTEST:
            return passed / calls


def main(rounds, program, native, name_of_class=None):
    program = importlib.import_module(program)
    rust = importlib.import_module("speedup_native")
    made = [getattr(rust, name_of_class)] if name_of_class else []
    original = getattr(program, program.__name__)
    moved = getattr(rust, native)
    if not same(original(*program.inputs()), moved(*program.inputs(*made))):
        sys.exit(f"{native} gives another result than {program.__name__}")
    before, after = program.inputs(), program.inputs(*made)
    calls = {
        "python": lambda: original(*before),
        "rust": lambda: moved(*after),
        "boundary": lambda: moved(*after, work=False),
    }
    seconds = {name: [] for name in calls}
    gc.collect()
    for call in calls.values():
        call()
    for _ in range(int(rounds)):
        for name, call in calls.items():
            seconds[name].append(timed(call))
    print(json.dumps(seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
