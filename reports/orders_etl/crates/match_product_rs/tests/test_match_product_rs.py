"Does `match_product_rs` do what `orders_etl.match_product` does?"

import pytest
import rustbound_testing as testing
from rustbound_testing import call

import match_product_rs as package
from match_product_rs import _original

FUNCTION = package.match_product

# Calls to compare the two with. Add what your program calls it with: `call(1, key="x")`.
EXAMPLES = [
    call("kitten 12", ["kitten 12", "", "a"]),
    call("kitten 12", ["kitten 12", "", "a"], 3),
    call("kitten 12", [], 0),
    call("", ["kitten 12"], 1),
    call("a", ["kitten 12", "", "a", "Sitting,12", "Äpfel λ 🦀", "\ud800", " \t\n"], -1),
    call("Sitting,12", ["kitten 12", "", "a"], 10),
    call("Äpfel λ 🦀", [], 2**63),
    call("\ud800", ["kitten 12"], True),
    call(" \t\n", ["kitten 12", "", "a", "Sitting,12", "Äpfel λ 🦀", "\ud800", " \t\n"], 3),
    call("kitten 12", ["kitten 12", "", "a"], 2),
    call("", [], 2),
    call("a", ["kitten 12"], 0),
    call("Sitting,12", ["kitten 12", "", "a", "Sitting,12", "Äpfel λ 🦀", "\ud800", " \t\n"], 1),
    call("Äpfel λ 🦀", ["kitten 12", "", "a"], -1),
    call("\ud800", [], 10),
    call(" \t\n", ["kitten 12"], 2**63),
    call("kitten 12", ["kitten 12", "", "a", "Sitting,12", "Äpfel λ 🦀", "\ud800", " \t\n"], True),
    call("", ["kitten 12", "", "a"], 3),
    call("a", ["kitten 12", "", "a"], 3),
    call("Sitting,12", ["kitten 12", "", "a"], 3),
    call("Äpfel λ 🦀", ["kitten 12", "", "a"], 3),
    call("\ud800", ["kitten 12", "", "a"], 3),
    call(" \t\n", ["kitten 12", "", "a"], 3),
    call("kitten 12", [], 3),
    call("kitten 12", ["kitten 12"], 3),
    call("kitten 12", ["kitten 12", "", "a", "Sitting,12", "Äpfel λ 🦀", "\ud800", " \t\n"], 3),
    call("kitten 12", ["kitten 12", "", "a"], 0),
    call("kitten 12", ["kitten 12", "", "a"], 1),
    call("kitten 12", ["kitten 12", "", "a"], -1),
    call("kitten 12", ["kitten 12", "", "a"], 10),
    call("kitten 12", ["kitten 12", "", "a"], 2**63),
    call("kitten 12", ["kitten 12", "", "a"], True),
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
