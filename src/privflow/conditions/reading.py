"""What a condition reads: so an input finds the conditions that it can change."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from privflow.conditions.node import (
    Attribute,
    Exists,
    Happening,
    LocalTime,
    Measure,
    Missing,
    Node,
    Property,
    Tagged,
    Test,
    clauses_of,
)


@frozen(kw_only=True)
class Reads:
    """Names of everything that a condition looks at (C8).

    Args:
        by_time: whether time alone can change the answer: through events that leave a
            window or are still to come, a tag that ends, a local time of day.
    """

    attributes: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    properties: frozenset[str] = frozenset()
    by_time: bool = False


def happenings_of(node: Node) -> Iterator[Happening]:
    """The event windows that a condition asks about."""
    for clause in clauses_of(node):
        match clause:
            case Exists(of) | Test(Measure(_, of, _), _, _):
                yield of
            case _:
                pass


def reads_of(node: Node) -> Reads:
    """Everything that a condition looks at."""
    terms = [
        clause.term for clause in clauses_of(node) if isinstance(clause, Test | Missing)
    ]
    return Reads(
        attributes=frozenset(t.name for t in terms if isinstance(t, Attribute)),
        properties=frozenset(t.name for t in terms if isinstance(t, Property)),
        tags=frozenset(c.group for c in clauses_of(node) if isinstance(c, Tagged)),
        events=frozenset(of.name for of in happenings_of(node)),
        by_time=any(
            isinstance(c, Tagged | Exists) or isinstance(c.term, Measure | LocalTime)
            for c in clauses_of(node)
        ),
    )
