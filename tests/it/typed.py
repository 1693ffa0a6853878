"""Functions whose arguments have known types, and spend their time with them."""
import sys
import time
from collections import OrderedDict
from decimal import Decimal

try:
    import numpy
except ImportError:
    numpy = None


class Point:
    pass


def spin():
    total = 0
    for number in range(2000):
        total += number


def plain(i: int, big: int, f: float, s: str, b: bytes, none: None, flag: bool):
    spin()


def containers(xs: list, pair: tuple, row: tuple, some: set, frozen: frozenset, table: dict, lists: dict, nested: list):
    spin()


def others(point: Point, decimal: Decimal, ordered: OrderedDict, text: str = "é", *rest, key: int = 3, **more):
    spin()


def mixed(x):
    spin()


def shared(a: int, b: str):
    def inner():
        return a, b

    spin()
    return inner


def arrays(matrix, vector):
    spin()


def main():
    end = time.monotonic() + float(sys.argv[1])
    xs = list(range(1000))
    point, decimal, ordered = Point(), Decimal(3), OrderedDict(a=1)
    while time.monotonic() < end:
        plain(5, 2**100, 1.5, "text", b"bytes", None, True)
        containers(
            xs, (1, "a"), tuple(range(20)), {1, 2}, frozenset("ab"), {"a": 1.5}, {"a": [1], "b": [None]}, [[1.0], []]
        )
        others(point, decimal, ordered, "ж", 1, "two", key=7, z=3)
        mixed(1)
        mixed(None)
        shared(1, "x")
        if numpy:
            arrays(numpy.zeros((3, 4)), numpy.zeros(5, dtype=numpy.int32))


main()
