"""Counts and sums of events over windows that hold now: many of them at one look.

Theory of operation
-------------------
1. Counts and sums over the events of one name share the series and its running sums.
   The steps of all their numbers together (`ladder`) name the masks of all of them.
2. Until the next event comes, time alone takes events away. What is over the last so
   much time falls as they go (`fall`). From a period of the calendar all go together,
   and where there is no window none goes.
3. Where events are still to come, all is looked at again as each of them comes, until
   it has changed anything.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import and_
from typing import TypeGuard

from privflow.conditions import Facts, FieldKey, Measure, chosen_rows
from privflow.facts import FOREVER, Series
from privflow.segments.fall import (
    Running,
    RunningSums,
    SumsLeft,
    Tally,
    Windows,
    fall,
    fall_of_whole,
)
from privflow.segments.field import Field, Look
from privflow.segments.ladder import Masks
from privflow.timing import Aligned, Calendar, Rolling, Window

_MOST_MASKS = 1_000
_Asked = tuple[Measure, Field]
_ByWindow = dict[Window | None, list[_Asked]]


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
        asked: what each of the fields looks at; `is_tally` says yes of all.
    """

    by_time = True

    def __init__(self, asked: Sequence[_Asked]) -> None:
        of = asked[0][0].of
        self._name, self._where = of.name, of.where
        self._summed = sorted({m.property for m, _ in asked if m.what == "sum"})
        recent = sorted((one for one in asked if _length(one)), key=_length)
        plain = _by_window(one for one in recent if not one[1].ladder.turns)
        turning = _by_window(one for one in recent if one[1].ladder.turns)
        others = _by_window(one for one in asked if not _length(one))
        self._plain, self._turning = _windows(plain), _windows(turning)
        self._periods = [_Period(key, _tallies(found)) for key, found in others.items()]
        groups = [*plain.values(), *turning.values(), *others.values()]
        self._fields = [field for group in groups for _, field in group]
        self.parts = tuple(part for field in self._fields for part in field.parts)
        layers = [layer for field in self._fields for layer in field.layers]
        self._refusing = [place for place, layer in enumerate(layers) if not layer]
        self._letting_in = [place for place, layer in enumerate(layers) if layer]
        self.layers = (0, *(layers[place] for place in self._letting_in))
        self._made: dict[tuple[int, ...], Masks] = {}
        nothing = [field.ladder.step_of(0) for field in self._fields]
        self._nothing = self._masks_of(tuple(nothing)), FOREVER

    def look(self, facts: Facts) -> Look:
        """The masks of all fields now, and until when time alone leaves them; exact."""
        series = facts.subject.timeline.series.get(self._name)
        if self._where is not None:
            series = chosen_rows(series, self._where)
        if series is None or not series.size:
            return self._nothing
        times, size, now_us = series.times, series.size, facts.now_us
        past = size if series.newest <= now_us else bisect_right(times, now_us, 0, size)
        masks, until = self._look_at(series, past, facts)
        while past < size and times[past] <= until:
            comes = times[past]
            past = bisect_right(times, comes, past, size)
            then, until = self._look_at(series, past, facts.later(comes))
            if then != masks:
                return masks, comes
        return masks, until

    def masks(self, facts: Facts) -> Masks:
        """Whom all of layer 0 let in, and then whom each other layer does."""
        return self.look(facts)[0]

    def _look_at(self, series: Series, past: int, facts: Facts) -> Look:
        """As `look`, as if no event but the past ones were known."""
        sums_of, are_whole = self._sums_of(series, past)
        steps: list[int] = []
        fall_of, now_us = fall_of_whole if are_whole else fall, facts.now_us
        until = fall_of(self._plain, series, past, sums_of, now_us, steps)
        if self._turning:
            turned = fall(self._turning, series, past, sums_of, now_us, steps)
            until = min(until, turned)
        for period in self._periods:
            until = min(until, period.look(series, past, facts, steps))
        found = tuple(steps)
        return self._made.get(found) or self._masks_of(found), until

    def _sums_of(self, series: Series, past: int) -> tuple[RunningSums, bool]:
        """The running sums, and whether all rise and are of small whole numbers."""
        found: dict[str, Running] = {}
        are_whole = True
        for name in self._summed:
            column = series.columns.get(name)
            if column is None:
                found[name] = _zeros(series.size)
            elif column.floats:
                found[name], are_whole = SumsLeft(column, past), False
            else:
                sums = found[name] = column.sums or _zeros(series.size)
                are_whole &= sums.__class__ is array and not column.falling
        return found, are_whole

    def _masks_of(self, steps: tuple[int, ...]) -> Masks:
        """The masks of all fields on their steps, kept for the next time."""
        if len(self._made) >= _MOST_MASKS:
            self._made.clear()
        masks: list[int] = []
        for field, step in zip(self._fields, steps, strict=True):
            masks += field.ladder.masks(step)
        found = self._made[steps] = self._together(masks)
        return found

    def _together(self, masks: list[int]) -> Masks:
        """Whom all of layer 0 let in, and then whom each other layer does."""
        refusing = [masks[place] for place in self._refusing]
        letting_in = [masks[place] for place in self._letting_in]
        return reduce(and_, refusing), *letting_in


class _Period:
    """Tallies of a period of the calendar, which ends for all, or of all events."""

    def __init__(self, window: Window | None, tallies: list[Tally]) -> None:
        self._window, self._tallies = window, tallies
        self._nothing = [ladder.masks(ladder.step_of(0)) for _, ladder in tallies]

    def look(self, series: Series, past: int, facts: Facts, steps: list[int]) -> int:
        """Add the steps of all numbers; when time alone gives them other masks."""
        low, end = 0, FOREVER
        found: list[Masks] = []
        if self._window is not None:
            start, end = self._window.bounds(facts.now_us, facts.zone)
            low = bisect_left(series.times, start, 0, past)
        for name, ladder in self._tallies:
            number = past - low if name is None else series.total(name, low, past)
            step = ladder.step_of(number)
            steps.append(step)
            found.append(ladder.masks(step))
        return FOREVER if found == self._nothing else end


def _length(asked: _Asked) -> int:
    """Of the last so much time; 0 for another window."""
    window = asked[0].of.window
    return window.span.us if isinstance(window, Rolling) else 0


def _by_window(asked: Iterable[_Asked]) -> _ByWindow:
    found: _ByWindow = defaultdict(list)
    for one in asked:
        found[one[0].of.window].append(one)
    return found


def _windows(asked: _ByWindow) -> Windows:
    return [(_length(found[0]), _tallies(found)) for found in asked.values()]


def _tallies(asked: Iterable[_Asked]) -> list[Tally]:
    return [
        (measure.property if measure.what == "sum" else None, field.ladder)
        for measure, field in asked
    ]


def _zeros(size: int) -> array[int]:
    """The running sums of a property that no event has."""
    return array("q", bytes(8 * (size + 1)))
