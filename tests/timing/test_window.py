from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from privflow.errors import (
    DefinitionError,
    TimeFormatError,
    UnknownNameError,
    UnknownZoneError,
)
from privflow.timing import (
    Aligned,
    Calendar,
    Rolling,
    Window,
    aligned,
    calendar,
    from_local,
    instant,
    rolling,
    span,
    to_local,
)

DATA = Path(__file__).parent.parent / "data" / "dst_transitions.json"
TRANSITIONS = json.loads(DATA.read_text(encoding="utf-8"))
HOUR = 3_600_000_000
DAY = 24 * HOUR

CALENDARS = [
    calendar("day"),
    calendar("week"),
    calendar("week", first_day="sun"),
    calendar("month"),
    calendar("year"),
]
PERIODS = [
    calendar("day", count=2),
    calendar("day", count=5),
    calendar("week", count=2, first_day="sun"),
    calendar("month", count=3),
    calendar("year", count=2),
]
SLOTS = [
    aligned("1s"),
    aligned("1m"),
    aligned("20m"),
    aligned("30m"),
    aligned("1h"),
    aligned("6h"),
    aligned("1d"),
]
WINDOWS = st.sampled_from([
    rolling("7d"),
    rolling("1us"),
    *CALENDARS,
    *PERIODS,
    *SLOTS,
])
TILES = st.sampled_from([*CALENDARS, *SLOTS])

# Near a change of offset is where a window can go wrong.
NEAR_CHANGES = st.tuples(
    st.sampled_from(TRANSITIONS), st.integers(-50 * HOUR, 50 * HOUR)
).map(lambda pair: (pair[0]["zone"], instant(pair[0]["utc"]).us + pair[1]))
ANYWHERE = st.tuples(
    st.sampled_from(sorted({row["zone"] for row in TRANSITIONS})),
    st.integers(instant("1970-01-01T00:00Z").us, instant("2024-12-01T00:00Z").us),
)
PLACES = NEAR_CHANGES | ANYWHERE


def bounds(window, text, tz="UTC"):
    """Both ends as text in the zone that counts."""
    ends = window.bounds(instant(text).us, tz)
    zone = getattr(window, "tz", None) or tz
    return tuple(type(instant(text))(end).isoformat(zone) for end in ends)


def test_what_happened_exactly_one_span_ago_is_out():
    """T2: (now - W, now]."""
    now, week = instant("2026-10-20T01:30Z").us, rolling("7d")
    assert week.bounds(now, "UTC") == (now - 7 * DAY + 1, now + 1)
    assert week.leaves_at(now - 7 * DAY, "UTC") == now


@pytest.mark.parametrize(
    ("window", "now", "start", "end"),
    [
        (
            calendar("day", tz="Asia/Shanghai"),
            "2026-10-20T15:59:59+08:00",
            "2026-10-20T00:00:00+08:00",
            "2026-10-21T00:00:00+08:00",
        ),
        (
            calendar("day", tz="Asia/Shanghai"),
            "2026-10-20T00:00+08:00",
            "2026-10-20T00:00:00+08:00",
            "2026-10-21T00:00:00+08:00",
        ),
        (
            calendar("week", tz="Asia/Shanghai"),
            "2026-10-25T23:59+08:00",
            "2026-10-19T00:00:00+08:00",
            "2026-10-26T00:00:00+08:00",
        ),
        (
            calendar("week", tz="Asia/Shanghai", first_day="sun"),
            "2026-10-25T23:59+08:00",
            "2026-10-25T00:00:00+08:00",
            "2026-11-01T00:00:00+08:00",
        ),
        (
            calendar("month", tz="Asia/Shanghai"),
            "2024-02-29T12:00+08:00",
            "2024-02-01T00:00:00+08:00",
            "2024-03-01T00:00:00+08:00",
        ),
        (
            calendar("month", tz="Asia/Shanghai"),
            "2026-12-31T23:59+08:00",
            "2026-12-01T00:00:00+08:00",
            "2027-01-01T00:00:00+08:00",
        ),
        (
            calendar("year", tz="Asia/Shanghai"),
            "2024-12-31T23:59+08:00",
            "2024-01-01T00:00:00+08:00",
            "2025-01-01T00:00:00+08:00",
        ),
        (
            calendar("day", tz="America/New_York"),
            "2024-03-10T12:00-04:00",
            "2024-03-10T00:00:00-05:00",
            "2024-03-11T00:00:00-04:00",
        ),
        (
            calendar("day", tz="Pacific/Apia"),
            "2011-12-29T12:00-10:00",
            "2011-12-29T00:00:00-10:00",
            "2011-12-31T00:00:00+14:00",
        ),
        (
            calendar("day", tz="America/Sao_Paulo"),
            "2018-11-04T12:00-02:00",
            "2018-11-04T01:00:00-02:00",
            "2018-11-05T00:00:00-02:00",
        ),
    ],
)
def test_a_calendar_window_is_the_period_of_its_zone(window, now, start, end):
    """T2 and T6."""
    assert bounds(window, now) == (start, end)


