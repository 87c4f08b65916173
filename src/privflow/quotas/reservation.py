"""What every store of shared quotas works out alike, wherever it keeps its uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from attrs import field, frozen

from privflow.errors import ProtocolError
from privflow.facts import all_of, required_instant
from privflow.quotas.claim import Claim
from privflow.quotas.store import Refused
from privflow.timing import Instant, Span, required_now, span

KEEP_FOR: Final = span("31d")
"""How long a touch is remembered after it stopped counting, where nobody says."""

NEVER: Final = 1 << 62
"""Later than every instant, in microseconds since 1970; a float holds it exactly."""

Leaving = tuple[int, int]
"""When, in microseconds since 1970, how many places leave."""


class Use(NamedTuple):
    """A claim as stores keep and count it (占用): a text and whole numbers.

    Instants are in microseconds since 1970.

    Args:
        name: quota and subject in one text, and no other two in the same.
        cost: the places that it takes.
        since: the first instant whose uses count now.
        until: when it stops counting; `NEVER` where it does not.
        limit: the most places that may be taken at once.
    """

    name: str
    cost: int
    since: int
    until: int
    limit: int


def _use_of(claim: Claim) -> Use:
    # the first stroke parts the two, so it may not be the quota's own
    quota = claim.quota.replace("%", "%25").replace("/", "%2F")
    name = f"{quota}/{claim.subject}"
    return Use(name, claim.cost, claim.since.us, _until_of(claim), claim.limit)


def _until_of(claim: Claim) -> int:
    return NEVER if claim.until is None else claim.until.us


def _in_lock_order(given: Iterable[Claim]) -> tuple[Claim, ...]:
    claims = all_of("Reservation.claims", Claim, given)
    return tuple(sorted(claims, key=lambda claim: (claim.quota, claim.subject)))


def _check_begun(claim: Claim, now: Instant) -> None:
    if claim.since > now:
        problem = f"got a claim on {claim.quota!r} since {claim.since}, now={now}"
        raise ProtocolError(problem, "make the claims at the now of the call")


def _check_apart(one: Claim, other: Claim) -> None:
    if (one.quota, one.subject) == (other.quota, other.subject):
        problem = f"got two claims on {one.quota!r} of {one.subject!r}"
        raise ProtocolError(problem, "make one claim, with the sum of the costs")


@frozen(kw_only=True)
class Reservation:
    """What one call of `reserve` asks (预占申请), checked: the same for all stores.

    Args:
        claims: all of a touch, in any order.
        now: the present of the call.
        expires_at: when the reservation expires.
        keep_for: how long a use is remembered after it stopped counting: as far as a
            quota's window may be widened, and keys repeated (Q7).

    Attributes:
        claims: by quota and subject. Stores that lock what they count lock in this
            order, so that no two calls wait for each other.
        uses: the same, as stores keep them.

    Raises:
        ProtocolError: two claims of one quota and subject, a claim that begins after
            `now`, or a reservation that would have expired already.
        DefinitionError: something that is no claim, or `expires_at` no instant.

    >>> from privflow.timing import instant
    >>> now, nine, ten = (instant(f"2026-10-20T{h}:00Z") for h in ("08", "09", "10"))
    >>> one = Claim(quota="q", subject="staff=li", limit=3, since=now, until=ten)
    >>> asked = Reservation([one], now=now, expires_at=nine)
    >>> asked.uses[0].name
    'q/staff=li'
    >>> asked.forget_at == (ten + KEEP_FOR).us
    True
    """

    claims: tuple[Claim, ...] = field(kw_only=False, converter=_in_lock_order)
    now: Instant
    expires_at: Instant
    keep_for: Span = KEEP_FOR
    uses: tuple[Use, ...] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        required_now(self.now)
        required_instant("Reservation.expires_at", self.expires_at)
        if self.expires_at <= self.now:
            problem = (
                f"got expires_at={self.expires_at} for a reservation at {self.now}"
            )
            raise ProtocolError(problem, "let it expire later than now")
        for claim in self.claims:
            _check_begun(claim, self.now)
        for one, other in pairwise(self.claims):
            _check_apart(one, other)
        object.__setattr__(self, "uses", tuple(map(_use_of, self.claims)))

    @property
    def forget_at(self) -> int:
        """When the touch can be forgotten: `keep_for` after it stopped counting.

        Returns:
            Microseconds since 1970; `NEVER` where one of its uses counts on.
        """
        last = max([self.expires_at.us, *(use.until for use in self.uses)])
        return min(NEVER, last + self.keep_for.us)

    def refusal(self, taken: Iterable[Iterable[Leaving]]) -> Refused | None:
        """Which claim stays in the way the longest; None where all of them fit.

        Args:
            taken: for each of the claims in turn, the places that count against it in
                its window, by when they leave, in any order. Only the instant at which
                enough of them will have left must be right: a store that knows it may
                tell all of them at that instant.

        >>> from privflow.timing import instant
        >>> now, nine = instant("2026-10-20T08:00Z"), instant("2026-10-20T09:00Z")
        >>> one = Claim(quota="q", subject="staff=li", limit=3, since=now)
        >>> asked = Reservation([one], now=now, expires_at=nine)
        >>> print(asked.refusal([[(NEVER, 2), (nine.us, 1)]]))
        q of staff=li is full: 3 of 3 taken, not before 2026-10-20T09:00:00Z
        """
        now = self.now.us
        refusals = [
            refused
            for claim, places in zip(self.claims, taken, strict=True)
            if (refused := _refused(claim, list(places), now)) is not None
        ]
        return _longest(refusals) if refusals else None


def _refused(claim: Claim, places: list[Leaving], now: int) -> Refused | None:
    taken = sum(number for _, number in places)
    lacking = taken + claim.cost - claim.limit
    if lacking <= 0:
        return None
    if claim.cost > claim.limit:
        return Refused(claim, taken=taken, next_possible=None)
    # a window that has changed since lets go of nothing later than of a new use
    last = _until_of(claim)
    for us, number in sorted(place for place in places if now < place[0] < last):
        lacking -= number
        if lacking <= 0:
            return Refused(claim, taken=taken, next_possible=Instant(us))
    return Refused(claim, taken=taken, next_possible=claim.until)


def _longest(refusals: Sequence[Refused]) -> Refused:
    """Of what is in the way, what stays so the longest; the first of equals."""
    never = [refusal for refusal in refusals if refusal.next_possible is None]
    return never[0] if never else max(refusals, key=_until)


def _until(refusal: Refused) -> int:
    return refusal.next_possible.us if refusal.next_possible else 0
