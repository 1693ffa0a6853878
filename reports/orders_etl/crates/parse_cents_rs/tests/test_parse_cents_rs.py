"Does `parse_cents_rs` do what `orders_etl.parse_cents` does?"

import pytest
import rustbound_testing as testing
from rustbound_testing import call

import parse_cents_rs as package
from parse_cents_rs import _original

FUNCTION = package.parse_cents

# Calls to compare the two with. Add what your program calls it with: `call(1, key="x")`.
EXAMPLES = [
    call("kitten 12"),
    call(""),
    call("a"),
    call("Sitting,12"),
    call("Äpfel λ 🦀"),
    call("\ud800"),
    call(" \t\n"),
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
        pytest.skip("no examples: none were given")
    testing.check_parity(FUNCTION, _original.resolve(), EXAMPLES)
