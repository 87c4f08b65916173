"""Running sums of floats: none is kept, and each is rounded once."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from privflow.facts import Column, minus
from privflow.segments.fall import SumsLeft

floats = st.floats(-1e6, 1e6)


@given(st.lists(floats, min_size=1, max_size=8), st.data())
def test_what_is_left_is_the_sum_up_to_the_end(values, data):
    """C7a: as the column says, and nothing behind the end counts."""
    column = Column([])
    for value in values:
        column = column.appended(value)
    past = data.draw(st.integers(0, len(values)))
    sums = SumsLeft(column, past)
    assert len(sums) == past + 1
    for low in range(past + 1):
        assert minus(sums[past], sums[low]) == Decimal(column.total(low, past))
