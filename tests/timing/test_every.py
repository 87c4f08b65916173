from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.errors import DefinitionError, TimeFormatError
from privflow.timing import (
    Every,
    Instant,
    Schedule,
    day,
    every,
    instant,
    span,
    time_of_day,
)
from strategies.occurrence import DAY, dues, near_changes, occurrences

NEW_YORK = "America/New_York"

CLOCKS = st.times().map(lambda at: time_of_day(f"{at:%H:%M:%S}"))
NEAR_CHANGES = near_changes(9 * DAY)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (every("12h", times=3), ["20T21:30", "21T09:30", "21T21:30"]),
        (every("12h", until="1d"), ["20T21:30", "21T09:30"]),
        (every("12h", until="35h59m"), ["20T21:30", "21T09:30"]),
        (every("1d", until="2026-10-22"), ["21T09:30", "22T09:30"]),
        (every("3d", "20:00", times=2), ["23T20:00", "26T20:00"]),
        (every("3d", "20:00", until="6d"), ["23T20:00", "26T20:00"]),
        (every("3d", "20:00", until="8d"), ["23T20:00", "26T20:00"]),
        (every("3d", "20:00", until="2026-10-26"), ["23T20:00", "26T20:00"]),
        (every("3d", "20:00", until="2026-10-25"), ["23T20:00"]),
        (every("1d", "08:00", times=1), ["21T08:00"]),
        (every("1d", "08:00", until="2026-10-20"), []),
        (every("1d", "08:00", until="2020-01-01"), []),
    ],
    ids=str,
)
def test_steps_are_counted_from_the_anchor_to_the_end(schedule, expected):
    """T4: the first is one step after the anchor, and the end may be the last."""
    found = dues(schedule, "2026-10-20T09:30", 40)
    assert found == [f"2026-10-{rest}" for rest in expected]


def test_days_with_a_time_stay_on_it_when_the_clock_changes():
    """T3 and T6."""
    assert dues(every("1d", "12:00", times=2), "2024-03-09T12:00", tz=NEW_YORK) == [
        "2024-03-10T12:00",
        "2024-03-11T12:00",
    ]
    assert dues(every("1d", times=2), "2024-03-09T12:00", tz=NEW_YORK) == [
        "2024-03-10T13:00",
        "2024-03-11T13:00",
    ]


def test_a_day_that_never_was_and_the_next_are_one_occurrence():
    """T6: Apia had no 2011-12-30."""
    tz, schedule = "Pacific/Apia", every("1d", "20:00", times=2)
    anchor = instant("2011-12-28T12:00", tz=tz).us
    found = occurrences(schedule, anchor, tz)
    assert [Instant(us).isoformat(tz)[:16] for us in found] == [
        "2011-12-29T20:00",
        "2011-12-31T20:00",
    ]
    asked = {"anchor_us": anchor, "tz": tz, "attributes": {}}
    assert schedule.due(after_us=found[1] - 1, **asked) == found[1]
    assert occurrences(every("1d", "20:00", times=3), anchor, tz) == found


def test_a_recurrence_ends_with_time():
    daily = every("1d", times=5)
    assert len(dues(daily, "9999-12-29T12:00Z", tz="UTC")) == 2


@pytest.mark.parametrize(
    ("step", "at", "ends", "problem"),
    [
        ("3d", None, {}, "no end or two"),
        ("3d", None, {"times": 2, "until": "30d"}, "no end or two"),
        ("3d", None, {"times": 2, "until": "2026-12-31"}, "no end or two"),
        ("0s", None, {"times": 2}, "at least 1m"),
        ("59s", None, {"times": 2}, "at least 1m"),
        ("12h", "20:00", {"times": 2}, "got 12h with a time of day"),
        ("36h", "20:00", {"times": 2}, "got 1d12h with a time of day"),
        ("3d", "20:00", {"until": "30h"}, "got 1d6h with a time of day"),
        ("3d", None, {"until": "2d"}, "before the first time"),
        ("3d", None, {"until": "0s"}, "before the first time"),
        ("3d", None, {"times": 0}, "from 1 to 10000"),
        ("3d", None, {"times": 10_001}, "from 1 to 10000"),
        ("3d", None, {"times": 2.0}, "from 1 to 10000"),
        ("3d", None, {"times": True}, "from 1 to 10000"),
    ],
)
def test_what_never_ends_or_never_begins_is_refused(step, at, ends, problem):
    """T3 and T4."""
    with pytest.raises(DefinitionError, match=problem):
        every(step, at, **ends)


