"""One thing that many segments look at, and which of them each of its values lets in.

Theory of operation
-------------------
1. A *field* is an attribute, the tags of a group, a number made from events, a part of
   the local time or a bucket. A segment is an And of clauses over fields (`clause`).
2. Clauses lie in layers, at the bit of their segment. In layer 0 lie those that look at
   one field: its mask refuses segments, all others are let in. Of the clauses of one
   segment that look at several fields each lies in a layer of its own, where the masks
   of the fields let segments in, and it is enough that one does.
3. Values that no clause can tell apart share masks: numbers of one step (`ladder`),
   texts that are named nowhere. Masks are made when first asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial

from privflow.conditions import (
    Attribute,
    Condition,
    Facts,
    FieldKey,
    Node,
    Term,
    disjoined,
    field_edges,
    field_value,
    is_by_time,
    reads_of,
)
from privflow.facts import FOREVER, Value, is_number
from privflow.segments.clause import clauses_in, fields_in
from privflow.segments.ladder import Ladder, Masks
from privflow.segments.part import FieldValue, Part, texts_of
from privflow.timing import Instant

_MOST_MASKS = 1_000
Look = tuple[Masks, int]
"""The masks of a field, and when time alone first gives it others."""


class Field:
    """A field, with the parts of all clauses that look at it.

    Args:
        parts: at most one for each layer and segment.
        everyone: the mask of all segments.
    """

    def __init__(self, key: FieldKey, parts: Sequence[Part], everyone: int) -> None:
        self.key, self.parts, self._everyone = key, tuple(parts), everyone
        self._value = _reader_of(key)
        self.layers = tuple(sorted({0, *(part.layer for part in self.parts)}))
        self.by_time = is_by_time(key)
        numeric = self.parts if isinstance(key, Term) else ()
        self.ladder = Ladder(numeric, self.layers, everyone)
        self._texts = texts_of(self.parts)
        self._made: dict[object, Masks] = {}

    def look(self, facts: Facts) -> Look:
        """Its masks now, and until when time alone leaves them so; exact."""
        masks = self.masks(facts)
        if self.by_time:
            for edge in field_edges(self.key, facts):
                if facts.now_us < edge < FOREVER:
                    later = self.masks(facts.later(edge))
                    if later != masks:
                        return masks, edge
        return masks, FOREVER

    def masks(self, facts: Facts) -> Masks:
        """For each of its layers, the segments that it lets the contact into."""
        value = self._value(facts)
        if is_number(value):
            return self.ladder.masks(self.ladder.step_of(value))
        kind = self._kind_of(value)
        masks = self._made.get(kind)
        if masks is None:
            if len(self._made) >= _MOST_MASKS:
                self._made.clear()
            masks = self._made[kind] = self._masks_for(value)
        return masks

    def _kind_of(self, value: FieldValue) -> object:
        """Equal for values that no clause can tell apart."""
        if self._texts is not None and isinstance(value, str):
            return ("text", value if value in self._texts else None)
        return value.__class__, value

    def _masks_for(self, value: FieldValue) -> Masks:
        let_in, refused = dict.fromkeys(self.layers, 0), 0
        for part in self.parts:
            if part.lets_in(value):
                let_in[part.layer] |= 1 << part.segment
            elif part.layer == 0:
                refused |= 1 << part.segment
        let_in[0] = self._everyone & ~refused
        return tuple(let_in[layer] for layer in self.layers)


def _reader_of(key: FieldKey) -> Callable[[Facts], FieldValue]:
    """What finds the value of a field; of an attribute, which is common, at once."""
    if isinstance(key, Attribute):
        return partial(_attribute, key.name, key.filled)
    return partial(field_value, key)


def _attribute(name: str, filled: Value | None, facts: Facts) -> Value | None:
    return facts.subject.contact.attributes.get(name, filled)


class WholeCondition:
    """A condition that cannot be taken apart: judged as it is."""

    layers = (0,)

    def __init__(self, part: Part, everyone: int) -> None:
        [node] = part.nodes
        self.parts = (part,)
        self.by_time = reads_of(node).by_time
        self._condition = Condition(node)
        self._masks = (everyone & ~(1 << part.segment),), (everyone,)

    def look(self, facts: Facts) -> Look:
        """Its masks now, and when time alone may change them; sound, not exact."""
        now = Instant(facts.now_us)
        until = self._condition.judgement(facts.subject, now, facts.scope)[1]
        return self.masks(facts), until

    def masks(self, facts: Facts) -> Masks:
        """Every other segment, and its own where the condition is YES."""
        now = Instant(facts.now_us)
        return self._masks[self._condition.holds(facts.subject, now, facts.scope)]


def fields_of(nodes: Sequence[Node]) -> tuple[list[Field], list[WholeCondition]]:
    """The fields of many segments, each with what their clauses ask of it."""
    everyone = (1 << len(nodes)) - 1
    asked: dict[FieldKey, dict[tuple[int, int], list[Node]]]
    asked = defaultdict(lambda: defaultdict(list))
    whole: list[WholeCondition] = []
    for segment, node in enumerate(nodes):
        layer = 0
        for clause in clauses_in(node):
            keys = [fields_in(part) for part in clause]
            if any(len(found) > 1 for found in keys):
                whole.append(WholeCondition(Part(0, segment, (node,)), everyone))
                continue
            if len(frozenset().union(*keys)) == 1:
                asked[next(iter(keys[0]))][0, segment].append(disjoined(*clause))
                continue
            layer += 1
            for (key,), part in zip(keys, clause, strict=True):
                asked[key][layer, segment].append(part)
    fields = [
        Field(
            key,
            [Part(*place, tuple(found)) for place, found in parts.items()],
            everyone,
        )
        for key, parts in asked.items()
    ]
    return fields, whole
