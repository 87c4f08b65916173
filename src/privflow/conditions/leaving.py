"""How long a value made of recent events says the same, while they leave in turn.

As in `change`, each edge is looked at until the answer is another one. But nothing
comes any more: what is left are always the newest events, and one pass over them from
the newest on, or running sums, give the value at every edge.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable

from privflow.conditions.node import Aggregate, Measure
from privflow.conditions.operator import alike, tested
from privflow.conditions.truth import Truth
from privflow.conditions.window import length_of, value_between
from privflow.facts import FOREVER, Number, Series, Stretch, Value, is_number


class Leaving:
    """A test of a value made of the last so much time, where nothing is to come."""

    __slots__ = ("_argument", "_length", "_name", "_operator", "_what")

    def __init__(self, term: Measure, operator: str, argument: Value) -> None:
        self._what, self._name = term.what, term.property
        self._length = length_of(term.of.window)
        self._operator, self._argument = operator, argument

    def judged(self, series: Series, stretch: Stretch) -> tuple[Truth, int] | None:
        """What the test says, and until when; None if that is not known quickly."""
        _, _, count, low, value, _ = stretch
        if self._is_slow(series):
            return None
        said, times = self._said(value), series.times
        for place, left in enumerate(self._left(series, low, low + count), low + 1):
            is_together = place < low + count and times[place] == times[place - 1]
            if not is_together and self._said(left) is not said:
                return said, times[place - 1] + self._length
        return said, FOREVER

    def _said(self, value: Value | None) -> Truth:
        return tested(self._operator, value, self._argument)

    def _is_slow(self, series: Series) -> bool:
        """Whether each value would have to be added up anew."""
        column = series.columns.get(self._name)
        if column is None or self._what not in {"sum", "mean"}:
            return False
        if self._what == "sum":
            return column.sums is None
        return not isinstance(column.sums, array)

    def _left(self, series: Series, low: int, high: int) -> list[Value | None]:
        """The value of what is left when one event has gone, when two have, and on."""
        column = series.columns.get(self._name)
        if column is not None and self._what in _FROM_NEWEST:
            return _FROM_NEWEST[self._what](column.values[low + 1 : high])
        places = range(low + 1, high + 1)
        return [value_between(self._what, self._name, series, p, high) for p in places]


def _smallest(values: list[Value | None]) -> list[Value | None]:
    return _best(values, min)


def _largest(values: list[Value | None]) -> list[Value | None]:
    return _best(values, max)


def _best(
    values: list[Value | None], better: Callable[[Number, Number], Number]
) -> list[Value | None]:
    """The best number from each place on, and none behind the last."""
    best: Number | None = None
    found: list[Value | None] = [None]
    for value in reversed(values):
        if is_number(value):
            best = value if best is None else better(best, value)
        found.append(best)
    return found[::-1]


def _different(values: list[Value | None]) -> list[Value | None]:
    """How many different values there are from each place on, and behind the last."""
    seen: set[object] = set()
    found: list[Value | None] = [0]
    for value in reversed(values):
        if value is not None:
            seen.add(alike(value))
        found.append(len(seen))
    return found[::-1]


_FROM_NEWEST: dict[Aggregate, Callable[[list[Value | None]], list[Value | None]]] = {
    "min": _smallest,
    "max": _largest,
    "distinct": _different,
}
