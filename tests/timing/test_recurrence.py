from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.errors import DefinitionError, TimeFormatError, UnknownNameError
from privflow.timing import (
    Monthly,
    Schedule,
    Weekly,
    around,
    local_date,
    monthly,
    time_of_day,
    to_local,
    weekly,
)
from strategies.occurrence import DAY, dues, near_changes

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

CLOCKS = st.times().map(lambda at: time_of_day(f"{at:%H:%M:%S}"))
RECURRING = st.one_of(
    st.builds(weekly, st.sets(st.sampled_from(WEEK), min_size=1), CLOCKS),
    st.builds(monthly, st.integers(1, 31), CLOCKS),
    st.builds(
        lambda days, at: around("birthday", days=days, at=at),
        st.integers(-365, 365),
        CLOCKS,
    ),
)
BIRTHDAYS = st.dates(date(1930, 1, 1), date(2020, 12, 31))
NEAR_CHANGES = near_changes(3 * DAY)


@pytest.mark.parametrize(
    ("schedule", "anchor", "expected"),
    [
        (
            weekly("fri", "20:00"),
            "2026-10-20T09:30",
            ["2026-10-23T20:00", "2026-10-30T20:00", "2026-11-06T20:00"],
        ),
        (
            weekly(["fri", "mon"], "20:00"),
            "2026-10-20T09:30",
            ["2026-10-23T20:00", "2026-10-26T20:00", "2026-10-30T20:00"],
        ),
        (
            weekly("tue", "09:30"),
            "2026-10-20T09:30",
            ["2026-10-20T09:30", "2026-10-27T09:30", "2026-11-03T09:30"],
        ),
        (
            weekly("tue", "09:29"),
            "2026-10-20T09:30",
            ["2026-10-27T09:29", "2026-11-03T09:29", "2026-11-10T09:29"],
        ),
        (
            monthly(31, "10:00"),
            "2024-01-31T10:00",
            ["2024-01-31T10:00", "2024-02-29T10:00", "2024-03-31T10:00"],
        ),
        (
            monthly(31, "10:00"),
            "2024-01-31T10:01",
            ["2024-02-29T10:00", "2024-03-31T10:00", "2024-04-30T10:00"],
        ),
        (
            monthly(1, "00:00"),
            "2026-11-30T12:00",
            ["2026-12-01T00:00", "2027-01-01T00:00", "2027-02-01T00:00"],
        ),
    ],
)
def test_a_recurrence_starts_at_the_anchor_and_goes_on(schedule, anchor, expected):
    """T4: 31 clamps to the last day."""
    assert dues(schedule, anchor) == expected


@pytest.mark.parametrize("number", [0, 32, -1, 1.0, "1", None, True])
def test_a_day_of_a_month_is_1_to_31(number):
    """T3: what is out of range raises."""
    with pytest.raises(DefinitionError, match="from 1 to 31"):
        monthly(number, "10:00")


@pytest.mark.parametrize("days", ["friday", "", ["mon", "Fri"], 5, None, [5]])
def test_an_unknown_weekday_is_refused(days):
    with pytest.raises(UnknownNameError, match="weekday"):
        weekly(days, "20:00")


def test_no_weekday_at_all_is_refused():
    with pytest.raises(DefinitionError, match="got no weekday"):
        weekly([], "20:00")


@pytest.mark.parametrize(
    "build",
    [
        lambda at: weekly("fri", at),
        lambda at: monthly(1, at),
    ],
)
def test_a_wrong_time_of_day_is_refused(build):
    with pytest.raises(TimeFormatError):
        build("8pm")


