from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privflow.errors import DefinitionError
from privflow.quotas import MinimumGap
from privflow.timing import Instant, span
from privflow.touches import Allow, Hold, Receipt, TouchRecord
from strategies.past import Seen, check_opening, hours, sent, touch

GAP = MinimumGap("breathe", "2h", kind="marketing")


def test_a_touch_waits_until_the_gap_after_the_last_one_is_over() -> None:
    """Q1."""
    ruling = GAP.judge(touch(), Seen(sent(0, 1)), now=hours(1.5))
    facts = {"gap": "2h", "last": hours(1)}
    assert ruling == Hold("too_soon", until=hours(3), facts=facts)


@pytest.mark.parametrize(("after", "is_open"), [(-1, False), (0, True), (1, True)])
def test_exactly_the_gap_later_is_late_enough(after: int, *, is_open: bool) -> None:
    """T2."""
    now = Instant(hours(2).us + after)
    assert isinstance(GAP.judge(touch(), Seen(sent(0)), now=now), Allow) == is_open


@pytest.mark.parametrize(
    ("before", "now"),
    [({"kind": "service"}, {}), ({}, {"kind": "service"})],
)
def test_other_touches_neither_wait_nor_make_one_wait(before: dict, now: dict) -> None:
    view = Seen(sent(0, **before))
    assert isinstance(GAP.judge(touch(**now), view, now=hours(0.5)), Allow)


def test_a_released_touch_leaves_no_gap() -> None:
    """Q4."""
    failed = Receipt("t0", "failed", at=hours(0.1))
    view = Seen(sent(0, receipts=[failed]))
    assert isinstance(GAP.judge(touch(), view, now=hours(0.5)), Allow)


def test_a_reservation_that_lapses_earlier_ends_the_gap() -> None:
    """Q4."""
    view = Seen(sent(0, confirm_within=span("1h")))
    ruling = GAP.judge(touch(), view, now=hours(0.5))
    assert isinstance(ruling, Hold)
    assert ruling.until == hours(1)


@settings(max_examples=40)
@given(
    st.lists(st.integers(0, 20), max_size=5),
    st.sampled_from([None, span("1h"), span("30h")]),
)
def test_the_instant_that_it_names_is_the_first_one(
    at: list[int], within: object
) -> None:
    """Q5."""
    view = Seen(sent(*sorted(at), confirm_within=within))
    check_opening(GAP, touch(), view, hours(10))


def test_a_touch_matters_for_one_gap() -> None:
    record = TouchRecord(touch(), decided_at=hours(0))
    assert GAP.matters_until(record) == hours(2)
    other = TouchRecord(touch(kind="service"), decided_at=hours(0))
    assert GAP.matters_until(other) == hours(0)
    assert GAP.recalls() == {}


@pytest.mark.parametrize(
    ("name", "gap", "rest"),
    [("g", "0s", {}), ("", "2h", {}), ("g", "2h", {"kind": "spam"})],
)
def test_a_gap_that_means_nothing_is_refused(name: str, gap: str, rest: dict) -> None:
    with pytest.raises(DefinitionError):
        MinimumGap(name, gap, **rest)


def test_a_gap_reads_as_source_and_as_a_sentence() -> None:
    assert repr(GAP) == "MinimumGap('breathe', span('2h'), kind='marketing')"
    assert str(GAP) == "at least 2h between marketing touches"
