"""Goes down a recursion that is 15,000 deep, and up again, and works a little at each level."""

import sys
import threading

from progress import step
from work import mix

DEPTH = 15_000
LEVELS_OF_A_UNIT = 100


def descend(depth):
    if depth == 0:
        return 0
    if depth % LEVELS_OF_A_UNIT == 0:
        step()
    below = mix(descend(depth - 1), depth)
    return mix(below & 1023, depth)


def main():
    while True:
        descend(DEPTH)


sys.setrecursionlimit(DEPTH + 1_000)
if sys.version_info >= (3, 11):
    main()
else:
    # Up to 3.10 each call takes some of the C stack too.
    threading.stack_size(1 << 29)
    threading.Thread(target=main).start()
