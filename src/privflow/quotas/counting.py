"""What quotas count: the touches that stand at an instant.

Theory of operation
-------------------
1. A released touch counts nowhere. Neither does one whose reservation has lapsed, as
   long as nobody confirms it after all. Any other one counts (Q4).
2. It counts at one moment of its life. Before that moment is reported it is pending,
   and counts in every window that holds an instant from its decision on.
3. Reports come in any order and may move the moment back, but never to before the
   decision. So whatever ends up in a window stood in it already, pending or counted,
   when the touch of that window that was decided last was judged: what fitted then
   fits under every order of receipts. The one exception is a touch that was confirmed
   after its reservation had lapsed: it was sent, hence it counts, be the place given
   away or not; nothing goes out then until the window has room again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from privflow.facts import channel_matches
from privflow.timing import Instant
from privflow.touches import Ledger, Use

MOMENTS: Final = ("submitted", "confirmed", "delivered")
"""The moments at which a touch may begin to count."""


def standing(
    ledger: Ledger, *, now: int, since: int | None = None, channel: str | None = None
) -> Iterator[Use]:
    """The touches that stand, newest first, on a channel or its family, or on all.

    Args:
        now: in microseconds.
        since: leaves out what was decided before.
    """
    for use in ledger.uses("submitted", since):
        if (use.lapses is None or now < use.lapses) and (
            channel is None or channel_matches(channel, use.traits.channel)
        ):
            yield use


def lapse_at(uses: Iterable[Use], count: int) -> Instant | None:
    """When so many of the touches will have lapsed, if nobody confirms them.

    Returns:
        None where fewer can lapse.
    """
    lapses = sorted(use.lapses for use in uses if use.lapses is not None)
    return Instant(lapses[count - 1]) if count <= len(lapses) else None
