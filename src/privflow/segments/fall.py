"""Numbers over the last so much time: their steps now, and when the first is left.

Theory of operation
-------------------
1. Where no event is still to come, time alone takes events away, the oldest first: a
   number falls from step to step (`ladder`). The floor of its step tells which event it
   is whose going makes it fall off.
2. Running sums never fall here, so that a search in them finds that event. For a count
   nothing is searched: it lies so many events before the end.
3. A longer window never begins after a shorter one: the search for its oldest event
   ends where that one begins.
4. Only the first change of all is told. A window from which no event goes before a
   change that is known is not searched, and neither are sums that are still on their
   step when another number of the window changes.
5. Sums of floats and of negative numbers may rise as well, and are made again without
   each event that goes.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from decimal import Decimal

from privflow.conditions import ExactSum
from privflow.facts import FOREVER, Series, Value, minus
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
    past: int,
    sums_of: RunningSums,
    now_us: int,
    steps: list[int],
) -> int:
    """Add the steps of all numbers; when time alone first moves one of them.

    Args:
        windows: whose ladders have no step that has the masks of another one.
        past: how many events there are up to now.
        sums_of: of small whole numbers.
    """
    times, until = series.times, FOREVER
    low = past
    for length, tallies in windows:
        low = bisect_right(times, now_us - length, 0, low)
        # Of the events that may go in time, the first whose going moves a number.
        first = past if low < past and times[low] + length < until else low
        for name, ladder in tallies:
            least = ladder.least
            if name is None:
                step = bisect_right(least, past - low) - 1
                place = past - least[step]
                if place < first:  # noqa: PLR1730 - half the time of min, in a hot loop
                    first = place
            else:
                sums = sums_of[name]
                total = sums[past]
                step = bisect_right(least, total - sums[low]) - 1
                rest = total - least[step]
                if sums[first] > rest:
                    first = bisect_right(sums, rest, low + 1, first) - 1
            steps.append(step)
        if first < past and times[first] + length < until:
            until = times[first] + length
    return until


def fall(
    windows: Windows,
    series: Series,
    past: int,
    sums_of: RunningSums,
    now_us: int,
    steps: list[int],
) -> int:
    """As `fall_of_whole`, but of any numbers, and exact for any ladder.

    Args:
        sums_of: without those of floats and of negative numbers.
    """
    times, until = series.times, FOREVER
    low = past
    for length, tallies in windows:
        low = bisect_right(times, now_us - length, 0, low)
        for name, ladder in tallies:
            number = past - low if name is None else series.total(name, low, past)
            step = ladder.step_of(number)
            steps.append(step)
            # Behind those that go in time: what goes later is not told.
            end = bisect_left(times, until - length, low, past)
            if low == end:
                continue
            if name is None or name in sums_of:
                sums = range(past + 1) if name is None else sums_of[name]
                place = _first_to_fall(ladder, step, times, sums, low, past)
            else:
                values = series.columns[name].values[low:past]
                place = low + _first_to_turn(ladder, values, times[low:end])
            if place < end:
                until = times[place] + length
    return until


def _first_to_fall(
    ladder: Ladder,
    step: int,
    times: Sequence[int],
    sums: Running,
    low: int,
    past: int,
) -> int:
    """The place of the event whose going changes the masks; `past` if none does.

    Args:
        low: the place of the oldest event that counts.
    """
    while (floor := ladder.floors[step]) is not None:
        bound, is_inside = floor
        beyond = bisect_right if is_inside else bisect_left
        place = beyond(sums, minus(sums[past], bound), low + 1, past + 1) - 1
        if place == past or not ladder.turns:
            return place
        low = bisect_right(times, times[place], place, past)
        lower = ladder.step_of(minus(sums[past], sums[low]))
        if ladder.masks(lower) != ladder.masks(step):
            return place
        step = lower
    return past


def _first_to_turn(
    ladder: Ladder, values: Sequence[Value | None], times: Sequence[int]
) -> int:
    """How many events can go before one whose going changes the masks of a sum.

    Args:
        values: of all events, of which only the first ones go.
        times: of those that go; who comes at one instant goes at one.
    """
    left = ExactSum()
    for value in values:
        left.add(value, 1)
    masks = ladder.masks(ladder.step_of(left.total()))
    for place, at in enumerate(times):
        left.add(values[place], -1)
        is_last = place + 1 == len(times) or times[place + 1] > at
        if is_last and ladder.masks(ladder.step_of(left.total())) != masks:
            return place
    return len(times)