@pytest.mark.parametrize(
    "build",
    [
        lambda: every("3 days", times=2),
        lambda: every("3d", "8pm", times=2),
        lambda: every("3d", until="2026-02-30"),
        lambda: every("3d", until="soon"),
        lambda: every("3d", until=datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
def test_what_cannot_be_read_is_refused(build):
    with pytest.raises(TimeFormatError):
        build()


@pytest.mark.parametrize(
    ("schedule", "source", "sentence"),
    [
        (every("12h", times=6), "every('12h', times=6)", "every 12h, 6 times"),
        (every("12h", times=1), "every('12h', times=1)", "every 12h, once"),
        (
            every("3d", "20:00", until="30d"),
            "every('3d', '20:00', until='30d')",
            "every 3d at 20:00, for 30d",
        ),
        (
            every("3d", until=date(2026, 12, 31)),
            "every('3d', until='2026-12-31')",
            "every 3d until 2026-12-31",
        ),
    ],
)
def test_the_repr_is_source_and_the_str_a_phrase(schedule, source, sentence):
    assert (repr(schedule), str(schedule)) == (source, sentence)
    assert eval(source, {"every": every}) == schedule  # noqa: S307  repr is source
    assert isinstance(schedule, Schedule)
    assert len({schedule, eval(source, {"every": every})}) == 1  # noqa: S307


def test_parts_may_be_values_or_text():
    month = span("30d")
    assert every(span("3d"), time_of_day("20:00"), until=month) == Every(
        "3d", "20:00", lasting=timedelta(days=30)
    )


@given(st.integers(1, 4), CLOCKS, st.integers(1, 12), NEAR_CHANGES)
def test_days_with_a_time_agree_with_the_standard_library(days, at, times, place):
    """T4 and T6."""
    tz, anchor = place
    first = datetime.fromtimestamp(anchor // 1_000_000, ZoneInfo(tz)).date()
    clock = time.fromisoformat(str(at))
    wanted = {
        int(datetime.combine(date_, clock, ZoneInfo(tz)).timestamp()) * 1_000_000
        for date_ in (first + timedelta(days=days * (n + 1)) for n in range(times))
    }
    found = occurrences(every(f"{days}d", at, times=times), anchor, tz)
    assert found == sorted(wanted)
    asked = {"anchor_us": anchor, "tz": tz, "attributes": {}}
    schedule = every(f"{days}d", at, times=times)
    for one, other in pairwise(found):
        for us in (one, (one + other) // 2, other - 1):
            assert schedule.due(after_us=us, **asked) == other
    same = [
        day(days * (n + 1), at).due(
            anchor_us=anchor, after_us=None, tz=tz, attributes={}
        )
        for n in range(times)
    ]
    assert set(same) == wanted


@given(st.integers(60, 3 * 86_400), st.integers(1, 12), NEAR_CHANGES)
def test_spans_are_exact_and_any_instant_finds_the_next(seconds, times, place):
    """T3."""
    tz, anchor = place
    step = seconds * 1_000_000
    schedule = every(span(f"{seconds}s"), times=times)
    found = occurrences(schedule, anchor, tz)
    assert found == [anchor + step * (n + 1) for n in range(times)]
    asked = {"anchor_us": anchor, "tz": tz, "attributes": {}}
    assert schedule.due(after_us=anchor - DAY, **asked) == found[0]
    for one, other in pairwise(found):
        assert schedule.due(after_us=other - 1, **asked) == other
        assert schedule.due(after_us=one + 1, **asked) == other


@given(st.integers(1, 30), st.integers(0, 20), NEAR_CHANGES)
def test_a_span_as_the_end_is_a_number_of_times(days, more, place):
    tz, anchor = place
    last = days + more
    by_span = every(f"{days}d", until=f"{last}d")
    by_times = every(f"{days}d", times=last // days)
    assert occurrences(by_span, anchor, tz) == occurrences(by_times, anchor, tz)
