"""What a contact has lived through, ready to be asked about windows of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from typing_extensions import override

from privflow.facts.event import Event
from privflow.facts.properties import Properties
from privflow.facts.series import Series
from privflow.facts.tag import FOREVER
from privflow.timing import Instant, Span

_new = object.__new__


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
        if old is None:
            new = Series.first(at.us, key, fields)
        else:
            new = old.added(at.us, key, fields)
            if new is old:
                return self
        timeline = _new(Timeline)
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
