"""The one meaning of conditions (C6): small, slow, and read by people first.

Everything else that judges (`source`, `change`) is proved equal to this by tests.
Nothing here uses the sorted arrays and running sums of a timeline.
"""

from __future__ import annotations

from typing import assert_never

from privflow.conditions.bucket import share_of
from privflow.conditions.local_time import local_part
from privflow.conditions.node import (
    Aggregate,
    And,
    Attribute,
    Bucket,
    Exists,
    Happening,
    LocalTime,
    Measure,
    Missing,
    Node,
    Not,
    Or,
    Property,
    Tagged,
    Term,
    Test,
)
from privflow.conditions.operator import alike, tested
from privflow.conditions.scope import Facts, facts_of_event
from privflow.conditions.truth import NO, UNKNOWN, YES, Truth, negated
from privflow.facts import (
    EMPTY,
    FOREVER,
    Properties,
    Value,
    added_up,
    divided,
    is_number,
)


def truth_of(node: Node, facts: Facts) -> Truth:
    """What a node says of the facts."""
    match node:
        case And(parts):
            return _all([truth_of(part, facts) for part in parts])
        case Or(parts):
            return negated(_all([negated(truth_of(part, facts)) for part in parts]))
        case Not(part):
            return negated(truth_of(part, facts))
        case Test(Measure(_, of)) | Exists(of) if anchor_of(of, facts) is None:
            return UNKNOWN
        case Test(term, operator, argument):
            return tested(operator, term_value(term, facts), argument)
        case Missing(term):
            return Truth.of(term_value(term, facts) is None)
        case Exists(of):
            return Truth.of(bool(rows_of(of, facts)))
        case Tagged():
            return _tagged(node, facts)
        case _:
            assert_never(node)


def term_value(term: Term, facts: Facts) -> Value | None:
    """The value of a term; None where it is missing."""
    match term:
        case Attribute(name, filled):
            return facts.subject.contact.attributes.get(name, filled)
        case Property(name, filled):
            return (facts.scope.event or EMPTY).get(name, filled)
        case Measure(what, of, name):
            return measured(what, [row.get(name) for row in rows_of(of, facts)])
        case LocalTime(part):
            return local_part(part, facts.zone, facts.now_us)
        case Bucket(salt):
            return share_of(salt, facts.subject.contact.id)
        case _:
            assert_never(term)


def rows_of(of: Happening, facts: Facts) -> list[Properties]:
    """The events that happened, oldest first, by their properties."""
    start, end = _bounds(of, facts)
    return [
        row
        for at, _, row in facts.subject.timeline.rows(of.name)
        if start <= at.us < end
        and at.us <= facts.now_us
        and (of.where is None or is_satisfied(of.where, row))
    ]


def is_satisfied(where: Node, row: Properties) -> bool:
    """Whether an event's properties satisfy a clause."""
    return truth_of(where, facts_of_event(row)) is YES


def measured(what: Aggregate, values: list[Value | None]) -> Value | None:
    """One value made from a property of some events; None where there is none."""
    numbers = [value for value in values if is_number(value)]
    match what:
        case "count":
            return len(values)
        case "distinct":
            return len({alike(value) for value in values if value is not None})
        case "first":
            return values[0] if values else None
        case "last":
            return values[-1] if values else None
        case "sum":
            return added_up(numbers)
        case "mean":
            return divided(added_up(numbers), len(numbers)) if numbers else None
        case "min":
            return min(numbers, default=None)
        case "max":
            return max(numbers, default=None)
        case _:
            assert_never(what)


def anchor_of(of: Happening, facts: Facts) -> int | None:
    """The first microsecond that counts since the anchor; None if not known here."""
    if not of.since:
        return -FOREVER
    scope = facts.scope
    anchor = scope.entered_at if of.since == "entry" else scope.stage_at
    return None if anchor is None else anchor.us + 1


def _bounds(of: Happening, facts: Facts) -> tuple[int, int]:
    anchor = anchor_of(of, facts)
    if anchor is None:
        return FOREVER, FOREVER
    if of.window is None:
        return anchor, FOREVER
    start, end = of.window.bounds(facts.now_us, facts.zone)
    return max(anchor, start), end


def _tagged(node: Tagged, facts: Facts) -> Truth:
    rows = facts.subject.contact.tags.rows.get(node.group, ())
    now = facts.now_us
    held = any(
        since <= now < until and label in node.wanted for since, until, label in rows
    )
    return Truth.of(held != (node.how == "none_of"))


def _all(truths: list[Truth]) -> Truth:
    if NO in truths:
        return NO
    return UNKNOWN if UNKNOWN in truths else YES
