"""What a contact has lived through, ready to be asked about windows of time.

Theory of operation
-------------------
1. Events of one name form a `Series`: columns of equal length, ordered by
   (instant, key), so that every event has a place of its own (E7).
2. A series is a value: `added` returns a new one. Columns are shared between versions
   and only ever grow at the end; a version sees its first `size` rows. Adding behind
   the last row is therefore O(1); adding elsewhere, or to an old version, copies.
3. Sums are running sums, one more than rows, and exact: a column that holds a float
   has none (`sums[name] is None`) and is added up when asked. `falling` names the
   columns with a negative number, whose running sums do not only rise.
4. A window is two bisections over `times`. The stretch of events in "the last so much
   time" is the same one until an event comes into it or leaves it, so it is kept: one
   entry for each length that was ever asked for, replaced and never changed.
5. The same holds for a `Choice` of events: the series of those alone is kept, with how
   far it has looked. Versions that share columns share it, so that a new event is
   looked at once. Only so many choices are kept; an older version begins anew.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal

from typing_extensions import override

from privflow.facts.event import Event
from privflow.facts.number import Number, added_up, is_number, minus, plus
from privflow.facts.properties import Properties, Value
from privflow.facts.tag import FOREVER
from privflow.timing import Instant, Span

Stretch = tuple[int, int, int, int, dict[str, Number]]
"""Since when and until when (exclusive) a stretch is the last so much time, how many
events it holds, the place of the first one, and sums over it as far as asked for."""

Matches = Callable[[Properties], bool]
_Column = list[Value | None]
_Sums = dict[str, list[int | Decimal] | None]
_Chosen = dict["Choice", tuple[int, "Series"]]
_MOST_CHOICES = 32


class Choice:
    """Which events of a series are meant; as many may be kept as there are objects."""

    __slots__ = ("matches",)

    def __init__(self, matches: Matches) -> None:
        self.matches = matches


class Series:
    """The events of one name: times in microseconds, keys and columns of values."""

    __slots__ = (
        "_chosen",
        "columns",
        "falling",
        "keys",
        "size",
        "stretches",
        "sums",
        "times",
    )

    def __init__(
        self,
        times: list[int],
        keys: list[str],
        columns: dict[str, _Column],
        sums: _Sums,
        *,
        size: int,
        falling: frozenset[str] = frozenset(),
    ) -> None:
        self.times, self.keys, self.columns, self.sums = times, keys, columns, sums
        self.size, self.falling = size, falling
        self.stretches: dict[int, Stretch] = {}
        self._chosen: _Chosen = {}

    @classmethod
    def of(cls, rows: Iterable[tuple[int, str, Properties]]) -> Series:
        """The series of some events, which come in their order."""
        series = cls([], [], {}, {}, size=0)
        for at_us, key, fields in rows:
            series = series.appended(at_us, key, fields)
        return series

    @override
    def __reduce__(self) -> tuple[object, ...]:
        return Series.of, ([self._at(place) for place in range(self.size)],)

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
        latest = self if len(self.times) == self.size else self._copied()
        return latest.appended(at_us, key, fields)

    def row(self, place: int) -> Properties:
        """The fields of the event at a place."""
        found = {}
        for name, column in self.columns.items():
            value = column[place]
            if value is not None:
                found[name] = value
        return Properties.of_clean(found)

    def after(self, at_us: int) -> Series:
        """The series of the events behind an instant; itself where those are all."""
        low = bisect_right(self.times, at_us, 0, self.size)
        if not low:
            return self
        return Series.of(self._at(place) for place in range(low, self.size))

    def _at(self, place: int) -> tuple[int, str, Properties]:
        return self.times[place], self.keys[place], self.row(place)

    def chosen(self, choice: Choice) -> Series:
        """The series of those events alone that a choice means."""
        if not self.size:
            return self
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

    def total(self, name: str, low: int, high: int) -> Number:
        """The sum of a column between two places; 0 where nothing is there."""
        if name not in self.sums:
            return 0
        sums = self.sums[name]
        if sums is None:
            return added_up(filter(is_number, self.columns[name][low:high]))
        return minus(sums[high], sums[low])

    def stretch(self, length: int, now_us: int) -> Stretch:
        """The events after `now_us - length` and up to `now_us`."""
        times, size = self.times, self.size
        low = bisect_right(times, now_us - length, 0, size)
        high = size
        if size and times[size - 1] > now_us:
            high = bisect_right(times, now_us, low, size)
        since, until = -FOREVER, FOREVER
        if low:
            since = times[low - 1] + length
        if high:
            since = max(since, times[high - 1])
        if high < size:
            until = times[high]
        if low < size:
            until = min(until, times[low] + length)
        found: Stretch = (since, until, high - low, low, {})
        self.stretches[length] = found
        return found

    def stretch_at(self, length: int, now_us: int) -> Stretch:
        """The same, kept from an earlier question where it still is the same one."""
        found = self.stretches.get(length)
        if found is None or not found[0] <= now_us < found[1]:
            return self.stretch(length, now_us)
        return found

    def total_of(self, stretch: Stretch, name: str) -> Number:
        """The sum of a column over a stretch, kept with it."""
        _, _, count, low, totals = stretch
        total = totals[name] = self.total(name, low, low + count)
        return total

    def _copied(self) -> Series:
        size = self.size
        return Series(
            self.times[:size],
            self.keys[:size],
            {name: column[:size] for name, column in self.columns.items()},
            {name: sums and sums[: size + 1] for name, sums in self.sums.items()},
            size=size,
            falling=self.falling,
        )

    def _rebuilt(self, place: int, at_us: int, key: str, fields: Properties) -> Series:
        """The series with an event in the middle: a late one."""
        rows = [self._at(place) for place in range(self.size)]
        rows.insert(place, (at_us, key, fields))
        return Series.of(rows)

    def appended(self, at_us: int, key: str, fields: Properties) -> Series:
        """The next version, which shares its columns: for an event behind the last."""
        size, columns, sums, falling = self.size, self.columns, self.sums, self.falling
        fresh = fields.keys() - columns.keys()
        if fresh:
            columns = {**columns, **{name: [None] * size for name in sorted(fresh)}}
        for name, column in columns.items():
            value = fields.get(name)
            column.append(value)
            if is_number(value):
                sums = _with_number(sums, name, value, size)
                if value < 0:
                    falling |= {name}
            elif running := sums.get(name):
                running.append(running[-1])
        self.times.append(at_us)
        self.keys.append(key)
        latest = Series(
            self.times, self.keys, columns, sums, size=size + 1, falling=falling
        )
        latest._chosen = self._chosen
        return latest


def _with_number(sums: _Sums, name: str, value: Number, size: int) -> _Sums:
    """The running sums after one more number; a float ends them for good."""
    if isinstance(value, float):
        return {**sums, name: None}
    if name not in sums:
        sums = {**sums, name: [0] * (size + 1)}
    running = sums[name]
    if running is not None:
        running.append(plus(running[-1], value))
    return sums


class Timeline:
    """Every event of a contact, by name and time (时间线); immutable."""

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
        return self.with_row(event.name, event.at, event.key, event.properties)

    def with_row(
        self, name: str, at: Instant, key: str, fields: Properties
    ) -> Timeline:
        """The timeline with an event given by its parts; what `rows` gives back."""
        old = self.series.get(name)
        series = Series.of(()) if old is None else old
        new = series.added(at.us, key, fields)
        if new is old:
            return self
        timeline = Timeline()
        timeline.series = {**self.series, name: new}
        return timeline

    def compacted(self, keep: Mapping[str, Span | None], *, now: Instant) -> Timeline:
        """The timeline without what is never asked about again (C8).

        Args:
            keep: how long events of each name count, from `horizons_of`; None means for
                ever. Events of other names are dropped.
            now: what is exactly as old as it counts is out, as in a window (T2).
        """
        timeline = Timeline()
        for name, series in self.series.items():
            if name not in keep:
                continue
            length = keep[name]
            oldest = -FOREVER if length is None else now.us - length.us
            young = series.after(oldest)
            if young.size:
                timeline.series[name] = young
        return timeline

    def knows(self, event: Event) -> bool:
        """Whether the event has been taken in."""
        series = self.series.get(event.name)
        return series is not None and series.place_of(event.at.us, event.key) < 0

    def rows(self, name: str) -> Iterator[tuple[Instant, str, Properties]]:
        """Instant, key and fields of each event of a name, oldest first."""
        series = self.series.get(name)
        if series is not None:
            for place in range(series.size):
                at = Instant(series.times[place])
                yield at, series.keys[place], series.row(place)

    def __len__(self) -> int:
        return sum(series.size for series in self.series.values())

    def _content(self) -> dict[str, list[tuple[Instant, str, Properties]]]:
        return {name: list(self.rows(name)) for name in self.series}

    @override
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Timeline):
            return NotImplemented
        return self is other or self._content() == other._content()

    @override
    def __hash__(self) -> int:
        return hash(frozenset((n, s.size) for n, s in self.series.items()))

    @override
    def __repr__(self) -> str:
        counts = ", ".join(f"{n}: {s.size}" for n, s in sorted(self.series.items()))
        return f"<Timeline {counts or 'empty'}>"