@pytest.mark.parametrize(
    ("window", "now", "start", "end"),
    [
        (
            calendar("day", count=2, tz="Asia/Shanghai"),
            "2026-10-20T00:00+08:00",
            "2026-10-19T00:00:00+08:00",
            "2026-10-21T00:00:00+08:00",
        ),
        (
            calendar("week", count=2, tz="Asia/Shanghai", first_day="sun"),
            "2026-10-24T23:59+08:00",
            "2026-10-11T00:00:00+08:00",
            "2026-10-25T00:00:00+08:00",
        ),
        (
            calendar("month", count=3, tz="Asia/Shanghai"),
            "2026-01-15T12:00+08:00",
            "2025-11-01T00:00:00+08:00",
            "2026-02-01T00:00:00+08:00",
        ),
        (
            calendar("year", count=2, tz="UTC"),
            "2026-01-15T12:00Z",
            "2025-01-01T00:00:00Z",
            "2027-01-01T00:00:00Z",
        ),
        (
            calendar("day", count=2, tz="America/New_York"),
            "2024-03-11T12:00-04:00",
            "2024-03-10T00:00:00-05:00",
            "2024-03-12T00:00:00-04:00",
        ),
        (
            calendar("day", count=2, tz="Pacific/Apia"),
            "2011-12-31T12:00+14:00",
            "2011-12-29T00:00:00-10:00",
            "2012-01-01T00:00:00+14:00",
        ),
    ],
)
def test_several_periods_end_with_the_present_one(window, now, start, end):
    """T2 and T6: a day that never was is none of them."""
    assert bounds(window, now) == (start, end)


@given(st.sampled_from(PERIODS), PLACES)
def test_several_periods_are_so_many_of_one_after_another(window, place):
    """T2: by the periods of the calendar, one by one."""
    tz, now = place
    one = calendar(window.unit, first_day=window.first_day)
    starts = [one.bounds(now, tz)[0]]
    ends = [one.bounds(now, tz)[1]]
    for _ in range(window.count - 1):
        starts.append(one.bounds(starts[-1] - 1, tz)[0])
        ends.append(one.bounds(ends[-1], tz)[1])
    assert window.bounds(now, tz) == (starts[-1], ends[0])
    assert window.leaves_at(now, tz) == ends[-1]


def test_one_period_is_the_plain_calendar():
    assert calendar("day", count=1) == calendar("day")


@pytest.mark.parametrize("count", [0, -1, 367, 2.0, "2", None, True])
def test_a_count_that_is_none_is_refused(count):
    with pytest.raises(DefinitionError, match="whole number"):
        calendar("day", count=count)


@pytest.mark.parametrize(
    ("window", "now", "start", "end"),
    [
        (
            aligned("1h", tz="Asia/Kathmandu"),
            "2026-10-20T09:59+05:45",
            "2026-10-20T09:00:00+05:45",
            "2026-10-20T10:00:00+05:45",
        ),
        (
            aligned("6h", tz="America/New_York"),
            "2024-03-10T01:00-05:00",
            "2024-03-10T00:00:00-05:00",
            "2024-03-10T06:00:00-04:00",
        ),
        (
            aligned("1h", tz="America/New_York"),
            "2024-03-10T03:10-04:00",
            "2024-03-10T03:00:00-04:00",
            "2024-03-10T04:00:00-04:00",
        ),
        (
            aligned("1h", tz="America/New_York"),
            "2024-11-03T01:10-05:00",
            "2024-11-03T01:00:00-04:00",
            "2024-11-03T02:00:00-05:00",
        ),
        (
            aligned("30m", tz="America/New_York"),
            "2024-11-03T01:10-05:00",
            "2024-11-03T01:30:00-04:00",
            "2024-11-03T02:00:00-05:00",
        ),
        (
            aligned("1h", tz="Australia/Lord_Howe"),
            "2024-10-06T02:40+11:00",
            "2024-10-06T02:30:00+11:00",
            "2024-10-06T03:00:00+11:00",
        ),
    ],
)
def test_a_slot_runs_from_one_mark_of_the_clock_to_the_next(window, now, start, end):
    """T6: marks in a gap move, of those in a fold the first counts."""
    assert bounds(window, now) == (start, end)


