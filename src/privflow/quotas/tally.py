"""What a quota has worked out once and would work out again for every contact.

Nothing here is part of a quota's value: a copy begins anew, and equality looks past it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from privflow.facts import Properties
from privflow.timing import Aligned, Calendar, Window
from privflow.touches import Allow, Traits

_MOST: Final = 4_096

LAPSING: Final = 1 << 60
"""What a touch weighs that may lapse: so much that nobody takes the short way."""


class Weights(dict[Traits, int]):
    """What touches weigh for a quota: 0 where it is not about them."""

    weigh: Callable[[Traits], int]

    def __missing__(self, traits: Traits) -> int:
        if len(self) >= _MOST:
            self.clear()
        weight = self.weigh(traits)
        if weight and traits.confirm_within is not None:
            weight = LAPSING
        self[traits] = weight
        return weight


class Tally:
    """The window of now, what touches weigh, and numbers of rulings already made.

    Args:
        weights: for a quota of each contact.
        of_group: for one of other subjects, by their values.
    """

    __slots__ = ("_period", "allows", "facts", "of_group", "weights")

    def __init__(self) -> None:
        self.weights = Weights()
        self.of_group: dict[tuple[str, ...], Weights] = {}
        self.allows: dict[int, Allow] = {}
        self.facts: dict[int, Properties] = {}
        self._period = ("", 0, 0)

    def fresh(self, group: tuple[str, ...], weigh: Callable[[Traits], int]) -> Weights:
        """The weights of a group that is seen for the first time."""
        if len(self.of_group) >= _MOST:
            self.of_group.clear()
        found = self.of_group[group] = Weights()
        found.weigh = weigh
        return found

    def bounds(self, window: Window, now: int, zone: str) -> tuple[int, int]:
        """The bounds of a window; those of a calendar stay the same for a while."""
        known, start, end = self._period
        if start <= now < end and known == zone:
            return start, end
        start, end = window.bounds(now, zone)
        if isinstance(window, Calendar | Aligned):
            self._period = zone, start, end
        return start, end
