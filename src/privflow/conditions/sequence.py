"""Whether events were followed by others in time, and when time changes that."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable

from privflow.conditions.node import Followed
from privflow.conditions.spell import Spell, merged
from privflow.conditions.window import places
from privflow.facts import Series

Leaves = Callable[[int], int]
"""When an event that happened at an instant is no longer in the window."""


def is_followed(
    node: Followed,
    firsts: Series,
    thens: Series,
    bounds: tuple[int, int],
    now_us: int,
) -> bool:
    """Whether a sequence is YES: what compiled conditions call.

    Args:
        bounds: from which microsecond on, and up to which, the first events count.
    """
    low, high = places(firsts, *bounds)
    for place in range(low, high):
        start = _begins(node, firsts, place, thens)
        if start is not None and start <= now_us:
            return True
    return False


def spells_of(
    node: Followed,
    firsts: Series,
    thens: Series,
    bounds: tuple[int, int],
    leaves_at: Leaves,
) -> list[Spell]:
    """The stretches of time in which a sequence is YES."""
    found = []
    low, high = places(firsts, *bounds)
    for place in range(low, high):
        start = _begins(node, firsts, place, thens)
        if start is not None:
            found.append((start, leaves_at(firsts.times[place])))
    return merged(found)


def _begins(node: Followed, firsts: Series, place: int, thens: Series) -> int | None:
    """When it is decided that an event was followed, or was not; None if never."""
    at = firsts.times[place]
    last = at + node.within.us
    following = _next_after(at, firsts.keys[place], thens)
    in_time = following if following is not None and following <= last else None
    if node.wanted:
        return in_time
    return last + 1 if in_time is None else None


def _next_after(at_us: int, key: str, thens: Series) -> int | None:
    """When the next event happens behind a place in the order of (instant, key)."""
    low = bisect_left(thens.times, at_us, 0, thens.size)
    high = bisect_right(thens.times, at_us, low, thens.size)
    place = bisect_right(thens.keys, key, low, high)
    return thens.times[place] if place < thens.size else None
