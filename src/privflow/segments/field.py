"""One thing that many segments look at, and which of them each of its values lets in.

Theory of operation
-------------------
1. A *field* is an attribute, the tags of a group, a number made from events, a part of
   the local time or a bucket. A segment is an And of clauses over fields (`clause`).
2. Clauses lie in layers, at the bit of their segment. In layer 0 lie those that look at
   one field: its mask refuses segments, all others are let in. Of the clauses of one
   segment that look at several fields each lies in a layer of its own, where the masks
   of the fields let segments in, and it is enough that one does.
3. Values that no clause can tell apart share masks: numbers between two neighbouring
   thresholds, texts that are named nowhere. Masks are made when first asked for.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from attrs import frozen

from privflow.conditions import (
    And,
    Clause,
    Condition,
    Exists,
    Facts,
    FieldKey,
    Missing,
    Node,
    Not,
    Or,
    Surely,
    Tagged,
    Test,
    Truth,
    clauses_of,
    disjoined,
    field_edges,
    field_value,
    is_by_time,
    negated,
    reads_of,
    tested,
)
from privflow.facts import FOREVER, Number, Value, is_number
from privflow.segments.clause import clauses_in, fields_in
from privflow.timing import Instant

FieldValue = Value | frozenset[str] | Truth | None
_MOST_MASKS = 10_000
_PLAIN = {"==", "!=", "is_in"}


@frozen
class Part:
    """What one clause of one segment asks of a field."""

    layer: int
    segment: int
    node: Node


class Field:
    """A field, with the parts of all clauses that look at it.

    Args:
        everyone: the mask of all segments.
    """

    def __init__(self, key: FieldKey, parts: Iterable[Part], everyone: int) -> None:
        self.key, self.parts, self._everyone = key, tuple(parts), everyone
        self.layers = tuple(sorted({part.layer for part in self.parts}))
        self.by_time = is_by_time(key)
        clauses = [c for part in self.parts for c in clauses_of(part.node)]
        self._thresholds = _thresholds(clauses)
        self._texts = _texts(clauses)
        self._masks: dict[object, tuple[int, ...]] = {}

    def masks(self, facts: Facts) -> tuple[int, ...]:
        """For each of its layers, the segments that it lets the contact into."""
        value = field_value(self.key, facts)
        sort = self._sort_of(value)
        masks = self._masks.get(sort)
        if masks is None:
            if len(self._masks) >= _MOST_MASKS:
                self._masks.clear()
            masks = self._masks[sort] = self._made(value)
        return masks

    def _sort_of(self, value: FieldValue) -> object:
        """Equal for values that no clause can tell apart."""
        if is_number(value):
            place = bisect_left(self._thresholds, value)
            hit = place < len(self._thresholds) and self._thresholds[place] == value
            return place + place + hit
        if self._texts is not None and isinstance(value, str):
            return ("text", value if value in self._texts else None)
        return value.__class__, value

    def _made(self, value: FieldValue) -> tuple[int, ...]:
        let_in, refused = dict.fromkeys(self.layers, 0), 0
        for part in self.parts:
            if _truth(part.node, value) is Truth.YES:
                let_in[part.layer] |= 1 << part.segment
            elif part.layer == 0:
                refused |= 1 << part.segment
        let_in[0] = self._everyone & ~refused
        return tuple(let_in[layer] for layer in self.layers)

    def until(self, facts: Facts) -> int:
        """When time alone first gives the field other masks; `FOREVER` if never."""
        masks = self.masks(facts)
        for edge in field_edges(self.key, facts):
            if facts.now_us < edge < FOREVER and self.masks(facts.later(edge)) != masks:
                return edge
        return FOREVER


class WholeCondition:
    """A condition that cannot be taken apart: judged as it is."""

    layers = (0,)

    def __init__(self, part: Part, everyone: int) -> None:
        self.parts = (part,)
        self.by_time = reads_of(part.node).by_time
        self._condition = Condition(part.node)
        self._refusing = everyone & ~(1 << part.segment)
        self._everyone = everyone

    def masks(self, facts: Facts) -> tuple[int, ...]:
        """Every other segment, and its own where the condition is YES."""
        now = Instant(facts.now_us)
        is_inside = self._condition.holds(facts.subject, now, facts.scope)
        return (self._everyone if is_inside else self._refusing,)

    def until(self, facts: Facts) -> int:
        """When time alone may change it; sound, not exact."""
        now = Instant(facts.now_us)
        return self._condition.judgement(facts.subject, now, facts.scope)[1]


AnyField = Field | WholeCondition


def fields_of(nodes: Sequence[Node]) -> tuple[AnyField, ...]:
    """The fields of many segments, each with what their clauses ask of it."""
    everyone = (1 << len(nodes)) - 1
    parts: dict[FieldKey, list[Part]] = defaultdict(list)
    whole: list[WholeCondition] = []
    for segment, node in enumerate(nodes):
        layer = 0
        for clause in clauses_in(node):
            keys = [fields_in(part) for part in clause]
            if any(len(found) > 1 for found in keys):
                whole.append(WholeCondition(Part(0, segment, node), everyone))
                continue
            if len(frozenset().union(*keys)) == 1:
                joined = disjoined(*clause)
                parts[next(iter(keys[0]))].append(Part(0, segment, joined))
                continue
            layer += 1
            for (key,), part in zip(keys, clause, strict=True):
                parts[key].append(Part(layer, segment, part))
    return (*(Field(key, found, everyone) for key, found in parts.items()), *whole)


def _truth(node: Node, value: FieldValue) -> Truth:
    """What a part says, given the value of its only field."""
    match node:
        case And(parts):
            truths = [_truth(part, value) for part in parts]
            if Truth.NO in truths:
                return Truth.NO
            return Truth.UNKNOWN if Truth.UNKNOWN in truths else Truth.YES
        case Or(parts):
            return negated(_truth(And(tuple(Not(part) for part in parts)), value))
        case Not(part):
            return negated(_truth(part, value))
        case Surely(part):
            return Truth.of(_truth(part, value) is Truth.YES)
        case _:
            return _truth_of_clause(node, value)


def _truth_of_clause(clause: Clause, value: FieldValue) -> Truth:
    match clause:
        case _ if isinstance(value, Truth):
            return value
        case Test(_, operator, argument):
            return tested(operator, cast("Value | None", value), argument)
        case Missing():
            return Truth.of(value is None)
        case Exists():
            return tested(">", cast("Value | None", value), 0)
        case Tagged():
            held = cast("frozenset[str]", value)
            return Truth.of(bool(clause.wanted & held) != (clause.how == "none_of"))
        case _:
            raise TypeError(clause)


def _thresholds(clauses: Iterable[Node]) -> list[Number]:
    """Every number that a clause compares with, in order, each once."""
    found: set[Number] = {0}
    for clause in clauses:
        if isinstance(clause, Test):
            found.update(part for part in _parts(clause.argument) if is_number(part))
    return sorted(found)


def _texts(clauses: Iterable[Node]) -> frozenset[str] | None:
    """The texts that clauses name; None where they also look inside of texts."""
    found: set[str] = set()
    for clause in clauses:
        if isinstance(clause, Test):
            texts = [part for part in _parts(clause.argument) if isinstance(part, str)]
            if texts and clause.operator not in _PLAIN:
                return None
            found.update(texts)
    return frozenset(found)


def _parts(argument: Value) -> Iterator[Value]:
    yield from argument if isinstance(argument, tuple) else (argument,)
