"""Which fields look at what: so that a change finds those that it concerns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from privflow.conditions import (
    Node,
    Scope,
    clauses_of,
    happenings_of,
    reads_of,
)
from privflow.facts import Contact, Series

_Places = tuple[tuple[str, tuple[int, ...]], ...]


class Readers:
    """The places of the fields that look at each attribute, tag group, event, journey.

    Args:
        nodes: one for each field, which looks at that field alone.
    """

    def __init__(self, nodes: Sequence[Node]) -> None:
        reads = list(map(reads_of, nodes))
        self._attributes = _places([found.attributes for found in reads])
        self._tags = _places([found.tags for found in reads])
        self._events = _places([found.events for found in reads])
        self._journeys = _places([found.journeys for found in reads])
        self._by_time = [i for i, found in enumerate(reads) if found.by_time]
        self._by_anchor = [i for i, node in enumerate(nodes) if _is_anchored(node)]

    def of_contact(self, before: Contact, after: Contact) -> list[int]:
        """Who looks at what is not alike; some perhaps twice."""
        found = list(self._by_time) if after.timezone != before.timezone else []
        if after.attributes is not before.attributes:
            was, known = before.attributes.get, after.attributes.get
            for name, places in self._attributes:
                if known(name) is not was(name):
                    found += places
        if after.tags is not before.tags:
            held, holds = before.tags.rows.get, after.tags.rows.get
            for name, places in self._tags:
                if holds(name) != held(name):
                    found += places
        return found

    def of_events(
        self, before: Mapping[str, Series], after: Mapping[str, Series]
    ) -> list[int]:
        """Who looks at events of which there are others now; some perhaps twice."""
        found: list[int] = []
        for name, places in self._events:
            if after.get(name) is not before.get(name):
                found += places
        return found

    def of_scope(self, before: Scope, after: Scope) -> list[int]:
        """Who looks at something of the scope that is not alike; some perhaps twice."""
        found = list(self._by_time) if after.timezone != before.timezone else []
        if _anchors(after) != _anchors(before):
            found += self._by_anchor
        if after.journeys != before.journeys:
            for name, places in self._journeys:
                if after.journeys.get(name) != before.journeys.get(name):
                    found += places
        return found


def _anchors(scope: Scope) -> tuple[object, ...]:
    return scope.event, scope.entered_at, scope.stage_at


def _is_anchored(node: Node) -> bool:
    happenings = [of for clause in clauses_of(node) for of in happenings_of(clause)]
    return bool(reads_of(node).properties) or any(of.since for of in happenings)


def _places(names: Sequence[frozenset[str]]) -> _Places:
    """For each name, the places at which it is."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, several in enumerate(names):
        for name in sorted(several):
            found[name].append(place)
    return tuple((name, tuple(places)) for name, places in found.items())
