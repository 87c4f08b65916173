"""Conditions from elsewhere, put as they would have been written."""

from __future__ import annotations

from attrs import evolve

from privflow.conditions.node import (
    And,
    Exists,
    Followed,
    Happening,
    Measure,
    Node,
    Not,
    Or,
    Surely,
    Test,
    conjoined,
    disjoined,
    inverted,
)


def canonical(node: Node) -> Node:
    """An equal of a node that its own text would be read back as.

    Documents made by other programs join one part alone, join what is joined already,
    or negate twice; `&`, `|` and `~` never do, and text cannot say it.
    """
    match node:
        case And(parts):
            return conjoined(*map(canonical, parts))
        case Or(parts):
            return disjoined(*map(canonical, parts))
        case Not(part):
            return inverted(canonical(part))
        case Surely(part):
            return Surely(canonical(part))
        case Test(Measure(_, of) as term) if of.where is not None:
            return evolve(node, term=evolve(term, of=_canonical_events(of)))
        case Exists(of) if of.where is not None:
            return Exists(_canonical_events(of))
        case Followed(first, then):
            events = _canonical_events(first), _canonical_events(then)
            return Followed(*events, node.within, node.wanted)
        case _:
            return node


def _canonical_events(of: Happening) -> Happening:
    return of if of.where is None else evolve(of, where=canonical(of.where))
