from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.errors import DefinitionError, TimeFormatError, UnknownNameError
from privflow.timing import (
    OnWorkday,
    Schedule,
    WorkCalendar,
    Workday,
    after,
    around,
    day,
    every,
    instant,
    local_date,
    monthly,
    months,
    on_date,
    on_workday,
    time_of_day,
    to_local,
    weekly,
    workday,
)
from strategies.occurrence import DAY, dues, near_changes, occurrences

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

PLAIN = WorkCalendar("plain")
# October 1 to 7 is free, the Saturday after makes up for it; the 1st is a Thursday.
OFFICE = WorkCalendar(
    "office",
    holidays=["2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07"],
    workdays=["2026-10-10"],
    until="2026-12-31",
)

CLOCKS = st.times().map(lambda at: time_of_day(f"{at:%H:%M:%S}"))
HOLIDAYS = st.sets(st.dates(date(2023, 10, 1), date(2024, 12, 31)), max_size=60)
CALENDARS = st.builds(
    lambda weekend, free, worked: WorkCalendar(
        "any",
        weekend=weekend,
        holidays=free - worked,
        workdays=worked,
        until="2024-12-31",
    ),
    st.sets(st.sampled_from(WEEK), max_size=3),
    HOLIDAYS,
    st.sets(st.dates(date(2023, 10, 1), date(2024, 12, 31)), max_size=20),
)
SCHEDULES = st.one_of(
    st.builds(day, st.integers(0, 20), CLOCKS),
    st.builds(weekly, st.sets(st.sampled_from(WEEK), min_size=1), CLOCKS),
    st.builds(monthly, st.integers(1, 31), CLOCKS),
    st.builds(
        lambda hours, times: every(f"{hours}h", times=times),
        st.integers(5, 60),
        st.integers(1, 12),
    ),
    st.builds(
        lambda days, at: every(f"{days}d", at, until="20d"), st.integers(1, 9), CLOCKS
    ),
)
NEAR_CHANGES = near_changes(9 * DAY, since="2023-10")


# ── workday ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("n", "anchor", "expected"),
    [
        (1, "2026-09-30T09:30", "2026-10-08T10:00"),
        (2, "2026-09-30T09:30", "2026-10-09T10:00"),
        (3, "2026-09-30T09:30", "2026-10-10T10:00"),
        (4, "2026-09-30T09:30", "2026-10-12T10:00"),
        (0, "2026-09-30T09:30", "2026-09-30T10:00"),
        (0, "2026-09-30T10:00", "2026-09-30T10:00"),
        (0, "2026-09-30T10:01", "2026-10-08T10:00"),
        (0, "2026-10-03T23:00", "2026-10-08T10:00"),
        (1, "2026-10-03T23:00", "2026-10-08T10:00"),
        (2, "2026-10-03T23:00", "2026-10-09T10:00"),
        (1, "2026-12-31T09:30", "2027-01-01T10:00"),
    ],
    ids=[
        "over holidays",
        "the second",
        "a saturday that is worked",
        "over a sunday",
        "day 0",
        "day 0 at the very time",
        "day 0 is late",
        "day 0 from a holiday",
        "day 1 from a holiday",
        "day 2 from a holiday",
        "beyond the calendar by weekday",
    ],
)
def test_workdays_are_counted_after_the_day_of_the_anchor(n, anchor, expected):
    """T4."""
    schedule = workday(n, "10:00", calendar=OFFICE)
    assert dues(schedule, anchor) == [expected]


def test_a_late_workday_may_be_due_at_once():
    """T4."""
    schedule = workday(0, "10:00", calendar=OFFICE, late="now")
    assert dues(schedule, "2026-09-30T10:01") == ["2026-09-30T10:01"]
    assert dues(schedule, "2026-10-03T10:01") == ["2026-10-08T10:00"]
    assert dues(schedule, "2026-09-30T09:00") == ["2026-09-30T10:00"]


def test_a_workday_that_never_was_is_passed_over():
    """T6: Apia had no Friday 2011-12-30."""
    schedule = workday(1, "10:00", calendar=PLAIN)
    assert dues(schedule, "2011-12-29T09:00", tz="Pacific/Apia") == ["2012-01-02T10:00"]


def test_what_lies_after_the_last_instant_is_never_due():
    schedule = workday(5, "10:00", calendar=PLAIN)
    assert dues(schedule, "9999-12-31T09:00Z", tz="UTC") == []


@pytest.mark.parametrize("n", [-1, 1_001, 1.0, "1", None, True])
def test_a_count_of_workdays_is_whole_and_bounded(n):
    """T3: what is out of range raises."""
    with pytest.raises(DefinitionError, match="from 0 to 1000"):
        workday(n, "10:00", calendar=PLAIN)


@given(st.integers(0, 12), CLOCKS, CALENDARS, NEAR_CHANGES)
def test_the_workdays_between_are_as_many_as_said(n, at, calendar, place):
    """T4, counted by `datetime.date` alone."""
    tz, anchor = place
    [us] = occurrences(workday(n, at, calendar=calendar), anchor, tz)
    first, last = local_date(tz, anchor), local_date(tz, us)
    days = map(date.fromordinal, range(first.toordinal() + 1, last.toordinal() + 1))
    passed = sum(map(calendar.is_workday, days))
    assert us >= anchor
    assert calendar.is_workday(last)
    # One more where workday 0 is a later day, since this one is free, or is over.
    assert passed == n if n else passed <= 1


