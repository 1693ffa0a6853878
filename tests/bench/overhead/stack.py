"""Works at the bottom of a stack that is 500 deep."""

from progress import step
from work import unit

DEPTH = 500


def descend(depth):
    if depth > 0:
        descend(depth - 1)
    while True:
        unit()
        step()


descend(DEPTH)
