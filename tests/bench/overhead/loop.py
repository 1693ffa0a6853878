"""A plain loop that calls a few small functions."""

from progress import step
from work import unit


def main():
    while True:
        unit()
        step()


main()
