"""What a contact has lived through, ready to be asked about windows of time.

Theory of operation
-------------------
1. Events of one name form a `Series`: columns of equal length, ordered by
   (instant, key), so that every event has a place of its own (E7).
2. A series is a value: `added` returns a new one. Columns are shared between versions
   and only ever grow at the end; a version sees its first `size` rows. Adding behind
   the last row is therefore O(1); adding elsewhere, or to an old version, copies.
3. Sums are running sums, one more than rows, and exact: a column that holds a float
   has none (`sums[name] is None`) and is added up with `math.fsum` when asked.
4. A window is two bisections over `times`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from decimal import Decimal
from math import fsum
from typing import Self

from privflow.facts.event import Event
from privflow.facts.properties import Properties, Value
from privflow.timing import Instant

Number = int | float | Decimal


def is_number(value: object) -> bool:
    """Whether a value counts as a number; a bool does not (C3)."""
    kind = value.__class__
    return kind is int or kind is float or kind is Decimal


class Series:
    """The events of one name: times in microseconds, keys and columns of values."""

    __slots__ = ("columns", "keys", "size", "sums", "times")

    def __init__(
        self,
        times: list[int],
        keys: list[str],
        columns: dict[str, list[Value | None]],
        sums: dict[str, list[int | Decimal] | None],
    ) -> None:
        self.times, self.keys, self.columns, self.sums = times, keys, columns, sums
        self.size = len(times)

    @classmethod
    def empty(cls) -> Self:
        """A series without events."""
        return cls([], [], {}, {})

    def place_of(self, at_us: int, key: str) -> int:
        """Where an event with this instant and key belongs; -1 if it is there."""
        low = bisect_left(self.times, at_us, 0, self.size)
        high = bisect_right(self.times, at_us, low, self.size)
        place = bisect_left(self.keys, key, low, high)
        return -1 if place < high and self.keys[place] == key else place

    def added(self, at_us: int, key: str, fields: Properties) -> Series:
        """The series with one more event; the same one if it has it already."""
        place = self.place_of(at_us, key)
        if place < 0:
            return self
        if place < self.size:
            return self._rebuilt(place, at_us, key, fields)
        series = self if len(self.times) == self.size else self._copied()
        return series._appended(at_us, key, fields)

    def row(self, place: int) -> Properties:
        """The fields of the event at a place."""
        return Properties(
            {name: column[place] for name, column in self.columns.items()}
        )

    def total(self, name: str, low: int, high: int) -> Number:
        """The sum of a column between two places; 0 where nothing is there."""
        sums = self.sums.get(name, ())
        if sums:
            return sums[high] - sums[low]
        if sums == ():
            return 0
        return fsum(
            float(value)  # type: ignore[arg-type]
            for value in self.columns[name][low:high]
            if is_number(value)
        )

    def _copied(self) -> Series:
        size = self.size
        return Series(
            self.times[:size],
            self.keys[:size],
            {name: column[:size] for name, column in self.columns.items()},
            {name: sums and sums[: size + 1] for name, sums in self.sums.items()},
        )

    def _rebuilt(self, place: int, at_us: int, key: str, fields: Properties) -> Series:
        """The series with an event in the middle: a late one."""
        rows = [(self.times[i], self.keys[i], self.row(i)) for i in range(self.size)]
        rows.insert(place, (at_us, key, fields))
        series = Series.empty()
        for row in rows:
            series = series._appended(*row)
        return series

    def _appended(self, at_us: int, key: str, fields: Properties) -> Series:
        size, columns, sums = self.size, self.columns, self.sums
        fresh = fields.keys() - columns.keys()
        if fresh:
            columns, sums = dict(columns), dict(sums)
            for name in sorted(fresh):
                columns[name] = [None] * size
        for name, column in columns.items():
            value = fields.get(name)
            column.append(value)
            if is_number(value) or name in sums:
                sums = _with_running_sum(sums, name, value, size)
        self.times.append(at_us)
        self.keys.append(key)
        series = Series.__new__(Series)
        series.times, series.keys, series.size = self.times, self.keys, size + 1
        series.columns, series.sums = columns, sums
        return series


def _with_running_sum(
    sums: dict[str, list[int | Decimal] | None],
    name: str,
    value: Value | None,
    size: int,
) -> dict[str, list[int | Decimal] | None]:
    """The running sums after one more value; a float ends them for good."""
    if name not in sums:
        sums = {**sums, name: [0] * (size + 1)}
    column = sums[name]
    if column is None:
        return sums
    if value.__class__ is float:
        return {**sums, name: None}
    column.append(column[-1] + value if is_number(value) else column[-1])  # type: ignore[operator]
    return sums


class Timeline:
    """Every event of a contact, by name and time (时间线). Immutable; equal by value."""

    __slots__ = ("series",)
    series: dict[str, Series]

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.series = {}
        if events:
            self.series = self.observing(events).series

    def observing(self, events: Iterable[Event]) -> Timeline:
        """The timeline with more events; those that it knows already change nothing."""
        ordered = sorted(events, key=lambda event: (event.at.us, event.key))
        timeline = self
        for event in ordered:
            timeline = timeline.with_event(event)
        return timeline

    def with_event(self, event: Event) -> Timeline:
        """The timeline with one more event; itself if it knows the event already."""
        old = self.series.get(event.name)
        series = old or Series.empty()
        new = series.added(event.at.us, event.key, event.properties)
        if new is old:
            return self
        timeline = Timeline()
        timeline.series = {**self.series, event.name: new}
        return timeline

    def knows(self, event: Event) -> bool:
        """Whether the event has been taken in."""
        series = self.series.get(event.name)
        return series is not None and series.place_of(event.at.us, event.key) < 0

    def rows(self, name: str) -> Iterator[tuple[Instant, str, Properties]]:
        """Instant, key and fields of each event of a name, oldest first."""
        series = self.series.get(name)
        for place in range(series.size if series else 0):
            yield (
                Instant(series.times[place]),  # type: ignore[union-attr]
                series.keys[place],  # type: ignore[union-attr]
                series.row(place),  # type: ignore[union-attr]
            )

    def __len__(self) -> int:
        return sum(series.size for series in self.series.values())

    def _content(self) -> dict[str, list[tuple[Instant, str, Properties]]]:
        return {name: list(self.rows(name)) for name in self.series}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Timeline):
            return NotImplemented
        return self is other or self._content() == other._content()

    def __hash__(self) -> int:
        return hash(frozenset((n, s.size) for n, s in self.series.items()))

    def __repr__(self) -> str:
        counts = ", ".join(f"{n}: {s.size}" for n, s in sorted(self.series.items()))
        return f"<Timeline {counts or 'empty'}>"
