"`orders_etl.match_product` with Rust behind it: what Rust does not take goes to the Python original."

from . import _original
from ._native import match_product
from ._native import use_rust

__all__ = ["match_product", "replacing", "use_rust"]


def replacing(function):
    """Keeps `function` as the original, and gives what takes its place: the decorator that switches it over."""
    _original.keep(function)
    return match_product
