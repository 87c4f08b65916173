"""Which fields look at what: so that a change finds those that it concerns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from privflow.conditions import Reads, Subject, reads_of
from privflow.segments.field import AnyField
from privflow.segments.memberships import Memberships

_Places = tuple[tuple[str, tuple[int, ...]], ...]


class Readers:
    """The fields that look at each attribute, tag group and event."""

    def __init__(self, fields: tuple[AnyField, ...]) -> None:
        reads = [[reads_of(part.node) for part in field.parts] for field in fields]
        self._attributes = _places(reads, "attributes")
        self._tags = _places(reads, "tags")
        self._events = _places(reads, "events")
        self._by_time = tuple(i for i, field in enumerate(fields) if field.by_time)

    def changed(self, old: Memberships, state: Subject, now_us: int) -> list[int]:
        """The places of the fields that must be looked at again, each once."""
        places = [*self._by_contact(old, state), *self._by_event(old, state)]
        if now_us >= old.next_us:
            places += [i for i, until in enumerate(old.untils) if until <= now_us]
        return sorted(set(places)) if len(places) > 1 else places

    def _by_contact(self, old: Memberships, state: Subject) -> Iterator[int]:
        before, after = old.contact, state.contact
        if after is before:
            return
        if after.timezone != before.timezone:
            yield from self._by_time
        if after.attributes is not before.attributes:
            was, known = before.attributes.get, after.attributes.get
            for name, places in self._attributes:
                if known(name) is not was(name):
                    yield from places
        if after.tags is not before.tags:
            held, holds = before.tags.rows.get, after.tags.rows.get
            for name, places in self._tags:
                if holds(name) != held(name):
                    yield from places

    def _by_event(self, old: Memberships, state: Subject) -> Iterator[int]:
        series, before = state.timeline.series, old.series
        if series is before:
            return
        for name, places in self._events:
            if series.get(name) is not before.get(name):
                yield from places


def _places(reads: list[list[Reads]], kind: str) -> _Places:
    found: dict[str, list[int]] = defaultdict(list)
    for place, parts in enumerate(reads):
        names = {name for part in parts for name in getattr(part, kind)}
        for name in sorted(names):
            found[name].append(place)
    return tuple((name, tuple(places)) for name, places in found.items())
