"""Conditions as an And of clauses, each an Or of parts that look at one field."""

from __future__ import annotations

from itertools import chain, product

from privflow.conditions import And, FieldKey, Node, Not, Or, clauses_of, field_of

_MOST_CLAUSES = 16

Clause = tuple[Node, ...]
"""Parts that look at one field each; the clause is YES where one of them is."""


def clauses_in(node: Node) -> tuple[Clause, ...]:
    """The clauses of which a node is the And.

    Where writing it so would take too many, the node itself is the only part of one.
    """
    found = _clauses(node, positive=True)
    return ((node,),) if found is None else found


def fields_in(node: Node) -> frozenset[FieldKey]:
    """Every field that a node looks at."""
    return frozenset(field_of(clause) for clause in clauses_of(node))


def _clauses(node: Node, *, positive: bool) -> tuple[Clause, ...] | None:
    if len(fields_in(node)) == 1:
        return ((node if positive else Not(node),),)
    match node:
        case Not(part):
            return _clauses(part, positive=not positive)
        case And(parts) | Or(parts):
            inner = [_clauses(part, positive=positive) for part in parts]
            known = [clauses for clauses in inner if clauses is not None]
            if len(known) < len(inner):
                return None
            joined = isinstance(node, And) == positive
            return tuple(chain(*known)) if joined else _distributed(known)
        case _:
            return ((node if positive else Not(node),),)


def _distributed(parts: list[tuple[Clause, ...]]) -> tuple[Clause, ...] | None:
    """An Or of Ands as an And of Ors; None where that grows too large."""
    size = 1
    for clauses in parts:
        size *= len(clauses)
    if size > _MOST_CLAUSES:
        return None
    return tuple(tuple(chain(*chosen)) for chosen in product(*parts))
