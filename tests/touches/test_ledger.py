from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from privflow.timing import Instant, instant
from privflow.touches import (
    PROGRESS,
    RELEASES,
    Ledger,
    Receipt,
    Touch,
    TouchRecord,
)

START = instant("2026-10-20T09:30+08:00")


def at(minutes: int) -> Instant:
    return Instant(START.us + minutes * 60_000_000)


def touch(touch_id: str = "t-1") -> Touch:
    return Touch(
        id=touch_id,
        contact_id="c-1",
        channel="wecom.mass",
        message="hello",
        kind="marketing",
        source="rule:r",
    )


def told(*receipts: tuple[str, int]) -> TouchRecord:
    """The record of a touch after (status, minute) reports, in this order."""
    record = TouchRecord(touch(), decided_at=START)
    for status, minutes in receipts:
        record = record.informed(Receipt("t-1", status, at=at(minutes)))
    return record


# ── One record ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("receipts", "status", "released"),
    [
        ([], "reserved", None),
        ([("submitted", 1)], "submitted", None),
        ([("delivered", 2), ("submitted", 1)], "delivered", None),
        ([("unknown", 1)], "reserved", None),
        ([("failed", 3)], "failed", 3),
        ([("submitted", 1), ("refused", 3)], "refused", 3),
        ([("expired", 5), ("cancelled", 3)], "cancelled", 3),
        # a staff member confirmed, and the contact turned out to be no friend
        ([("confirmed", 1), ("failed", 2)], "failed", 2),
        ([("failed", 2), ("confirmed", 1)], "failed", 2),
        # what is known to have got further is not freed
        ([("confirmed", 1), ("expired", 2)], "confirmed", None),
        ([("confirmed", 1), ("refused", 2)], "confirmed", None),
        ([("delivered", 1), ("failed", 2)], "delivered", None),
        ([("clicked", 1), ("failed", 2)], "clicked", None),
        # an end that freed nothing frees nothing when it is repeated
        (
            [("confirmed", 0), ("expired", 1), ("failed", 3), ("expired", 1)],
            "failed",
            3,
        ),
        # staff were quicker than whoever took the task back
        ([("cancelled", 2), ("confirmed", 1)], "confirmed", None),
        ([("cancelled", 2), ("confirmed", 3)], "confirmed", None),
        ([("confirmed", 1), ("cancelled", 2)], "confirmed", None),
        ([("cancelled", 2), ("clicked", 3), ("cancelled", 2)], "clicked", None),
        ([("cancelled", 2), ("submitted", 3)], "cancelled", 2),
        ([("cancelled", 2), ("expired", 3), ("confirmed", 1)], "cancelled", 2),
        # what was freed may have been given away
        ([("expired", 2), ("confirmed", 1)], "expired", 2),
        ([("failed", 2), ("delivered", 1)], "failed", 2),
    ],
)
def test_a_definite_end_frees_a_touch_that_has_not_arrived(
    receipts: list[tuple[str, int]], status: str, released: int | None
) -> None:
    """Q4."""
    record = told(*receipts)
    assert record.status == status
    assert record.released_at == (None if released is None else at(released))


@pytest.mark.parametrize(
    ("receipts", "moment", "reached"),
    [
        ([], "submitted", 0),
        ([("submitted", 4)], "submitted", 0),
        ([], "confirmed", None),
        ([("confirmed", 4)], "confirmed", 4),
        ([("confirmed", 4)], "delivered", None),
        ([("clicked", 4)], "delivered", 4),
        ([("delivered", 6), ("replied", 9), ("read", 5)], "confirmed", 5),
        ([("failed", 4)], "confirmed", None),
    ],
)
def test_a_later_moment_implies_the_earlier_ones(
    receipts: list[tuple[str, int]], moment: str, reached: int | None
) -> None:
    assert told(*receipts).reached(moment) == (None if reached is None else at(reached))


def test_the_reason_of_an_end_is_the_receipts_or_its_status() -> None:
    record = TouchRecord(touch(), decided_at=START)
    refused = Receipt("t-1", "failed", at=at(1), reason="not_friend", raw="2")
    assert record.informed(refused).reason == "not_friend"
    assert record.informed(Receipt("t-1", "expired", at=at(1))).reason == "expired"
    assert record.reason == ""


STATUSES = st.sampled_from([*PROGRESS, *RELEASES, "unknown"])
RECEIPTS = st.builds(
    Receipt,
    st.just("t-1"),
    STATUSES,
    at=st.integers(-2, 6).map(at),
    reason=st.sampled_from(["", "not_friend", "over_limit"]),
)
ENDS = RECEIPTS.filter(lambda receipt: receipt.status in {*RELEASES, "submitted"})


