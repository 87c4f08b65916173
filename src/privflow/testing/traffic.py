"""Random calls on a store of shared quotas, beside the reference and a naive book."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from attrs import define, field, frozen

from privflow.errors import MissingExtraError
from privflow.quotas import (
    Claim,
    MemoryQuotaStore,
    QuotaStore,
    Refused,
    Reserved,
    Settled,
)
from privflow.testing.law import demand
from privflow.timing import Instant, Window, aligned, calendar, instant, rolling

try:
    from hypothesis import HealthCheck, settings
    from hypothesis import strategies as st
    from hypothesis.stateful import (
        RuleBasedStateMachine,
        invariant,
        rule,
        run_state_machine_as_test,
    )
except ModuleNotFoundError as error:
    raise MissingExtraError("testing", "hypothesis") from error

TRIES = settings(
    max_examples=100,
    stateful_step_count=40,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)

_MINUTE = 60_000_000
_START = instant("2026-10-20T22:30Z")  # a mark of the clock, soon before midnight


@frozen
class _Shape:
    """A shared quota: its window, and how many minutes such a window holds."""

    window: Window
    minutes: int
    slides: bool
    limit: int

    def overfull(self, uses: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Every window with more than the limit, as (last minute, places)."""
        ends = sorted({minute for minute, _ in uses})
        totals = [
            (end, sum(cost for minute, cost in uses if self._within(minute, end)))
            for end in ends
        ]
        return [(end, total) for end, total in totals if total > self.limit]

    def _within(self, minute: int, end: int) -> bool:
        if self.slides:
            return end - self.minutes < minute <= end
        return minute // self.minutes == end // self.minutes


_SHAPES = {
    "hour": _Shape(rolling("1h"), 60, slides=True, limit=2),
    "slot": _Shape(aligned("30m", tz="UTC"), 30, slides=False, limit=2),
    "day": _Shape(calendar("day", tz="UTC"), 1_440, slides=False, limit=5),
}
_SUBJECTS = ("staff=zhang", "staff=zhang", "staff=li")
_T = TypeVar("_T")


@define
class _Use:
    """What the book knows of a touch, in minutes since 1970."""

    minute: int
    claims: tuple[Claim, ...]
    expires: int
    state: str = field(default="reserved")


def _at(minute: int) -> Instant:
    return Instant(minute * _MINUTE)


def _claim_on(quota: str, subject: str, cost: int, now: Instant) -> Claim:
    shape = _SHAPES[quota]
    return Claim(
        quota=quota,
        subject=subject,
        limit=shape.limit,
        since=Instant(shape.window.bounds(now.us, "UTC")[0]),
        until=Instant(shape.window.leaves_at(now.us, "UTC")),
        cost=cost,
    )


_KEYS = st.integers(0, 5).map("t-{}".format)
_SKEWS = st.sampled_from([0, 0, 0, -7, -1, 1, 7])
"""How many minutes the clock of a host is ahead; most are right."""

_ASKED = st.dictionaries(
    st.tuples(st.sampled_from(sorted(_SHAPES)), st.sampled_from(_SUBJECTS)),
    st.sampled_from([1, 1, 1, 2]),
    min_size=1,
    max_size=2,
)
_Asked = dict[tuple[str, str], int]
_MARKS = st.sampled_from([None, None, 30, 30, 1_440])
"""Where the clock is to stand next, in minutes of the day."""

_HOLDS = st.sampled_from([1, 5, 5, 90, 90])