# ── on_workday ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("schedule", "otherwise", "anchor", "expected"),
    [
        (day(1, "20:00"), "next", "2026-09-30T09:00", ["2026-10-08T20:00"]),
        (day(0, "20:00"), "next", "2026-09-30T09:00", ["2026-09-30T20:00"]),
        (day(4, "20:00"), "previous", "2026-09-30T09:00", ["2026-09-30T20:00"]),
        (day(4, "08:00"), "previous", "2026-09-30T09:00", ["2026-10-08T08:00"]),
        (day(4, "20:00"), "skip", "2026-09-30T09:00", []),
        (day(0, "20:00"), "skip", "2026-09-30T09:00", ["2026-09-30T20:00"]),
        (after("36h"), "next", "2026-09-30T09:00", ["2026-10-08T21:00"]),
        (months(1), "next", "2026-09-01T09:00", ["2026-10-08T09:00"]),
        (
            on_date("2026-10-10", "09:00"),
            "next",
            "2026-09-30T09:00",
            ["2026-10-10T09:00"],
        ),
        (
            monthly(1, "10:00"),
            "next",
            "2026-09-15T09:00",
            ["2026-10-08T10:00", "2026-11-02T10:00", "2026-12-01T10:00"],
        ),
        (
            monthly(1, "10:00"),
            "previous",
            "2026-09-15T09:00",
            ["2026-09-30T10:00", "2026-10-30T10:00", "2026-12-01T10:00"],
        ),
        (
            weekly("fri", "20:00"),
            "skip",
            "2026-09-25T09:00",
            ["2026-09-25T20:00", "2026-10-09T20:00", "2026-10-16T20:00"],
        ),
        (
            weekly(WEEK, "20:00"),
            "next",
            "2026-09-30T09:00",
            ["2026-09-30T20:00", "2026-10-08T20:00", "2026-10-09T20:00"],
        ),
        (
            weekly(WEEK, "20:00"),
            "previous",
            "2026-09-30T09:00",
            ["2026-09-30T20:00", "2026-10-08T20:00", "2026-10-09T20:00"],
        ),
        (
            every("12h", times=6),
            "next",
            "2026-10-09T21:30",
            ["2026-10-10T09:30", "2026-10-10T21:30", "2026-10-12T09:30"],
        ),
    ],
)
def test_what_falls_on_a_free_day_is_moved_or_left_out(
    schedule, otherwise, anchor, expected
):
    """T4: the time of day stays, and what meets becomes one."""
    kept = on_workday(schedule, OFFICE, otherwise=otherwise)
    assert dues(kept, anchor) == expected


def test_a_birthday_is_kept_on_the_workday_before():
    schedule = on_workday(around("birthday", at="10:00"), OFFICE, otherwise="previous")
    found = dues(schedule, "2026-08-01T00:00", count=1, birthday=date(1995, 10, 4))
    assert found == ["2026-09-30T10:00"]
    assert dues(schedule, "2026-08-01T00:00") == []


def test_what_moves_may_come_before_what_stays():
    """Saturday's evening goes to Monday, and so does Sunday's morning, before it."""
    schedule = on_workday(every("12h", times=6), PLAIN)
    assert dues(schedule, "2026-10-23T21:30", count=9) == [
        "2026-10-26T09:30",
        "2026-10-26T21:30",
    ]


def test_what_never_falls_on_a_workday_is_given_up():
    sundays = weekly("sun", "20:00")
    assert dues(on_workday(sundays, PLAIN, otherwise="skip"), "2026-09-20T21:00") == []
    one = WorkCalendar("c", workdays=["2031-03-02"], until="2031-12-31")
    kept = on_workday(sundays, one, otherwise="skip")
    assert dues(kept, "2026-09-20T21:00") == ["2031-03-02T20:00"]


def test_time_ends_for_what_is_moved_too():
    schedule = on_workday(weekly(WEEK, "10:00"), PLAIN)
    assert dues(schedule, "9999-12-31T11:00Z", tz="UTC") == []
    late = WorkCalendar("c", weekend=["fri", "sat", "sun"])
    assert dues(on_workday(after("0s"), late), "9999-12-31T11:00Z", tz="UTC") == []


@pytest.mark.parametrize("otherwise", ["next", "previous"])
def test_a_day_that_never_was_is_no_workday_to_go_to(otherwise):
    """T6: Apia's Friday 2011-12-30 was not."""
    schedule = on_workday(on_date("2011-12-31", "10:00"), PLAIN, otherwise=otherwise)
    expected = {"next": "2012-01-02T10:00", "previous": "2011-12-29T10:00"}
    found = dues(schedule, "2011-12-28T09:00", tz="Pacific/Apia")
    assert found == [expected[otherwise]]


