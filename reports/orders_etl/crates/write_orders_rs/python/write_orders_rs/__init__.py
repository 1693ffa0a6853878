"`orders_etl.write_orders` with Rust behind it: what Rust does not take goes to the Python original."

from . import _original
from ._native import write_orders
from ._native import use_rust

__all__ = ["write_orders", "replacing", "use_rust"]


def replacing(function):
    """Keeps `function` as the original, and gives what takes its place: the decorator that switches it over."""
    _original.keep(function)
    return write_orders
