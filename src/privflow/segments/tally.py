"""Counts and sums of events over windows that hold now: many of them at one look.

Theory of operation
-------------------
1. Counts and sums over the events of one name share the series and, for each window,
   the place of the first event in it: one bisection.
2. Where no event is still to come, time alone takes events away, and none comes. From a
   rolling window the oldest go first: the floor of a step (`ladder`) tells which event
   it is whose going changes the masks, and its time tells when. From a period of the
   calendar all go together, and without a window none goes.
3. Everything else goes through `Field.look`, which is slower and means the same: events
   still to come, sums of floats and of negative numbers.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import TypeGuard

from privflow.conditions import Facts, FieldKey, Measure, chosen_rows
from privflow.facts import FOREVER, Series, minus
from privflow.segments.field import Field, Look
from privflow.segments.ladder import Ladder, Masks
from privflow.timing import Aligned, Calendar, Rolling, Window

_Sums = Sequence[int | Decimal]


def is_tally(key: FieldKey) -> TypeGuard[Measure]:
    """Whether a field counts or adds up events, in a window that moves with now."""
    if not isinstance(key, Measure) or key.of.has_bounds:
        return False
    window = key.of.window
    known = window is None or isinstance(window, Rolling | Calendar | Aligned)
    return known and key.what in {"count", "sum"}


class Tallies:
    """The fields that count or add up the same events, over one window or another.

    Args:
        measures: what each of the fields looks at; `is_tally` says yes of all.
    """

    by_time = True

    def __init__(self, measures: Sequence[tuple[Measure, Field]]) -> None:
        by_window: dict[Window | None, list[_Tally]] = defaultdict(list)
        for measure, field in measures:
            by_window[measure.of.window].append(_Tally(measure, field))
        self._windows = [_over(*item) for item in by_window.items()]
        tallies = [tally for group in by_window.values() for tally in group]
        self._fields = [tally.field for tally in tallies]
        self.parts = tuple(part for field in self._fields for part in field.parts)
        self.layers = tuple(x for field in self._fields for x in field.layers)
        of = measures[0][0].of
        self._name, self._where = of.name, of.where
        nothing: list[int] = []
        for tally in tallies:
            nothing += tally.nothing
        self._nothing = tuple(nothing), FOREVER

    def look(self, facts: Facts) -> Look:
        """The masks of all fields now, and until when time alone leaves them; exact."""
        series = facts.subject.timeline.series.get(self._name)
        if self._where is not None:
            series = chosen_rows(series, self._where)
        if series is None or not series.size:
            return self._nothing
        masks: list[int] = []
        until = FOREVER
        if series.times[series.size - 1] > facts.now_us:
            for field in self._fields:
                until = min(until, _asked(field, facts, masks))
        else:
            for window in self._windows:
                until = min(until, window.look(series, facts, masks))
        return tuple(masks), until

    def masks(self, facts: Facts) -> Masks:
        """For each layer of each field, the segments that it lets the contact into."""
        return self.look(facts)[0]


class _Tally:
    """A field that counts events, or adds up one of their properties."""

    __slots__ = ("field", "ladder", "nothing", "property")

    def __init__(self, measure: Measure, field: Field) -> None:
        self.field, self.ladder = field, field.ladder
        self.property = measure.property if measure.what == "sum" else None
        self.nothing = self.ladder.masks(self.ladder.step_of(0))


class _Whole:
    """Tallies of all events, or of a period of the calendar, which ends for all."""

    def __init__(self, window: Window | None, tallies: list[_Tally]) -> None:
        self._window, self._tallies = window, tallies
        self._nothing = [mask for tally in tallies for mask in tally.nothing]

    def look(self, series: Series, facts: Facts, masks: list[int]) -> int:
        """Add the masks, and tell when time alone changes one of them."""
        low, end, size, known = 0, FOREVER, series.size, len(masks)
        if self._window is not None:
            start, end = self._window.bounds(facts.now_us, facts.zone)
            low = bisect_left(series.times, start, 0, size)
        for tally in self._tallies:
            ladder, name = tally.ladder, tally.property
            value = size - low if name is None else series.total(name, low, size)
            masks += ladder.masks(ladder.step_of(value))
        return FOREVER if masks[known:] == self._nothing else end


class _Recent:
    """Tallies over the last so much time: events leave it one after another."""

    def __init__(self, length: int, tallies: list[_Tally]) -> None:
        self._length, self._tallies = length, tallies

    def look(self, series: Series, facts: Facts, masks: list[int]) -> int:
        """Add the masks, and tell when time alone changes one of them."""
        times, size, length = series.times, series.size, self._length
        low = bisect_right(times, facts.now_us - length, 0, size)
        first, until = size, FOREVER
        for tally in self._tallies:
            ladder, name = tally.ladder, tally.property
            sums = range(size + 1) if name is None else series.sums.get(name, ())
            if sums is None or name in series.falling:
                until = min(until, _asked(tally.field, facts, masks))
            elif not sums:
                masks += tally.nothing
            else:
                step = ladder.step_of(minus(sums[size], sums[low]))
                masks += ladder.masks(step)
                first = min(first, _first_to_go(ladder, step, times, sums, low, size))
        return min(until, times[first] + length) if first < size else until


def _first_to_go(
    ladder: Ladder, step: int, times: list[int], sums: _Sums, low: int, size: int
) -> int:
    """The place of the event whose going changes the masks; `size` if none does."""
    while (floor := ladder.floors[step]) is not None:
        rest = minus(sums[size], floor.bound)
        past = bisect_right if floor.is_inside else bisect_left
        place = past(sums, rest, low + 1, size + 1) - 1
        if place == size or not ladder.turns:
            return place
        low = bisect_right(times, times[place], place, size)
        lower = ladder.step_of(minus(sums[size], sums[low]))
        if ladder.masks(lower) != ladder.masks(step):
            return place
        step = lower
    return size


def _asked(field: Field, facts: Facts, masks: list[int]) -> int:
    """Ask a field the slow way."""
    found, until = field.look(facts)
    masks += found
    return until


def _over(window: Window | None, tallies: list[_Tally]) -> _Whole | _Recent:
    if isinstance(window, Rolling):
        return _Recent(window.span.us, tallies)
    return _Whole(window, tallies)
