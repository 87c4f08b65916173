"""Q4: reserved + counted <= limit, in every window, under every order of receipts.

A naive book beside the ledger keeps what was sent and reported. It knows nothing of
privflow's windows: it counts by dates and differences of minutes. After every move,
no window may hold more touches than the limit, be it of now or of the past.

A touch that was confirmed after its reservation had lapsed is the one exception: its
place was free, and may have been given away. It is left out of the sum, and counts for
what goes out afterwards: of that, too, no touch may be one too many.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest
from attrs import define, evolve, field, frozen
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from privflow.facts import Contact, Timeline
from privflow.quotas import TouchQuota, days_in_month
from privflow.timing import (
    Instant,
    Span,
    Window,
    aligned,
    calendar,
    instant,
    rolling,
    span,
)
from privflow.touches import (
    PROGRESS,
    RELEASES,
    Allow,
    Ledger,
    Receipt,
    Touch,
    TouchRecord,
)

MINUTE = 60_000_000
START = instant("2026-01-30T15:50Z")  # ten minutes before a midnight in Shanghai
FIRST = datetime(2026, 1, 30, 23, 50, tzinfo=UTC)  # the same on Shanghai's clock


def minutes(count: int) -> Instant:
    return Instant(START.us + count * MINUTE)


def day_of(minute: int) -> date:
    """The date in Shanghai, which is always 8 hours ahead."""
    return (FIRST + timedelta(minutes=minute)).date()


@frozen(kw_only=True)
class Seen:
    ledger: Ledger = field(kw_only=False)
    timezone: str = "Asia/Shanghai"
    contact: Contact = field(factory=lambda: Contact("c-1"))
    timeline: Timeline = field(factory=Timeline)


# ── The naive book ───────────────────────────────────────────────────────────


_TAKEN: Final = {"cancelled"}
"""The one end that is no last word: staff may have been quicker."""


@define
class Sent:
    """One touch as the book keeps it, in minutes after the start."""

    channel: str
    decided: int
    heard: list[tuple[str, int]] = field(factory=list)
    freed: bool = False
    lapses: int | None = None
    overdue: bool = False

    @property
    def is_confirmed(self) -> bool:
        return bool({name for name, _ in self.heard} & set(PROGRESS[1:]))

    def has_lapsed(self, now: int) -> bool:
        late = self.lapses is not None and self.lapses <= now
        return late and not self.is_confirmed

    def hear(self, status: str, minute: int, now: int) -> None:
        known = {name for name, _ in self.heard}
        if status in PROGRESS[1:] and self.has_lapsed(now):
            self.overdue = True
        if status in PROGRESS[1:] and self.freed and known & set(RELEASES) == _TAKEN:
            self.freed, self.overdue = False, True
        far = {"failed": PROGRESS[2:]}.get(status, PROGRESS[1:])
        if status in RELEASES and not known & set(far):
            self.freed = True
        self.heard.append((status, minute))

    def counted(self, moment: str, now: int) -> int | None:
        """The minute at which it counts; None while that is not known."""
        if moment == "submitted":
            return self.decided
        enough = PROGRESS[PROGRESS.index(moment) :]
        found = [minute for status, minute in self.heard if status in enough]
        return max(self.decided, min(found)) if found and min(found) <= now else None


Windows = Callable[[set[int], int], Iterator[tuple[Callable[[int], bool], int]]]
"""From interesting minutes and a limit: who is in a window, and its limit."""


def rolling_windows(length: int) -> Windows:
    def windows(marks: set[int], limit: int) -> Iterator[tuple[Callable, int]]:
        for end in sorted({mark + d for mark in marks for d in (0, length - 1)}):
            yield (lambda minute, end=end: end - length < minute <= end), limit

    return windows


def day_windows(marks: set[int], limit: int) -> Iterator[tuple[Callable, int]]:
    for day in sorted({day_of(mark) for mark in marks}):
        yield (lambda minute, day=day: day_of(minute) == day), limit


def two_day_windows(marks: set[int], limit: int) -> Iterator[tuple[Callable, int]]:
    for day in sorted({day_of(mark) for mark in marks}):
        both = {day, day + timedelta(days=1)}
        yield (lambda minute, both=both: day_of(minute) in both), limit


def clock_windows(marks: set[int], limit: int) -> Iterator[tuple[Callable, int]]:
    # the start is ten minutes before the hour
    for slot in sorted({(mark - 10) // 60 for mark in marks}):
        yield (lambda minute, slot=slot: (minute - 10) // 60 == slot), limit


def month_windows(marks: set[int], _: int) -> Iterator[tuple[Callable, int]]:
    months = {(day_of(mark).year, day_of(mark).month) for mark in marks}
    for year, month in sorted(months):
        days = monthrange(year, month)[1]

        def inside(minute: int, year: int = year, month: int = month) -> bool:
            return (day_of(minute).year, day_of(minute).month) == (year, month)

        yield inside, days


def overfull(
    sent: list[Sent], quota: TouchQuota, windows: Windows, now: int
) -> list[tuple[int, int]]:
    """Every window with more touches than its limit, as (touches, limit)."""
    mine = [
        one
        for one in sent
        if not one.freed
        and not one.has_lapsed(now)
        and not one.overdue
        and (quota.channel is None or f"{one.channel}.".startswith(f"{quota.channel}."))
    ]
    counted = [one.counted(quota.counts_on, now) for one in mine]
    known = [minute for minute in counted if minute is not None]
    pending = [one.decided for one, at in zip(mine, counted, strict=True) if at is None]
    limit = quota.limit if isinstance(quota.limit, int) else 0
    marks = {now, *known, *pending}
    return [
        (total, most)
        for inside, most in windows(marks, limit)
        if (
            total := sum(map(inside, known))
            # a pending one may come to count at any minute from its decision on
            + sum(any(inside(m) for m in marks if m >= at) for at in pending)
        )
        > most
    ]


def too_many(
    sent: list[Sent], quota: TouchQuota, windows: Windows, now: int
) -> list[tuple[int, int]]:
    """The windows of now in which the last touch found no room, late ones counted."""
    taken = [
        one.counted(quota.counts_on, now)
        for one in sent
        if not one.freed
        and not one.has_lapsed(now)
        and quota.matches(Touch(**PLAIN, channel=one.channel))
    ]
    limit = quota.limit if isinstance(quota.limit, int) else 0
    # one ahead of now counts, too: a rolling window may hold both
    return [
        (total, most)
        for inside, most in windows({now}, limit)
        if inside(now)
        and (total := sum(at is None or inside(at) for at in taken)) > most
    ]


CASES: Final[list[tuple[TouchQuota, Windows]]] = [
    (
        TouchQuota("hour", 1, per=rolling("1h"), channel="wecom.mass"),
        rolling_windows(60),
    ),
    (
        TouchQuota("confirmed-hour", 2, per=rolling("1h"), counts_on="confirmed"),
        rolling_windows(60),
    ),
    (
        TouchQuota(
            "slot", 2, per=aligned("1h"), counts_on="delivered", keep={"high": 1}
        ),
        clock_windows,
    ),
    (TouchQuota("day", 3, per=calendar("day"), counts_on="confirmed"), day_windows),
    (TouchQuota("sms", 2, per=calendar("day"), channel="sms"), day_windows),
    (
        TouchQuota("days", 2, per=calendar("day", count=2), counts_on="confirmed"),
        two_day_windows,
    ),
    (
        TouchQuota(
            "mass",
            days_in_month,
            per=calendar("month"),
            channel="wecom",
            counts_on="confirmed",
        ),
        month_windows,
    ),
]


WINDOWS: Final[list[tuple[Window, Windows]]] = [
    (rolling("30m"), rolling_windows(30)),
    (rolling("2d"), rolling_windows(2_880)),
    (aligned("1h"), clock_windows),
    (calendar("day"), day_windows),
]
"""What a new version of a plan may count in instead."""

PLAIN: Final = {
    "id": "t",
    "contact_id": "c-1",
    "message": "hello",
    "kind": "service",
    "source": "rule:r",
}


# ── Any sequence of moves ────────────────────────────────────────────────────


class Traffic(RuleBasedStateMachine):
    """Touches are offered, receipts come in any order, again and late; time jumps."""

    @initialize(cases=st.sampled_from([*([case] for case in CASES), CASES]))
    def begin(self, cases: list[tuple[TouchQuota, Windows]]) -> None:
        self.cases = cases
        self.now = 0
        self.ledger = Ledger()
        self.sent: list[Sent] = []
        self.is_edited = False

    @rule(
        channel=st.sampled_from(["wecom.mass", "wecom.message", "sms"]),
        priority=st.sampled_from(["normal", "high"]),
        times=st.sampled_from([1, 1, 2, 33]),
        within=st.sampled_from([None, None, 30, 90, 3_000]),
    )
    def offer(
        self, channel: str, priority: str, times: int, within: int | None
    ) -> None:
        for _ in range(times):
            touch = Touch(
                id=f"t{len(self.sent)}",
                contact_id="c-1",
                channel=channel,
                message="hello",
                kind="service",
                source="rule:r",
                priority=priority,
                confirm_within=None if within is None else span(f"{within}m"),
            )
            now, view = minutes(self.now), Seen(self.ledger)
            rulings = [quota.judge(touch, view, now=now) for quota, _ in self.cases]
            if all(isinstance(ruling, Allow) for ruling in rulings):
                self.ledger = self.ledger.reserving(touch, now=now)
                lapses = None if within is None else self.now + within
                self.sent.append(Sent(channel, self.now, lapses=lapses))
                self.nothing_went_out_that_is_one_too_many()

    def nothing_went_out_that_is_one_too_many(self) -> None:
        for quota, windows in self.cases:
            if quota.matches(Touch(**PLAIN, channel=self.sent[-1].channel)):
                assert too_many(self.sent, quota, windows, self.now) == []

    @rule(
        place=st.integers(0, 5),
        limit=st.integers(1, 3),
        window=st.none() | st.sampled_from(WINDOWS),
    )
    def edit(
        self, place: int, limit: int, window: tuple[Window, Windows] | None
    ) -> None:
        """A new version of the plan, with another limit or another window (Q7)."""
        place %= len(self.cases)
        quota, windows = self.cases[place]
        if isinstance(quota.limit, int):
            per, windows = (quota.per, windows) if window is None else window
            cases = list(self.cases)
            cases[place] = (
                evolve(quota, limit=limit, per=per),
                windows,
            )
            self.cases, self.is_edited = cases, True

    @precondition(lambda self: self.sent)
    @rule(
        data=st.data(),
        status=st.sampled_from([*PROGRESS, *RELEASES, "unknown"]),
        ago=st.integers(0, 5) | st.integers(0, 3_000),
        times=st.integers(1, 2),
    )
    def report(self, data: st.DataObject, status: str, ago: int, times: int) -> None:
        place = data.draw(st.integers(0, len(self.sent) - 1))
        minute = self.now - ago
        receipt = Receipt(f"t{place}", status, at=minutes(minute))
        for _ in range(times):
            self.ledger = self.ledger.informed(receipt)
            self.sent[place].hear(status, minute, self.now)

    @precondition(lambda self: self.sent)
    @rule(ago=st.integers(0, 20))
    def confirm_all(self, ago: int) -> None:
        for place, one in enumerate(self.sent):
            at = minutes(self.now - ago)
            self.ledger = self.ledger.informed(Receipt(f"t{place}", "confirmed", at=at))
            one.hear("confirmed", self.now - ago, self.now)

    @rule(
        by=st.sampled_from([1, 9, 10, 59, 60, 61, 1_440, 2_880, 40_320])
        | st.integers(1, 100)
    )
    def wait(self, by: int) -> None:
        self.now += by

    @property
    def is_whole(self) -> bool:
        """Whether one plan has decided all: a lower limit comes too late for some."""
        return not getattr(self, "is_edited", True)

    @invariant()
    def no_window_is_overfull(self) -> None:
        for quota, windows in getattr(self, "cases", ()) if self.is_whole else ():
            assert overfull(self.sent, quota, windows, self.now) == []

    @invariant()
    def the_book_and_the_ledger_agree_on_what_was_freed(self) -> None:
        if hasattr(self, "ledger"):
            freed = [record.released_at is not None for record in self.ledger]
            assert freed == [one.freed for one in self.sent]
            now = minutes(self.now)
            gone = [
                record.lapses_at is not None and record.lapses_at <= now
                for record in self.ledger
            ]
            assert gone == [
                not one.freed and one.has_lapsed(self.now) for one in self.sent
            ]


TestTraffic = Traffic.TestCase
TestTraffic.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)


# ── Every sequence of few moves ──────────────────────────────────────────────

SMALL: Final[list[tuple[TouchQuota, Windows]]] = [
    (TouchQuota("q", 2, per=rolling("20m")), rolling_windows(20)),
    (
        TouchQuota("q", 2, per=rolling("20m"), counts_on="confirmed"),
        rolling_windows(20),
    ),
    (TouchQuota("q", 2, per=calendar("day"), counts_on="confirmed"), day_windows),
    (TouchQuota("q", 2, per=aligned("1h"), counts_on="delivered"), clock_windows),
    (TouchQuota("q", 2, per=calendar("day", count=2)), two_day_windows),
]
STEP = 10  # minutes


@frozen
class World:
    """What may happen: how long reservations live, what is reported, and how late."""

    lives: tuple[Span | None, ...]
    statuses: tuple[str, ...]
    delays: tuple[int, ...]
    moves: int


WORLDS: Final = {
    "receipts come late": World(
        lives=(None,),
        statuses=("confirmed", "delivered", "failed"),
        delays=(0, STEP),
        moves=7,
    ),
    "reservations lapse": World(
        lives=(span("10m"), span("20m")),  # they end on a step of time
        statuses=("confirmed", "failed"),
        delays=(0,),
        moves=6,
    ),
}


@frozen
class Moment:
    """Where a history has led to.

    Args:
        overdue: the touches that were confirmed after their reservation had lapsed.
        is_decided: whether its last move was a touch.
    """

    ledger: Ledger = field(factory=Ledger)
    now: int = 0
    overdue: frozenset[str] = frozenset()
    is_decided: bool = field(default=False, eq=False)

    def reported(self, record: TouchRecord, status: str, delay: int) -> Moment:
        receipt = Receipt(record.touch.id, status, at=minutes(self.now - delay))
        overdue = self.overdue
        if record.status_at(minutes(self.now)) == "expired" and status in PROGRESS:
            overdue |= {record.touch.id}
        return Moment(self.ledger.informed(receipt), self.now, overdue)

    def decided(self, quota: TouchQuota, life: Span | None) -> Moment | None:
        """Where one more touch leads to; None if the quota does not let it."""
        touch = Touch(
            **PLAIN | {"id": f"t{len(self.ledger)}"}, channel="sms", confirm_within=life
        )
        now = minutes(self.now)
        if not isinstance(quota.judge(touch, Seen(self.ledger), now=now), Allow):
            return None
        ledger = self.ledger.reserving(touch, now=now)
        return Moment(ledger, self.now, self.overdue, is_decided=True)

    def moves(self, quota: TouchQuota, world: World) -> Iterator[Moment | None]:
        """Every place that one touch, one receipt or one step of time leads to."""
        yield Moment(self.ledger, self.now + STEP, self.overdue)
        for life in world.lives:
            yield self.decided(quota, life)
        for record in self.ledger:
            for status in world.statuses:
                for delay in world.delays:
                    yield self.reported(record, status, delay)

    def book(self) -> list[Sent]:
        """The book of the ledger: its moments, its lapses, and what was freed."""
        return [
            Sent(
                record.touch.channel,
                minute_of(record.decided_at),
                [(name, minute_of(at)) for name, at in record.moments],
                record.released_at is not None,
                None if life is None else minute_of(record.decided_at + life),
                record.touch.id in self.overdue,
            )
            for record in self.ledger
            for life in (record.touch.confirm_within,)
        ]


def minute_of(at: Instant) -> int:
    return (at.us - START.us) // MINUTE


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
@pytest.mark.parametrize(("quota", "windows"), SMALL)
def test_no_short_history_overfills_a_window(
    quota: TouchQuota, windows: Windows, world: World
) -> None:
    """Q4: breadth first through every state that so many moves can lead to."""
    edge, refused = [Moment()], 0
    seen = set(edge)
    for _ in range(world.moves):
        found = [moves for moment in edge for moves in moment.moves(quota, world)]
        refused += found.count(None)
        edge = [
            moment for moment in dict.fromkeys(found) if moment and moment not in seen
        ]
        seen.update(edge)
        for moment in edge:
            book = moment.book()
            assert overfull(book, quota, windows, moment.now) == []
            if moment.is_decided:
                assert too_many(book, quota, windows, moment.now) == []
    assert refused
    assert len(seen) > 1_000
    lapsed = sum(one.has_lapsed(moment.now) for moment in seen for one in moment.book())
    late = sum(len(moment.overdue) for moment in seen)
    assert bool(lapsed) == bool(late) == (None not in world.lives)
