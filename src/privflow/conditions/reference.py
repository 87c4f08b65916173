"""The one meaning of conditions (C6): small, slow, and read by people first.

Everything else that judges (`source`, `change`) is proved equal to this by tests.
Nothing here uses the sorted arrays and running sums of a timeline.
"""

from __future__ import annotations

from typing import assert_never

from privflow.conditions.bucket import share_of
from privflow.conditions.derived import derived
from privflow.conditions.local_time import local_part
from privflow.conditions.node import (
    Aggregate,
    And,
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
    unresolved,
)
from privflow.conditions.operator import alike, tested
from privflow.conditions.scope import Facts, facts_of_event
from privflow.conditions.tag_node import Held, Tagged
from privflow.conditions.term import Attribute, Bucket, Derived, LocalTime, Property
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
from privflow.timing import day_number


def truth_of(node: Node, facts: Facts) -> Truth:
    """What a node says of the facts."""
    match node:
        case And(parts):
            return _all([truth_of(part, facts) for part in parts])
        case Or(parts):
            return negated(_all([negated(truth_of(part, facts)) for part in parts]))
        case Not(part):
            return negated(truth_of(part, facts))
        case Surely(part):
            return Truth.of(truth_of(part, facts) is YES)
        case Held() | Followed() | InJourney() | Member():
            return _closed(node, facts)
        case _:
            return _open(node, facts)


def _open(node: Test | Missing | Exists | Tagged, facts: Facts) -> Truth:
    match node:
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


def _closed(node: Held | Followed | InJourney | Member, facts: Facts) -> Truth:
    match node:
        case Held():
            return Truth.of(_held(node, facts))
        case Followed(first) if anchor_of(first, facts) is None:
            return UNKNOWN
        case Followed():
            return Truth.of(_followed(node, facts))
        case InJourney(journey, stage):
            found = facts.scope.journeys.get(journey)
            return Truth.of(found is not None and stage in {"", found})
        case Member():
            raise unresolved(node)
        case _:
            assert_never(node)


def term_value(term: Term, facts: Facts) -> Value | None:
    """The value of a term; None where it is missing."""
    match term:
        case Attribute(name, filled):
            return facts.subject.contact.attributes.get(name, filled)
        case Property(name, filled):
            return (facts.scope.event or EMPTY).get(name, filled)
        case Derived(what, of):
            return derived(what, term_value(of, facts), facts.zone, facts.now_us)
        case Measure("days_with", of):
            instants = [at for at, _, _ in _places_of(of, facts)]
            return len({day_number(facts.zone, at) for at in instants})
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
    return [row for _, _, row in _places_of(of, facts)]


def _places_of(of: Happening, facts: Facts) -> list[tuple[int, str, Properties]]:
    """The events that happened, oldest first: microsecond, key and properties."""
    start, end = _bounds(of, facts)
    return [
        (at.us, key, row)
        for at, key, row in facts.subject.timeline.rows(of.name)
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
        case "count" | "days_with":
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
    """The first microsecond that counts; None if the anchor is not known here."""
    start = -FOREVER if of.start is None else of.start.us
    if not of.since:
        return start
    scope = facts.scope
    anchor = scope.entered_at if of.since == "entry" else scope.stage_at
    return None if anchor is None else max(start, anchor.us + 1)


def end_of(of: Happening) -> int:
    """The first microsecond that counts no more, whatever the time is."""
    return FOREVER if of.end is None else of.end.us


def counts_now(of: Happening, facts: Facts) -> bool:
    """Whether an event of this very instant would be one of them."""
    anchor = anchor_of(of, facts)
    return anchor is not None and anchor <= facts.now_us < end_of(of)


def _bounds(of: Happening, facts: Facts) -> tuple[int, int]:
    anchor, end = anchor_of(of, facts), end_of(of)
    if anchor is None:
        return FOREVER, FOREVER
    if of.window is None:
        return anchor, end
    window_start, window_end = of.window.bounds(facts.now_us, facts.zone)
    return max(anchor, window_start), min(end, window_end)


def _tagged(node: Tagged, facts: Facts) -> Truth:
    rows = facts.subject.contact.tags.of_group(node.group)
    now = facts.now_us
    held = any(
        since <= now < until and label in node.wanted for since, until, label in rows
    )
    return Truth.of(held != (node.how == "none_of"))


def _held(node: Held, facts: Facts) -> bool:
    rows = facts.subject.contact.tags.of_group(node.group)
    now = facts.now_us
    held = [(since, until) for since, until, label in rows if label == node.label]
    held = [(since, until) for since, until in held if since < until]
    length = 0 if node.length is None else node.length.us
    match node.how:
        case "ever":
            return any(since <= now for since, _ in held)
        case "had_within":
            return any(since <= now < until + length - 1 for since, until in held)
        case "held_for" | "held_since":
            begun = _held_without_break(held, now)
            latest = now - length if node.since is None else node.since.us
            return begun is not None and begun <= latest
        case _:
            assert_never(node.how)


def _held_without_break(held: list[tuple[int, int]], now: int) -> int | None:
    """Since when it has been held up to now; None where it is not held now."""
    begun = min((since for since, until in held if since <= now < until), default=None)
    while begun is not None:
        earlier = min(since for since, until in held if since <= begun <= until)
        if earlier == begun:
            break
        begun = earlier
    return begun


def _followed(node: Followed, facts: Facts) -> bool:
    thens = [place[:2] for place in _places_of(node.then, facts)]
    for at, key, _ in _places_of(node.first, facts):
        last = at + node.within.us
        answered = any((at, key) < then and then[0] <= last for then in thens)
        if answered == node.wanted and (answered or last < facts.now_us):
            return True
    return False


def _all(truths: list[Truth]) -> Truth:
    if NO in truths:
        return NO
    return UNKNOWN if UNKNOWN in truths else YES
