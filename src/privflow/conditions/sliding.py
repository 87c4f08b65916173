"""Aggregates over a window that only moves forward: each event comes and goes once."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable
from decimal import Decimal

from privflow.conditions.node import Aggregate
from privflow.conditions.operator import alike
from privflow.conditions.window import places
from privflow.facts import Number, Series, Value, divided, is_number, minus, plus
from privflow.timing import day_number

_SCALE = 1_074
"""Every float is a whole number of times 2 to the power of minus this."""


class Sliding:
    """One aggregate over `[start, end)` of a series, where neither ever goes back.

    Args:
        zone: where days begin, for `days_with`.
    """

    def __init__(self, what: Aggregate, name: str, series: Series, zone: str) -> None:
        self._what, self._series, self._zone = what, series, zone
        column = series.columns.get(name)
        self._column = None if column is None else column.values
        self._low = self._high = 0
        self._sum = _Sum()
        self._kinds: Counter[Hashable] = Counter()
        self._best: deque[tuple[int, Number]] = deque()

    def over(self, start_us: int, end_us: int) -> Value | None:
        """The aggregate over `[start, end)`; None where it has no value."""
        low, high = places(self._series, start_us, end_us)
        if self._low == self._high:
            self._low = self._high = low
        for place in range(self._high, high):
            self._come(place)
        for place in range(self._low, low):
            self._go(place)
        self._low, self._high = low, high
        return self._value()

    def _value(self) -> Value | None:
        match self._what:
            case "count":
                return self._high - self._low
            case "distinct" | "days_with":
                return len(self._kinds)
            case "sum":
                return self._sum.total()
            case "mean":
                return self._sum.mean()
            case "min" | "max":
                return self._best[0][1] if self._best else None
            case "first" | "last":
                return self._end_of_row(self._low, self._high - 1)

    def _end_of_row(self, first: int, last: int) -> Value | None:
        if self._column is None or last < first:
            return None
        return self._column[first if self._what == "first" else last]

    def _come(self, place: int) -> None:
        match self._what:
            case "sum" | "mean":
                self._sum.add(self._of(place), 1)
            case "distinct" | "days_with":
                if (kind := self._kind(place)) is not None:
                    self._kinds[kind] += 1
            case "min" | "max":
                self._compete(place)
            case _:
                pass

    def _go(self, place: int) -> None:
        match self._what:
            case "sum" | "mean":
                self._sum.add(self._of(place), -1)
            case "distinct" | "days_with":
                if (kind := self._kind(place)) is not None:
                    self._kinds[kind] -= 1
                    if not self._kinds[kind]:
                        del self._kinds[kind]
            case "min" | "max":
                if self._best and self._best[0][0] == place:
                    self._best.popleft()
            case _:
                pass

    def _of(self, place: int) -> Value | None:
        return None if self._column is None else self._column[place]

    def _kind(self, place: int) -> Hashable | None:
        if self._what == "days_with":
            return day_number(self._zone, self._series.times[place])
        value = self._of(place)
        return None if value is None else alike(value)

    def _compete(self, place: int) -> None:
        """Keep those alone that nothing newer outdoes."""
        value = self._of(place)
        if not is_number(value):
            return
        smallest = self._what == "min"
        while self._best and (
            self._best[-1][1] >= value if smallest else self._best[-1][1] <= value
        ):
            self._best.pop()
        self._best.append((place, value))


class _Sum:
    """A sum from which numbers can be taken away again without any error."""

    def __init__(self) -> None:
        self._exact: int | Decimal = 0
        self._scaled = self._floats = self._decimals = self._count = 0

    def add(self, value: Value | None, sign: int) -> None:
        if not is_number(value):
            return
        self._count += sign
        if isinstance(value, float):
            self._floats += sign
            self._scaled += sign * _scaled(value)
            return
        self._decimals += sign * isinstance(value, Decimal)
        self._exact = (plus if sign > 0 else minus)(self._exact, value)

    def total(self) -> Number:
        if self._floats:
            return (self._scaled + _scaled(float(self._exact))) / (1 << _SCALE)
        return self._exact if self._decimals else int(self._exact)

    def mean(self) -> Number | None:
        return divided(self.total(), self._count) if self._count else None


def _scaled(value: float) -> int:
    above, below = value.as_integer_ratio()
    return above << (_SCALE + 1 - below.bit_length())
