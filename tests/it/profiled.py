"""Takes the agent in as Python does at its start, and gives it an order while a profiler is at work, which must not see it."""

import cProfile
import os
import pstats
import sys
import time

here = os.path.dirname(os.path.abspath(__file__))
os.mkfifo(here + "/orders")
orders = os.open(here + "/orders", os.O_RDWR)
with open(here + "/reports", "x"):
    pass
names = {"__name__": "<rustbound>", "folder": here}
for part in ("watch", "enter"):
    with open(here + "/" + part + ".py") as file:
        exec(compile(file.read(), "<rustbound>", "exec"), names)


def work(n):
    return n * n % 7


def main():
    for n in range(500_000):
        if n == 1000:
            os.write(orders, b"calls 1 1000\n")
        work(n)


# The thread is there before the program's first line, and by then asleep.
time.sleep(0.2)
profiler = cProfile.Profile()
profiler.enable()
main()
profiler.disable()
stats = pstats.Stats(profiler).stats
with open(here + "/reports") as file:
    reports = file.read()
assert len(reports.splitlines()) == 2, reports
assert not any("rustbound" in file for file, _, _ in stats), stats
calls = {name: calls for (_, _, name), (_, calls, *_) in stats.items()}
assert calls["work"] == 500_000, stats
# Nobody ended what is the program's.
[within] = [within for (_, _, name), (_, _, _, within, _) in stats.items() if name == "main"]
[of_work] = [own for (_, _, name), (_, _, own, _, _) in stats.items() if name == "work"]
assert within >= of_work, stats
if sys.version_info >= (3, 12):
    assert reports.splitlines()[1] == '{"trouble":"watched","name":"cProfile"}', reports
print("unseen")
