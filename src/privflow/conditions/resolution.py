"""References to segments, replaced by what they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from privflow.conditions.node import (
    MOST_LEVELS,
    And,
    Member,
    Node,
    Not,
    Or,
    Surely,
    clauses_of,
)
from privflow.errors import ConditionError, DefinitionError, UnknownNameError

MOST_CLAUSES = 100_000
"""In a condition and in everything that it refers to, written out."""


def resolved(node: Node, definitions: Mapping[str, Node]) -> Node:
    """A node in which every reference is what it refers to, as a closed world.

    Args:
        definitions: the condition of each segment, which may refer to others.

    Raises:
        UnknownNameError: a reference has no definition.
        DefinitionError: a definition leads back to itself, or all of it is too large.

    >>> from privflow.conditions import attr, member
    >>> node = resolved(member("vip").node, {"vip": (attr.level > 3).node})
    >>> node == (attr.level > 3).surely().node
    True
    """
    known: dict[str, Node] = {}
    sizes: dict[str, int] = {}
    what = "condition"
    try:
        for name in _in_order(node, definitions):
            what = f"segment {name!r}"
            sizes[name] = _size(what, definitions[name], sizes)
            known[name] = Surely(_replaced(definitions[name], known))
        what = "condition"
        _size(what, node, sizes)
        return _replaced(node, known)
    except ConditionError:
        problem = f"is nested more than {MOST_LEVELS} levels deep with all references"
        raise DefinitionError(what, problem, "refer over fewer segments") from None


def _in_order(node: Node, definitions: Mapping[str, Node]) -> tuple[str, ...]:
    """All that a node refers to, each behind what it refers to itself."""
    graph: dict[str, list[str]] = {}
    waiting = _names_in(node)
    while waiting:
        name = waiting.pop()
        if name not in definitions:
            raise UnknownNameError("segment", name, definitions)
        if name not in graph:
            graph[name] = _names_in(definitions[name])
            waiting += graph[name]
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        way = " → ".join(reversed(error.args[1]))
        problem = f"refer in a circle: {way}"
        raise DefinitionError("segments", problem, "leave one out") from None


def _names_in(node: Node) -> list[str]:
    return [part.segment for part in clauses_of(node) if isinstance(part, Member)]


def _size(what: str, node: Node, sizes: Mapping[str, int]) -> int:
    """The clauses of a node with all that it refers to."""
    size = 0
    for clause in clauses_of(node):
        size += sizes[clause.segment] if isinstance(clause, Member) else 1
    if size > MOST_CLAUSES:
        problem = f"has more than {MOST_CLAUSES} clauses with all references"
        raise DefinitionError(what, problem, "refer to fewer segments")
    return size


def _replaced(node: Node, known: Mapping[str, Node]) -> Node:
    match node:
        case Member(name):
            return known[name]
        case And(parts) | Or(parts):
            return type(node)(tuple(_replaced(part, known) for part in parts))
        case Not(part) | Surely(part):
            return type(node)(_replaced(part, known))
        case _:
            return node
