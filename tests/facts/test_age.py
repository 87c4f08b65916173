"""How old somebody is (K4)."""

from __future__ import annotations

from datetime import date

import pytest

from privflow.facts import AgeFacts
from privflow.timing import instant

NOW = instant("2026-10-20T09:30+08:00")


def years(**attributes: object) -> float | None:
    return AgeFacts().years(attributes, now=NOW, timezone="Asia/Shanghai")


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({}, None),
        ({"birthday": date(2008, 10, 20)}, 18),
        ({"birthday": date(2008, 10, 21)}, 17),
        ({"birthday": instant("2008-10-19T18:00Z")}, 18),
        ({"birthday": date(2030, 1, 1)}, None),
        ({"birthday": "1990-01-01"}, None),
        ({"age": 30}, 30),
        ({"age": -1}, None),
        ({"age": True}, None),
        ({"minor": True}, 17),
        ({"minor": False}, None),
        ({"minor": 1}, None),
    ],
)
def test_what_is_known_tells_the_age(attributes, expected):
    """K4."""
    assert years(**attributes) == expected


def test_of_facts_that_contradict_each_other_the_youngest_counts():
    """K4."""
    assert years(birthday=date(1990, 1, 1), age=16) == 16
    assert years(birthday=date(2012, 1, 1), age=40) == 14
    assert years(age=40, minor=True) == 17
    assert years(age=12, minor=True) == 12


def test_a_birthday_begins_in_the_zone_of_the_contact():
    """K4, T8."""
    born = {"birthday": date(2008, 10, 20)}
    early = instant("2026-10-19T20:00Z")
    facts = AgeFacts()
    assert facts.years(born, now=early, timezone="Asia/Shanghai") == 18
    assert facts.years(born, now=early, timezone="UTC") == 17
