"Does `write_orders_rs` do what `orders_etl.write_orders` does?"

import pytest
import rustbound_testing as testing
from rustbound_testing import call

import write_orders_rs as package
from write_orders_rs import _original

FUNCTION = package.write_orders

# Calls to compare the two with. Add what your program calls it with: `call(1, key="x")`.
# None are made up here:
#   it calls `open`, which may do more than compute.
EXAMPLES = [
]


def test_signature_is_the_original_s():
    testing.check_signature(FUNCTION, _original.resolve())


def test_docstring_is_the_original_s():
    testing.check_docstring(FUNCTION, _original.resolve())


def test_arguments_reach_the_original_as_they_were_given(monkeypatch):
    testing.check_forwarding(FUNCTION, package, monkeypatch)


def test_wrong_arguments_are_refused(monkeypatch):
    testing.check_refusals(FUNCTION, package, monkeypatch)


def test_result_is_the_original_s():
    if not EXAMPLES:
        pytest.skip("no examples: it calls `open`, which may do more than compute")
    testing.check_parity(FUNCTION, _original.resolve(), EXAMPLES)
