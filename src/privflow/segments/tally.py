"""Counts and sums of events over windows that hold now: many of them at one look.

Theory of operation
-------------------
1. Counts and sums over the events of one name share the series and, for each window,
   the place of the first event in it: one bisection.
2. Where no event is still to come, time alone takes events away, and none comes. From a
   rolling window the oldest go first: the floor of a step (`ladder`) tells which event
   it is whose going changes the masks, and its time tells when. From a period of the
   calendar all go together, and without a window none goes.
3. Where that is not so (events still to come, sums of floats or of negative numbers),
   each field is asked by itself, which is slower and means the same.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from functools import reduce
from operator import and_
from typing import TypeGuard

from privflow.conditions import Facts, FieldKey, Measure, chosen_rows
from privflow.facts import FOREVER, Number, Series, minus
from privflow.segments.field import Field, Look
from privflow.segments.ladder import Ladder, Masks
from privflow.timing import Aligned, Calendar, Rolling, Window


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
            by_window[measure.of.window].append(_tally_of(measure, field))
        self._windows = [_over(*item) for item in by_window.items()]
        tallies = [tally for group in by_window.values() for tally in group]
        self._fields = [tally.field for tally in tallies]
        self.parts = tuple(part for field in self._fields for part in field.parts)
        layers = [layer for field in self._fields for layer in field.layers]
        self._refusing = [place for place, layer in enumerate(layers) if not layer]
        self._letting_in = [place for place, layer in enumerate(layers) if layer]
        self.layers = (0, *(layers[place] for place in self._letting_in))
        of = measures[0][0].of
        self._name, self._where = of.name, of.where
        self._summed = {m.property for m, _ in measures if m.what == "sum"}
        nothing = [mask for tally in tallies for mask in tally.nothing]
        self._nothing = self._together(nothing), FOREVER

    def look(self, facts: Facts) -> Look:
        """The masks of all fields now, and until when time alone leaves them; exact."""
        series = facts.subject.timeline.series.get(self._name)
        if self._where is not None:
            series = chosen_rows(series, self._where)
        if series is None or not series.size:
            return self._nothing
        if self._may_rise(series, facts.now_us):
            return self._one_by_one(facts)
        masks: list[int] = []
        until = FOREVER
        for window in self._windows:
            changes = window.look(series, facts, masks)
            if changes < until:  # noqa: PLR1730 - half the time of min, in a hot loop
                until = changes
        return self._together(masks), until

    def masks(self, facts: Facts) -> Masks:
        """Whom all of layer 0 let in, and then whom each other layer does."""
        return self.look(facts)[0]

    def _may_rise(self, series: Series, now_us: int) -> bool:
        """Whether time alone may make a number greater, or how much less is unclear."""
        if series.newest > now_us:
            return True
        columns = [series.columns.get(name) for name in self._summed]
        return any(column is not None and not column.only_rises for column in columns)

    def _one_by_one(self, facts: Facts) -> Look:
        looks = [field.look(facts) for field in self._fields]
        masks = [mask for found, _ in looks for mask in found]
        return self._together(masks), min(until for _, until in looks)

    def _together(self, masks: list[int]) -> Masks:
        """Whom all of layer 0 let in, and then whom each other layer does."""
        if not self._letting_in:
            return (reduce(and_, masks),)
        refusing = [masks[place] for place in self._refusing]
        letting_in = [masks[place] for place in self._letting_in]
        return reduce(and_, refusing), *letting_in


class _Count:
    """A field that counts events."""

    __slots__ = ("field", "ladder", "nothing")

    def __init__(self, field: Field) -> None:
        self.field, self.ladder = field, field.ladder
        self.nothing = self.ladder.masks(self.ladder.step_of(0))

    def number(self, series: Series, low: int) -> Number:
        """How many events there are from a place on."""
        return series.size - low

    def look(self, series: Series, low: int, masks: list[int]) -> int:
        """Add the masks; the place of the event that must go to change them."""
        size, ladder = series.size, self.ladder
        step = ladder.step_of(size - low)
        masks += ladder.masks(step)
        if ladder.turns:
            return _first_to_go(ladder, step, series, range(size + 1), low)
        return size - ladder.least[step]


class _Sum:
    """A field that adds up a property of events."""

    __slots__ = ("field", "ladder", "name", "nothing")

    def __init__(self, field: Field, name: str) -> None:
        self.field, self.ladder, self.name = field, field.ladder, name
        self.nothing = self.ladder.masks(self.ladder.step_of(0))

    def number(self, series: Series, low: int) -> Number:
        """The sum over the events from a place on."""
        return series.total(self.name, low, series.size)

    def look(self, series: Series, low: int, masks: list[int]) -> int:
        """Add the masks; the place of the event that must go to change them."""
        column = series.columns.get(self.name)
        if column is None or column.sums is None:
            masks += self.nothing
            return series.size
        sums = column.sums
        step = self.ladder.step_of(minus(sums[series.size], sums[low]))
        masks += self.ladder.masks(step)
        return _first_to_go(self.ladder, step, series, sums, low)


_Tally = _Count | _Sum


def _tally_of(measure: Measure, field: Field) -> _Tally:
    return _Count(field) if measure.what == "count" else _Sum(field, measure.property)


def _first_to_go(
    ladder: Ladder, step: int, series: Series, sums: Sequence[int | Decimal], low: int
) -> int:
    """The place of the event whose going changes the masks; the size if none does.

    Args:
        sums: running sums, which never fall.
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


class _Recent:
    """Tallies over the last so much time: events leave it one after another."""

    def __init__(self, length: int, tallies: list[_Tally]) -> None:
        self._length, self._tallies = length, tallies

    def look(self, series: Series, facts: Facts, masks: list[int]) -> int:
        """Add the masks; when time alone changes one of them."""
        times, size, length = series.times, series.size, self._length
        low = bisect_right(times, facts.now_us - length, 0, size)
        first = size
        for tally in self._tallies:
            place = tally.look(series, low, masks)
            if place < first:  # noqa: PLR1730 - half the time of min, in a hot loop
                first = place
        return times[first] + length if first < size else FOREVER


class _Whole:
    """Tallies of all events, or of a period of the calendar, which ends for all."""

    def __init__(self, window: Window | None, tallies: list[_Tally]) -> None:
        self._window, self._tallies = window, tallies
        self._nothing = [mask for tally in tallies for mask in tally.nothing]

    def look(self, series: Series, facts: Facts, masks: list[int]) -> int:
        """Add the masks; when time alone changes one of them."""
        low, end, known = 0, FOREVER, len(masks)
        if self._window is not None:
            start, end = self._window.bounds(facts.now_us, facts.zone)
            low = bisect_left(series.times, start, 0, series.size)
        for tally in self._tallies:
            ladder = tally.ladder
            masks += ladder.masks(ladder.step_of(tally.number(series, low)))
        return FOREVER if masks[known:] == self._nothing else end


def _over(window: Window | None, tallies: list[_Tally]) -> _Recent | _Whole:
    if isinstance(window, Rolling):
        return _Recent(window.span.us, tallies)
    return _Whole(window, tallies)
