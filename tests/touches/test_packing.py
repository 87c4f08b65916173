"""A packed ledger says what a plain list of records would."""

from __future__ import annotations

import copy
import pickle
from operator import attrgetter

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from privflow.errors import DefinitionError
from privflow.facts import Properties
from privflow.timing import Instant, instant, span
from privflow.touches import (
    PROGRESS,
    RELEASES,
    Ledger,
    Receipt,
    Touch,
    TouchRecord,
    ids_of,
)

START = instant("2026-10-20T09:30+08:00")
MINUTE = 60_000_000


def at(minutes: int) -> Instant:
    return Instant(START.us + minutes * MINUTE)


def touch(touch_id: str = "t", **parts: object) -> Touch:
    given = {
        "id": touch_id,
        "contact_id": "c-1",
        "channel": "sms",
        "message": "hello",
        "kind": "service",
        "source": "journey:j",
    }
    return Touch(**(given | parts))


def many(count: int) -> Ledger:
    ledger = Ledger()
    for number in range(count):
        ledger = ledger.reserving(touch(f"{number:024x}"), now=at(number))
    return ledger


IDS = st.sampled_from([f"{n:024x}" for n in range(4)] + ["t-1", "F" * 24, "z" * 24])
TOUCHES = st.builds(
    touch,
    IDS,
    contact_id=st.sampled_from(["c-1", "c-1", "c-1", "c-2"]),
    labels=st.sampled_from([(), ("a",), ("a", "b")]),
    parameters=st.sampled_from([{}, {"n": 1}, {"n": True}, {"n": 1.0}]).map(Properties),
    cost=st.sampled_from([1, 3]),
    confirm_within=st.sampled_from([None, span("2h")]),
)
RECEIPTS = st.builds(
    Receipt,
    IDS,
    st.sampled_from([*PROGRESS, *RELEASES, "unknown"]),
    at=st.integers(-5, 90).map(at),
    reason=st.sampled_from(["", "not_friend", "over_limit"]),
)
MOVES = st.lists(st.tuples(TOUCHES, st.integers(0, 80)) | RECEIPTS, max_size=30)


def played(moves: list) -> tuple[Ledger, list[TouchRecord]]:
    """A ledger and a plain list after the same moves."""
    ledger, plain = Ledger(), []
    for move in moves:
        if isinstance(move, Receipt):
            ledger = ledger.informed(move)
            last = next(
                (
                    n
                    for n in reversed(range(len(plain)))
                    if plain[n].touch.id == move.touch_id
                ),
                None,
            )
            if last is not None:
                plain[last] = plain[last].informed(move)
        else:
            one, minute = move
            ledger = ledger.reserving(one, now=at(minute))
            plain.append(TouchRecord(one, decided_at=at(minute)))
            plain.sort(key=attrgetter("decided_at"))
    return ledger, plain


@given(MOVES)
def test_a_ledger_keeps_everything_that_a_list_of_records_would(moves: list) -> None:
    ledger, plain = played(moves)
    assert list(ledger) == plain
    assert repr(ledger.records) == repr(tuple(plain))  # True and 1 are equal
    assert len(ledger) == len(plain)


@given(MOVES)
def test_equal_ledgers_are_equal_however_they_came_about(moves: list) -> None:
    ledger, plain = played(moves)
    again = Ledger(plain)
    for same in (again, pickle.loads(pickle.dumps(ledger)), copy.deepcopy(ledger)):
        assert same == ledger
        assert hash(same) == hash(ledger)
    if plain:
        assert Ledger(plain[1:]) != ledger


@given(MOVES, st.sampled_from(["submitted", "confirmed", "delivered"]))
def test_the_uses_of_a_ledger_are_its_records_not_released(
    moves: list, moment: str
) -> None:
    ledger, plain = played(moves)
    expected = [
        (
            record.touch.channel,
            record.decided_at.us,
            None if reached is None else max(reached.us, record.decided_at.us),
            None if record.lapses_at is None else record.lapses_at.us,
        )
        for record in reversed(plain)
        if record.released_at is None
        for reached in [record.reached(moment)]
    ]
    found = [
        (u.traits.channel, u.decided, u.counted, u.lapses) for u in ledger.uses(moment)
    ]
    assert found == expected


@given(MOVES, st.integers(0, 80))
def test_the_weight_since_an_instant_is_that_of_the_touches_not_released(
    moves: list, minute: int
) -> None:
    ledger, plain = played(moves)
    expected = sum(
        record.touch.cost
        for record in plain
        if record.released_at is None and record.decided_at >= at(minute)
    )
    assert ledger.weight_since(at(minute).us, attrgetter("cost")) == expected


