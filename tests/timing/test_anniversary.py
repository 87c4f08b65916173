from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from privflow.errors import DefinitionError, TimeFormatError, UnknownNameError
from privflow.timing import Around, Schedule, around, instant, time_of_day
from strategies.occurrence import dues

BORN_ON_A_LEAP_DAY = date(2000, 2, 29)


@pytest.mark.parametrize(
    ("born", "days", "anchor", "expected"),
    [
        (date(1995, 11, 3), -3, "2026-10-20T09:30", ["2026-10-31", "2027-10-31"]),
        (date(1995, 11, 3), 0, "2026-11-03T10:00", ["2026-11-03", "2027-11-03"]),
        (date(1995, 11, 3), 0, "2026-11-03T10:01", ["2027-11-03", "2028-11-03"]),
        (date(1995, 1, 2), -3, "2026-12-01T00:00", ["2026-12-30", "2027-12-30"]),
        (date(1995, 12, 30), 5, "2026-12-31T00:00", ["2027-01-04", "2028-01-04"]),
        (date(2000, 2, 29), 0, "2026-12-01T00:00", ["2027-02-28", "2028-02-29"]),
        (date(2000, 2, 29), 1, "2026-12-01T00:00", ["2027-03-01", "2028-03-01"]),
        (date(2040, 5, 1), -3, "2026-10-20T00:00", ["2040-04-28", "2041-04-28"]),
        (
            instant("1995-11-02T20:00Z"),
            0,
            "2026-10-20T00:00",
            ["2026-11-03", "2027-11-03"],
        ),
    ],
    ids=[
        "before",
        "at the anchor",
        "just missed",
        "before, over new year",
        "after, over new year",
        "a leap day in common years",
        "the day after a leap day",
        "a date to come",
        "an instant means its local date",
    ],
)
def test_around_returns_every_year(born, days, anchor, expected):
    """T4 and T6."""
    schedule = around("birthday", days=days, at="10:00")
    found = dues(schedule, anchor, count=2, birthday=born)
    assert found == [f"{day}T10:00" for day in expected]


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"birthday": None},
        {"birthday": "1995-11-03"},
        {"birthday": 19951103},
        {"birthday": (date(1995, 11, 3),)},
        {"birthday": datetime(1995, 11, 3, tzinfo=UTC)},
        {"other": date(1995, 11, 3)},
    ],
)
def test_around_what_is_missing_or_no_date_is_never_due(attributes):
    schedule = around("birthday", at="10:00")
    assert dues(schedule, "2026-10-20T09:30", **attributes) == []


@frozen
class Attribute:
    name: object


def test_around_takes_an_attribute_or_its_name():
    assert around(Attribute("birthday"), at="10:00") == around("birthday", at="10:00")


@pytest.mark.parametrize("wrong", ["", None, 3, Attribute(""), Attribute(3)])
def test_around_what_has_no_name_is_refused(wrong):
    with pytest.raises(DefinitionError, match="an attribute or its name"):
        around(wrong, at="10:00")


@pytest.mark.parametrize("days", [-366, 366, 1.0, "3", None, True])
def test_around_is_within_a_year(days):
    """T3: what is out of range raises."""
    with pytest.raises(DefinitionError, match="expected -365 to 365"):
        around("birthday", days=days, at="10:00")


@pytest.mark.parametrize(
    ("leap", "days", "expected"),
    [
        ("feb28", 0, ["2026-02-28", "2027-02-28", "2028-02-29", "2029-02-28"]),
        ("mar1", 0, ["2026-03-01", "2027-03-01", "2028-02-29", "2029-03-01"]),
        ("feb28", -1, ["2026-02-27", "2027-02-27", "2028-02-28", "2029-02-27"]),
        ("mar1", -1, ["2026-02-28", "2027-02-28", "2028-02-28", "2029-02-28"]),
    ],
)
def test_a_leap_day_is_kept_on_the_day_that_the_author_says(leap, days, expected):
    """T6: on Feb 28 unless told otherwise."""
    schedule = around("birthday", days=days, at="10:00", leap=leap)
    found = dues(schedule, "2026-01-01T00:00", 4, birthday=BORN_ON_A_LEAP_DAY)
    assert found == [f"{day}T10:00" for day in expected]


@given(st.dates(date(1930, 1, 1), date(2020, 12, 31)), st.integers(-365, 365))
def test_the_leap_day_alone_is_kept_elsewhere(born, days):
    """T6."""
    kept, other = (
        dues(around("b", days=days, at="10:00", leap=leap), "2026-01-01T00:00", b=born)
        for leap in ("feb28", "mar1")
    )
    assert (kept == other) is ((born.month, born.day) != (2, 29))


@pytest.mark.parametrize("leap", ["later", "", None, 28])
def test_another_place_for_the_leap_day_is_refused(leap):
    with pytest.raises(UnknownNameError, match="'feb28', 'mar1'"):
        around("birthday", at="10:00", leap=leap)


def test_a_wrong_time_of_day_is_refused():
    with pytest.raises(TimeFormatError):
        around("birthday", at="8pm")


@pytest.mark.parametrize(
    ("schedule", "source", "sentence"),
    [
        (
            around("birthday", days=-3, at="10:00"),
            "around('birthday', days=-3, at='10:00')",
            "3 days before birthday at 10:00",
        ),
        (
            around("birthday", days=1, at="10:00"),
            "around('birthday', days=1, at='10:00')",
            "1 day after birthday at 10:00",
        ),
        (
            around("birthday", at="10:00"),
            "around('birthday', at='10:00')",
            "on birthday at 10:00",
        ),
        (
            around("birthday", at="10:00", leap="mar1"),
            "around('birthday', at='10:00', leap='mar1')",
            "on birthday at 10:00, Feb 29 kept on Mar 1",
        ),
    ],
)
def test_the_repr_is_source_and_the_str_a_phrase(schedule, source, sentence):
    names = {"around": around}
    assert (repr(schedule), str(schedule)) == (source, sentence)
    assert eval(source, names) == schedule  # noqa: S307  repr is source
    assert hash(eval(source, names)) == hash(schedule)  # noqa: S307  repr is source
    assert isinstance(schedule, Schedule)


def test_parts_may_be_values_or_text():
    at = time_of_day("20:00")
    assert around("birthday", at=at) == Around("birthday", at="20:00")
