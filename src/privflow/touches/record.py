"""One touch and what has been heard of it.

Theory of operation
-------------------
1. Receipts add moments; each keeps its earliest instant. Neither their order nor their
   repetition matters to the moments known afterwards.
2. A definite end without a touch (`RELEASES`) frees the reservation, for good: what was
   freed may have been given away. It frees nothing once the touch is known to have got
   further: confirmed, or for a failure delivered. An unknown outcome frees nothing.
   Only a cancellation is no last word: staff may have been quicker than whoever took
   their task back, and what they confirm was sent, whichever is heard first.
3. Of several ends the earliest says when and why; their order does not matter either.
4. A reservation with a deadline lapses there, unless the touch is known to be
   confirmed. That is a guess and no report: a confirmation that comes after all is the
   truth, and the touch counts again, from its own instants.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from privflow.errors import DefinitionError, shown
from privflow.timing import Instant
from privflow.touches.touch import PROGRESS, REASONS, RELEASES, Receipt, Touch

RANK = {status: rank for rank, status in enumerate(PROGRESS)}
_CONFIRMED = RANK["confirmed"]
STATUSES = (*PROGRESS, *RELEASES)
SAID = ("", *dict.fromkeys((*REASONS, *RELEASES)))
"""Why a reservation can have been freed: a receipt's reason or its status."""

Moments = tuple[tuple[str, Instant], ...]


def _moments_of(given: Iterable[tuple[str, Instant]]) -> Moments:
    moments = tuple((status, at) for status, at in given)
    for status, _ in moments:
        if status not in STATUSES:
            remedy = f"use {shown(STATUSES)}"
            raise DefinitionError("TouchRecord.moments", f"got {status!r}", remedy)
    return moments


@frozen(kw_only=True)
class TouchRecord:
    """A touch and what has been heard of it since.

    Args:
        decided_at: when the engine decided it; "submitted" counts from here.
        moments: receipt status to the earliest instant it was reported for.
        released_at: when the reservation was freed; None while it counts.
        reason: why it was freed: the receipt's reason or status.

    Raises:
        DefinitionError: a status or reason outside the closed vocabulary, or an end
            that no moment tells of.
    """

    touch: Touch = field(kw_only=False)
    decided_at: Instant
    moments: Moments = field(default=(), converter=_moments_of)
    released_at: Instant | None = None
    reason: str = ""

    def __attrs_post_init__(self) -> None:
        if self.reason not in SAID:
            what, problem = "TouchRecord.reason", f"got {self.reason!r}"
            raise DefinitionError(what, problem, f"use {shown(SAID[1:])}")
        at = self.released_at
        if at is not None and not any(
            n in RELEASES and t == at for n, t in self.moments
        ):
            problem = f"got {at.isoformat()!r}, and no end among the moments"
            remedy = f"add the moment: {shown(RELEASES)}"
            raise DefinitionError("TouchRecord.released_at", problem, remedy)

    @property
    def status(self) -> str:
        """The furthest that is known: `"reserved"`, or a receipt's status."""
        if self.released_at is not None:
            at = self.released_at
            return next(n for n, t in self.moments if n in RELEASES and t == at)
        reached = [name for name, _ in self.moments if name in RANK]
        return max(reached, key=RANK.__getitem__, default="reserved")

    @property
    def lapses_at(self) -> Instant | None:
        """When its place becomes free unless somebody confirms it before (Q4)."""
        within = self.touch.confirm_within
        if within is None or self.released_at is not None:
            return None
        return self.decided_at + within if self.reached("confirmed") is None else None

    def status_at(self, now: Instant) -> str:
        """The status; `"expired"` for a reservation that has lapsed by itself."""
        lapses_at = self.lapses_at
        return self.status if lapses_at is None or now < lapses_at else "expired"

    def reached(self, moment: str) -> Instant | None:
        """When the touch reached a moment of `PROGRESS`; None while it has not."""
        if moment == "submitted":
            return self.decided_at
        rank = RANK[moment]
        later = (at for name, at in self.moments if RANK.get(name, -1) >= rank)
        return min(later, default=None)

    def informed(self, receipt: Receipt) -> TouchRecord:
        """The record after a receipt; itself if the receipt says nothing new."""
        if receipt.status == "unknown":
            return self
        known = dict(self.moments)
        known[receipt.status] = min(receipt.at, known.get(receipt.status, receipt.at))
        moments = tuple(sorted(known.items()))
        is_news = moments != self.moments
        at, reason = self.released_at, self.reason
        if self._is_freed_by(receipt, is_news=is_news):
            at, reason = receipt.at, receipt.reason or receipt.status
        elif not is_news:
            return self
        elif RANK.get(receipt.status, -1) >= _CONFIRMED and self._is_just_cancelled:
            at, reason = None, ""
        return TouchRecord(
            self.touch,
            decided_at=self.decided_at,
            moments=moments,
            released_at=at,
            reason=reason,
        )

    @property
    def _is_just_cancelled(self) -> bool:
        ends = {name for name, _ in self.moments if name in RELEASES}
        return self.released_at is not None and ends == {"cancelled"}

    def _is_freed_by(self, receipt: Receipt, *, is_news: bool) -> bool:
        """Whether the receipt frees the reservation, or tells of an earlier end."""
        status = receipt.status
        if status not in RELEASES:
            return False
        if self.released_at is not None:
            told = _rank_of_end(receipt.at, status, receipt.reason or status)
            known = _rank_of_end(self.released_at, self.status, self.reason)
            return told < known and (is_news or status == self.status)
        # a confirmed task may still fail: the contact is no friend any more, say
        got_further = "delivered" if status == "failed" else "confirmed"
        return self.reached(got_further) is None


def _rank_of_end(
    at: Instant, status: str, reason: str
) -> tuple[Instant, str, bool, str]:
    """The earliest end first; of two at one instant, the one with its own reason."""
    return at, status, reason == status, reason
