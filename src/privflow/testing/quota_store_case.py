"""What the laws of shared quotas are tried with: a store, its doors, and claims."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from privflow.quotas import Claim, QuotaStore, Refused, Reserved
from privflow.timing import Instant, Span, instant, span

START: Final = instant("2026-10-20T09:30+08:00")
HOLD: Final = span("5m")
TICK: Final = Span(1)


def after(length: str) -> Instant:
    """An instant so long after the start."""
    return START + span(length)


def claim(
    quota: str = "hour",
    subject: str = "staff=zhang",
    *,
    limit: int = 2,
    cost: int = 1,
    now: Instant = START,
) -> Claim:
    """A claim on a rolling hour that holds `now`."""
    since = now - span("1h") + TICK
    until = now + span("1h")
    return Claim(
        quota=quota, subject=subject, limit=limit, since=since, until=until, cost=cost
    )


def reserve(
    store: QuotaStore, key: str, *claims: Claim, now: Instant = START
) -> Reserved | Refused:
    """What a store answers a touch; it asks for a place of an hour unless told more."""
    return store.reserve(
        key, claims or [claim(now=now)], now=now, expires_at=now + HOLD
    )


def taken(store: QuotaStore, quota: str = "hour", now: Instant = START) -> int:
    """The places taken, asked by a claim that cannot fit and so leaves no trace."""
    answer = reserve(store, "asks", claim(quota, limit=0, now=now), now=now)
    return answer.taken if isinstance(answer, Refused) else -1


class QuotaStoreCase:
    """A store of shared quotas, as its laws ask for it."""

    def empty_store(self) -> QuotaStore:
        """A store in which nothing is taken; override it."""
        remedy = "override empty_store: return a store in which nothing is taken"
        raise NotImplementedError(remedy)

    def reopened(self, store: QuotaStore) -> QuotaStore:
        """The same store through another connection; override it where that differs."""
        return store

    def together(
        self, calls: Iterable[Callable[[], Reserved | Refused]]
    ) -> list[Reserved | Refused]:
        """The answers of calls made at once; override it with threads of yours."""
        return [call() for call in calls]
