"""References to segments, replaced by what they stand for."""

from __future__ import annotations

from collections.abc import Mapping

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
from privflow.errors import DefinitionError, UnknownNameError

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
    return _Resolver(definitions).resolved(node, ())


class _Resolver:
    """Resolves each definition once."""

    def __init__(self, definitions: Mapping[str, Node]) -> None:
        self._definitions = definitions
        self._known: dict[str, tuple[Node, int]] = {}

    def resolved(self, node: Node, path: tuple[str, ...]) -> Node:
        size = 0
        for clause in clauses_of(node):
            size += self._of(clause, path)[1] if isinstance(clause, Member) else 1
            if size > MOST_CLAUSES:
                what = " → ".join(path) or "condition"
                problem = f"has more than {MOST_CLAUSES} clauses with all references"
                raise DefinitionError(what, problem, "refer to fewer segments")
        return self._replaced(node)

    def _replaced(self, node: Node) -> Node:
        match node:
            case Member(name):
                return self._known[name][0]
            case And(parts):
                return And(tuple(map(self._replaced, parts)))
            case Or(parts):
                return Or(tuple(map(self._replaced, parts)))
            case Not(part):
                return Not(self._replaced(part))
            case Surely(part):
                return Surely(self._replaced(part))
            case _:
                return node

    def _of(self, member: Member, path: tuple[str, ...]) -> tuple[Node, int]:
        name = member.segment
        if name in path:
            what, way = "segments", " → ".join((*path[path.index(name) :], name))
            raise DefinitionError(what, f"refer in a circle: {way}", "leave one out")
        if name not in self._known:
            if name not in self._definitions:
                what = "segment"
                raise UnknownNameError(what, name, self._definitions)
            if len(path) > MOST_LEVELS:
                what, problem = "segments", f"refer over {MOST_LEVELS} others"
                raise DefinitionError(what, problem, "leave out some between")
            found = Surely(self.resolved(self._definitions[name], (*path, name)))
            self._known[name] = found, sum(1 for _ in clauses_of(found))
        return self._known[name]