@given(
    SCHEDULES, CALENDARS, st.sampled_from(["next", "previous", "skip"]), NEAR_CHANGES
)
def test_moved_occurrences_are_those_of_the_schedule_moved_one_by_one(
    schedule, calendar, otherwise, place
):
    """T4: against moving each by `datetime.date`, and sorting what comes of it."""
    tz, anchor = place
    moved = set()
    for us in occurrences(schedule, anchor, tz):
        date_, clock = local_date(tz, us), to_local(tz, us) % DAY
        if calendar.is_workday(date_):
            moved.add(us)
            continue
        choices = {"next": calendar.next_workday(date_)}
        choices["previous"] = calendar.previous_workday(date_)
        if otherwise == "skip":
            continue
        at = clock_text(clock)
        to = instant(f"{choices[otherwise]}T{at}", tz=tz).us
        if to < anchor:
            to = instant(f"{choices['next']}T{at}", tz=tz).us
        moved.add(to)
    kept = on_workday(schedule, calendar, otherwise=otherwise)
    found = occurrences(kept, anchor, tz, most=12)
    # The last of the plain occurrences may still be overtaken by later ones.
    horizon = sorted(moved)[:12] if len(moved) < 20 else sorted(moved)[:10]
    assert found[: len(horizon)] == horizon
    assert all(one < other for one, other in pairwise(found))
    assert all(calendar.is_workday(local_date(tz, us)) for us in found)
    if schedule.due(anchor_us=anchor, after_us=anchor, tz=tz, attributes={}):
        asked = {"anchor_us": anchor, "tz": tz, "attributes": {}}
        for one, other in pairwise(found):
            for us in ((one + other) // 2, other - 1):
                assert kept.due(after_us=us, **asked) == other


def clock_text(clock):
    seconds, us = divmod(clock, 1_000_000)
    hours, rest = divmod(seconds, 3600)
    return f"{hours:02}:{rest // 60:02}:{rest % 60:02}.{us:06}"


@pytest.mark.parametrize("wrong", [None, "plain", WorkCalendar])
def test_a_calendar_is_needed(wrong):
    with pytest.raises(DefinitionError, match="expected a WorkCalendar"):
        workday(1, "10:00", calendar=wrong)
    with pytest.raises(DefinitionError, match="expected a WorkCalendar"):
        on_workday(day(1, "10:00"), wrong)


@pytest.mark.parametrize("wrong", [None, "2h", day, Workday])
def test_a_schedule_is_needed(wrong):
    with pytest.raises(DefinitionError, match="expected a schedule"):
        on_workday(wrong, PLAIN)


def test_other_words_are_refused():
    with pytest.raises(UnknownNameError, match="'next', 'previous', 'skip'"):
        on_workday(day(1, "10:00"), PLAIN, otherwise="before")
    with pytest.raises(UnknownNameError, match="'next', 'now'"):
        workday(1, "10:00", calendar=PLAIN, late="later")
    with pytest.raises(TimeFormatError):
        workday(1, "8pm", calendar=PLAIN)


@pytest.mark.parametrize(
    ("schedule", "source", "sentence"),
    [
        (
            workday(3, "10:00", calendar=PLAIN),
            "workday(3, '10:00', calendar=<WorkCalendar 'plain'>)",
            "workday 3 of plain at 10:00",
        ),
        (
            workday(0, "10:00", calendar=PLAIN, late="now"),
            "workday(0, '10:00', calendar=<WorkCalendar 'plain'>, late='now')",
            "workday 0 of plain at 10:00, at once if late",
        ),
        (
            on_workday(day(3, "20:00"), PLAIN),
            "on_workday(day(3, '20:00'), <WorkCalendar 'plain'>)",
            "day 3 at 20:00, moved to the next workday of plain",
        ),
        (
            on_workday(day(3, "20:00"), PLAIN, otherwise="previous"),
            "on_workday(day(3, '20:00'), <WorkCalendar 'plain'>, otherwise='previous')",
            "day 3 at 20:00, moved to the previous workday of plain",
        ),
        (
            on_workday(after("2h"), PLAIN, otherwise="skip"),
            "on_workday(after('2h'), <WorkCalendar 'plain'>, otherwise='skip')",
            "after 2h, on workdays of plain alone",
        ),
    ],
)
def test_the_repr_reads_like_source_and_the_str_is_a_phrase(schedule, source, sentence):
    assert (repr(schedule), str(schedule)) == (source, sentence)
    named = source.replace("<WorkCalendar 'plain'>", "PLAIN")
    names = {
        "PLAIN": PLAIN,
        "after": after,
        "day": day,
        "workday": workday,
        "on_workday": on_workday,
    }
    assert eval(named, names) == schedule  # noqa: S307  repr is nearly source
    assert isinstance(schedule, Schedule)
    assert hash(schedule) == hash(eval(named, names))  # noqa: S307  repr is nearly source


def test_parts_may_be_values_or_text():
    at = time_of_day("10:00")
    assert workday(1, at, calendar=PLAIN) == Workday(1, "10:00", calendar=PLAIN)
    assert on_workday(day(1, at), PLAIN) == OnWorkday(day(1, "10:00"), PLAIN)
