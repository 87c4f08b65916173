"""The record of every touch: what quotas count and `why` reads back.

Theory of operation
-------------------
1. A touch enters when the engine decides it, at that instant, and is reserved.
2. Receipts add moments; each keeps its earliest instant. The order in which they
   arrive does not matter to what is known afterwards.
3. A definite end without a touch (`RELEASES`) frees the reservation, once and for good,
   unless the touch is already known to have arrived. An unknown outcome frees nothing.
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
            return next(name for name, _ in self.moments if name in RELEASES)
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
        known = dict(self.moments)
        old = known.get(receipt.status)
        if receipt.status == "unknown" or (old is not None and old <= receipt.at):
            return self
        arrived = self.reached("confirmed") is not None
        known[receipt.status] = receipt.at
        moments = tuple(sorted(known.items()))
        if receipt.status in RELEASES and not arrived and self.released_at is None:
            reason = receipt.reason or receipt.status
            return evolve(
                self, moments=moments, released_at=receipt.at, reason=reason
            )
        return evolve(self, moments=moments)


@frozen
class Ledger:
    """All touches of one contact, in the order in which they were decided (触达台账)."""

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
