"""The one meaning of conditions (C6): small, slow, and read by people first.

Everything else that judges (`source`, `change`) is proved equal to this by tests.
Nothing here uses the sorted arrays and running sums of a timeline.
"""

from __future__ import annotations

from decimal import Decimal
from math import fsum
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
from privflow.conditions.operator import tested
from privflow.conditions.scope import Facts, Scope
from privflow.conditions.truth import NO, UNKNOWN, YES, Truth, negated
from privflow.facts import EMPTY, Properties, Value, is_number


def truth_of(node: Node, facts: Facts) -> Truth:
    """What a node says of the facts."""
    match node:
        case Test(term, operator, argument):
            if not _anchored(term, facts):
                return UNKNOWN
            return tested(operator, term_value(term, facts), argument)
        case Missing(term):
            return Truth.of(term_value(term, facts) is None)
        case Tagged():
            return _tagged(node, facts)
        case Exists(of):
            if not _has_anchor(of, facts):
                return UNKNOWN
            return Truth.of(bool(rows_of(of, facts)))
        case And(parts):
            return _all([truth_of(part, facts) for part in parts])
        case Or(parts):
            return negated(_all([negated(truth_of(part, facts)) for part in parts]))
        case Not(part):
            return negated(truth_of(part, facts))
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
            rows = rows_of(of, facts)
            return len(rows) if what == "count" else measured(what, name, rows)
        case LocalTime(part):
            return local_part(part, facts.zone, facts.now_us)
        case Bucket(salt):
            return share_of(salt, facts.subject.contact.id)
        case _:
            assert_never(term)


def rows_of(of: Happening, facts: Facts) -> list[Properties]:
    """The events that happened, oldest first, by their properties."""
    found = []
    for at, _, row in facts.subject.timeline.rows(of.name):
        if at.us > facts.now_us or not _counts(of, at.us, facts):
            continue
        if of.where is None or is_satisfied(of.where, row, facts):
            found.append(row)
    return found


def is_satisfied(where: Node, row: Properties, facts: Facts) -> bool:
    """Whether an event's properties satisfy a clause."""
    scope = Scope(event=row, timezone=facts.scope.timezone)
    return truth_of(where, Facts(facts.subject, facts.now_us, scope)) is YES


def measured(what: Aggregate, name: str, rows: list[Properties]) -> Value | None:
    """One value made from a property of some events; None where there is none."""
    values = [row[name] for row in rows if name in row]
    numbers = [value for value in values if is_number(value)]
    match what:
        case "count":
            return len(rows)
        case "distinct":
            return len({(value.__class__, value) for value in values})
        case "first" | "last":
            end = 0 if what == "first" else -1
            return rows[end].get(name) if rows else None
        case "sum":
            return added_up(numbers)
        case "mean":
            return _divided(added_up(numbers), len(numbers)) if numbers else None
        case "min":
            return min(numbers, default=None)  # type: ignore[type-var]
        case "max":
            return max(numbers, default=None)  # type: ignore[type-var]
        case _:
            assert_never(what)


def added_up(numbers: list[Value]) -> int | float | Decimal:
    """The sum: exact for int and Decimal, correctly rounded where a float is in it."""
    if any(number.__class__ is float for number in numbers):
        return fsum(float(number) for number in numbers)  # type: ignore[arg-type]
    return sum(numbers)  # type: ignore[arg-type]


def _divided(total: float | Decimal, count: int) -> float | Decimal:
    return total / count


def _counts(of: Happening, at_us: int, facts: Facts) -> bool:
    if of.since:
        anchor = facts.scope.entered_at if of.since == "entry" else facts.scope.stage_at
        if anchor is None or at_us <= anchor.us:
            return False
    if of.window is None:
        return True
    start, end = of.window.bounds(facts.now_us, facts.zone)
    return start <= at_us < end


def _has_anchor(of: Happening, facts: Facts) -> bool:
    """Whether the instant that `since` names is known here."""
    anchors = {"": True, "entry": facts.scope.entered_at, "stage": facts.scope.stage_at}
    return anchors[of.since] is not None


def _anchored(term: Term, facts: Facts) -> bool:
    return not isinstance(term, Measure) or _has_anchor(term.of, facts)


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
