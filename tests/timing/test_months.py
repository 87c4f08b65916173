from __future__ import annotations

from calendar import monthrange
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.errors import DefinitionError, TimeFormatError
from privflow.timing import (
    Instant,
    Months,
    Schedule,
    instant,
    months,
    time_of_day,
    to_local,
)
from strategies.occurrence import DAY, SHANGHAI, near_changes

NEW_YORK = "America/New_York"

CLOCKS = st.times().map(lambda at: time_of_day(f"{at:%H:%M:%S}"))
NEAR_CHANGES = near_changes(40 * DAY)


def due(schedule, anchor, tz=SHANGHAI):
    us = schedule.due(
        anchor_us=instant(anchor, tz=tz).us, after_us=None, tz=tz, attributes={}
    )
    return None if us is None else Instant(us).isoformat(tz)


@pytest.mark.parametrize(
    ("schedule", "tz", "anchor", "expected"),
    [
        (months(1), SHANGHAI, "2026-10-20T09:30", "2026-11-20T09:30:00+08:00"),
        (months(1), SHANGHAI, "2026-01-31T09:30", "2026-02-28T09:30:00+08:00"),
        (months(1), SHANGHAI, "2024-01-31T09:30", "2024-02-29T09:30:00+08:00"),
        (months(1), SHANGHAI, "2026-02-28T09:30", "2026-03-28T09:30:00+08:00"),
        (months(2), SHANGHAI, "2026-12-31T09:30", "2027-02-28T09:30:00+08:00"),
        (months(12), SHANGHAI, "2024-02-29T00:00", "2025-02-28T00:00:00+08:00"),
        (months(120), SHANGHAI, "2026-10-20T00:00", "2036-10-20T00:00:00+08:00"),
        (
            months(1, "10:00"),
            SHANGHAI,
            "2026-01-31T23:59",
            "2026-02-28T10:00:00+08:00",
        ),
        (months(1), NEW_YORK, "2024-02-10T02:30", "2024-03-10T03:30:00-04:00"),
        (months(1), NEW_YORK, "2024-10-03T01:30", "2024-11-03T01:30:00-04:00"),
        (months(1), "Pacific/Apia", "2011-11-30T12:00", "2011-12-31T12:00:00+14:00"),
    ],
    ids=[
        "same day",
        "clamped",
        "clamped in a leap year",
        "not stretched to the end",
        "over new year",
        "a leap day",
        "ten years",
        "with a time of day",
        "into a gap",
        "into a fold",
        "onto a day that never was",
    ],
)
def test_a_month_ends_on_the_same_day_or_on_the_last(schedule, tz, anchor, expected):
    """T3, T4 and T6."""
    assert due(schedule, anchor, tz) == expected


def test_the_own_time_of_the_anchor_is_kept_to_the_microsecond():
    anchor = "2026-10-20T09:30:15.000001"
    assert due(months(1), anchor) == "2026-11-20T09:30:15.000001+08:00"


def test_a_month_after_the_last_is_never_due():
    assert due(months(1), "9999-12-01T00:00Z", "UTC") is None


@pytest.mark.parametrize("n", [0, -1, 121, 1.0, "1", None, True])
def test_a_count_of_months_is_whole_and_within_ten_years(n):
    """T3: what is out of range raises."""
    with pytest.raises(DefinitionError, match="from 1 to 120"):
        months(n)


def test_a_wrong_time_of_day_is_refused():
    with pytest.raises(TimeFormatError):
        months(1, "8pm")


@pytest.mark.parametrize(
    ("schedule", "source", "sentence"),
    [
        (months(1), "months(1)", "1 month later"),
        (months(3, "10:00"), "months(3, '10:00')", "3 months later at 10:00"),
    ],
)
def test_the_repr_is_source_and_the_str_a_phrase(schedule, source, sentence):
    assert (repr(schedule), str(schedule)) == (source, sentence)
    assert eval(source, {"months": months}) == schedule  # noqa: S307  repr is source
    assert isinstance(schedule, Schedule)
    assert hash(schedule) == hash(Months(schedule.n, schedule.at))


@given(st.integers(1, 120), st.none() | CLOCKS, NEAR_CHANGES)
def test_months_agree_with_the_standard_library(n, at, place):
    """T3, T4 and T6."""
    tz, anchor = place
    asked = {"anchor_us": anchor, "tz": tz, "attributes": {}}
    found = months(n, at).due(after_us=None, **asked)
    zone = ZoneInfo(tz)
    local = datetime.fromtimestamp(anchor // 1_000_000, zone)
    clock = to_local(tz, anchor) % DAY if at is None else at.us
    year, month = divmod(local.year * 12 + local.month - 1 + n, 12)
    day = min(local.day, monthrange(year, month + 1)[1])
    hour, rest = divmod(clock, 3_600_000_000)
    minute, rest = divmod(rest, 60_000_000)
    second, us = divmod(rest, 1_000_000)
    wanted = datetime(year, month + 1, day, hour, minute, second, us, tzinfo=zone)
    assert found == int(wanted.replace(microsecond=0).timestamp()) * 1_000_000 + us
    assert found > anchor
    assert months(n, at).due(after_us=found, **asked) is None
