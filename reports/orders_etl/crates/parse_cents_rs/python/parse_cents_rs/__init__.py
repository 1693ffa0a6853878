"`orders_etl.parse_cents` with Rust behind it: what Rust does not take goes to the Python original."

from . import _original
from ._native import parse_cents
from ._native import use_rust

__all__ = ["parse_cents", "replacing", "use_rust"]


def replacing(function):
    """Keeps `function` as the original, and gives what takes its place: the decorator that switches it over."""
    _original.keep(function)
    return parse_cents