class _Traffic(RuleBasedStateMachine):
    """Hosts with clocks of their own reserve, settle and die; time passes."""

    def __init__(
        self,
        empty_store: Callable[[], QuotaStore],
        reopened: Callable[[QuotaStore], QuotaStore],
    ) -> None:
        super().__init__()
        store = empty_store()
        self.doors = [store, reopened(store)]
        self.reference = MemoryQuotaStore()
        self.now = _START.us // _MINUTE
        self.keys: set[str] = set()
        self.book: dict[str, _Use] = {}

    @rule(asked=_ASKED, hold=_HOLDS, ahead=_SKEWS)
    def reserve(self, asked: _Asked, hold: int, ahead: int) -> None:
        self.reserve_as(f"t-{len(self.keys)}", asked, hold, ahead)

    @rule(key=_KEYS, asked=_ASKED, hold=_HOLDS, ahead=_SKEWS)
    def reserve_again(self, key: str, asked: _Asked, hold: int, ahead: int) -> None:
        self.reserve_as(key, asked, hold, ahead)

    def reserve_as(self, key: str, asked: _Asked, hold: int, ahead: int) -> None:
        minute = self.now + ahead
        now, expires_at = _at(minute), _at(minute + hold)
        claims = [_claim_on(*name, cost, now) for name, cost in asked.items()]

        def call(store: QuotaStore) -> Reserved | Refused:
            return store.reserve(key, claims, now=now, expires_at=expires_at)

        self.keys.add(key)
        answer = self.answer(f"reserve {key}", call, minute)
        old = self.book.get(key)
        new = old is None or old.state in {"released", "expired"}
        if isinstance(answer, Reserved) and new:
            self.book[key] = _Use(minute, tuple(claims), minute + hold)

    @rule(key=_KEYS, ahead=_SKEWS)
    def commit(self, key: str, ahead: int) -> None:
        minute = self.now + ahead

        def call(store: QuotaStore) -> Settled:
            return store.commit(key, now=_at(minute))

        self.settle(key, self.answer(f"commit {key}", call, minute))

    @rule(key=_KEYS, ahead=_SKEWS)
    def release(self, key: str, ahead: int) -> None:
        minute = self.now + ahead

        def call(store: QuotaStore) -> Settled:
            return store.release(key, now=_at(minute))

        self.settle(key, self.answer(f"release {key}", call, minute))

    @rule(ahead=_SKEWS)
    def expire(self, ahead: int) -> None:
        minute = self.now + ahead

        def call(store: QuotaStore) -> list[str]:
            return sorted(store.expire(now=_at(minute)))

        told = self.answer("expire", call, minute)
        expired = [key for key, use in self.book.items() if use.state == "expired"]
        demand("the keys that expired and are not settled", told, sorted(expired))

    @rule(by=st.sampled_from([1, 5, 29, 30, 59, 60, 61]), mark=_MARKS)
    def wait(self, by: int, mark: int | None) -> None:
        self.now += by if mark is None else mark - self.now % mark

    @invariant()
    def no_window_is_overfull(self) -> None:
        """Q4, but for what came late."""
        for quota, shape in _SHAPES.items():
            for subject in set(_SUBJECTS):
                overfull = shape.overfull(self.uses(quota, subject))
                demand(f"{quota} of {subject} within {shape.limit}", overfull, [])

    def uses(self, quota: str, subject: str) -> list[tuple[int, int]]:
        """Minute and cost of what stands in the book and was not late."""
        return [
            (use.minute, claim.cost)
            for use in self.book.values()
            if use.state in {"reserved", "committed"}
            for claim in use.claims
            if (claim.quota, claim.subject) == (quota, subject)
        ]

    def answer(self, what: str, call: Callable[[QuotaStore], _T], minute: int) -> _T:
        """The answer of the store, which must be that of the reference."""
        for use in self.book.values():
            if use.state == "reserved" and use.expires <= minute:
                use.state = "expired"
        self.doors.reverse()
        answer = call(self.doors[0])
        demand(f"{what} at {_at(minute)}", answer, call(self.reference))
        return answer

    def settle(self, key: str, settled: Settled) -> None:
        if key in self.book and settled.outcome != "unknown":
            self.book[key].state = settled.outcome


def run_traffic(
    empty_store: Callable[[], QuotaStore],
    reopened: Callable[[QuotaStore], QuotaStore],
    tries: settings,
) -> None:
    """Fail with the shortest sequence of calls that the store answers wrongly."""

    class Traffic(_Traffic):
        def __init__(self) -> None:
            super().__init__(empty_store, reopened)

    run_state_machine_as_test(Traffic, settings=tries)
