"""Whether a condition means the same in Python and in every SQL engine (C7a)."""

from __future__ import annotations

from collections.abc import Iterator

from privflow.conditions.node import (
    Clause,
    Followed,
    Measure,
    Node,
    Test,
    clauses_of,
    happenings_of,
)
from privflow.conditions.operator import family
from privflow.conditions.term import Bucket
from privflow.conditions.text import node_source
from privflow.facts import Catalog, value_type

_ORDER = {"<", "<=", ">", ">=", "between"}
_INEXACT = {"sum", "mean"}


def unportable(node: Node, catalog: Catalog | None = None) -> tuple[str, ...]:
    """What another engine may answer otherwise: each clause, and the reason.

    Args:
        catalog: tells which properties are floats, whose sums are rounded.
    """
    return tuple(
        f"{node_source(clause)}: {reason}"
        for clause in clauses_of(node)
        for reason in _reasons(clause, catalog)
    )


def _reasons(clause: Clause, catalog: Catalog | None) -> Iterator[str]:
    if isinstance(clause, Followed):
        yield "a sequence of events has no common form"
    if isinstance(clause, Test):
        yield from _of_test(clause, catalog)
    for of in happenings_of(clause):
        for inner in clauses_of(of.where):
            yield from _reasons(inner, catalog)


def _of_test(clause: Test, catalog: Catalog | None) -> Iterator[str]:
    first = (
        clause.argument[0] if isinstance(clause.argument, tuple) else clause.argument
    )
    if clause.operator in _ORDER and family(first) == "text":
        yield "engines put text into different orders"
    if clause.operator == "matches":
        yield "engines know different regular expressions"
    match clause.term:
        case Measure(what, of, name) if what in _INEXACT:
            fields = {} if catalog is None else catalog.events.get(of.name, {})
            kind = fields.get(name)
            if kind is not None and value_type(kind) is float:
                yield f"a {what} of floats is rounded in the order it is added up"
        case Bucket():
            yield "engines have other hash functions"
        case _:
            pass
