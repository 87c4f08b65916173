"""Shared quotas in the memory of one process: the reference of every other store."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import count
from typing import Literal

from attrs import Factory, define, field
from typing_extensions import override

from privflow.quotas.claim import Claim
from privflow.quotas.reservation import (
    KEEP_FOR,
    NEVER,
    Leaving,
    Reservation,
    Use,
)
from privflow.quotas.store import Refused, Reserved, Settled
from privflow.timing import Instant, Span, required_now, span

_State = Literal["reserved", "committed", "late", "released", "expired"]
_STANDING = frozenset({"reserved", "committed", "late"})
_Place = tuple[int, str]
"""Instant and key of one place; a use of cost 3 has three of them."""


@define(eq=False)
class _Held:
    """What is known of one key."""

    key: str
    at: int
    expires_at: int
    uses: tuple[Use, ...]
    state: _State = "reserved"

    def leaves_at(self, name: str) -> int:
        """When time alone frees its places of one quota."""
        until = next(use.until for use in self.uses if use.name == name)
        return min(until, self.expires_at) if self.state == "reserved" else until


@define(eq=False, repr=False)
class MemoryQuotaStore:
    """Shared quotas in one process (内存额度库), for tests, notebooks and one worker.

    It forgets when the process ends, and takes one call at a time: whoever shares it
    between threads puts a lock around it.

    Args:
        keep_for: how long a use is remembered after it stopped counting: as far as a
            quota's window may be widened, and keys repeated (Q7).

    >>> from privflow.timing import instant, span
    >>> now = instant("2026-10-20T09:30+08:00")
    >>> one = Claim(quota="day", subject="staff=zhang", limit=1, since=now)
    >>> store = MemoryQuotaStore()
    >>> store.reserve("t-1", [one], now=now, expires_at=now + span("5m")).at == now
    True
    >>> print(store.reserve("t-2", [one], now=now, expires_at=now + span("5m")))
    day of staff=zhang is full: 1 of 1 taken, not before 2026-10-20T01:35:00Z
    >>> store.commit("t-1", now=now).outcome
    'committed'
    """

    keep_for: Span = field(default=KEEP_FOR, converter=span)
    _held: dict[str, _Held] = field(init=False, factory=dict)
    _places: dict[str, list[_Place]] = field(init=False, factory=dict)
    _due: list[tuple[int, int, _Held]] = field(init=False, factory=list)
    _leaving: list[tuple[int, int, _Held]] = field(init=False, factory=list)
    _number: count[int] = field(init=False, default=Factory(count))

    def reserve(
        self, key: str, claims: Sequence[Claim], *, now: Instant, expires_at: Instant
    ) -> Reserved | Refused:
        """Take all claims of a touch, or none; see `QuotaStore`."""
        asked = Reservation(
            claims, now=now, expires_at=expires_at, keep_for=self.keep_for
        )
        self._live_until(now)
        held = self._held.get(key)
        if held is None or held.state not in _STANDING:
            if refused := asked.refusal(map(self._taken, asked.uses)):
                return refused
            held = _Held(key, now.us, expires_at.us, asked.uses)
            self._hold(held, asked.forget_at)
        return Reserved(key, at=Instant(held.at), expires_at=Instant(held.expires_at))

    def commit(self, key: str, *, now: Instant) -> Settled:
        """Keep the places of a touch; see `QuotaStore`."""
        self._live_until(now)
        held = self._held.get(key)
        if held is None:
            return Settled(key, outcome="unknown")
        if held.state == "reserved":
            held.state = "committed"
        elif held.state not in _STANDING:
            held.state = "late"
            self._place(held)
        return Settled(key, outcome="late" if held.state == "late" else "committed")

    def release(self, key: str, *, now: Instant) -> Settled:
        """Give back the places of a touch; see `QuotaStore`."""
        self._live_until(now)
        held = self._held.get(key)
        if held is None:
            return Settled(key, outcome="unknown")
        self._give_back(held, "released")
        return Settled(key, outcome="released")

    def expire(self, *, now: Instant) -> Sequence[str]:
        """The keys that expired and that nobody has settled; see `QuotaStore`."""
        self._live_until(now)
        return tuple(h.key for h in self._held.values() if h.state == "expired")

    @override
    def __repr__(self) -> str:
        return f"<MemoryQuotaStore {len(self._held)} touches>"

    def _taken(self, use: Use) -> Sequence[Leaving]:
        """The places that count against a use, by when they leave."""
        places = self._places.get(use.name, [])
        first = bisect_left(places, (use.since, ""))
        taken = len(places) - first
        if taken + use.cost <= use.limit:
            return [(NEVER, taken)]  # it fits: without a look at each place
        held = self._held
        return [(held[key].leaves_at(use.name), 1) for _, key in places[first:]]

    def _hold(self, held: _Held, forget_at: int) -> None:
        self._held[held.key] = held
        self._place(held)
        heappush(self._due, (held.expires_at, next(self._number), held))
        if forget_at < NEVER:
            heappush(self._leaving, (forget_at, next(self._number), held))

    def _place(self, held: _Held) -> None:
        for use in held.uses:
            places = self._places.setdefault(use.name, [])
            for _ in range(use.cost):
                insort(places, (held.at, held.key))

    def _give_back(self, held: _Held, state: _State) -> None:
        if held.state in _STANDING:
            for use in held.uses:
                places = self._places[use.name]
                first = bisect_left(places, (held.at, held.key))
                del places[first : first + use.cost]
                if not places:
                    del self._places[use.name]
        held.state = state

    def _live_until(self, now: Instant) -> None:
        """Expire what is due, and forget what cannot count again."""
        now_us = required_now(now).us
        while self._due and self._due[0][0] <= now_us:
            held = heappop(self._due)[2]
            if held.state == "reserved":
                self._give_back(held, "expired")
        while self._leaving and self._leaving[0][0] <= now_us:
            held = heappop(self._leaving)[2]
            if self._held.get(held.key) is held:
                self._give_back(held, "released")
                del self._held[held.key]
