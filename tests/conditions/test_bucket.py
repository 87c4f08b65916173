"""Splits are sticky, even and the same in every process (J5)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.conditions import chosen, share_of

# GrowthBook SDK specification 0.8.0 (MIT), `hash`, version 2.
VECTORS = [
    ("seed", "a", 0.0505),
    ("seed", "b", 0.2696),
    ("foo", "ab", 0.2575),
    ("foo", "def", 0.2019),
    ("89123klj", "8952klfjas09ujkasdf", 0.124),
    ("90850943850283058242805", "123", 0.7516),
    ("()**(%$##$%#$#", '___)((*":&', 0.0128),
]


@pytest.mark.parametrize(("seed", "subject", "share"), VECTORS)
def test_shares_are_those_of_the_specification(seed, subject, share):
    """J5."""
    assert share_of(seed, subject) == share


@given(st.text(), st.text())
def test_a_share_lies_between_0_and_1(seed, subject):
    assert 0 <= share_of(seed, subject) < 1


def test_shares_are_chosen_in_proportion():
    """J5."""
    shares = {"A": 0.2, "B": 0.3, "C": 0.5}
    names = [chosen(shares, "pilot", f"c-{i}") for i in range(10_000)]
    for name, share in shares.items():
        assert abs(names.count(name) - share * 10_000) < 200


def test_shares_that_end_below_1_leave_the_rest_to_the_last():
    assert chosen({"A": 0.0, "B": 0.0}, "pilot", "c") == "B"
    assert chosen({"A": 1.0, "B": 0.0}, "pilot", "c") == "A"
    assert chosen({}, "pilot", "c") == ""
