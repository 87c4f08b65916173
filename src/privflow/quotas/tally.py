"""What a quota has worked out once and would work out again for every contact.

Nothing here is part of a quota's value: a copy begins anew, and equality looks past it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Generic, TypeVar

from privflow.facts import Properties
from privflow.quotas.subject import Group
from privflow.timing import Aligned, Calendar, Instant, Rolling, Window
from privflow.touches import Allow, Hold, Traits

_MOST: Final = 4_096

LAPSING: Final = 1 << 60
"""What a touch weighs that may lapse: so much that nobody takes the short way."""

_Asked = TypeVar("_Asked")
_Found = TypeVar("_Found")


class Memo(dict[_Asked, _Found], Generic[_Asked, _Found]):
    """The answers of a function, each worked out when it is first asked for."""

    __slots__ = ("_work_out",)

    def __init__(self, work_out: Callable[[_Asked], _Found]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, asked: _Asked) -> _Found:
        if len(self) >= _MOST:
            self.clear()
        found = self[asked] = self._work_out(asked)
        return found


Period = tuple[int, int, int, Memo[int, Allow], dict[int, Hold]]
"""`[start, end)` of a window and its limit; rulings by how much of it was taken: those
that allow, and holds until its end."""


class Tally:
    """The window of now, what touches weigh, and rulings already made.

    Args:
        weigh: what a touch of these traits weighs for the subjects of a group.
        limit: of a window with these bounds.
        tell: the facts of a ruling, from how much is taken of what limit.

    Attributes:
        length: of a rolling window, in microseconds; 0 for another one.
        rolling: the limit of a rolling window, and rulings that allow.
        of_group: the weights for the subjects of a group.
        weights: those for a quota of each contact.
        periods: by zone, where the calendar or the clock stood last; each one value,
            such that no thread sees the start of one with the end of another.
    """

    __slots__ = (
        "_limit",
        "_window",
        "allows",
        "length",
        "of_group",
        "periods",
        "rolling",
        "weigh",
        "weights",
    )

    def __init__(
        self,
        window: Window,
        *,
        weigh: Callable[[Traits, Group], int],
        limit: Callable[[int, int], int],
        tell: Callable[[int, int], Properties],
    ) -> None:
        self._window, self._limit = window, limit
        self.length = window.span.us if isinstance(window, Rolling) else 0
        self.of_group = Memo[Group, Memo[Traits, int]](
            lambda group: Memo(lambda traits: _at_once(weigh(traits, group), traits))
        )
        self.weights = self.of_group[()]
        self.weigh = self.weights.__getitem__
        self.allows = Memo[int, Memo[int, Allow]](
            lambda most: Memo(lambda taken: Allow(facts=tell(taken, most)))
        )
        most = limit(0, self.length)
        self.rolling = most, self.allows[most]
        self.periods = Memo[str, Period](lambda _: (0, 0, most, self.allows[most], {}))

    def bounds(self, now: int, zone: str) -> tuple[int, int]:
        """The bounds of the window of now."""
        if isinstance(self._window, Calendar | Aligned):
            return self.period_at(now, zone)[:2]
        return self._window.bounds(now, zone)

    def period_at(self, now: int, zone: str) -> Period:
        """The day, say, that holds now: the same for a while, and for many contacts."""
        period = self.periods[zone]
        if not period[0] <= now < period[1]:
            start, end = self._window.bounds(now, zone)
            most = self._limit(start, end)
            period = self.periods[zone] = start, end, most, self.allows[most], {}
        return period


def hold(until: int, allows: Memo[int, Allow], taken: int) -> Hold:
    """The ruling where no more fits, before so much has left the window."""
    return Hold("quota_full", until=Instant(until), facts=allows[taken].facts)


def _at_once(weight: int, traits: Traits) -> int:
    """The weight, if the touch keeps it until it leaves the window or is released."""
    return LAPSING if weight and traits.confirm_within is not None else weight
