"""Fading by half-lives in whole numbers: exact where it can be, and always the same."""

from __future__ import annotations

from decimal import Decimal, localcontext

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from privflow.rules.fading import NANOS, faded, fades_below
from privflow.timing import span

DAY = span("1d").us
MONTH = span("30d").us
amounts = st.integers(1, 10**24)
half_lives = st.sampled_from([1, 2, 7, 1_000, DAY, MONTH, span("20000w").us])
ages = st.integers(0, span("20000w").us)


@pytest.mark.parametrize(
    ("nanos", "age", "half_life", "left"),
    [
        (8 * NANOS, 0, DAY, 8 * NANOS),
        (8 * NANOS, DAY, DAY, 4 * NANOS),
        (8 * NANOS, 3 * DAY, DAY, NANOS),
        (-8 * NANOS, DAY, DAY, -4 * NANOS),
        (1, DAY, DAY, 0),
        (-1, DAY, DAY, 0),
        (0, DAY, DAY, 0),
        (10**24, 10**18, 1, 0),
        (100 * NANOS, 15 * DAY, 30 * DAY, 70_710_678_118),
        (100 * NANOS, 1, 30 * DAY, 99_999_999_999),
    ],
)
def test_what_is_left_is_known_to_the_billionth(nanos, age, half_life, left):
    """R2: the same numbers on every machine."""
    assert faded(nanos, age, half_life) == left


@given(amounts, ages, half_lives)
def test_it_is_the_power_of_two_rounded_down(nanos, age, half_life):
    """Against decimals of 60 digits, by another way altogether."""
    with localcontext(prec=60):
        exact = nanos * Decimal(2) ** (-Decimal(age) / half_life)
    left = faded(nanos, age, half_life)
    # Parts of a half-life are cut to 48 places, which leaves a little more.
    assert (
        exact * (1 - Decimal(10) ** -30) - 1 <= left <= exact * (1 + Decimal(2) ** -48)
    )


@given(amounts, ages, st.integers(0, 10), half_lives)
def test_it_never_rises_with_age(nanos, age, more, half_life):
    assert faded(nanos, age + more, half_life) <= faded(nanos, age, half_life)


@given(st.integers(1, 10**15), st.integers(0, 40), half_lives)
def test_it_does_not_rise_where_one_half_life_ends(nanos, halves, half_life):
    edge = halves * half_life
    around = [faded(nanos, max(edge + step, 0), half_life) for step in (-1, 0, 1)]
    assert around == sorted(around, reverse=True)


@given(amounts, amounts, half_lives)
@example(8 * NANOS, 8 * NANOS, 1)
@example(1, 1, MONTH)
def test_the_instant_of_falling_below_is_exact(one, other, half_life):
    """C7 for scores: not a microsecond early, and not one late."""
    nanos, floor = max(one, other), min(one, other)
    age = fades_below(nanos, floor, half_life)
    assert faded(nanos, age, half_life) < floor
    assert age == 0 or faded(nanos, age - 1, half_life) >= floor
