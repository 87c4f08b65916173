"""What a catalogue can be told, and what it refuses to be told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum, IntEnum

import pytest

from privflow.errors import DefinitionError, DuplicateNameError
from privflow.facts import Catalog, TagGroup, value_type
from privflow.timing import Instant


class Level(Enum):
    GOLD = "gold"
    SILVER = "silver"


class Stars(IntEnum):
    ONE = 1
    TWO = 2


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (str, str),
        (Instant, Instant),
        (tuple, tuple),
        (["gold", "silver"], ("gold", "silver")),
        (("silver", "gold"), ("silver", "gold")),
        ({"silver", "gold"}, ("gold", "silver")),
        (frozenset({2, 1}), (1, 2)),
        ([1, 2.5, Decimal(3)], (1, 2.5, Decimal(3))),
        (Level, ("gold", "silver")),
        (Stars, (1, 2)),
    ],
)
def test_an_attribute_is_declared_by_type_or_by_all_its_values(given, kept):
    """C3."""
    catalog = Catalog(attributes={"x": given}, events={"e": {"y": given}})
    assert catalog.attributes["x"] == catalog.events["e"]["y"] == kept


def test_the_values_of_an_enumeration_are_plain():
    [one, _] = Catalog(attributes={"x": Stars}).attributes["x"]
    assert type(one) is int


@pytest.mark.parametrize(
    ("kind", "inferred"),
    [
        (("a", "b"), str),
        ((1, 2), int),
        ((1, 2.5), float),
        ((1, Decimal(2)), Decimal),
        (date, date),
    ],
)
def test_the_type_of_values_is_inferred(kind, inferred):
    assert value_type(kind) is inferred


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"attributes": {"x": list}}, DefinitionError, "expected one of str, bool"),
        ({"attributes": {"x": 5}}, DefinitionError, "'x' has type 5"),
        ({"attributes": {"x": "str"}}, DefinitionError, "'x' has type 'str'"),
        ({"attributes": {"x": []}}, DefinitionError, "all texts or all numbers"),
        ({"attributes": {"x": ["a", 1]}}, DefinitionError, "all texts or all numbers"),
        ({"attributes": {"x": [True]}}, DefinitionError, "lists True, expected texts"),
        ({"attributes": {"x": [None]}}, DefinitionError, "lists None, expected texts"),
        ({"attributes": {"x": [["a"]]}}, DefinitionError, "expected texts or numbers"),
        ({"attributes": {"x": ["a", "a"]}}, DuplicateNameError, "'a' is defined twice"),
        ({"attributes": {"x": [1, 1.0]}}, DuplicateNameError, "'1.0' is defined twice"),
        ({"events": {"e": {"x": [date.max]}}}, DefinitionError, "expected texts or"),
        (
            {"tags": [TagGroup("t", ["a"]), TagGroup("t", ["b"])]},
            DuplicateNameError,
            "'t' is defined twice",
        ),
        ({"segments": ["a", "a"]}, DuplicateNameError, "'a' is defined twice"),
        ({"segments": "vip"}, DefinitionError, "Catalog.segments: got 'vip'"),
        ({"segments": [" "]}, DefinitionError, "Catalog.segments: got ' '"),
        ({"journeys": {"j": ["a", "a"]}}, DuplicateNameError, "stage of 'j'"),
        ({"journeys": {"j": "a"}}, DefinitionError, "stage of 'j': got 'a'"),
        ({"journeys": {"j": [5]}}, DefinitionError, "stage of 'j': got 5"),
    ],
)
def test_what_means_nothing_is_refused(options, error, message):
    with pytest.raises(error) as caught:
        Catalog(**options)
    assert message in caught.value.message
    assert caught.value.hint


def test_names_keep_the_order_in_which_they_are_listed():
    catalog = Catalog(journeys={"j": ["b", "a"]}, segments=["z", "y"])
    assert catalog.journeys == {"j": ("b", "a")}
    assert catalog.segments == ("z", "y")
    assert Catalog(segments={"z", "y"}).segments == ("y", "z")


def test_names_that_are_not_declared_stay_unchecked():
    catalog = Catalog()
    assert catalog.journeys is None
    assert catalog.segments is None
