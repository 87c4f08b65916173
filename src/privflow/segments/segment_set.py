"""Many segments judged together: an input re-judges only what it can change.

Theory of operation
-------------------
1. A contact's memberships are one integer, a bit for each segment: the And of what the
   layers of all fields let in (`field`).
2. What has changed is found by identity: attributes, tags and series are values, so an
   object that is still the same one needs no look.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import and_, or_

from privflow.conditions import NOWHERE, Facts, Scope, Subject, resolved
from privflow.errors import DuplicateNameError
from privflow.facts import FOREVER
from privflow.segments.field import AnyField, fields_of
from privflow.segments.memberships import Change, Memberships
from privflow.segments.reader import Readers
from privflow.segments.segment import Segment
from privflow.timing import Instant


class SegmentSet:
    """Segments that are judged together (人群集).

    Shape:
        Immutable. `start` looks at everything, `update` at what has changed; both give
        the same memberships for the same state and instant.

    Args:
        scope: of the plan, for contacts without a zone of their own.

    Raises:
        DuplicateNameError: two segments share a name.
        UnknownNameError: one refers to a segment that is not in the set.
        DefinitionError: one refers to itself, over whichever way.
    """

    def __init__(self, segments: Iterable[Segment], *, scope: Scope = NOWHERE) -> None:
        self.segments = tuple(segments)
        self.names = tuple(segment.name for segment in self.segments)
        self._scope = scope
        seen: set[str] = set()
        for name in self.names:
            if name in seen:
                raise DuplicateNameError("SegmentSet", name)
            seen.add(name)
        self._everyone = (1 << len(self.segments)) - 1
        definitions = {s.name: s.condition.node for s in self.segments}
        nodes = [resolved(node, definitions) for node in definitions.values()]
        self._fields = fields_of(nodes)
        self._readers = Readers(self._fields)
        self._slots, self._layers = _slots(self._fields)
        self._without = self._let_in_by_absence()

    def start(self, state: Subject, *, now: Instant) -> Memberships:
        """The memberships of a contact who is looked at for the first time."""
        facts = Facts(state, now.us, self._scope)
        untils = tuple(
            field.until(facts) if field.by_time else FOREVER for field in self._fields
        )
        return self._memberships(state, self._masks(facts), untils)

    def mask(self, state: Subject, *, now: Instant) -> int:
        """The segments that a contact belongs to: a bit for each, in their order."""
        return self._inside(self._masks(Facts(state, now.us, self._scope)))

    def update(
        self, memberships: Memberships, state: Subject, *, now: Instant
    ) -> Change:
        """What has changed since: with the contact, or by time alone.

        Args:
            memberships: of the same contact, from this set.
            now: never before the instant of those.
        """
        places = self._readers.changed(memberships, state, now.us)
        if not places:
            return Change(memberships.mask, memberships)
        facts = Facts(state, now.us, self._scope)
        masks, untils = list(memberships.masks), list(memberships.untils)
        for number in places:
            field = self._fields[number]
            for place, mask in zip(
                self._slots[number], field.masks(facts), strict=True
            ):
                masks[place] = mask
            if field.by_time:
                untils[number] = field.until(facts)
        new = self._memberships(state, tuple(masks), tuple(untils))
        return Change(memberships.mask, new)

    def _masks(self, facts: Facts) -> tuple[int, ...]:
        masks = [0] * sum(len(places) for places in self._slots)
        for field, places in zip(self._fields, self._slots, strict=True):
            for place, mask in zip(places, field.masks(facts), strict=True):
                masks[place] = mask
        return tuple(masks)

    def _let_in_by_absence(self) -> tuple[int, ...]:
        """For each layer but the first, the segments that have no clause in it."""
        asked = [0] * (len(self._layers) + 1)
        for field in self._fields:
            for part in field.parts:
                asked[part.layer] |= 1 << part.segment
        return tuple(self._everyone & ~mask for mask in asked[1:])

    def _inside(self, masks: tuple[int, ...]) -> int:
        first = self._layers[0].start if self._layers else len(masks)
        inside = reduce(and_, masks[:first], self._everyone)
        for layer, without in zip(self._layers, self._without, strict=True):
            inside &= reduce(or_, masks[layer], without)
        return inside

    def _memberships(
        self,
        state: Subject,
        masks: tuple[int, ...],
        untils: tuple[int, ...],
    ) -> Memberships:
        return Memberships(
            self.names,
            self._inside(masks),
            masks,
            untils,
            min(untils, default=FOREVER),
            state.contact,
            state.timeline.series,
        )


def _slots(
    fields: tuple[AnyField, ...],
) -> tuple[tuple[tuple[int, ...], ...], tuple[slice, ...]]:
    """Where the masks of each field lie in one flat row, and each layer but the first.

    The row is ordered by layer, so that a layer is a slice of it.
    """
    places: list[list[int]] = [[] for _ in fields]
    layers: list[slice] = []
    end = 0
    for layer in range(1 + max((field.layers[-1] for field in fields), default=0)):
        start = end
        for number, field in enumerate(fields):
            if layer in field.layers:
                places[number].append(end)
                end += 1
        if layer:
            layers.append(slice(start, end))
    return tuple(map(tuple, places)), tuple(layers)
