from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.errors import DefinitionError, TimeFormatError, UnknownNameError
from privflow.timing import Instant, OpeningHours, WorkCalendar, instant

DATA = Path(__file__).parent.parent / "data" / "dst_transitions.json"
TRANSITIONS = json.loads(DATA.read_text(encoding="utf-8"))
MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
SHANGHAI = "Asia/Shanghai"
NEW_YORK = "America/New_York"
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# October 1 to 7 is free, the Saturday after makes up for it; the 1st is a Thursday.
OFFICE = WorkCalendar(
    "office",
    holidays=["2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07"],
    workdays=["2026-10-10"],
    until="2026-12-31",
)
ON_WORKDAYS = OpeningHours("09:00", "21:00", calendar=OFFICE)
BARS = OpeningHours("20:00", "02:00", days=["fri", "sat"])

CLOCKS = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
DATES = st.sets(st.dates(date(2024, 3, 1), date(2024, 11, 10)), max_size=40)
CALENDARS = st.builds(
    lambda weekend, free, worked, until: WorkCalendar(
        "any", weekend=weekend, holidays=free - worked, workdays=worked, until=until
    ),
    st.sets(st.sampled_from(WEEK), max_size=3),
    DATES,
    DATES,
    st.just("2024-12-31"),
)


def hours_of(start, end, days, calendar):
    try:
        return OpeningHours(start, end, days=days, calendar=calendar)
    except DefinitionError:
        return OpeningHours(start, end, calendar=WorkCalendar("plain"))


HOURS = st.builds(
    hours_of, CLOCKS, CLOCKS, st.sets(st.sampled_from(WEEK)), st.none() | CALENDARS
)
PLACES = st.tuples(
    st.sampled_from(TRANSITIONS), st.integers(-2 * DAY, 2 * DAY - 1)
).map(lambda pair: (pair[0]["zone"], instant(pair[0]["utc"]).us + pair[1]))


