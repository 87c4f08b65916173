"""What a clause looks at: its value now, and when time may change it."""

from __future__ import annotations

from collections.abc import Iterable

from privflow.conditions.change import event_edges, tag_edges
from privflow.conditions.local_time import next_changes
from privflow.conditions.node import (
    Attribute,
    Exists,
    LocalTime,
    Measure,
    Missing,
    Tagged,
    Term,
    Test,
)
from privflow.conditions.reference import anchor_of, term_value
from privflow.conditions.scope import Facts
from privflow.conditions.window import matching, measure_in
from privflow.facts import FOREVER, Value
from privflow.timing import Rolling

FieldKey = Term | str
"""A term, or the name of a tag group."""


def field_of(clause: Test | Missing | Tagged | Exists) -> FieldKey:
    """The one thing that a clause looks at."""
    match clause:
        case Tagged(group):
            return group
        case Exists(of):
            return Measure("count", of)
        case Test(term) | Missing(term):
            return term


def field_value(field: FieldKey, facts: Facts) -> Value | frozenset[str] | None:
    """What there is now: the value of a term, or the labels held of a group."""
    match field:
        case str():
            rows = facts.subject.contact.tags.rows.get(field, ())
            now = facts.now_us
            return frozenset(
                label for since, until, label in rows if since <= now < until
            )
        case Attribute(name, filled):
            return facts.subject.contact.attributes.get(name, filled)
        case Measure():
            return _measured(field, facts)
        case _:
            return term_value(field, facts)


def _measured(term: Measure, facts: Facts) -> Value | None:
    of, now = term.of, facts.now_us
    series = matching(facts.subject.timeline.series.get(of.name), of.where)
    anchor = anchor_of(of, facts)
    if anchor is None:
        return None
    if of.window is None:
        return measure_in(term.what, term.property, series, anchor, now + 1)
    if series is not None and isinstance(of.window, Rolling) and anchor == -FOREVER:
        stretch = series.stretch_at(of.window.span.us, now)
        if term.what == "count":
            return stretch[2]
        if term.what == "sum":
            return series.total_of(stretch, term.property)
    start, end = of.window.bounds(now, facts.zone)
    start, end = max(start, anchor), min(end, now + 1)
    return measure_in(term.what, term.property, series, start, end)


def field_edges(field: FieldKey, facts: Facts) -> Iterable[int]:
    """The instants at which time alone may change the value, in order."""
    match field:
        case str():
            return tag_edges(field, facts)
        case Measure(_, of):
            series = matching(facts.subject.timeline.series.get(of.name), of.where)
            return event_edges(of, series, facts)
        case LocalTime(part):
            return next_changes(part, facts.zone, facts.now_us)
        case _:
            return ()
