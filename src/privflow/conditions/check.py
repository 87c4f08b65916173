"""A condition against a catalogue: every problem at once, with path and hint (C3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import assert_never

from privflow.conditions.node import (
    And,
    Clause,
    Exists,
    Followed,
    Happening,
    InJourney,
    Measure,
    Member,
    Missing,
    Node,
    Not,
    Or,
    Surely,
    Term,
    Test,
)
from privflow.conditions.operator import OPERATORS
from privflow.conditions.tag_node import Held, Tagged
from privflow.conditions.term import Attribute, Derived, Property
from privflow.conditions.text import term_source
from privflow.errors import ConditionError, did_you_mean, shown
from privflow.facts import Catalog
from privflow.timing import Instant

_FAMILY_OF_KIND: Mapping[type, str] = {
    str: "text",
    bool: "bool",
    int: "number",
    float: "number",
    Decimal: "number",
    date: "date",
    Instant: "instant",
    tuple: "list",
}
_OF_NUMBERS = {"sum", "mean", "min", "max"}
_NUMERIC = {"count", "days_with", "distinct", *_OF_NUMBERS}
_OF_KINDS = {
    "length": {"text", "list"},
    "age": {"date", "instant"},
    "days_to_anniversary": {"date", "instant"},
}


_Fields = Mapping[str, type] | None


def problems_of(
    node: Node, catalog: Catalog, path: str = "$", fields: _Fields = None
) -> Iterator[ConditionError]:
    """Everything in a condition that contradicts the catalogue.

    Args:
        path: of the node in the whole condition, for the errors.
        fields: the properties of the event at hand, where it is known.
    """
    match node:
        case And(parts) | Or(parts):
            for place, part in enumerate(parts):
                yield from problems_of(part, catalog, f"{path}.parts[{place}]", fields)
        case Not(part) | Surely(part):
            yield from problems_of(part, catalog, f"{path}.part", fields)
        case _:
            yield from _of_clause(node, catalog, path, fields)


def _of_clause(
    node: Clause, catalog: Catalog, path: str, fields: _Fields
) -> Iterator[ConditionError]:
    match node:
        case Test():
            yield from _test(node, catalog, path, fields)
        case Missing(term):
            yield from _term(term, catalog, path, fields)
        case Tagged() | Held():
            yield from _tagged(node, catalog, path)
        case Exists(of):
            yield from _happening(of, catalog, path)
        case Followed(first, then):
            yield from _happening(first, catalog, f"{path}.first")
            yield from _happening(then, catalog, f"{path}.then")
        case InJourney() | Member():
            pass
        case _:
            assert_never(node)


def _problem(path: str, problem: str, remedy: str) -> ConditionError:
    what = "condition"
    return ConditionError(what, problem, remedy).at(path)


def _unknown(path: str, what: str, name: str, known: Iterable[str]) -> ConditionError:
    hint = did_you_mean(name, tuple(known))
    return _problem(path, f"no such {what}: {name!r}", hint)


def _test(
    test: Test, catalog: Catalog, path: str, fields: _Fields
) -> Iterator[ConditionError]:
    yield from _term(test.term, catalog, path, fields)
    kind = _kind_of(test.term, catalog, fields)
    if kind and not OPERATORS[test.operator].accepts(kind, test.argument):
        source = term_source(test.term)
        problem = f"{source} is a {kind}, {test.operator} {test.argument!r} is not"
        yield _problem(path, problem, f"compare it with a {kind}")


def _term(
    term: Term, catalog: Catalog, path: str, fields: _Fields
) -> Iterator[ConditionError]:
    match term:
        case Attribute(name) if name not in catalog.attributes:
            yield _unknown(path, "attribute", name, catalog.attributes)
        case Property(name) if fields is not None and name not in fields:
            yield _unknown(path, "property", name, fields)
        case Derived(what, of):
            yield from _term(of, catalog, path, fields)
            kind = _kind_of(of, catalog, fields)
            if kind and kind not in _OF_KINDS[what]:
                problem = f"{term_source(of)} is a {kind}: no {what}"
                remedy = f"name a {' or '.join(sorted(_OF_KINDS[what]))}"
                yield _problem(path, problem, remedy)
        case Measure(what, of, name):
            yield from _happening(of, catalog, path)
            known = catalog.events.get(of.name)
            if not name or known is None:
                return
            if name not in known:
                yield _unknown(path, f"property of event {of.name!r}", name, known)
            elif what in _OF_NUMBERS and _family(known[name]) != "number":
                problem = f"{name!r} of {of.name!r} is a {_family(known[name])}"
                yield _problem(path, f"{problem}: no {what}", "name a number")
        case _:
            pass


def _happening(of: Happening, catalog: Catalog, path: str) -> Iterator[ConditionError]:
    if of.name not in catalog.events:
        yield _unknown(path, "event", of.name, catalog.events)
    if of.where is not None:
        fields = catalog.events.get(of.name)
        yield from problems_of(of.where, catalog, f"{path}.where", fields)


def _tagged(
    node: Tagged | Held, catalog: Catalog, path: str
) -> Iterator[ConditionError]:
    group = catalog.group(node.group)
    if group is None:
        known = (declared.name for declared in catalog.tags)
        yield _unknown(path, "tag group", node.group, known)
        return
    labels = node.labels if isinstance(node, Tagged) else (node.label,)
    for label in labels:
        if label not in group:
            what = f"tag of group {group.name!r}"
            yield _unknown(path, what, label, group.labels)
    if isinstance(node, Tagged) and node.order and node.order != group.labels:
        yield _problem(
            path,
            f"the order of {group.name!r} here is {shown(node.order)}",
            f"the catalogue has {shown(group.labels)}",
        )


def _kind_of(term: Term, catalog: Catalog, fields: _Fields) -> str:
    """The family of a term's values; empty where the catalogue does not know."""
    match term:
        case Attribute(name):
            return _family(catalog.attributes.get(name))
        case Property(name):
            return _family(fields.get(name) if fields else None)
        case Measure(what, of, name):
            if what in _NUMERIC:
                return "number"
            return _family(catalog.events.get(of.name, {}).get(name))
        case _:
            return "number"


def _family(kind: type | None) -> str:
    return "" if kind is None else _FAMILY_OF_KIND[kind]
