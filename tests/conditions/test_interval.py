"""Two bounds of one value are asked as one, and mean what they meant."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conditions.strategies import Person
from privflow.conditions import NOWHERE, Condition, Facts, Truth, attr
from privflow.conditions.interval import Interval, with_intervals
from privflow.conditions.node import And
from privflow.conditions.reference import truth_of
from privflow.facts import Contact, Timeline
from privflow.timing import Instant

NOW = Instant(0)
bounds = st.sampled_from([-1, 0, 1, 2, 0.5, 1.5, Decimal(1), 10**20])
values = st.sampled_from([
    None,
    True,
    False,
    0,
    1,
    2,
    0.5,
    Decimal("0.5"),
    float("nan"),
    "1",
    10**20,
])


@st.composite
def bounded(draw: st.DrawFn) -> Condition:
    n = attr.n
    if draw(st.booleans()):
        n = n.fill(draw(values.filter(lambda v: v is not None and v == v)))  # noqa: PLR0124 - not NaN
    low = n > draw(bounds) if draw(st.booleans()) else n >= draw(bounds)
    high = n < draw(bounds) if draw(st.booleans()) else n <= draw(bounds)
    return low & high if draw(st.booleans()) else high & low


@given(bounded(), values)
@settings(max_examples=500)
def test_an_interval_means_both_of_its_bounds(condition, value):
    """C3, C6."""
    person = Person(Contact("c", attributes={"n": value}), Timeline())
    meant = truth_of(condition.node, Facts(person, 0, NOWHERE))
    assert condition.holds(person, NOW) is (meant is Truth.YES)
    assert (~condition).holds(person, NOW) is (meant is Truth.NO)
    outside = ~condition | (attr.never == 1)
    assert (~outside).holds(person, NOW) is False


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ((attr.n > 1) & (attr.n < 3), 1),
        ((attr.n < 3) & (attr.s == "a") & (attr.n >= 1), 2),
        ((attr.n > 1) & (attr.n > 2) & (attr.n < 3), 2),
        ((attr.n > 1) & (attr.m < 3), 2),
        ((attr.n > 1) & (attr.n.fill(0) < 3), 2),
        ((attr.n > 1) & (attr.n < Decimal(3)), 2),
        ((attr.n > 1) & (attr.n == 3), 2),
        ((attr.n > 1) & (attr.n < 3) & (attr.n > 0) & (attr.n <= 9), 2),
    ],
    ids=repr,
)
def test_a_lower_and_an_upper_bound_of_one_value_are_one(condition, count):
    node = condition.node
    assert isinstance(node, And)
    assert len(with_intervals(node.parts)) == count


def test_an_interval_stands_where_its_first_bound_stood():
    node = ((attr.n < 3) & (attr.s == "a") & (attr.n >= 1)).node
    assert isinstance(node, And)
    first, second = with_intervals(node.parts)
    assert first == Interval(node.parts[2], node.parts[0])
    assert second == node.parts[1]