def after(receipts: list[Receipt]) -> TouchRecord:
    record = TouchRecord(touch(), decided_at=START)
    for receipt in receipts:
        record = record.informed(receipt)
    return record


@given(st.lists(RECEIPTS, max_size=6), st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_changes_the_moments(receipts, chance) -> None:
    """E1."""
    shuffled = receipts + receipts
    chance.shuffle(shuffled)
    assert after(shuffled).moments == after(receipts).moments


@given(st.lists(ENDS, max_size=4))
def test_before_it_arrives_nothing_depends_on_the_order(receipts) -> None:
    """E1, with contradictory reports as well."""
    assert len({after(list(order)) for order in permutations(receipts)}) <= 1


@given(
    st.lists(
        RECEIPTS.filter(lambda r: r.status in {*PROGRESS, "cancelled"}), max_size=4
    )
)
def test_a_task_that_was_taken_back_is_what_staff_made_of_it(receipts) -> None:
    """J7, E1: whatever the order of the reports."""
    orders = [after(list(order)) for order in permutations(receipts)]
    assert len(set(orders)) <= 1
    for record in orders[:1]:
        is_sent = record.reached("confirmed") is not None
        is_cancelled = any(name == "cancelled" for name, _ in record.moments)
        assert (record.released_at is not None) == (is_cancelled and not is_sent)


@given(st.lists(RECEIPTS, max_size=6))
def test_a_receipt_that_is_repeated_changes_nothing(receipts) -> None:
    """E1: platforms repeat themselves."""
    record = after(receipts)
    assert all(record.informed(receipt) is record for receipt in receipts)


@given(st.lists(RECEIPTS, max_size=5), st.lists(RECEIPTS, max_size=5))
def test_what_was_freed_stays_free(before, later) -> None:
    """Q4: it may have been given away; a cancellation alone is no last word."""
    ends = {name for name, _ in after(before).moments if name in RELEASES}
    assume(after(before).released_at is not None and ends != {"cancelled"})
    assert after(before + later).released_at is not None


@given(st.lists(RECEIPTS, max_size=5), RECEIPTS, st.sampled_from(PROGRESS))
def test_a_moment_only_ever_moves_back(before, receipt, moment) -> None:
    known = after(before).reached(moment)
    now_known = after([*before, receipt]).reached(moment)
    if known is not None:
        assert now_known is not None
        assert now_known <= known


@given(st.lists(st.integers(0, 9).map(at)))
def test_an_unknown_outcome_frees_nothing(instants) -> None:
    """Q4."""
    receipts = [Receipt("t-1", "unknown", at=instant) for instant in instants]
    assert after(receipts) == TouchRecord(touch(), decided_at=START)


# ── The ledger ───────────────────────────────────────────────────────────────


def test_a_ledger_keeps_touches_in_the_order_of_their_decision() -> None:
    ledger = Ledger()
    for minutes, name in enumerate("abc"):
        ledger = ledger.reserving(touch(name), now=at(minutes))
    assert [record.touch.id for record in ledger] == ["a", "b", "c"]
    assert [record.decided_at for record in ledger] == [at(0), at(1), at(2)]
    assert len(ledger) == 3


def test_reserving_leaves_the_old_ledger_as_it_was() -> None:
    empty = Ledger()
    assert len(empty.reserving(touch(), now=START)) == 1
    assert len(empty) == 0
    assert Ledger(empty.records) == empty


def test_a_receipt_changes_the_record_of_its_own_touch_alone() -> None:
    ledger = Ledger().reserving(touch("a"), now=START).reserving(touch("b"), now=START)
    informed = ledger.informed(Receipt("a", "delivered", at=at(1)))
    a, b = informed.find("a"), informed.find("b")
    assert a is not None
    assert b is not None
    assert (a.status, b.status) == ("delivered", "reserved")
    assert b == ledger.find("b")


@pytest.mark.parametrize(
    "receipt",
    [
        Receipt("nobody", "delivered", at=START),
        Receipt("a", "unknown", at=START),
        Receipt("a", "submitted", at=at(9)),
    ],
)
def test_a_receipt_that_says_nothing_new_gives_the_same_ledger(
    receipt: Receipt,
) -> None:
    """E1."""
    ledger = Ledger().reserving(touch("a"), now=START)
    ledger = ledger.informed(Receipt("a", "submitted", at=at(3)))
    assert ledger.informed(receipt) is ledger


def test_a_ledger_finds_only_what_it_has() -> None:
    assert Ledger().find("t-1") is None