@pytest.mark.parametrize("window", [calendar("day"), aligned("1d")])
def test_the_window_uses_the_zone_of_the_contact_unless_it_has_its_own(window):
    now = instant("2026-10-20T01:30Z").us
    assert window.bounds(now, "UTC") != window.bounds(now, "Asia/Shanghai")
    own = type(window)(*[window.unit] if window in CALENDARS else ["1d"], tz="UTC")
    assert own.bounds(now, "Asia/Shanghai") == window.bounds(now, "UTC")
    assert own.leaves_at(now, "Asia/Shanghai") == window.leaves_at(now, "UTC")


@pytest.mark.parametrize(
    ("tz", "change"),
    [
        ("America/St_Johns", "2006-10-29T02:31Z"),
        ("America/Toronto", "1919-03-31T04:30Z"),
        ("Pacific/Kwajalein", "1969-09-30T13:00Z"),
    ],
    ids=["a fold over midnight", "a gap over midnight", "a fold of a day"],
)
def test_days_lie_side_by_side_whatever_the_clock_does_at_midnight(tz, change):
    middle = instant(change).us
    for window in (calendar("day"), calendar("month"), aligned("1d"), aligned("1h")):
        for minute in range(-60 * 50, 60 * 50, 7):
            now = middle + minute * 60_000_000
            start, end = window.bounds(now, tz)
            assert start <= now < end
            assert window.bounds(start, tz) == window.bounds(end - 1, tz)
            assert window.bounds(start, tz) == (start, end)


def test_the_last_periods_end_after_the_last_instant():
    last = instant("9999-12-31T23:59:59.999999Z").us
    for window in (*CALENDARS, *SLOTS):
        start, end = window.bounds(last, "UTC")
        assert start <= last < end
    assert calendar("month").bounds(last, "UTC")[1] == last + 1
    assert calendar("year").bounds(last, "UTC")[1] == last + 1


@pytest.mark.parametrize("tz", ["UTC", "Pacific/Kiritimati", "Etc/GMT+12"])
@pytest.mark.parametrize("window", [*CALENDARS, *SLOTS], ids=repr)
def test_every_window_knows_the_ends_of_time_in_every_zone(window, tz):
    """C3: hosts write these instants for "never", and a batch goes on."""
    for end_of_time in ("0001-01-01T00:00Z", "9999-12-31T23:59:59.999999Z"):
        at = instant(end_of_time).us
        start, end = window.bounds(at, tz)
        assert start <= at < end
        assert window.bounds(start, tz) == (start, end)
        assert window.bounds(end - 1, tz) == (start, end)
        assert window.bounds(end, tz)[0] == end
        assert window.bounds(start - 1, tz)[1] == start


@pytest.mark.parametrize("unit", ["day", "week", "month", "year"])
def test_several_periods_reach_beyond_the_ends_of_time(unit):
    """C3: what happened there stops no batch."""
    window = calendar(unit, count=3, tz="Asia/Shanghai")
    for end_of_time in ("0001-01-01T00:00Z", "9999-12-31T23:59:59.999999Z"):
        at = instant(end_of_time).us
        start, end = window.bounds(at, "UTC")
        assert start <= at < end < window.leaves_at(at, "UTC")


@pytest.mark.parametrize(
    ("window", "source", "sentence"),
    [
        (rolling("168h"), "rolling('7d')", "7d rolling"),
        (calendar("day"), "calendar('day')", "calendar day"),
        (
            calendar("month", tz="Asia/Shanghai"),
            "calendar('month', tz='Asia/Shanghai')",
            "calendar month in Asia/Shanghai",
        ),
        (calendar("week"), "calendar('week')", "calendar week from mon"),
        (
            calendar("week", first_day="sun"),
            "calendar('week', first_day='sun')",
            "calendar week from sun",
        ),
        (
            calendar("day", count=2),
            "calendar('day', count=2)",
            "2 calendar days",
        ),
        (
            calendar("week", count=3, tz="UTC", first_day="sun"),
            "calendar('week', count=3, tz='UTC', first_day='sun')",
            "3 calendar weeks from sun in UTC",
        ),
        (aligned("60m"), "aligned('1h')", "1h by the clock"),
        (
            aligned("1h", tz="UTC"),
            "aligned('1h', tz='UTC')",
            "1h by the clock in UTC",
        ),
    ],
)
def test_the_repr_is_source_and_the_str_a_phrase(window, source, sentence):
    names = {"rolling": rolling, "calendar": calendar, "aligned": aligned}
    assert (repr(window), str(window)) == (source, sentence)
    assert eval(source, names) == window  # noqa: S307  repr is source
    assert hash(eval(source, names)) == hash(window)  # noqa: S307  repr is source
    assert isinstance(window, Window)


