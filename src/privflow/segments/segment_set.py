"""Many segments judged together: an input re-judges only what it can change.

Theory of operation
-------------------
1. A contact's memberships are one integer, a bit for each segment: the And of what the
   layers of all fields let in (`field`).
2. What has changed is found by identity: attributes, tags and series are values, so an
   object that is still the same one needs no look.
3. Each field tells with its masks when time alone gives it others. Before the earliest
   of these instants, only what has changed needs a look.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import pairwise
from operator import and_

from privflow.conditions import NOWHERE, Facts, Measure, Scope, Subject, resolved
from privflow.errors import (
    DuplicateNameError,
    ProtocolError,
    TimeReversedError,
    WrongContactError,
)
from privflow.facts import FOREVER, tuple_of
from privflow.segments.field import Field, WholeCondition, fields_of
from privflow.segments.memberships import Change, Memberships
from privflow.segments.reader import Readers
from privflow.segments.segment import Segment, required_segment
from privflow.segments.tally import Tallies, is_tally
from privflow.timing import Instant, required_now

_AnyField = Field | Tallies | WholeCondition


class SegmentSet:
    """Segments that are judged together (人群集).

    Shape:
        Immutable. `start` looks at everything, `update` at what has changed; both give
        the same memberships for the same state, instant and scope.

    Args:
        scope: of the plan, for contacts without a zone of their own; where a call names
            a scope, that one counts instead.

    Raises:
        ConditionTypeError: one is no segment, but a condition, say.
        DuplicateNameError: two segments share a name.
        UnknownNameError: one refers to a segment that is not in the set.
        DefinitionError: one refers to itself, over whichever way.
    """

    def __init__(self, segments: Iterable[Segment], *, scope: Scope = NOWHERE) -> None:
        what = "part of a SegmentSet"
        listed = tuple_of("SegmentSet", segments)
        self.segments = tuple(required_segment(what, given) for given in listed)
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
        fields, whole = fields_of(nodes)
        self._fields = (*_tallied(fields), *whole)
        # All parts of a field look at the same thing, so any one of them will do.
        self._readers = Readers([field.parts[0].nodes[0] for field in self._fields])
        self._slots, self._layers = _slots([field.layers for field in self._fields])
        self._without = self._let_in_by_absence()

    def start(
        self, state: Subject, *, now: Instant, scope: Scope | None = None
    ) -> Memberships:
        """The memberships of a contact who is looked at for the first time.

        Args:
            scope: the running journeys of the contact, where a segment asks for them.
        """
        facts = Facts.at(state, now, scope or self._scope)
        masks = [0] * sum(map(len, self._slots))
        untils = [FOREVER] * len(self._fields)
        return self._looked(range(len(self._fields)), facts, masks, untils, now)

    def mask(self, state: Subject, *, now: Instant, scope: Scope | None = None) -> int:
        """The segments that a contact belongs to: a bit for each, in their order."""
        facts = Facts.at(state, now, scope or self._scope)
        masks = [0] * sum(map(len, self._slots))
        for field, slots in zip(self._fields, self._slots, strict=True):
            for slot, mask in zip(slots, field.masks(facts), strict=True):
                masks[slot] = mask
        return self._inside(masks)

    def update(
        self,
        memberships: Memberships,
        state: Subject,
        *,
        now: Instant,
        scope: Scope | None = None,
    ) -> Change:
        """What has changed since: with the contact, its journeys, or by time alone.

        Args:
            memberships: of the same contact, from this set.
            now: never before the instant of those.
            scope: the running journeys of the contact as they are now.

        Raises:
            WrongContactError: the memberships are another contact's.
            TimeReversedError: `now` is before they were last looked at.
            ProtocolError: they come from another set.
        """
        scope = scope or self._scope
        self._check(memberships, state, now)
        places = self._concerned(memberships, state, now.us, scope)
        if not places:
            return Change(memberships.mask, memberships)
        facts = Facts.at(state, now, scope)
        masks, untils = list(memberships.masks), list(memberships.untils)
        return Change(memberships.mask, self._looked(places, facts, masks, untils, now))

    def _check(self, old: Memberships, state: Subject, now: Instant) -> None:
        if old.names is not self.names:
            problem = f"got {old!r} of another set of segments"
            raise ProtocolError(problem, "call start once for each set and contact")
        if state.contact is not old.contact and state.contact.id != old.contact.id:
            raise WrongContactError(old.contact.id, state.contact.id)
        if required_now(now).us < old.at.us:
            raise TimeReversedError(old.at, now)

    def _concerned(
        self, old: Memberships, state: Subject, now_us: int, scope: Scope
    ) -> Iterable[int]:
        """The places of the fields that must be looked at again."""
        readers, places = self._readers, list[int]()
        if state.contact is not old.contact:
            places += readers.of_contact(old.contact, state.contact)
        if state.timeline.series is not old.series:
            places += readers.of_events(old.series, state.timeline.series)
        if scope is not old.scope:
            places += readers.of_scope(old.scope, scope)
        if now_us >= old.next_us:
            places += [i for i, until in enumerate(old.untils) if until <= now_us]
        return set(places) if len(places) > 1 else places

    def _looked(
        self,
        places: Iterable[int],
        facts: Facts,
        masks: list[int],
        untils: list[int],
        now: Instant,
    ) -> Memberships:
        """The memberships after a look at some fields, in the rows that are given."""
        for place in places:
            found, untils[place] = self._fields[place].look(facts)
            for slot, mask in zip(self._slots[place], found, strict=True):
                masks[slot] = mask
        return Memberships(
            self.names,
            self._inside(masks),
            tuple(masks),
            tuple(untils),
            min(untils, default=FOREVER),
            facts.subject.contact,
            facts.subject.timeline.series,
            facts.scope,
            now,
        )

    def _let_in_by_absence(self) -> tuple[int, ...]:
        """For each layer but the first, the segments that have no clause in it."""
        asked = [0] * (len(self._layers) + 1)
        for field in self._fields:
            for part in field.parts:
                asked[part.layer] |= 1 << part.segment
        return tuple(self._everyone & ~mask for mask in asked[1:])

    def _inside(self, masks: Sequence[int]) -> int:
        first = self._layers[0].start if self._layers else len(masks)
        inside = reduce(and_, masks[:first], self._everyone)
        for layer, without in zip(self._layers, self._without, strict=True):
            let_in = without
            for mask in masks[layer]:
                let_in |= mask
            inside &= let_in
        return inside


def _tallied(fields: Sequence[Field]) -> list[Field | Tallies]:
    """The fields, those together that count or add up the same events."""
    alone: list[Field | Tallies] = []
    together: dict[object, list[tuple[Measure, Field]]] = defaultdict(list)
    for field in fields:
        key = field.key
        if is_tally(key):
            together[key.of.name, key.of.where].append((key, field))
        else:
            alone.append(field)
    return [*alone, *map(Tallies, together.values())]


def _slots(
    fields: Sequence[tuple[int, ...]],
) -> tuple[tuple[tuple[int, ...], ...], tuple[slice, ...]]:
    """Where the masks of each field lie in one flat row, and each layer but the first.

    The row is ordered by layer, so that a layer is a slice of it.

    Args:
        fields: the layers of the masks that each field gives.
    """
    layers = [layer for several in fields for layer in several]
    order = sorted(range(len(layers)), key=layers.__getitem__)
    slot_of = {number: slot for slot, number in enumerate(order)}
    numbers = iter(range(len(layers)))
    slots = [tuple(slot_of[next(numbers)] for _ in several) for several in fields]
    ends = [
        sum(1 for layer in layers if layer <= top)
        for top in range(1 + max(layers, default=0))
    ]
    return tuple(slots), tuple(slice(*pair) for pair in pairwise(ends))