def is_open(hours, us, tz):
    """What the wall clock and the calendar on the wall say, without the library."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)
    local = moment.astimezone(ZoneInfo(tz))
    clock, today = local.time(), local.date()
    start, end = map(time.fromisoformat, (str(hours.start), str(hours.end)))

    if start < end:
        return start <= clock < end and begins_on(hours, today)
    if clock >= start:
        return begins_on(hours, today)
    return clock < end and begins_on(hours, today - timedelta(days=1))


def begins_on(hours, day):
    named = not hours.days or WEEK[day.weekday()] in hours.days
    return named and (hours.calendar is None or hours.calendar.is_workday(day))


@pytest.mark.parametrize(
    ("hours", "at", "opens"),
    [
        (ON_WORKDAYS, "2026-09-30T08:59:59.999999", "2026-09-30T09:00"),
        (ON_WORKDAYS, "2026-09-30T09:00", None),
        (ON_WORKDAYS, "2026-09-30T20:59:59.999999", None),
        (ON_WORKDAYS, "2026-09-30T21:00", "2026-10-08T09:00"),
        (ON_WORKDAYS, "2026-10-03T12:00", "2026-10-08T09:00"),
        (ON_WORKDAYS, "2026-10-10T12:00", None),
        (ON_WORKDAYS, "2026-10-10T21:00", "2026-10-12T09:00"),
        (BARS, "2026-10-23T19:59", "2026-10-23T20:00"),
        (BARS, "2026-10-24T01:59:59.999999", None),
        (BARS, "2026-10-24T02:00", "2026-10-24T20:00"),
        (BARS, "2026-10-25T01:59", None),
        (BARS, "2026-10-25T02:00", "2026-10-30T20:00"),
        (BARS, "2026-10-25T20:00", "2026-10-30T20:00"),
        (OpeningHours("22:00", "00:00"), "2026-10-20T23:59", None),
        (OpeningHours("22:00", "00:00"), "2026-10-21T00:00", "2026-10-21T22:00"),
    ],
)
def test_hours_belong_to_the_day_on_which_they_begin(hours, at, opens):
    """T7."""
    us = instant(at, tz=SHANGHAI).us
    assert hours.holds(us, SHANGHAI) is (opens is None)
    found = Instant(hours.opens_at(us, SHANGHAI))
    assert found == instant(opens or at, tz=SHANGHAI)


def test_from_one_minute_to_the_same_is_a_whole_day():
    whole = OpeningHours("00:00", "00:00", days=["mon"])
    start = instant("2026-10-19T00:00", tz=SHANGHAI).us
    assert not whole.holds(start - 1, SHANGHAI)
    assert whole.holds(start, SHANGHAI)
    assert whole.holds(start + DAY - 1, SHANGHAI)
    assert whole.opens_at(start + DAY, SHANGHAI) == start + 7 * DAY


def test_days_and_a_calendar_must_both_agree():
    """A Saturday that is worked is no Tuesday, and a free Tuesday is not worked."""
    hours = OpeningHours("09:00", "18:00", days=["tue", "thu"], calendar=OFFICE)
    at = instant("2026-09-29T18:00", tz=SHANGHAI).us
    assert hours.opens_at(at, SHANGHAI) == instant("2026-10-08T09:00+08:00").us


@pytest.mark.parametrize(
    ("hours", "tz", "at", "opens"),
    [
        (
            OpeningHours("02:00", "03:00"),
            NEW_YORK,
            "2024-03-10T00:00",
            "2024-03-11T02:00:00-04:00",
        ),
        (
            OpeningHours("02:30", "05:00"),
            NEW_YORK,
            "2024-03-10T00:00",
            "2024-03-10T03:00:00-04:00",
        ),
        (
            OpeningHours("01:00", "01:30"),
            NEW_YORK,
            "2024-11-03T01:30-04:00",
            "2024-11-03T01:00:00-05:00",
        ),
        (
            OpeningHours("20:00", "02:00", days=["fri"]),
            "Pacific/Apia",
            "2011-12-29T12:00",
            "2011-12-31T00:00:00+14:00",
        ),
        (
            OpeningHours("09:00", "18:00", days=["fri"]),
            "Pacific/Apia",
            "2011-12-29T12:00",
            "2012-01-06T09:00:00+14:00",
        ),
    ],
    ids=[
        "hours in a gap are left out",
        "a start in a gap",
        "hours in a fold come twice",
        "a night of a day that was left out ends all the same",
        "a day that never was",
    ],
)
def test_the_clock_may_jump(hours, tz, at, opens):
    """T6."""
    found = hours.opens_at(instant(at, tz=tz).us, tz)
    assert Instant(found).isoformat(tz) == opens


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-12-31T21:00", "2027-01-01T09:00"),
        ("2027-01-01T08:59", "2027-01-01T09:00"),
        ("2027-01-01T09:00", "2027-01-02T09:00"),
        ("2027-01-02T12:00", "2027-01-03T09:00"),
    ],
)
def test_a_day_that_the_calendar_does_not_know_is_closed_and_may_be_open(at, opens):
    """T4: even a Saturday may turn out to be worked."""
    us = instant(at, tz=SHANGHAI).us
    assert not ON_WORKDAYS.holds(us, SHANGHAI)
    assert ON_WORKDAYS.opens_at(us, SHANGHAI) == instant(opens, tz=SHANGHAI).us
    clock = time.fromisoformat(at[11:])
    inside = time(9) <= clock < time(21) and at >= "2027"
    assert ON_WORKDAYS.is_unknown(us, SHANGHAI) is inside


def test_the_last_night_that_a_calendar_knows_ends_in_the_next_year():
    """T7: the hours belong to the day on which they begin."""
    nights = OpeningHours("20:00", "02:00", calendar=OFFICE)
    for clock, known in (("01:59", True), ("02:00", False), ("20:00", False)):
        us = instant(f"2027-01-01T{clock}", tz=SHANGHAI).us
        assert nights.holds(us, SHANGHAI) is known
    assert not nights.is_unknown(instant("2027-01-01T01:59+08:00").us, SHANGHAI)


@pytest.mark.parametrize(
    ("start", "end", "rest", "error"),
    [
        ("09:00", "09:00", {}, DefinitionError),
        ("9am", "18:00", {}, TimeFormatError),
        ("09:00", "24:00", {}, TimeFormatError),
        ("09:00", "18:00", {"days": ["friday"]}, UnknownNameError),
        ("09:00", "18:00", {"days": ["sat"], "calendar": OFFICE}, DefinitionError),
        ("09:00", "18:00", {"calendar": "office"}, DefinitionError),
    ],
    ids=["always", "start", "end", "weekday", "never for good", "no calendar"],
)
def test_hours_that_mean_nothing_are_refused(start, end, rest, error):
    with pytest.raises(error):
        OpeningHours(start, end, **rest)


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (OpeningHours("09:00", "21:00"), "09:00-21:00"),
        (BARS, "20:00-02:00 on fri, sat"),
        (ON_WORKDAYS, "09:00-21:00 on workdays of office"),
        (
            OpeningHours("09:00", "21:00", days="mon", calendar=OFFICE),
            "09:00-21:00 on mon and workdays of office",
        ),
    ],
)
def test_the_str_is_a_phrase(hours, text):
    assert str(hours) == text
    assert len({hours, hours}) == 1


@given(HOURS, PLACES, st.lists(st.floats(0, 1), max_size=10))
def test_open_is_what_the_clock_on_the_wall_says_and_opening_is_exact(
    hours, place, parts
):
    """T6 and T7, against zoneinfo, around every kind of change of the clock."""
    tz, us = place
    opens = hours.opens_at(us, tz)
    assert hours.holds(us, tz) is is_open(hours, us, tz) is (opens == us)
    assert is_open(hours, opens, tz)
    assert not hours.is_unknown(us, tz)
    closed = [us + int((opens - 1 - us) * part) for part in parts] if opens > us else []
    closed += [*range(us, min(opens, us + 4 * DAY), 20 * MINUTE), opens - 1]
    if opens > us:
        assert not any(is_open(hours, moment, tz) for moment in closed)
