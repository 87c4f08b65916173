"""What one clause of a segment asks of one field, and which values satisfy it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from attrs import frozen

from privflow.conditions import (
    And,
    Clause,
    Exists,
    Missing,
    Node,
    Not,
    Or,
    Surely,
    Tagged,
    Test,
    Truth,
    clauses_of,
    negated,
    tested,
)
from privflow.facts import Number, Value, is_number

FieldValue = Value | frozenset[str] | Truth | None
Places = Mapping[Number, int]
"""Numbers that stand in for others, in the same order."""

_AS_THEY_ARE: Places = {}
_PLAIN = {"==", "!=", "is_in"}


@frozen
class Part:
    """What a segment asks of a field in one layer (see `field`).

    Args:
        nodes: in layer 0 all of them must be YES, in another one any of them.
    """

    layer: int
    segment: int
    nodes: tuple[Node, ...]

    def lets_in(self, value: FieldValue, places: Places = _AS_THEY_ARE) -> bool:
        """Whether the segment is let in, given the value of the field.

        Args:
            places: what the numbers stand for that clauses compare with.
        """
        truths = (_truth(node, value, places) for node in self.nodes)
        how = any if self.layer else all
        return how(truth is Truth.YES for truth in truths)

    def thresholds(self) -> set[Number]:
        """Every number that the value is compared with."""
        found: set[Number] = set()
        for clause in self.clauses():
            if isinstance(clause, Test):
                found.update(x for x in _parts(clause.argument) if is_number(x))
            elif isinstance(clause, Exists):
                found.add(0)
        return found

    def clauses(self) -> Iterator[Clause]:
        """The clauses of all nodes."""
        for node in self.nodes:
            yield from clauses_of(node)


def texts_of(parts: Iterable[Part]) -> frozenset[str] | None:
    """The texts that parts name; None where they also look inside of texts."""
    found: set[str] = set()
    for part in parts:
        for clause in part.clauses():
            if isinstance(clause, Test):
                texts = [x for x in _parts(clause.argument) if isinstance(x, str)]
                if texts and clause.operator not in _PLAIN:
                    return None
                found.update(texts)
    return frozenset(found)


def _truth(node: Node, value: FieldValue, places: Places) -> Truth:
    """What a node says, given the value of its only field."""
    match node:
        case And(parts):
            truths = [_truth(part, value, places) for part in parts]
            if Truth.NO in truths:
                return Truth.NO
            return Truth.UNKNOWN if Truth.UNKNOWN in truths else Truth.YES
        case Or(parts):
            truths = [_truth(part, value, places) for part in parts]
            if Truth.YES in truths:
                return Truth.YES
            return Truth.UNKNOWN if Truth.UNKNOWN in truths else Truth.NO
        case Not(part):
            return negated(_truth(part, value, places))
        case Surely(part):
            return Truth.of(_truth(part, value, places) is Truth.YES)
        case _:
            return _truth_of_clause(node, value, places)


def _truth_of_clause(clause: Clause, value: FieldValue, places: Places) -> Truth:
    match clause:
        case _ if isinstance(value, Truth):
            return value
        case Test(_, operator, argument):
            bound = _placed(argument, places)
            return tested(operator, cast("Value | None", value), bound)
        case Missing():
            return Truth.of(value is None)
        case Exists():
            return tested(">", cast("Value | None", value), places.get(0, 0))
        case Tagged():
            held = cast("frozenset[str]", value)
            return Truth.of(bool(clause.wanted & held) != (clause.how == "none_of"))
        case _:
            raise TypeError(clause)


def _placed(argument: Value, places: Places) -> Value:
    """An argument with the numbers that stand for its own."""
    if isinstance(argument, tuple):
        return tuple(places.get(x, x) if is_number(x) else x for x in argument)
    return places.get(argument, argument) if is_number(argument) else argument


def _parts(argument: Value) -> Iterator[Value]:
    yield from argument if isinstance(argument, tuple) else (argument,)
