"""An invented calendar: privflow brings no country's holidays, nor do its tests."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.errors import DefinitionError, TimeFormatError, UnknownNameError
from privflow.timing import WorkCalendar

OFFICE = WorkCalendar(
    "office",
    holidays=["2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07"],
    workdays=["2026-09-27", "2026-10-10"],
    until="2026-12-31",
)
DAYS = st.dates(date(2026, 8, 1), date(2027, 2, 1))
CALENDARS = st.builds(
    lambda weekend, holidays, workdays: WorkCalendar(
        "any",
        weekend=weekend,
        holidays=holidays - workdays,
        workdays=workdays,
        until="2026-12-31",
    ),
    st.sets(st.sampled_from(["mon", "wed", "fri", "sat", "sun"])),
    st.sets(st.dates(date(2026, 9, 1), date(2026, 12, 31)), max_size=40),
    st.sets(st.dates(date(2026, 9, 1), date(2026, 12, 31)), max_size=40),
)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-09-30", True),
        ("2026-10-01", False),
        ("2026-10-03", False),
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2026-09-27", True),
        ("2026-10-10", True),
        ("2026-10-11", False),
        ("2027-01-01", True),
        ("2027-01-02", False),
    ],
    ids=[
        "the day before",
        "a holiday",
        "a saturday among holidays",
        "the last holiday",
        "the day after",
        "a sunday that is worked before",
        "a saturday that is worked after",
        "a sunday",
        "a friday beyond what is known",
        "a saturday beyond what is known",
    ],
)
def test_holidays_are_free_and_the_days_that_make_up_for_them_are_not(day, works):
    """T4."""
    assert OFFICE.is_workday(date.fromisoformat(day)) is works


def test_a_holiday_is_crossed_in_either_direction():
    assert OFFICE.next_workday(date(2026, 9, 30)) == date(2026, 10, 8)
    assert OFFICE.previous_workday(date(2026, 10, 8)) == date(2026, 9, 30)
    assert OFFICE.next_workday(date(2026, 10, 9)) == date(2026, 10, 10)
    assert OFFICE.previous_workday(date(2026, 9, 28)) == date(2026, 9, 27)


def test_a_calendar_knows_its_last_day_and_nothing_beyond():
    assert OFFICE.knows(date(2026, 12, 31))
    assert not OFFICE.knows(date(2027, 1, 1))
    assert WorkCalendar("plain").knows(date.max)


def test_a_shop_may_be_open_on_every_day_but_a_few():
    shop = WorkCalendar(
        "shop", weekend=[], holidays=[date(2026, 2, 17)], until="2026-12-31"
    )
    assert shop.is_workday(date(2026, 2, 15))
    assert not shop.is_workday(date(2026, 2, 17))


@pytest.mark.parametrize(
    ("about", "error", "problem"),
    [
        (
            {"holidays": ["2026-10-01"], "workdays": ["2026-10-01"]},
            DefinitionError,
            "'2026-10-01' is both",
        ),
        ({"holidays": ["2026-10-01"], "until": None}, DefinitionError, "until when"),
        ({"workdays": ["2026-10-10"], "until": None}, DefinitionError, "until when"),
        ({"holidays": ["2062-10-01"]}, DefinitionError, "after until='2026-12-31'"),
        ({"holidays": "2026-10-01"}, DefinitionError, "expected a list"),
        ({"holidays": 5}, DefinitionError, "expected a list"),
        ({"holidays": ["10-01"]}, TimeFormatError, "2026-11-11"),
        ({"holidays": [None]}, TimeFormatError, "2026-11-11"),
        ({"workdays": [datetime(2026, 1, 1, tzinfo=UTC)]}, TimeFormatError, "got"),
        ({"until": "2026"}, TimeFormatError, "got '2026'"),
        ({"weekend": ["sunday"]}, UnknownNameError, "weekday"),
        (
            {"weekend": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]},
            DefinitionError,
            "weekend of seven days",
        ),
        ({"name": ""}, DefinitionError, "expected a name"),
        ({"name": 3}, DefinitionError, "expected a name"),
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(about, error, problem):
    with pytest.raises(error, match=problem):
        WorkCalendar(**{"name": "office", "until": "2026-12-31"} | about)


def test_the_hint_names_the_last_year_of_the_dates():
    with pytest.raises(DefinitionError) as caught:
        WorkCalendar("c", holidays=["2026-10-01", "2025-10-01"])
    assert "until='2026-12-31'" in caught.value.hint


def test_calendars_are_values():
    same = WorkCalendar(
        "office",
        holidays=reversed(OFFICE.holidays),
        workdays=[*OFFICE.workdays, "2026-10-10"],
        until=date(2026, 12, 31),
    )
    assert same == OFFICE
    assert hash(same) == hash(OFFICE)
    assert pickle.loads(pickle.dumps(OFFICE)) == OFFICE
    assert pickle.loads(pickle.dumps(OFFICE)).is_workday(date(2026, 10, 10))


@pytest.mark.parametrize(
    ("calendar", "text"),
    [
        (WorkCalendar("plain"), "<WorkCalendar 'plain'>"),
        (
            OFFICE,
            "<WorkCalendar 'office' 5 holidays, 2 workdays, until 2026-12-31>",
        ),
        (
            WorkCalendar("c", holidays=["2026-10-01"], until="2026-12-31"),
            "<WorkCalendar 'c' 1 holiday, until 2026-12-31>",
        ),
    ],
)
def test_the_repr_says_how_much_is_in_it(calendar, text):
    assert repr(calendar) == text
    assert str(calendar) == calendar.name


@given(CALENDARS, DAYS)
def test_a_calendar_says_what_its_lists_say(calendar, day):
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    by_weekday = names[day.weekday()] not in calendar.weekend
    listed = dict.fromkeys(calendar.workdays, True)
    listed |= dict.fromkeys(calendar.holidays, False)
    assert calendar.is_workday(day) is listed.get(day, by_weekday)


@given(CALENDARS, DAYS)
def test_the_workday_beside_is_the_nearest(calendar, day):
    following, before = calendar.next_workday(day), calendar.previous_workday(day)
    assert before < day < following
    assert calendar.is_workday(before) and calendar.is_workday(following)
    for first, last in ((before, day), (day, following)):
        between = (first + timedelta(days=n) for n in range(1, (last - first).days))
        assert not any(map(calendar.is_workday, between))
