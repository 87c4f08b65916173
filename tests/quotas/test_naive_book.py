"""Q1, Q4, Q5: each shape against its definition, told over a plain list of sends.

Touches are offered at random, some with a deadline; receipts and events come late,
twice and in any order. A naive book keeps what was sent and heard. It knows neither
ledgers nor windows, and counts by differences and by dates of the standard library. The
gate must say what the book says; where it holds, `until` must be the first instant at
which the book has room.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from attrs import define, field
from hypothesis import given, settings
from hypothesis import strategies as st

from privflow.conditions import event
from privflow.facts import Event, Timeline
from privflow.quotas import (
    Grants,
    LockOut,
    MinimumGap,
    MixQuota,
    ReplyWindow,
    StandingGrant,
    TouchQuota,
)
from privflow.timing import Instant, calendar, instant, rolling, span
from privflow.touches import Allow, Gate, Hold, Ledger, Receipt, Touch
from strategies.past import Seen, touch

HOUR: Final = 3_600_000_000
STEP: Final = 6 * HOUR
WIDE: Final = 2 * STEP
ACTED: Final = ("confirmed", "delivered")

# ── The book ─────────────────────────────────────────────────────────────────


@define
class Sent:
    """One touch as the book keeps it, in microseconds."""

    touch: Touch
    at: int
    lapses: int | None
    heard: list[tuple[str, int]] = field(factory=list)
    freed: bool = False

    def stands(self, now: int) -> bool:
        is_late = self.lapses is not None and self.lapses <= now
        return not self.freed and (
            not is_late or any(s in ACTED for s, _ in self.heard)
        )

    def hear(self, status: str, at: int) -> None:
        too_far = ACTED[1:] if status == "failed" else ACTED
        if status in ACTED:
            self.heard.append((status, at))
        elif not any(s in too_far for s, _ in self.heard):
            self.freed = True

    def counted(self, moment: str) -> int | None:
        """When it came to count; None while it has not."""
        if moment == "submitted":
            return self.at
        enough = ACTED[ACTED.index(moment) :]
        return max(
            [self.at, min(at for s, at in self.heard if s in enough)]
            if any(s in enough for s, _ in self.heard)
            else [],
            default=None,
        )


@define
class Book:
    """What was sent to one contact, and what they did."""

    zone: str = "UTC"
    sent: list[Sent] = field(factory=list)
    done: list[tuple[str, int]] = field(factory=list)
    locks: list[int] = field(factory=list)

    def standing(self, now: int) -> list[Sent]:
        return [one for one in self.sent if one.stands(now)]

    def last(self, name: str, now: int) -> int | None:
        return max((at for n, at in self.done if n == name and at <= now), default=None)

    def day(self, us: int) -> date:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)
        return moment.astimezone(ZoneInfo(self.zone)).date()


Definition = Callable[[Book, Touch, int], bool]


def of_window(book: Book, _: Touch, now: int) -> bool:
    return sum(now - WIDE < one.at <= now for one in book.standing(now)) < 2


def by(period: Callable[[date], object], moment: str) -> Definition:
    def is_free(book: Book, _: Touch, now: int) -> bool:
        counts = [one.counted(moment) for one in book.standing(now)]
        this = period(book.day(now))
        return sum(at is None or period(book.day(at)) == this for at in counts) < 2

    return is_free


def of_month(day: date) -> object:
    return day.year, day.month


def of_week(day: date) -> object:
    return day - timedelta(days=day.weekday())


def of_gap(book: Book, _: Touch, now: int) -> bool:
    return all(now - one.at >= WIDE for one in book.standing(now))


def of_mix(book: Book, one: Touch, now: int) -> bool:
    there = [s.touch for s in book.standing(now) if now - WIDE < s.at]
    many = 1 + sum(bool(other.labels) for other in there)
    share = Fraction(many, len(there) + 1)
    return not one.labels or len(there) < 2 or share <= Fraction(1, 2)


def of_grants(book: Book, _: Touch, now: int) -> bool:
    since = book.last("no", now) or 0
    granted = sum(n == "yes" and since < at <= now for n, at in book.done)
    return granted > sum(since < one.at for one in book.standing(now))


def of_reply(book: Book, _: Touch, now: int) -> bool:
    opened = book.last("yes", now)
    if opened is None or now - opened >= WIDE:
        return False
    return sum(opened <= one.at for one in book.standing(now)) < 2


def of_standing_grant(book: Book, one: Touch, now: int) -> bool:
    yes, no = book.last("yes", now), book.last("no", now)
    there = (s for s in book.standing(now) if now - WIDE < s.at)
    same = sum(s.touch.parameters == one.parameters for s in there)
    return yes is not None and (no is None or yes > no) and same < 1


def of_lock(book: Book, _: Touch, now: int) -> bool:
    begun = [*book.locks, *(at for name, at in book.done if name == "no")]
    return not any(now - WIDE < at <= now for at in begun)


YES, NO = event("yes"), event("no")
SMS: Final = "sms"
SHAPES: Final[Sequence[tuple[Gate, Definition]]] = [
    (TouchQuota("rolling", 2, per=rolling("12h")), of_window),
    *(
        (TouchQuota(f"{unit}-{on}", 2, per=calendar(unit), counts_on=on), by(key, on))
        for unit, key in (
            ("day", date.toordinal),
            ("week", of_week),
            ("month", of_month),
        )
        for on in ("submitted", "confirmed", "delivered")
    ),
    (MinimumGap("gap", "12h"), of_gap),
    (MixQuota("mix", at_most=0.5, of="p", per=rolling("12h"), after=2), of_mix),
    (
        Grants("grants", granted_by=YES, revoked_by=NO, channel=SMS),
        of_grants,
    ),
    (ReplyWindow("reply", 2, within="12h", opened_by=YES, channel=SMS), of_reply),
    (
        StandingGrant(
            "standing",
            1,
            per=rolling("12h"),
            granted_by=YES,
            revoked_by=NO,
            channel=SMS,
            key="policy",
        ),
        of_standing_grant,
    ),
    (LockOut("lock", per=rolling("12h"), event=NO), of_lock),
]

# ── Any sequence of moves ────────────────────────────────────────────────────

# on a grid, so that windows, receipts and deadlines often end at one instant
WAITS = st.sampled_from([0, 1, STEP, STEP, WIDE])
AGO = st.sampled_from([0, STEP])
OFFER = st.tuples(
    st.sampled_from([(), ("p",)]),
    st.sampled_from(["P-1", "P-2"]),
    st.sampled_from([None, None, span("6h"), span("24h")]),
)
HEARD = st.tuples(
    st.integers(0, 4),
    st.sampled_from([*ACTED, "failed", "refused", "unknown"]),
    st.sampled_from(["", "over_limit"]),
    AGO,
)
DONE = st.tuples(st.sampled_from(["yes", "no"]), AGO)
MOVES = st.lists(
    st.tuples(WAITS, st.none() | HEARD | DONE, OFFER), min_size=4, max_size=14
)
CHANGES: Final = (
    # the clock jumps within two days of each
    ("Asia/Shanghai", "2026-01-30T15:50Z"),
    ("Europe/Berlin", "2026-03-28T12:00Z"),
    ("America/Havana", "2026-10-31T12:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T06:00Z"),
    ("Pacific/Apia", "2011-12-29T12:00Z"),
)


@pytest.mark.parametrize(
    ("gate", "definition"), SHAPES, ids=[gate.name for gate, _ in SHAPES]
)
@settings(max_examples=150, deadline=None)
@given(moves=MOVES, place=st.sampled_from(CHANGES))
def test_a_gate_says_what_the_book_says(
    gate: Gate, definition: Definition, moves: list, place: tuple[str, str]
) -> None:
    """Q1, Q4, Q5, T2, T6."""
    zone, start = place
    book, ledger, now = Book(zone), Ledger(), instant(start).us
    for wait, news, (labels, policy, within) in moves:
        now += wait
        if news is not None:
            ledger = informed(book, ledger, news, now)
        one = touch(
            f"t{len(book.sent)}",
            channel=SMS,
            labels=labels,
            parameters={"policy": policy},
            confirm_within=within,
        )
        if is_open(gate, definition, one, book, ledger, now):
            ledger = ledger.reserving(one, now=Instant(now))
            lapses = None if within is None else now + within.us
            book.sent.append(Sent(one, now, lapses))


def informed(book: Book, ledger: Ledger, news: tuple, now: int) -> Ledger:
    """Both are told of what the contact did, or of one of the last touches, twice."""
    match news:
        case (name, ago):
            book.done.append((name, now - ago))
        case (back, status, reason, ago) if back < len(book.sent):
            known = book.sent[-1 - back]
            at = max(known.at, now - ago)
            why = reason if status in {"failed", "refused"} else ""
            receipt = Receipt(known.touch.id, status, at=Instant(at), reason=why)
            ledger = ledger.informed(receipt).informed(receipt)
            if status != "unknown":
                known.hear(status, at)
            ends = (r.released_at for r in ledger if r.reason == "over_limit")
            book.locks = [end.us for end in ends if end is not None]
    return ledger


def is_open(
    gate: Gate, definition: Definition, one: Touch, book: Book, ledger: Ledger, now: int
) -> bool:
    """Whether the touch may leave; both must say the same of now and of what comes."""

    def has_room(at: int) -> bool:
        return definition(book, one, at)

    events = (
        Event(name, "c-1", at=Instant(at), id=f"e{n}")
        for n, (name, at) in enumerate(book.done)
    )
    view = Seen(ledger, timeline=Timeline(events), timezone=book.zone)
    ruling = gate.judge(one, view, now=Instant(now))
    assert isinstance(ruling, Allow) == has_room(now)
    if isinstance(ruling, Hold):
        until = ruling.until.us
        assert has_room(until)
        just_before = gate.judge(one, view, now=Instant(until - 1))
        assert not has_room(until - 1) and not isinstance(just_before, Allow)
        between = range(now, until, max(1, (until - now) // 12))
        assert not any(map(has_room, between))
    elif not isinstance(ruling, Allow):
        assert not any(has_room(now + days * 2 * WIDE) for days in range(40))
    return isinstance(ruling, Allow)