@pytest.mark.parametrize(
    ("schedule", "source", "sentence"),
    [
        (weekly("fri", "20:00"), "weekly('fri', '20:00')", "every fri at 20:00"),
        (
            weekly(("fri", "mon", "fri"), "20:00"),
            "weekly(['mon', 'fri'], '20:00')",
            "every mon, fri at 20:00",
        ),
        (
            monthly(31, "10:00"),
            "monthly(31, '10:00')",
            "every month on day 31 at 10:00",
        ),
    ],
)
def test_the_repr_is_source_and_the_str_a_phrase(schedule, source, sentence):
    names = {"weekly": weekly, "monthly": monthly}
    assert (repr(schedule), str(schedule)) == (source, sentence)
    assert eval(source, names) == schedule  # noqa: S307  repr is source
    assert hash(eval(source, names)) == hash(schedule)  # noqa: S307  repr is source
    assert isinstance(schedule, Schedule)


def test_parts_may_be_values_or_text():
    at = time_of_day("20:00")
    assert weekly("fri", at) == Weekly(["fri"], "20:00")
    assert monthly(1, at) == Monthly(1, "20:00")


def test_a_weekday_that_does_not_exist_moves_on_by_the_gap_and_is_due_once():
    """T6: Apia had no Friday 2011-12-30."""
    friday = weekly("fri", "20:00")
    assert dues(friday, "2011-12-28T12:00", count=2, tz="Pacific/Apia") == [
        "2011-12-31T20:00",
        "2012-01-06T20:00",
    ]
    both = weekly(["fri", "sat"], "20:00")
    assert dues(both, "2011-12-28T12:00", count=2, tz="Pacific/Apia") == [
        "2011-12-31T20:00",
        "2012-01-06T20:00",
    ]


def test_a_recurrence_ends_with_time_and_may_begin_with_it():
    last, born = "9999-12-31T23:00Z", date(2000, 12, 31)
    for schedule in (
        weekly(WEEK, "10:00"),
        monthly(31, "10:00"),
        around("birthday", at="10:00"),
    ):
        assert dues(schedule, last, tz="UTC", birthday=born) == []
        first = "0001-01-01T00:00Z"
        assert dues(schedule, first, tz="America/New_York", birthday=born)


@given(RECURRING, NEAR_CHANGES, BIRTHDAYS)
def test_occurrences_rise_strictly_from_the_anchor_on(schedule, place, born):
    tz, anchor = place
    asked = {"anchor_us": anchor, "tz": tz, "attributes": {"birthday": born}}
    occurrences = [schedule.due(after_us=None, **asked)]
    for _ in range(5):
        occurrences.append(schedule.due(after_us=occurrences[-1], **asked))
    assert occurrences[0] >= anchor
    assert all(one < other for one, other in pairwise(occurrences))
    for one, other in pairwise(occurrences):
        assert schedule.due(after_us=other - 1, **asked) == other
        assert schedule.due(after_us=one, **asked | {"anchor_us": one}) == other


@given(RECURRING, NEAR_CHANGES, BIRTHDAYS, st.integers(0, 400 * DAY))
def test_a_later_anchor_is_never_due_earlier(schedule, place, born, later):
    tz, anchor = place
    first, second = (
        schedule.due(anchor_us=us, after_us=None, tz=tz, attributes={"birthday": born})
        for us in (anchor, anchor + later)
    )
    assert first <= second
    assert (first >= anchor + later) == (first == second)


@given(st.sampled_from(WEEK), CLOCKS, NEAR_CHANGES)
def test_a_weekly_step_is_due_on_its_weekday_within_a_week(name, at, place):
    _, anchor = place
    us = weekly(name, at).due(anchor_us=anchor, after_us=None, tz="UTC", attributes={})
    assert us - anchor < 7 * DAY
    assert WEEK[local_date("UTC", us).weekday()] == name
    assert to_local("UTC", us) % DAY == at.us


@given(st.integers(1, 31), CLOCKS, NEAR_CHANGES)
def test_a_monthly_step_is_due_on_its_day_or_on_the_last(number, at, place):
    _, anchor = place
    schedule = monthly(number, at)
    us = schedule.due(anchor_us=anchor, after_us=None, tz="UTC", attributes={})
    day = local_date("UTC", us)
    assert us - anchor < 31 * DAY
    assert day.day == number or (
        day.day < number and (day + timedelta(days=1)).day == 1
    )
