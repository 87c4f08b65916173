"""A column adds up any stretch of its rows, and never forgets an older version."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import fsum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privflow.facts import Value, divided, is_number
from privflow.facts.column import Column

LARGE = 1 << 63
exact = st.sampled_from([0, 1, -1, 7, LARGE - 1, LARGE, -LARGE, 10**30, Decimal("0.1")])
others = st.sampled_from([None, "a", True, (1, 2)])
floats = st.sampled_from([0.1, 1e16, -0.0])
mixed = st.lists(exact | others | floats, max_size=12)
values = st.one_of(mixed, st.lists(exact | others, min_size=2, max_size=9))


def column_of(rows: Sequence[Value | None]) -> Column:
    column = Column([])
    for row in rows:
        column = column.appended(row)
    return column


def check(column: Column, rows: Sequence[Value | None]) -> None:
    for low in range(len(rows) + 1):
        for high in range(low, len(rows) + 1):
            numbers = [value for value in rows[low:high] if is_number(value)]
            assert column.count(low, high) == len(numbers)
            total = naive_sum(numbers)
            assert column.total(low, high) == total
            mean = column.mean(low, high)
            if not numbers:
                assert mean is None
            elif any(isinstance(value, float) for value in numbers):
                assert mean == total / len(numbers)
            elif any(isinstance(value, Decimal) for value in numbers):
                assert isinstance(mean, Decimal)
            else:
                assert mean == divided(int(total), len(numbers))
                assert isinstance(mean, float)


def naive_sum(numbers: list[int | float | Decimal]) -> Fraction | float:
    """With fractions, which never round; a float as soon as there is one."""
    found = [value for value in numbers if isinstance(value, float)]
    whole = sum((Fraction(n) for n in numbers if not isinstance(n, float)), Fraction())
    return fsum([*found, float(whole)]) if found else whole


@given(values)
@settings(max_examples=200)
def test_every_stretch_is_added_up_like_a_list_of_fractions(rows):
    """C7a."""
    check(column_of(rows), rows)


@given(values, values, values)
@settings(max_examples=100)
def test_what_comes_later_changes_no_older_version(rows, later, others):
    old = column_of(rows)
    new = old
    for row in later:
        new = new.appended(row)
    check(old, rows)
    check(new, [*rows, *later])
    branch = old.first_rows(len(rows))
    for row in others:
        branch = branch.appended(row)
    check(branch, [*rows, *others])
    check(new, [*rows, *later])


@pytest.mark.parametrize(
    ("rows", "small"),
    [([1, 2], True), ([LARGE - 1], True), ([LARGE - 1, 1], False), ([-LARGE], False)],
)
def test_small_whole_numbers_lie_close_together(rows, small):
    assert isinstance(column_of(rows).sums, array) is small


def test_a_column_that_stays_what_it_is_is_not_made_again():
    column = column_of([1, None, 2])
    assert column.appended(3).appended("a") is column
    assert column.appended(-1) is not column


def test_the_mean_of_whole_numbers_does_not_depend_on_their_neighbours():
    """C6: what the running sums of Decimals give back is no whole number any more."""
    check(column_of([Decimal("0.1"), 7, 8]), [Decimal("0.1"), 7, 8])


def test_counts_are_kept_where_a_row_lacks_a_number():
    assert column_of([1, 2]).counts is None
    assert column_of(["a", None]).counts is None
    assert list(column_of([1, None, 2]).counts or ()) == [0, 1, 1, 2]
    assert list(column_of(["a", 0.5]).counts or ()) == [0, 0, 1]
