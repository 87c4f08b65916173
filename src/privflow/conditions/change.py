"""Judging with a horizon: the truth now, and when time alone may change it (C7).

Theory of operation
-------------------
1. Between two *edges* a clause cannot change: an event comes into its window or leaves
   it, a tag begins or ends, the clock shows another hour or day.
2. A clause is asked at each edge in turn until its truth is another one. It is asked
   through sorted columns, so that many edges of a long timeline stay cheap.
3. Around clauses, the bounds are combined without asking again: sound, not exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import assert_never

from privflow.conditions.local_time import next_changes
from privflow.conditions.node import (
    And,
    Exists,
    Happening,
    LocalTime,
    Measure,
    Missing,
    Node,
    Not,
    Or,
    Tagged,
    Test,
)
from privflow.conditions.operator import tested
from privflow.conditions.reference import anchor_of, truth_of
from privflow.conditions.scope import Facts
from privflow.conditions.truth import NO, UNKNOWN, YES, Truth, negated
from privflow.conditions.window import matching, measure_in
from privflow.facts import FOREVER, Series, Value
from privflow.timing import instant

Judged = tuple[Truth, int]
_LAST_US = instant("9999-12-31T23:59:59.999999Z").us


def judged(node: Node, facts: Facts) -> Judged:
    """The truth of a node, and the first instant at which time alone may change it.

    Sound for every node: before that instant nothing changes without new facts.
    Exact for a single clause. Microseconds; `FOREVER` where nothing ever changes.
    """
    match node:
        case And(parts):
            return _all([judged(part, facts) for part in parts])
        case Or(parts):
            flipped = [_flipped(judged(part, facts)) for part in parts]
            return _flipped(_all(flipped))
        case Not(part):
            return _flipped(judged(part, facts))
        case Exists(of):
            return _judged_events(node, Measure("count", of), facts)
        case Test(Measure() as term):
            return _judged_events(node, term, facts)
        case Test() | Missing() | Tagged():
            truth_at = _truth_at(node, facts)
            return _first_change(truth_at, _edges(node, facts), facts.now_us)
        case _:
            assert_never(node)


def _all(parts: list[Judged]) -> Judged:
    """An And: a NO lasts as long as its longest NO; anything else, as its shortest."""
    refusals = [until for truth, until in parts if truth is NO]
    if refusals:
        return NO, max(refusals)
    truths = {truth for truth, _ in parts}
    return YES if truths == {YES} else UNKNOWN, min(until for _, until in parts)


def _flipped(judgement: Judged) -> Judged:
    truth, until = judgement
    return negated(truth), until


def _first_change(
    truth_at: Callable[[int], Truth], edges: Iterable[int], now_us: int
) -> Judged:
    """The truth now, and the first of the edges at which it is another one."""
    truth = truth_at(now_us)
    for edge in edges:
        if now_us < edge <= _LAST_US and truth_at(edge) is not truth:
            return truth, edge
    return truth, FOREVER


def _truth_at(clause: Test | Missing | Tagged, facts: Facts) -> Callable[[int], Truth]:
    return lambda at_us: truth_of(clause, facts.later(at_us))


def _edges(clause: Test | Missing | Tagged, facts: Facts) -> Iterable[int]:
    match clause:
        case Tagged(group):
            return tag_edges(group, facts)
        case Test(LocalTime(part)):
            return next_changes(part, facts.zone, facts.now_us)
        case _:
            return ()


def tag_edges(group: str, facts: Facts) -> list[int]:
    """When a tag of a group begins, and when one ends."""
    rows = facts.subject.contact.tags.rows.get(group, ())
    return sorted({edge for since, until, _ in rows for edge in (since, until)})


def _judged_events(clause: Test | Exists, term: Measure, facts: Facts) -> Judged:
    of = term.of
    anchor = anchor_of(of, facts)
    if anchor is None:
        return UNKNOWN, FOREVER
    series = matching(facts.subject.timeline.series.get(of.name), of.where)

    def truth_at(at_us: int) -> Truth:
        start, end = anchor, at_us + 1
        if of.window is not None:
            window_start, window_end = of.window.bounds(at_us, facts.zone)
            start, end = max(start, window_start), min(end, window_end)
        return _said(clause, measure_in(term.what, term.property, series, start, end))

    return _first_change(truth_at, event_edges(of, series, facts), facts.now_us)


def _said(clause: Test | Exists, value: Value | None) -> Truth:
    if isinstance(clause, Exists):
        return Truth.of(value != 0)
    return tested(clause.operator, value, clause.argument)


def event_edges(of: Happening, series: Series | None, facts: Facts) -> list[int]:
    """When each event of the series comes into the window, and when it leaves."""
    times = series.times[: series.size] if series else []
    if of.window is None:
        return times
    start, _ = of.window.bounds(facts.now_us, facts.zone)
    recent = [at for at in times if at >= start]
    leaving = {of.window.leaves_at(at, facts.zone) for at in recent}
    return sorted(leaving.union(recent))
