"""What holds of every schedule, whatever the instant is that it counts from."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.documents.table import CHOICES
from privflow.timing import (
    Schedule,
    WorkCalendar,
    after,
    around,
    day,
    every,
    instant,
    monthly,
    months,
    on_date,
    on_workday,
    start_of_day,
    weekly,
    workday,
)

DATA = Path(__file__).parent.parent / "data" / "dst_transitions.json"
TRANSITIONS = json.loads(DATA.read_text(encoding="utf-8"))
DAY = 86_400_000_000
OFFICE = WorkCalendar(
    "office", holidays=["2024-03-29", "2024-04-01"], until="2024-12-31"
)

ONCE = (
    after("0s"),
    after("36h"),
    day(0, "02:30"),
    day(0, "02:30", late="now"),
    day(7, "23:59:59"),
    months(1),
    months(3, "00:00"),
    on_date("2024-12-24", "10:00"),
    workday(0, "09:00", calendar=OFFICE),
    workday(5, "09:00", calendar=OFFICE, late="now"),
    on_workday(day(1, "00:30"), OFFICE),
    on_workday(months(1), OFFICE, otherwise="previous"),
)
RECURRING = (
    weekly(["sat", "sun"], "02:30"),
    monthly(31, "00:00"),
    around("birthday", days=-3, at="10:00"),
    every("5h", times=20),
    every("1d", "02:30", until="30d"),
    every("1d", "02:30", until="2024-12-31"),
    on_workday(weekly("fri", "01:30"), OFFICE),
    on_workday(every("1d", "23:30", times=20), OFFICE, otherwise="skip"),
)
ABOUT = {"birthday": date(1992, 2, 29)}

ENTRIES = st.tuples(st.sampled_from(TRANSITIONS), st.integers(-3 * DAY, 3 * DAY)).map(
    lambda pair: (pair[0]["zone"], instant(pair[0]["utc"]).us + pair[1])
)
DATES = st.tuples(
    st.sampled_from(sorted({row["zone"] for row in TRANSITIONS})),
    st.dates(date(1930, 1, 1), date(2024, 11, 30)),
).map(lambda pair: (pair[0], start_of_day(*pair)))
ANCHORS = ENTRIES | DATES


def occurrences(schedule, anchor, tz, most=4):
    found = []
    last = None
    while len(found) < most:
        last = schedule.due(anchor_us=anchor, after_us=last, tz=tz, attributes=ABOUT)
        if last is None:
            break
        found.append(last)
    return found


def test_every_kind_of_schedule_is_tried():
    assert {type(schedule) for schedule in ONCE + RECURRING} == set(CHOICES[Schedule])


@pytest.mark.parametrize("schedule", ONCE, ids=str)
@given(anchor=ANCHORS)
def test_what_is_due_once_is_so_from_any_anchor_on_and_never_again(schedule, anchor):
    """T5: an entry, an event or the beginning of a date; J2: once."""
    tz, us = anchor
    found = occurrences(schedule, us, tz)
    assert len(found) <= 1
    assert all(due >= us for due in found)
    assert found


@pytest.mark.parametrize("schedule", RECURRING, ids=str)
@given(anchor=ANCHORS)
def test_what_recurs_rises_from_any_anchor_on(schedule, anchor):
    """T5."""
    tz, us = anchor
    found = occurrences(schedule, us, tz)
    assert all(due >= us for due in found)
    assert all(one < other for one, other in pairwise(found))
