"""Numbers over the last so much time: their steps now, and when the first is left.

Theory of operation
-------------------
1. Where no event is still to come, time alone takes events away, the oldest first: a
   number falls from step to step (`ladder`). The floor of its step tells which event it
   is whose going makes it fall off.
2. Running sums never fall here, so that a search in them finds that event. For a count
   nothing is searched: it lies so many events before the end.
3. A longer window never begins after a shorter one: the search for its oldest event ends
   where that one begins.
4. Only the first change of all is told. A window from which no event goes before a
   change that is known is not searched, and neither are sums that are still on their
   step when another number of the window changes.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from decimal import Decimal

from privflow.facts import FOREVER, Series, minus
from privflow.segments.ladder import Ladder

Tally = tuple[str | None, Ladder]
"""The property that is added up, None for a count, and the steps of the number."""
Windows = Sequence[tuple[int, Sequence[Tally]]]
"""Lengths in microseconds, the shortest first, and what is asked of each window."""
Running = Sequence[int | Decimal]
"""Sums from 0 on, one more than there are events; they never fall."""
RunningSums = Mapping[str, Running]
"""By property."""


def fall_of_whole(
    windows: Windows,
    series: Series,
    sums_of: RunningSums,
    now_us: int,
    steps: list[int],
) -> int:
    """Add the steps of all numbers; when time alone first moves one of them.

    Args:
        windows: whose ladders have no step that has the masks of another one.
        sums_of: of small whole numbers.
    """
    times, size, until = series.times, series.size, FOREVER
    low = size
    for length, tallies in windows:
        low = bisect_right(times, now_us - length, 0, low)
        # Of the events that may go in time, the first whose going moves a number.
        first = size if low < size and times[low] + length < until else low
        for name, ladder in tallies:
            least = ladder.least
            if name is None:
                step = bisect_right(least, size - low) - 1
                place = size - least[step]
                if place < first:  # noqa: PLR1730 - half the time of min, in a hot loop
                    first = place
            else:
                sums = sums_of[name]
                total = sums[size]
                step = bisect_right(least, total - sums[low]) - 1
                rest = total - least[step]
                if sums[first] > rest:
                    first = bisect_right(sums, rest, low + 1, first) - 1
            steps.append(step)
        if first < size and times[first] + length < until:
            until = times[first] + length
    return until


def fall(
    windows: Windows,
    series: Series,
    sums_of: RunningSums,
    now_us: int,
    steps: list[int],
) -> int:
    """As `fall_of_whole`, but of any numbers, and exact for any steps."""
    times, size, until = series.times, series.size, FOREVER
    low = size
    for length, tallies in windows:
        low = bisect_right(times, now_us - length, 0, low)
        is_in_time = low < size and times[low] + length < until
        for name, ladder in tallies:
            sums = range(size + 1) if name is None else sums_of[name]
            step = ladder.step_of(minus(sums[size], sums[low]))
            steps.append(step)
            if is_in_time:
                place = _first_to_go(ladder, step, series, sums, low)
                if place < size:
                    until = min(until, times[place] + length)
    return until


def _first_to_go(
    ladder: Ladder,
    step: int,
    series: Series,
    sums: Sequence[int | Decimal],
    low: int,
) -> int:
    """The place of the event whose going changes the masks; the size if none does.

    Args:
        low: the place of the oldest event that counts.
    """
    times, size = series.times, series.size
    while (floor := ladder.floors[step]) is not None:
        bound, is_inside = floor
        past = bisect_right if is_inside else bisect_left
        place = past(sums, minus(sums[size], bound), low + 1, size + 1) - 1
        if place == size or not ladder.turns:
            return place
        low = bisect_right(times, times[place], place, size)
        lower = ladder.step_of(minus(sums[size], sums[low]))
        if ladder.masks(lower) != ladder.masks(step):
            return place
        step = lower
    return size
