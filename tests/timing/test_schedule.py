from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.errors import DefinitionError, TimeFormatError, UnknownNameError
from privflow.timing import (
    After,
    Day,
    Instant,
    OnDate,
    Schedule,
    after,
    day,
    instant,
    is_due_once,
    local_date,
    monthly,
    on_date,
    span,
    time_of_day,
    weekly,
)
from strategies.occurrence import DAY, SHANGHAI, near_changes

NEW_YORK = "America/New_York"
APIA = "Pacific/Apia"

CLOCKS = st.times().map(lambda at: time_of_day(f"{at:%H:%M:%S}"))
ONE_OFF = st.one_of(
    st.integers(0, 400 * DAY).map(lambda us: after(span(f"{us}us"))),
    st.builds(
        lambda n, at, late: day(n, at, late=late),
        st.integers(0, 400),
        CLOCKS,
        st.sampled_from(["next", "now"]),
    ),
    st.builds(on_date, st.dates(date(1990, 1, 1), date(2024, 12, 1)), CLOCKS),
)
NEAR_CHANGES = near_changes(3 * DAY)


def due(schedule, anchor, tz=SHANGHAI):
    """The first due instant as text on the wall clock of the zone."""
    us = schedule.due(
        anchor_us=instant(anchor, tz=tz).us, after_us=None, tz=tz, attributes={}
    )
    return None if us is None else Instant(us).isoformat(tz)


@pytest.mark.parametrize(
    ("schedule", "tz", "anchor", "expected"),
    [
        (after("2h"), SHANGHAI, "2026-10-20T09:30", "2026-10-20T11:30:00+08:00"),
        (after("0s"), SHANGHAI, "2026-10-20T09:30", "2026-10-20T09:30:00+08:00"),
        (after("1d"), NEW_YORK, "2024-03-09T12:00", "2024-03-10T13:00:00-04:00"),
    ],
)
def test_after_counts_elapsed_time_from_the_anchor(schedule, tz, anchor, expected):
    """T3 and T4."""
    assert due(schedule, anchor, tz) == expected


@pytest.mark.parametrize(
    ("schedule", "tz", "anchor", "expected"),
    [
        (day(3, "20:00"), SHANGHAI, "2026-10-20T23:59", "2026-10-23T20:00:00+08:00"),
        (day(1, "10:00"), SHANGHAI, "2026-10-20T00:00", "2026-10-21T10:00:00+08:00"),
        (day(0, "20:00"), SHANGHAI, "2026-10-20T09:30", "2026-10-20T20:00:00+08:00"),
        (day(0, "20:00"), SHANGHAI, "2026-10-20T20:00", "2026-10-20T20:00:00+08:00"),
        (day(0, "20:00"), SHANGHAI, "2026-10-20T20:01", "2026-10-21T20:00:00+08:00"),
        (
            day(0, "20:00", late="now"),
            SHANGHAI,
            "2026-10-20T20:01",
            "2026-10-20T20:01:00+08:00",
        ),
        (
            day(0, "20:00", late="now"),
            SHANGHAI,
            "2026-10-20T19:00",
            "2026-10-20T20:00:00+08:00",
        ),
        (day(1, "12:00"), NEW_YORK, "2024-03-09T12:00", "2024-03-10T12:00:00-04:00"),
        (day(1, "02:30"), NEW_YORK, "2024-03-09T12:00", "2024-03-10T03:30:00-04:00"),
        (day(1, "01:30"), NEW_YORK, "2024-11-02T12:00", "2024-11-03T01:30:00-04:00"),
        (day(1, "20:00"), APIA, "2011-12-29T12:00", "2011-12-31T20:00:00+14:00"),
        (day(2, "20:00"), APIA, "2011-12-29T12:00", "2011-12-31T20:00:00+14:00"),
    ],
)
def test_a_day_is_counted_on_the_local_calendar(schedule, tz, anchor, expected):
    """T4 and T6."""
    assert due(schedule, anchor, tz) == expected


def test_day_0_is_the_local_day_of_the_anchor():
    """T4: the same instant is another day elsewhere."""
    schedule, anchor = day(0, "20:00"), "2026-10-20T20:00Z"
    assert due(schedule, anchor, SHANGHAI) == "2026-10-21T20:00:00+08:00"
    assert due(schedule, anchor, NEW_YORK) == "2026-10-20T20:00:00-04:00"


def test_a_time_that_passed_in_the_first_half_of_a_fold_is_late():
    """T6: of the two 01:30 the first counts."""
    anchor = "2024-11-03T01:15-05:00"
    assert due(day(0, "01:30"), anchor, NEW_YORK) == "2024-11-04T01:30:00-05:00"


