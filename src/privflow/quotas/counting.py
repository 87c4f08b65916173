"""What every quota counts: the touches that stand, and since when.

Theory of operation
-------------------
1. A released touch counts nowhere; any other one counts (Q4).
2. It counts at one moment of its life. Before that moment is reported it is pending,
   and counts in every window that holds an instant from its decision on.
3. Reports come in any order and may move the moment back, but never to before the
   decision. So whatever ends up in a window stood in it already, pending or counted,
   when the touch of that window that was decided last was judged: what fitted then
   fits under every order of receipts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from privflow.facts import channel_matches
from privflow.touches import Ledger, TouchRecord

MOMENTS: Final = ("submitted", "confirmed", "delivered")
"""The moments at which a touch may begin to count."""


def standing(ledger: Ledger, channel: str | None = None) -> Iterator[TouchRecord]:
    """The touches that were not released, on a channel or its family, or on all."""
    for record in ledger:
        if record.released_at is None and (
            channel is None or channel_matches(channel, record.touch.channel)
        ):
            yield record


def counted_at(record: TouchRecord, moment: str) -> int | None:
    """Since when a touch counts, in microseconds; None while it is pending."""
    reached = record.reached(moment)
    return None if reached is None else max(reached.us, record.decided_at.us)
