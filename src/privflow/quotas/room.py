"""The room that a limit leaves in a window, counted touch by touch.

This is the long way, for whatever a sum over the ledger cannot say: touches that are
pending or may lapse, places that are kept, months of different lengths, and when there
is room again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from attrs import frozen

from privflow.facts import Properties
from privflow.quotas.keep import places_kept
from privflow.quotas.limit import SHORTEST_MONTH, Limit, LimitRule, Pool
from privflow.timing import Window, span
from privflow.touches import Ledger, Traits

LONGEST_MONTH: Final = 31
_DAY: Final = span("1d").us


class Place(NamedTuple):
    """What a touch takes: until when (None: for ever), how many places, and for whom.

    `at` is since when it counts; None while it is pending.
    """

    at: int | None
    leaves: int | None
    weight: int
    priority: str


class Room(NamedTuple):
    """How a window stands for one touch.

    `spare` is what is left of the limit, `kept` what of it is for higher priorities.
    """

    taken: int
    pending: int
    limit: int
    spare: int
    kept: int

    def facts(self, window: Window) -> Properties:
        """The numbers as a ruling tells them; pending and kept ones where some are."""
        return Properties({
            "count": self.taken,
            "limit": self.limit,
            "window": str(window),
            "pending": self.pending or None,
            "kept": self.kept or None,
        })


def plain_room(taken: int, limit: int) -> Room:
    """A window in which nothing is pending and nothing kept."""
    return Room(taken, 0, limit, limit - taken, 0)


def days_of(start: int, end: int) -> int:
    """How many calendar days there are; a change of offset is under half a one."""
    return (end - start + _DAY // 2) // _DAY


def limit_of_window(limit: Limit, start: int, end: int) -> int:
    """The limit of a window with these bounds."""
    if isinstance(limit, int):
        return limit
    return limit.limit if isinstance(limit, Pool) else days_of(start, end)


@frozen(kw_only=True, eq=False)
class Rooms:
    """The limit of a quota, and the room that it leaves in every window.

    Args:
        bounds: of the window of now, in a zone.
    """

    limit: Limit
    per: Window
    counts_on: str
    keep: Mapping[str, int]
    bounds: Callable[[int, str], tuple[int, int]]

    @property
    def follows_months(self) -> bool:
        """Whether the limit is the number of days of the month."""
        return self.limit is LimitRule.DAYS_IN_MONTH

    def limit_at(self, now: int, zone: str) -> int:
        """The limit of the window of now."""
        return limit_of_window(self.limit, *self.bounds(now, zone))

    @property
    def least(self) -> int:
        """The limit of the shortest window."""
        return SHORTEST_MONTH if self.follows_months else self.limit_at(0, "UTC")

    @property
    def most(self) -> int:
        """The limit of the longest window."""
        return LONGEST_MONTH if self.follows_months else self.limit_at(0, "UTC")

    def places(
        self, ledger: Ledger, weigh: Callable[[Traits], int], now: int, zone: str
    ) -> list[Place]:
        """What is taken now, touch by touch.

        Args:
            weigh: how many places a touch of these traits takes.
        """
        start, _ = self.bounds(now, zone)
        since = start if self.counts_on == "submitted" else None
        places = []
        for traits, _, counted, lapses in ledger.uses(self.counts_on, since):
            weight = weigh(traits)
            gone = lapses is not None and lapses <= now
            if weight and not gone and (counted is None or counted >= start):
                leaves = lapses
                if counted is not None:
                    out = self.per.leaves_at(counted, zone)
                    leaves = out if lapses is None else min(out, lapses)
                places.append(Place(counted, leaves, weight, traits.priority))
        return places

    def room(self, places: list[Place], priority: str, now: int, zone: str) -> Room:
        """What these places leave to a touch of a priority."""
        taken = sum(place.weight for place in places)
        pending = sum(place.weight for place in places if place.at is None)
        limit = self.limit_at(now, zone)
        spare = limit - taken
        if self.follows_months and self.counts_on != "submitted":
            # a touch may come to count in any later month, the shortest included
            spare = min(spare, SHORTEST_MONTH - pending)
        there: Counter[str] = Counter()
        for place in places:
            there[place.priority] += place.weight
        kept = places_kept(self.keep, priority, there)
        return Room(taken, pending, limit, spare, kept)

    def free_at(
        self, places: list[Place], priority: str, weight: int, now: int, zone: str
    ) -> int | None:
        """The first later instant with room; only then something leaves or turns."""
        instants = {place.leaves for place in places if place.leaves is not None}
        if self.follows_months:
            instants |= self._month_turns(now, zone)
        for at in sorted(instants):
            staying = [p for p in places if p.leaves is None or p.leaves > at]
            room = self.room(staying, priority, at, zone)
            if room.spare >= room.kept + weight:
                return at
        return None

    def _month_turns(self, now: int, zone: str) -> set[int]:
        """The next two starts of a month; one of two months in a row has 31 days."""
        _, first = self.per.bounds(now, zone)
        return {first, self.per.bounds(first, zone)[1]}