def test_lengths_may_be_spans_and_classes_take_text():
    assert rolling(span("7d")) == Rolling("7d") == Rolling(timedelta(days=7))
    assert aligned(span("1h")) == Aligned("1h")
    assert calendar("day") == Calendar("day")


@pytest.mark.parametrize("unit", ["hour", "quarter", "Day", "", None, 1, []])
def test_an_unknown_unit_is_refused_with_the_known_ones(unit):
    with pytest.raises(UnknownNameError) as caught:
        calendar(unit)
    assert caught.value.known == ("day", "week", "month", "year")


@pytest.mark.parametrize("first_day", ["monday", "Mon", 0, None])
def test_an_unknown_weekday_is_refused(first_day):
    with pytest.raises(UnknownNameError) as caught:
        calendar("week", first_day=first_day)
    assert caught.value.known[0] == "mon"


@pytest.mark.parametrize("unit", ["day", "month", "year"])
def test_only_a_week_has_a_first_day(unit):
    with pytest.raises(DefinitionError, match="only a week has a first_day"):
        calendar(unit, first_day="sun")


@pytest.mark.parametrize("length", ["0s", "7h", "5d", "7m", "25h", "2d"])
def test_a_slot_must_divide_a_day(length):
    with pytest.raises(DefinitionError, match="does not divide a day"):
        aligned(length)


def test_an_empty_rolling_window_is_refused():
    with pytest.raises(DefinitionError, match="an empty window"):
        rolling("0s")


@pytest.mark.parametrize("build", [rolling, aligned])
def test_a_length_without_a_unit_is_refused(build):
    with pytest.raises(TimeFormatError):
        build("7")


@pytest.mark.parametrize("tz", ["Asia/Peking", "", 8])
def test_a_wrong_zone_is_refused_at_the_definition(tz):
    """T8."""
    with pytest.raises(UnknownZoneError):
        calendar("day", tz=tz)
    with pytest.raises(UnknownZoneError):
        aligned("1h", tz=tz)


@given(WINDOWS, PLACES, st.integers(0, 3 * DAY) | st.integers(0, 800 * DAY))
@example(rolling("7d"), ("UTC", 0), 7 * DAY)
@example(rolling("7d"), ("UTC", 0), 7 * DAY - 1)
def test_what_happened_counts_until_it_leaves(window, place, later):
    tz, at = place
    now = at + later
    start, end = window.bounds(now, tz)
    assert (start <= at < end) == (now < window.leaves_at(at, tz))


@given(WINDOWS, PLACES)
def test_it_counts_at_the_last_microsecond_and_no_more_at_the_next(window, place):
    tz, at = place
    leaves = window.leaves_at(at, tz)
    last, gone = (window.bounds(now, tz) for now in (leaves - 1, leaves))
    assert last[0] <= at < last[1]
    assert not gone[0] <= at < gone[1]


@given(TILES, PLACES)
def test_periods_and_slots_lie_side_by_side(window, place):
    tz, now = place
    start, end = window.bounds(now, tz)
    assert start <= now < end
    assert window.bounds(start, tz) == window.bounds(end - 1, tz) == (start, end)
    assert window.bounds(start - 1, tz)[1] == start
    assert window.bounds(end, tz)[0] == end


@given(st.sampled_from(SLOTS), PLACES)
def test_a_slot_ends_at_the_first_mark_after_now(window, place):
    """T6: the marks are those of `from_local`, one by one."""
    tz, now = place
    size = max(window.span.us, 20 * 60_000_000)
    window = Aligned(span(f"{size}us"))
    first = to_local(tz, now) // size * size - 2 * DAY
    marks = {from_local(tz, first + n * size) for n in range(4 * DAY // size + 2)}
    expected = (
        max(mark for mark in marks if mark <= now),
        min(mark for mark in marks if mark > now),
    )
    assert window.bounds(now, tz) == expected
