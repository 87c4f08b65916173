from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.errors import DefinitionError, TimeFormatError
from privflow.timing import DailyHours, Instant, TimeOfDay, instant, time_of_day

DATA = Path(__file__).parent.parent / "data" / "dst_transitions.json"
TRANSITIONS = json.loads(DATA.read_text(encoding="utf-8"))
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

HOURS = (
    st
    .tuples(st.integers(0, 86_399), st.integers(0, 86_399))
    .filter(lambda pair: pair[0] != pair[1])
    .map(lambda pair: DailyHours(*(TimeOfDay(second * SECOND) for second in pair)))
)
NEAR_CHANGES = st.tuples(
    st.sampled_from(TRANSITIONS), st.integers(-30 * 3600, 30 * 3600)
).map(lambda pair: (pair[0]["zone"], instant(pair[0]["utc"]).us + pair[1] * SECOND))
QUIET = DailyHours("22:00", "08:00")


@pytest.mark.parametrize(
    ("hours", "clock", "inside"),
    [
        (QUIET, "21:59:59.999999", False),
        (QUIET, "22:00", True),
        (QUIET, "23:59:59.999999", True),
        (QUIET, "00:00", True),
        (QUIET, "07:59:59.999999", True),
        (QUIET, "08:00", False),
        (QUIET, "12:00", False),
        (DailyHours("09:00", "18:00"), "08:59", False),
        (DailyHours("09:00", "18:00"), "09:00", True),
        (DailyHours("09:00", "18:00"), "17:59", True),
        (DailyHours("09:00", "18:00"), "18:00", False),
        (DailyHours("20:00", "00:00"), "23:59", True),
        (DailyHours("20:00", "00:00"), "00:00", False),
        (DailyHours("00:00", "06:00"), "00:00", True),
        (DailyHours("00:00", "06:00"), "23:59", False),
    ],
)
def test_the_first_minute_is_inside_and_the_last_is_not(hours, clock, inside):
    """T7."""
    at = instant(f"2026-10-20T{clock}", tz="Asia/Shanghai").us
    assert hours.holds(at, "Asia/Shanghai") is inside


@pytest.mark.parametrize(
    ("hours", "tz", "at", "end"),
    [
        (QUIET, "Asia/Shanghai", "2026-10-20T22:00", "2026-10-21T08:00:00+08:00"),
        (QUIET, "Asia/Shanghai", "2026-10-20T00:00", "2026-10-20T08:00:00+08:00"),
        (QUIET, "Asia/Shanghai", "2026-10-20T12:00", "2026-10-20T12:00:00+08:00"),
        (QUIET, "America/New_York", "2024-03-09T23:00", "2024-03-10T08:00:00-04:00"),
        (QUIET, "America/New_York", "2024-11-02T23:00", "2024-11-03T08:00:00-05:00"),
        (
            DailyHours("22:00", "02:30"),
            "America/New_York",
            "2024-03-09T23:00",
            "2024-03-10T03:00:00-04:00",
        ),
        (
            DailyHours("22:00", "01:30"),
            "America/New_York",
            "2024-11-02T23:00",
            "2024-11-03T01:30:00-04:00",
        ),
        (
            DailyHours("22:00", "01:30"),
            "America/New_York",
            "2024-11-03T01:15-05:00",
            "2024-11-03T01:30:00-05:00",
        ),
        (
            DailyHours("01:30", "03:00"),
            "America/New_York",
            "2024-11-03T01:40",
            "2024-11-03T01:00:00-05:00",
        ),
        (
            DailyHours("18:00", "12:00"),
            "Pacific/Apia",
            "2011-12-29T23:00",
            "2011-12-31T12:00:00+14:00",
        ),
    ],
    ids=[
        "evening",
        "after midnight",
        "outside",
        "spring",
        "autumn",
        "the end falls into the gap",
        "the first of two ends",
        "inside again after the fold",
        "the fold leads out",
        "a missing day",
    ],
)
def test_the_end_is_found_across_changes_of_the_clock(hours, tz, at, end):
    """T6 and T7."""
    us = hours.ends_at(instant(at, tz=tz).us, tz)
    assert Instant(us).isoformat(tz) == end


@pytest.mark.parametrize("clock", ["00:00", "22:00"])
def test_equal_ends_are_refused_since_they_could_mean_never_or_always(clock):
    with pytest.raises(DefinitionError, match="never or always"):
        DailyHours(clock, clock)


def test_a_wrong_time_of_day_is_refused():
    with pytest.raises(TimeFormatError):
        DailyHours("22:00", "24:00")


def test_hours_are_values_with_a_repr_that_is_source():
    assert repr(QUIET) == "DailyHours('22:00', '08:00')"
    assert str(QUIET) == "22:00-08:00"
    assert DailyHours(time_of_day("22:00"), "08:00") == QUIET
    assert len({QUIET, DailyHours("22:00", "08:00")}) == 1


@given(HOURS, NEAR_CHANGES, st.lists(st.floats(0, 1, exclude_max=True), max_size=20))
def test_the_end_is_the_first_instant_outside(hours, place, parts):
    """T7: the very microsecond, with nothing outside before it."""
    tz, us = place
    end = hours.ends_at(us, tz)
    assert not hours.holds(end, tz)
    if not hours.holds(us, tz):
        assert end == us
        return
    assert us < end <= us + 50 * HOUR
    assert hours.holds(end - 1, tz)
    for part in parts:
        assert hours.holds(us + int((end - us) * part), tz)
    for moment in range(us, end, 10 * MINUTE):
        assert hours.holds(moment, tz)


@given(HOURS, NEAR_CHANGES)
def test_hours_and_the_hours_between_share_out_the_day(hours, place):
    tz, us = place
    between = DailyHours(hours.end, hours.start)
    assert hours.holds(us, tz) is not between.holds(us, tz)
