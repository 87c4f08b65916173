"""What a clause looks at: its value now, and when time may change it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from privflow.conditions.change import event_edges, judged, tag_edges
from privflow.conditions.local_time import next_changes
from privflow.conditions.node import Clause, Exists, Measure, Missing, Term, Test
from privflow.conditions.reading import reads_of
from privflow.conditions.reference import anchor_of, end_of, term_value, truth_of
from privflow.conditions.scope import Facts
from privflow.conditions.source import chosen_rows
from privflow.conditions.tag_node import Tagged
from privflow.conditions.term import Attribute, Derived, LocalTime
from privflow.conditions.truth import Truth
from privflow.conditions.window import days_in, measure_in, recent_of
from privflow.facts import FOREVER, Value

FieldKey = Term | str | Clause
"""A term, the name of a tag group, or a clause that shares what it looks at with no one
else and is its own truth."""

_MOST_CHANGES = 16


def field_of(clause: Clause) -> FieldKey:
    """The one thing that a clause looks at."""
    match clause:
        case Tagged(group):
            return group
        case Exists(of):
            return Measure("count", of)
        case Test(Derived() as term) if term.by_time:
            return clause
        case Test(term) | Missing(term):
            return term
        case _:
            return clause


def is_by_time(field: FieldKey) -> bool:
    """Whether time alone may give a field another value."""
    match field:
        case str() | Measure() | LocalTime():
            return True
        case _ if isinstance(field, Clause):
            return reads_of(field).by_time
        case _:
            return False


def field_value(field: FieldKey, facts: Facts) -> Value | frozenset[str] | Truth | None:
    """What there is now: the value of a term, the labels held of a group, a truth."""
    match field:
        case str():
            rows = facts.subject.contact.tags.of_group(field)
            now = facts.now_us
            return frozenset(
                label for since, until, label in rows if since <= now < until
            )
        case Attribute(name, filled):
            return facts.subject.contact.attributes.get(name, filled)
        case Measure():
            return _measured(field, facts)
        case _ if isinstance(field, Clause):
            return truth_of(field, facts)
        case _:
            return term_value(field, facts)


def _measured(term: Measure, facts: Facts) -> Value | None:
    of, now = term.of, facts.now_us
    series = chosen_rows(facts.subject.timeline.series.get(of.name), of.where)
    anchor = anchor_of(of, facts)
    if anchor is None:
        return None
    if of.is_recent and term.what != "days_with":
        return series.recent(recent_of(term), now)[4]
    start, end = anchor, min(end_of(of), now + 1)
    if of.window is not None:
        window_start, window_end = of.window.bounds(now, facts.zone)
        start, end = max(start, window_start), min(end, window_end)
    if term.what == "days_with":
        return days_in(series, start, end, facts.zone)
    return measure_in(term.what, term.property, series, start, end)


def field_edges(field: FieldKey, facts: Facts) -> Iterable[int]:
    """The instants at which time alone may change the value, in order."""
    match field:
        case str():
            return tag_edges(field, facts)
        case Measure(_, of):
            series = chosen_rows(facts.subject.timeline.series.get(of.name), of.where)
            return event_edges(of, series, facts)
        case LocalTime(part):
            return next_changes(part, facts.zone, facts.now_us)
        case _ if isinstance(field, Clause):
            return _changes(field, facts)
        case _:
            return ()


def _changes(clause: Clause, facts: Facts) -> Iterator[int]:
    """When the truth of a clause changes: as often as it takes to meet each truth."""
    for _ in range(_MOST_CHANGES):
        _, until = judged(clause, facts)
        if until >= FOREVER:
            return
        yield until
        facts = facts.later(until)
