"""A condition against a catalogue: every problem at once, with path and hint (C3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from privflow.conditions.kind import Fields, family_of, kind_of
from privflow.conditions.node import (
    OF_NUMBERS,
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
from privflow.conditions.operator import OPERATORS, alike, family
from privflow.conditions.tag_node import Held, Tagged
from privflow.conditions.term import (
    Attribute,
    Derived,
    Property,
)
from privflow.conditions.text import term_source, value_source
from privflow.errors import ConditionError, did_you_mean, shown
from privflow.facts import Catalog, Kind, Value

_OF_KINDS = {
    "length": {"text", "list"},
    "age": {"date", "instant"},
    "days_to_anniversary": {"date", "instant"},
}
_OF_OPERATORS = {
    **{name: {"text"} for name in ("starts_with", "ends_with", "matches")},
    **{name: {"list", "text"} for name in OPERATORS if name.startswith("contains")},
    **{name: {"date", "instant"} for name in ("before", "after")},
}

_ORDER = {"<", "<=", ">", ">=", "between"}
_NAMING = {"==", "!=", "is_in"}
"""The operators whose arguments are values that the term is expected to have."""


def problems_of(
    node: Node, catalog: Catalog, path: str = "$", fields: Fields = None
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
    node: Clause, catalog: Catalog, path: str, fields: Fields
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
        case InJourney(journey, stage):
            yield from _journey(journey, stage, catalog, path)
        case Member(segment):
            known = catalog.segments
            if known is not None and segment not in known:
                yield _unknown(path, "segment", segment, known)
        case _:
            assert_never(node)


def _problem(path: str, problem: str, remedy: str) -> ConditionError:
    what = "condition"
    return ConditionError(what, problem, remedy).at(path)


def _unknown(path: str, what: str, name: str, known: Iterable[str]) -> ConditionError:
    hint = did_you_mean(name, tuple(known))
    return _problem(path, f"no such {what}: {name!r}", hint)


def _test(
    test: Test, catalog: Catalog, path: str, fields: Fields
) -> Iterator[ConditionError]:
    yield from _term(test.term, catalog, path, fields)
    kind = kind_of(test.term, catalog, fields)
    if kind is None:
        return
    source, argument = term_source(test.term), test.argument
    what = family_of(kind)
    if what not in _OF_OPERATORS.get(test.operator, {what}):
        names = " or ".join(sorted(_OF_OPERATORS[test.operator]))
        problem = f"{source} is {_a(what)}: no {test.operator}"
        yield _problem(path, problem, f"ask it of a {names}")
    elif not OPERATORS[test.operator].accepts(what, argument):
        compared = f"{test.operator} {value_source(argument)}"
        problem = f"{source} is {_a(what)}, {compared} is not"
        yield _problem(path, problem, f"compare it with {_a(what)}")
    elif test.operator in _ORDER and what == "text" and isinstance(kind, tuple):
        problem = f"{source} is one of a list of texts: {test.operator} says nothing"
        remedy = "ask with is_in, or make it an ordered tag group"
        yield _problem(path, problem, remedy)
    elif test.operator in _NAMING and isinstance(kind, tuple):
        given = argument if isinstance(argument, tuple) else (argument,)
        yield from _among(test.term, given, kind, path)
    elif test.operator == "is_in" and isinstance(argument, tuple):
        for value in argument:
            if family(value) != what:
                problem = f"{source} is never {value_source(value)}"
                yield _problem(path, problem, f"use {_a(what)}")


def _a(what: str) -> str:
    return f"an {what}" if what == "instant" else f"a {what}"


def _among(
    term: Term, given: tuple[Value, ...], values: tuple[Value, ...], path: str
) -> Iterator[ConditionError]:
    """Problems of what a term with a list of values is never equal to."""
    if isinstance(term, Attribute | Property) and term.filled is not None:
        values = (*values, term.filled)
    known = {alike(value) for value in values}
    for value in given:
        if alike(value) not in known:
            problem = f"{term_source(term)} is never {value!r}"
            yield _problem(path, problem, _nearest(value, values))


def _nearest(value: Value, values: tuple[Value, ...]) -> str:
    texts = [known for known in values if isinstance(known, str)]
    if texts and isinstance(value, str):
        return did_you_mean(value, texts)
    return f"use one of {shown(values)}"


def _term(
    term: Term, catalog: Catalog, path: str, fields: Fields
) -> Iterator[ConditionError]:
    match term:
        case Attribute(name) if name not in catalog.attributes:
            yield _unknown(path, "attribute", name, catalog.attributes)
        case Property(name) if fields is not None and name not in fields:
            yield _unknown(path, "property", name, fields)
        case Attribute() | Property():
            yield from _filling(term, kind_of(term, catalog, fields), path)
        case Derived():
            yield from _derived(term, catalog, path, fields)
        case Measure():
            yield from _measure(term, catalog, path)
        case _:
            pass


def _filling(
    term: Attribute | Property, kind: Kind | None, path: str
) -> Iterator[ConditionError]:
    if kind is None or term.filled is None or family(term.filled) == family_of(kind):
        return
    problem = f"{term_source(term)}: {term.name!r} is {_a(family_of(kind))}"
    yield _problem(path, problem, f"fill it with {_a(family_of(kind))}")


def _derived(
    term: Derived, catalog: Catalog, path: str, fields: Fields
) -> Iterator[ConditionError]:
    yield from _term(term.of, catalog, path, fields)
    kind, wanted = kind_of(term.of, catalog, fields), _OF_KINDS[term.what]
    if kind is not None and family_of(kind) not in wanted:
        problem = f"{term_source(term.of)} is {_a(family_of(kind))}: no {term.what}"
        yield _problem(path, problem, f"name a {' or '.join(sorted(wanted))}")


def _measure(term: Measure, catalog: Catalog, path: str) -> Iterator[ConditionError]:
    of, name = term.of, term.property
    yield from _happening(of, catalog, path)
    known = catalog.events.get(of.name)
    if not name or known is None:
        return
    if name not in known:
        yield _unknown(path, f"property of event {of.name!r}", name, known)
    elif term.what in OF_NUMBERS and family_of(known[name]) != "number":
        problem = f"{name!r} of {of.name!r} is {_a(family_of(known[name]))}"
        yield _problem(path, f"{problem}: no {term.what}", "name a number")


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


def _journey(
    journey: str, stage: str, catalog: Catalog, path: str
) -> Iterator[ConditionError]:
    if catalog.journeys is None:
        return
    stages = catalog.journeys.get(journey)
    if stages is None:
        yield _unknown(path, "journey", journey, catalog.journeys)
    elif stage and stage not in stages:
        yield _unknown(path, f"stage of journey {journey!r}", stage, stages)
