"""The events of one name, in columns that many versions share.

Theory of operation
-------------------
1. Events of one name form a `Series`: columns of equal length, ordered by
   (instant, key), so that every event has a place of its own (E7).
2. A series is a value: `added` returns a new one. Columns are shared between versions
   and only ever grow at the end; a version sees its first `size` rows. Adding behind
   the last row is therefore O(1); adding elsewhere, or to an old version, copies.
3. `newest` is the instant of the last event. Whether so many events lie in the last so
   much time is one look at one place, where no event is still to come.
4. Any window is two bisections over `times`. What was made of the events in "the last
   so much time" stays the same until an event comes into it or leaves it, so it is kept
   for each question that was asked: replaced and never changed. Only so many are kept,
   and the one that was made last is at hand.
5. The same holds for a `Choice` of events: the series of those alone is kept, with how
   far it has looked. Versions that share columns share it, so that a new event is
   looked at once. Only so many choices are kept; an older version begins anew.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable

from typing_extensions import override

from privflow.facts.column import Column
from privflow.facts.number import Number
from privflow.facts.properties import Properties, Value
from privflow.facts.tag import FOREVER

Stretch = tuple[int, int, int, int, Value | None, "Recent | None"]
"""Since when and until when (exclusive) the last so much time holds the same events,
how many these are, the place of the first one, the answer about them, and what was
asked."""

Matches = Callable[[Properties], bool]
_Chosen = dict["Choice", tuple[int, "Series"]]
_MOST_CHOICES = 32
_MOST_KEPT = 64
_ONE = array("q", (0,))
_NOTHING_KEPT: dict[Recent, Stretch] = {}
"""Shared by everybody who was never asked; never written to."""

OVER: Stretch = (FOREVER, -FOREVER, 0, 0, None, None)
"""A stretch that no instant lies in: the answer to what was never asked."""


class Choice:
    """Which events of a series are meant; as many may be kept as there are objects."""

    __slots__ = ("matches",)

    def __init__(self, matches: Matches) -> None:
        self.matches = matches


class Recent:
    """A question about the last so much time, whose answer a series keeps.

    Args:
        length: of that time, in microseconds.
        made: the answer, from the series and the places between which its events are.
    """

    __slots__ = ("length", "made")

    def __init__(
        self, length: int, made: Callable[[Series, int, int], Value | None]
    ) -> None:
        self.length, self.made = length, made


class Series:
    """The events of one name: times in microseconds, keys and columns of values."""

    __slots__ = (
        "_chosen",
        "columns",
        "kept",
        "keys",
        "last",
        "newest",
        "size",
        "times",
    )

    def __init__(
        self, times: array[int], keys: list[str], columns: dict[str, Column], size: int
    ) -> None:
        self.times, self.keys, self.columns, self.size = times, keys, columns, size
        self.newest = times[size - 1] if size else -FOREVER
        self.last = OVER
        self.kept: dict[Recent, Stretch] = _NOTHING_KEPT
        self._chosen: _Chosen | None = None

    @classmethod
    def of(cls, rows: Iterable[tuple[int, str, Properties]]) -> Series:
        """The series of some events, which come in their order."""
        series = cls(array("q"), [], {}, 0)
        for at_us, key, fields in rows:
            series = series.appended(at_us, key, fields)
        return series

    @classmethod
    def first(cls, at_us: int, key: str, fields: Properties) -> Series:
        """The series of one event."""
        columns: dict[str, Column] = {}
        for name in sorted(fields) if fields else ():
            columns[name] = Column([]).appended(fields[name])
        times = _ONE[:]  # takes two thirds of what array("q", (at_us,)) does
        times[0] = at_us
        return cls(times, [key], columns, 1)

    @override
    def __reduce__(self) -> tuple[object, ...]:
        return Series.of, ([self._at(place) for place in range(self.size)],)

    def place_of(self, at_us: int, key: str) -> int:
        """Where an event with this instant and key belongs; -1 if it is there."""
        if at_us > self.newest:
            return self.size
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
        latest = self if len(self.times) == self.size else self._copied()
        return latest.appended(at_us, key, fields)

    def appended(self, at_us: int, key: str, fields: Properties) -> Series:
        """The next version, which shares its columns: for an event behind the last."""
        size, columns = self.size, self.columns
        fresh = fields and fields.keys() - columns.keys()
        if fresh:
            empty = {name: Column([None] * size) for name in sorted(fresh)}
            columns = {**columns, **empty}
        for name, column in columns.items():
            longer = column.appended(fields.get(name))
            if longer is not column:
                columns = {**columns, name: longer}
        self.times.append(at_us)
        self.keys.append(key)
        latest = Series(self.times, self.keys, columns, size + 1)
        latest._chosen = self._chosen
        return latest

    def _copied(self) -> Series:
        size = self.size
        columns = {name: col.first_rows(size) for name, col in self.columns.items()}
        return Series(self.times[:size], self.keys[:size], columns, size)

    def _rebuilt(self, place: int, at_us: int, key: str, fields: Properties) -> Series:
        """The series with an event in the middle: a late one."""
        rows = [self._at(place) for place in range(self.size)]
        rows.insert(place, (at_us, key, fields))
        return Series.of(rows)

    def row(self, place: int) -> Properties:
        """The fields of the event at a place."""
        found = {}
        for name, column in self.columns.items():
            value = column.values[place]
            if value is not None:
                found[name] = value
        return Properties.of_clean(found)

    def _at(self, place: int) -> tuple[int, str, Properties]:
        return self.times[place], self.keys[place], self.row(place)

    def after(self, at_us: int) -> Series:
        """The series of the events behind an instant; itself where those are all."""
        low = bisect_right(self.times, at_us, 0, self.size)
        if not low:
            return self
        return Series.of(self._at(place) for place in range(low, self.size))

    def chosen(self, choice: Choice) -> Series:
        """The series of those events alone that a choice means."""
        if not self.size:
            return self
        if self._chosen is None:
            self._chosen = {}
        kept = self._chosen.get(choice)
        seen, found = (0, Series.of(())) if kept is None else kept
        if seen == self.size:
            return found
        if seen > self.size:
            seen, found = 0, Series.of(())
        for place in range(seen, self.size):
            row = self.row(place)
            if choice.matches(row):
                found = found.appended(self.times[place], self.keys[place], row)
        if kept is None or kept[0] < self.size:
            if kept is None and len(self._chosen) >= _MOST_CHOICES:
                self._chosen.clear()
            self._chosen[choice] = self.size, found
        return found

    def recent(self, asked: Recent, now_us: int) -> Stretch:
        """The answer about the last so much time, kept where it is still the same."""
        found = self.kept.get(asked, OVER)
        return found if found[0] <= now_us < found[1] else self.keep(asked, now_us)

    def keep(self, asked: Recent, now_us: int) -> Stretch:
        """The answer about the events after `now_us - length` and up to `now_us`."""
        times, size, length = self.times, self.size, asked.length
        low = bisect_right(times, now_us - length, 0, size)
        high = size if self.newest <= now_us else bisect_right(times, now_us, low, size)
        since, until = -FOREVER, FOREVER
        if low:
            since = times[low - 1] + length
        if high:
            since = max(since, times[high - 1])
        if high < size:
            until = times[high]
        if low < size:
            until = min(until, times[low] + length)
        made = asked.made(self, low, high)
        found = since, until, high - low, low, made, asked
        if self.kept is _NOTHING_KEPT or len(self.kept) >= _MOST_KEPT:
            self.kept = {}
        self.kept[asked] = self.last = found
        return found

    def total(self, name: str, low: int, high: int) -> Number:
        """The sum of a column between two places; 0 where nothing is there."""
        column = self.columns.get(name)
        return 0 if column is None else column.total(low, high)