@given(MOVES, st.integers(0, 80), st.integers(1, 12))
def test_a_weight_is_reached_with_the_touch_that_makes_it(
    moves: list, minute: int, weight: int
) -> None:
    ledger, plain = played(moves)
    decided = [
        record.decided_at.us
        for record in plain
        if record.released_at is None and record.decided_at >= at(minute)
        for _ in range(record.touch.cost)
    ]
    if len(decided) < weight:
        with pytest.raises(ValueError, match="less"):
            ledger.weighing(weight, since=at(minute).us, weights=attrgetter("cost"))
    else:
        since = at(minute).us
        found = ledger.weighing(weight, since=since, weights=attrgetter("cost"))
        assert found == decided[weight - 1]


@given(MOVES, st.integers(0, 80))
def test_what_is_not_kept_is_gone_and_nothing_else(moves: list, minute: int) -> None:
    ledger, plain = played(moves)
    kept = ledger.keeping(lambda record: record.decided_at >= at(minute))
    assert list(kept) == [r for r in plain if r.decided_at >= at(minute)]
    assert ledger.keeping(lambda _: True) is ledger


# ── Many touches ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize("count", [1, 63, 64, 65, 128, 129, 300])
def test_full_pages_are_laid_aside_and_still_counted(count: int) -> None:
    ledger = many(count)
    assert len(ledger) == count
    assert [record.decided_at for record in ledger] == [at(n) for n in range(count)]
    for since in {0, 1, count // 2, count - 1, count}:
        weight = ledger.weight_since(at(since).us, lambda _: 1)
        assert weight == count - since
        if weight:
            start = at(since).us
            last = ledger.weighing(weight, since=start, weights=lambda _: 1)
            assert last == at(count - 1).us
        uses = list(ledger.uses("submitted", at(since).us))
        assert [use.decided for use in uses] == [
            at(n).us for n in reversed(range(since, count))
        ]
        assert len(list(ledger.decided_since(at(since).us))) == count - since


@pytest.mark.parametrize("count", [64, 65, 200])
def test_touches_of_one_instant_count_on_every_page(count: int) -> None:
    ledger = Ledger()
    for number in range(count):
        ledger = ledger.reserving(touch(f"{number:024x}"), now=at(5))
    assert ledger.weight_since(at(5).us, lambda _: 1) == count
    assert ledger.weight_since(at(6).us, lambda _: 1) == 0


@pytest.mark.parametrize(
    "touch_id",
    ["ab" * 12, "AB" * 12, "a b" * 8, "ab " * 8, "g" * 24, "aB", "", "é" * 24],
)
def test_an_id_comes_back_as_it_was(touch_id: str) -> None:
    ledger = Ledger().reserving(touch("0" * 24), now=at(0))
    ledger = ledger.reserving(touch(touch_id), now=at(1))
    ledger = ledger.reserving(touch("1" * 24), now=at(2))
    assert [r.touch.id for r in ledger] == ["0" * 24, touch_id, "1" * 24]
    assert ledger.find(touch_id) == ledger.records[1]
    if touch_id.swapcase() != touch_id:
        assert ledger.find(touch_id.swapcase()) is None


@pytest.mark.parametrize("number", [0, 63, 64, 130, 199])
def test_a_receipt_finds_its_touch_in_any_page(number: int) -> None:
    ledger = many(200)
    told = ledger.informed(
        Receipt(f"{number:024x}", "failed", at=at(500), reason="invalid")
    )
    record = told.find(f"{number:024x}")
    assert record is not None
    assert (record.status, record.reason) == ("failed", "invalid")
    assert told.weight_since(at(0).us, lambda _: 1) == 199
    assert sum(r.released_at is not None for r in told) == 1
    assert [(reason, us) for _, reason, us in told.ends()] == [("invalid", at(500).us)]
    assert pickle.loads(pickle.dumps(told)) == told


@settings(max_examples=4, deadline=None)
@given(st.lists(st.integers(0, 400), min_size=150, max_size=200))
def test_a_clock_that_goes_back_files_a_touch_at_its_own_place(
    minutes: list[int],
) -> None:
    """The order of decision is that of the instants, over every page."""
    ledger = Ledger()
    for number, minute in enumerate(minutes):
        ledger = ledger.reserving(touch(f"{number:024x}"), now=at(minute))
    assert [record.decided_at for record in ledger] == sorted(map(at, minutes))
    assert {record.touch.id for record in ledger} == {
        f"{number:024x}" for number in range(len(minutes))
    }


@pytest.mark.parametrize(
    ("touch_ids", "kept"),
    [
        (["00" * 12, "ff" * 12], b"\x00" * 12 + b"\xff" * 12),
        (["FF" * 12], ("FF" * 12,)),
        (["z" * 24], ("z" * 24,)),
        (["ab"], ("ab",)),
        (["00" * 12, "t-1"], ("00" * 12, "t-1")),
        ([], b""),
    ],
)
def test_ids_of_the_engine_alone_are_packed(touch_ids: list, kept: object) -> None:
    assert ids_of(touch_ids) == kept


def test_an_id_is_not_found_where_one_ends_and_the_next_begins() -> None:
    first, second = "00" * 6 + "ab" * 6, "ab" * 6 + "11" * 6
    ledger = (
        Ledger().reserving(touch(first), now=at(0)).reserving(touch(second), now=at(1))
    )
    assert ledger.find("ab" * 12) is None
    assert ledger.find(first) == ledger.records[0]
    assert ledger.find(second) == ledger.records[1]
    both = ledger.reserving(touch("ab" * 12), now=at(2))
    assert both.find("ab" * 12) == both.records[2]


def test_a_touch_that_was_reserved_twice_is_heard_of_as_the_later_one() -> None:
    ledger = Ledger().reserving(touch("t"), now=at(0)).reserving(touch("t"), now=at(1))
    told = ledger.informed(Receipt("t", "delivered", at=at(2)))
    assert [record.status for record in told] == ["reserved", "delivered"]


# ── Values ───────────────────────────────────────────────────────────────────


def test_a_ledger_never_changes() -> None:
    ledger = many(1)
    with pytest.raises(AttributeError, match="never changes"):
        ledger.times = ()
    with pytest.raises(AttributeError, match="never changes"):
        del ledger.times
    assert copy.copy(ledger) is ledger
    assert ledger != "a ledger"
    assert repr(Ledger()) == "Ledger(())"


def test_equal_traits_are_one_object() -> None:
    one, other = touch("a"), touch("b", contact_id="c-2")
    assert one.traits is other.traits
    assert pickle.loads(pickle.dumps(one)).traits is one.traits
    assert touch(labels=("x",)).traits is not one.traits


@pytest.mark.parametrize("cost", [0, -1, True, 1.5, "2"])
def test_a_touch_costs_something(cost: object) -> None:
    """Q3: what is free would pass every limit."""
    with pytest.raises(DefinitionError, match=r"Touch\.cost"):
        touch(cost=cost)


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"moments": (("sent", START),)}, r"TouchRecord\.moments: got 'sent'"),
        ({"reason": "tired"}, r"TouchRecord\.reason: got 'tired'"),
        ({"released_at": START}, r"TouchRecord\.released_at"),
        (
            {"released_at": START, "moments": (("failed", at(1)),)},
            r"TouchRecord\.released_at",
        ),
    ],
)
def test_a_record_outside_the_vocabulary_is_refused(parts: dict, problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        TouchRecord(touch(), decided_at=START, **parts)


# ── Reservations that lapse ──────────────────────────────────────────────────

TASK = touch(confirm_within=span("2h"))


@pytest.mark.parametrize(
    ("receipts", "lapses", "late_status"),
    [
        ([], 120, "expired"),
        ([("submitted", 1)], 120, "expired"),
        ([("confirmed", 1)], None, "confirmed"),
        ([("confirmed", 300)], None, "confirmed"),  # after all, and late
        ([("read", 1)], None, "read"),
        ([("refused", 1)], None, "refused"),
    ],
)
def test_a_reservation_lapses_unless_somebody_confirms_it(
    receipts: list[tuple[str, int]], lapses: int | None, late_status: str
) -> None:
    """Q4."""
    record = TouchRecord(TASK, decided_at=START)
    for status, minute in receipts:
        record = record.informed(Receipt("t", status, at=at(minute)))
    assert record.lapses_at == (None if lapses is None else at(lapses))
    assert record.status_at(at(400)) == late_status
    if lapses is not None:
        assert record.status_at(Instant(at(lapses).us - 1)) == record.status
        assert record.status_at(at(lapses)) == "expired"


def test_a_touch_without_a_deadline_waits_for_ever() -> None:
    record = TouchRecord(evolve(TASK, confirm_within=None), decided_at=START)
    assert record.lapses_at is None
    assert record.status_at(at(10**6)) == "reserved"


def test_a_ledger_tells_its_deadlines() -> None:
    ledger = Ledger().reserving(TASK, now=at(0)).reserving(touch("u"), now=at(1))
    assert list(ledger.deadlines()) == [(at(120).us, "t")]
    told = ledger.informed(Receipt("t", "confirmed", at=at(5)))
    assert list(told.deadlines()) == []