@pytest.mark.parametrize(
    ("anchor", "expected"),
    [
        ("2026-10-20T09:30", "2026-11-11T10:00:00+08:00"),
        ("2026-11-11T10:00", "2026-11-11T10:00:00+08:00"),
        ("2026-11-11T10:01", None),
    ],
)
def test_a_date_is_due_once_and_not_for_who_comes_later(anchor, expected):
    assert due(on_date("2026-11-11", "10:00"), anchor) == expected


def test_what_lies_after_the_last_instant_is_never_due():
    last = "9999-12-31T23:00Z"
    assert due(after("2h"), last, "UTC") is None
    assert due(day(1, "10:00"), last, "UTC") is None


@pytest.mark.parametrize(
    ("schedule", "source", "sentence"),
    [
        (after("120m"), "after('2h')", "after 2h"),
        (day(3, "20:00"), "day(3, '20:00')", "day 3 at 20:00"),
        (
            day(0, "20:00", late="now"),
            "day(0, '20:00', late='now')",
            "day 0 at 20:00, at once if late",
        ),
        (
            on_date(date(2026, 11, 11), "10:00:30"),
            "on_date('2026-11-11', '10:00:30')",
            "on 2026-11-11 at 10:00:30",
        ),
    ],
)
def test_the_repr_is_source_and_the_str_a_phrase(schedule, source, sentence):
    names = {"after": after, "day": day, "on_date": on_date}
    assert (repr(schedule), str(schedule)) == (source, sentence)
    assert eval(source, names) == schedule  # noqa: S307  repr is source
    assert hash(eval(source, names)) == hash(schedule)  # noqa: S307  repr is source
    assert isinstance(schedule, Schedule)


def test_parts_may_be_values_or_text():
    at = time_of_day("20:00")
    assert after(span("2h")) == After("2h")
    assert day(3, at) == Day(3, "20:00")
    assert on_date("2026-11-11", at) == OnDate(date(2026, 11, 11), "20:00")


@pytest.mark.parametrize("n", [-1, 3_661, 1.0, "1", None, True])
def test_a_day_number_is_whole_and_within_ten_years(n):
    """T3: what is out of range raises."""
    with pytest.raises(DefinitionError, match="from 0 to 3660"):
        day(n, "20:00")


@pytest.mark.parametrize("late", ["later", "", None, True])
def test_an_unknown_way_to_be_late_is_refused(late):
    with pytest.raises(UnknownNameError, match="'next', 'now'"):
        day(1, "20:00", late=late)


@pytest.mark.parametrize(
    "when",
    [
        "2026-02-29",
        "2026-11-11T10:00",
        "20261111",
        "2026-W46-3",
        "2026-1-1",
        "",
        "\uff12026-11-11",
        None,
        20261111,
        datetime(2026, 11, 11, tzinfo=UTC),
    ],
)
def test_what_is_no_date_is_refused(when):
    with pytest.raises(TimeFormatError, match="2026-11-11"):
        on_date(when, "10:00")


@pytest.mark.parametrize("build", [day, on_date])
def test_a_wrong_time_of_day_is_refused(build):
    with pytest.raises(TimeFormatError):
        build(1 if build is day else "2026-11-11", "8pm")


@given(ONE_OFF, NEAR_CHANGES, st.integers(-DAY, 400 * DAY))
def test_what_is_due_once_names_nothing_after_an_occurrence(schedule, near, ahead):
    tz, anchor_us = near
    assert is_due_once(schedule)
    after_us = anchor_us + ahead
    found = schedule.due(anchor_us=anchor_us, after_us=after_us, tz=tz, attributes={})
    assert found is None


def test_what_recurs_and_what_users_write_is_not_said_to_be_due_once():
    class Mine:
        def due(self, **_: object) -> int | None:
            return None

    others = [weekly("fri", "10:00"), monthly(31, "10:00"), Mine()]
    assert not any(map(is_due_once, others))


@given(ONE_OFF, NEAR_CHANGES)
def test_what_is_due_once_is_due_from_the_anchor_on_and_never_again(schedule, place):
    """T4: even if the plan was edited, and the occurrence before lay earlier."""
    tz, anchor = place
    asked = {"anchor_us": anchor, "tz": tz, "attributes": {}}
    first = schedule.due(after_us=None, **asked)
    if first is not None:
        assert first >= anchor
        assert schedule.due(after_us=first, **asked) is None
        assert schedule.due(after_us=first - 1, **asked) is None


@given(CLOCKS, st.integers(0, 40), NEAR_CHANGES, st.integers(0, 3 * DAY))
def test_a_later_anchor_is_never_due_earlier(at, n, place, later):
    tz, anchor = place
    first, second = (
        day(n, at).due(anchor_us=us, after_us=None, tz=tz, attributes={})
        for us in (anchor, anchor + later)
    )
    assert first <= second or local_date(tz, anchor) > local_date(tz, anchor + later)
