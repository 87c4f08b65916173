"""Numbers over the last so much time: their steps now, and when the first is left.

Theory of operation
-------------------
1. Until the next event comes, time alone takes events away, the oldest first: a number
   falls from step to step (`ladder`). The floor of its step tells which event it is
   whose going makes it fall off.
2. Running sums rise, so that a search in them finds that event. For a count nothing is
   searched: it lies so many events before the end.
3. A longer window never begins after a shorter one: the search for its oldest event
   ends where that one begins.
4. Only the first change of all is told. A window from which no event goes before a
   change that is known is not searched, and neither are sums that are still on their
   step when another number of the window changes.
5. A sum with a negative number in it may rise as well: it is looked at after each event
   that goes. Of floats no running sums are kept: each is made when it is asked for.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from privflow.facts import FOREVER, Column, Series, minus
from privflow.segments.ladder import Ladder

Tally = tuple[str | None, Ladder]
"""The property that is added up, None for a count, and the steps of the number."""
Windows = Sequence[tuple[int, Sequence[Tally]]]
"""Lengths in microseconds, the shortest first, and what is asked of each window."""
_LARGEST_EXACT = 1 << 53
"""A float holds every whole number below it."""


class Running(Protocol):
    """Running sums: one more than there are events."""

    def __len__(self) -> int: ...
    def __getitem__(self, place: int, /) -> int | Decimal: ...


RunningSums = Mapping[str, Running]
"""By property, perhaps of more events than there are up to now."""


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
    """As `fall_of_whole`, but of any numbers, and exact for any ladder."""
    times, columns, until = series.times, series.columns, FOREVER
    low = past
    for length, tallies in windows:
        low = bisect_right(times, now_us - length, 0, low)
        # Behind those that go in time: what goes later is not told.
        end = bisect_left(times, until - length, low, past)
        for name, ladder in tallies:
            number = past - low if name is None else series.total(name, low, past)
            step = ladder.step_of(number)
            steps.append(step)
            if low == end:
                continue
            sums = range(past + 1) if name is None else sums_of[name]
            if name in columns and _may_rise(columns[name], low, past):
                gone = range(low + 1, end + 1)
                place = _first_to_turn(ladder, step, times, sums, gone, past)
            else:
                place = _first_to_fall(ladder, step, times, sums, low, past)
            if place < end:
                end = place
                until = times[place] + length
    return until


class SumsLeft:
    """Running sums of a column that keeps none, each made when it is asked for.

    They count from the end: what is left before it, below zero.

    Args:
        past: where the end is.
    """

    def __init__(self, column: Column, past: int) -> None:
        self._column, self._past = column, past

    def __len__(self) -> int:
        return self._past + 1

    def __getitem__(self, place: int) -> Decimal:
        return Decimal(-self._column.total(place, self._past))


def _may_rise(column: Column, low: int, past: int) -> bool:
    """Whether a sum may grow as its oldest numbers go.

    It may where one of them is negative, and where a sum that a float in it rounds is
    followed by one without a float, which is exact (C7a).
    """
    if column.falling or not column.floats:
        return column.falling
    kinds = {*map(type, column.values[low:past])}
    return Decimal in kinds or (
        int in kinds and column.total(low, past) >= _LARGEST_EXACT
    )


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
    ladder: Ladder,
    step: int,
    times: Sequence[int],
    sums: Running,
    lows: range,
    past: int,
) -> int:
    """As `_first_to_fall`, where a number may rise as well: each is looked at.

    Args:
        lows: the places of the oldest event left, one after another.
    """
    masks = ladder.masks(step)
    for low in lows:
        is_between = low < past and times[low] == times[low - 1]
        if not is_between:
            number = minus(sums[past], sums[low])
            if ladder.masks(ladder.step_of(number)) != masks:
                return low - 1
    return past
