"""Values are taken in once, cleanly, and then never change."""

from __future__ import annotations

import pickle
from collections import UserDict
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, IntEnum

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.errors import DefinitionError, NaiveTimeError
from privflow.facts import EMPTY, Properties, properties_of, value_of
from privflow.facts.number import added_up, divided
from privflow.timing import instant


class Level(IntEnum):
    HIGH = 3


class City(str, Enum):  # noqa: UP042 - also the older way
    SHANGHAI = "上海"


class Long(float):
    pass


class Money(Decimal):
    pass


class Day(date):
    pass


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("上海", "上海"),
        (True, True),
        (5, 5),
        (-0.0, -0.0),
        (Decimal("1.50"), Decimal("1.50")),
        (date(2026, 1, 2), date(2026, 1, 2)),
        (datetime(2026, 1, 2, tzinfo=UTC), instant("2026-01-02T00:00Z")),
        (instant("2026-01-02T00:00Z"), instant("2026-01-02T00:00Z")),
        ([1, None, float("nan"), "a"], (1, "a")),
        ((), ()),
        (None, None),
        (float("nan"), None),
        (Decimal("NaN"), None),
        (Decimal("sNaN"), None),
        (Long("nan"), None),
        (Level.HIGH, 3),
        (City.SHANGHAI, "上海"),
        (Long(1.5), 1.5),
        (Money("1.5"), Decimal("1.5")),
        (Day(2026, 1, 2), date(2026, 1, 2)),
        (10**300 - 1, 10**300 - 1),
    ],
)
def test_a_value_is_kept_without_its_subclass(given, kept):
    """C7a: NaN becomes missing."""
    found = value_of("x", given)
    assert found == kept
    assert type(found) is type(kept)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (float("inf"), DefinitionError, "x: got inf"),
        (Decimal("-Infinity"), DefinitionError, "x: got Decimal('-Infinity')"),
        ([1, float("inf")], DefinitionError, "x[1]: got inf"),
        (10**300, DefinitionError, "x: got a number of more than 300 digits"),
        (-(10**4_000), DefinitionError, "x: got a number of more than 300 digits"),
        (1e300, DefinitionError, "x: got a number of more than 300 digits"),
        (Decimal("1e300"), DefinitionError, "x: got a number of more than 300 digits"),
        (Decimal("1e-301"), DefinitionError, "x: got a number of more than 300 digits"),
        ({"a": 1}, DefinitionError, "x: got dict {'a': 1}, expected text, bool, int"),
        ([[1]], DefinitionError, "x[0]: got list [1]"),
        (b"x", DefinitionError, "x: got bytes b'x'"),
        (1j, DefinitionError, "x: got complex 1j"),
        (datetime(2026, 1, 2), NaiveTimeError, "has neither offset nor zone"),  # noqa: DTZ001
    ],
)
def test_a_value_that_no_fact_has_is_refused(given, error, message):
    with pytest.raises(error) as caught:
        value_of("x", given)
    assert message in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        (np.int64(3), "value.tolist()"),
        (np.array([1, 2]), "value.tolist()"),
        (np.datetime64("2026-01-01"), "value.tolist()"),
        ({"a"}, "write a list: sorted(value)"),
        ({"a": 1}, "flatten or convert the value"),
    ],
)
def test_a_refused_value_is_told_how_to_become_plain(given, hint):
    with pytest.raises(DefinitionError) as caught:
        Properties({"x": given})
    assert caught.value.hint.endswith(hint)


@pytest.mark.parametrize("name", ["", None, 5])
def test_a_name_is_a_text(name):
    with pytest.raises(DefinitionError, match="use a non-empty text"):
        Properties({name: 1})


def test_properties_equal_and_hash_by_value():
    one = Properties({"a": 1, "b": [1, 2]})
    two = Properties(UserDict({"b": (1, 2), "a": 1, "c": None}))
    assert one == two
    assert hash(one) == hash(two) == hash(one)
    assert pickle.loads(pickle.dumps(one)) == one
    assert repr(one) == "Properties({'a': 1, 'b': (1, 2)})"
    assert properties_of(one) is one
    assert properties_of({}) == EMPTY


def test_an_update_is_a_copy_and_none_removes():
    one = Properties({"a": 1, "b": 2})
    assert one.updated({"a": None, "c": 3}) == {"b": 2, "c": 3}
    assert one == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p.__setitem__("a", 2),
        lambda p: p.__delitem__("a"),
        lambda p: p.update(a=2),
        lambda p: p.clear(),
        lambda p: p.pop("a"),
        lambda p: p.popitem(),
        lambda p: p.setdefault("b", 2),
        lambda p: p.__ior__({"a": 2}),
    ],
)
def test_properties_cannot_change(change):
    one = Properties({"a": 1})
    with pytest.raises(TypeError, match="make an updated"):
        change(one)
    assert one == {"a": 1}


numbers = st.integers(-(10**30), 10**30) | st.decimals(
    allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9
)


@given(st.lists(numbers, max_size=6), st.randoms(use_true_random=False))
def test_a_sum_does_not_depend_on_the_order(found, random):
    """C7a."""
    shuffled = list(found)
    random.shuffle(shuffled)
    assert added_up(shuffled) == added_up(found)


def test_means_are_floats_or_decimals():
    assert divided(3, 2) == 1.5
    assert divided(1.5, 3) == 0.5
    assert divided(Decimal(1), 3) == Decimal("0.3333333333333333333333333333")
