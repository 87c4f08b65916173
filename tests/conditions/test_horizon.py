"""What no condition can ask for again can be dropped, and no answer changes (C8)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conditions.strategies import DAY, HOUR, Person, cases, counted, evenly, sequences
from privflow.conditions import event, horizons_of
from privflow.conditions.reference import truth_of
from privflow.conditions.scope import Facts
from privflow.facts import Event, Timeline
from privflow.timing import Instant, aligned, calendar, instant, span

BUY = event("buy")
asked = st.lists(evenly(counted, counted, sequences()), min_size=1, max_size=3)


@given(asked, cases, st.lists(st.integers(0, 40 * 48), max_size=5))
@settings(max_examples=300)
def test_answers_are_the_same_before_and_after(conditions, case, steps):
    """C8: at every later instant."""
    keep = horizons_of(conditions)
    kept = case.person.timeline.compacted(keep, now=case.now)
    assert len(kept) <= len(case.person.timeline)
    smaller = Person(case.person.contact, kept)
    for step in (0, *steps):
        at = case.now.us + step * HOUR // 2
        for condition in conditions:
            before = truth_of(condition.node, Facts(case.person, at, case.scope))
            after = truth_of(condition.node, Facts(smaller, at, case.scope))
            assert after is before


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ([], {}),
        ([BUY.within("7d").exists()], {"buy": span("7d")}),
        (
            [BUY.within("7d").exists(), BUY.within("30d").count() > 2],
            {"buy": span("30d")},
        ),
        ([BUY.within("7d").exists() | BUY.exists()], {"buy": None}),
        ([BUY.since_entry().exists()], {"buy": None}),
        ([BUY.within("7d").since_stage().exists()], {"buy": span("7d")}),
        ([BUY.in_(calendar("month")).exists()], {"buy": span("34d")}),
        ([BUY.in_(aligned("1h")).exists()], {"buy": span("3d1h")}),
        (
            [
                BUY.between(
                    instant("2026-01-01T00:00Z"), instant("2026-02-01T00:00Z")
                ).exists()
            ],
            {"buy": None},
        ),
        (
            [event("cart").within("9d").then(BUY, within="3d").surely()],
            {"cart": span("9d"), "buy": span("9d")},
        ),
    ],
)
def test_the_horizon_is_the_longest_window(conditions, expected):
    assert horizons_of(conditions) == expected


def test_only_what_is_old_or_never_asked_for_is_dropped():
    now = instant("2026-10-20T00:00Z")
    at = [Instant(now.us - days * DAY) for days in (9, 7, 3)]
    rows = [Event("buy", "c", at=one, properties={"x": 1}) for one in at]
    timeline = Timeline([*rows, Event("talk", "c", at=now)])
    assert timeline.compacted({"buy": None, "talk": None}, now=now) == timeline
    assert timeline.compacted({}, now=now) == Timeline()
    assert timeline.compacted({"buy": span("7d")}, now=now) == Timeline(rows[2:])
    assert timeline.compacted({"buy": span("1d")}, now=now) == Timeline()
