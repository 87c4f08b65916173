"""What every store of shared quotas works out alike, wherever it keeps its uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from privflow.errors import ProtocolError
from privflow.quotas.claim import Claim
from privflow.quotas.store import Refused
from privflow.timing import Instant, Span, span

KEEP_FOR: Final = span("31d")
"""How long a touch is remembered after it stopped counting, where nobody says."""

Leaving = tuple[int | None, int]
"""When, in microseconds since 1970 or None for never, how many places leave."""


def in_lock_order(
    claims: Iterable[Claim], *, now: Instant, expires_at: Instant
) -> tuple[Claim, ...]:
    """The claims of one call, checked, by quota and subject.

    Stores that lock what they count lock in this order, so that no two calls wait for
    each other.

    Raises:
        ProtocolError: two claims of one quota and subject, a claim that begins after
            `now`, or a reservation that would have expired already.
    """
    ordered = tuple(sorted(claims, key=lambda claim: (claim.quota, claim.subject)))
    if expires_at <= now:
        problem = f"got expires_at={expires_at} for a reservation at {now}"
        raise ProtocolError(problem, "let it expire later than now")
    for claim in ordered:
        if claim.since > now:
            problem = f"got a claim on {claim.quota!r} since {claim.since}, now={now}"
            raise ProtocolError(problem, "make the claims at the now of the call")
    for one, other in pairwise(ordered):
        if (one.quota, one.subject) == (other.quota, other.subject):
            problem = f"got two claims on {one.quota!r} of {one.subject!r}"
            raise ProtocolError(problem, "make one claim, with the sum of the costs")
    return ordered


def refusal(
    claims: Iterable[Claim], taken: Iterable[Iterable[Leaving]], *, now: Instant
) -> Refused | None:
    """Which claim stays in the way of a touch the longest; None where all of them fit.

    Args:
        claims: all of the touch.
        taken: for each of them in turn, the places that count against it in its window,
            by when they leave, in any order.

    >>> from privflow.timing import instant
    >>> now, nine, ten = (instant(f"2026-10-20T{h}:00Z") for h in ("08", "09", "10"))
    >>> one = Claim(quota="q", subject="staff=li", limit=3, since=now, cost=2)
    >>> print(refusal([one], [[(ten.us, 1), (None, 1), (nine.us, 1)]], now=now))
    q of staff=li is full: 3 of 3 taken, not before 2026-10-20T10:00:00Z
    """
    refusals = [
        refused
        for claim, places in zip(claims, taken, strict=True)
        if (refused := _refused(claim, list(places), now)) is not None
    ]
    return longest(refusals) if refusals else None


def _refused(claim: Claim, places: list[Leaving], now: Instant) -> Refused | None:
    taken = sum(number for _, number in places)
    lacking = taken + claim.cost - claim.limit
    if lacking <= 0:
        return None
    if claim.cost > claim.limit:
        return Refused(claim, taken=taken, next_possible=None)
    later = ((us, number) for us, number in places if us is not None and us > now.us)
    for us, number in sorted(later):
        lacking -= number
        if lacking <= 0:
            return Refused(claim, taken=taken, next_possible=Instant(us))
    # places that a narrower window let go earlier leave with the new use
    return Refused(claim, taken=taken, next_possible=claim.until)


def longest(refusals: Sequence[Refused]) -> Refused:
    """Of what is in the way of a touch, what stays so the longest; the first of equals.

    Args:
        refusals: at least one.
    """
    never = [refusal for refusal in refusals if refusal.next_possible is None]
    return never[0] if never else max(refusals, key=_until)


def forget_at(
    claims: Iterable[Claim], expires_at: Instant, *, keep_for: Span = KEEP_FOR
) -> Instant | None:
    """When a store may forget a touch; None for never, as one of its uses counts on.

    Args:
        expires_at: of its reservation.
        keep_for: how long after it stopped counting: as far as a quota's window may be
            widened, and keys repeated (Q7).
    """
    last = expires_at
    for claim in claims:
        if claim.until is None:
            return None
        last = max(last, claim.until)
    return last + keep_for


def _until(refusal: Refused) -> int:
    return refusal.next_possible.us if refusal.next_possible else 0
