"`traffic_simulation.Road.draw` with Rust behind it: what Rust does not take goes to the Python original."

from . import _native
from . import _original
from ._native import use_rust

__all__ = ["draw", "replacing", "use_rust"]


def draw(self, count):
    "A random number for each vehicle."
    return _native.call(self, count)


draw.__name__ = "draw"
draw.__qualname__ = "Road.draw"


def replacing(function):
    """Keeps `function` as the original, and gives what takes its place: the decorator that switches it over."""
    _original.keep(function)
    draw.__module__ = function.__module__
    return draw
