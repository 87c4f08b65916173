"""The record of every touch: what quotas count and `why` reads back.

Theory of operation
-------------------
1. A touch enters when the engine decides it, at that instant, and is reserved.
2. Receipts add moments; each keeps its earliest instant. Neither their order nor their
   repetition matters to the moments known afterwards.
3. A definite end without a touch (`RELEASES`) frees the reservation, for good: what was
   freed may have been given away. It frees nothing once the touch is known to have got
   further: confirmed, or for a failure delivered. An unknown outcome frees nothing.
4. Of several ends the earliest says when and why; their order does not matter either.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve, field, frozen

from privflow.timing import Instant
from privflow.touches.touch import PROGRESS, RELEASES, Receipt, Touch

_RANK = {status: rank for rank, status in enumerate(PROGRESS)}


@frozen(kw_only=True)
class TouchRecord:
    """A touch and what has been heard of it since.

    Args:
        decided_at: when the engine decided it; "submitted" counts from here.
        moments: receipt status to the earliest instant it was reported for.
        released_at: when the reservation was freed; None while it counts.
        reason: why it was freed: the receipt's reason or status.
    """

    touch: Touch = field(kw_only=False)
    decided_at: Instant
    moments: tuple[tuple[str, Instant], ...] = ()
    released_at: Instant | None = None
    reason: str = ""

    @property
    def status(self) -> str:
        """The furthest that is known: `"reserved"`, or a receipt's status."""
        if self.released_at is not None:
            at = self.released_at
            return next(n for n, t in self.moments if n in RELEASES and t == at)
        reached = [name for name, _ in self.moments if name in _RANK]
        return max(reached, key=_RANK.__getitem__, default="reserved")

    def reached(self, moment: str) -> Instant | None:
        """When the touch reached a moment of `PROGRESS`; None while it has not."""
        if moment == "submitted":
            return self.decided_at
        rank = _RANK[moment]
        later = (at for name, at in self.moments if _RANK.get(name, -1) >= rank)
        return min(later, default=None)

    def informed(self, receipt: Receipt) -> TouchRecord:
        """The record after a receipt; itself if the receipt says nothing new."""
        if receipt.status == "unknown":
            return self
        known = dict(self.moments)
        known[receipt.status] = min(receipt.at, known.get(receipt.status, receipt.at))
        moments = tuple(sorted(known.items()))
        is_news = moments != self.moments
        if self._is_freed_by(receipt, is_news=is_news):
            reason = receipt.reason or receipt.status
            return evolve(self, moments=moments, released_at=receipt.at, reason=reason)
        return evolve(self, moments=moments) if is_news else self

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


@frozen
class Ledger:
    """All touches of one contact in the order of their decision (触达台账)."""

    records: tuple[TouchRecord, ...] = field(
        default=(), converter=tuple[TouchRecord, ...]
    )

    def reserving(self, touch: Touch, *, now: Instant) -> Ledger:
        """The ledger with one more touch, reserved at `now`."""
        return Ledger((*self.records, TouchRecord(touch, decided_at=now)))

    def find(self, touch_id: str) -> TouchRecord | None:
        """The record of a touch, if the ledger has it."""
        for record in reversed(self.records):
            if record.touch.id == touch_id:
                return record
        return None

    def informed(self, receipt: Receipt) -> Ledger:
        """The ledger after a receipt; itself if the receipt says nothing new."""
        old = self.find(receipt.touch_id)
        new = None if old is None else old.informed(receipt)
        if new is None or new is old:
            return self
        return Ledger(tuple(new if r is old else r for r in self.records))

    def __iter__(self) -> Iterator[TouchRecord]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)
